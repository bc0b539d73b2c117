"""What the services of the registry refuse, each with words for the person who asked (登记的拒绝)."""

from collections.abc import Sequence


class LineageInvalid(Exception):
    """A succession or split that can't be recorded; `messages` are sentences that say what, where and how to mend it."""

    def __init__(self, messages: Sequence[str]) -> None:
        self.messages = list(messages)
        super().__init__(" ".join(self.messages))


class AxisInvalid(LineageInvalid):
    """Places of an axis that can't be recorded; `messages` as above."""
