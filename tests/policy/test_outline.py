"""Chapters, sections and items are read from the text alone; segments cut it without losing a character."""

from hypothesis import given
from hypothesis import strategies as st

from policy import outline
from policy.models import Provision
from policy.outline import LineKind
from policy.selectors import _segments
from tests.policy.conftest import PACK

TEXT = (PACK / "policy" / "text.txt").read_text(encoding="utf-8")


def test_every_line_is_there_once():
    lines = outline.read(TEXT)
    assert "\n".join(TEXT[line.start : line.end] for line in lines) == TEXT.rstrip("\n")


def test_ten_chapters_and_their_sections():
    lines = outline.read(TEXT)
    chapters = [line.section for line in lines if line.kind == LineKind.CHAPTER]
    assert chapters == list("一二三四五六七八九十")
    assert sum(line.kind == LineKind.SECTION for line in lines) == 34
    assert [line.section for line in lines if line.kind == LineKind.ITEM] == [
        f"一(二){number}" for number in (1, 2, 3, 4)
    ]


def test_head_and_foot():
    lines = outline.read(TEXT)
    assert [line.kind for line in lines[:4]] == [LineKind.TITLE, LineKind.NUMBER, LineKind.ADDRESS, LineKind.PLAIN]
    assert [TEXT[line.start : line.end] for line in lines if line.kind == LineKind.SIGNATURE] == [
        "河南省人民政府办公厅",
        "2017年12月12日",
    ]


def test_a_continuing_paragraph_belongs_to_its_section():
    line = next(line for line in outline.read(TEXT) if TEXT[line.start : line.end].startswith("到2025年"))
    assert (line.section, line.kind) == ("一(三)", LineKind.PLAIN)


def test_full_width_numbering_is_read_too():
    lines = outline.read("标题\n一、总则\n（一）范围。本法适用。\n２\n")
    assert lines[2].kind == LineKind.SECTION


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 15)), max_size=8), st.lists(st.integers(0, 38), max_size=3)
)
def test_segments_are_the_text_however_provisions_overlap(places, hits):
    text = "".join(chr(0x4E00 + number) for number in range(60))
    provisions = [
        Provision(pk=number, code=f"P{number}", start=start, end=start + length)
        for number, (start, length) in enumerate(places)
    ]
    pieces = list(_segments(text, 0, 60, provisions, [(hit, hit + 2) for hit in hits]))
    assert "".join(piece.text for piece in pieces) == text
    for provision in provisions:
        own = [piece for piece in pieces if provision == piece.provision or provision in piece.outer]
        assert "".join(piece.text for piece in own) == text[provision.start : provision.end]
        begins = [
            piece for piece in own if (piece.first and piece.provision == provision) or provision in piece.opening
        ]
        assert len(begins) == 1, "each provision has exactly one place that carries its anchor"
