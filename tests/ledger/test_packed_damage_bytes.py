"""Every byte of a small packed ledger, flipped and cut off: found, told, or of no consequence."""

import os
from collections import Counter
from pathlib import Path

import pytest
from journal_kit import flip
from packed_damage_kit import Ledger

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.mark import mark_path, read_mark
from darkhorse.storage.ledger.packed.check import check_packed
from darkhorse.storage.ledger.packed.index import INDEX_FILE
from darkhorse.storage.ledger.packed.segment import HEADER_SIZE

EVERY = int(os.environ.get("DARKHORSE_FLIP_EVERY", "17"))  # bytes of the index; 1: each
STREAMS = ("blobs", "chains", "records")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "data", files=1)


@pytest.mark.parametrize("stream", STREAMS)
def test_a_flipped_bit_is_found_wherever_it_is(ledger: Ledger, stream: str) -> None:
    path = ledger.layout.packed / f"{stream}-00000001-0.dhs"
    raw = path.read_bytes()
    seen: Counter[str] = Counter()
    for at in range(len(raw)):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :])
        seen[ledger.seen()] += 1
    assert seen == {"told": len(raw) - HEADER_SIZE, "same": HEADER_SIZE}  # which is there twice


@pytest.mark.parametrize("stream", STREAMS)
def test_a_segment_cut_off_is_found_wherever_it_is(ledger: Ledger, stream: str) -> None:
    path = ledger.layout.packed / f"{stream}-00000001-0.dhs"
    raw = path.read_bytes()
    seen: Counter[str] = Counter()
    for size in range(len(raw)):
        path.write_bytes(raw[:size])
        seen[ledger.seen()] += 1
    assert seen == {"told": len(raw)}


def test_a_flipped_bit_in_the_index_is_found_or_changes_nothing(ledger: Ledger) -> None:
    path = ledger.layout.packed / INDEX_FILE
    raw = path.read_bytes()
    seen: Counter[str] = Counter()
    for at in range(0, len(raw), EVERY):
        if not any(raw[max(0, at - 64) : at + 64]):
            continue  # an unused stretch of a page
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :])
        for leftover in ledger.layout.packed.glob(f"{INDEX_FILE}-*"):
            leftover.unlink()
        seen[ledger.seen()] += 1
    assert set(seen) == {"told", "same"}
    assert seen["told"] > 10


def test_an_index_cut_off_is_found_wherever_it_is(ledger: Ledger) -> None:
    path = ledger.layout.packed / INDEX_FILE
    raw = path.read_bytes()
    seen: Counter[str] = Counter()
    for size in range(0, len(raw), 251):
        path.write_bytes(raw[:size])
        seen[ledger.seen()] += 1
    assert set(seen) == {"told", "same"}
    assert seen["same"] <= 1 + 4096 // 251  # the end of its last page holds nothing


def test_the_mark_flipped_or_cut_off_is_refused_by_name(ledger: Ledger) -> None:
    path = mark_path(ledger.layout.journal)
    raw = path.read_bytes()
    damaged = [raw[:size] for size in range(len(raw))]
    damaged += [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(len(raw))]
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises(ConfigError, match=r"relay\.packed: is damaged; .*ledger repair"):
            read_mark(ledger.layout.journal)


def test_a_missing_segment_is_named_with_all_it_costs(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "data")
    for path in ledger.segments():
        path.unlink()
        assert ledger.seen() == "told"
        report = check_packed(ledger.layout.packed)
        assert [fault.file for fault in report.faults] == [path.name]
        assert {lost.file for lost in report.lost} == {path.name}
        ledger.restore()


def test_damage_costs_only_the_generations_it_hits(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "data")
    path = ledger.layout.packed / "blobs-00000001-0.dhs"
    flip(path, path.stat().st_size - 1)  # the last answer
    report = check_packed(ledger.layout.packed)
    assert report.broken_generations == ("gen-3",)
    assert [fault.file for fault in report.faults] == [path.name]


def test_a_lost_index_is_not_taken_for_an_empty_one(ledger: Ledger) -> None:
    path = ledger.layout.packed / INDEX_FILE
    before = ledger.segments()
    for damage in (path.unlink, path.touch):
        for leftover in ledger.layout.packed.glob(f"{INDEX_FILE}-*"):
            leftover.unlink()
        damage()
        with pytest.raises(ConfigError, match=r"index\.sqlite: not usable .* `darkhorse ledger"):
            ledger.pack()
        assert ledger.segments() == before
        assert ledger.seen() == "told"


def test_an_index_that_forgot_everything_does_not_cut_anything_back(ledger: Ledger) -> None:
    other = Ledger(ledger.data.with_name("other"), files=0)
    (ledger.layout.packed / INDEX_FILE).write_bytes((other.layout.packed / INDEX_FILE).read_bytes())
    before = ledger.segments()
    with pytest.raises(ConfigError, match="holds less than the journal's mark says"):
        ledger.pack()
    assert ledger.segments() == before
