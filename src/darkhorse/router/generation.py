"""One generation, from admission to its end frame, in a task of its own.

The client's connection may go away; the record does not depend on it. The last bytes of an answer
are handed over only when its end frame is on disk.
"""

import asyncio
import logging

import msgspec

from darkhorse.base.errors import (
    ClientGone,
    DarkhorseError,
    Internal,
    LedgerUnavailable,
    whereabouts,
)
from darkhorse.router.admit import Plan
from darkhorse.router.attempts import Attempts
from darkhorse.router.channel import Channel
from darkhorse.router.late import is_durable
from darkhorse.router.means import Means
from darkhorse.storage.records import Answer, EndRecord, Outcome, StartRecord
from darkhorse.wire.request import GenerationRequest

__all__ = ["Generation", "Means"]

log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class Generation:
    """A running generation. Read it with `channel.get()`; `stop()` ends it early."""

    def __init__(
        self,
        means: Means,
        plan: Plan,
        request: GenerationRequest,
        start: StartRecord,
        started: "asyncio.Future[None]",
    ) -> None:
        self.id = start.id
        self.created = start.at_us // 1_000_000
        self.model = start.listing
        self._is_paced = plan.listing.rhythm.is_paced
        self.channel = Channel(holds_up=not self._is_paced)
        self._means = means
        self._start = start
        self._started = started  # done when the start frame is on disk
        self._ended: asyncio.Future[None] | None = None  # likewise the end frame
        self._began = means.clock.monotonic()
        self._attempts = Attempts(means, plan, request, channel=self.channel, started=started)
        self._task: asyncio.Task[None] | None = None
        self._stopped_by: DarkhorseError | None = None
        self.settled = False  # from here on only the record is written; too late to stop
        self.is_on_record = False  # is the start frame on disk?

    def begin(self) -> "asyncio.Task[None]":
        """Start the task. The router keeps it."""
        self._task = asyncio.create_task(self._run())
        self._started.add_done_callback(self._heed)
        return self._task

    def _heed(self, started: "asyncio.Future[None]") -> None:
        """Without a record nobody is to work on it any longer."""
        if not started.cancelled() and isinstance(e := started.exception(), LedgerUnavailable):
            self.stop(e)

    def stop(self, why: DarkhorseError) -> None:
        """End it now: the upstream is cancelled, what came so far is recorded."""
        if self.settled:  # at most, what is left of it is on its way
            self.channel.on_error(why)
            self.channel.leave()
        elif self._stopped_by is None:
            self._stopped_by = why
            self.channel.leave()
            # not at once: a task that is cancelled before its first step never runs at all
            asyncio.get_running_loop().call_soon(self._interrupt)

    def _interrupt(self) -> None:
        if self._task and not self.settled:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            error = await self._attempts.run(self._start) or self._stopped_by
        except asyncio.CancelledError:
            error = self._stopped_by or Internal()
        except DarkhorseError as e:
            error = e
        except Exception as e:  # noqa: BLE001 (whatever it is, it is recorded)
            log.error("generation %s failed: %s", self.id, whereabouts(e))  # noqa: TRY400 (private)
            error = Internal()
        self.settled = True
        await self._finish(error)

    async def _finish(self, error: DarkhorseError | None) -> None:
        """Record the end, then let the last bytes go."""
        attempts = self._attempts
        last = [*attempts.held, attempts.cloak.last()] if error is None else []
        record, answer = self._end_record(error), self._answer_body()
        try:
            await self._write_end(record, answer)
        except LedgerUnavailable as e:
            error, last = error or e, []
            self.channel.close(last, error)  # at once: what follows may wait for the disk
            record = await self._end_late(record, self._end_record(error), answer)
        except Exception as e:  # noqa: BLE001 (the client must hear of it)
            log.error("the end of %s was not recorded: %s", self.id, whereabouts(e))  # noqa: TRY400
            error, last = Internal(), []
            record = self._end_record(error)
        self.channel.close(last, error)
        if self._is_paced:  # who could see sooner that it has ended would see the engine's pace
            await self.channel.left()
        self._means.on_end(self._start, record)

    async def _write_end(self, record: EndRecord, answer: bytes) -> None:
        await self._started
        self.is_on_record = True
        self._ended = await self._means.journal.end(record, answer)
        await self._ended

    async def _end_late(self, record: EndRecord, failed: EndRecord, answer: bytes) -> EndRecord:
        """The client has heard of a failure; returns what the record says of it in the end.

        That is `record` where the disk was only slow: a generation is ended once.
        """
        journal = self._means.journal
        if self._ended and await is_durable(journal, self._ended):
            return record
        if not self.is_on_record:  # without a beginning there is nothing to end
            self.is_on_record = await is_durable(journal, self._started)
        if self.is_on_record:
            self._means.late.add(failed, answer)
        return failed

    def _end_record(self, error: DarkhorseError | None) -> EndRecord:
        cloak, elapsed_s = self._attempts.cloak, self._means.clock.monotonic() - self._began
        usage, outcome = cloak.usage(), _outcome(error)
        return EndRecord(
            id=self.id,
            at_us=self._means.clock.now_us(),
            outcome=outcome,
            finish="error" if error else cloak.last().finish,
            status=error.status if error else 200,
            error_type=error.error_type if error else "",
            usage=usage,
            micro_usd=0 if outcome == "failed" else usage.micro_usd,  # an error costs nothing
            native=cloak.native,
            first_token_ms=self._attempts.first_token_ms,
            duration_ms=round(elapsed_s * 1000, 3),
            attempts=tuple(self._attempts.made),
            withheld=cloak.withheld,
        )

    def _answer_body(self) -> bytes:
        cloak = self._attempts.cloak
        said = cloak.texts
        parts = (said["text"], said["reasoning"], said["refusal"], cloak.calls, cloak.vectors)
        return _encode(Answer(*parts))


def _outcome(error: DarkhorseError | None) -> Outcome:
    if error is None:
        return "done"
    return "cancelled" if isinstance(error, ClientGone) else "failed"
