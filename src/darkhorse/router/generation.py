"""One generation, from admission to its end frame, in a task of its own.

The client's connection may go away; the record does not depend on it. The last bytes of an answer
are handed over only when its end frame is on disk.
"""

import asyncio
import itertools
import logging
import math
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing

import msgspec

from darkhorse.base.clock import Clock
from darkhorse.base.errors import (
    ClientGone,
    DarkhorseError,
    Internal,
    LedgerUnavailable,
    Unavailable,
    whereabouts,
)
from darkhorse.base.ids import IdSource
from darkhorse.base.patience import Patience
from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.listing import Endpoint
from darkhorse.cloak import faults
from darkhorse.cloak.stream import Cloak
from darkhorse.router.admit import Plan, engine_request
from darkhorse.router.channel import Channel
from darkhorse.router.health import Health
from darkhorse.storage.ports import Journal
from darkhorse.storage.records import Answer, Attempt, EndRecord, Outcome, StartRecord
from darkhorse.upstream.base import Upstream
from darkhorse.wire.chunks import Chunk, PublicChunk
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import GenerationRequest

__all__ = ["Generation", "Means"]

log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode
_LATE = 10_000
_PAUSE_S = 0.25  # before an endpoint is asked again: an engine that restarts needs a moment


class Means:
    """What every generation works with; one for all."""

    def __init__(
        self,
        *,
        upstreams: Mapping[Endpoint, Upstream],
        journal: Journal,
        clock: Clock,
        ids: IdSource,
        settings: UpstreamSettings,
        on_end: Callable[[StartRecord, EndRecord], None],
    ) -> None:
        self.upstreams = upstreams
        self.journal = journal
        self.clock = clock
        self.ids = ids
        self.settings = settings
        self.health = Health(settings.cooldown_s)
        self.on_end = on_end
        self.unrecorded: deque[tuple[EndRecord, bytes]] = deque(maxlen=_LATE)
        """Ends that the journal could not take; written when it can again."""


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
        self.channel = Channel()
        self._means = means
        self._plan = plan
        self._request = request
        self._start = start
        self._started = started  # done when the start frame is on disk
        self._began = means.clock.monotonic()
        self._cloak = self._new_cloak()
        self._held: list[PublicChunk] = []
        self._delivered = False
        self._first_token_ms: float | None = None
        self._attempts: list[Attempt] = []
        self._task: asyncio.Task[None] | None = None
        self._stopped_by: DarkhorseError | None = None
        self.settled = False  # from here on only the record is written; too late to stop

    def begin(self) -> "asyncio.Task[None]":
        """Start the task. The router keeps it."""
        self._task = asyncio.create_task(self._run())
        return self._task

    def stop(self, why: DarkhorseError) -> None:
        """End it now: the upstream is cancelled, what came so far is recorded."""
        if not self.settled and self._stopped_by is None:
            self._stopped_by = why
            # not at once: a task that is cancelled before its first step never runs at all
            asyncio.get_running_loop().call_soon(self._interrupt)

    def _interrupt(self) -> None:
        if self._task and not self.settled:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            error = await self._answer() or self._stopped_by
        except asyncio.CancelledError:
            error = self._stopped_by or Internal()
        except DarkhorseError as e:
            error = e
        except Exception as e:  # noqa: BLE001 (whatever it is, it is recorded)
            log.error("generation %s failed: %s", self.id, whereabouts(e))  # noqa: TRY400 (private)
            error = Internal()
        self.settled = True
        await self._finish(error)

    async def _answer(self) -> DarkhorseError | None:
        """Ask endpoint after endpoint until one answers; the error to tell otherwise."""
        error: DarkhorseError = Unavailable()
        lasting: set[Endpoint] = set()
        for endpoint in self._rotation(lasting):
            if len(self._attempts) >= len(self._plan.endpoints):
                await asyncio.sleep(_PAUSE_S)
            fault = await self._try(endpoint)
            if fault is None:
                return None
            error = faults.public(fault)
            if self._delivered or not faults.is_retryable(fault):
                return error
            if not faults.is_passing(fault):
                lasting.add(endpoint)
        return self._with_patience(error)

    def _rotation(self, lasting: set[Endpoint]) -> Iterator[Endpoint]:
        """Endpoints to ask, each once, the first ones again if tries are left."""
        endpoints = self._plan.endpoints
        tries = max(self._means.settings.attempts, len(endpoints))
        for endpoint in itertools.islice(itertools.cycle(endpoints), tries):
            now = self._means.clock.monotonic()
            if endpoint not in lasting and self._means.health.is_up(endpoint, now):
                yield endpoint

    def _with_patience(self, error: DarkhorseError) -> DarkhorseError:
        """Where every endpoint rests, say for how long."""
        now = self._means.clock.monotonic()
        wait = self._means.health.wait_s(self._plan.endpoints, now)
        return Unavailable(retry_after=math.ceil(wait)) if wait else error

    async def _try(self, endpoint: Endpoint) -> UpstreamFault | None:
        """Ask one endpoint.

        Some engines refuse a prompt that fits when prompt and limit together do not; then the
        limit is left to us.
        """
        fault = await self._attempt(endpoint, bounded=True)
        if fault and fault.kind == "context" and self._request.max_tokens and not self._delivered:
            fault = await self._attempt(endpoint, bounded=False)
        return fault

    async def _attempt(self, endpoint: Endpoint, *, bounded: bool) -> UpstreamFault | None:
        """One attempt, noted for the record whatever becomes of it."""
        began = self._means.clock.monotonic()
        if self._attempts:
            self._cloak = self._new_cloak()
            self._held.clear()
            self._first_token_ms = None
        fault: UpstreamFault | None = UpstreamFault("cut", detail="stopped")
        try:
            await self._pump(endpoint, bounded=bounded)
            fault = None
        except UpstreamFault as e:
            fault = e
        finally:
            self._note(endpoint, began, fault)
        return fault

    async def _pump(self, endpoint: Endpoint, *, bounded: bool) -> None:
        asked = engine_request(self._request, self._plan, endpoint, bounded=bounded)
        upstream = self._means.upstreams[endpoint]
        try:
            with Patience(self._means.settings.total_s):
                async with aclosing(upstream.answer(asked)) as answer:
                    await self._pass_on(answer)
        except TimeoutError:
            raise UpstreamFault("total_timeout") from None
        if self._cloak.finish == "error" and not self._cloak.full:
            raise UpstreamFault("error_event", detail=self._cloak.native_finish)

    async def _pass_on(self, answer: AsyncIterator[list[Chunk]]) -> None:
        async for chunks in answer:
            if public := self._cloak.feed(chunks):
                await self._deliver(public)
            if self._cloak.full:
                return

    async def _deliver(self, public: list[PublicChunk]) -> None:
        if self._first_token_ms is None:
            self._first_token_ms = self._elapsed_ms(self._began)
        if not self._request.stream:
            self._held.extend(public)
            return
        if not self._delivered:
            await asyncio.shield(self._started)  # stopped here, we still have an end to record
            self._delivered = True
        await self.channel.put(public)

    def _note(self, endpoint: Endpoint, began: float, fault: UpstreamFault | None) -> None:
        if fault is None:
            self._means.health.recover(endpoint)
        elif faults.is_account_fault(fault):
            self._means.health.rest(endpoint, self._means.clock.monotonic())
        attempt = Attempt(
            endpoint=endpoint.name,
            duration_ms=self._elapsed_ms(began),
            outcome=fault.kind if fault else "ok",
            status=fault.status if fault else 200,
            upstream_id=self._cloak.upstream_id,
            upstream_model=self._cloak.upstream_model,
            native_finish=self._cloak.native_finish,
            detail=fault.detail if fault else "",
        )
        self._attempts.append(attempt)

    async def _finish(self, error: DarkhorseError | None) -> None:
        """Record the end, then let the last bytes go."""
        last = [*self._held, self._cloak.last()] if error is None else []
        record, answer = self._end_record(error), self._answer_body()
        try:
            await self._started
            await (await self._means.journal.end(record, answer))
        except LedgerUnavailable as e:
            error, last = error or e, []
            record = self._end_record(error)
            self._means.unrecorded.append((record, answer))
        except Exception as e:  # noqa: BLE001 (the client must hear of it)
            log.error("the end of %s was not recorded: %s", self.id, whereabouts(e))  # noqa: TRY400
            error, last = Internal(), []
            record = self._end_record(error)
        self.channel.close(last, error)
        self._means.on_end(self._start, record)

    def _end_record(self, error: DarkhorseError | None) -> EndRecord:
        return EndRecord(
            id=self.id,
            at_us=self._means.clock.now_us(),
            outcome=_outcome(error),
            finish="error" if error else self._cloak.last().finish,
            status=error.status if error else 200,
            error_type=error.error_type if error else "",
            usage=self._cloak.usage(),
            native=self._cloak.native,
            first_token_ms=self._first_token_ms,
            duration_ms=self._elapsed_ms(self._began),
            attempts=tuple(self._attempts),
        )

    def _answer_body(self) -> bytes:
        texts = self._cloak.texts
        return _encode(
            Answer(texts["text"], texts["reasoning"], texts["refusal"], self._cloak.calls)
        )

    def _new_cloak(self) -> Cloak:
        return Cloak(
            prompt_tokens=self._plan.prompt_tokens,
            limit=self._plan.limit,
            call_id=self._means.ids.call,
        )

    def _elapsed_ms(self, since: float) -> float:
        return round((self._means.clock.monotonic() - since) * 1000, 3)


def _outcome(error: DarkhorseError | None) -> Outcome:
    if error is None:
        return "done"
    return "cancelled" if isinstance(error, ClientGone) else "failed"
