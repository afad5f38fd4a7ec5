"""The format: what goes in comes out, and nothing else ever does."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journal_kit import flip, start_frame, write_file

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger import frame as format_
from darkhorse.storage.ledger.frame import (
    FIELDS_SIZE,
    HEADER_SIZE,
    MARKER,
    FileHeader,
    Flaw,
    Frame,
    decode,
    decode_header,
    encode,
    encode_header,
)
from darkhorse.storage.ledger.read import frames

u64 = st.integers(0, 2**64 - 1)
bodies = st.binary(max_size=200) | st.binary(max_size=20).map(lambda b: MARKER + b + MARKER * 3)
kinds = st.integers(0, 127)
contents = st.lists(st.tuples(kinds, bodies, bodies), min_size=1, max_size=6)


def numbered(held: list[tuple[int, bytes, bytes]]) -> list[Frame]:
    return [Frame(kind, n, meta, body) for n, (kind, meta, body) in enumerate(held, start=1)]


def ends_of(held: list[Frame]) -> list[int]:
    """The offset behind each frame in its file."""
    ends, at = [], HEADER_SIZE
    for frame in held:
        at += frame.size
        ends.append(at)
    return ends


@given(st.builds(FileHeader, u64, u64, st.booleans()))
def test_a_header_comes_back(header: FileHeader) -> None:
    assert len(encode_header(header)) == HEADER_SIZE
    assert decode_header(encode_header(header)) == header


@given(kinds, u64, st.binary(), st.binary(), u64, st.binary(max_size=9))
def test_a_frame_comes_back_from_any_offset(
    kind: int, sequence: int, meta: bytes, body: bytes, file_id: int, before: bytes
) -> None:
    for begins in (False, True):
        raw = b"".join(encode(kind, sequence, meta, body, file_id=file_id, begins=begins))
        found = decode(before + raw + b"more", len(before), file_id=file_id)
        assert found == Frame(kind, sequence, meta, body)
        assert found.size == len(raw)


def test_the_body_is_not_copied_into_the_frame() -> None:
    body = b"x" * 1000
    assert encode(1, 1, b"{}", body, file_id=1)[-1] is body


@given(st.binary(max_size=50), u64, u64)
def test_a_frame_of_another_file_is_none_of_ours(body: bytes, ours: int, other: int) -> None:
    raw = b"".join(encode(1, 1, b"{}", body, file_id=other))
    assert isinstance(decode(raw, 0, file_id=ours), Flaw) == (ours != other)


@given(st.binary(max_size=300), st.integers(0, 300))
def test_noise_is_never_a_frame_and_never_raises(raw: bytes, offset: int) -> None:
    assert isinstance(decode(raw, offset, file_id=5), Flaw)
    assert isinstance(decode(MARKER + raw, 0, file_id=5), Flaw)
    assert isinstance(decode_header(raw), Flaw)


def test_a_frame_says_why_it_is_none() -> None:
    raw = b"".join(encode(1, 1, b"{}", b"body", file_id=5))
    assert decode(raw[:10], 0, file_id=5) is Flaw.SHORT
    assert decode(raw[:-1], 0, file_id=5) is Flaw.SHORT
    assert decode(b"x" + raw, 0, file_id=5) is Flaw.MARKER
    assert decode(raw[:4] + b"\xff" + raw[5:], 0, file_id=5) is Flaw.FIELDS
    assert decode(raw[:-1] + b"?", 0, file_id=5) is Flaw.CHECKSUM
    assert decode_header(b"short") is Flaw.SHORT


def test_an_absurd_length_is_refused_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = b"".join(encode(1, 1, b"{}", b"x" * 100, file_id=5))
    monkeypatch.setattr(format_, "MAX_LENGTH", 50)
    assert decode(raw, 0, file_id=5) is Flaw.LENGTH
    with pytest.raises(ValueError, match="over the bound"):
        encode(1, 1, b"{}", b"x" * 100, file_id=5)


@given(contents, st.data())
def test_a_ledger_cut_anywhere_keeps_every_whole_frame(
    held: list[tuple[int, bytes, bytes]], data: st.DataObject
) -> None:
    written = numbered(held)
    with TemporaryDirectory() as name:
        path = write_file(Path(name), 1, written)
        size = data.draw(st.integers(0, path.stat().st_size))
        path.write_bytes(path.read_bytes()[:size])
        found = [frame for frame, _ in frames(Path(name))]
    whole = sum(end <= size for end in ends_of(written))
    assert found == written[:whole]


@given(contents, st.data())
def test_a_flipped_byte_costs_its_own_frame_and_no_other(
    held: list[tuple[int, bytes, bytes]], data: st.DataObject
) -> None:
    written = numbered(held)
    with TemporaryDirectory() as name:
        path = write_file(Path(name), 1, written)
        offset = data.draw(st.integers(0, path.stat().st_size - 1))
        flip(path, offset, data.draw(st.integers(1, 255)))
        found = [frame for frame, _ in frames(Path(name))]
    hit = next((n for n, end in enumerate(ends_of(written)) if offset < end), 0)
    expected = written if offset < HEADER_SIZE else written[:hit] + written[hit + 1 :]
    assert found == expected


@pytest.mark.parametrize("body_size", [10, 5_000_000])
def test_frames_behind_a_large_damaged_one_are_found(tmp_path: Path, body_size: int) -> None:
    written = [start_frame(n, f"gen-{n}", b"x" * body_size) for n in (1, 2, 3)]
    path = write_file(tmp_path, 1, written)
    flip(path, HEADER_SIZE + written[0].size + FIELDS_SIZE + 5)
    told: list[tuple[str, int, int]] = []
    found = [frame for frame, _ in frames(tmp_path, on_damage=lambda *where: told.append(where))]
    assert found == [written[0], written[2]]
    first_end = HEADER_SIZE + written[0].size
    assert told == [(path.name, first_end, first_end + written[1].size)]


def test_a_frame_inside_a_prompt_is_not_taken_for_one_of_ours(tmp_path: Path) -> None:
    old = start_frame(1, "gen-old")
    smuggled = b"".join(encode(old.kind, old.sequence, old.meta, old.body, file_id=77))
    written = [old, start_frame(2, "gen-2", b"look: " + smuggled), start_frame(3, "gen-3")]
    path = write_file(tmp_path, 1, written, file_id=77)
    flip(path, HEADER_SIZE + old.size + FIELDS_SIZE + 5)
    assert [frame for frame, _ in frames(tmp_path)] == [old, written[2]]


def test_a_file_of_a_newer_version_is_not_guessed_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(format_, "VERSION", 2)
    write_file(tmp_path, 1, [start_frame(1, "gen-1")])
    monkeypatch.undo()
    with pytest.raises(ConfigError, match="newer Darkhorse"):
        list(frames(tmp_path))
