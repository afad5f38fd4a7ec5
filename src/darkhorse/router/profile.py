"""A listing's public profile held against a request, before any endpoint is chosen. Pure.

What is refused is refused here, in our words; what is taken is told to every endpoint in the same
form. Which of it an engine would have refused can so not be seen from outside; where one does, it
is asked in plainer words: router/plainer.py.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec
from msgspec import Raw, Struct, structs

from darkhorse.base.errors import InvalidRequest, UnsupportedByListing
from darkhorse.catalog.listing import Listing
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.fields import Reasoning, nearest_effort
from darkhorse.wire.request import GenerationRequest

__all__ = ["check", "drops_reasoning", "one_call", "promises", "stops", "told", "unthought"]

_NAMES = {
    ("messages", "reasoning_max_tokens"): "thinking.budget_tokens",
    ("messages", "stop"): "stop_sequences",
    ("responses", "max_tokens"): "max_output_tokens",
}
"""What a dialect calls them; by default as chat does."""
_BUDGET = "reasoning_max_tokens"
_FALSE = Raw(b"false")
_FUNCTION_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""OpenRouter's own rule; engines differ in which others they take."""

_encode = msgspec.json.Encoder().encode
_number = msgspec.json.Decoder(int | float)
_stops = msgspec.json.Decoder(str | list[str] | None)
_reasoning = msgspec.json.Decoder(Reasoning)


def promises(listing: Listing, name: str) -> bool:
    """Is the parameter honoured? Both of OpenRouter's words for reasoning mean the same object."""
    if name == "reasoning" and "reasoning_effort" in listing.parameters:
        return True
    return name in listing.parameters


def stops(request: GenerationRequest, listing: Listing) -> tuple[str, ...]:
    """Where the answer's text has to end; the cloak sees to it, whatever the engine does."""
    raw = request.parameters.get("stop")
    if raw is None or request.kind == "embedding" or not promises(listing, "stop"):
        return ()
    found: str | list[str] | None = _stops.decode(raw)
    return (found,) if isinstance(found, str) else tuple(found or ())


# --- what is refused ---


def check(request: GenerationRequest, listing: Listing) -> None:
    """Raises InvalidRequest, naming the range, and UnsupportedByListing for a mode of tools.

    Parameters that the listing does not honour are left out, whatever their value.
    """
    for name, value in _numbers(request, listing):
        low, high = getattr(listing.ranges, name)
        if not low <= value <= high:
            called, ends = _called(request, name), f"{_short(low)} to {_short(high)}"
            raise InvalidRequest(f"`{called}`: this model takes {ends}.")
    _check_stops(request, listing)
    if "tools" in request.parameters:
        _check_names(request.parameters["tools"])
        _check_mode(request, listing)


def _short(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:.15g}"


def _called(request: GenerationRequest, name: str) -> str:
    usual = "reasoning.max_tokens" if name == _BUDGET else name
    return _NAMES.get((request.dialect, name), usual)


def _numbers(request: GenerationRequest, listing: Listing) -> Iterator[tuple[str, int | float]]:
    """What of the listing's ranges the request has a number for."""
    if request.max_tokens is not None:
        yield "max_tokens", request.max_tokens
    for name in listing.ranges.__struct_fields__:
        if name in request.parameters and promises(listing, name):
            yield name, _number.decode(request.parameters[name])
    asked = _asked(request.parameters)
    if asked and asked.max_tokens is not None and promises(listing, "reasoning"):
        yield _BUDGET, asked.max_tokens


def _check_stops(request: GenerationRequest, listing: Listing) -> None:
    asked, called = stops(request, listing), _called(request, "stop")
    taken = listing.stops
    if len(asked) > taken.max_count:
        raise InvalidRequest(f"`{called}`: this model takes {taken.max_count} of them, no more.")
    longest = max((len(each.encode()) for each in asked), default=0)
    if longest > taken.max_bytes:
        raise InvalidRequest(
            f"`{called}`: one has {longest} bytes; this model takes {taken.max_bytes}."
        )


class _Named(Struct, frozen=True):
    name: str = ""


class _NamedTool(Struct, frozen=True):
    function: _Named = _Named()


class _Allowed(Struct, frozen=True):
    mode: Literal["auto", "required"] = "auto"
    tools: tuple[_NamedTool, ...] = ()


