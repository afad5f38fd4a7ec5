"""The names of a launch and of everybody else, compiled; the entrance to the filter of words."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Self, final

from msgspec import structs

from darkhorse.catalog.makers import MAKERS, Maker
from darkhorse.cloak.words.filter import Filter, Part
from darkhorse.cloak.words.frames import judge, phrase
from darkhorse.cloak.words.frames.asking import asks_whether, asks_who
from darkhorse.cloak.words.gate import Gate
from darkhorse.cloak.words.names import Found, More, Names, Node, letters_of
from darkhorse.cloak.words.scanner import Scanner
from darkhorse.cloak.words.verdict import Frames, Speaker
from darkhorse.cloak.words.version import end_of_version

__all__ = ["FRAMES", "Filter", "Watch"]


FRAMES = Frames(judge, phrase, asks_who, asks_whether)
"""What the sentences of eight languages tell."""


@final
class Watch:
    """Compiled once a launch and shared by all its generations; immutable.

    Compiling everybody's names takes a tenth of a second, once a process (`over`); a launch's own
    stand beside them. Names in `allowed` may be said, also where they hold a watched one: the
    listing's public name ("Nova Alpha").
    """

    def __init__(
        self,
        makers: Iterable[Maker],
        frames: Frames = FRAMES,
        *,
        allowed: Iterable[str] = (),
        beside: "Watch | None" = None,
    ) -> None:
        self._frames = frames
        if beside:
            makers = [beside.unlisted(each) for each in makers]
        self.names: Names = Names(makers, allowed, beside.names if beside else None)
        root = beside.unseen(makers, allowed) if beside else self.names.root
        self.gate: Gate = Gate(root, beside.gate if beside else None)

    @classmethod
    def over(cls, own: Maker, allowed: Iterable[str] = ()) -> Self:
        """Over everybody's names, and these."""
        return cls((own,), allowed=allowed, beside=_everybody())

    def unlisted(self, own: Maker) -> Maker:
        """Of a launch's names those that are nobody's on the list.

        A listed name of another kind here, or a short form that the list leaves out, would be
        answered otherwise by this launch than by any other, and so tell whose it is.
        """

        def new(names: Iterable[str]) -> tuple[str, ...]:
            known = [letters_of(name) for name in names if self._knows(name)]
            return tuple(
                name
                for name in names
                if not any(letters.startswith(letters_of(name)) for letters in known)
            )

        return Maker("", new((own.name, *own.aliases)), new(own.models))

    def _knows(self, name: str) -> bool:
        """Is all of it on the list, with its version, or a lab's and its model's (`lab/model`)?"""
        start: int | More = 0
        while isinstance(start, int) and start < len(name):
            found = self.names.read(name, start, "", final=True)
            if not isinstance(found, Found):
                return False
            start = end_of_version(name, start, found.end, final=True)
            if isinstance(start, int) and name[start : start + 1] == "/":
                start += 1
        return True

    def unseen(self, makers: Iterable[Maker], allowed: Iterable[str]) -> Node:
        """What does not begin with a watched name, and so would not be looked at here.

        A name that may be said is of interest only where a watched one stands in it.
        """
        unseen = [
            structs.replace(
                each,
                name="",
                aliases=self._new((each.name, *each.aliases)),
                models=self._new(each.models),
            )
            for each in makers
        ]
        return Names(unseen, (name for name in self._new(allowed) if self.names_one(name))).root

    def _new(self, names: Iterable[str]) -> tuple[str, ...]:
        read = partial(self.names.read, start=0, before="", final=True)
        return tuple(name for name in names if not isinstance(read(name), Found))

    def filter(self, part: Part, asked: Callable[[], str], past: str = "") -> Filter:
        """For one part of one answer. `past` stands in front of it.

        `asked` gives what was asked; it is called where it matters, and once.
        """
        speaker = Speaker(self._frames, asked, self.names_one, thinks=part == "reasoning")
        return Filter(part, partial(Scanner, self.names, self.gate, speaker), past)

    def names_one(self, text: str) -> bool:
        """Does a watched name stand in `text`?"""
        found = (self.names.read(text, start, "", final=True) for start in self.gate.starts(text))
        return any(isinstance(each, Found) and each.kinds for each in found)


@cache
def _everybody() -> Watch:
    return Watch(MAKERS)
