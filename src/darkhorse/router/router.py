"""The use case: a checked request becomes a running, recorded generation."""

import asyncio
from collections.abc import Callable

from msgspec import Struct

from darkhorse.accounts.limits import Ask, Limiter, Permit
from darkhorse.accounts.subjects import Who, who_asks
from darkhorse.base.errors import DarkhorseError, Draining
from darkhorse.catalog.catalogue import Catalogue
from darkhorse.catalog.limits import LimitSettings
from darkhorse.catalog.rhythm import Rhythm
from darkhorse.router.admit import Plan, admit, prompt_tokens, within
from darkhorse.router.generation import Generation, Means
from darkhorse.storage.ports import KeyRecord
from darkhorse.storage.records import EndRecord, StartRecord
from darkhorse.wire.request import GenerationRequest

__all__ = ["Begun", "Caller", "Router"]


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks. `address`, `person` and `session` are keyed hashes; the rest the client says."""

    key: KeyRecord
    address: str = ""
    person: str = ""
    session: str = ""
    app_url: str = ""
    app_title: str = ""
    user_agent: str = ""


class Begun(Struct, frozen=True, kw_only=True):
    """A generation that runs, and what its answer's headers say besides."""

    generation: Generation
    quota: tuple[tuple[bytes, bytes], ...]  # X-RateLimit-*
    closes_us: int | None  # when the listing's window ends
    prompt_tokens: int  # public tokens
    rhythm: Rhythm


class Router:
    """Admits requests and owns the tasks of the generations that run."""

    def __init__(
        self,
        catalogue: Callable[[], Catalogue],
        means: Means,
        limiter: Limiter,
        defaults: LimitSettings,
        on_limit: Callable[[str, str], None],
    ) -> None:
        """`on_limit` is told the listing and whose limit refused a request."""
        self._catalogue = catalogue
        self._means = means
        self._limiter = limiter
        self._defaults = defaults
        self._on_limit = on_limit
        self._running: dict[asyncio.Task[None], Generation] = {}
        self._held: dict[str, tuple[Permit, Generation]] = {}
        self._draining = False

    @property
    def running(self) -> int:
        """Generations in flight."""
        return len(self._running)

    def is_running(self, generation: str) -> bool:
        """Does it, or does its answer still flow?"""
        return generation in self._held

    async def generate(self, request: GenerationRequest, caller: Caller) -> Begun:
        """Admit, write the start frame, begin. Raises DarkhorseError; then nothing was begun."""
        if self._draining:
            raise Draining
        launch = self._catalogue().find(request.model, self._means.clock.now_us())
        plan = admit(request, launch)
        self._means.journal.check()
        who = who_asks(
            key=caller.key, address=caller.address, listing=plan.listing, defaults=self._defaults
        )
        plan = within(plan, who, named=request.max_tokens is not None)
        permit = self._permit(plan, who)
        try:
            generation = await self._begin(request, plan, caller)
        except BaseException:
            permit.cancel()
            raise
        self._held[generation.id] = permit, generation
        return Begun(
            generation=generation,
            quota=permit.quota,
            closes_us=plan.closes_us,
            prompt_tokens=plan.prompt_tokens,
            rhythm=plan.listing.rhythm,
        )

    def count(self, request: GenerationRequest) -> int:
        """How long its prompt is, in public tokens. Raises UnknownModel, ModelDeprecated."""
        self._catalogue().find(request.model, self._means.clock.now_us())
        return prompt_tokens(request)

    def _permit(self, plan: Plan, who: Who) -> Permit:
        ask = Ask(
            who=who,
            prompt_tokens=plan.prompt_tokens,
            max_tokens=plan.limit,
            price=plan.listing.price,
        )
        try:
            return self._limiter.admit(ask)
        except DarkhorseError as e:
            self._on_limit(plan.listing.slug, e.limited)
            raise

    async def _begin(self, request: GenerationRequest, plan: Plan, caller: Caller) -> Generation:
        start = self._start_record(request, plan, caller)
        started = await self._means.journal.start(start, request.body)
        generation = Generation(self._means, plan, request, start, started)
        task = generation.begin()
        self._running[task] = generation
        task.add_done_callback(self._done)
        return generation

    def ended(self, start: StartRecord, end: EndRecord) -> None:
        """A generation is over: what it used is known."""
        if (held := self._held.pop(start.id, None)) is None:
            return
        permit, generation = held
        if generation.is_on_record:
            permit.settle(end.usage.total if end.usage else start.prompt_tokens, end.micro_usd)
        else:
            permit.cancel()  # nobody was told that it had begun

    def _done(self, task: "asyncio.Task[None]") -> None:
        """Whatever became of it, it holds nothing any more."""
        generation = self._running.pop(task)
        if held := self._held.pop(generation.id, None):
            held[0].settle(0, 0)

    def _start_record(self, request: GenerationRequest, plan: Plan, caller: Caller) -> StartRecord:
        now = self._means.clock.now_us()
        return StartRecord(
            id=self._means.ids.generation(now),
            at_us=now,
            listing=plan.listing.slug,
            dialect=request.dialect,
            streamed=request.stream,
            key=caller.key.hash,
            prompt_tokens=plan.prompt_tokens,
            address=caller.address,
            person=caller.person,
            session=caller.session,
            app_url=caller.app_url,
            app_title=caller.app_title,
            user_agent=caller.user_agent,
        )

    def refuse_new(self) -> None:
        """From now on, Draining."""
        self._draining = True

    async def drain(self, seconds: float) -> int:
        """Let what runs finish within `seconds`, stop the rest; returns how many those were."""
        self.refuse_new()
        if self._running:
            await asyncio.wait(list(self._running), timeout=seconds)
        late = list(self._running.values())
        for generation in late:
            generation.stop(Draining())
        if self._running:
            await asyncio.wait(list(self._running))
        await self._means.late.finish()
        return len(late)
