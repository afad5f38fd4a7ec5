"""Images, sounds, videos and files inside a request: what each says it is, and what its bytes are.

Pure, and nothing is fetched: a URL is looked at as far as its scheme. Base64 is checked to its last
character and decoded piece by piece, so that a part of 100 MB takes no 100 MB more.

Covered: the form of a part, and its format by the first bytes (wire/media_formats.py). Not covered:
whether the rest of an image can be drawn, or a file opened.
"""

import binascii
import re
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire import media_formats
from darkhorse.wire.media_formats import MediaKind

__all__ = ["PART_TYPES", "MediaKind", "MediaPart", "inspect"]

PART_TYPES: Mapping[str, MediaKind] = {
    "image_url": "image",
    "input_audio": "audio",
    "video_url": "video",
    "input_video": "video",  # OpenRouter's old name
    "file": "file",
}
"""Types of content parts besides text, and what each holds."""

_PIECE = 1024 * 1024  # characters of base64 decoded at once; a multiple of four
_HEAD = 4096  # bytes that tell a format
_LONGEST_LABEL = 1024  # characters of a data URL before its comma
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,31}):")
_WEB = re.compile(r"https?://[^\s/][^\s]*", re.IGNORECASE)
_STRAY = (
    (
        re.compile(r"\s"),
        ": it holds line ends or blanks; encode it in one line, as `base64 -w0` does",
    ),
    (re.compile("%"), ": it holds `%`; send it as it is, not percent-encoded"),
    (re.compile("[-_]"), ": it holds `-` or `_`; use the standard alphabet, with `+` and `/`"),
)
"""What base64 is often written with, and what to do about it."""
_SHOWN = 80  # characters of a client's own word in an error


class MediaPart(Struct, frozen=True, kw_only=True):
    """One part of a message that is not text.

    `claimed` is the MIME type or format that the client named, in small letters; `format` the real
    one, by its bytes. `size` counts decoded bytes. A URL or an id has neither format nor size.
    """

    kind: MediaKind
    type: str  # the part's type as written
    place: str  # messages[2].content[1]
    form: Literal["data", "url", "id"]
    claimed: str = ""
    format: str = ""
    size: int = 0


class _Source(Struct, frozen=True):
    """What a part names: a URL, a data URL or base64; and the format it names beside it."""

    value: str
    claimed: str = ""
    bare: bool = False  # may it be base64 without a scheme?


def inspect(part: Mapping[str, Any], place: str) -> MediaPart:
    """Look at one content part. Raises InvalidRequest in a sentence that begins with `place`."""
    written = part.get("type")
    kind = PART_TYPES.get(written) if isinstance(written, str) else None
    if kind is None or not isinstance(written, str):
        known = ", ".join(("text", *PART_TYPES))
        raise _invalid(place, f"`{_shown(written)}` is no type of part; there are {known}.")
    if kind == "file" and (found := _by_id(part, written, place)):
        return found
    source = _source(part, written, place)
    if found := _by_url(source, kind, written, place):
        return found
    claimed, data = _unwrap(source, place, written)
    size, head = _decode(data, place)
    claimed = claimed or source.claimed
    return MediaPart(
        kind=kind,
        type=written,
        place=place,
        form="data",
        claimed=claimed,
        format=_format(head, claimed, kind, place),
        size=size,
    )


def _source(part: Mapping[str, Any], written: str, place: str) -> _Source:
    if written == "input_audio":
        inner = _inner(part, written, place)
        named = _text(inner, "format", f"{place}.{written}")
        data = _text(inner, "data", f"{place}.{written}")
        return _Source(data, named.lower(), bare=True)
    if written == "file":
        value = _text(_inner(part, written, place), "file_data", f"{place}.{written}")
        return _Source(value, bare=True)
    field = "video_url" if written == "input_video" else written
    inner = _inner(part, field, place)
    return _Source(_text(inner, "url", f"{place}.{field}"))


def _inner(part: Mapping[str, Any], field: str, place: str) -> Mapping[str, Any]:
    inner = part.get(field)
    if not isinstance(inner, Mapping):
        raise _invalid(place, f"it needs an object `{field}`.")
    return inner


