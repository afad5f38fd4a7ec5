"""A part is on stable storage before the manifest names it."""

import os
from collections import Counter

import msgspec
import pytest

from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.export.order import Order, Wanted
from darkhorse.storage.ledger.export.parts import MANIFEST, Manifest, Parts, Told
from darkhorse.storage.ledger.export.rows import COLUMNS


@pytest.fixture
def synced(monkeypatch):
    """File number to the bytes that were synced of it."""
    sizes = {}

    def noting(real):
        def sync(descriptor):
            found = os.fstat(descriptor)
            real(descriptor)
            sizes[found.st_ino] = found.st_size

        return sync

    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, noting(getattr(os, name)))
    return sizes


class _Watching(RealDisk):
    """Before a manifest is written, looks at what it names."""

    def __init__(self, synced):
        self.synced = synced
        self.seen = []

    def replace(self, path, content):
        if path.name == MANIFEST:
            for part in msgspec.json.decode(content, type=Manifest).parts:
                found = (path.parent / part.file).stat()
                self.seen.append(part.file)
                assert self.synced.get(found.st_ino) == found.st_size == part.bytes
        super().replace(path, content)


@pytest.mark.parametrize(
    ("form", "compressed"), [("chat", False), ("chat", True), ("parquet", False)]
)
def test_every_part(tmp_path, synced, form, compressed):
    order = Order(form=form, wanted=Wanted(), part_bytes=1000, masked=False, compressed=compressed)
    disk = _Watching(synced)
    parts = Parts(tmp_path / "folder", disk)
    assert parts.found() is None
    manifest = parts.write(Manifest(order=order))
    line = msgspec.json.encode(dict.fromkeys(COLUMNS))
    for last in (1, 2):
        manifest = parts.add(manifest, [line] * 9, Told(last, Counter(), Counter()))
    assert set(disk.seen) == {part.file for part in manifest.parts}
    assert len(set(disk.seen)) == 2