class _Choice(Struct, frozen=True):
    type: str = ""
    allowed_tools: _Allowed | None = None


_named_tools = msgspec.json.Decoder(list[_NamedTool])
_raws = msgspec.json.Decoder(list[Raw])
_choice = msgspec.json.Decoder(str | _Choice)


def _check_names(tools: Raw) -> None:
    for at, tool in enumerate(_named_tools.decode(tools)):
        if not _FUNCTION_NAME.fullmatch(tool.function.name):
            raise InvalidRequest(
                f"`tools[{at}]`: a function's name is 1 to 64 letters, digits, `_` and `-`."
            )


def _check_mode(request: GenerationRequest, listing: Listing) -> None:
    """Where no choice is taken at all, only what forces a call is refused: router/promises.py."""
    raw = request.parameters.get("tool_choice")
    if raw is None or not promises(listing, "tool_choice"):
        return
    choice = _read(raw)
    if choice is None:
        return
    mode = choice if isinstance(choice, str) else "function"
    if isinstance(choice, _Choice) and choice.allowed_tools:
        mode = choice.allowed_tools.mode
    if mode not in listing.tool_choice:
        raise UnsupportedByListing(
            f"`tool_choice`: this model takes {', '.join(listing.tool_choice)}."
        )


def _read(choice: Raw) -> str | _Choice | None:
    """None where it has no form that is known; router/promises.py says so."""
    try:
        read: str | _Choice = _choice.decode(choice)
    except msgspec.DecodeError:
        return None
    return read


# --- what is told to an endpoint ---


def told(request: GenerationRequest, listing: Listing) -> dict[str, Raw]:
    """The parameters that go on, those of `tool_choice` among them, as every endpoint gets them.

    Not `stop`, which the cloak keeps: an engine looks for it in what it writes itself, where marks
    of its template stand as well.
    """
    given = {
        name: value
        for name, value in request.parameters.items()
        if promises(listing, name) and name != "stop"
    }
    if "reasoning" in given:
        given["reasoning"] = _encode_raw(
            _on_the_ladder(_reasoning.decode(given["reasoning"]), listing)
        )
    if "tool_choice" in given and "tools" in given:
        given |= _without_allowed(given)
    return given


def _encode_raw(value: object) -> Raw:
    return Raw(_encode(value))


def _asked(parameters: Mapping[str, Raw]) -> Reasoning | None:
    raw = parameters.get("reasoning")
    return _reasoning.decode(raw) if raw is not None else None


def drops_reasoning(request: GenerationRequest, listing: Listing) -> bool:
    """Has the client turned thoughts off? Then there are none, whatever an engine does."""
    asked = _asked(request.parameters)
    return asked is not None and asked.is_off and not listing.reasoning_always


def unthought(chunks: Sequence[Chunk]) -> list[Chunk]:
    """An answer's chunks without its thoughts."""
    return [structs.replace(each, reasoning="") if each.reasoning else each for each in chunks]


def one_call(request: GenerationRequest, listing: Listing) -> bool:
    """May the answer call one tool at the most? The cloak drops the others."""
    single = request.parameters.get("parallel_tool_calls") == _FALSE
    return not listing.parallel_calls or (single and promises(listing, "parallel_tool_calls"))


def _on_the_ladder(asked: Reasoning, listing: Listing) -> Reasoning:
    """Its effort as one of the listing's own words; of two as near, the lower."""
    if asked.is_off:
        least = nearest_effort("none", listing.efforts)
        return Reasoning(effort=least) if listing.reasoning_always else asked
    effort = asked.effort
    if effort is None or effort == "none":
        return asked
    return structs.replace(asked, effort=nearest_effort(effort, listing.efforts))


def _without_allowed(given: Mapping[str, Raw]) -> dict[str, Raw]:
    """`allowed_tools` said without that word, which few engines know: the others are left out."""
    choice = _read(given["tool_choice"])
    if not isinstance(choice, _Choice) or choice.allowed_tools is None:
        return {}
    allowed = {each.function.name for each in choice.allowed_tools.tools}
    named = zip(_named_tools.decode(given["tools"]), _raws.decode(given["tools"]), strict=True)
    kept = [raw for tool, raw in named if tool.function.name in allowed]
    return {"tools": _encode_raw(kept), "tool_choice": _encode_raw(choice.allowed_tools.mode)}
