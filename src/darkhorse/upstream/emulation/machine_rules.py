"""A machine as rules of llama.cpp's GBNF: one for each state that is more than a step. Pure."""

from collections.abc import Iterator

from darkhorse.upstream.emulation.machines import Machine, State

__all__ = ["rules_of"]

_WRITTEN = {'"': r"\\\"", "\\": r"\\\\"}
"""In GBNF, as JSON escapes them."""
_NAMED = 16  # characters of a class that is worth a rule of its own


def rules_of(machine: Machine, name: str) -> Iterator[tuple[str, str]]:
    """Names and bodies of its rules. `name` is its own, and what the others' names begin with."""
    writer = _Writer(machine, name)
    yield name, writer.body(0)
    for at in range(1, len(machine.states)):
        if not writer.is_step(at):
            yield writer.name(at), writer.body(at)
    yield from writer.classes()


class _Writer:
    def __init__(self, machine: Machine, name: str) -> None:
        self._states = machine.states
        self._name = name
        self._classes: dict[str, str] = {}  # names, by what they stand for
        self._ways_to = [0] * len(machine.states)
        for state in machine.states:
            for _, to in state.ways:
                self._ways_to[to] += 1

    def name(self, at: int) -> str:
        return f"{self._name}-{at}"

    def classes(self) -> Iterator[tuple[str, str]]:
        return ((name, text) for text, name in self._classes.items())

    def is_step(self, at: int) -> bool:
        """Can it be written where the one way to it is?"""
        state = self._states[at]
        is_plain = len(state.ways) + state.is_end == 1
        return is_plain and (self._ways_to[at] == 1 or not state.ways)

    def body(self, at: int) -> str:
        state = self._states[at]
        options = [self._way(chars, to) for chars, to in state.ways]
        return " | ".join([*options, '""'] if state.is_end else options)

    def _way(self, chars: frozenset[str], to: int) -> str:
        """Up to the next state that has a rule, or to the end."""
        steps = [self._class(chars)]
        while self.is_step(to):
            state: State = self._states[to]
            if not state.ways:
                return " ".join(steps)
            ((chars, to),) = state.ways
            steps.append(self._class(chars))
        return " ".join([*steps, self.name(to)])

    def _class(self, chars: frozenset[str]) -> str:
        text = _class(chars)
        if len(text) < _NAMED:
            return text
        return self._classes.setdefault(text, f"{self._name}-chars{len(self._classes)}")


def _class(chars: frozenset[str]) -> str:
    """A class of the characters that need no escape in JSON; those that do, beside it."""
    plain = sorted(chars - _WRITTEN.keys())
    options = [f'"{_WRITTEN[char]}"' for char in sorted(chars & _WRITTEN.keys())]
    if len(plain) == 1 and not options:
        return f'"{plain[0]}"'
    if plain:
        options.insert(0, f"[{''.join(_ranges(plain))}]")
    return options[0] if len(options) == 1 else f"({' | '.join(options)})"


def _ranges(chars: list[str]) -> Iterator[str]:
    """Characters in their order, those in a row as `a-z`."""
    first = last = chars[0]
    for char in [*chars[1:], ""]:
        if char and ord(char) == ord(last) + 1:
            last = char
            continue
        yield _member(first)
        if last != first:
            yield f"-{_member(last)}" if ord(last) > ord(first) + 1 else _member(last)
        first = last = char


def _member(char: str) -> str:
    return f"\\x{ord(char):02x}" if char in "]^-[" else char
