"""What `ledger export` needs: the packed record, what launches promised, the masker."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from msgspec import Struct, structs

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.launch import Launch
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.export.export import Export
from darkhorse.storage.ledger.export.order import Form, Order, Wanted
from darkhorse.storage.ledger.export.parts import Manifest, Parts
from darkhorse.storage.ledger.export.recorded import is_known
from darkhorse.storage.ledger.frame import END
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.masking.kingfisher import Kingfisher
from darkhorse.storage.ledger.masking.masker import Masker
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.read import frames
from darkhorse.wiring.key_names import key_of
from darkhorse.wiring.launches import open_launch_store
from darkhorse.wiring.state import STATE_FILE

__all__ = ["Exported", "Form", "Manifest", "Order", "Wanted", "export"]

MASKING = "masking"
"""In the data directory: the scanner's compiled rules. It can be deleted at any time."""
WORK = "exporting"
"""In the data directory: texts that are being scanned, as they came."""


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
        wanted = _known(data, packed, order.wanted)
        if wanted.listings:  # an alias was asked for, perhaps; records have the slug
            wanted = structs.replace(wanted, listings=allowed)
        horizon = packed.last()
        order = structs.replace(
            order, wanted=wanted, upto=horizon, listings=allowed, refused=refused
        )
        with _held(folder), _work(data) as work:
            manifest = _run(layout, packed, Parts(folder, RealDisk()), work, order, on_progress)
        return Exported(manifest, _unpacked(layout, horizon))
    finally:
        packed.close()


def _run(
    layout: Layout,
    packed: Packed,
    parts: Parts,
    work: Path,
    order: Order,
    on_progress: Callable[[str, int, int], None],
) -> Manifest:
    scanner = Kingfisher(cache=layout.data / MASKING, work=work)
    masker = Masker(scanner) if order.masked else None
    return Export(packed, parts, masker, on_progress).run(order)


def _known(data: Path, packed: Packed, wanted: Wanted) -> Wanted:
    """With the key's hash. Raises ConfigError for a key or an app that never was."""
    if wanted.app and not is_known(packed, Wanted(app=wanted.app)):
        raise ConfigError(
            f"No packed generation is of an app called `{wanted.app}`; an app is the host of its "
            "HTTP-Referer."
        )
    if not wanted.key:
        return wanted
    key = key_of(data, wanted.key)
    if key == wanted.key and not is_known(packed, Wanted(key=key)):
        raise ConfigError(
            f"No packed generation is of the key {key[:12]}; `darkhorse key list` shows all keys."
        )
    return structs.replace(wanted, key=key)


@contextmanager
def _work(data: Path) -> Iterator[Path]:
    """A folder for texts that are being scanned; those of processes that died go first."""
    every = data / WORK
    RealDisk().make_directory(every)
    with _locked(every, fcntl.LOCK_EX):
        _sweep(every)
        made = Path(tempfile.mkdtemp(dir=every))
        descriptor = os.open(made, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(descriptor)


def _sweep(every: Path) -> None:
    """Remove what nobody holds."""
    for folder in every.iterdir():
        with suppress(BlockingIOError), _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
            shutil.rmtree(folder)


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """One export at a time in a directory, which is made where there is none."""
    RealDisk().make_directory(folder)
    with ExitStack() as stack:
        try:
            stack.enter_context(_locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            raise ConfigError(
                f"{folder}: another export is writing there; name another directory."
            ) from None
        yield


def _listings(data: Path, asked: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Those that may be exported, and the others with the reason. Raises ConfigError.

    A launch that is live can promise more, never less: what may be used now always might.
    """
    launches = open_launch_store(data).launches()
    names = {name: each for each in launches for name in each.listing.names}
    for name in asked:
        _check(name, names.get(name))
    allowed = tuple(sorted(each.listing.slug for each in launches if each.listing.may_train))
    refused = {each.listing.slug: why for each in launches if (why := _refusal(each))}
    if not asked:
        return allowed, refused
    return tuple(sorted({names[name].listing.slug for name in asked})), {}


def _refusal(launch: Launch) -> str:
    """Why nothing of it may be exported; empty where it may."""
    if launch.listing.may_train:
        return ""
    return _UNSAID if launch.listing.training is None else _PROMISED


_PROMISED = "its launch promises that nothing of it is used for training (training = false)"
_UNSAID = (
    "its launch has a disclosure of its own and does not say whether it may be used for training; "
    "set training = true or false under [public] in its launch file (`darkhorse launch edit`)"
)


def _check(name: str, launch: Launch | None) -> None:
    if launch is None:
        raise ConfigError(f"No launch is called {name}; `darkhorse launch list` names them.")
    if why := _refusal(launch):
        raise ConfigError(f"{name}: cannot be exported; {why}.")


def _unpacked(layout: Layout, packed: int) -> int:
    """How many have ended behind the last that is packed."""
    if not layout.journal.is_dir():
        return 0
    return sum(frame.kind == END and frame.sequence > packed for frame, _ in frames(layout.journal))
