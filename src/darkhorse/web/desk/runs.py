"""Runs of this process: few at once, the last ones kept, nothing on disk, no key after the end."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, Protocol

from msgspec import Struct

from darkhorse.attribution.client.asking import Dialect
from darkhorse.attribution.evidence import Evidence
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.signal import Budget
from darkhorse.attribution.verdict import Case
from darkhorse.base.errors import ConfigError, whereabouts
from darkhorse.base.secret import Secret
from darkhorse.web.desk.order import Order
from darkhorse.web.desk.scrub import scrubbed

__all__ = ["AT_ONCE", "KEPT", "Estimate", "Investigator", "Run", "Runs", "Seen", "State"]

AT_ONCE = 2
KEPT = 12
_PARTING_S = 5.0  # for connections to say good-bye
_STOPPED = "It was stopped before there was a verdict."
_log = logging.getLogger(__name__)

State = Literal["running", "done", "stopped", "failed"]


class Estimate(Struct, frozen=True):
    """What a budget takes, about."""

    calls: int
    tokens: int


class Seen(Struct, frozen=True, kw_only=True):
    """How far a run is, and the exhibits so far."""

    what: str = "looking up the address"
    done: int = 0  # questions
    about: int = 0
    calls: int = 0
    tokens: int = 0
    evidence: tuple[Evidence, ...] = ()


class Investigator(Protocol):
    """Who carries out an order; wiring makes one of the attribution's parts."""

    @property
    def known(self) -> Library:
        """Whom it can tell apart."""
        ...

    @property
    def estimates(self) -> Mapping[Budget, Estimate]:
        """For the form."""
        ...

    async def carry_out(self, order: Order, show: Callable[[Seen], None]) -> Case:
        """Ask, and judge. Raises ConfigError: an address that may not be asked, a wrong key."""
        ...


class Run:
    """One of them, as pages show it."""

    def __init__(self, id_: str, order: Order) -> None:
        self.id = id_
        self.url = order.url
        self.model = order.model
        self.dialect: Dialect = order.dialect
        self.budget: Budget = order.budget
        self.state: State = "running"
        self.seen = Seen()
        self.case: Case | None = None
        self.problem = ""
        self.task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """Will nothing change any more?"""
        return self.state != "running"

    @property
    def change(self) -> asyncio.Event:
        """Set when something has changed since now."""
        return self._changed

    def tell(self) -> None:
        """Something has changed."""
        self._changed.set()
        self._changed = asyncio.Event()


class Runs:
    """All of them, newest first."""

    def __init__(self, investigator: Investigator, mint: Callable[[], str]) -> None:
        self._investigator, self._mint = investigator, mint
        self._runs: dict[str, Run] = {}

    def __iter__(self) -> Iterator[Run]:
        return iter(reversed(list(self._runs.values())))

    def find(self, id_: str) -> Run | None:
        """None where there is none of that name, or none any more."""
        return self._runs.get(id_)

    def start(self, order: Order) -> Run:
        """In the background. Raises ConfigError where enough are under way."""
        if sum(not run.is_over for run in self) >= AT_ONCE:
            raise ConfigError(f"{AT_ONCE} runs are under way; wait for one, or stop it.")
        run = Run(self._mint(), order)
        self._runs[run.id] = run
        self._forget()
        run.task = asyncio.create_task(self._carry_out(run, order))
        return run

    async def stop(self, run: Run) -> None:
        """It ends now; what was asked is let go."""
        task = run.task
        if task is None or run.is_over:
            return
        task.cancel()
        await asyncio.wait({task}, timeout=_PARTING_S)
        if task.done() and not run.is_over:  # it had not even begun
            self._end(run, "stopped", _STOPPED)

    async def close(self) -> None:
        """All of them end."""
        for run in self:
            await self.stop(run)

    async def _carry_out(self, run: Run, order: Order) -> None:
        """The task is all that holds the key, and is let go with it."""
        try:
            case = await self._investigator.carry_out(order, _shower(run, order.key))
            run.case = scrubbed(case, order.key)
            self._end(run, "done", "")
        except asyncio.CancelledError:
            self._end(run, "stopped", _STOPPED)
        except ConfigError as e:
            self._end(run, "failed", scrubbed(str(e), order.key))
        except Exception as e:  # noqa: BLE001 (whatever it is, its text may quote the key)
            _log.error("a run failed: %s", whereabouts(e))
            self._end(run, "failed", "It failed on our side; the log says where.")

    @staticmethod
    def _end(run: Run, state: State, problem: str) -> None:
        run.state, run.problem, run.task = state, problem, None
        run.tell()

    def _forget(self) -> None:
        """The oldest that are over, beyond those that are kept."""
        over = [run for run in self._runs.values() if run.is_over]
        for run in over[: max(0, len(self._runs) - KEPT)]:
            del self._runs[run.id]


def _shower(run: Run, key: Secret) -> Callable[[Seen], None]:
    def show(seen: Seen) -> None:
        run.seen = scrubbed(seen, key)
        run.tell()

    return show
