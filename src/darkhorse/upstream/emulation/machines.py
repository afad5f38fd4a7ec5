"""A pattern as a machine that always knows where it is. Pure.

llama.cpp follows every way to read what was written, and looks at all of them for every token that
might come next: `a?a?a?…`, or a few stars in a row, and one answer holds up the whole engine. So a
grammar is not given the pattern but a machine for it, with one way for every character. Where
that would have too many states there is none; the string is a plain one then, and is checked.

Nothing repeats without end: a small model might never leave a loop.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from functools import lru_cache

from msgspec import Struct

from darkhorse.upstream.emulation.patterns import (
    Chars,
    Choice,
    Pattern,
    Repeat,
    Row,
    Untaken,
    read_pattern,
)

__all__ = ["Machine", "State", "machine_of"]

_PLACES = 1100  # characters of the pattern, repetitions written out
_NEXT = 40_000  # pairs of them, one behind the other
_STATES = 1100
_STEPS = 400_000  # of the search for states; tens of milliseconds
_LOOPS = 48  # how often any loops are gone through, all together
_UNROLLED = 1000  # states, when no loops are left


class State(Struct, frozen=True):
    """Where characters lead to; may the string end here?"""

    is_end: bool
    ways: tuple[tuple[frozenset[str], int], ...]


class Machine(Struct, frozen=True):
    """Begins in the first state; what leads on leads to a later one."""

    states: tuple[State, ...]


@lru_cache(maxsize=512)
def machine_of(pattern: str) -> Machine | None:
    """The machine for strings that match from end to end; None where it is not for us."""
    try:
        return _unrolled(_states(_places(read_pattern(pattern))))
    except Untaken:
        return None


class _Part(Struct, frozen=True):
    """Some places in a row: which may come first, which last, or may there be none?"""

    first: frozenset[int]
    last: frozenset[int]
    is_optional: bool


_NOTHING = _Part(frozenset(), frozenset(), is_optional=True)


class _Places:
    """Each character class of a pattern is a place; some follow on others (Glushkov, 1961)."""

    def __init__(self) -> None:
        self.chars: list[frozenset[str]] = []
        self.follow: list[set[int]] = []
        self._room = _NEXT

    def add(self, pattern: Pattern) -> _Part:
        match pattern:
            case Chars(among):
                return self._place(among)
            case Row(items):
                return self._row(self.add(item) for item in items)
            case Choice(options):
                return _either([self.add(option) for option in options])
            case Repeat():
                return self._repeated(pattern)

    def _place(self, among: frozenset[str]) -> _Part:
        if len(self.chars) == _PLACES:
            raise Untaken
        self.chars.append(among)
        self.follow.append(set())
        at = frozenset({len(self.chars) - 1})
        return _Part(at, at, is_optional=False)

    def _row(self, parts: Iterable[_Part]) -> _Part:
        whole = _NOTHING
        for part in parts:
            self._lead(whole.last, part.first)
            whole = _Part(
                whole.first | part.first if whole.is_optional else whole.first,
                whole.last | part.last if part.is_optional else part.last,
                is_optional=whole.is_optional and part.is_optional,
            )
        return whole

    def _repeated(self, repeat: Repeat) -> _Part:
        needed = self._row(self.add(repeat.item) for _ in range(repeat.least))
        if repeat.most is None:
            more = self.add(repeat.item)
            self._lead(more.last, more.first)
            return self._row((needed, _Part(more.first, more.last, is_optional=True)))
        more = _NOTHING
        for _ in range(repeat.most - repeat.least):
            again = self._row((self.add(repeat.item), more))
            more = _Part(again.first, again.last, is_optional=True)
        return self._row((needed, more))

    def _lead(self, before: frozenset[int], after: frozenset[int]) -> None:
        self._room -= len(before) * len(after) + 1
        if self._room < 0:
            raise Untaken
        for place in before:
            self.follow[place] |= after


def _either(parts: list[_Part]) -> _Part:
    first = frozenset[int]().union(*(part.first for part in parts))
    last = frozenset[int]().union(*(part.last for part in parts))
    return _Part(first, last, is_optional=any(part.is_optional for part in parts))


class _Graph(Struct):
    """A place 0 before all others, and the places at which a string may end."""

    chars: list[frozenset[str]]
    follow: list[frozenset[int]]
    ends: frozenset[int]


def _places(pattern: Pattern) -> _Graph:
    places = _Places()
    whole = places.add(pattern)
    begin = len(places.chars)
    follow = [frozenset(each) for each in (*places.follow, whole.first)]
    ends = whole.last | ({begin} if whole.is_optional else frozenset())
    return _Graph([*places.chars, frozenset()], follow, frozenset(ends))


def _states(graph: _Graph) -> list[State]:
    """States by sets of places, from the set of the beginning; loops are still loops."""
    kinds = _kinds(graph.chars)
    begin = frozenset({len(graph.chars) - 1})
    known = {begin: 0}
    waiting = deque([begin])
    states: list[State] = []
    steps = 0
    while waiting:
        here = waiting.popleft()
        after = frozenset[int]().union(*(graph.follow[place] for place in here))
        steps += sum(len(graph.follow[place]) for place in here) + len(kinds) * (1 + len(after))
        ways: dict[frozenset[int], frozenset[str]] = {}
        for chars, places in kinds.items():
            if there := after & places:
                ways[there] = ways.get(there, frozenset()) | chars
        waiting.extend(there for there in ways if there not in known)
        for there in ways:
            known.setdefault(there, len(known))
        if len(known) > _STATES or steps > _STEPS:
            raise Untaken
        pairs = tuple((chars, known[there]) for there, chars in ways.items())
        states.append(State(not here.isdisjoint(graph.ends), pairs))
    return states


def _kinds(chars: list[frozenset[str]]) -> Mapping[frozenset[str], frozenset[int]]:
    """Characters that no class tells apart, and the places that take them."""
    places: dict[frozenset[str], list[int]] = {}
    for place, among in enumerate(chars):
        places.setdefault(among, []).append(place)
    if sum(map(len, places)) > _STEPS:
        raise Untaken
    classes: dict[str, list[frozenset[str]]] = {}
    for among in places:
        for char in among:
            classes.setdefault(char, []).append(among)
    alike: dict[tuple[frozenset[str], ...], list[str]] = {}
    for char, each in classes.items():
        alike.setdefault(tuple(each), []).append(char)
    return {
        frozenset(found): frozenset(place for among in each for place in places[among])
        for each, found in alike.items()
    }


def _unrolled(states: list[State]) -> Machine:
    """The same without loops: rounds of all states, where a way back leads to the next round."""
    line = _line(states)
    turn = {at: number for number, at in enumerate(line)}
    has_loops = any(turn[to] <= turn[at] for at in line for _, to in states[at].ways)
    rounds = max(2, min(1 + _LOOPS, _UNROLLED // len(states))) if has_loops else 1
    number: dict[tuple[int, int], int] = {}
    made: list[State] = []  # from the last to the first
    for this, at in ((this, at) for this in range(rounds, 0, -1) for at in reversed(line)):
        there = (
            (chars, number.get((this + (turn[to] <= turn[at]), to)))
            for chars, to in states[at].ways
        )
        ways = tuple((chars, to) for chars, to in there if to is not None)
        if ways or states[at].is_end:
            number[this, at] = len(made)
            made.append(State(states[at].is_end, ways))
    return _reached(made)


def _line(states: list[State]) -> list[int]:
    """All of them, each before what it leads to, but for the ways back in loops."""
    seen = {0}
    done: list[int] = []
    stack = [(0, iter(states[0].ways))]
    while stack:
        at, ways = stack[-1]
        for _, to in ways:
            if to not in seen:
                seen.add(to)
                stack.append((to, iter(states[to].ways)))
                break
        else:
            done.append(at)
            stack.pop()
    return done[::-1]


def _reached(made: list[State]) -> Machine:
    """Only what the last one leads to, which becomes the first."""
    number = {len(made) - 1: 0}
    for at in range(len(made) - 1, -1, -1):
        if at in number:
            for _, to in made[at].ways:
                number.setdefault(to, len(number))
    kept = sorted(number, key=number.__getitem__)
    states = (
        State(made[at].is_end, tuple((chars, number[to]) for chars, to in made[at].ways))
        for at in kept
    )
    return Machine(tuple(states))
