"""The attempts behind one generation: another try, another endpoint. The client sees one answer."""

import asyncio
import math
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial

from darkhorse.base.errors import ContextExceeded, DarkhorseError, Unavailable, UnfitAnswer
from darkhorse.base.patience import Patience
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.cloak import faults
from darkhorse.cloak.stream import Cloak
from darkhorse.router import profile
from darkhorse.router.admit import Plan, engine_request
from darkhorse.router.asked import asked_text
from darkhorse.router.channel import Channel
from darkhorse.router.means import Means
from darkhorse.router.order import conversation, order
from darkhorse.router.plainer import plainer
from darkhorse.router.portions import portions
from darkhorse.router.promises import NOTHING, offered
from darkhorse.router.turns import Turns
from darkhorse.storage.records import Attempt, StartRecord
from darkhorse.wire.chunks import Chunk, PublicChunk
from darkhorse.wire.conversation import begun_text
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import EngineRequest, GenerationRequest

__all__ = ["Attempts"]

_PAUSE_S = 0.25  # before an endpoint is asked again: an engine that restarts needs a moment


class Attempts:
    """`run()` them once; what they leave is for the record.

    A streamed answer goes to `channel` as it comes, as soon as `started` (the start frame is on
    disk) is done; any other is `held`, and so is what the plan's promise does not let go before it
    is whole. An answer that breaks the promise is asked for once more, if none of it has left.
    """

    def __init__(
        self,
        means: Means,
        plan: Plan,
        request: GenerationRequest,
        *,
        channel: Channel,
        started: "asyncio.Future[None]",
    ) -> None:
        self._means = means
        self._plan = plan
        self._request = request
        self._channel = channel
        self._started = started
        self._began = means.clock.monotonic()
        self._delivered = False  # to the client: from here on there is no other attempt
        self._asked_again = False  # because of a broken promise
        self.cloak = self._new_cloak()
        self.held: list[PublicChunk] = []
        self._thoughts: list[PublicChunk] = []  # hidden, not handed on yet
        self.first_token_ms: float | None = None
        self.made: list[Attempt] = []

    async def run(self, start: StartRecord) -> DarkhorseError | None:
        """Ask endpoint after endpoint until one answers; the error to tell otherwise."""
        means = self._means
        error: DarkhorseError | None = None
        turns = Turns(self._ordered(start), means.health, means.settings.attempts)
        while (endpoint := turns.next(means.clock.monotonic())) is not None:
            if turns.repeats:
                await asyncio.sleep(_PAUSE_S)
            fault = await self._try(endpoint)
            if fault is None:
                return None
            if fault.kind != "context" or isinstance(error, ContextExceeded | None):
                error = self._public(fault)  # too long a prompt is told where nobody takes it
            if self._delivered and (rest := self.cloak.flush()):
                await self._deliver(rest)
            if self._delivered or not faults.is_retryable(fault):
                return error
            if faults.is_passing(fault):
                turns.may_repeat(endpoint)
        return self._with_patience(error or Unavailable())

    def _ordered(self, start: StartRecord) -> Sequence[Endpoint]:
        talk = conversation(start.listing, start.key, self._request.session)
        return order(self._plan.endpoints, self._means.draw, talk)

    def _with_patience(self, error: DarkhorseError) -> DarkhorseError:
        """Where no endpoint may be asked for a while, say for how long."""
        now = self._means.clock.monotonic()
        wait = self._means.health.wait_s(self._plan.endpoints, now)
        return Unavailable(retry_after=math.ceil(wait)) if wait else error

    def _public(self, fault: UpstreamFault) -> DarkhorseError:
        if fault.kind == "broken_promise" and self._asked_again:
            return UnfitAnswer(f"{UnfitAnswer.default_message.rstrip('.')}, twice.")
        return faults.public(fault)

    async def _try(self, endpoint: Endpoint) -> UpstreamFault | None:
        """Ask one endpoint, and again where what went wrong can be set right at once.

        Some engines refuse a prompt that fits when prompt and limit together do not; then the
        limit is left to us. One that refuses what the listing takes is asked in plainer words:
        which parameters an engine takes must not be seen.
        """
        bounded, asked = True, engine_request(self._request, self._plan, endpoint)
        while fault := await self._attempt(endpoint, asked):
            if self._delivered:
                return fault
            if fault.kind == "context" and self._request.max_tokens and bounded:
                bounded = False
                asked = engine_request(self._request, self._plan, endpoint, bounded=False)
            elif fault.kind == "broken_promise" and not self._asked_again:
                self._asked_again = True
            elif faults.is_refusal(fault) and (less := plainer(asked)):
                asked = less
            else:
                return fault
        return None

    async def _attempt(self, endpoint: Endpoint, asked: EngineRequest) -> UpstreamFault | None:
        """One attempt, noted for record and health whatever becomes of it."""
        if self.made:
            self._start_over()
        health, asked_at = self._means.health, self._means.clock.monotonic()
        fault: UpstreamFault | None = UpstreamFault("cut", detail="stopped")
        try:
            await self._pump(endpoint, asked_at, asked)
            fault = None
            health.answered(endpoint, asked_at)
        except UpstreamFault as e:
            fault = e
            health.failed(endpoint, asked_at, self._means.clock.monotonic(), e)
        finally:
            health.released(endpoint, asked_at)
            self._note(endpoint, asked_at, fault)
        return fault

    def _start_over(self) -> None:
        self.cloak = self._new_cloak()
        self.held.clear()
        self._thoughts.clear()
        self.first_token_ms = None

    async def _pump(self, endpoint: Endpoint, asked_at: float, asked: EngineRequest) -> None:
        upstream = self._means.upstreams[endpoint]
        is_unthought = profile.drops_reasoning(self._request, self._plan.listing)
        try:
            with Patience(self._means.settings.total_s):
                async with aclosing(upstream.answer(asked)) as answer:
                    async for chunks in answer:
                        if is_unthought:
                            chunks = profile.unthought(chunks)  # noqa: PLW2901 (the same, less)
                        await self._take(chunks, endpoint, asked_at)
                        if self.cloak.full:
                            return
                        if self.cloak.is_stopped or self.cloak.is_over:
                            break
        except TimeoutError:
            raise UpstreamFault("total_timeout") from None
        if self.cloak.finish == "error":
            raise UpstreamFault("error_event", detail=self.cloak.native_finish)
        if rest := self.cloak.close():
            await self._deliver(rest)
        self._check()

    async def _take(self, chunks: Sequence[Chunk], endpoint: Endpoint, asked_at: float) -> None:
        """One read through the cloak; others have their turn between portions of a long one."""
        for number, portion in enumerate(portions(chunks)):
            if number:
                await asyncio.sleep(0)
            if public := self.cloak.feed(portion):
                if self.first_token_ms is None:
                    self._means.health.began(endpoint, asked_at)
                await self._deliver(public)
            if self.cloak.full or self.cloak.is_stopped or self.cloak.is_over:
                return

    def _check(self) -> None:
        """Is the whole answer what was asked for? What was replaced is not held against it."""
        promise, cloak = self._plan.promise, self.cloak
        if promise is NOTHING or cloak.texts["refusal"] or cloak.withheld:
            return
        text = cloak.texts["text"]
        if problem := promise.broken(text, cloak.calls, cloak.last().finish):
            calls = [(call.name, call.arguments) for call in cloak.calls]
            detail = f"{problem}: {calls or text}"
            raise UpstreamFault("broken_promise", status=200, detail=detail)

    async def _deliver(self, public: list[PublicChunk]) -> None:
        if self.first_token_ms is None:
            self.first_token_ms = self._elapsed_ms(self._began)
        if not self._request.shows_reasoning:  # what is hidden is no first byte
            public = self._shown(public)
        if self._must_hold(public):
            self.held.extend(public)
            return
        if not self._delivered:
            await asyncio.shield(self._started)  # stopped here, we still have an end to record
            self._delivered = True
        await self._channel.put(public)

    def _shown(self, public: list[PublicChunk]) -> list[PublicChunk]:
        """Without thoughts; under an envelope behind them: who reads passes over their time."""
        if not self._plan.listing.rhythm.is_paced:
            return [chunk for chunk in public if not chunk.reasoning]
        self._thoughts += public
        if all(chunk.reasoning for chunk in public):
            return []
        public, self._thoughts = self._thoughts, []
        return public

    def _must_hold(self, public: list[PublicChunk]) -> bool:
        """Once something is held, what follows is held with it: the order stays."""
        if not public:
            return True
        holds = self._plan.promise.holds
        if not self._request.stream or self.held or holds == "all":
            return True
        return holds == "calls" and any(chunk.tools for chunk in public)

    def _note(self, endpoint: Endpoint, asked_at: float, fault: UpstreamFault | None) -> None:
        attempt = Attempt(
            endpoint=endpoint.name,
            duration_ms=self._elapsed_ms(asked_at),
            outcome=fault.kind if fault else "ok",
            status=fault.status if fault else 200,
            upstream_id=self.cloak.upstream_id,
            upstream_model=self.cloak.upstream_model,
            native_finish=self.cloak.native_finish,
            detail=fault.detail if fault else "",
        )
        self.made.append(attempt)

    def _new_cloak(self) -> Cloak:
        return Cloak(
            prompt_tokens=self._plan.prompt_tokens,
            limit=self._plan.limit,
            price=self._plan.listing.price,
            call_id=self._means.ids.call,
            one_call=profile.one_call(self._request, self._plan.listing),
            vectors=self._request.message_count if self._request.kind == "embedding" else 0,
            stops=profile.stops(self._request, self._plan.listing),
            watch=self._plan.watch,
            asked=partial(asked_text, self._request.messages),
            begun=partial(begun_text, self._request),
            offered=partial(offered, self._request),
            piece=self._plan.listing.rhythm.piece if self._request.stream else 0,
        )

    def _elapsed_ms(self, since: float) -> float:
        return round((self._means.clock.monotonic() - since) * 1000, 3)
