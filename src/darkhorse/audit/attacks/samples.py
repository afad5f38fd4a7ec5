"""Small pictures and sounds, made here: PNG (ISO 15948), GIF 89a and RIFF WAVE.

Their sizes are chosen so that tiles and patches of known encoders would count them apart.
"""

import base64
import struct
import zlib
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

__all__ = ["SAMPLES", "Sample", "gif", "png", "wav"]


class Sample(Struct, frozen=True, kw_only=True):
    """Media for one message. `plain`: nobody has a reason to refuse it."""

    name: str
    kind: Literal["image", "audio"]
    parts: tuple[Mapping[str, Any], ...]
    plain: bool = True


def png(width: int, height: int) -> bytes:
    """A black picture, one bit a dot."""
    row = b"\0" + bytes((width + 7) // 8)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * height, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def gif() -> bytes:
    """One dot."""
    screen = struct.pack("<HHBBB", 1, 1, 0x80, 0, 0)
    image = struct.pack("<BHHHHB", 0x2C, 0, 0, 1, 1, 0)
    return b"GIF89a" + screen + b"\0\0\0\xff\xff\xff" + image + b"\x02\x02\x44\x01\x00\x3b"


def wav(seconds: float, rate: int = 8000) -> bytes:
    """Silence, eight bits, one channel."""
    data = b"\x80" * int(seconds * rate)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate, 1, 8)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(data)) + data
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def _picture(data: bytes, form: str) -> Mapping[str, Any]:
    url = f"data:image/{form};base64,{base64.b64encode(data).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def _sound(data: bytes) -> Mapping[str, Any]:
    told = {"data": base64.b64encode(data).decode(), "format": "wav"}
    return {"type": "input_audio", "input_audio": told}


def _sized(width: int, height: int) -> Sample:
    part = _picture(png(width, height), "png")
    return Sample(name=f"a PNG of {width}x{height}", kind="image", parts=(part,))


def _long(seconds: float) -> Sample:
    part = _sound(wav(seconds))
    return Sample(name=f"{seconds:g} s of silence", kind="audio", parts=(part,))


_DOT = _picture(gif(), "gif")
_SIZES = ((16, 16), (64, 64), (512, 512), (1024, 1024), (1536, 512), (2048, 2048))
SAMPLES: tuple[Sample, ...] = (
    *(_sized(*size) for size in _SIZES),
    Sample(name="two PNGs", kind="image", parts=(_picture(png(64, 64), "png"),) * 2),
    Sample(name="a GIF", kind="image", parts=(_DOT,), plain=False),
    Sample(
        name="a picture that is none",
        kind="image",
        parts=(_picture(b"Hello, world", "png"),),
        plain=False,
    ),
    Sample(name="a BMP", kind="image", parts=(_picture(b"BM" + bytes(60), "bmp"),), plain=False),
    *(_long(seconds) for seconds in (0.5, 2, 7)),
)
