"""Text files that people send (文本文件): UTF-8, or what a Chinese Excel saves as CSV."""

from __future__ import annotations


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 (with or without mark) or GB 18030.

    Raises:
        UnicodeDecodeError: it is neither.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")
