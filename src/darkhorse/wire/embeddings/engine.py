"""The engine's side of embeddings: the body we send, and the vectors, as numbers or in base64."""

import binascii
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Raw, Struct

from darkhorse.wire.chunks import Chunk, NativeUsage
from darkhorse.wire.conversation import decode_messages
from darkhorse.wire.dialect import Engine
from darkhorse.wire.embeddings.vectors import pack
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.native import name_of
from darkhorse.wire.refusals import error_event
from darkhorse.wire.request import EngineRequest

__all__ = ["ENGINE", "NoEvents", "parse_whole", "render"]


class _Item(Struct):
    embedding: Raw
    index: int | None = None


class _Answer(Struct):
    id: Any = None
    model: Any = None
    data: list[_Item] | None = None
    usage: Any = None
    error: Any = None


_answer = msgspec.json.Decoder(_Answer)
_vector = msgspec.json.Decoder(list[float] | str)
_encode = msgspec.json.Encoder().encode


def render(
    request: EngineRequest,
    model: str,
    *,
    limit_name: str = "",  # noqa: ARG001 (an embedding has no length to limit)
    extra: Mapping[str, Any] = MappingProxyType({}),
) -> bytes:
    """The body for the engine: a text for each message. `extra` is the operator's, and wins."""
    contents = [message.content or "" for message in decode_messages(request.messages)]
    inputs = [each if isinstance(each, str) else {"content": each} for each in contents]
    return _encode({"model": model, "input": inputs, **request.parameters, **extra})


class NoEvents:
    """Nothing is streamed; an engine that does so all the same gives no answer."""

    done = False

    def event(self, data: bytes) -> Chunk | None:
        """See Reader."""
        raise UpstreamFault("garbage", detail=f"an event: {data[:512]!r}")

    def close(self) -> Chunk | None:
        """See Reader."""
        raise UpstreamFault("garbage", detail="a stream without an answer")


def parse_whole(data: bytes) -> Chunk:
    """The vectors in the order of the inputs. Raises UpstreamFault."""
    try:
        answer = _answer.decode(data)
        if answer.error:
            raise error_event(answer.error)
        vectors = [_pack(item.embedding) for item in _ordered(answer.data or [])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as e:
        raise UpstreamFault("garbage", detail=f"{e}: {data[:512]!r}") from None
    if not vectors:
        raise UpstreamFault("garbage", detail="no vectors in the answer")
    return Chunk(
        vectors=tuple(vectors),
        finish="stop",
        usage=_usage(answer.usage),
        upstream_id=name_of(answer.id),
        upstream_model=name_of(answer.model),
    )


def _ordered(items: list[_Item]) -> list[_Item]:
    """By `index`, which engines may leave out, but not repeat."""
    indexes = [at if item.index is None else item.index for at, item in enumerate(items)]
    if len(set(indexes)) < len(indexes):
        raise UpstreamFault("garbage", detail="an index twice")
    return [item for _, item in sorted(zip(indexes, items, strict=True), key=lambda pair: pair[0])]


def _pack(raw: Raw) -> bytes:
    vector = _vector.decode(raw)
    if not isinstance(vector, str):
        return pack(vector)
    try:
        return binascii.a2b_base64(vector, strict_mode=True)
    except ValueError as e:
        raise UpstreamFault("garbage", detail=f"a vector: {e}") from None


def _usage(usage: Any) -> NativeUsage | None:
    count = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    if not isinstance(count, int | float) or not 0 <= count < 2**53:
        return None
    return NativeUsage(prompt=int(count))


ENGINE = Engine(
    path="/embeddings",
    render=render,
    reader=NoEvents,
    whole=parse_whole,
    kinds=frozenset({"embedding"}),
)
