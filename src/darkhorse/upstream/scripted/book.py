"""Books of scenarios: a name, one line of help, and parameters with bounds.

A scenario's own parameters are the keyword-only arguments of its function; the common ones are
the fields of Shape, whose defaults a scenario may set.
"""

import difflib
import inspect
import typing
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from darkhorse.upstream.scripted.ask import Shape
from darkhorse.upstream.scripted.steps import Steps

__all__ = ["Book", "Play", "Scenario", "ScenarioError"]

Play = Callable[..., Steps]

_COMMON = frozenset(Shape.__struct_fields__)


class ScenarioError(Exception):
    """The model name asks for what is not in the book: one sentence, with the nearest name."""


class Scenario(Struct, frozen=True, kw_only=True):
    """A named way to answer, or not to."""

    name: str
    help: str
    play: Play
    shape: Shape
    own: type[Struct]
    pure: bool  # the same steps whatever the messages and however often asked

    def own_defaults(self) -> dict[str, object]:
        return msgspec.structs.asdict(self.own())

    def changed_defaults(self) -> dict[str, object]:
        """The common parameters this scenario starts from elsewhere."""
        usual, mine = msgspec.structs.asdict(Shape()), msgspec.structs.asdict(self.shape)
        return {name: mine[name] for name in usual if mine[name] != usual[name]}

    def parse(self, query: str) -> "Wish":
        """Raises ScenarioError for an unknown parameter or a value out of bounds."""
        given = dict(parse_qsl(query, keep_blank_values=True))
        own = self.own.__struct_fields__
        for name in given:
            if name not in _COMMON and name not in own:
                raise ScenarioError(_unknown("parameter", name, [*own, *sorted(_COMMON)]))
        common = {name: value for name, value in given.items() if name in _COMMON}
        mine = {name: value for name, value in given.items() if name in own}
        start = msgspec.structs.asdict(self.shape)
        try:
            shape = msgspec.convert({**start, **common}, Shape, strict=False)
            return Wish(shape, msgspec.convert(mine, self.own, strict=False))
        except msgspec.ValidationError as e:
            raise ScenarioError(f"scenario {self.name}: {e}.") from None


class Wish(Struct, frozen=True):
    """A scenario's parameters, as read from a model name."""

    shape: Shape
    own: Struct

    def arguments(self) -> dict[str, object]:
        return msgspec.structs.asdict(self.own)


class Book:
    """Scenarios by name, in the order they were written."""

    def __init__(self, *books: "Book") -> None:
        self._scenarios: dict[str, Scenario] = {}
        for book in books:
            for scenario in book.scenarios.values():
                self._add(scenario)

    @property
    def scenarios(self) -> Mapping[str, Scenario]:
        return self._scenarios

    def scenario(
        self, name: str, text: str, shape: Shape | None = None, *, pure: bool = True
    ) -> Callable[[Play], Play]:
        """Enter the decorated function under `name`, with one line of help."""

        def enter(play: Play) -> Play:
            self._add(
                Scenario(
                    name=name,
                    help=text,
                    play=play,
                    shape=shape or Shape(),
                    own=_own_parameters(play),
                    pure=pure,
                )
            )
            return play

        return enter

    def _add(self, scenario: Scenario) -> None:
        if scenario.name in self._scenarios:
            raise ValueError(f"two scenarios are named {scenario.name}")
        self._scenarios[scenario.name] = scenario

    def get(self, name: str) -> Scenario:
        """Raises ScenarioError."""
        try:
            return self._scenarios[name]
        except KeyError:
            raise ScenarioError(_unknown("scenario", name, list(self._scenarios))) from None


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}."
    return f"no {what} is named {name!r}; {hint}"


def _own_parameters(play: Play) -> type[Struct]:
    hints = typing.get_type_hints(play, include_extras=True)
    fields = [
        (name, hints[name], parameter.default)
        for name, parameter in inspect.signature(play).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    return msgspec.defstruct("Parameters", fields, frozen=True, kw_only=True)
