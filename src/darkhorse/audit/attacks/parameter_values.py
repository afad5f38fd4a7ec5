"""Parameters and values to try: which of them a product line takes is known of each.

`due` says what a neutral API does with the value where its listing honours the parameter; what a
listing does not honour, and what nobody knows, it leaves alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

__all__ = ["CELLS", "EFFORTS", "Cell"]

Due = Literal["taken", "refused", "either"]


class Cell(Struct, frozen=True, kw_only=True):
    """One value of one parameter. `about`: the finding's name; `needs`: what must be honoured."""

    about: str
    fields: Mapping[str, Any]
    due: Due = "taken"
    needs: str = ""
    off: bool = False  # asks for no thoughts
    whole: bool = False  # sets its own limit


_HI = {"role": "user", "content": "hi"}
_FUNCTION = {"name": "look", "parameters": {"type": "object", "properties": {}}}
_TOOL = {"type": "function", "function": _FUNCTION}
_SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
EFFORTS = ("minimal", "low", "medium", "high", "xhigh", "max")


def _values(name: str, *values: Any, due: Due = "taken") -> Iterator[Cell]:
    for value in values:
        yield Cell(about=name, fields={name: value}, due=due, needs=name)


def _limits() -> Iterator[Cell]:
    for name in ("max_tokens", "max_completion_tokens"):
        for value in (1, 2, 15):
            yield Cell(about=name, fields={name: value}, whole=True)


def _numbers() -> Iterator[Cell]:
    yield from _values("temperature", 0, 0.01, 1, 1.5, 2)
    yield from _values("temperature", -0.1, 2.1, due="refused")
    yield from _values("top_p", 0, 0.5, 1)
    yield from _values("top_p", -0.1, 1.1, due="refused")
    yield from _values("top_k", 0, 1, 40, 1000)
    yield from _values("min_p", 0, 1)
    yield from _values("frequency_penalty", -2, 0.5, 2)
    yield from _values("frequency_penalty", 2.1, due="refused")
    yield from _values("presence_penalty", -2, 2)
    yield from _values("repetition_penalty", 0.5, 2)
    yield from _values("seed", -1, 0, 2**31)
    yield Cell(about="temperature", fields={"temperature": 0.5, "top_p": 0.5})


def _efforts() -> Iterator[Cell]:
    for effort in EFFORTS:
        yield Cell(about="effort", fields={"reasoning_effort": effort})
        yield Cell(about="effort", fields={"reasoning": {"effort": effort}})


def _reasoning() -> Iterator[Cell]:
    told: dict[str, Any]
    for told in ({"enabled": True}, {"exclude": True}, {"max_tokens": 1}, {"max_tokens": 50_000}):
        yield Cell(about="reasoning", fields={"reasoning": told})
    for told in ({"enabled": False}, {"effort": "none"}):
        yield Cell(about="reasoning", fields={"reasoning": told}, off=True)
    yield Cell(about="reasoning", fields={"include_reasoning": True})
    yield Cell(about="reasoning", fields={"thinking": {"type": "disabled"}})
    yield Cell(about="reasoning", fields={"enable_thinking": False})
    yield Cell(about="reasoning", fields={"chat_template_kwargs": {"thinking": False}})


def _tools() -> Iterator[Cell]:
    named = {"type": "function", "function": {"name": "look"}}
    for choice in ("none", "auto", "required", named):
        fields = {"tools": [_TOOL], "tool_choice": choice}
        yield Cell(about="tool_choice", fields=fields, needs="tool_choice")
    for parallel in (True, False):
        told: dict[str, Any] = {"tools": [_TOOL], "parallel_tool_calls": parallel}
        yield Cell(about="parallel_tool_calls", fields=told, needs="tools")
    yield Cell(about="tools", fields={"tools": []})
    yield Cell(about="tools", fields={"tools": [_TOOL]}, needs="tools")
    strict = {**_FUNCTION, "strict": True}
    fields = {"tools": [{"type": "function", "function": strict}]}
    yield Cell(about="tools", fields=fields, needs="tools")


def _formats() -> Iterator[Cell]:
    yield Cell(about="response_format", fields={"response_format": {"type": "text"}})
    named = {"name": "a", "schema": _SCHEMA}
    for told in (
        {"type": "json_object"},
        {"type": "json_schema", "json_schema": named},
        {"type": "json_schema", "json_schema": {**named, "strict": True}},
    ):
        yield Cell(
            about="response_format", fields={"response_format": told}, needs="response_format"
        )


def _turns() -> Iterator[Cell]:
    """Orders of turns that one model's template takes and another's refuses."""
    said = {"role": "assistant", "content": "Hello."}
    orders = (
        [{"role": "system", "content": "Be brief."}],
        [_HI, _HI],
        [said, _HI],
        [_HI, said],
        [_HI, said, {"role": "system", "content": "Be brief."}, _HI],
        [{"role": "developer", "content": "Be brief."}, _HI],
        [{**_HI, "name": "Ann"}],
        [_HI, {"role": "assistant", "content": ""}, _HI],
        [{"role": "user", "content": ""}],
        [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
    )
    for order in orders:
        yield Cell(about="turns", fields={"messages": order})


def _unknown() -> Iterator[Cell]:
    """Fields of somebody's engine, which a neutral API leaves alone like any other."""
    fields: Mapping[str, Any] = {
        "nobody_knows_this": 1,
        "top_a": 0.5,
        "logit_bias": {},
        "logprobs": False,
        "service_tier": "flex",
        "store": False,
        "verbosity": "low",
        "metadata": {"a": "b"},
        "prediction": {"type": "content", "content": "hi"},
        "modalities": ["text"],
        "min_tokens": 1,
        "ignore_eos": False,
        "guided_regex": ".*",
        "safety_settings": [],
        "n_predict": 5,
        "user": "somebody",
    }
    for name, value in fields.items():
        yield Cell(about="unknown", fields={name: value})


def _others() -> Iterator[Cell]:
    yield from _values("stop", "zzz", ["a-z", "b-z", "c-z", "d-z"])
    yield from _values("stop", ["a-z", "b-z", "c-z", "d-z", "e-z"], due="refused")
    yield from _values("n", 1)


CELLS: tuple[Cell, ...] = (
    *_limits(),
    *_numbers(),
    *_efforts(),
    *_reasoning(),
    *_tools(),
    *_formats(),
    *_turns(),
    *_unknown(),
    *_others(),
)
