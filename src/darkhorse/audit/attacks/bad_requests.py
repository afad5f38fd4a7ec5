"""Requests that are wrong, each in its own way, and what a neutral API may answer.

Each tempts an engine behind the edge to say in its own words what it thinks of it.
"""

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

__all__ = ["BAD", "Bad", "body_of"]

_CHAT = "/chat/completions"


class Bad(Struct, frozen=True, kw_only=True):
    """One wrong request. `statuses`: what may come; 200 where it may be left alone."""

    name: str
    statuses: tuple[int, ...] = (400,)
    fields: Mapping[str, Any] = {}  # over those of a good request
    without: str = ""  # the field that is left out
    body: bytes | None = None  # sent as it is
    headers: tuple[str, ...] = ()
    key: Literal["own", "none", "wrong"] = "own"
    dialect: str = "chat"
    method: str = "POST"
    path: str = ""  # where it goes if not to the dialect's route
    stream: bool = False


def body_of(bad: Bad, model: str, limit_name: str = "max_tokens") -> bytes:
    """What is sent. Every answer that it may get has a limit."""
    if bad.body is not None:
        body = bad.body.replace(b"MODEL", model.encode())
        return body.replace(b'"max_tokens"', f'"{limit_name}"'.encode())
    usual = {"model": model, **_USUAL[bad.dialect], **bad.fields}
    if bad.dialect == "chat" and "max_tokens" not in bad.fields:
        usual[limit_name] = usual.pop("max_tokens")
    if bad.stream:
        usual["stream"] = True
    return json.dumps({key: value for key, value in usual.items() if key != bad.without}).encode()


_HI = [{"role": "user", "content": "hi"}]
_USUAL: Mapping[str, Mapping[str, Any]] = {
    "chat": {"messages": _HI, "max_tokens": 20},
    "completions": {"prompt": "hi", "max_tokens": 20},
    "responses": {"input": "hi", "max_output_tokens": 20},
    "messages": {"messages": _HI, "max_tokens": 20},
}
_WHOLE = 256  # an answer that was cut is not looked at as a whole
_GOOD = b'{"model":"MODEL","max_tokens":20,"messages":[{"role":"user","content":"hi"}]}'


def _raw(name: str, body: bytes) -> Bad:
    return Bad(name=name, body=body)


def _said(name: str, value: Any, *statuses: int) -> Bad:
    return Bad(name=name, fields={"messages": value}, statuses=statuses or (400,))


def _part(name: str, part: Any, *statuses: int) -> Bad:
    return _said(name, [{"role": "user", "content": [part]}], *(statuses or (400, 404)))


def _image(data: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}


def _tool(schema: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "f", "parameters": schema}}


