"""A request's parameters in the words of Messages, for an engine that speaks it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from darkhorse.wire.fields import Reasoning

__all__ = ["DEFAULT_MAX_TOKENS", "parameters_of"]

DEFAULT_MAX_TOKENS = 32_000
"""The API demands a limit. An engine that gives less needs `quirks.max_output`."""

_SHARES = {"max": 95, "xhigh": 95, "high": 80, "medium": 50, "low": 20, "minimal": 10}
"""Percent of an answer's limit that an effort may think (OpenRouter's figures)."""
_LEAST_THINKING = 1024  # tokens
_HOTTEST = 1.0
_CHOICES = {"auto": "auto", "none": "none", "required": "any"}


class _Function(Struct):
    name: str = ""
    description: str | None = None
    parameters: Raw = Raw(b"{}")
    strict: bool | None = None


class _Tool(Struct):
    function: _Function


class _Schema(Struct):
    schema: Raw


class _Format(Struct):
    type: str = ""
    json_schema: _Schema | None = None


def parameters_of(given: Mapping[str, Raw], limit: int) -> dict[str, Any]:
    """What of `given` can be said; `limit` is the answer's, in native tokens.

    Raises msgspec.DecodeError for a parameter of another form.
    """
    said: dict[str, Any] = {name: given[name] for name in ("top_p", "top_k") if name in given}
    if "temperature" in given:
        said["temperature"] = min(msgspec.json.decode(given["temperature"], type=float), _HOTTEST)
    if "stop" in given:
        stop = msgspec.json.decode(given["stop"], type=str | list[str])
        said["stop_sequences"] = [stop] if isinstance(stop, str) else stop
    if "reasoning" in given:
        said |= _thinking(msgspec.json.decode(given["reasoning"], type=Reasoning), limit)
    if "response_format" in given:
        said |= _format(msgspec.json.decode(given["response_format"], type=_Format))
    if "tools" in given:
        tools = msgspec.json.decode(given["tools"], type=list[_Tool])
        said["tools"] = [_tool(each.function) for each in tools]
        said |= _choice(given)
    return said


def _thinking(reasoning: Reasoning, limit: int) -> dict[str, Any]:
    if reasoning.enabled is False or reasoning.effort == "none":
        return {"thinking": {"type": "disabled"}}
    share = _SHARES[reasoning.effort or "medium"]
    budget = reasoning.max_tokens or max(_LEAST_THINKING, limit * share // 100)
    return {"thinking": {"type": "enabled", "budget_tokens": max(1, min(budget, limit - 1))}}


def _format(wanted: _Format) -> dict[str, Any]:
    if wanted.type != "json_schema" or wanted.json_schema is None:
        return {}
    schema = wanted.json_schema.schema
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


def _tool(function: _Function) -> dict[str, Any]:
    is_set = bytes(function.parameters) not in (b"{}", b"null")
    tool: dict[str, Any] = {
        "name": function.name,
        "input_schema": function.parameters if is_set else {"type": "object"},
    }
    if function.description:
        tool["description"] = function.description
    if function.strict:
        tool["strict"] = True
    return tool


def _choice(given: Mapping[str, Raw]) -> dict[str, Any]:
    """`tool_choice`; here it also says that calls must come one at a time."""
    chosen = _chosen(given.get("tool_choice"))
    one = given.get("parallel_tool_calls")
    if one is not None and bytes(one) == b"false" and chosen.get("type") != "none":
        chosen = {**(chosen or {"type": "auto"}), "disable_parallel_tool_use": True}
    return {"tool_choice": chosen} if chosen else {}


def _chosen(raw: Raw | None) -> dict[str, Any]:
    choice = msgspec.json.decode(raw) if raw is not None else None
    if isinstance(choice, str):
        return {"type": _CHOICES.get(choice, "auto")}
    if not isinstance(choice, dict) or not isinstance(choice.get("function"), dict):
        return {}
    return {"type": "tool", "name": choice["function"].get("name")}
