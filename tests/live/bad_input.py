"""Bad requests, each in every dialect that can say it."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LIMIT = 65_536  # bytes of a body
CONTEXT = 2_000  # public tokens
TALKING = ("chat", "completions", "responses", "messages")
TURNS = ("chat", "responses", "messages")
EVERY = (*TALKING, "embeddings")
PATHS = {
    "chat": "chat/completions",
    "completions": "completions",
    "responses": "responses",
    "messages": "messages",
    "embeddings": "embeddings",
}
PROMPT = {
    "chat": "messages",
    "completions": "prompt",
    "responses": "input",
    "messages": "messages",
    "embeddings": "input",
}
MOST = {
    "chat": "max_tokens",
    "completions": "max_tokens",
    "responses": "max_output_tokens",
    "messages": "max_tokens",
}
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADU"
    "lEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def said(dialect: str, content: Any = "hi", role: str = "user") -> Any:
    """A prompt of one turn."""
    if dialect in ("completions", "embeddings"):
        return content
    return [{"role": role, "content": content}]


def whole(dialect: str, **fields: Any) -> dict[str, Any]:
    """A good body; `fields` replace some of it. ABSENT leaves one out."""
    model = "vectors" if dialect == "embeddings" else "ok"
    usual = {"model": model, PROMPT[dialect]: said(dialect)}
    if dialect == "messages":
        usual["max_tokens"] = 50
    return {name: value for name, value in {**usual, **fields}.items() if value is not ABSENT}


ABSENT = object()


@dataclass(frozen=True)
class Bad:
    """`body` makes what is sent in a dialect: fields of a JSON body, or bytes."""

    name: str
    status: int
    body: Callable[[str], dict[str, Any] | bytes]
    dialects: tuple[str, ...] = EVERY
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"

    def sent(self, dialect: str) -> bytes:
        made = self.body(dialect)
        return made if isinstance(made, bytes) else json.dumps(made).encode()


def raw(name: str, change: Callable[[bytes], bytes]) -> Bad:
    return Bad(name, 400, lambda dialect: change(json.dumps(whole(dialect)).encode()))


def fields(name: str, status: int = 400, dialects: tuple[str, ...] = EVERY, **given: Any) -> Bad:
    return Bad(name, status, lambda dialect: whole(dialect, **given), dialects)


def prompt(name: str, value: Any, dialects: tuple[str, ...] = EVERY) -> Bad:
    return Bad(name, 400, lambda dialect: whole(dialect, **{PROMPT[dialect]: value}), dialects)


def most(name: str, value: Any) -> Bad:
    return Bad(name, 400, lambda dialect: whole(dialect, **{MOST[dialect]: value}), TALKING)


def _picture(dialect: str, data: str) -> dict[str, Any]:
    """An image part that holds `data` as base64 of a PNG."""
    url = f"data:image/png;base64,{data}"
    parts = {
        "chat": {"type": "image_url", "image_url": {"url": url}},
        "responses": {"type": "input_image", "image_url": url},
        "messages": {
            "type": "image",
            "source": {"type": "base64", "media_type": "image/png", "data": data},
        },
    }
    return whole(dialect, **{PROMPT[dialect]: said(dialect, [parts[dialect]])})


def _function(dialect: str, function: dict[str, Any]) -> dict[str, Any]:
    nested = {"type": "function", "function": function}
    flat = {"chat": nested, "responses": {"type": "function", **function}, "messages": function}
    return whole(dialect, tools=[flat[dialect]])


def _deep(body: bytes) -> bytes:
    return body[:-1] + b', "x": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"


JSON = (
    raw("no body", lambda _: b""),
    raw("an open brace", lambda _: b"{"),
    raw("cut short", lambda body: body[:-1]),
    raw("null", lambda _: b"null"),
    raw("a list", lambda _: b"[]"),
    raw("a string", lambda _: b'"hi"'),
    raw("a BOM", lambda body: b"\xef\xbb\xbf" + body),
    raw("UTF-16", lambda body: body.decode().encode("utf-16")),
    raw("a raw NUL", lambda body: body.replace(b"hi", b"h\0i")),
    raw("no UTF-8", lambda body: body.replace(b"hi", b"h\xffi")),
    raw("half a surrogate pair", lambda body: body.replace(b"hi", rb"\ud83c")),
    raw("two objects", lambda body: body + body),
    raw("a comma too many", lambda body: body[:-1] + b",}"),
    raw("a form", lambda _: b"model=ok&messages=hi"),
    raw("too deep", _deep),
)
FIELDS = (
    fields("no model", model=ABSENT),
    fields("a model that is a number", model=7),
    fields("a model that is null", model=None),
    fields("a model nobody knows", model="nobody/knows"),
    fields("a model that has ended", 404, model="ended"),
    fields("a stream of maybe", stream="maybe", dialects=TALKING),
    fields("a hot temperature", temperature="hot", dialects=TALKING),
    fields("a temperature of 9", temperature=9, dialects=TALKING),
    fields("a share of 1.5", top_p=1.5, dialects=TALKING),
    fields("a provider that is a string", provider="stealth"),
    fields("a provider that is another", 404, provider={"only": ["other"]}),
    fields("nothing may be logged", 404, provider={"data_collection": "deny"}),
    fields("nothing may be kept", 404, provider={"zdr": True}),
    fields("models that are a string", models="ok"),
    fields("a session of any length", session_id="s" * 257),
    most("an answer of no tokens", 0),
    most("an answer of many tokens", "many"),
    most("an answer of half a token", 0.5),
    Bad("no prompt", 400, lambda dialect: whole(dialect, **{PROMPT[dialect]: ABSENT})),
    prompt("a prompt that is null", None),
    prompt("a prompt that is a number", 7),
    prompt("a prompt of nothing", []),
    prompt("a prompt of numbers in lists", [[[1]]]),
)
TURN = (
    Bad("a king", 400, lambda d: whole(d, **{PROMPT[d]: said(d, "hi", "king")}), TURNS),
    Bad("a turn of 7", 400, lambda d: whole(d, **{PROMPT[d]: said(d, 7)}), TURNS),
    Bad("a part of 7", 400, lambda d: whole(d, **{PROMPT[d]: said(d, [7])}), TURNS),
    Bad("no kind of part", 400, lambda d: whole(d, **{PROMPT[d]: said(d, [{}])}), TURNS),
    Bad("an unread image", 404, lambda d: _picture(d, PNG), TURNS),
    Bad("no base64", 400, lambda d: _picture(d, "%%%"), TURNS),
    Bad("no PNG", 400, lambda d: _picture(d, "SGVsbG8sIHdvcmxk"), TURNS),
    Bad("untaken tools", 404, lambda d: _function(d, {"name": "f", **SCHEMA[d]}), TURNS),
    Bad("a tool without a name", 400, lambda d: _function(d, SCHEMA[d]), TURNS),
    Bad("tools of 7", 400, lambda d: whole(d, tools=7), TURNS),
    Bad("a tool of 7", 400, lambda d: whole(d, tools=[7]), TURNS),
)
EMPTY = {"type": "object", "properties": {}}
SCHEMA = {
    "chat": {"parameters": EMPTY},
    "responses": {"parameters": EMPTY},
    "messages": {"input_schema": EMPTY},
}
LONG = "word " * (CONTEXT * 2)


def _long(dialect: str) -> dict[str, Any]:
    return whole(dialect, **{PROMPT[dialect]: said(dialect, LONG)})


OUTSIDE = (
    Bad("no key", 401, whole, headers={"authorization": ""}),
    Bad("no such key", 401, whole, headers={"authorization": "Bearer sk-dh-no"}),
    Bad("a gzipped body", 415, lambda d: gzip.compress(json.dumps(whole(d)).encode()),
        headers={"content-encoding": "gzip"}),
    Bad("a body without end", 413, lambda d: whole(d, x="x" * LIMIT)),
    Bad("the wrong method", 405, whole, method="PUT"),
    Bad("a prompt over the context", 400, _long),
)  # fmt: skip


def upstream(name: str, status: int, model: str) -> Bad:
    return Bad(name, status, lambda d: whole(d, model=model), TALKING)


BEHIND = (
    upstream("an engine that fails", 502, "status-500"),
    upstream("an engine that is closed to us", 503, "status-401"),
    upstream("an engine that will not", 400, "status-400"),
    upstream("an engine that is busy", 429, "status-429"),
    upstream("an engine that talks nonsense", 502, "html-200"),
    upstream("an engine that hangs up", 503, "refuse"),
    upstream("an engine that is silent", 504, "hang"),
)
CASES = (*JSON, *FIELDS, *TURN, *OUTSIDE, *BEHIND)
CELLS = [(case, dialect) for case in CASES for dialect in case.dialects]
