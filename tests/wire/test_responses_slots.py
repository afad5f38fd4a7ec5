"""Responses of engines that say less than OpenAI's: no index, no ids, no deltas."""

import json

import pytest

from darkhorse.wire.responses.engine import Events

CALLS = [("f", '{"a":1}'), ("g", '{"b":2}')]


def item_id(item):
    return item["id"]


def events(*, indexes: bool, ids: bool, adds: bool, deltas: bool):
    """Thoughts, a message and two calls, told in as many words as an engine has."""
    items = [
        {"type": "reasoning", "id": "rs_1", "content": [{"type": "reasoning_text", "text": "hm"}]},
        {"type": "message", "id": "msg_1", "content": [{"type": "output_text", "text": "hello"}]},
        *(
            {"type": "function_call", "id": f"fc_{name}", "call_id": f"call_{name}", "name": name,
             "arguments": arguments}
            for name, arguments in CALLS
        ),
    ]  # fmt: skip
    told = []
    for index, item in enumerate(items):
        where = {
            **({"output_index": index} if indexes else {}),
            **({"item_id": item["id"]} if ids else {}),
        }
        shown = item if ids else {name: value for name, value in item.items() if name != "id"}
        empty = {
            name: value for name, value in shown.items() if name not in ("content", "arguments")
        }
        if adds:
            told.append({"type": "response.output_item.added", "item": empty, **where})
        if deltas:
            told += [{**event, **where} for event in pieces(item)]
        told.append({"type": "response.output_item.done", "item": shown, **where})
        items[index] = shown
    told.append(
        {"type": "response.completed", "response": {"status": "completed", "output": items}}
    )
    return [json.dumps(each).encode() for each in told]


def pieces(item):
    name = {"reasoning": "reasoning_text", "message": "output_text"}.get(item["type"])
    text = item["content"][0]["text"] if name else item["arguments"]
    kind = f"response.{name or 'function_call_arguments'}.delta"
    return [{"type": kind, "delta": text[:2]}, {"type": kind, "delta": text[2:]}]


@pytest.mark.parametrize("deltas", [True, False])
@pytest.mark.parametrize("adds", [True, False])
@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("indexes", [True, False])
def test_everything_is_told_once(indexes, ids, adds, deltas):
    if deltas and not adds and not indexes and not ids:
        pytest.skip("two calls in a row could not be told apart")
    reader = Events()
    chunks = [
        reader.event(data) for data in events(indexes=indexes, ids=ids, adds=adds, deltas=deltas)
    ]
    chunks = [chunk for chunk in chunks if chunk]
    assert "".join(chunk.text for chunk in chunks) == "hello"
    assert "".join(chunk.reasoning for chunk in chunks) == "hm"
    calls: dict[int, list[str]] = {}
    for delta in (delta for chunk in chunks for delta in chunk.tools):
        call = calls.setdefault(delta.index, ["", "", ""])
        call[:] = [call[0] + delta.id, call[1] + delta.name, call[2] + delta.arguments]
    found = [tuple(call) for _, call in sorted(calls.items())]
    assert found == [(f"call_{name}", name, arguments) for name, arguments in CALLS]
    assert chunks[-1].finish == "tool_calls"
