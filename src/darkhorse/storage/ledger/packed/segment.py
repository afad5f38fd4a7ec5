"""The bytes of a segment file: a header, then compressed blocks of items. Pure.

Little endian. Checksums are xxh3_64 seeded with the file's random id (that of the header: not
seeded), so that a stale block of another file never validates.

    header, twice     8 magic `DHSEGM01` · 2 version · 1 stream · 1 name algorithm (1: the first
                      16 bytes of SHA-256) · 4 segment number · 4 rewrite · 8 file id ·
                      8 created, µs since the epoch · 8 checksum
    block             4 marker `FF 44 42 FE` · 4 bytes stored · 4 bytes raw · 4 items ·
                      8 number of the first item · 8 of the last · 4 check of these six fields ·
                      8 checksum of all that and the payload · payload: a zstd frame
    raw block         4 length of each item; where numbers have gaps, 4 distance of each from the
                      first; then the items

An item of length zero was erased: numbers never move.
"""

import enum
import struct
from collections.abc import Sequence
from itertools import accumulate

import xxhash
import zstandard
from msgspec import Struct

__all__ = [
    "BLOCK_SIZE",
    "FIELDS_SIZE",
    "HEADER_SIZE",
    "Block",
    "BlockFields",
    "Compressor",
    "Flaw",
    "Items",
    "SegmentHeader",
    "Stream",
    "decode_block",
    "decode_fields",
    "decode_header",
    "encode_header",
    "expand",
]

MAGIC = b"DHSEGM01"
VERSION = 1
SHA256_128 = 1
MARKER = b"\xffDB\xfe"
BLOCK_SIZE = 256 * 1024
"""Bytes of items after which a block is full."""

_MOST = 1 << 31  # raw bytes of a block: one item may be as long as a journal frame
_LEVEL = 6

_HEADER = struct.Struct("<8sHBBIIQQ")
_SUM = struct.Struct("<Q")
_COPY = _HEADER.size + _SUM.size
HEADER_SIZE = 2 * _COPY

_FIELDS = struct.Struct("<4sIIIQQ")
_CHECK = struct.Struct("<I")
_CHECKED = _FIELDS.size + _CHECK.size
FIELDS_SIZE = _CHECKED + _SUM.size


class Stream(enum.IntEnum):
    """What a segment's items are."""

    RECORDS = 1
    CHAINS = 2
    BLOBS = 3

    @property
    def word(self) -> str:
        """In file names."""
        return self.name.lower()


class Flaw(enum.Enum):
    """Why bytes are not a header or a block."""

    SHORT = "it is cut off"
    HEADER = "its header is damaged"
    FIELDS = "a block's fields do not match their check"
    CHECKSUM = "a block's content does not match its checksum"
    CONTENT = "a block cannot be unpacked"
    VERSION = "it was written by a newer Darkhorse"


class SegmentHeader(Struct, frozen=True, kw_only=True):
    """What a segment file says of itself."""

    stream: Stream
    number: int
    rewrite: int
    file_id: int
    created_us: int


class BlockFields(Struct, frozen=True, kw_only=True):
    """The fixed part of a block. `stored` is the length of the payload behind it, in bytes."""

    stored: int
    raw: int
    count: int
    first: int
    last: int
    checked: bytes
    checksum: int

    @property
    def size(self) -> int:
        """Bytes it takes in its file."""
        return FIELDS_SIZE + self.stored


class Block(Struct, frozen=True):
    """Items by number. `numbers` is a range where they have no gaps."""

    numbers: Sequence[int]
    starts: Sequence[int]  # one more than there are items: where each begins in `data`
    data: bytes

    def item(self, index: int) -> bytes:
        """The item at a place in the block; empty if erased."""
        return self.data[self.starts[index] : self.starts[index + 1]]


