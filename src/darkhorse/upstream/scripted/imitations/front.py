"""A whole house under `/as/NAME`: one model of its own name, and refusals for the rest."""

from collections.abc import Callable
from typing import Any

import msgspec

from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.book import Scenario, ScenarioError, Wish
from darkhorse.upstream.scripted.imitations.house import House, Refusal
from darkhorse.upstream.scripted.imitations.houses import HOUSES
from darkhorse.upstream.scripted.imitations.playing import book, models_of, refused
from darkhorse.upstream.scripted.seen import Request
from darkhorse.upstream.scripted.steps import Steps

__all__ = ["PREFIX", "visit"]

PREFIX = "/as/"
_PATHS = {"chat": "/v1/chat/completions", "messages": "/v1/messages"}

NewAsk = Callable[[Request, Wish], Ask]
"""The question in a request, of which anything may be wrong."""


def visit(request: Request, new_ask: NewAsk) -> Steps:
    """What the house answers. Raises ScenarioError where there is no such house."""
    name, _, rest = request.path.removeprefix(PREFIX).partition("/")
    house = HOUSES.get(name)
    if house is None:
        raise ScenarioError(f"no house is named {name!r}; known: {', '.join(HOUSES)}.")
    scenario = book.get(f"imitate-{name}")
    if (request.method, rest) == (b"GET", "v1/models"):
        return models_of(house, new_ask(request, scenario.parse("")))
    return _asked(house, scenario, request, new_ask, f"/{rest}")


def _asked(house: House, scenario: Scenario, request: Request, new_ask: NewAsk, path: str) -> Steps:
    model, found = _model(request), None
    name, _, query = (model or "").partition("?")
    if (request.method, path) != (b"POST", _PATHS[house.speaks]):
        found = Refusal("path", value=f"{request.method.decode('latin-1')} {path}")
    elif model is None:
        found = Refusal("json")
    elif name not in (house.model, scenario.name):
        found = Refusal("model", "model", name)
    wish = scenario.parse("" if found else query)
    ask = new_ask(request, wish)
    return refused(house, ask, found) if found else scenario.play(ask, **wish.arguments())


def _model(request: Request) -> str | None:
    """The model asked for; None where the body is no object or has none."""
    try:
        body: Any = msgspec.json.decode(request.body)
    except msgspec.DecodeError:
        return None
    model = body.get("model") if isinstance(body, dict) else None
    return model if isinstance(model, str) else None
