"""One run of erasing: the orders that were open when it began, together, stage by stage.

Every stage can be begun again at any point: what it takes away it looks for first. The stage and
what was found stand in the work file; the doomed items of the packed store in its index.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct, structs

from darkhorse.base.clock import Clock
from darkhorse.storage.erasures import Erasure, ErasureStage, ErasureStore
from darkhorse.storage.ledger.files import ask_for_turn
from darkhorse.storage.ledger.forget.facts import Pair, pairs
from darkhorse.storage.ledger.forget.find import Finder, Sought
from darkhorse.storage.ledger.forget.orphans import Orphans
from darkhorse.storage.ledger.forget.overdue import Overdue, turned, unpacked
from darkhorse.storage.ledger.forget.sweep import Sweep
from darkhorse.storage.ledger.forget.work import Sum, Work
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.reader import Packed

__all__ = ["Others", "Run"]

_PAIRS = 2_000  # a transaction of the facts
_IDS = 5_000  # a call of whoever keeps what was said
_TURN_S = 30.0  # between two requests that the journal be turned, while something still runs

HasTime = Callable[[], bool]


class Others(Struct, frozen=True):
    """Whoever else keeps something of a generation. Each may be told twice."""

    folded: Callable[[], int]
    """The sequence up to which the facts are folded."""

    facts: Callable[[Sequence[Pair]], None]
    """Subtract these from the facts."""

    table: Callable[[], bool]
    """Take the rows of what was subtracted out of the sealed table; True: there is more to do."""

    said: Callable[[Sequence[str]], bool]
    """Forget what these ids said, also what is read only later; True: there is more to do."""

    left: Callable[[Sequence[str]], bool]
    """Do the facts know any of these ids? They were made anew meanwhile then."""

    again: Callable[[], None]
    """Make the facts anew."""

    sweep: Callable[[Callable[[], Iterator[int]]], Sweep]
    """A sweep of the packed store that takes out the records of these sequences."""

    scrub: Sequence[Callable[[], None]]
    """Make files anew, each a slice; the table too, where the facts do not know it any more.

    They raise while a reader stands in the way."""


class Run:
    """`step` until it returns None. Raises what the stages raise; then it is begun again."""

    def __init__(
        self, layout: Layout, store: ErasureStore, work: Work, others: Others, clock: Clock
    ) -> None:
        self._layout = layout
        self._store = store
        self._work = work
        self._others = others
        self._clock = clock
        self._packed = Packed(layout.packed)
        names = json.loads(work.get("orders"))
        self._orders = {each.id: each for each in store.unfinished() if each.id in names}
        self._sought = Sought(self._orders.values())
        self._finder: Finder | None = None
        self._orphans: Orphans | None = None
        self._overdue = Overdue(layout.journal, work, clock)
        self._pairs: Iterator[Pair] | None = None
        self._sweep: Sweep | None = None
        self._turned_at = clock.monotonic()
        self._why = ""
        self._steps = (0, 0)
        self._sums: dict[str, Sum] | None = None

    @staticmethod
    def begin(layout: Layout, work: Work, orders: Sequence[Erasure]) -> None:
        """Write down what is to be done, and have the journal turned."""
        work.note(
            orders=json.dumps([each.id for each in orders]),
            journal=turned(layout.journal),
            stage="waiting",
        )

    @property
    def stage(self) -> ErasureStage:
        """Where it is."""
        stage: ErasureStage = self._work.get("stage")
        return stage

    def step(self, has_time: HasTime) -> bool | None:
        """A slice. True: there is more to do at once. None: all is done."""
        if not self._orders:
            return None
        before = self.stage
        more = self._slice(before, has_time)
        if self._sums is None or before in ("waiting", "finding"):
            self._sums = self._work.sums()
        self._tell(self._sums)
        return None if before == "last" and self.stage == "done" else more

    def _slice(self, stage: ErasureStage, has_time: HasTime) -> bool:
        self._why, self._steps = "", (0, 0)
        match stage:
            case "waiting":
                return self._wait()
            case "finding":
                return self._find(has_time)
            case "facts":
                return self._forget_facts(has_time)
            case "search":
                return self._forget_search(has_time)
            case "packed":
                return self._forget_packed(has_time)
            case _:
                return self._scrub(has_time)

    def close(self) -> None:
        """Let files go; may be called twice."""
        for each in (self._sweep, self._orphans):
            if each:
                each.close()
        self._packed.close()

    def _go_to(self, stage: ErasureStage, **words: int) -> bool:
        self._work.note(stage=stage, **words)
        return True

    # --- stages ---

    def _wait(self) -> bool:
        """Until everything is packed that was there when the run began."""
        waits_for = unpacked(self._layout.journal, self._work.get("journal"))
        if not waits_for:
            return self._go_to("finding", through=self._packed.last())
        self._why = f"{len(waits_for)} files of the journal are not packed yet"
        return False

    def _find(self, has_time: HasTime) -> bool:
        if self._orphans is None:
            more = self._read(has_time)
            if more is not None:
                return more
            self._orphans = Orphans(self._layout, self._work, self._sought)
        return self._orphans.read(has_time) or self._go_to("facts")

    def _read(self, has_time: HasTime) -> bool | None:
        """Read on; None when all are found, with every end that there is."""
        through: int = self._work.get("through")
        if self._finder is None:
            self._finder = Finder(self._work, self._packed, self._sought, through)
        more = self._finder.read(has_time)
        self._steps = min(self._finder.scanned, through), through
        if more:
            return True
        if self._finder.is_done or (self._finder.has_caught_up and self._overdue.is_past()):
            return None
        self._why = f"{self._finder.running} of its generations still run"
        self._turn()
        return False

    def _turn(self) -> None:
        if self._clock.monotonic() - self._turned_at >= _TURN_S:
            self._turned_at = self._clock.monotonic()
            ask_for_turn(self._layout.journal)

    def _forget_facts(self, has_time: HasTime) -> bool:
        if self._others.folded() < self._work.last_sequence():
            self._why = "the facts are still being made"
            return False
        if self._pairs is None:
            self._pairs = pairs(self._work, self._packed, self._work.get("subtracted", 0))
        while some := list(islice(self._pairs, _PAIRS)):
            self._others.facts(some)
            if some[-1].end_sequence:
                self._work.note(subtracted=some[-1].end_sequence)
            if not has_time():
                self._steps = self._work.ended_by(some[-1].end_sequence), self._work.count()
                return True
        return self._others.table() or self._go_to("search")

    def _forget_search(self, has_time: HasTime) -> bool:
        if self._tell_search("searched", has_time):
            return True
        subjects = [order.subject for order in self._orders.values() if order.subject]
        keys = [key for subject in subjects for key in subject.keys]
        self._store.forget(self._work.ordered_ids(), keys)
        return self._go_to("packed")

    def _tell_search(self, word: str, has_time: HasTime) -> bool:
        """Go on with it behind the place that is noted as `word`. True: there is more to do."""
        after: int = self._work.get(word, 0)
        while some := self._work.ids(after, _IDS):
            if self._others.said([name for _, name in some]):
                return True
            after = some[-1][0]
            self._work.note(**{word: after})
            if not has_time():
                return True
        return False

    def _forget_packed(self, has_time: HasTime) -> bool:
        if self._work.count():
            self._sweep = self._sweep or self._others.sweep(self._work.sequences)
            doomed = self._sweep.doomed()
            if self._sweep.step(has_time):
                left = self._sweep.doomed()
                self._steps = max(0, doomed - left), doomed
                return not self._sweep.lingers
        return self._go_to("last", scrubbed=0)

    def _scrub(self, has_time: HasTime) -> bool:
        """What was made anew since, from frames that were still there, forgets once more."""
        if self._tell_search("searched_again", has_time):
            return True
        done: int = self._work.get("scrubbed", 0)
        if done == 0 and self._is_known_again():
            self._others.again()
        if done < len(self._others.scrub) and self._work.count():
            self._others.scrub[done]()
            self._work.note(scrubbed=done + 1)
            self._steps = done + 1, len(self._others.scrub)
            return True
        self._finish()
        return False

    def _is_known_again(self) -> bool:
        after = 0
        while some := self._work.ids(after, _IDS):
            if self._others.left([name for _, name in some]):
                return True
            after = some[-1][0]
        return False

    # --- orders ---

    def _tell(self, sums: Mapping[str, Sum]) -> None:
        """What the orders say of it, where that is something new."""
        if self.stage == "done":
            return
        for order in list(self._orders.values()):
            found = sums.get(order.id)
            told = structs.replace(
                order,
                stage=self.stage,
                why=self._why,
                steps=self._steps[0],
                of_steps=self._steps[1],
                generations=found.generations if found else 0,
                size=found.size if found else 0,
            )
            if told != order:
                self._orders[order.id] = told
                self._store.change(told)

    def _finish(self) -> None:
        """It has happened; of whom is forgotten, first in the rows, then in the file."""
        for order in list(self._orders.values()):
            nameless = structs.replace(order, subject=None, stage="last", why="")
            self._store.change(nameless)
        self._store.scrub()
        for order in self._orders.values():
            if order.kind == "retention" and not order.generations:
                self._store.withdraw(order.id)  # every day would fill the list
                continue
            done = structs.replace(
                order,
                subject=None,
                stage="done",
                why="",
                steps=0,
                of_steps=0,
                done_us=self._clock.now_us(),
            )
            self._store.change(done)
        self._work.note(stage="done")
