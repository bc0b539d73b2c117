"""Message catalogues without GNU gettext (文案目录): extract, merge, check, compile.

Message ids are Chinese, the source language; the catalogue `locale/en/LC_MESSAGES/django.po` gives the English.
Every part of the project keeps its own `parts/<part>.po`; `merge` joins them into django.po, `compile` writes django.mo,
which is not committed. `check` lists every message without English and every broken placeholder, and fails.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")
PARTS = Path("locale/en/LC_MESSAGES/parts")
SHARED = "common.po"
SKIPPED = {".venv", "node_modules", ".data", "staticfiles", ".git", "tests", "migrations", "locale"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
CALL = re.compile(r"""\b(?:n?p?gettext|_)\((?:[^()'"]|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")*\)""")
PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +-]*\d*(?:\.\d+)?[sdfrx]|%%|%[sdfrx]|\{\w*(?::[^{}]*)?\}")


def sources(root: Path) -> Iterator[Path]:
    """Python files and templates that may hold texts, in a stable order."""
    for path in sorted(root.rglob("*")):
        folders = set(path.relative_to(root).parts[:-1])
        wanted = path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in folders)
        if wanted and not SKIPPED & folders:
            yield path


def code_of(path: Path) -> bytes:
    """The text of a source file as Python that calls gettext; of a template, the calls that Django makes of its tags."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = "\n".join(CALL.findall(templatize(text, origin=str(path))))
    return text.encode()


def extract_all(root: Path) -> Catalog:
    """Catalogue of every message id in the sources, with the files they stand in."""
    catalogue = new_catalogue()
    for path in sources(root):
        for line, found, _comments, context in extract("python", io.BytesIO(code_of(path)), KEYWORDS):
            catalogue.add(found, locations=[(path.relative_to(root).as_posix(), line)], context=context)
    return catalogue


def new_catalogue() -> Catalog:
    return Catalog(locale="en", project="yuanqu", charset="utf-8", fuzzy=False, header_comment="# English texts.")


def read_catalogue(path: Path) -> Catalog:
    """A .po file; an empty catalogue when there is none."""
    if not path.exists():
        return new_catalogue()
    with path.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def texts(message: Message) -> list[str]:
    """The translations of a message: one, or one for each plural form; [] when any is missing."""
    found = list(message.string) if isinstance(message.string, (list, tuple)) else [message.string]
    return [str(text) for text in found] if found and all(found) else []


def key_of(message: Message) -> tuple[str | None, str]:
    return message.context, message.id[0] if isinstance(message.id, (list, tuple)) else str(message.id)


def messages_of(catalogue: Catalog) -> dict[tuple[str | None, str], Message]:
    return {key_of(message): message for message in catalogue if message.id}


def merged(root: Path) -> tuple[Catalog, list[str]]:
    """Catalogue of all messages in the sources with their English, and the contradictions between parts.

    common.po, the shared vocabulary, goes before the other parts, and parts before the present django.po; what no source
    uses any more is dropped.
    """
    faults: list[str] = []
    known: dict[tuple[str | None, str], tuple[Message, str]] = {}
    parts = sorted((root / PARTS).glob("*.po"), key=lambda path: (path.name != SHARED, path.name))
    for path in [*parts, root / CATALOGUE]:
        for key, message in messages_of(read_catalogue(path)).items():
            if not texts(message) or message.fuzzy:
                continue
            if key not in known:
                known[key] = (message, path.name)
            elif path in parts and known[key][1] != SHARED and texts(known[key][0]) != texts(message):
                here, there = f"{path.name} {texts(message)}", f"{known[key][1]} {texts(known[key][0])}"
                faults.append(f"two translations of {key[1]!r}: {there}, {here}; settle it in {SHARED}")
    catalogue = extract_all(root)
    for key, message in messages_of(catalogue).items():
        if key in known:
            message.string = plural_fit(message, texts(known[key][0]))
    return catalogue, faults


def plural_fit(message: Message, found: list[str]) -> str | tuple[str, ...]:
    """The translation in the number of forms that the message has."""
    if not message.pluralizable:
        return found[0]
    return tuple(found if len(found) > 1 else [found[0], found[0]])


def write_catalogue(catalogue: Catalog, path: Path) -> None:
    """Write a .po file without line numbers or dates, so that it changes only when a text changes."""
    for message in catalogue:
        message.locations = sorted({(name, 0) for name, _line in message.locations})
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, omit_header=True, include_lineno=False)
    header = '# English texts, joined from parts/*.po by scripts/messages.py merge.\nmsgid ""\nmsgstr ""\n'
    fields = ("Language: en", "Content-Type: text/plain; charset=utf-8", "Plural-Forms: nplurals=2; plural=(n != 1);")
    header += "".join(f'"{field}\\n"\n' for field in fields)
    path.write_text(header + "\n" + buffer.getvalue().decode(), encoding="utf-8")


def placeholder_faults(message: Message) -> list[str]:
    """Placeholders that stand in the Chinese and not in the English, or the other way round."""
    ids = [str(part) for part in message.id] if isinstance(message.id, (list, tuple)) else [str(message.id)]
    wanted = {frozenset(PLACEHOLDER.findall(text)) for text in ids}
    widest = frozenset().union(*wanted)
    faults = []
    for text in texts(message):
        found = frozenset(PLACEHOLDER.findall(text))
        if found != widest and found not in wanted:
            faults.append(f"{key_of(message)[1]!r}: placeholders {sorted(widest)}, in English {sorted(found)}")
    return faults


def check(root: Path) -> list[str]:
    """All faults of the catalogue: missing English, contradictions, broken placeholders."""
    catalogue, faults = merged(root)
    for key, message in messages_of(catalogue).items():
        places = ", ".join(sorted({name for name, _line in message.locations})[:3])
        if not texts(message):
            faults.append(f"no English: {key[1]!r}{f' (context {key[0]})' if key[0] else ''} in {places}")
        faults += [f"{fault} in {places}" for fault in placeholder_faults(message)]
    return faults


def compile_catalogue(root: Path) -> Path:
    """Write django.mo from the parts and django.po; returns its path."""
    catalogue, _faults = merged(root)
    target = (root / CATALOGUE).with_suffix(".mo")
    with target.open("wb") as file:
        write_mo(file, catalogue)
    return target


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("action", choices=["extract", "merge", "check", "compile"])
    action = parser.parse_args(arguments).action
    if action == "extract":
        for context, text in messages_of(extract_all(root)):
            print(text if context is None else f"{context}: {text}")
    elif action == "merge":
        catalogue, faults = merged(root)
        write_catalogue(catalogue, root / CATALOGUE)
        print(f"{CATALOGUE}: {len(messages_of(catalogue))} messages")
        return _report(faults)
    elif action == "check":
        return _report(check(root))
    else:
        print(compile_catalogue(root).relative_to(root))
    return 0


def _report(faults: list[str]) -> int:
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print(f"{len(faults)} faults; English goes into {PARTS}/<part>.po", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
