"""Formats of images, sounds, videos and files: told by their first bytes, and named by MIME types.

Signatures: PNG, GIF, RIFF (WAVE, WEBP, AVI), ISO 14496-12 (`ftyp` brands), EBML (Matroska), FLAC,
Ogg, ISO 11172 and 13818 (MPEG), PDF and ZIP as their specifications give them. Raw PCM has none, so
its name is all there is.
"""

import re
from collections.abc import Mapping
from typing import Literal

__all__ = ["KINDS", "MediaKind", "agrees", "detect", "headerless"]

MediaKind = Literal["image", "audio", "video", "file"]

_IMAGES = ("png", "jpeg", "gif", "webp", "avif", "heic", "bmp", "tiff")
_SOUNDS = ("wav", "mp3", "flac", "ogg", "m4a", "aac", "aiff", "webm", "pcm16", "pcm24")
_VIDEOS = ("mp4", "webm", "mov", "mpeg", "mkv", "avi", "3gp", "ogg")
_FILES = ("pdf", "text", "zip")

KINDS: Mapping[MediaKind, tuple[str, ...]] = {
    "image": _IMAGES,
    "audio": _SOUNDS,
    "video": _VIDEOS,
    "file": (*_FILES, *dict.fromkeys((*_IMAGES, *_SOUNDS, *_VIDEOS))),
}
"""What a part of each kind can hold; which of it a listing takes is the listing's to say."""

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"fLaC", "flac"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"ADIF", "aac"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x00\x00\x01\xb3", "mpeg"),
    (b"PK\x03\x04", "zip"),
)
_RIFF = {b"WAVE": "wav", b"WEBP": "webp", b"AVI ": "avi"}
_FORM = {b"AIFF": "aiff", b"AIFC": "aiff"}
_BRANDS = {
    "avif": (b"avif", b"avis"),
    "heic": (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"),
    "m4a": (b"M4A ", b"M4B ", b"M4P "),
    "mov": (b"qt  ",),
    "3gp": (b"3gp", b"3g2"),
}
_ATOMS = frozenset({b"moov", b"mdat", b"wide", b"pnot"})  # a QuickTime file older than `ftyp`

_CLAIMS: Mapping[str, tuple[str, ...]] = {
    "jpg": ("jpeg",),
    "pjpeg": ("jpeg",),
    "heif": ("heic", "avif"),
    "x-ms-bmp": ("bmp",),
    "wave": ("wav",),
    "vnd.wave": ("wav",),
    "audio/mpeg": ("mp3",),
    "mpga": ("mp3",),
    "opus": ("ogg", "webm"),
    "audio/mp4": ("m4a",),
    "mp4a-latm": ("m4a", "aac"),
    "aif": ("aiff",),
    "aifc": ("aiff",),
    "quicktime": ("mov",),
    "m4v": ("mp4",),
    "mpg": ("mpeg",),
    "matroska": ("mkv", "webm"),
    "msvideo": ("avi",),
    "3gpp": ("3gp",),
    "3gpp2": ("3gp",),
    "zip-compressed": ("zip",),
}
"""Names of formats, as a MIME type's second half or as one word, that are not our own."""

_ANYTHING = frozenset({"", "application/octet-stream", "binary/octet-stream", "*/*"})
_PLAIN = re.compile(
    r"text/.+|(application/|x-)?.*"
    r"(json|xml|yaml|toml|csv|markdown|javascript|typescript|sql|sh|python|tex|rtf)",
)


def detect(head: bytes, kind: MediaKind) -> str:
    """The format of what begins with `head` (4 KiB, or all of it); "" where none is known.

    `kind` decides where one container holds several: an MP4 in an audio part is an m4a.
    """
    for beginning, name in _BEGINNINGS:
        if head.startswith(beginning):
            return name
    found = _in_container(head, kind) or _by_frame(head)
    if not found and b"%PDF-" in head[:1024]:
        return "pdf"
    return found or ("text" if _is_text(head) else "")


def _in_container(head: bytes, kind: MediaKind) -> str:
    inner = head[8:12]
    if head.startswith(b"RIFF"):
        return _RIFF.get(inner, "")
    if head.startswith(b"FORM"):
        return _FORM.get(inner, "")
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if b"webm" in head[:128] else "mkv"
    if head[4:8] == b"ftyp":
        return _by_brand(inner, kind)
    return "mov" if head[4:8] in _ATOMS else ""


def _by_brand(brand: bytes, kind: MediaKind) -> str:
    for name, brands in _BRANDS.items():
        if brand.startswith(brands):
            return name
    return "m4a" if kind == "audio" else "mp4"


def _by_frame(head: bytes) -> str:
    """MPEG audio (a sync word, then version and layer) and ADTS; BMP, whose two letters are text.

    A BMP says its own offset to the pixels in bytes 10 to 14: never 0, and never large.
    """
    if len(head) > 3 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
        if head[1] & 0xF6 == 0xF0:
            return "aac"
        bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
        if version != 1 and layer == 1 and bitrate not in (0, 15) and rate != 3:
            return "mp3"
    if head.startswith(b"BM") and head[6:10] == bytes(4):
        return "bmp"
    return ""


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters but tab, line ends, form feed and escape."""
    try:
        text = head.decode()
    except UnicodeDecodeError as e:
        if e.end < len(head) or e.reason != "unexpected end of data":  # cut where `head` ends
            return False
        text = head[: e.start].decode()
    return not re.search(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]", text)


def headerless(claimed: str, kind: MediaKind) -> str:
    """Raw PCM, which only its name can tell."""
    return claimed if kind == "audio" and claimed in ("pcm16", "pcm24") else ""


def agrees(claimed: str, found: str) -> bool:
    """Does a claim (a MIME type, or a format's name) allow for this format?"""
    kind, _, rest = claimed.rpartition("/")
    name = rest.removeprefix("x-")
    if claimed in _ANYTHING or rest == "*":
        return True
    if found in ("text", "zip") and kind not in ("image", "audio", "video"):
        return _holds(claimed, name, found)
    named = _CLAIMS.get(claimed) or _CLAIMS.get(name) or (name,)
    return found in named


def _holds(claimed: str, name: str, found: str) -> bool:
    """Text goes by hundreds of names, and half of all office formats are ZIP files."""
    if found == "text":
        return name not in _KNOWN or name == "text"
    return name == "zip" or (name not in _KNOWN and not _PLAIN.fullmatch(claimed))


_KNOWN = frozenset(name for names in KINDS.values() for name in names) | frozenset(_CLAIMS)
