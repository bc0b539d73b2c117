"""On what a number or a rule rests (依据): how certain it is and who decides it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

# published: found in a public text; derived: by arithmetic from one; assumed: a starting value; unknown: not fixed yet.
Certainty = Literal["published", "derived", "assumed", "unknown"]


class Strict(BaseModel):
    """Base of everything in a scheme: frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Basis(Strict):
    """What is assumed or unknown must name who decides (由谁决定)."""

    certainty: Certainty
    decided_by: str = ""
    source: str = ""
    clauses: tuple[str, ...] = Field(default=())
    note_zh: str = ""
    note_en: str = ""

    @model_validator(mode="after")
    def _named_decider(self) -> Self:
        if self.certainty in ("assumed", "unknown") and not self.decided_by:
            raise ValueError(
                "decided_by is needed when the certainty is assumed or unknown (未定或假定的须写明由谁决定)"
            )
        if self.certainty in ("published", "derived") and not (self.source or self.clauses):
            raise ValueError(
                "source or clauses are needed when the certainty is published or derived (已公布的须写明出处)"
            )
        return self