def _text(inner: Mapping[str, Any], field: str, place: str) -> str:
    value = inner.get(field)
    if not isinstance(value, str):
        raise _invalid(place, f"`{field}` must be a string.")
    if not value:
        raise _invalid(place, f"`{field}` is empty.")
    return value


def _by_id(part: Mapping[str, Any], written: str, place: str) -> MediaPart | None:
    """A file that was sent earlier and is only named here."""
    inner = _inner(part, written, place)
    if inner.get("file_data") is not None or inner.get("file_id") is None:
        return None
    _text(inner, "file_id", f"{place}.{written}")
    return MediaPart(kind="file", type=written, place=place, form="id")


def _by_url(source: _Source, kind: MediaKind, written: str, place: str) -> MediaPart | None:
    """A reference into the web; None for data. Audio is never one: it has no field for a URL."""
    scheme = _SCHEME.match(source.value)
    name = scheme[1].lower() if scheme else ""
    if name == "data" or (not name and source.bare):
        return None
    if not name:
        raise _invalid(place, "its URL begins with neither data: nor https:.")
    if name not in ("http", "https") or kind == "audio":
        taken = "base64" if kind == "audio" else "data:, http: and https:"
        raise _invalid(place, f"`{_shown(name)}:` is not taken here, only {taken}.")
    if not _WEB.fullmatch(source.value):
        raise _invalid(place, "its URL is not a valid one.")
    return MediaPart(kind=kind, type=written, place=place, form="url", claimed=source.claimed)


class _Data(Struct, frozen=True):
    """Base64, and where it begins: a copy without the label before it would double it."""

    text: str
    start: int


def _unwrap(source: _Source, place: str, written: str) -> tuple[str, _Data]:
    """The claimed MIME type and the base64 of a data URL (RFC 2397), or of none."""
    if source.value[:5].lower() != "data:":
        return "", _Data(source.value, 0)
    comma = source.value.find(",", 0, _LONGEST_LABEL)
    label = source.value[5:comma].lower().split(";") if comma >= 0 else []
    if not label or label[-1].strip() != "base64":
        raise _invalid(place, f"a data URL in `{written}` must say `;base64,` before its data.")
    return label[0].strip(), _Data(source.value, comma + 1)


def _decode(data: _Data, place: str) -> tuple[int, bytes]:
    """Decoded size and first bytes. Strict: alphabet, padding, and nothing after it."""
    size, head, text = 0, b"", data.text
    if len(text) == data.start:
        raise _invalid(place, "its data is empty.")
    for at in range(data.start, len(text), _PIECE):
        try:
            piece = binascii.a2b_base64(text[at : at + _PIECE], strict_mode=True)
        except ValueError:
            raise _not_base64(text[at : at + _PIECE], place) from None
        if at + _PIECE < len(text) and len(piece) * 4 != _PIECE * 3:  # padded before its end
            raise _invalid(place, "its data is not valid base64.")
        head = head or piece[:_HEAD]
        size += len(piece)
    if not size:
        raise _invalid(place, "its data is empty.")
    return size, head


def _not_base64(text: str, place: str) -> InvalidRequest:
    """With a remedy where one is likely: many engines take such data no more than we do."""
    remedy = next((why for found, why in _STRAY if found.search(text)), "")
    return _invalid(place, f"its data is not valid base64{remedy}.")


def _format(head: bytes, claimed: str, kind: MediaKind, place: str) -> str:
    """The real format, which is what was claimed, and what a part of this kind can hold."""
    found = media_formats.detect(head, kind) or media_formats.headerless(claimed, kind)
    if not found:
        known = ", ".join(media_formats.KINDS[kind])
        raise _invalid(place, f"its bytes are of no {kind} format known here ({known}).")
    if not media_formats.agrees(claimed, found):
        raise _invalid(place, f"it says {_shown(claimed)}, but its bytes are {found}.")
    if found not in media_formats.KINDS[kind]:
        raise _invalid(place, f"its bytes are {found}, which does not belong in this type of part.")
    return found


def _invalid(place: str, problem: str) -> InvalidRequest:
    return InvalidRequest(f"{place}: {problem}")


def _shown(word: object) -> str:
    """A client's word as an error repeats it: short, and printable."""
    text = word if isinstance(word, str) else type(word).__name__
    return "".join(each if each.isprintable() else "?" for each in text[:_SHOWN])
