"""What was said of a launch in public, as its operator noted it down. Private; it quotes others."""

import re
from typing import Protocol

from msgspec import Struct

__all__ = ["LINK", "MOST", "SOURCE", "TEXT", "Note", "NoteStore", "is_link"]

TEXT = 4000
"""Characters of a note, at most."""
SOURCE = 200
LINK = 2000
MOST = 500
"""Notes of one launch."""

_LINK = re.compile(r"https?://[^\s/?#\x00-\x1f\x7f]+[^\s\x00-\x1f\x7f]*", re.IGNORECASE)


class Note(Struct, frozen=True, kw_only=True):
    """`at_us`: when it was said. Show `link` as one only where `is_link` says that it is."""

    id: str = ""  # note-…; the store gives it
    at_us: int
    text: str
    link: str = ""
    source: str = ""  # where, or who: `Hacker News`


def is_link(text: str) -> bool:
    """An absolute web address, and nothing that a browser would run."""
    return _LINK.fullmatch(text) is not None


class NoteStore(Protocol):
    """Notes by launch, that is by `Launch.id`. Blocks on the disk; safe from several threads."""

    def notes(self, launch: str) -> list[Note]:
        """Newest said first."""
        ...

    def add(self, launch: str, note: Note) -> Note:
        """As it is kept, under an id of its own.

        Raises ConfigError where there are `MOST`, or no such launch any more.
        """
        ...

    def change(self, launch: str, note: Note) -> bool:
        """Put it in the place of the one with its id; False if there is none."""
        ...

    def delete(self, launch: str, note: str) -> bool:
        """For good; False if there is none of that id."""
        ...
