"""One request, read without decoding what came before its newest words. Pure; raises nothing.

The body was checked at admission, perhaps by an older version: each part of it is read on its own,
and one of no shape we know leaves its defaults.
"""

import msgspec
from msgspec import Raw, Struct

from darkhorse.analytics.reading.offers import form_in, functions_in
from darkhorse.analytics.reading.talk import talk_of
from darkhorse.analytics.reading.tolerant import ABSENT, decoded
from darkhorse.analytics.reading.words import own_words

__all__ = ["Reading", "read"]


class Reading(Struct, frozen=True, kw_only=True):
    """What there is to know of a request."""

    text: str = ""  # the newest that the user wrote, without what a coding agent puts around it
    turns: int = 1  # messages of the user
    messages: int = 0  # of anybody
    newest: tuple[bytes, ...] = ()  # the last two messages as they came, the newest last
    media: bool = False
    tools: tuple[tuple[str, bytes], ...] = ()  # name and JSON schema; b"" for any arguments
    schema: bytes | None = None  # b"" for any JSON object


class _Body(Struct):
    messages: Raw = ABSENT
    input: Raw = ABSENT
    prompt: Raw = ABSENT
    tools: Raw = ABSENT
    response_format: Raw = ABSENT
    output_config: Raw = ABSENT
    output_format: Raw = ABSENT
    text: Raw = ABSENT


class _Part(Struct):
    text: str = ""


class _Input(Struct):
    content: list[_Part] = []


_body = msgspec.json.Decoder(_Body)
_elements = msgspec.json.Decoder(list[Raw])
_bare = msgspec.json.Decoder(str | list[str])
_input = msgspec.json.Decoder(str | _Input)


def read(dialect: str, body: bytes) -> Reading:
    """A body of any dialect; of one that cannot be read, the defaults."""
    fields = decoded(_body, body) or _Body()
    if dialect == "completions":
        return _of_prompt(fields.prompt)
    if dialect == "embeddings":
        return _of_inputs(fields.input)
    given = fields.input if dialect == "responses" else fields.messages
    forms = (fields.response_format, fields.output_config, fields.output_format, fields.text)
    reading = _of_text(given) or _of_talk(given)
    return msgspec.structs.replace(
        reading, tools=functions_in(dialect, fields.tools), schema=form_in(dialect, *forms)
    )


def _of_talk(given: Raw) -> Reading:
    elements: list[Raw] = decoded(_elements, given) or []
    talk = talk_of(elements)
    newest = tuple(bytes(each) for each in elements[-2:])
    return Reading(
        text=talk.text, turns=talk.turns, messages=len(elements), newest=newest, media=talk.media
    )


def _of_text(given: Raw) -> Reading | None:
    """Where the whole conversation is one text; None where it is none."""
    text = decoded(_bare, given)
    if not isinstance(text, str):
        return None
    return Reading(text=own_words(text), messages=1, newest=(bytes(given),))


def _of_prompt(prompt: Raw) -> Reading:
    text = decoded(_bare, prompt)
    if isinstance(text, list):
        text = text[-1] if text else ""
    return Reading(text=(text or "").strip(), messages=1, newest=_stated(prompt))


def _of_inputs(given: Raw) -> Reading:
    """Texts to embed: each may be a document, so it is the last one alone that is looked at."""
    if whole := _of_text(given):
        return whole
    inputs: list[Raw] = decoded(_elements, given) or []
    last = decoded(_input, inputs[-1]) if inputs else ""
    text = "\n".join(part.text for part in last.content) if isinstance(last, _Input) else last
    return Reading(text=(text or "").strip(), messages=len(inputs), newest=_stated(given))


def _stated(raw: Raw) -> tuple[bytes, ...]:
    return (bytes(raw),) if bytes(raw) else ()
