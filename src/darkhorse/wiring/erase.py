"""What `darkhorse ledger erase` does: name a subject, count what is there, order, carry out."""

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from msgspec import Struct

from darkhorse.accounts.people import People
from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.base.ids import RandomIds
from darkhorse.base.settings import JournalSettings
from darkhorse.storage.erasures import Erasure, ErasureKind, Subject
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.entries import decoded
from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.files import WriterLock
from darkhorse.storage.ledger.fold import Fold
from darkhorse.storage.ledger.forget.find import Begun, Sought
from darkhorse.storage.ledger.frame import END, START
from darkhorse.storage.ledger.history import id_of
from darkhorse.storage.ledger.journal import FileJournal
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.whole import Whole
from darkhorse.storage.state.erasures import SqlErasureStore
from darkhorse.wiring.forget import Forgetting
from darkhorse.wiring.key_names import key_among
from darkhorse.wiring.lock import KEEPER_LOCK, holder, keeping
from darkhorse.wiring.private_file import PEOPLE_FILE, kept_secret
from darkhorse.wiring.state import STATE_FILE, open_state_in

__all__ = [
    "Preview",
    "SqlErasureStore",
    "Wanted",
    "carry_out",
    "erasure_store",
    "is_served",
    "order",
    "preview",
    "wait_for",
    "wanted",
]

_POLL_S = 0.3

OnOrder = Callable[[Erasure], None]


class Wanted(Struct, frozen=True):
    """Whose record is to go."""

    kind: ErasureKind
    subject: Subject


class Preview(Struct, frozen=True, kw_only=True):
    """What the ledger holds of a subject. `size` is in bytes as they came."""

    generations: int = 0
    running: int = 0
    size: int = 0
    first_us: int | None = None
    last_us: int | None = None
    damaged_files: int = 0  # set aside in DATA/damaged, where nothing is erased
    reports_beside: int = 0  # that name no generation, and may quote it all the same


@contextmanager
def erasure_store(data: Path, clock: Clock) -> Iterator[SqlErasureStore]:
    """Orders of a data directory. Raises ConfigError where there is no state yet."""
    if not (data / STATE_FILE).exists():
        raise ConfigError(
            f"{data}: holds no Darkhorse state; give --data the server's data directory."
        )
    store = SqlErasureStore(open_state_in(data, clock))
    try:
        yield store
    finally:
        store.close()


def wanted(
    data: Path,
    store: SqlErasureStore,
    *,
    keys: Sequence[str] = (),
    user: str = "",
    generations: Sequence[str] = (),
) -> Wanted:
    """The subject of an order: a key by label or hash, a user of one or all keys, or ids.

    Raises ConfigError for a key nobody knows, and for words that do not go together.
    """
    if generations and (keys or user):
        raise ConfigError("Give either --generation, or --key and --user; not both.")
    if generations:
        return Wanted("generation", Subject(generations=tuple(generations)))
    known = store.key_hashes()
    hashes = tuple(key_among(known, name) for name in keys)
    if user:
        people = People(_secret(data))
        persons = (people.person(key=each, user=user, address="") for each in hashes or known)
        return Wanted("user", Subject(people=tuple(persons)))
    if not hashes:
        raise ConfigError("Say what to erase: --key, --user or --generation.")
    return Wanted("key", Subject(keys=hashes))


def _secret(data: Path) -> bytes:
    path = data / PEOPLE_FILE
    if not path.exists():
        raise ConfigError(
            f"{path}: is missing, and without it no user can be told from another; put a backup's "
            "file in its place, or erase by --key or --generation."
        )
    return kept_secret(path)


def preview(data: Path, subject: Subject, on_progress: Callable[[int, int], None]) -> Preview:
    """Count what there is now; reads every record, no body. `on_progress`: (frames, of frames)."""
    counted = _Counted(subject)
    with closing(Whole(Layout(data))) as whole:
        last = whole.packed.last()
        for meta in whole.packed.metas():
            counted.take(meta.kind, meta.meta, meta.size)
            if not meta.sequence % 1000:
                on_progress(meta.sequence, last)
        for frame, _ in whole.frames(after=last):
            counted.take(frame.kind, frame.meta, len(frame.body))
    on_progress(1, 1)
    return counted.preview(_damaged_files(data))


