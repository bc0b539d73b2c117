import gettext

import pytest

from scripts import messages

PART = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"

"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "parks").mkdir()
    (tmp_path / "parks" / "views.py").write_text(
        'from django.utils.translation import gettext as _, pgettext\n_("园区")\n_("共 %(n)s 个")\npgettext("land", "地块")\n',
        encoding="utf-8",
    )
    (tmp_path / "templates" / "parks").mkdir(parents=True)
    (tmp_path / "templates" / "parks" / "list.html").write_text(
        '{% load i18n %}<p>\n      {% translate "名录" %}</p>\n'
        "{% blocktranslate count n=n %}{{ n }} 个园区{% plural %}{{ n }} 个园区{% endblocktranslate %}"
        '{% include "x.html" with label=_("标签") %}',
        encoding="utf-8",
    )
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "other.py").write_text('_("别的")', encoding="utf-8")
    return tmp_path


def write_part(project, name, *entries):
    folder = project / messages.PARTS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(PART + "\n\n".join(entries) + "\n", encoding="utf-8")


COMPLETE = (
    'msgid "园区"\nmsgstr "Zone"',
    'msgid "共 %(n)s 个"\nmsgstr "%(n)s in all"',
    'msgctxt "land"\nmsgid "地块"\nmsgstr "Plot"',
    'msgid "名录"\nmsgstr "Register"',
    'msgid "标签"\nmsgstr "Label"',
    'msgid "%(n)s 个园区"\nmsgid_plural "%(n)s 个园区"\nmsgstr[0] "%(n)s zone"\nmsgstr[1] "%(n)s zones"',
)


def test_extract_reads_python_and_templates_and_leaves_packages_alone(project):
    found = messages.messages_of(messages.extract_all(project))
    assert set(found) == {
        (None, "园区"),
        (None, "共 %(n)s 个"),
        ("land", "地块"),
        (None, "名录"),
        (None, "%(n)s 个园区"),
        (None, "标签"),
    }


def test_check_lists_all_that_lacks_english_with_its_place(project):
    faults = messages.check(project)
    assert len(faults) == 6
    assert "no English: '园区' in parks/views.py" in faults
    assert "no English: '地块' (context land) in parks/views.py" in faults


def test_complete_parts_pass_and_compile(project):
    write_part(project, "parks.po", *COMPLETE)
    assert messages.check(project) == []
    with messages.compile_catalogue(project).open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert english.gettext("园区") == "Zone"
    assert english.pgettext("land", "地块") == "Plot"
    assert english.ngettext("%(n)s 个园区", "%(n)s 个园区", 1) == "%(n)s zone"
    assert english.ngettext("%(n)s 个园区", "%(n)s 个园区", 2) == "%(n)s zones"


def test_a_lost_placeholder_is_a_fault(project):
    broken = [entry.replace('"%(n)s in all"', '"%(count)s in all"') for entry in COMPLETE]
    write_part(project, "parks.po", *broken)
    assert len(messages.check(project)) == 1
    assert "placeholders" in messages.check(project)[0]


def test_two_parts_may_not_disagree_unless_the_shared_one_settles_it(project):
    write_part(project, "parks.po", *COMPLETE)
    write_part(project, "targets.po", 'msgid "园区"\nmsgstr "Park"')
    assert "two translations of '园区'" in messages.check(project)[0]
    write_part(project, "common.po", 'msgid "园区"\nmsgstr "Zone"')
    assert messages.check(project) == []


def test_merge_is_stable_and_drops_what_is_gone(project):
    write_part(project, "parks.po", *COMPLETE, 'msgid "早已不用"\nmsgstr "Long gone"')
    assert messages.main(["merge"], root=project) == 0
    first = (project / messages.CATALOGUE).read_text(encoding="utf-8")
    assert "早已不用" not in first
    assert messages.main(["merge"], root=project) == 0
    assert (project / messages.CATALOGUE).read_text(encoding="utf-8") == first


def test_fuzzy_entries_do_not_count(project):
    write_part(project, "parks.po", *COMPLETE[1:], '#, fuzzy\nmsgid "园区"\nmsgstr "Garden"')
    assert messages.check(project) == ["no English: '园区' in parks/views.py"]
