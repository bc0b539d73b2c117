"""From the cells of a workbook to figures of zones: what each row and column means, what must be asked (表格读取).

Nothing is written here and nothing guessed. The sender's answers come back by the keys of the questions, and the same file
with the same answers always reads the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from common.workbooks.cells import Cell, Workbook, column_letters
from common.workbooks.errors import WorkbookRefused
from indicators.enums import IndicatorKind
from indicators.models import Indicator
from indicators.workbooks.figures import KEEP, Figure, answers_for, read_absence, read_figure
from indicators.workbooks.headers import Match, Matcher, key_of
from indicators.workbooks.report import Choice, Entry, Fault, Intake, Note, Question
from indicators.workbooks.tables import DataRow, Role, Table, data_rows, find_tables, is_this_period
from indicators.workbooks.units import Conversion, conversion, unit_of
from indicators.workbooks.zones import ZoneMatcher
from parks.models import Zone

IGNORE, CONVERT, AS_IS = "ignore", "convert", "as_is"
MOST_FAULTS = 500
MOST_QUESTIONS = 300


@dataclass(frozen=True)
class Scope:
    """What a file may speak of: zones by code, the items each is asked for, the period. `catalogue`: all items of zones."""

    year: int
    period: str
    zones: Mapping[str, Zone]
    asked: Mapping[str, Sequence[Indicator]]
    catalogue: Sequence[Indicator]

    @property
    def only_zone(self) -> Zone | None:
        return next(iter(self.zones.values())) if len(self.zones) == 1 else None


def read_workbook(book: Workbook, scope: Scope, answers: Mapping[str, str]) -> Intake:
    """Read all tables of the book. Raises WorkbookRefused when there is none."""
    matcher = Matcher(scope.catalogue)
    tables = find_tables(book, matcher, _period_words(scope))
    if not tables:
        message = _(
            "没有找到填报表：需要有一行表头，写明“指标”和“本期数”，或写明“园区”和各项指标名称。请用系统下载的表格填写。"
        )
        raise WorkbookRefused("no_table", message)
    reader = _Reader(scope, matcher, answers)
    for table in tables:
        reader.read(table)
    return reader.finish()


def _period_words(scope: Scope) -> list[str]:
    words = [scope.period, f"{scope.period}年"]
    return words if scope.period != str(scope.year) else [*words, f"{scope.year}年度", f"{scope.year}年数"]


class _Reader:
    """Reads one file's tables into an Intake."""

    def __init__(self, scope: Scope, matcher: Matcher, answers: Mapping[str, str]) -> None:
        self.scope, self.matcher, self.answers = scope, matcher, answers
        self.intake = Intake()
        self.zones = ZoneMatcher(scope.zones.values())
        self.by_code = {item.code: item for item in scope.catalogue}
        self.asked = {zone: {item.code for item in items} for zone, items in scope.asked.items()}
        self.any_asked = set().union(*self.asked.values()) if self.asked else set()

    # ---- questions, faults, notes ---------------------------------------------------------------------------------

    def ask(self, kind: str, place: str, text: str, choices: Iterable[Choice], key: str = "") -> str:
        """The answer to a question; empty while it is open. The question is kept either way."""
        if len(self.intake.questions) >= MOST_QUESTIONS:
            message = _(
                "文件里看不准的地方超过 %(most)d 处，逐一询问不如先整理。请用系统下载的表格填写，或核对表头、园区名称和数字写法后再上传。"
            )
            raise WorkbookRefused("too_unclear", message % {"most": MOST_QUESTIONS})
        key, offered = key or f"{kind}:{place}", list(choices)
        answer = answers_for(self.answers, kind, key)
        if answer not in {choice.key for choice in offered}:
            answer = ""
        self.intake.questions.append(Question(key, kind, place, text, offered, answer))
        return answer

    def fault(self, place: str, text: str, zone: str = "", code: str = "") -> None:
        if len(self.intake.faults) < MOST_FAULTS:
            self.intake.faults.append(Fault(place, text, zone, code))

    def note(self, place: str, text: str) -> None:
        if len(self.intake.notes) < MOST_FAULTS:
            self.intake.notes.append(Note(place, text))

    # ---- tables ---------------------------------------------------------------------------------------------------

    def read(self, table: Table) -> None:
        columns = {} if table.is_list else self._columns(table)
        for row in data_rows(table):
            if row.skipped:
                place = _row_place(table, row)
                self.note(
                    place, _("合计行不读取。") if row.skipped == "total" else _("数据状态为 dis（已撤销）的行不读取。")
                )
                continue
            zone = self._zone(table, row, columns)
            if zone is None:
                continue
            if table.is_list:
                self._list_row(table, row, zone)
            else:
                self._grid_row(table, row, zone, columns)

    def finish(self) -> Intake:
        self.intake.entries = list(self._without_doubles())
        return self.intake

    def _zone(self, table: Table, row: DataRow, columns: Mapping[int, object]) -> Zone | None:
        """The zone a row speaks of; None for a row to leave out."""
        roles = [role for role in (Role.ZONE_CODE, Role.ZONE) if role in table.roles]
        if not roles and self.scope.only_zone:
            return self.scope.only_zone
        texts = [text for role in roles if (text := table.text(row.cells, role))]
        place = _row_place(table, row)
        if not texts:
            holds = columns or {table.roles.get(Role.VALUE, 0)}
            if any(column in row.cells for column in holds):
                self.fault(place, _("这一行有数字，但没有写明是哪个园区。请填园区编号或名称，或删去这一行。"))
            return None
        found = [self.zones.match(text) for text in texts]
        certain = {match.zone.code: match.zone for match in found if match.zone}
        if len(certain) == 1:
            return next(iter(certain.values()))
        return self._ask_zone(place, texts, [zone for match in found for zone in match.candidates])

    def _ask_zone(self, place: str, texts: Sequence[str], candidates: Iterable[Zone]) -> Zone | None:
        near = {zone.code: zone for zone in candidates}
        choices = [Choice(code, f"{code} {zone.name}") for code, zone in near.items()]
        text = _("“%(text)s”不能确定是本次填报范围内的哪个园区。") % {"text": " ".join(texts)[:80]}
        answer = self.ask("zone", place, text, [*choices, Choice(IGNORE, _("不读取这一行"))])
        return near.get(answer)

    # ---- one item a row -------------------------------------------------------------------------------------------

    def _list_row(self, table: Table, row: DataRow, zone: Zone) -> None:
        parts = {role: table.cell(row.cells, role) for role in (Role.VALUE, Role.ABSENCE, Role.COMMENT)}
        item = self._row_item(table, row, holds=any(parts.values()))
        if item is None or not self._is_asked(_row_place(table, row), item, zone, holds=any(parts.values())):
            return
        base = Entry(zone.code, item.code, _row_place(table, row))
        if Role.VALUE in table.roles:
            base = self._with_figure(
                table, base, item, self._list_cell(table, row, Role.VALUE), self._row_unit(table, row, item)
            )
        if Role.ABSENCE in table.roles and not base.keep:
            base = self._with_absence(table, base, self._list_cell(table, row, Role.ABSENCE))
        if Role.COMMENT in table.roles:
            base = self._with_comment(table, base, self._list_cell(table, row, Role.COMMENT))
        self.intake.entries.append(base)

    def _list_cell(self, table: Table, row: DataRow, role: Role) -> Cell:
        return table.cell(row.cells, role) or Cell(row.number, table.roles[role], None)

    def _row_item(self, table: Table, row: DataRow, *, holds: bool) -> Indicator | None:
        """The item of a row, by its code and its name; a row without anything to read in it need not have one."""
        code, name = table.text(row.cells, Role.CODE), table.text(row.cells, Role.ITEM)
        by_code = self.by_code.get(code.strip().lower())
        by_name = self.matcher.find(name) if name else Match("")
        if by_code and (by_name.indicator is None or by_name.indicator == by_code):
            return by_code
        if by_name.indicator and not by_code:
            return by_name.indicator
        if not holds:
            return None
        if by_code and by_name.indicator:
            text = _("这一行的代码是“%(code)s”，名称却是“%(name)s”，两者不是同一指标（可能只移动了其中一列）。")
            return self._ask_item(
                _row_place(table, row), text % {"code": code, "name": name}, [by_code, by_name.indicator]
            )
        if not (code or name):
            self.fault(
                _row_place(table, row), _("这一行有内容，但没有写明是哪项指标。请填指标代码或名称，或删去这一行。")
            )
            return None
        text = _("“%(text)s”不能确定是哪项指标。") % {"text": (name or code)[:80]}
        return self._ask_item(_row_place(table, row), text, self.matcher.match(name or code).candidates)

    def _ask_item(self, place: str, text: str, candidates: Iterable[Indicator]) -> Indicator | None:
        known = {item.code: item for item in candidates if item.code in self.any_asked}
        choices = [Choice(code, f"{item.label}（{item.unit_label}）") for code, item in known.items()]
        answer = self.ask("item", place, text, [*choices, Choice(IGNORE, _("不读取"))])
        return known.get(answer)

    def _is_asked(self, place: str, item: Indicator, zone: Zone, *, holds: bool) -> bool:
        if item.code in self.asked[zone.code]:
            return True
        if not holds:
            return False
        if item.kind == IndicatorKind.DERIVED:
            self.note(place, _("“%(name)s”由系统计算，不读取。") % {"name": item.label})
        else:
            text = _("“%(name)s”不是“%(zone)s”本期的填报项，不读取。")
            self.note(place, text % {"name": item.label, "zone": zone.name})
        return False

    def _row_unit(self, table: Table, row: DataRow, item: Indicator) -> Conversion | None:
        """How the row's unit turns into the item's, once the sender has agreed."""
        written = table.text(row.cells, Role.UNIT) or self.matcher.find(table.text(row.cells, Role.ITEM)).unit
        return self._agreed(f"{table.sheet.name}!{row.number}", _row_place(table, row), written, item) or None

    def _agreed(self, key: str, place: str, written: str, item: Indicator) -> Conversion | None:
        if not written or key_of(written) in {key_of(item.unit), key_of(item.unit_en)} or unit_of(written) == item.unit:
            return None
        turned = conversion(written, item.unit)
        facts = {"name": item.label, "written": written[:20], "unit": item.unit_label}
        if turned is None and not unit_of(written):
            return None  # a word that is no unit we know says nothing against the item's own
        text = _("“%(name)s”在文件中的单位是%(written)s，本项单位是%(unit)s。") % facts
        choices = [Choice(AS_IS, _("数字本来就是%(unit)s，不换算") % facts)]
        if turned:
            choices.insert(0, Choice(CONVERT, _("由%(written)s换算为%(unit)s") % facts))
        answer = self.ask("unit", place, text, [*choices, Choice(IGNORE, _("不读取"))], key=f"unit:{key}")
        return turned if answer == CONVERT else None

    # ---- one zone a row -------------------------------------------------------------------------------------------

    def _columns(self, table: Table) -> dict[int, tuple[Indicator, Conversion | None]]:
        """What each column of figures means, once doubtful headers are settled."""
        matched: dict[int, tuple[Indicator, str]] = {}
        for column, match in sorted((table.items | table.unknown).items()):
            place = table.sheet.place(Cell(table.header_row, column, None))
            if not is_this_period(match, self.scope.year):
                self.note(place, _("“%(header)s”不是本期的数，不读取。") % {"header": match.header[:80]})
                continue
            item = match.indicator or self._unknown_column(table, column, place, match)
            if item is not None:
                matched[column] = item, match.unit or table.units.get(column, "")
        kept = self._one_column_each(table, matched)
        return {column: (item, self._column_unit(table, column, item, unit)) for column, (item, unit) in kept.items()}

    def _unknown_column(self, table: Table, column: int, place: str, match: Match) -> Indicator | None:
        """Ask what a header means when something is written under it."""
        below = (row for row in data_rows(table) if not row.skipped)
        if not any(column in row.cells for row in below):
            return None
        if not match.candidates:
            self.note(place, _("“%(header)s”不是填报项，不读取。") % {"header": match.header[:80]})
            return None
        return self._ask_item(
            place, _("表头“%(header)s”不能确定是哪项指标。") % {"header": match.header[:80]}, match.candidates
        )

    def _one_column_each(
        self, table: Table, matched: Mapping[int, tuple[Indicator, str]]
    ) -> dict[int, tuple[Indicator, str]]:
        """Where several columns mean one item, the one the sender chose."""
        by_item: dict[str, list[int]] = defaultdict(list)
        for column, (item, _unit) in matched.items():
            by_item[item.code].append(column)
        kept = dict(matched)
        for code, columns in by_item.items():
            if len(columns) == 1:
                continue
            places = {column_letters(column): column for column in columns}
            text = _("有 %(n)d 列都是“%(name)s”（%(columns)s 列）。")
            facts = {"n": len(columns), "name": self.by_code[code].label, "columns": "、".join(places)}
            choices = [Choice(letters, _("采用 %(letters)s 列") % {"letters": letters}) for letters in places]
            place = f"{table.sheet.name}!{table.header_row}"
            answer = self.ask(
                "column", place, text % facts, [*choices, Choice(IGNORE, _("不读取"))], f"column:{place}:{code}"
            )
            for letters, column in places.items():
                if letters != answer:
                    del kept[column]
        return kept

    def _column_unit(self, table: Table, column: int, item: Indicator, written: str) -> Conversion | None:
        place = table.sheet.place(Cell(table.header_row, column, None))
        return self._agreed(place, place, written, item)

    def _grid_row(
        self, table: Table, row: DataRow, zone: Zone, columns: Mapping[int, tuple[Indicator, Conversion | None]]
    ) -> None:
        for column, (item, given) in columns.items():
            cell = row.cells.get(column) or Cell(row.number, column, None)
            place = table.sheet.place(cell)
            holds = cell.value is not None or bool(cell.formula)
            if not self._is_asked(place, item, zone, holds=holds):
                continue
            entry = self._with_figure(table, Entry(zone.code, item.code, place), item, cell, given)
            self.intake.entries.append(entry)

    # ---- single cells ---------------------------------------------------------------------------------------------

    def _with_figure(self, table: Table, entry: Entry, item: Indicator, cell: Cell, given: Conversion | None) -> Entry:
        place = table.sheet.place(cell)
        entry = replace(entry, place=place, has_figure=True, hidden=table.is_hidden(cell))
        if area := table.merged_over(cell):
            self._merged(place, str(area), entry)
            return replace(entry, keep=True)
        if answers_for(self.answers, "unit", _unit_key(table, cell)) == IGNORE:
            return replace(entry, keep=True)
        figure = self._figure(cell, item, given, place)
        if figure.fault:
            self.fault(place, figure.fault, entry.zone, entry.code)
        return replace(entry, number=figure.number, absence=figure.absence, keep=figure.keep, notes=tuple(figure.notes))

    def _figure(self, cell: Cell, item: Indicator, given: Conversion | None, place: str) -> Figure:
        figure = read_figure(cell, item, given)
        if figure.asked is None:
            return figure
        choices = [Choice(option.key, option.label) for option in figure.asked.options]
        text = _("“%(name)s”：%(text)s") % {"name": item.label, "text": figure.asked.text}
        answer = self.ask(figure.asked.kind, place, text, choices)
        return read_figure(cell, item, given, answer) if answer else Figure(keep=True)

    def _merged(self, place: str, area: str, entry: Entry) -> None:
        text = _("这里在合并单元格 %(area)s 内，看不出数字属于哪一格。请取消合并，逐格填写。") % {"area": area}
        self.fault(place, text, entry.zone, entry.code)

    def _with_absence(self, table: Table, entry: Entry, cell: Cell) -> Entry:
        found = read_absence(cell)
        if found.fault:
            self.fault(table.sheet.place(cell), found.fault, entry.zone, entry.code)
        if found.absence and entry.number is not None:
            text = _("已填数字，就不能再选“不适用”或“暂缺”。请去掉其中一个。")
            self.fault(table.sheet.place(cell), text, entry.zone, entry.code)
        return replace(entry, absence=entry.absence or found.absence, has_figure=True)

    def _with_comment(self, table: Table, entry: Entry, cell: Cell) -> Entry:
        if cell.formula:
            self.fault(table.sheet.place(cell), _("说明是公式，不能采用。请改填文字。"), entry.zone, entry.code)
        return replace(
            entry, comment=" ".join(cell.text.split()), comment_place=table.sheet.place(cell), has_comment=True
        )

    # ---- the same item twice --------------------------------------------------------------------------------------

    def _without_doubles(self) -> Iterable[Entry]:
        """One entry for an item of a zone; the sender says which figure counts when the file has different ones."""
        grouped: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self.intake.entries:
            grouped[entry.zone, entry.code].append(entry)
        for entries in grouped.values():
            yield entries[0] if len(entries) == 1 else self._joined(entries)

    def _joined(self, entries: Sequence[Entry]) -> Entry:
        figures = [entry for entry in entries if entry.has_figure]
        chosen = figures[0] if figures else entries[0]
        if len({entry.figure for entry in figures}) > 1:
            chosen = self._chosen(figures)
        comments = {entry.comment for entry in entries if entry.has_comment and entry.comment}
        if len(comments) > 1:
            text = _("同一指标在文件中有几处不同的说明。请只保留一处。")
            self.fault(entries[-1].place, text, chosen.zone, chosen.code)
        has_comment = any(entry.has_comment for entry in entries)
        place = next((entry.comment_place for entry in entries if entry.comment), "")
        return replace(chosen, comment=next(iter(comments), ""), comment_place=place, has_comment=has_comment)

    def _chosen(self, entries: Sequence[Entry]) -> Entry:
        first = entries[0]
        places = {entry.place: entry for entry in entries}
        facts = {"name": self.by_code[first.code].label, "places": "、".join(places)}
        text = _("“%(name)s”在文件中出现多次，数字不同（%(places)s）。") % facts
        choices = [Choice(place, _("采用 %(place)s") % {"place": place}) for place in places]
        key = f"double:{first.zone}:{first.code}"
        answer = self.ask("double", first.place, text, [*choices, Choice(KEEP, _("不采用，保留系统中的数"))], key)
        return places.get(answer) or replace(first, keep=True)


def _row_place(table: Table, row: DataRow) -> str:
    first = min(row.cells, default=1)
    return table.sheet.place(Cell(row.number, first, None))


def _unit_key(table: Table, cell: Cell) -> str:
    """The key of the question about the unit that holds for a cell: its row's in a list, its column's in a grid."""
    if table.is_list:
        return f"unit:{table.sheet.name}!{cell.row}"
    return f"unit:{table.sheet.place(Cell(table.header_row, cell.column, None))}"
