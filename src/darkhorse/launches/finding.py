"""What a look at an endpoint found: data first, with a sentence for the operator.

Private: the sentences name endpoints and quote engines. They go to whoever ran the command and
into private records, never into a log.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from darkhorse.base.plain import plain

__all__ = ["Finding", "Level", "number", "quoted", "worst"]

Level = Literal["ok", "warn", "refuse"]

_SEVERITY: dict[Level, int] = {"ok": 0, "warn": 1, "refuse": 2}
_SPACE = re.compile(r"\s+")
_LONGEST_QUOTE = 200


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing found. `refuse`: a launch on it would not work, or would not be true."""

    kind: str
    level: Level
    text: str
    figures: Mapping[str, int | float | str] = {}


def worst(findings: Iterable[Finding]) -> Level:
    """The gravest level among them; "ok" where there are none."""
    return max((finding.level for finding in findings), key=_SEVERITY.__getitem__, default="ok")


def number(value: float) -> str:
    """`262,144`."""
    return f"{value:,.0f}"


def quoted(said: bytes | str) -> str:
    """What an engine said, on one line and cut short; `nothing` where it said nothing."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    text = plain(_SPACE.sub(" ", text)).strip()
    if not text:
        return "nothing"
    return f"“{text[:_LONGEST_QUOTE]}…”" if len(text) > _LONGEST_QUOTE else f"“{text}”"