class _Counted:
    """Generations of a subject as they go by. A start that came again counts again, but by id."""

    def __init__(self, subject: Subject) -> None:
        order = Erasure(id="asked", kind="key", asked_us=0, subject=subject)
        self._sought = Sought([order])
        self._named: set[str] = set()  # of those that the subject names, the ones that are there
        self._running: set[str] = set()
        self._ended = self._size = 0
        self._times: list[int] = []  # of the first and the last

    def take(self, kind: int, meta: bytes, size: int) -> None:
        """The next frame."""
        if kind == START and (begun := decoded(meta, Begun)) and self._sought.order_of(begun):
            self._size += size
            times = (*self._times, begun.at_us)
            self._times = [min(times), max(times)]
            if self._is_new(begun.id):
                self._running.add(begun.id)
        elif kind == END:
            self._end(id_of(meta), size)

    def _end(self, name: str, size: int) -> None:
        """Its start may be lost; then only its name tells whose it is."""
        if name in self._running:
            self._running.discard(name)
            self._ended += 1
        elif self._sought.order_naming(name):
            self._ended += self._is_new(name)
        else:
            return
        self._size += size

    def _is_new(self, name: str) -> bool:
        if not self._sought.order_naming(name):
            return True
        known = name in self._named
        self._named.add(name)
        return not known

    def preview(self, damaged_files: int) -> Preview:
        """All of it."""
        first, last = self._times or (None, None)
        return Preview(
            generations=self._ended + len(self._running),
            running=len(self._running),
            size=self._size,
            first_us=first,
            last_us=last,
            damaged_files=damaged_files,
        )


def _damaged_files(data: Path) -> int:
    damaged = Layout(data).damaged
    return sum(path.is_file() for path in damaged.rglob("*")) if damaged.exists() else 0


def order(store: SqlErasureStore, what: Wanted, clock: Clock) -> Erasure:
    """Write it down; from now on the keeper does it."""
    made = Erasure(
        id=RandomIds().erasure(), kind=what.kind, asked_us=clock.now_us(), subject=what.subject
    )
    store.add(made)
    return made


def is_served(data: Path) -> bool:
    """Does a server or a keeper run there, which carries orders out? Raises ConfigError."""
    try:
        return holder(data)[0] or holder(data, KEEPER_LOCK)[0]
    except OSError as e:
        raise ConfigError(f"{data / 'lock'}: cannot be read ({e.strerror}).") from None


def wait_for(store: SqlErasureStore, made: Erasure, on_order: OnOrder) -> Erasure:
    """Until the keeper is done with it; `on_order` hears how far it is."""
    pause = threading.Event()
    while (now := store.erasure(made.id)) and not now.is_done:
        on_order(now)
        pause.wait(_POLL_S)
    return now or made


def carry_out(
    data: Path, store: SqlErasureStore, made: Erasure, clock: Clock, on_order: OnOrder
) -> Erasure:
    """Do the keeper's work where none runs. Raises ConfigError if one does after all."""
    layout = Layout(data)
    with keeping(data):
        _pack_all(layout, clock)
        _fold_all(layout)
        forgetting = Forgetting(data, clock, lambda: None)
        try:
            return _carried_out(forgetting, store, made, on_order)
        finally:
            forgetting.close()


def _carried_out(
    forgetting: Forgetting, store: SqlErasureStore, made: Erasure, on_order: OnOrder
) -> Erasure:
    pause = threading.Event()
    while (now := store.erasure(made.id)) and not now.is_done:
        on_order(now)
        if not forgetting.step():
            pause.wait(_POLL_S)
    forgetting.step()  # the work file goes
    return now or made


def _pack_all(layout: Layout, clock: Clock) -> None:
    """The newest file too: nobody writes it. What was running when a server died ends first."""
    if not layout.journal.is_dir():
        return
    new_id = partial(secrets.randbits, 64)
    disk = RealDisk()
    FileJournal(
        layout.journal, settings=JournalSettings(), clock=clock, disk=disk, new_file_id=new_id
    ).close()
    with WriterLock(layout.journal, "relay"):
        packer = Packer(layout, disk=disk, clock=clock, new_file_id=new_id, newest_too=True)
        try:
            while packer.step():
                pass
        finally:
            packer.close()


def _fold_all(layout: Layout) -> None:
    engine = open_facts(layout.facts)
    fold = Fold(engine, layout)
    try:
        fold.catch_up()
    finally:
        fold.close()
        engine.dispose()
