"""A launch: a listing, what is behind it, and its life. What the public may see of it is apart.

draft ──go-live──▶ live ──retire, or its window ends──▶ retired ──reveal──▶ revealed
"""

import hashlib
import unicodedata
from typing import Any, Literal

import msgspec
from msgspec import Struct

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.endpoint import Private
from darkhorse.catalog.listing import Listing

__all__ = [
    "Change",
    "Definition",
    "Launch",
    "Life",
    "Move",
    "MoveKind",
    "PublicLaunch",
    "Reveal",
    "State",
    "subject_change",
    "subject_of",
]

State = Literal["draft", "live", "retired", "revealed"]
MoveKind = Literal["create", "edit", "go-live", "extend", "retire", "reveal"]


class Definition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A launch file: what the public may know, and apart from it what it must not."""

    public: Listing
    private: Private

    def check(self) -> None:
        """Raise ConfigError where one field contradicts another, or the public side tells."""
        self.public.check()
        self.private.check()
        self._check_silence()

    def _check_silence(self) -> None:
        """However it is spelt: `GLM 5` and `glm5` name GLM-5 as well."""
        for word in (self.private.maker, self.private.model, *self.private.aliases):
            bare = _bare(word)
            for name in _TEXTS:
                value = getattr(self.public, name)
                texts = (value,) if isinstance(value, str) else value
                if len(bare) > 2 and any(bare in _bare(text) for text in texts):
                    raise ConfigError(
                        f"public.{name}: it says `{word}`, which stands on the private side; "
                        "take it out, or the listing names the maker."
                    )


_TEXTS = (
    *("slug", "aliases", "title", "description", "disclosure", "identity"),
    *("terms", "privacy", "abuse_contact"),
)


def _bare(text: str) -> str:
    """Letters and digits alone, in one form of each."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, plain))


def subject_of(definition: Definition) -> str:
    """What an audit is of: two SHA-256 in hex, a `:` between.

    The first is of its endpoints and who they are, the second of its public side. A field that is
    left out is one with its default.
    """
    private = definition.private
    behind = (private.maker, private.model, private.aliases, private.endpoint)
    return f"{_digest(behind)}:{_digest(definition.public)}"


def subject_change(before: str, after: str) -> str:
    """Which of the two differ: `its private side`, `its public side`, or both; empty where none."""
    was, now = before.partition(":"), after.partition(":")
    halves = (("its private side", 0), ("its public side", 2))
    return " and ".join(name for name, at in halves if was[at] != now[at])


def _digest(value: Any) -> str:
    """Of its JSON with every key in order."""
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()


class Life(Struct, frozen=True, kw_only=True):
    """Where a launch stands, and since when: microseconds since the epoch, None if not yet."""

    state: State = "draft"
    created_us: int
    live_us: int | None = None
    closes_us: int | None = None  # when its window ends; None: it does not end by itself
    retired_us: int | None = None
    revealed_us: int | None = None

    @property
    def newest_us(self) -> int:
        """When it last came to a new state."""
        moments = (self.created_us, self.live_us, self.retired_us, self.revealed_us)
        return max(filter(None, moments), default=self.created_us)

    def is_over(self, now_us: int) -> bool:
        """Has the window ended, whether anyone has written it down or not?"""
        return self.closes_us is not None and now_us >= self.closes_us

    def state_at(self, now_us: int) -> State:
        """The state at a moment: a window that has ended is retired at once."""
        return "retired" if self.state == "live" and self.is_over(now_us) else self.state


class Reveal(Struct, frozen=True, kw_only=True):
    """What the reveal says. Public from the reveal on, and not before."""

    maker: str
    model: str
    text: str = ""
    successor: str = ""


class Change(Struct, frozen=True, kw_only=True):
    """A line of a launch's public history."""

    at_us: int
    text: str


class Move(Struct, frozen=True, kw_only=True):
    """One step of a launch's life: who, when and why. Private, but for `shown`."""

    kind: MoveKind
    at_us: int
    who: str
    why: str = ""
    shown: str = ""  # the line of the public history; empty where the public saw no change
    detail: str = ""  # what the operator may want to know later: figures, private fields changed
    accepted: tuple[str, ...] = ()  # findings of an audit with which it was let live, by name


class PublicLaunch(Struct, frozen=True, kw_only=True):
    """A launch as the public sees it; there is no way from here to an endpoint."""

    listing: Listing
    life: Life
    changes: tuple[Change, ...] = ()
    reveal: Reveal | None = None
    commitment: str = ""  # published at go-live: catalog/commitment.py
    opening: str = ""  # published by the reveal: the text that was committed to


class Launch(Struct, frozen=True, kw_only=True):
    """All of it. `revision` grows with every move."""

    id: str  # lch-…
    listing: Listing
    private: Private
    life: Life
    changes: tuple[Change, ...] = ()
    reveal: Reveal | None = None
    commitment: str = ""
    opening: str = ""
    salt: str = ""  # of the commitment; private until the reveal
    revision: int = 0
    source: str = ""  # the launch file as it was written, comments and all

    @property
    def definition(self) -> Definition:
        """Both sides as its file has them now."""
        return Definition(public=self.listing, private=self.private)

    def public(self) -> PublicLaunch:
        """What the public may see of it."""
        return PublicLaunch(
            listing=self.listing,
            life=self.life,
            changes=self.changes,
            reveal=self.reveal,
            commitment=self.commitment,
            opening=self.opening,
        )