_JSON = (
    _raw("no body at all", b""),
    _raw("an open brace", b"{"),
    _raw("JSON cut short", _GOOD[:-1]),
    _raw("null", b"null"),
    _raw("a list", b"[]"),
    _raw("a comma too many", _GOOD[:-1] + b",}"),
    _raw("two objects", _GOOD + _GOOD),
    _raw("a NUL in a string", _GOOD.replace(b"hi", b"h\0i")),
    _raw("bytes that are no UTF-8", _GOOD.replace(b"hi", b"h\xffi")),
    _raw("half a surrogate pair", _GOOD.replace(b"hi", rb"\ud83c")),
    _raw("a form", b"model=MODEL&messages=hi"),
    _raw("brackets nested too deeply", _GOOD[:-1] + b',"x":' + b"[" * 20000 + b"]" * 20000 + b"}"),
)
_FIELDS = (
    Bad(name="no model", without="model"),
    Bad(name="a model that is a number", fields={"model": 7}),
    Bad(name="a model that nobody knows", fields={"model": "nobody/knows"}, statuses=(400, 404)),
    Bad(name="a stream of maybe", fields={"stream": "maybe"}),
    Bad(name="a hot temperature", fields={"temperature": "hot"}),
    Bad(name="a top_p of words", fields={"top_p": "most"}),
    Bad(name="max_tokens of 0", fields={"max_tokens": 0}),
    Bad(name="max_tokens of -1", fields={"max_tokens": -1}),
    Bad(name="max_tokens of a million million", fields={"max_tokens": 10**12}, statuses=(200, 400)),
    Bad(name="half a token", fields={"max_tokens": 0.5}),
    Bad(name="seven answers", fields={"n": 7}),
    Bad(name="a stop of 7", fields={"stop": 7}),
    Bad(name="a seed of words", fields={"seed": "x"}),
    Bad(name="an effort nobody knows", fields={"reasoning": {"effort": "extreme"}}),
    Bad(name="reasoning of 7", fields={"reasoning": 7}),
    Bad(name="a session of any length", fields={"session_id": "s" * 257}),
    Bad(name="a provider that is a string", fields={"provider": "x"}),
    Bad(name="another provider", fields={"provider": {"only": ["other"]}}, statuses=(404,)),
    Bad(name="nothing may be kept", fields={"provider": {"zdr": True}}, statuses=(404,)),
    Bad(name="a response format nobody knows", fields={"response_format": {"type": "banana"}},
        statuses=(400, 404)),
    Bad(name="a response format of 7", fields={"response_format": 7}),
    Bad(name="tools of 7", fields={"tools": 7}),
    Bad(name="a tool of 7", fields={"tools": [7]}, statuses=(400, 404)),
    Bad(name="a tool without a name", fields={"tools": [{"type": "function", "function": {}}]},
        statuses=(400, 404)),
    Bad(name="a tool whose schema is none", fields={"tools": [_tool({"type": "banana"})]},
        statuses=(200, 400, 404)),
    Bad(name="a tool whose schema is 7", fields={"tools": [_tool(7)]}, statuses=(400, 404)),
    Bad(name="a choice among no tools", fields={"tool_choice": "banana"}, statuses=(200, 400, 404)),
)  # fmt: skip
_TURNS = (
    Bad(name="no messages", without="messages"),
    _said("messages of null", None),
    _said("messages of words", "hi"),
    _said("no message", []),
    _said("a message of 7", [7]),
    _said("a message of nothing", [{}]),
    _said("a king's message", [{"role": "king", "content": "hi"}]),
    _said("content of 7", [{"role": "user", "content": 7}]),
    _said("a result of no call", [*_HI, {"role": "tool", "content": "x"}], 200, 400),
    _said("calls of 7", [*_HI, {"role": "assistant", "tool_calls": 7}]),
    _part("a part of 7", 7, 400),
    _part("a part of no kind", {}, 400),
    _part("a part of another kind", {"type": "banana"}, 200, 400, 404),
    _part("an image that is no base64", _image("%%%")),
    _part("an image that is none", _image(base64.b64encode(b"Hello, world").decode())),
)
_AROUND = (
    Bad(name="no key", key="none", statuses=(401,)),
    Bad(name="a key nobody has", key="wrong", statuses=(401,)),
    Bad(name="a gzipped body", body=gzip.compress(_GOOD, mtime=0), statuses=(400, 415),
        headers=("content-encoding: gzip",)),
    Bad(name="the wrong method", method="PUT", statuses=(405,)),
    Bad(name="a route below the route", path="/chat/completions/x", statuses=(404,)),
    Bad(name="a generation nobody made", method="GET", path="/generation?id=gen-0-none",
        statuses=(401, 403, 404)),
    Bad(name="a generation of no id", method="GET", path="/generation", statuses=(400, 404)),
    Bad(name="a listing nobody has", method="GET", path="/models/nobody/knows/endpoints",
        statuses=(404,)),
)  # fmt: skip
_DIALECTS = (
    Bad(name="an input of 7", dialect="responses", fields={"input": 7}),
    Bad(name="no input", dialect="responses", without="input"),
    Bad(name="a limit of -1", dialect="responses", fields={"max_output_tokens": -1}),
    Bad(name="no limit", dialect="messages", without="max_tokens"),
    Bad(name="messages of 7", dialect="messages", fields={"messages": 7}),
    Bad(name="no key for messages", dialect="messages", key="none", statuses=(401,)),
    Bad(name="a prompt of null", dialect="completions", fields={"prompt": None}),
)
_GOOD_ONES = (200, 400, 404)
"""What an honest question may meet where the model behind it fails."""
_STREAMS = (
    Bad(name="a plain question", statuses=_GOOD_ONES),
    Bad(name="a plain question, streamed", statuses=_GOOD_ONES, stream=True),
    Bad(name="a hot temperature, streamed", fields={"temperature": "hot"}, stream=True),
    Bad(name="a model nobody knows, streamed", fields={"model": "nobody/knows"}, stream=True,
        statuses=(400, 404)),
    Bad(name="no message, streamed", fields={"messages": []}, stream=True),
    Bad(name="no key, streamed", key="none", statuses=(401,), stream=True),
    Bad(name="an answer that cannot be, streamed", stream=True, statuses=_GOOD_ONES,
        fields={"max_tokens": _WHOLE, "response_format": {"type": "json_schema", "json_schema": {
            "name": "never", "strict": True, "schema": {"type": "string", "enum": ["\u0001"]}}}}),
    Bad(name="a call that must be, streamed", stream=True, statuses=_GOOD_ONES,
        fields={"max_tokens": _WHOLE, "tool_choice": "required",
            "tools": [_tool({"type": "object", "properties": {}})]}),
)  # fmt: skip
BAD: tuple[Bad, ...] = (*_JSON, *_FIELDS, *_TURNS, *_AROUND, *_DIALECTS, *_STREAMS)
