"""What a language's module says."""

import re
from functools import cached_property

from msgspec import Struct

__all__ = ["Wording", "any_of"]


class Wording(Struct, frozen=True, dict=True):
    """Regular expressions, for one sentence in small letters."""

    hints: tuple[str, ...]  # a refusal has one of these in it; only to be quick
    refuses: tuple[str, ...]
    unless: tuple[str, ...]  # where one of these is in the same sentence, it does not refuse
    obliges: tuple[str, ...]  # how an answer begins that does what was asked

    @cached_property
    def refusing(self) -> "re.Pattern[str]":
        return re.compile("|".join(self.refuses))

    @cached_property
    def excusing(self) -> "re.Pattern[str]":
        return re.compile("|".join(self.unless))

    @cached_property
    def obliging(self) -> "re.Pattern[str]":
        return re.compile("|".join(self.obliges))


def any_of(*words: str) -> str:
    """One of them."""
    return f"(?:{'|'.join(words)})"
