"""A finished run as files that anybody can compute again (核验包): written with the database, read and verified without.

A bundle is a directory, or the same as a ZIP. `manifest.json` names every file with its SHA-256; `inputs.json`,
`scheme.yaml` and `results.json` are what is computed from and what came out. The tables under `data/` and `results.csv`
say the same for people and other programs; that they do is verified too.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import platform
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assessments.calculation import compute
from assessments.engine import ENGINE_VERSION, FaultsError, load_scheme
from assessments.exceptions import RunImpossible
from assessments.inputs import DECISION_COLUMNS, FORMAT, HISTORY_COLUMNS, digest, thaw

BUNDLE_FORMAT = 1
MANIFEST = "manifest.json"
LIBRARIES = ("numpy", "pandas", "pydantic")
MOST_BYTES = 200 * 1024 * 1024
"""Of all files of a bundle together: a ZIP that grows beyond is not one of ours."""
MOST_FIGURES = 50
"""Differences named one by one; of more the number is told."""

README = """\
考核计算核验包 / bundle of an assessment run

manifest.json   各文件的 SHA-256、输入和结果指纹、引擎与程序库版本 / digests and versions
scheme.yaml     考核办法全文 / the scheme
inputs.json     冻结的输入，计算只用它和办法 / the frozen inputs, all that is computed from
results.json    全部结果及其解释 / all results with their explanations
results.csv     得分、位次、建议 / scores, ranks, proposals
data/*.csv      同一输入的表格：数据、园区、同类组、事件、历年结果、历年决定、调整后的上年数 / the same inputs as tables
checklist.json  发起前检查与理由 / the checks before the start, and the reason given

重算核验 / verify: python manage.py run_verify <this file or directory>   （不需要数据库 / needs no database）
"""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the bundle says: where, what was expected, what was found; in both languages."""

    where: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.where}：{self.zh} / {self.en}"


class BundleUnreadable(ValueError):
    """What was given is no bundle, or one of another format; the message says which, in both languages."""


# ---- writing --------------------------------------------------------------------------------------------------


def files_of(
    facts: Mapping[str, Any], scheme: str, inputs: dict[str, Any], rows: list[dict[str, Any]]
) -> dict[str, bytes]:
    """The files of a bundle by name. `facts`: of the run (id, year, digests, engine version, checklist …)."""
    method = load_scheme(scheme)
    files = {
        "README.txt": README.encode(),
        "scheme.yaml": scheme.encode(),
        "inputs.json": _json(inputs),
        "results.json": _json(rows),
        "results.csv": _results_table(rows),
        "checklist.json": _json({"checklist": facts["checklist"], "override_reason": facts["override_reason"]}),
        **{f"data/{name}.csv": table for name, table in _tables(inputs, method.peer_group).items()},
    }
    manifest = {
        "format": BUNDLE_FORMAT,
        **{name: value for name, value in facts.items() if name not in ("checklist", "override_reason")},
        "versions": _versions(),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    return {MANIFEST: _json(manifest), **files}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP; the same files give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()


def _csv(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return stream.getvalue().encode()


def _tables(inputs: Mapping[str, Any], peer_group: Any) -> dict[str, bytes]:
    """The frozen inputs as tables; `values`, `history`, `events`, `decisions` and `restated` as `assess_table` takes them."""
    codes, year = inputs["indicators"], str(inputs["year"])
    kinds = inputs["events_registered"]
    group = peer_group.name_zh if peer_group is not None else "all"
    return {
        "values": _csv(["unit", "period", *codes], _figures(inputs["values"])),
        "restated": _csv(["unit", "period", *codes], _figures(inputs["restated"])),
        "members": _csv(
            ["unit", "period"], [(zone, y) for y, zones in sorted(inputs["members"].items()) for zone in zones]
        ),
        "groups": _csv(["unit", "group"], [(zone, group) for zone in inputs["members"][year]]),
        "events": _csv(
            ["unit", "period", *kinds],
            [
                (zone, y, *(counts.get(kind, 0) for kind in kinds))
                for y, by_zone in sorted(inputs["events"].items())
                for zone, counts in sorted(by_zone.items())
            ],
        ),
        "history": _csv(HISTORY_COLUMNS, inputs["history"]),
        "decisions": _csv(DECISION_COLUMNS, inputs["decisions"]),
    }


def _figures(values: Mapping[str, Mapping[str, list[float | None]]]) -> Iterator[tuple[Any, ...]]:
    for year, by_zone in sorted(values.items()):
        for zone, numbers in sorted(by_zone.items()):
            yield zone, year, *(None if number is None else repr(float(number)) for number in numbers)


_RESULT_FIELDS = (
    "zone", "score", "rank", "peer_group", "group_size", "coverage", "proposal", "rank_low", "rank_high", "holds",
    "within_noise", "cut_gap",
)  # fmt: skip


def _results_table(rows: list[dict[str, Any]]) -> bytes:
    lines = [
        [*(row[name] for name in _RESULT_FIELDS), " ".join(rule["id"] for rule in row["fired_rules"])] for row in rows
    ]
    return _csv([*_RESULT_FIELDS, "rules"], lines)


# ---- reading and verifying ------------------------------------------------------------------------------------


def read_bundle(path: Path) -> dict[str, bytes]:
    """The files of a bundle, a ZIP or a directory. Raises BundleUnreadable, OSError."""
    if path.is_dir():
        names = [found for found in sorted(path.rglob("*")) if found.is_file()]
        files = {found.relative_to(path).as_posix(): found.read_bytes() for found in names}
    else:
        files = _unzipped(path)
    if MANIFEST not in files:
        raise BundleUnreadable(f"没有 {MANIFEST}，不是核验包 / no {MANIFEST}: not a bundle")
    return files


def _unzipped(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise BundleUnreadable("内容过大，不是核验包 / too large: not a bundle")
            return {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
    except zipfile.BadZipFile as error:
        raise BundleUnreadable("不是 ZIP 文件，或已损坏 / not a ZIP file, or a damaged one") from error


def verify(files: Mapping[str, bytes]) -> list[Difference]:
    """What differs: files from their digests, tables from the inputs, results from those computed again; empty = equal.

    Raises BundleUnreadable: files that cannot be read, or of another format or engine, which could not be compared.
    """
    manifest = _plain(files, MANIFEST)
    _require_same_program(manifest)
    found = list(_file_differences(files, manifest))
    try:
        inputs, rows = _plain(files, "inputs.json"), _plain(files, "results.json")
        scheme = files["scheme.yaml"].decode()
    except KeyError:
        return found  # a file that is not there has been named
    if digest(inputs) != manifest["inputs_digest"]:
        found.append(_digest_difference("inputs.json", "输入指纹", "digest of the inputs"))
    if digest(rows) != manifest["results_digest"]:
        found.append(_digest_difference("results.json", "结果指纹", "digest of the results"))
    try:
        method = load_scheme(scheme)
        found += _table_differences(files, inputs, method.peer_group, rows)
        computed = compute(method, thaw(inputs)).rows
    except FaultsError as error:
        said = " ".join(str(fault) for fault in error.faults[:5])
        return [*found, Difference("scheme.yaml, inputs.json", f"无法计算：{said}", f"cannot be computed: {said}")]
    except RunImpossible as error:
        return [*found, Difference("inputs.json", error.text("zh-hans"), error.text("en"))]
    differing = _result_differences(rows, json.loads(_json(computed)))
    return [*found, *differing, *(_version_differences(manifest) if differing else ())]


def _plain(files: Mapping[str, bytes], name: str) -> Any:
    try:
        return json.loads(files[name])
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BundleUnreadable(f"{name} 不是 JSON / is not JSON: {error}") from error


def _require_same_program(manifest: Mapping[str, Any]) -> None:
    if manifest.get("format") != BUNDLE_FORMAT:
        told = manifest.get("format")
        raise BundleUnreadable(
            f"核验包格式为 {told}，本程序读 {BUNDLE_FORMAT} / format {told} of the bundle, this program reads {BUNDLE_FORMAT}"
        )
    if manifest["inputs_format"] != FORMAT:
        told = manifest["inputs_format"]
        raise BundleUnreadable(
            f"输入格式为 {told}，本程序读 {FORMAT}；请用当时的版本核验 / inputs of format {told}, this program reads {FORMAT};"
            " verify with the version of that time"
        )
    if manifest["engine_version"] != ENGINE_VERSION:
        told = manifest["engine_version"]
        raise BundleUnreadable(
            f"由引擎 {told} 算出，本程序的引擎是 {ENGINE_VERSION}，结果不能相比；请用引擎 {told} 的版本核验"
            f" / computed by engine {told}, this program has {ENGINE_VERSION}: not comparable; verify with engine {told}"
        )


def _file_differences(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterator[Difference]:
    listed = manifest["files"]
    for name in sorted(listed):
        if name not in files:
            yield Difference(name, "缺少文件", "the file is missing")
        elif hashlib.sha256(files[name]).hexdigest() != listed[name]:
            yield Difference(name, "文件已被改动（SHA-256 不符）", "the file was changed (SHA-256 differs)")
    for name in sorted(set(files) - set(listed) - {MANIFEST}):
        yield Difference(name, "清单中没有的文件", "not in the manifest")


def _version_differences(manifest: Mapping[str, Any]) -> Iterator[Difference]:
    """Other versions of the libraries than at that time: they may explain differences in the last digits."""
    here = _versions()
    for name, told in manifest["versions"].items():
        if here.get(name) != told:
            yield Difference(
                name, f"当时为 {told}，这里是 {here.get(name)}", f"{told} at that time, {here.get(name)} here"
            )


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def _digest_difference(where: str, zh: str, en: str) -> Difference:
    return Difference(where, f"与清单所记的{zh}不符", f"not what the manifest says: {en}")


def _table_differences(
    files: Mapping[str, bytes], inputs: Mapping[str, Any], peer_group: Any, rows: list[dict[str, Any]]
) -> Iterator[Difference]:
    """Cells of the tables that are not those of the inputs and results."""
    expected = {f"data/{name}.csv": table for name, table in _tables(inputs, peer_group).items()}
    expected["results.csv"] = _results_table(rows)
    for name, table in expected.items():
        if name in files and files[name] != table:
            yield from _some(_cells(name, table, files[name]))


def _cells(name: str, expected: bytes, got: bytes) -> Iterator[Difference]:
    wanted, given = (list(csv.reader(io.StringIO(text.decode(errors="replace")))) for text in (expected, got))
    header = wanted[0]
    keys = 2 if header[1:2] == ["period"] else 1
    there = {tuple(row[:keys]): row for row in given[1:]}
    for row in wanted[1:]:
        other = there.pop(tuple(row[:keys]), None)
        where = f"{name} {' '.join(row[:keys])}"
        if other is None:
            yield Difference(where, "缺少这一行", "the row is missing")
            continue
        for column, a, b in zip(header, row, [*other, *[""] * len(row)], strict=False):
            if a != b:
                yield Difference(f"{where} {column}", f"应为 {a or '空'}，实为 {b or '空'}", f"expected {a}, got {b}")
    for key in there:
        yield Difference(f"{name} {' '.join(key)}", "多出的一行", "a row too many")


def _result_differences(rows: list[dict[str, Any]], computed: list[dict[str, Any]]) -> list[Difference]:
    """Zones and figures of the results that come out otherwise."""
    there = {row["zone"]: row for row in rows}
    found: list[Difference] = []
    for row in computed:
        stated = there.pop(row["zone"], None)
        if stated is None:
            found.append(Difference(row["zone"], "结果中没有这个园区", "the zone is not in the results"))
            continue
        # What is announced first; its explanation where that alone differs.
        headline = [name for name in row if name not in ("explanation", "fired_rules")]
        before, after = ({name: side.get(name) for name in headline} for side in (stated, row))
        differing = list(_unequal(before, after, ""))
        for path, expected, got in differing or _unequal(stated, row, ""):
            zh, en = f"应为 {expected!r}，重算得 {got!r}", f"stated {expected!r}, computed {got!r}"
            found.append(Difference(f"{row['zone']} {path}", zh, en))
    found += [Difference(zone, "重算中没有这个园区", "the zone does not come out") for zone in there]
    return list(_some(iter(found)))


def _unequal(stated: Any, computed: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """The leaves of plain data that differ: path, stated, computed."""
    if isinstance(stated, dict) and isinstance(computed, dict):
        for key in sorted({*stated, *computed}):
            yield from _unequal(stated.get(key), computed.get(key), f"{path}.{key}" if path else key)
    elif isinstance(stated, list) and isinstance(computed, list) and len(stated) == len(computed):
        for place, (a, b) in enumerate(zip(stated, computed, strict=True)):
            named = a.get("id") or a.get("code") if isinstance(a, dict) else None
            yield from _unequal(a, b, f"{path}[{named or place}]")
    elif not _same(stated, computed):
        yield path, stated, computed


def _same(a: Any, b: Any) -> bool:
    """Equal, to the last bit of a double; true is no 1."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return float(a) == float(b) or (math.isnan(a) and math.isnan(b))
    return bool(a == b)


def _some(differences: Iterator[Difference]) -> Iterator[Difference]:
    for number, difference in enumerate(differences):
        if number == MOST_FIGURES:
            rest = 1 + sum(1 for _ in differences)
            yield Difference("…", f"另有 {rest} 处不同", f"{rest} more differences")
            return
        yield difference
