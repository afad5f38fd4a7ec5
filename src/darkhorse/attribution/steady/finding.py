"""What a look at all observations found."""

from msgspec import Struct

__all__ = ["Found"]


class Found(Struct, frozen=True, kw_only=True):
    """`breaks`: after this no maker may be named, whatever else is seen."""

    says: str  # a sentence
    shown: str = ""  # raw numbers or words
    breaks: bool = False
