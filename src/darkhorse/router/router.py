"""The use case: a checked request becomes a running, recorded generation."""

import asyncio

from msgspec import Struct

from darkhorse.base.errors import Draining, LedgerUnavailable
from darkhorse.catalog.listing import Catalogue
from darkhorse.router.admit import Plan, admit
from darkhorse.router.generation import Generation, Means
from darkhorse.storage.records import StartRecord
from darkhorse.wire.request import GenerationRequest

__all__ = ["Caller", "Router"]


class Caller(Struct, frozen=True, kw_only=True):
    """Who asks: the key's hash, and what the client says of its application."""

    key: str
    app_url: str = ""
    app_title: str = ""
    user_agent: str = ""


class Router:
    """Admits requests and owns the tasks of the generations that run."""

    def __init__(self, catalogue: Catalogue, means: Means) -> None:
        self._catalogue = catalogue
        self._means = means
        self._running: dict[asyncio.Task[None], Generation] = {}
        self._draining = False

    @property
    def running(self) -> int:
        """Generations in flight."""
        return len(self._running)

    async def generate(self, request: GenerationRequest, caller: Caller) -> Generation:
        """Admit, write the start frame, begin. Raises DarkhorseError; then nothing was begun."""
        if self._draining:
            raise Draining
        plan = admit(request, self._catalogue)
        self._means.journal.check()
        start = self._start_record(request, plan, caller)
        started = await self._means.journal.start(start, request.body)
        await self._record_late_ends()
        generation = Generation(self._means, plan, request, start, started)
        task = generation.begin()
        self._running[task] = generation
        task.add_done_callback(self._running.pop)
        return generation

    async def _record_late_ends(self) -> None:
        """The journal takes records again: those it could not take come first."""
        while self._means.unrecorded:
            late = self._means.unrecorded.popleft()
            try:
                await self._means.journal.end(*late)
            except LedgerUnavailable:
                self._means.unrecorded.appendleft(late)
                raise

    def _start_record(self, request: GenerationRequest, plan: Plan, caller: Caller) -> StartRecord:
        now = self._means.clock.now_us()
        return StartRecord(
            id=self._means.ids.generation(now),
            at_us=now,
            listing=plan.listing.slug,
            dialect=request.dialect,
            streamed=request.stream,
            key=caller.key,
            prompt_tokens=plan.prompt_tokens,
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
        return len(late)
