"""An imitation's answer in the shape of Anthropic's messages."""

from collections.abc import Iterator

import msgspec

from darkhorse.upstream.scripted.imitations.house import House, JsonObject
from darkhorse.upstream.scripted.imitations.ids import Ids
from darkhorse.upstream.scripted.imitations.saying import Said
from darkhorse.upstream.scripted.rendering import json_bytes

__all__ = ["body", "events"]

_STOPS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"}


def body(house: House, ids: Ids, said: Said) -> bytes:
    whole = _message(house, ids, [*_blocks(house, ids, said)])
    end = {"stop_reason": _STOPS[said.finish], "stop_sequence": None}
    return json_bytes({**whole, **end, "usage": house.usage(said.counts)})


def _message(house: House, ids: Ids, content: list[JsonObject]) -> JsonObject:
    fixed = {"model": house.model, "id": ids.fill(house.id), "type": "message"}
    return {**fixed, "role": "assistant", "content": content, **ids.fill(house.body)}


def _blocks(house: House, ids: Ids, said: Said) -> Iterator[JsonObject]:
    if said.thoughts:
        signature = ids.fill("{url128}==")
        yield {"type": "thinking", "thinking": "".join(said.thoughts), "signature": signature}
    if said.texts:
        yield {"type": "text", "text": "".join(said.texts)}
    if said.call:
        arguments = msgspec.json.decode("".join(said.arguments))
        tool = {"type": "tool_use", "id": ids.fill(house.call_id), "name": said.call}
        yield {**tool, "input": arguments}


def events(house: House, ids: Ids, said: Said) -> list[bytes]:
    """From message_start to message_stop, a ping among them."""
    begun = {**_message(house, ids, []), "stop_reason": None, "stop_sequence": None}
    begun["usage"] = {**house.usage(said.counts), "output_tokens": 1}
    told: list[JsonObject] = [{"type": "message_start", "message": begun}]
    for index, block in enumerate(_blocks(house, ids, said)):
        told += _block_events(index, block, said)
        if not index:
            told.insert(2, {"type": "ping"})
    end = {"stop_reason": _STOPS[said.finish], "stop_sequence": None}
    usage = house.usage(said.counts)
    told += [{"type": "message_delta", "delta": end, "usage": usage}, {"type": "message_stop"}]
    return [b"event: %b\ndata: %b\n\n" % (each["type"].encode(), json_bytes(each)) for each in told]


def _block_events(index: int, block: JsonObject, said: Said) -> Iterator[JsonObject]:
    """A block begins empty; its content comes in deltas."""
    kind = block["type"]
    empty = {"thinking": {"thinking": "", "signature": ""}, "text": {"text": ""}}
    begun = {**block, **empty.get(kind, {"input": {}})}
    yield {"type": "content_block_start", "index": index, "content_block": begun}
    for delta in _deltas(block, said):
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _deltas(block: JsonObject, said: Said) -> Iterator[JsonObject]:
    match block["type"]:
        case "thinking":
            for piece in said.thoughts:
                yield {"type": "thinking_delta", "thinking": piece}
            yield {"type": "signature_delta", "signature": block["signature"]}
        case "text":
            yield from ({"type": "text_delta", "text": piece} for piece in said.texts)
        case _:
            for piece in ("", *said.arguments):
                yield {"type": "input_json_delta", "partial_json": piece}
