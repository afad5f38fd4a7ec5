"""The packer, stopped anywhere: each frame is packed once, and no journal file goes too early."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from packed_kit import frames_of, journal_file, pack_all, packer_of

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import File, RealDisk
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.mark import read_mark, said_mark
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.read import verify


class _Stop(Exception):
    """The process died here."""


class _Dying(RealDisk):
    """Dies before its operation number `at`; a write has then put down a half."""

    def __init__(self, at: int) -> None:
        self.left = at

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _Stop

    def create(self, path: Path) -> File:
        self._count()
        return super().create(path)

    def write(self, file: File, buffers: Sequence[bytes]) -> None:
        if self.left <= 0:
            whole = b"".join(buffers)
            super().write(file, [whole[: len(whole) // 2]])
        self._count()
        super().write(file, buffers)

    def sync(self, file: File) -> None:
        self._count()
        super().sync(file)
        self._count()

    def truncate(self, path: Path, size: int) -> None:
        self._count()
        super().truncate(path, size)

    def remove(self, path: Path) -> None:
        self._count()
        super().remove(path)

    def replace(self, path: Path, content: bytes) -> None:
        self._count()
        super().replace(path, content)
        self._count()


def files_of(layout: Layout, count: int) -> list:
    """Journal files of a conversation; returns all frames."""
    said, held = [], []
    for number in range(1, count + 1):
        bodies = []
        for turn in range(3):
            said += [{"role": "user", "content": f"{number} {turn} " + "word " * 60}]
            bodies.append((json.dumps({"messages": said}).encode(), b'{"content":"yes"}' * 20))
        frames = frames_of(bodies, len(held) + 1)
        journal_file(layout, number, frames)
        held += frames
    return held


def all_frames(layout: Layout) -> list:
    packed = Packed(layout.packed)
    frames = [packed.frame(meta.sequence) for meta in packed.metas()]
    packed.close()
    return frames


SMALL = {"block_size": 300, "segment_size": 1500}


def test_the_newest_file_is_left_to_its_writer(tmp_path):
    layout = Layout(tmp_path)
    held = files_of(layout, 3)
    packer = packer_of(layout, **SMALL)
    assert packer.step()
    assert not packer.step()
    assert not packer.step()
    packer.close()
    assert all_frames(layout) == held[:12]
    assert [path.name for path in layout.journal.glob("*.dhj")] == ["relay-00000003.dhj"]
    mark = read_mark(layout.journal)
    assert (mark.number, mark.sequence, mark.generations, mark.open) == (2, 12, 6, ())


def test_it_can_die_before_every_operation(tmp_path):
    for at in range(10_000):
        layout = Layout(tmp_path / str(at))
        held = files_of(layout, 4)
        disk = _Dying(at)
        packer = packer_of(layout, disk, newest_too=True, **SMALL)
        died = False
        try:
            while packer.step():
                pass
        except _Stop:
            died = True
        packer.close()
        seen = all_frames(layout)
        assert seen == held[: len(seen)]
        left = {path.name for path in layout.journal.glob("*.dhj")}
        whole = {f"relay-{number:08}.dhj" for number in range(len(seen) // 6 + 1, 5)}
        assert whole <= left, "a journal file went before it was packed"
        assert verify(layout.journal).lost == ()
        mark = said_mark(layout.journal)
        assert len(left) + (mark.number if mark else 0) >= 4, "a file went before it was marked"
        pack_all(layout, **SMALL)
        assert all_frames(layout) == held
        assert not list(layout.journal.glob("*.dhj"))
        if not died:
            assert at > 30
            return


def test_it_goes_on_by_itself_after_a_disk_that_failed(tmp_path):
    layout = Layout(tmp_path)
    held = files_of(layout, 3)
    disk = _Dying(7)
    packer = packer_of(layout, disk, newest_too=True, **SMALL)
    with pytest.raises(_Stop):
        packer.step()
    disk.left = 10_000
    while packer.step():
        pass
    packer.close()
    assert all_frames(layout) == held


def damage(path: Path, offset: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[offset] ^= 0xFF
    path.write_bytes(raw)


def test_a_damaged_file_stops_it_until_the_operator_says_so(tmp_path):
    layout = Layout(tmp_path)
    held = files_of(layout, 3)
    second = layout.journal / "relay-00000002.dhj"
    whole = second.read_bytes()
    damage(second, 400)
    packer = packer_of(layout, **SMALL)
    assert packer.step()
    for _ in range(2):
        with pytest.raises(ConfigError, match=r"relay-00000002\.dhj.*ledger repair"):
            packer.step()
    assert all_frames(layout) == held[:6]
    assert len(list(layout.journal.glob("*.dhj"))) == 2
    evidence = second.read_bytes()
    packer.accept_path(second.name).touch()
    assert not packer.step()
    assert [frame.sequence for frame in all_frames(layout)] == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]
    packed = Packed(layout.packed)
    assert [(gap.first, gap.last, gap.file) for gap in packed.gaps()] == [(7, 7, second.name)]
    assert (layout.damaged / second.name).read_bytes() == evidence != whole
    assert not packer.accept_path(second.name).exists()
    packer.close()


def test_a_backup_in_its_place_is_packed_without_a_word(tmp_path):
    layout = Layout(tmp_path)
    held = files_of(layout, 3)
    second = layout.journal / "relay-00000002.dhj"
    whole = second.read_bytes()
    damage(second, len(whole) - 5)
    packer = packer_of(layout, **SMALL)
    packer.step()
    with pytest.raises(ConfigError):
        packer.step()
    second.write_bytes(whole)
    packer.step()
    packer.close()
    assert all_frames(layout) == held[:12]
    assert not Packed(layout.packed).gaps()


def test_a_torn_tail_is_no_damage(tmp_path):
    layout = Layout(tmp_path)
    held = files_of(layout, 2)
    with (layout.journal / "relay-00000001.dhj").open("ab") as file:
        file.write(b"\xffDH\xfe torn")
    packer_of(layout, **SMALL).step()
    assert all_frames(layout) == held[:6]


def test_it_does_not_pack_over_a_store_that_lost_something(tmp_path):
    layout = Layout(tmp_path)
    files_of(layout, 3)
    packer = packer_of(layout, **SMALL)
    packer.step()
    packer.close()
    path = min(layout.packed.glob("blobs-*"))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ConfigError, match=path.name):
        packer.step()
    path.unlink()
    with pytest.raises(ConfigError, match="missing"):
        packer.step()
    for left in layout.packed.iterdir():
        left.unlink()
    with pytest.raises(ConfigError, match="mark"):
        packer.step()
    assert (layout.journal / "relay-00000002.dhj").exists()


def test_one_reader_sees_what_is_packed_while_it_is_open(tmp_path):
    layout = Layout(tmp_path)
    reader = Packed(layout.packed)
    assert (reader.last(), list(reader.metas()), reader.frame(1)) == (0, [], None)
    held = files_of(layout, 4)
    packer = packer_of(layout, **SMALL)
    for last in (6, 12, 18):
        packer.step()
        assert reader.last() == last
        assert [reader.frame(number) for number in range(1, 20)] == [*held[:last]] + [None] * (
            19 - last
        )
    packer.close()
    reader.close()
