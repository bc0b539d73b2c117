"""Reads on registers (台账查询): lists, one entry with its life, figures by place and year."""

from registers.selectors.counts import RegisterFigure, province_figure, register_counts, register_figures, with_numbers
from registers.selectors.entries import (
    Answer,
    EntryPage,
    Labels,
    answer,
    answers_of,
    entries_of,
    entry_history,
    listed,
    reference_labels,
    totals,
)

__all__ = [
    "Answer",
    "EntryPage",
    "Labels",
    "RegisterFigure",
    "answer",
    "answers_of",
    "entries_of",
    "entry_history",
    "listed",
    "province_figure",
    "reference_labels",
    "register_counts",
    "register_figures",
    "totals",
    "with_numbers",
]
