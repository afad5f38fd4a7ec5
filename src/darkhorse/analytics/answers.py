"""What went wrong with an answer that did come. Pure."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

import msgspec
from msgspec import Raw, Struct

from darkhorse.analytics.refusals import is_refusal
from darkhorse.base.errors import InvalidRequest
from darkhorse.storage.records import EndRecord
from darkhorse.storage.traits import Expected, Trouble
from darkhorse.wire.schema import OBJECT, Schema

__all__ = ["Read", "called", "read_answer", "troubles"]

_LONGEST_SCHEMA: Final = 64 * 1024  # bytes; what is longer is not held against an answer
_LONGEST_TEXT: Final = 256 * 1024  # characters likewise
_ANY_OBJECT: Final = b""
_UNCHECKED: Final = "checked"  # the end of what a Schema says of a text it did not look at
_TEXT_BROKE: Final = "the text:"  # how router/promises.py begins where the text is at fault


class _Call(Struct):
    name: str = ""
    arguments: str = ""


class Read(Struct):
    """As much of storage.records.Answer as is looked at."""

    content: str = ""
    refusal: str = ""
    tools: list[_Call] = []
    vectors: list[Raw] = []


_answer = msgspec.json.Decoder(Read)


def read_answer(answer: bytes) -> Read | None:
    """None where it is no answer."""
    try:
        return _answer.decode(answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def called(answer: Read | None) -> bool:
    """Does it call a tool?"""
    return answer is not None and bool(answer.tools)


def troubles(expected: Expected, end: EndRecord, answer: Read | None) -> frozenset[Trouble]:
    """All but `retried`. Of an answer that is not whole, only what can be told of a part.

    A refusal is not held against a form, and neither is what was cut. What a filter of the
    engine's took back is a refusal, too.
    """
    found = set(_broken_promise(end))
    if answer is None:
        return frozenset(found)
    if _declines(end, answer):
        return frozenset({*found, "refused"})
    if end.outcome == "done":
        found.update(_of_whole(expected, end, answer))
    return frozenset(found)


def _declines(end: EndRecord, answer: Read) -> bool:
    if answer.refusal or end.finish == "content_filter":
        return True
    return not answer.tools and is_refusal(answer.content)


def _broken_promise(end: EndRecord) -> Iterator[Trouble]:
    """The router has looked already, where it held an answer back."""
    last = end.attempts[-1] if end.attempts else None
    if end.outcome == "failed" and last and last.outcome == "broken_promise":
        yield "schema" if last.detail.startswith(_TEXT_BROKE) else "tool_call"


def _of_whole(expected: Expected, end: EndRecord, answer: Read) -> Iterator[Trouble]:
    is_cut = end.finish == "length"
    if is_cut:
        yield "cut"
    if not (answer.content.strip() or answer.tools or answer.vectors):
        yield "empty"
    elif is_cut:
        return
    elif answer.tools:
        offered = dict(expected.tools)
        if any(map(partial(_is_wrong, offered), answer.tools)):
            yield "tool_call"
    elif expected.schema is not None and not _holds(expected.schema, answer.content):
        yield "schema"


def _is_wrong(offered: Mapping[str, bytes], call: _Call) -> bool:
    schema, arguments = offered.get(call.name), call.arguments or "{}"
    if schema is None or not _holds(_ANY_OBJECT, arguments):
        return True
    return bool(schema) and not _holds(schema, arguments)


def _holds(schema: bytes, text: str) -> bool:
    """Is it JSON of this schema (b"": any object)? True where the schema cannot be judged by."""
    if len(schema) > _LONGEST_SCHEMA or len(text) > _LONGEST_TEXT:
        return True
    try:
        compiled = Schema.compile(schema) if schema else OBJECT
    except InvalidRequest:
        return True
    problem = compiled.problem(text)
    return problem is None or problem.endswith(_UNCHECKED)
