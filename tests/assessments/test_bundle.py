"""The bundle of a run: verified by another process without database and Redis; every tampering named."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from assessments import tasks
from assessments.models import Run
from tests.assessments.conftest import SCHEME, YEAR

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(province):
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=province.staff())
    tasks.run_execute(run.pk)
    return Run.objects.get(pk=run.pk)


@pytest.fixture
def bundle(run, tmp_path):
    call_command("run_export", str(run.pk), out=tmp_path / "bundle", verbosity=0)
    return tmp_path / "bundle"


def verify(path, tmp_path):
    """In a process of its own that knows no server; the data directory is new, so nothing can be running in it."""
    keep = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    env = keep | {"YUANQU_DATA": str(tmp_path / "nothing"), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "manage.py", "run_verify", str(path)],
        cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert not (tmp_path / "nothing" / "postgres").exists()
    return done.returncode, done.stdout + done.stderr


def rehash(bundle, name):
    """As somebody would who knows about the manifest."""
    import hashlib

    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"][name] = hashlib.sha256((bundle / name).read_bytes()).hexdigest()
    (bundle / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_a_bundle_is_equal_elsewhere_as_directory_and_as_zip(bundle, run, tmp_path, client):
    assert verify(bundle, tmp_path)[0] == 0
    client.force_login(run.requested_by)
    (tmp_path / "run.zip").write_bytes(client.get(reverse("run_bundle", args=[run.pk])).content)
    code, said = verify(tmp_path / "run.zip", tmp_path)
    assert (code, "相同" in said) == (0, True), said
    facts = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    assert (facts["inputs_digest"], facts["results_digest"]) == (run.inputs_digest, run.results_digest)
    assert (bundle / "scheme.yaml").read_text(encoding="utf-8") == SCHEME


def test_a_tampered_figure_is_named_with_zone_expected_and_got(bundle, tmp_path):
    """In the table: the cell. In the inputs: the digest, and what would come out of them. In the results: the figure."""
    table = bundle / "data/values.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace(f"A2,{YEAR},40.0,140.0,8.0", f"A2,{YEAR},40.0,140.0,88.0"),
        encoding="utf-8",
    )
    inputs = json.loads((bundle / "inputs.json").read_text(encoding="utf-8"))
    place = inputs["indicators"].index("rd_share")
    inputs["values"][str(YEAR)]["A6"][place] = 40.0
    shutil.copytree(bundle, tmp_path / "second")
    (tmp_path / "second/inputs.json").write_text(json.dumps(inputs), encoding="utf-8")
    results = json.loads((bundle / "results.json").read_text(encoding="utf-8"))
    assert results[3]["zone"] == "A4"
    results[3]["rank"] = 1
    shutil.copytree(bundle, tmp_path / "third")
    (tmp_path / "third/results.json").write_text(json.dumps(results), encoding="utf-8")
    manifest = tmp_path / "third/manifest.json"
    facts = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(facts | {"versions": facts["versions"] | {"numpy": "1.0"}}), encoding="utf-8")
    rehash(tmp_path / "third", "results.json")

    code, said = verify(bundle, tmp_path)
    assert code == 1
    assert "data/values.csv：文件已被改动" in said
    assert f"data/values.csv A2 {YEAR} rd_share：应为 8.0，实为 88.0" in said
    code, said = verify(tmp_path / "second", tmp_path)
    assert "inputs.json：与清单所记的输入指纹不符" in said
    assert "A6 rank：应为 6，重算得" in said
    code, said = verify(tmp_path / "third", tmp_path)
    assert "results.json：文件已被改动" not in said
    assert "results.json：与清单所记的结果指纹不符" in said
    assert "A4 rank：应为 1，重算得 4" in said
    assert "numpy：当时为 1.0，这里是" in said


def test_what_cannot_be_compared_is_said(bundle, tmp_path):
    manifest = bundle / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    other = json.loads(text) | {"engine_version": "0.9"}
    manifest.write_text(json.dumps(other), encoding="utf-8")
    code, said = verify(bundle, tmp_path)
    assert (code, "由引擎 0.9 算出" in said) == (1, True)
    manifest.write_text(text, encoding="utf-8")
    (bundle / "data/extra.csv").write_text("x", encoding="utf-8")
    (bundle / "data/groups.csv").unlink()
    code, said = verify(bundle, tmp_path)
    assert "data/extra.csv：清单中没有的文件" in said
    assert "data/groups.csv：缺少文件" in said
    (tmp_path / "junk.zip").write_bytes(b"junk")
    assert "不是 ZIP" in verify(tmp_path / "junk.zip", tmp_path)[1]