class Items:
    """A block being filled. Numbers ascend."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.size = 0
        self._items: list[bytes] = []

    def __len__(self) -> int:
        return len(self._items)

    def add(self, number: int, item: bytes) -> None:
        """The next one."""
        self.numbers.append(number)
        self._items.append(item)
        self.size += len(item)

    def raw(self) -> bytes:
        """As in a file, not compressed."""
        count, first = len(self._items), self.numbers[0]
        head = struct.pack(f"<{count}I", *map(len, self._items))
        if self.numbers[-1] - first + 1 != count:
            head += struct.pack(f"<{count}I", *(number - first for number in self.numbers))
        return head + b"".join(self._items)


class Compressor:
    """Makes blocks of one file."""

    def __init__(self, file_id: int) -> None:
        self._file_id = file_id
        self._zstd = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=False)

    def block(self, items: Items) -> bytes:
        """A block of at least one item."""
        raw = items.raw()
        payload = self._zstd.compress(raw)
        fields = _FIELDS.pack(
            MARKER, len(payload), len(raw), len(items), items.numbers[0], items.numbers[-1]
        )
        return self._summed(fields, payload)

    def moved(self, fields: BlockFields, payload: bytes) -> bytes:
        """A block of another file for this one, compressed as it is."""
        return self._summed(fields.checked[: _FIELDS.size], payload)

    def _summed(self, fields: bytes, payload: bytes) -> bytes:
        checked = fields + _CHECK.pack(_check(fields, self._file_id))
        summed = xxhash.xxh3_64(checked, seed=self._file_id)
        summed.update(payload)
        return checked + _SUM.pack(summed.intdigest()) + payload


def encode_header(header: SegmentHeader) -> bytes:
    """The first HEADER_SIZE bytes of a file."""
    fields = _HEADER.pack(
        MAGIC,
        VERSION,
        header.stream,
        SHA256_128,
        header.number,
        header.rewrite,
        header.file_id,
        header.created_us,
    )
    return (fields + _SUM.pack(xxhash.xxh3_64_intdigest(fields))) * 2


def decode_header(raw: bytes) -> SegmentHeader | Flaw:
    """The header, from whichever of its two copies is whole."""
    if len(raw) < HEADER_SIZE:
        return Flaw.SHORT
    first = _decode_copy(raw[:_COPY])
    return first if isinstance(first, SegmentHeader) else _decode_copy(raw[_COPY:HEADER_SIZE])


def _decode_copy(raw: bytes) -> SegmentHeader | Flaw:
    fields = raw[: _HEADER.size]
    magic, version, stream, algorithm, number, rewrite, file_id, created = _HEADER.unpack(fields)
    (checksum,) = _SUM.unpack(raw[_HEADER.size :])
    if checksum != xxhash.xxh3_64_intdigest(fields) or magic != MAGIC:
        return Flaw.HEADER
    if version != VERSION or algorithm != SHA256_128 or stream not in tuple(Stream):
        return Flaw.VERSION
    return SegmentHeader(
        stream=Stream(stream), number=number, rewrite=rewrite, file_id=file_id, created_us=created
    )


def decode_fields(raw: bytes, file_id: int) -> BlockFields | Flaw:
    """The fixed part, from at least FIELDS_SIZE bytes."""
    if len(raw) < FIELDS_SIZE:
        return Flaw.SHORT
    marker, stored, size, count, first, last = _FIELDS.unpack_from(raw)
    (check,) = _CHECK.unpack_from(raw, _FIELDS.size)
    if marker != MARKER or check != _check(raw[: _FIELDS.size], file_id):
        return Flaw.FIELDS
    if not 0 < count <= last - first + 1 or not 4 * count <= size <= _MOST:
        return Flaw.FIELDS
    (checksum,) = _SUM.unpack_from(raw, _CHECKED)
    return BlockFields(
        stored=stored,
        raw=size,
        count=count,
        first=first,
        last=last,
        checked=bytes(raw[:_CHECKED]),
        checksum=checksum,
    )


def decode_block(fields: BlockFields, payload: bytes, file_id: int) -> Block | Flaw:
    """The items, from a block's fields and the bytes behind them."""
    if len(payload) < fields.stored:
        return Flaw.SHORT
    payload = payload[: fields.stored]
    summed = xxhash.xxh3_64(fields.checked, seed=file_id)
    summed.update(payload)
    if summed.intdigest() != fields.checksum:
        return Flaw.CHECKSUM
    try:
        raw = zstandard.ZstdDecompressor().decompress(payload, max_output_size=fields.raw)
    except zstandard.ZstdError:
        return Flaw.CONTENT
    if len(raw) != fields.raw:
        return Flaw.CONTENT
    return expand(raw, fields)


def expand(raw: bytes, fields: BlockFields) -> Block | Flaw:
    """The items of an uncompressed block."""
    count, dense = fields.count, fields.last - fields.first + 1 == fields.count
    lead = 4 * count * (1 if dense else 2)
    if lead > len(raw):
        return Flaw.CONTENT
    words = struct.unpack_from(f"<{lead // 4}I", raw)
    numbers: Sequence[int] = range(fields.first, fields.last + 1)
    if not dense:
        numbers = tuple(fields.first + distance for distance in words[count:])
    starts = tuple(accumulate(words[:count], initial=lead))
    return Block(numbers, starts, raw) if starts[-1] == len(raw) else Flaw.CONTENT


def _check(fields: bytes, file_id: int) -> int:
    return xxhash.xxh3_64_intdigest(fields, seed=file_id) & 0xFFFFFFFF
