"""`manage.py assess_table`: any table, no database."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

from assessments.engine import TableError
from assessments.engine.files import read_values

ROOT = Path(__file__).parents[2]
TAI = Path(__file__).parent / "data" / "oecd_tai"

SCHEME = """\
code: small
version: 1
name_zh: 小
name_en: small
zone_class: any
valid_from: 2016
source: test
author: test
certainty: published
missing: worst
derive: {up: growth(x)}
tree:
  children:
    - {indicator: x, score: {method: goalposts, low: 0, high: 100}}
    - {indicator: up, score: {method: goalposts, low: 0, high: 1}}
rules:
  - {id: last, kind: tail, outcome: demote, k: 1, m: 2, n: 2, min_group_size: 2, basis: {certainty: published, source: t}}
  - {id: fire, kind: event, outcome: watch, event: fire, basis: {certainty: published, source: t}}
"""
VALUES = """\
\ufeffunit,period,group,name,x
A,2016,n,Alpha,40
A,2017,n,Alpha,50
B,2016,n,Beta,10
B,2017,n,Beta,
C,2017,s,Gamma,100
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "s.yaml").write_text(SCHEME, encoding="utf-8")
    (tmp_path / "v.csv").write_text(VALUES, encoding="utf-8")
    (tmp_path / "h.csv").write_text("unit,period,group,score\nA,2016,n,50\nB,2016,n,10\n", encoding="utf-8")
    (tmp_path / "e.csv").write_text("unit,fire\nC,1\n", encoding="utf-8")
    return tmp_path


def run(folder: Path, *options: str) -> str:
    out = StringIO()
    call_command(
        "assess_table", "--scheme", str(folder / "s.yaml"), "--values", str(folder / "v.csv"), *options, stdout=out,
        stderr=StringIO(),
    )  # fmt: skip
    return out.getvalue()


def test_summary(files: Path) -> None:
    text = run(files, "--history", str(files / "h.csv"), "--events", str(files / "e.csv"))
    table = pd.read_csv(StringIO(text), index_col="unit")
    assert table["group"].tolist() == ["n", "n", "s"]
    assert table["score"].tolist() == [37.5, 0, 50]  # growth of A is 25 %
    assert table["rank"].tolist() == [1, 2, 1]
    assert table["proposal"].tolist() == ["keep", "demote", "watch"]
    assert table["rules"].fillna("").tolist() == ["", "last", "fire"]


def test_stages_periods_and_decimals(files: Path) -> None:
    assert run(files, "--stage", "derived", "--decimals", "1") == "unit,x,up\nA,50.0,0.2\nB,,\nC,100.0,\n"
    assert run(files, "--period", "2016", "--stage", "raw") == "unit,x\nA,40.0\nB,10.0\n"


def test_to_a_file_and_explained(files: Path) -> None:
    assert run(files, "--out", str(files / "o.csv")) == ""
    assert (files / "o.csv").read_text("utf-8").startswith("unit,group,score")
    explained = json.loads(run(files, "--explain", "A"))
    assert explained["indicators"][1]["raw"] == pytest.approx(0.25)


def test_every_fault_is_told(files: Path) -> None:
    (files / "s.yaml").write_text(SCHEME.replace("low: 0, high: 100", "low: 9, high: 1").replace("m: 2", "m: 3"))
    with pytest.raises(CommandError, match="2 faults"):
        run(files)
    (files / "s.yaml").write_text(SCHEME)
    with pytest.raises(CommandError, match="no such unit"):
        run(files, "--explain", "Z")
    (files / "v.csv").write_text("unit,x,y\nA,1,2\nA,three,4\n")
    with pytest.raises(CommandError) as caught:
        run(files)
    assert "A" in str(caught.value)
    assert "'three'" in str(caught.value)
    (files / "v.csv").unlink()
    with pytest.raises(CommandError, match="cannot be read"):
        run(files)


def test_the_first_column_is_the_unit_and_text_columns_are_left_aside(tmp_path: Path) -> None:
    path = tmp_path / "v.csv"
    path.write_text("country,note,x,empty\n Finland ,a,1,\nNorway,b, 2 ,\n")
    values, labels = read_values(path)
    assert labels == {}
    assert values.index.tolist() == ["Finland", "Norway"]
    assert values["x"].tolist() == [1, 2]
    assert list(values.columns) == ["x", "empty"]
    path.write_text("unit,year,x\nA,soon,1\n")
    with pytest.raises(TableError, match="whole years"):
        read_values(path)


def test_it_runs_without_any_database() -> None:
    """As an outsider would: another process, and an address where no database answers."""
    # Port 9 is the discard service: nothing answers there.
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, "manage.py", "assess_table", "--decimals", "4"]
    files = ["--scheme", str(TAI / "ew.yaml"), "--values", str(TAI / "tai_raw.csv")]
    done = subprocess.run([*command, *files], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("Finland,all,0.7449,1,23")


def test_certainty_and_last_years_scheme_from_the_command_line(files: Path) -> None:
    report = json.loads(run(files, "--certainty"))
    assert report["units"]["C"]["within_noise"] is False
    (files / "before.yaml").write_text(SCHEME.replace("high: 100", "high: 50"), encoding="utf-8")
    found = json.loads(
        run(files, "--explain", "A", "--scheme-before", str(files / "before.yaml"), "--history", str(files / "h.csv"))
    )
    # Announced 50; the old scheme gives 80 on x, and nothing for the growth that is not known: 40. The new one 20.
    assert found["change"] == pytest.approx(
        {"before": 50, "data": -10, "method": -20, "peers": 0, "own": 17.5, "after": 37.5}
    )


def test_decisions_restated_figures_and_lists_from_files(files: Path) -> None:
    text = SCHEME + (
        "  - {id: cool, kind: cooldown, outcome: watch, decision: exit, years: 2, basis: {certainty: published, source: t}}\n"
        "lists: [{id: best, name_zh: 榜, name_en: best, node: score, count: 1}]\n"
    )
    (files / "s.yaml").write_text(text, encoding="utf-8")
    (files / "v.csv").write_text(
        "unit,period,jurisdiction,comparable,x\nA,2016,north,,40\nA,2017,north,0,90\nB,2016,south,,10\nB,2017,south,,20\n"
    )
    (files / "d.csv").write_text("unit,period,decision,jurisdiction\nZ,2016,exit,south\n")
    (files / "r.csv").write_text("unit,period,x\nA,2016,60\n")
    options = ("--decisions", str(files / "d.csv"), "--restated", str(files / "r.csv"))
    table = pd.read_csv(StringIO(run(files, *options)), index_col="unit")
    assert table["score"].tolist() == [70, 60]  # A: 90 and 50 % from 60; B: 20 and 100 %
    assert table["proposal"].tolist() == ["keep", "watch"]
    assert run(files, *options, "--stage", "lists") == "list,group,place,unit,value\nbest,all,1,A,70.0\n"
    (files / "r.csv").write_text("unit,x\nA,60\n")
    with pytest.raises(CommandError, match="period is missing"):
        run(files, *options)
