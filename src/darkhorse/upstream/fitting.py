"""A request in the words that one engine understands. Pure; the quirks say which those are.

Reasoning, what was thought before, ids of past calls, and the assistant's own words to go on from.
Whatever has nothing of these is handed on as it is.
"""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw, structs

from darkhorse.catalog.quirks import Effort, Quirks
from darkhorse.upstream.base import Upstream
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.conversation import goes_on
from darkhorse.wire.fields import Reasoning, nearest_effort
from darkhorse.wire.request import EngineRequest
from darkhorse.wire.saying import saying

__all__ = ["Fitted", "fit", "rendered", "thinks"]

_KWARGS = "chat_template_kwargs"
_EFFORT_OF_BUDGET: Sequence[tuple[int, Effort]] = ((2_048, "low"), (16_384, "medium"))
"""Most tokens to think, and the word for it; OpenRouter's shares at a usual limit of answers."""

Message = dict[str, Any]

_encode = msgspec.json.Encoder().encode


class Fitted:
    """`inner`, asked in its own words."""

    def __init__(self, inner: Upstream, quirks: Quirks) -> None:
        self._inner = inner
        self._quirks = quirks

    def answer(self, request: EngineRequest) -> AsyncGenerator[list[Chunk], None]:
        """See Upstream. What cannot be fitted is raised at once."""
        return self._inner.answer(fit(request, self._quirks))

    async def close(self) -> None:
        """See Upstream."""
        await self._inner.close()


def fit(request: EngineRequest, quirks: Quirks) -> EngineRequest:
    """The request as the engine is to get it; the same one where nothing has to change.

    Raises UpstreamFault where it cannot be read.
    """
    with saying():
        fitted = _fit(request, quirks) if request.kind == "chat" else request
        if quirks.thinking == "open" and not _begins_open(request, quirks):
            fitted = structs.replace(fitted, thoughts="auto")
    return fitted


def _begins_open(request: EngineRequest, quirks: Quirks) -> bool:
    """Has the template opened the tag, for this request?

    Not where it was told not to think, where it goes on with words of the client's, or where a
    schema holds from the first token on.
    """
    return (
        "response_format" not in request.parameters
        and thinks(request, quirks)
        and not goes_on(request)
    )


def _fit(request: EngineRequest, quirks: Quirks) -> EngineRequest:
    messages = request.messages
    if request.has_thoughts is not False or quirks.call_ids != "as_sent":
        messages = _fit_messages(messages, quirks)
    is_begun = quirks.prefill != "none" and goes_on(request)
    parameters = _fit_parameters(request.parameters, quirks)
    if is_begun and quirks.prefill == "continue":
        told = {"continue_final_message": Raw(b"true"), "add_generation_prompt": Raw(b"false")}
        parameters = {**parameters, **told}
    if messages is request.messages and parameters is request.parameters and not is_begun:
        return request
    # Whole answers repeat the words that were given, with llama.cpp; streams never do.
    stream = request.stream or is_begun
    return structs.replace(request, messages=messages, parameters=parameters, stream=stream)


# --- how much to think ---


def _reasoning(parameters: Mapping[str, Raw]) -> Reasoning | None:
    raw = parameters.get("reasoning")
    return msgspec.json.decode(raw, type=Reasoning) if raw else None


def thinks(request: EngineRequest, quirks: Quirks) -> bool:
    """May the engine think about this one? Only one that can be told not to can be kept from it."""
    asked = _reasoning(request.parameters)
    if asked is None or not asked.is_off:
        return True
    return quirks.reasoning == "none" or (
        quirks.reasoning == "effort" and "none" not in quirks.efforts
    )


def _fit_parameters(parameters: Mapping[str, Raw], quirks: Quirks) -> Mapping[str, Raw]:
    asked = _reasoning(parameters)
    told = _TELL[quirks.reasoning](asked, quirks) if asked else {}
    if own := _own_kwargs(quirks):
        told[_KWARGS] = {**told.get(_KWARGS, {}), **own}  # the operator's word is the last
    if asked is None and not told:
        return parameters
    rest = {name: value for name, value in parameters.items() if name != "reasoning"}
    return {**rest, **{name: Raw(_encode(value)) for name, value in told.items()}}


def _own_kwargs(quirks: Quirks) -> dict[str, Any]:
    own = quirks.extra.get(_KWARGS) if quirks.reasoning == "template" else None
    return own if isinstance(own, dict) else {}


def rendered(quirks: Quirks) -> Quirks:
    """What is left of the quirks for whoever renders what was fitted."""
    if not _own_kwargs(quirks):
        return quirks
    extra = {name: value for name, value in quirks.extra.items() if name != _KWARGS}
    return structs.replace(quirks, extra=extra)


