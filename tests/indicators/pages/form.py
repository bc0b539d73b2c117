"""What the browser tests of the form share: its cells by code, and what is stored."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from indicators.models import Value

expect.set_options(timeout=20_000)  # a busy machine answers late


def number(page: Any, code: str) -> Any:
    return page.locator(f"#number-{code}")


def state(page: Any, code: str) -> Any:
    return page.locator(f"#state-{code}")


def cell(page: Any, code: str) -> Any:
    return page.locator(f"#cell-{code}")


def stored(code: str) -> Value:
    return Value.objects.get(return_ref__round__year=2020, indicator__code=code)


def type_in(page: Any, code: str, text: str) -> None:
    """Type a number as a person does, and leave the cell with Enter."""
    number(page, code).fill(text)
    number(page, code).press("Enter")


def saved(page: Any, code: str) -> None:
    expect(state(page, code)).to_contain_text("已保存")


def all_saved(page: Any) -> None:
    expect(page.locator("[data-queue]")).to_have_text("已全部保存")


def paste(page: Any, code: str, text: str) -> None:
    """Paste text into a cell, as the clipboard of a spreadsheet would."""
    number(page, code).focus()
    number(page, code).evaluate(
        """(input, text) => {
            const data = new DataTransfer();
            data.setData("text", text);
            input.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def codes_of(page: Any) -> list[str]:
    """The codes of the form's cells in order."""
    return page.locator("[data-cell]").evaluate_all("rows => rows.map(row => row.dataset.cell)")
