"""What the services of registers refuse, each with words for the person who asked (台账的拒绝)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from registers.models import Enterprise, Entry

Errors = Mapping[str, Sequence[str]]


class RegisterError(Exception):
    """Base of all refusals; `str()` is a sentence for the user."""


class EntriesInvalid(RegisterError):
    """Rows that can't be stored; `errors` are sentences by field ("" for the whole) by the row's place in what was sent."""

    def __init__(self, errors: Mapping[int, Errors]) -> None:
        self.errors = {row: {code: list(said) for code, said in fields.items()} for row, fields in errors.items()}
        super().__init__(" ".join(said for fields in self.errors.values() for each in fields.values() for said in each))


class EnterpriseInvalid(RegisterError):
    """An enterprise that can't be stored so; `errors` are sentences by field."""

    def __init__(self, errors: Errors) -> None:
        self.errors = {code: list(said) for code, said in errors.items()}
        super().__init__(" ".join(said for each in self.errors.values() for said in each))


class EntryConflict(RegisterError):
    """Somebody changed it in between; `current` is how it stands now."""

    def __init__(self, message: str, current: Entry | Enterprise) -> None:
        super().__init__(message)
        self.current = current


class UploadRefused(RegisterError):
    """The upload cannot be saved as it stands."""
