"""Questions, and answers whole and streamed, through the unmodified OpenAI SDK."""

from types import SimpleNamespace
from typing import Any

from engine_server_kit import Served

ASK: Any = {"model": "tiny", "messages": [{"role": "user", "content": "Häagen 🦄 <|user|>"}]}
NO_THOUGHTS = {"chat_template_kwargs": {"enable_thinking": False}}
PLACE = {
    "type": "object",
    "properties": {
        "city": {"enum": ["Köln", "Ulm"]},
        "days": {"type": "integer", "minimum": 1, "maximum": 9},
    },
    "required": ["city", "days"],
    "additionalProperties": False,
}
TOOLS: Any = [
    {"type": "function", "function": {"name": "weather", "parameters": PLACE}},
    {"type": "function", "function": {"name": "now", "parameters": {"type": "object"}}},
]


def said_by_heart(text: str) -> dict[str, Any]:
    """What makes any model say exactly this."""
    escaped = "".join(f"\\{c}" if c in r"\.+*?()|[]{}^$/" else c for c in text)
    return {"response_format": {"type": "regex", "pattern": escaped}}


def joined(stream: Any) -> SimpleNamespace:
    """A stream's chunks as one message, checked on the way."""
    found = SimpleNamespace(
        content="", thoughts="", calls={}, tokens=[], finish=None, usage=None, chunks=0, ids=set()
    )
    for chunk in stream:
        found.ids.add(chunk.id)
        found.usage = chunk.usage or found.usage
        for choice in chunk.choices:
            assert found.finish is None, "nothing comes behind a finish"
            assert (choice.delta.role == "assistant") == (found.chunks == 0)
            found.chunks += 1
            found.content += choice.delta.content or ""
            found.thoughts += getattr(choice.delta, "reasoning_content", None) or ""
            found.tokens += (choice.logprobs and choice.logprobs.content) or []
            found.finish = choice.finish_reason
            for call in choice.delta.tool_calls or ():
                if call.id:
                    assert (call.type, call.index) == ("function", len(found.calls))
                    found.calls[call.index] = [call.id, call.function.name, ""]
                found.calls[call.index][2] += call.function.arguments
    assert len(found.ids) == 1
    return found


def both(served: Served, **asked: Any) -> tuple[Any, SimpleNamespace]:
    """The whole answer, and the streamed one."""
    with served.client as client:
        whole = client.chat.completions.create(**{**ASK, **asked})
        stream = client.chat.completions.create(
            **{**ASK, **asked}, stream=True, stream_options={"include_usage": True}
        )
        return whole, joined(stream)
