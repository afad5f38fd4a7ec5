"""An upstream that calls tools although its engine knows none: a schema keeps its answer to JSON.

A call is held until it is whole; words and thoughts go on as they come. Also here: a schema in the
words of an engine that does not take it as clients send it (Quirks.schemas).

A model of 135 million parameters, asked for several calls, repeats itself. So one is asked for,
unless the client says by `parallel_tool_calls` that it takes several.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import msgspec
from msgspec import Raw, Struct, structs

from darkhorse.catalog.quirks import Quirks
from darkhorse.upstream.base import Upstream
from darkhorse.upstream.emulation import envelope
from darkhorse.upstream.emulation.gbnf import TooLarge, grammar_of
from darkhorse.upstream.emulation.held import Held
from darkhorse.upstream.emulation.schema import schema_of
from darkhorse.upstream.emulation.shape import Anything, Shape, Table
from darkhorse.upstream.emulation.shapes import NARROW, WIDE, Bounds, Room, shape_of
from darkhorse.upstream.emulation.telling import told
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.conversation import Message, decode_messages, encode_messages, goes_on
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import EngineRequest
from darkhorse.wire.saying import saying

__all__ = ["BySchema"]

_OF_TOOLS = ("tools", "tool_choice", "parallel_tool_calls")
_FORMED = frozenset({"tools", "response_format"})
_WRAPPING = 64  # native tokens for the JSON around a reply or a call, at one byte each

_encode = msgspec.json.Encoder().encode


class BySchema:
    """`inner` with tools, where quirks say `tools: schema`; with schemas in its own words."""

    def __init__(self, inner: Upstream, quirks: Quirks) -> None:
        self._inner = inner
        self._quirks = quirks
        self._bounds = NARROW if quirks.schemas == "gbnf" else WIDE

    async def answer(self, request: EngineRequest) -> AsyncGenerator[list[Chunk], None]:
        """See Upstream."""
        asked = await self._made(request)
        held = Held(asked.stops, asked.request.max_tokens) if asked.is_wrapped else None
        async with aclosing(self._inner.answer(asked.request)) as answer:
            async for chunks in answer:
                if passed := held.feed(chunks) if held else chunks:
                    yield passed
                if held and held.is_full:
                    break
        if held:
            yield [held.close()]

    async def close(self) -> None:
        """See Upstream."""
        await self._inner.close()

    async def _made(self, request: EngineRequest) -> "_Asked":
        """What the engine is asked. A grammar may take longer than others should wait."""
        if request.kind != "chat":
            return _Asked(request)
        if _FORMED.isdisjoint(request.parameters):
            return self._said(request)
        return await asyncio.to_thread(self._said, request)

    def _said(self, request: EngineRequest) -> "_Asked":
        """Whatever may be wrong with a stranger's schema is no fault of ours."""
        try:
            with saying():
                return self._bounded(request)
        except UpstreamFault:
            raise
        except Exception as e:  # noqa: BLE001 there is no end to what a schema may hold
            detail = f"cannot be said: {type(e).__name__}"
            raise UpstreamFault("status", status=400, detail=detail) from None

    def _bounded(self, request: EngineRequest) -> "_Asked":
        """With shapes as narrow as there is room for in a grammar."""
        try:
            return self._asked(request, Room())
        except TooLarge:
            return self._asked(request, Room(nodes=0, patterns=0))

    def _asked(self, request: EngineRequest, room: Room) -> "_Asked":
        if self._quirks.tools == "native":
            return _Asked(self._in_its_words(request, room))
        functions = envelope.functions_of(request.parameters)
        choice = envelope.choice_of(request.parameters)
        is_begun = goes_on(request)
        without = _without(request.parameters, *_OF_TOOLS)
        if not functions or choice.mode == "none" or (is_begun and choice.mode == "auto"):
            # Words that have begun are no call.
            plain = structs.replace(request.retold(told(request.messages, ())), parameters=without)
            return _Asked(self._in_its_words(plain, room))
        messages = told(
            _to_end_with_user(request.messages) if is_begun else request.messages, functions
        )
        reply = _reply(without, self._bounds, room)
        shape = envelope.shape(
            functions,
            choice,
            self._bounds,
            several=request.parameters.get("parallel_tool_calls") == Raw(b"true"),
            reply=reply,
            room=room,
        )
        wrapped = structs.replace(
            request.retold(messages),
            parameters=self._kept_to(shape, _without(without, "response_format", "stop")),
            max_tokens=self._with_wrapping(request.max_tokens),
        )
        return _Asked(wrapped, is_wrapped=True, stops=() if reply else _stops(without))

    def _in_its_words(self, request: EngineRequest, room: Room) -> EngineRequest:
        """The request's own schema as this engine takes it. A `stop` would cut its JSON short."""
        if self._quirks.schemas == "as_sent" or "response_format" not in request.parameters:
            return request
        shape = _reply(request.parameters, self._bounds, room)
        rest = _without(request.parameters, "response_format")
        parameters = self._kept_to(shape, _without(rest, "stop")) if shape else rest
        # Its JSON is whole in itself: it cannot begin with words of the client's.
        if goes_on(request):
            request = request.retold(_to_end_with_user(request.messages))
        return structs.replace(request, parameters=parameters)

    def _kept_to(self, shape: Shape, parameters: Mapping[str, Raw]) -> dict[str, Raw]:
        """Parameters that make the engine's answer of this shape."""
        if self._quirks.schemas == "gbnf":
            return {**parameters, "grammar": Raw(_encode(grammar_of(shape)))}
        form = {"name": "answer", "strict": True, "schema": schema_of(shape)}
        kept = {"type": "json_schema", "json_schema": form}
        return {**parameters, "response_format": Raw(_encode(kept))}

    def _with_wrapping(self, limit: int | None) -> int | None:
        if limit is None:
            return None
        return min(limit + _WRAPPING, self._quirks.max_output or limit + _WRAPPING)


class _Asked(Struct, frozen=True):
    """What the engine is asked, and whether its answer is wrapped in our JSON."""

    request: EngineRequest
    is_wrapped: bool = False
    stops: tuple[str, ...] = ()


def _without(parameters: Mapping[str, Raw], *names: str) -> dict[str, Raw]:
    return {name: value for name, value in parameters.items() if name not in names}


def _stops(parameters: Mapping[str, Raw]) -> tuple[str, ...]:
    """Ours to keep in a wrapped answer: the engine would stop in the middle of the JSON."""
    raw = parameters.get("stop")
    stop = msgspec.json.decode(raw, type=str | list[str]) if raw else []
    return (stop,) if isinstance(stop, str) else tuple(stop)


class _Form(Struct):
    name: str = ""
    schema: Any = True


class _Format(Struct):
    type: str = ""
    json_schema: _Form | None = None


def _reply(parameters: Mapping[str, Raw], bounds: Bounds, room: Room) -> Shape | None:
    """The shape that `response_format` asks for; None where it asks for none.

    Where no answer can fit, any JSON may come: whoever promised the schema refuses it.
    """
    raw = parameters.get("response_format")
    asked = msgspec.json.decode(raw, type=_Format) if raw else _Format()
    if asked.type == "json_object":
        return Table(Anything(), most=bounds.items)
    if asked.type != "json_schema":
        return None
    schema = asked.json_schema.schema if asked.json_schema else True
    return shape_of(schema, bounds, room) or Anything()


def _to_end_with_user(messages: Raw) -> Raw:
    """Words that the assistant was to go on from, as words that it has said."""
    return encode_messages([*decode_messages(messages), Message(role="user", content="Go on.")])
