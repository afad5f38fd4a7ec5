"""The sweep against a plain recount: what stays is exactly what the records that stay need."""

import itertools
import json
import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.forget.alive import Marking
from darkhorse.storage.ledger.forget.bits import Bits
from darkhorse.storage.ledger.forget.sweep import Sweep
from darkhorse.storage.ledger.frame import END, START, FileHeader, encode, encode_header
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.blocks import Blocks
from darkhorse.storage.ledger.packed.index import read_index
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.packed.recipe import (
    BLOB,
    CHAIN,
    decode_node,
    decode_recipe,
    decode_record,
)
from darkhorse.storage.ledger.packed.segment import Stream

_ids = itertools.count(0x77777777)
MEDIA = ["A" * 5000, "B" * 6000]
POOL = [
    *(f"message {number} " + "of some length " * 40 for number in range(4)),
    f"a picture {MEDIA[0]} in a message of many words",
    f"the same {MEDIA[0]} and another {MEDIA[1]} beside it",
]
conversations = st.lists(st.sampled_from(POOL), min_size=1, max_size=4)
bodies = st.one_of(
    conversations.map(lambda said: json.dumps({"messages": [{"content": each} for each in said]})),
    st.sampled_from(MEDIA),  # no JSON: a body that is what is a piece elsewhere
    st.just("{}"),
)
generations = st.lists(st.tuples(bodies, st.booleans()), min_size=1, max_size=8)


class _Clock:
    """A second passes at every look, so that every slice is as short as can be."""

    def __init__(self):
        self.now = 0.0

    def now_us(self):
        return 1_700_000_000_000_000

    def monotonic(self):
        self.now += 1.0
        return self.now


class _Store:
    def __init__(self, data):
        self.layout = Layout(data)
        self.layout.journal.mkdir(parents=True)
        self.clock = _Clock()
        self.sequence = self.files = 0
        self.written = {}
        self.packer = Packer(
            self.layout,
            disk=RealDisk(),
            clock=self.clock,
            new_file_id=lambda: next(_ids),
            block_size=700,
            segment_size=4000,
            newest_too=True,
        )

    def pack(self, told):
        """A journal file of these bodies; the numbers of the records of those that go."""
        self.files += 1
        parts, gone = [encode_header(FileHeader(self.files, 0))], []
        for (body, goes), kind in itertools.product(told, (START, END)):
            self.sequence += 1
            content = body.encode() if kind == START else b'{"content":"%s"}' % (b"said " * 90)
            meta = b'{"id":"gen-%d"}' % self.sequence
            parts += encode(kind, self.sequence, meta, content, file_id=self.files)
            self.written[self.sequence] = content
            gone += [self.sequence] * goes
        path = self.layout.journal / f"relay-{self.files:08}.dhj"
        path.write_bytes(b"".join(parts))
        while self.packer.step():
            pass
        return gone

    def sweep(self, gone, between):
        """Erase these, and let `between` be called between any two slices of the sweep."""
        sweep = Sweep(
            self.layout.packed,
            lambda: iter(gone),
            disk=RealDisk(),
            clock=self.clock,
            new_file_id=lambda: next(_ids),
            forget_cached=self.packer.forget_cached,
        )
        while sweep.step(lambda: False):
            between()
        sweep.close()
        for sequence in gone:
            del self.written[sequence]

    def check(self):
        with closing(Packed(self.layout.packed)) as packed:
            found = {meta.sequence: packed.body(meta) for meta in packed.metas()}
        assert found == self.written
        index = read_index(self.layout.packed)
        blocks = Blocks(self.layout.packed, index)
        nodes, blobs = _reached(blocks, self.written)
        counts = index.counts()
        there = {n for n in range(1, counts.last_node + 1) if blocks.item(Stream.CHAINS, n)}
        assert there == nodes
        there = {n for n in range(1, counts.last_blob + 1) if blocks.item(Stream.BLOBS, n)}
        assert there == blobs
        names = {number for (number,) in index.ask("SELECT number FROM blob_name")}
        assert names <= blobs
        names = {number for (number,) in index.ask("SELECT number FROM node_name")}
        assert names == nodes
        files = {path.name for path in self.layout.packed.glob("*.dhs")}
        assert files == {segment.name for segment in index.segments()}
        index.close()


def _reached(blocks, sequences):
    """Everything the records are made of, step by step."""
    nodes, blobs = set(), set()
    parts = []
    for sequence in sequences:
        item = blocks.item(Stream.RECORDS, sequence)
        parts += decode_recipe(decode_record(item).recipe)
    while parts:
        part = parts.pop()
        if part.kind == BLOB and part.number not in blobs:
            blobs.add(part.number)
            item = blocks.item(Stream.BLOBS, part.number)
            parts += decode_recipe(item, 1) if item[0] else []
        elif part.kind == CHAIN and part.number not in nodes:
            nodes.add(part.number)
            parent, own = decode_node(blocks.item(Stream.CHAINS, part.number))
            parts += own
            if parent:
                parts.append(part._replace(number=parent))
    return nodes, blobs


@settings(max_examples=40, deadline=None)
@given(generations, st.lists(st.tuples(st.integers(0, 12), generations), max_size=3))
def test_exactly_what_the_others_are_made_of_stays(first, later):
    """Whatever is packed in the middle of it, at whatever moment."""
    with tempfile.TemporaryDirectory() as data:
        store = _Store(Path(data))
        gone = store.pack(first)
        slices = itertools.count()
        coming = {at: [(body, False) for body, _ in told] for at, told in later}

        def between():
            if told := coming.get(next(slices)):
                store.pack(told)

        store.sweep(gone, between)
        store.check()
        store.packer.close()


@given(st.sets(st.integers(0, 100_000)))
def test_a_row_of_bits_is_a_set(numbers):
    bits = Bits(numbers)
    assert list(bits) == sorted(numbers)
    assert all(number in bits for number in numbers)
    assert not any(number + 1 in bits for number in numbers if number + 1 not in numbers)
    assert not any(bits.add(number) for number in numbers)


def test_the_packer_goes_on_with_a_dying_conversation_in_any_slice():
    said = [{"content": text} for text in POOL[:3]]
    dying = json.dumps({"messages": said})
    longer = json.dumps({"messages": [*said, {"content": POOL[3]}]})
    for moment in range(14):
        with tempfile.TemporaryDirectory() as data:
            store = _Store(Path(data))
            gone = store.pack([(dying, True), (POOL[0], False)])
            slices = itertools.count()

            def between(store=store, slices=slices, moment=moment):
                if next(slices) == moment:
                    store.pack([(longer, False)])

            store.sweep(gone, between)
            store.check()
            store.packer.close()
            if next(slices) <= moment:
                return
    raise AssertionError("a sweep of so little has no so many slices")


def test_a_picture_lives_that_is_used_again_behind_the_last_slice():
    def talk(text):
        return json.dumps({"messages": [{"content": text}]})

    with tempfile.TemporaryDirectory() as data:
        store = _Store(Path(data))
        gone = store.pack([(talk(POOL[4]), True)])
        with closing(read_index(store.layout.packed)) as index:
            marking = Marking(index, Blocks(store.layout.packed, index), gone)
            for _ in marking.slices():
                pass
            assert list(marking.dead_blobs())
            store.pack([(talk(POOL[5]), False)])
            marking.tail()
            blocks = Blocks(store.layout.packed, index)
            _, alive = _reached(blocks, set(store.written) - set(gone))
            dead = set(marking.dead_blobs())
        assert dead
        assert not dead & alive
        store.packer.close()
