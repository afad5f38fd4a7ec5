"""Answers as models write them, and what they say."""

from darkhorse_engine.chat.events import (
    CallArguments,
    CallFinished,
    CallStarted,
    Content,
    Reasoning,
)
from darkhorse_engine.chat.parser import Parser

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a place.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "days": {"type": "integer"},
                "unit": {"enum": ["C", "F"]},
                "near": {"type": "array", "items": {"type": "string"}},
                "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "place": {"$ref": "#/$defs/Place"},
                "code": {"$ref": "#/$defs/Code"},
            },
            "required": ["city"],
            "$defs": {
                "Code": {"type": "string"},
                "Place": {
                    "type": "object",
                    "properties": {"x": {"type": "integer"}},
                    "required": ["x"],
                    "additionalProperties": False,
                },
            },
        },
    },
}
NOW = {"type": "function", "function": {"name": "now"}}
TOOLS = [WEATHER, NOW]
USER = {"role": "user", "content": "Hi"}
CALLED = {
    "role": "assistant",
    "content": None,
    "reasoning_content": " Hm. ",
    "tool_calls": [
        {
            "id": "1",
            "type": "function",
            "function": {
                "name": "get_weather",
                "arguments": '{"city": "Z", "days": 3, "near": ["a",1.50]}',
            },
        }
    ],
}
RESULTS = [
    {"role": "tool", "tool_call_id": "1", "content": "rain"},
    {"role": "tool", "tool_call_id": "2", "content": [{"type": "text", "text": "sun"}]},
]


def merged(events):
    """Neighbours of one kind put together, as their pieces are cut anywhere."""
    out = []
    for event in events:
        last = out[-1] if out else None
        if type(last) is type(event) and isinstance(event, Reasoning | Content):
            out[-1] = type(event)(last.text + event.text)
        elif isinstance(last, CallArguments) and isinstance(event, CallArguments):
            out[-1] = CallArguments(event.index, last.text + event.text)
        else:
            out.append(event)
    return out


def read(pieces, form="glm", tools=TOOLS, *, is_thinking=False):
    parser = Parser(form, tools, is_thinking=is_thinking)
    events = [event for piece in pieces for event in parser.feed(piece)]
    return merged([*events, *parser.close()])


def call(index, name, arguments, *, is_whole=True):
    said = [CallArguments(index, arguments)] if arguments else []
    return [CallStarted(index, name), *said, CallFinished(index, is_whole)]


def arg(key, value):
    return f"<arg_key>{key}</arg_key><arg_value>{value}</arg_value>"
