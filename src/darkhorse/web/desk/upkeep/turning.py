"""A long list, one page after the other."""

from collections.abc import Sequence
from typing import TypeVar

from msgspec import Struct
from starlette.requests import Request

from darkhorse.base.errors import ConfigError

__all__ = ["Turn", "turned"]

T = TypeVar("T")
_MOST_DIGITS = 9


class Turn(Struct, frozen=True, kw_only=True):
    """Rows `first` to `last` (from 1 on) of `of` are shown.

    `back` and `on`: how many rows stand before the neighbouring pages; None: there is none.
    """

    first: int
    last: int
    of: int
    back: int | None = None
    on: int | None = None


def turned(rows: Sequence[T], request: Request, size: int) -> tuple[Sequence[T], Turn]:
    """The rows behind as many as the query's `after` says, at most `size`, and where they stand.

    Behind the last row stands the last page again. Raises ConfigError where it is no number.
    """
    text = request.query_params.get("after", "") or "0"
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise ConfigError("`after` says how many rows to leave out; give a whole number.")
    last_page = max(0, len(rows) - 1) // size * size
    skipped = min(int(text), last_page)
    shown = rows[skipped : skipped + size]
    end = skipped + len(shown)
    turn = Turn(
        first=min(skipped + 1, end),
        last=end,
        of=len(rows),
        back=max(0, skipped - size) if skipped else None,
        on=end if end < len(rows) else None,
    )
    return shown, turn
