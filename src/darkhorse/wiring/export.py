"""What `ledger export` needs: the packed record, what launches promised, the masker."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, structs

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.launch import Launch
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.export.export import Export
from darkhorse.storage.ledger.export.order import Form, Order, Wanted
from darkhorse.storage.ledger.export.parts import Manifest, Parts
from darkhorse.storage.ledger.frame import END
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.masking.kingfisher import Kingfisher
from darkhorse.storage.ledger.masking.masker import Masker
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.read import frames
from darkhorse.wiring.launches import open_launch_store
from darkhorse.wiring.state import STATE_FILE

__all__ = ["Exported", "Form", "Manifest", "Order", "Wanted", "export"]

MASKING = "masking"
"""In the data directory: the scanner's compiled rules. It can be deleted at any time."""


class Exported(Struct, frozen=True):
    """A finished export; `unpacked` generations have ended and are not packed yet."""

    manifest: Manifest
    unpacked: int


def export(
    data: Path, folder: Path, order: Order, on_progress: Callable[[str, int, int], None]
) -> Exported:
    """Do the order over the record in `data`, or go on with it in `folder`.

    `order.upto`, `listings` and `refused` are filled in here. Raises ConfigError, OSError.
    """
    layout = Layout(data)
    if not (data / STATE_FILE).is_file():
        raise ConfigError(
            f"{data}: is not a server's data directory; name it with --data DIR or the variable "
            "DARKHORSE_DATA."
        )
    allowed, refused = _listings(data, order.wanted.listings)
    packed = Packed(layout.packed)
    try:
        horizon = packed.last()
        order = structs.replace(order, upto=horizon, listings=allowed, refused=refused)
        with _held(folder):
            manifest = _run(layout, packed, folder, order, on_progress)
        return Exported(manifest, _unpacked(layout, horizon))
    finally:
        packed.close()


def _run(
    layout: Layout,
    packed: Packed,
    folder: Path,
    order: Order,
    on_progress: Callable[[str, int, int], None],
) -> Manifest:
    work = folder / "work"
    scanner = Kingfisher(cache=layout.data / MASKING, work=work)
    try:
        masker = Masker(scanner) if order.masked else None
        return Export(packed, Parts(folder, RealDisk()), masker, on_progress).run(order)
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """One export at a time in a directory, which is made where there is none."""
    RealDisk().make_directory(folder)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(
                f"{folder}: another export is writing there; name another directory."
            ) from None
        yield
    finally:
        os.close(descriptor)


def _listings(data: Path, asked: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Those that may be exported, and the others with the reason. Raises ConfigError.

    What a launch promises cannot change once it is live, so what holds now held for every request.
    """
    launches = open_launch_store(data).launches()
    names = {name: each for each in launches for name in each.listing.names}
    for name in asked:
        _check(name, names.get(name))
    allowed = tuple(sorted(each.listing.slug for each in launches if each.listing.training))
    refused = {each.listing.slug: _REFUSED for each in launches if not each.listing.training}
    if not asked:
        return allowed, refused
    return tuple(sorted({names[name].listing.slug for name in asked})), {}


_REFUSED = "its launch promises that nothing of it is used for training (training = false)"


def _check(name: str, launch: Launch | None) -> None:
    if launch is None:
        raise ConfigError(f"No launch is called {name}; `darkhorse launch list` names them.")
    if not launch.listing.training:
        raise ConfigError(f"{name}: cannot be exported; {_REFUSED}.")


def _unpacked(layout: Layout, packed: int) -> int:
    """How many have ended behind the last that is packed."""
    if not layout.journal.is_dir():
        return 0
    return sum(frame.kind == END and frame.sequence > packed for frame, _ in frames(layout.journal))