def _tell_effort(asked: Reasoning, quirks: Quirks) -> dict[str, Any]:
    if (effort := _effort(asked)) is None:
        return _budget(asked, quirks)
    return {"reasoning_effort": nearest_effort(effort, quirks.efforts), **_budget(asked, quirks)}


def _tell_template(asked: Reasoning, quirks: Quirks) -> dict[str, Any]:
    return {_KWARGS: {quirks.template_switch: not asked.is_off}, **_budget(asked, quirks)}


def _tell_object(asked: Reasoning, _: Quirks) -> dict[str, Any]:
    fields = ("effort", "max_tokens", "enabled")
    return {
        "reasoning": {name: value for name in fields if (value := getattr(asked, name)) is not None}
    }


def _tell_nothing(_: Reasoning, __: Quirks) -> dict[str, Any]:
    return {}


_TELL: Mapping[str, Callable[[Reasoning, Quirks], dict[str, Any]]] = {
    "effort": _tell_effort,
    "template": _tell_template,
    "object": _tell_object,
    "none": _tell_nothing,
}


def _budget(asked: Reasoning, quirks: Quirks) -> dict[str, Any]:
    if not (quirks.budget_name and asked.max_tokens):
        return {}
    return {quirks.budget_name: asked.max_tokens}


def _effort(asked: Reasoning) -> Effort | None:
    """The word for it; None leaves it to the engine."""
    if asked.is_off:
        return "none"
    if asked.effort or asked.max_tokens is None:
        return asked.effort
    fitting = (word for most, word in _EFFORT_OF_BUDGET if asked.max_tokens <= most)
    return next(fitting, "high")


# --- what was said before ---


def _fit_messages(raw: Raw, quirks: Quirks) -> Raw:
    """Decoded only where a name in them says that something may have to change."""
    text = bytes(raw)
    has_thoughts = b'"reasoning' in text
    has_calls = quirks.call_ids != "as_sent" and b'"tool_call' in text
    if not (has_thoughts or has_calls):
        return raw
    sent: list[Message] = msgspec.json.decode(raw)
    messages = sent
    if has_thoughts:
        messages = [_with_thoughts(message, quirks.reasoning_back) for message in messages]
    if has_calls:
        messages = _Ids(quirks.call_ids).renamed(messages)
    is_same = all(new is old for new, old in zip(messages, sent, strict=True))
    return raw if is_same else Raw(_encode(messages))


_THOUGHTS = ("reasoning", "reasoning_content", "reasoning_details")


def _with_thoughts(message: Message, name: str) -> Message:
    """Its thoughts under the one name the engine reads; of their details only the text goes on."""
    if not any(field in message for field in _THOUGHTS):
        return message
    rest = {field: value for field, value in message.items() if field not in _THOUGHTS}
    if name == "drop" or message.get("role") != "assistant" or not (text := _thoughts(message)):
        return rest
    return {**rest, name: text}


def _thoughts(message: Message) -> str:
    for field in ("reasoning", "reasoning_content"):
        if isinstance(text := message.get(field), str) and text:
            return text
    details = message.get("reasoning_details")
    parts = (
        [part for part in details if isinstance(part, dict)] if isinstance(details, list) else []
    )
    return "".join(_text_of_detail(part) for part in parts)


def _text_of_detail(part: Mapping[str, Any]) -> str:
    """`reasoning.text` and `reasoning.summary`; what is encrypted is nobody's here."""
    field = {"reasoning.text": "text", "reasoning.summary": "summary"}.get(str(part.get("type")))
    value = part.get(field) if field else None
    return value if isinstance(value, str) else ""


class _Ids:
    """New ids for calls and their results, in the order in which they come up.

    They depend on what came before only, so a conversation that grows keeps its beginning, and
    the engine's cache of it.
    """

    def __init__(self, style: str) -> None:
        self._style = style
        self._names: dict[str, str] = {}  # the newest call of each id that was sent
        self._count = 0

    def renamed(self, messages: Sequence[Message]) -> list[Message]:
        return [self._message(message) for message in messages]

    def _message(self, message: Message) -> Message:
        if calls := message.get("tool_calls"):
            return {**message, "tool_calls": [self._call(call) for call in calls]}
        sent = message.get("tool_call_id")
        if not isinstance(sent, str):
            return message
        known = self._names.get(sent)
        return {**message, "tool_call_id": known or self._new(sent, str(message.get("name", "")))}

    def _call(self, call: dict[str, Any]) -> dict[str, Any]:
        function = call.get("function")
        name = function.get("name", "") if isinstance(function, dict) else ""
        return {**call, "id": self._new(str(call.get("id", "")), str(name))}

    def _new(self, sent: str, name: str) -> str:
        short = f"call{self._count:05d}"[:9]
        new = short if self._style == "short" else f"functions.{name or 'tool'}:{self._count}"
        self._count += 1
        self._names[sent] = new
        return new
