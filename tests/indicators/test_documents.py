from indicators.enums import RETURN_MOVES, ReturnStatus
from scripts import rule_tables
from scripts.return_diagram import DOCUMENT, diagram, redrawn


def test_the_status_diagram_is_current():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == redrawn(text), "run: python -m scripts.return_diagram"


def test_the_diagram_shows_every_move():
    drawn = diagram()
    assert drawn.count("-->") == sum(len(targets) for targets in RETURN_MOVES.values()) + 2
    assert all(f"    {status.value} : " in drawn for status in ReturnStatus)


def test_the_tables_of_rules_and_forms_are_current():
    text = rule_tables.DOCUMENT.read_text(encoding="utf-8")
    assert text == rule_tables.rewritten(text), "run: python -m scripts.rule_tables"
