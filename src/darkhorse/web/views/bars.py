"""A line of a list with bars, as kit.html draws it."""

from msgspec import Struct

__all__ = ["Bar"]


class Bar(Struct, frozen=True, kw_only=True):
    """`share` is from 0 to 1; `text` says it in words; `href` may be empty."""

    name: str
    text: str
    share: float
    href: str = ""
