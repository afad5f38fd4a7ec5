"""Long runs of base64 are found wherever they stand, and looking for them costs a pass."""

import re
import time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from darkhorse.storage.ledger.packed.blocks import Blocks
from darkhorse.storage.ledger.packed.cut import cut_media
from darkhorse.storage.ledger.packed.index import Place
from darkhorse.storage.ledger.packed.segment import Block, Stream

ORACLE = re.compile(rb"[A-Za-z0-9+/_-]{4096,}={0,2}")
runs = st.tuples(
    st.sampled_from([0, 1, 7, 2047, 2048, 2049, 4095, 4096, 4097, 6143, 6144, 8192, 9000]),
    st.sampled_from([b"", b" ", b"=", b"==", b"===", b'"', b" x "]),
).map(lambda run: b"Q" * run[0] + run[1])


@given(st.lists(runs, max_size=6).map(b"".join))
@example(b"Q" * 4095 + b" " + b"Q" * 4096)
@settings(max_examples=300, deadline=None)
def test_what_is_found_is_what_a_plain_search_finds(content):
    pieces = cut_media(content)
    assert b"".join(piece.content for piece in pieces) == content
    assert [piece.content for piece in pieces if piece.media] == ORACLE.findall(content)


def test_runs_that_are_nearly_long_enough_cost_no_more_than_text():
    size = 4 << 20
    began = time.process_time()
    cut_media((b"Q" * 4095 + b" ") * (size // 4096))
    cut_media((b"Q" * 2048 + b" ") * (size // 2049))
    assert time.process_time() - began < 5  # it was half a minute, not a part of a second


class _Large(Blocks):
    """Blocks of a size, from nowhere."""

    def __init__(self, size):
        super().__init__(None, None)
        self.size = size
        self.reads = 0

    def read(self, place):
        self.reads += 1
        return Block(range(place.first, place.last + 1), (0, self.size), bytes(self.size))


def test_kept_blocks_are_bounded_in_bytes():
    for size, most in ((256 * 1024, 24 << 20), (30 << 20, 0), (1 << 20, 24 << 20)):
        blocks = _Large(size)
        for number in range(200):
            blocks.block(Place(Stream.BLOBS, number, number, 1, 0))
        held = sum(len(block.data) for _, block in blocks._kept.values())
        assert held <= most
        blocks.block(Place(Stream.BLOBS, 199, 199, 1, 0))
        assert blocks.reads == (200 if most else 201)
