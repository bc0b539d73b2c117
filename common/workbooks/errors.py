"""What is said of a workbook that is not taken (不采用的文件)."""


class WorkbookRefused(Exception):
    """The file is not taken; `str()` is one sentence for its sender: what is wrong and how to mend it.

    `code` names the reason in the API and in tests.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
