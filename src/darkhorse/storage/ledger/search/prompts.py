"""What people wrote in a request: the text of its user's messages, in any dialect. Pure.

Left out: system prompts, results of tools, attached documents, media, the inputs of embeddings.
Read more lightly than at admission: the body was checked there, and may be of a newer version.
"""

import re

import msgspec
from msgspec import Raw, Struct

__all__ = ["LONGEST_PROMPT", "Unreadable", "prompt_in", "prompts_in"]

LONGEST_PROMPT = 4096
"""Bytes of a message's text that are looked at."""

_MEDIA = re.compile(r"[A-Za-z0-9+/_-]{512,}={0,2}")  # base64 inside a text
_NOTHING = Raw()


class Unreadable(Exception):
    """Not JSON, or of no shape we know."""


class _Part(Struct):
    type: str = ""
    text: str | None = None


class _Element(Struct):
    role: str = ""
    content: Raw = _NOTHING


class _Body(Struct):
    messages: list[Raw] | None = None
    input: Raw = _NOTHING
    prompt: Raw = _NOTHING


_body = msgspec.json.Decoder(_Body)
_element = msgspec.json.Decoder(_Element)
_content = msgspec.json.Decoder(str | list[_Part] | None)
_items = msgspec.json.Decoder(str | list[Raw] | None)
_prompt = msgspec.json.Decoder(str | list[str] | None)
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def prompts_in(dialect: str, body: bytes) -> list[str]:
    """The text of each user's message of a body, oldest first. Raises Unreadable."""
    try:
        texts = _texts(dialect, _body.decode(body))
    except _BROKEN:
        raise Unreadable from None
    return [text for text in texts if text]


def _texts(dialect: str, body: _Body) -> list[str]:
    if dialect in ("chat", "messages"):
        return [_text(element) for element in body.messages or ()]
    if dialect == "responses":
        given = _items.decode(body.input) if bytes(body.input) else None
        return [_cut(given)] if isinstance(given, str) else [_text(item) for item in given or ()]
    if dialect == "completions":
        told = _prompt.decode(body.prompt) if bytes(body.prompt) else None
        return [_cut(told)] if isinstance(told, str) else [_cut(text) for text in told or ()]
    return []


def prompt_in(element: bytes) -> str:
    """The text of one message or item; empty where no user wrote it. Raises Unreadable."""
    try:
        return _text(Raw(element))
    except _BROKEN:
        raise Unreadable from None


def _text(raw: Raw) -> str:
    if not bytes(raw).startswith(b"{"):  # of another list: texts to embed, for one
        return ""
    element = _element.decode(raw)
    if element.role != "user" or not bytes(element.content):
        return ""
    content = _content.decode(element.content)
    if isinstance(content, str):
        return _cut(content)
    parts = (part.text for part in content or () if part.type in ("text", "input_text"))
    return _cut("\n".join(text for text in parts if text))


def _cut(text: str) -> str:
    bare = _MEDIA.sub(" ", text) if len(text) >= 512 else text
    if len(bare) * 4 <= LONGEST_PROMPT:
        return bare
    return bare.encode(errors="replace")[:LONGEST_PROMPT].decode(errors="ignore")
