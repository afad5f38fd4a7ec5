"""The messages or items of a conversation: who spoke how often, and the user's newest words."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Raw, Struct

from darkhorse.analytics.reading.tolerant import ABSENT, decoded
from darkhorse.analytics.reading.words import own_words

__all__ = ["Talk", "talk_of"]

_TEXTS = frozenset({"text", "input_text"})
_MEDIA = frozenset(
    {
        *("image_url", "input_audio", "audio_url", "video_url", "input_video", "file"),
        *("image", "document", "input_image", "input_file"),
    }
)
_RESULT = "tool_result"  # Messages has results of tools among the user's own blocks


class Talk(Struct, frozen=True):
    """What is to be known of it."""

    text: str
    turns: int
    media: bool


class _Element(Struct):
    """A message, or an item of Responses."""

    role: str = ""
    content: Raw = ABSENT


class _Typed(Struct):
    type: str = ""


class _Part(Struct):
    type: str = ""
    text: str | None = None


_element = msgspec.json.Decoder(_Element)
_types = msgspec.json.Decoder(list[_Typed])
_text = msgspec.json.Decoder(str)
_raws = msgspec.json.Decoder(list[Raw])
_part = msgspec.json.Decoder(_Part)


def talk_of(elements: Sequence[Raw]) -> Talk:
    """Of messages in order. Text is decoded of the newest alone that has the user's own words."""
    spoken = [each.content for raw in elements if (each := _read(raw)).role == "user"]
    kinds = [_kinds(content) for content in spoken]
    own = [content for content, found in zip(spoken, kinds, strict=True) if found != {_RESULT}]
    texts = (own_words(_said(content)) for content in reversed(own))
    return Talk(
        text=next(filter(None, texts), ""),
        turns=len(own),
        media=any(not found.isdisjoint(_MEDIA) for found in kinds),
    )


def _read(raw: Raw) -> _Element:
    return decoded(_element, raw) or _Element()


def _is_list(content: Raw) -> bool:
    return bytes(memoryview(content)[:1]) == b"["


def _kinds(content: Raw) -> frozenset[str]:
    """Types of a message's parts; none of a text."""
    if not _is_list(content):
        return frozenset()
    return frozenset(each.type for each in decoded(_types, content) or ())


def _said(content: Raw) -> str:
    if not _is_list(content):
        return decoded(_text, content) or ""
    parts: list[Raw] = decoded(_raws, content) or []
    return "\n".join(_texts_in(parts))


def _texts_in(parts: Iterable[Raw]) -> Iterable[str]:
    for raw in parts:
        part = decoded(_part, raw)
        if part and part.type in _TEXTS and part.text:
            yield part.text
