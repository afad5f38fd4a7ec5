"""The library: who is known, how they count, write and behave, and how sure that makes one.

A file of msgpack under zstandard; the same sources give the same bytes. Nothing in it without a
licence that allows it.
"""

from pathlib import Path

import msgspec
import zstandard
from msgspec import Struct

from darkhorse.attribution.library.behaviour import Behaviour
from darkhorse.attribution.library.calibration import Calibration
from darkhorse.attribution.library.counts import Counts
from darkhorse.attribution.library.style import Style

__all__ = ["FORMAT", "Lab", "Library", "Model", "Source", "pack", "unpack"]

FORMAT = 1
_MOST_BYTES = 256 << 20  # unpacked


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where something in it comes from."""

    name: str
    url: str
    licence: str  # SPDX
    sha256: str
    rows: int = 0
    notice: str = ""
    version: str = ""


class Lab(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A maker. `name`: what stands before the slash in a model's name."""

    name: str
    title: str
    families: tuple[str, ...] = ()  # vocabularies its models are known to use


class Model(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model. `family`: its vocabulary, empty where nobody holds it."""

    name: str  # `lab/model`
    lab: str
    family: str = ""
    base: str = ""  # the lab whose weights it is built on, where that is another


class Library(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of it."""

    format: int = FORMAT
    version: str = ""  # of its contents: a hash of the sources
    labs: tuple[Lab, ...] = ()
    models: tuple[Model, ...] = ()
    sources: tuple[Source, ...] = ()
    counts: Counts = Counts()
    style: Style = Style()
    behaviour: Behaviour = Behaviour()
    calibration: Calibration = Calibration()


_ENCODER = msgspec.msgpack.Encoder(order="sorted")


def pack(library: Library) -> bytes:
    """The file's bytes."""
    return zstandard.ZstdCompressor(level=19).compress(_ENCODER.encode(library))


def unpack(path: Path) -> Library:
    """Raises OSError, and ValueError where it is no library of this format."""
    try:
        plain = zstandard.ZstdDecompressor().decompress(
            path.read_bytes(), max_output_size=_MOST_BYTES
        )
        return msgspec.msgpack.decode(plain, type=Library)
    except (zstandard.ZstdError, msgspec.DecodeError) as e:
        raise ValueError(f"{path} is no library of this version of Darkhorse: {e}") from None
