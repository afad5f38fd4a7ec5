"""The journal's bytes: a file header, then frames. Pure; docs/ledger.md has the picture.

Every checksum is xxh3_64 seeded with the file's random id, so a stale byte of another file, or
bytes a client put into a prompt to look like a frame, never validate. A frame's fields carry a
check of their own: while looking for the next frame behind damage, a false start costs one
small hash, not one as long as its length field says.

The first frame of a commit says that it is: a commit is only written when all before it is synced.
"""

import enum
import struct

import xxhash
from msgspec import Struct

__all__ = [
    "END",
    "FIELDS_SIZE",
    "HEADER_SIZE",
    "MARKER",
    "MAX_LENGTH",
    "START",
    "Fields",
    "FileHeader",
    "Flaw",
    "Frame",
    "decode",
    "decode_fields",
    "decode_header",
    "decode_payload",
    "encode",
    "encode_header",
]

MAGIC = b"DHJRNL01"
VERSION = 1
MARKER = b"\xffDH\xfe"  # 0xFF and 0xFE never occur in UTF-8, so no JSON body contains it
MAX_LENGTH = 1 << 30  # bytes of payload

START = 1
END = 2

_HEADER = struct.Struct("<8sIIQQ")  # magic, version, are commits marked, file id, created µs
_SUM = struct.Struct("<Q")
_COPY_SIZE = _HEADER.size + _SUM.size
HEADER_SIZE = 2 * _COPY_SIZE  # two copies: one bad byte must not cost every frame behind it

_FIELDS = struct.Struct("<4sIQB")  # marker, payload length, sequence, kind
_CHECK = struct.Struct("<I")
FIELDS_SIZE = _FIELDS.size + _CHECK.size + _SUM.size
_CHECKED_SIZE = _FIELDS.size + _CHECK.size
_META = struct.Struct("<I")
_BEGINS = 0x80  # beside the kind

Bytes = bytes | memoryview


class Flaw(enum.Enum):
    """Why bytes are not a header or a frame."""

    SHORT = "cut off"
    MARKER = "no frame starts here"
    FIELDS = "its fields do not match their check"
    LENGTH = "its length makes no sense"
    CHECKSUM = "its content does not match its checksum"
    VERSION = "written by a newer version"


class FileHeader(Struct, frozen=True):
    """What a journal file says of itself. `marked`: the first frame of each commit is."""

    file_id: int
    created_us: int
    marked: bool = False


class Fields(Struct, frozen=True):
    """The fixed part of a frame. `length` is that of the payload behind it, in bytes.

    `begins`: the first of its commit, so all before it was synced; only in a marked file.
    """

    length: int
    sequence: int
    kind: int
    begins: bool
    raw: bytes
    checksum: int


class Frame(Struct, frozen=True):
    """One record: `meta` is JSON of ours, `body` the bytes it is about, untouched."""

    kind: int
    sequence: int
    meta: bytes
    body: bytes

    @property
    def size(self) -> int:
        """Bytes it takes in its file."""
        return FIELDS_SIZE + _META.size + len(self.meta) + len(self.body)


def encode_header(header: FileHeader) -> bytes:
    """The first HEADER_SIZE bytes of a file."""
    fields = _HEADER.pack(MAGIC, VERSION, header.marked, header.file_id, header.created_us)
    return (fields + _SUM.pack(xxhash.xxh3_64_intdigest(fields))) * 2


def decode_header(raw: Bytes) -> FileHeader | Flaw:
    """The header, from whichever of its two copies is whole."""
    if len(raw) < HEADER_SIZE:
        return Flaw.SHORT
    first = _decode_copy(raw[:_COPY_SIZE])
    return first if isinstance(first, FileHeader) else _decode_copy(raw[_COPY_SIZE:HEADER_SIZE])


def _decode_copy(raw: Bytes) -> FileHeader | Flaw:
    fields = raw[: _HEADER.size]
    magic, version, marked, file_id, created_us = _HEADER.unpack(fields)
    (checksum,) = _SUM.unpack(raw[_HEADER.size :])
    if checksum != xxhash.xxh3_64_intdigest(fields) or magic != MAGIC:
        return Flaw.CHECKSUM
    if version != VERSION or marked > 1:
        return Flaw.VERSION
    return FileHeader(file_id, created_us, bool(marked))


def encode(
    kind: int, sequence: int, meta: bytes, body: bytes, *, file_id: int, begins: bool = False
) -> list[bytes]:
    """A frame as buffers for writev, `body` itself one of them. `kind` is below 128.

    `begins`: the first frame of its commit. ValueError if over MAX_LENGTH.
    """
    length = _META.size + len(meta) + len(body)
    if length > MAX_LENGTH:
        raise ValueError(f"a frame of {length} bytes is over the bound of {MAX_LENGTH}")
    fields = _FIELDS.pack(MARKER, length, sequence, kind | _BEGINS if begins else kind)
    checked = fields + _CHECK.pack(_check(fields, file_id))
    lead = _META.pack(len(meta)) + meta
    summed = xxhash.xxh3_64(checked, seed=file_id)
    summed.update(lead)
    summed.update(body)
    head = checked + _SUM.pack(summed.intdigest()) + lead
    return [head, body] if body else [head]


def decode_fields(raw: Bytes, file_id: int) -> Fields | Flaw:
    """The fixed part, from at least FIELDS_SIZE bytes."""
    if len(raw) < FIELDS_SIZE:
        return Flaw.SHORT
    marker, length, sequence, kind = _FIELDS.unpack_from(raw)
    if marker != MARKER:
        return Flaw.MARKER
    (check,) = _CHECK.unpack_from(raw, _FIELDS.size)
    if check != _check(raw[: _FIELDS.size], file_id):
        return Flaw.FIELDS
    if not _META.size <= length <= MAX_LENGTH:
        return Flaw.LENGTH
    (checksum,) = _SUM.unpack_from(raw, _CHECKED_SIZE)
    begins, kind = bool(kind & _BEGINS), kind & ~_BEGINS
    return Fields(length, sequence, kind, begins, bytes(raw[:_CHECKED_SIZE]), checksum)


def decode_payload(fields: Fields, payload: Bytes, file_id: int) -> Frame | Flaw:
    """The frame, from its fields and the bytes behind them."""
    if len(payload) < fields.length:
        return Flaw.SHORT
    payload = payload[: fields.length]
    summed = xxhash.xxh3_64(fields.raw, seed=file_id)
    summed.update(payload)
    if summed.intdigest() != fields.checksum:
        return Flaw.CHECKSUM
    (meta_length,) = _META.unpack_from(payload)
    body_at = _META.size + meta_length
    if body_at > fields.length:
        return Flaw.LENGTH
    meta, body = bytes(payload[_META.size : body_at]), bytes(payload[body_at:])
    return Frame(fields.kind, fields.sequence, meta, body)


def decode(raw: Bytes, offset: int, *, file_id: int) -> Frame | Flaw:
    """The frame at `offset` of `raw`, or why there is none."""
    view = memoryview(raw)[offset:]
    fields = decode_fields(view, file_id)
    if isinstance(fields, Flaw):
        return fields
    return decode_payload(fields, view[FIELDS_SIZE:], file_id)


def _check(fields: Bytes, file_id: int) -> int:
    return xxhash.xxh3_64_intdigest(fields, seed=file_id) & 0xFFFFFFFF
