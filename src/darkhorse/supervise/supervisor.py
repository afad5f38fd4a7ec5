"""Keeps the parts running: waits until all are ready, restarts the fallen, drains in order.

It does not look inside: what a part serves, and to whom, is the part's own affair.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.supervise.part import Part, Run, start

__all__ = ["Supervisor"]

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 5.0
_STEADY_S = 10.0  # a run that served so long starts the back-off anew
_SILENT_S = 2.0  # for a child that closed its pipe without a word and is still there


class Supervisor:
    """The parts, in the order in which they are drained."""

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        clock: Clock,
        say: Callable[[str], None],
        on_drain: Callable[[], None],
    ) -> None:
        self._parts = parts
        self._clock = clock
        self._say = say
        self._on_drain = on_drain
        self._runs: dict[str, Run] = {}
        self._ready = {part.name: asyncio.Event() for part in parts}
        self._signalled = asyncio.Event()
        self._hurried = False

    async def run(self, on_ready: Callable[[], Coroutine[Any, Any, None]]) -> int:
        """Serve until a signal; `on_ready` runs once, when every part has served.

        Returns the exit status. Raises ConfigError where a part fails before it was ever ready.
        """
        self._listen_to_signals()
        tenders = [asyncio.create_task(self._tend(part)) for part in reversed(self._parts)]
        try:
            await self._first(self._everyone_ready(), tenders)
            if not self._signalled.is_set():
                await self._first(on_ready(), tenders)
                await self._first(self._signalled.wait(), tenders)
        finally:
            await self._drain(tenders)
        return 1 if self._hurried else 0

    async def _everyone_ready(self) -> None:
        for event in self._ready.values():
            await event.wait()

    async def _first(
        self, awaited: Coroutine[Any, Any, object], tenders: "list[asyncio.Task[None]]"
    ) -> None:
        """Wait for `awaited`, for a signal, or for a tender's failure. Failures are raised."""
        work = asyncio.create_task(awaited)
        waiters = {work, asyncio.create_task(self._signalled.wait())}
        done, _ = await asyncio.wait({*waiters, *tenders}, return_when=asyncio.FIRST_COMPLETED)
        for waiter in waiters:
            waiter.cancel()
        for task in done.intersection({work, *tenders}):
            task.result()

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._on_signal)

    def _on_signal(self) -> None:
        """The first asks to drain, the second ends everything now."""
        if not self._signalled.is_set():
            self._signalled.set()
            self._say(self._farewell())
            return
        if not self._hurried:
            self._say("stopping at once")
        self._hurried = True
        for run in self._runs.values():
            run.send(signal.SIGKILL)

    def _farewell(self) -> str:
        if not all(event.is_set() for event in self._ready.values()):
            return "stopping"
        drain_s = self._parts[0].drain_s
        return f"finishing what runs, at most {drain_s:g} s; Ctrl-C again stops at once"

    async def _tend(self, part: Part) -> None:
        """Run the part for ever, with a growing wait between a fall and the next start."""
        wait_s = _FIRST_WAIT_S
        while True:
            since = self._clock.monotonic()
            how = await self._once(part)
            if self._clock.monotonic() - since > _STEADY_S:
                wait_s = _FIRST_WAIT_S
            self._say(f"{part.name} stopped ({how}); it starts again in {wait_s:g} s.")
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    async def _once(self, part: Part) -> str:
        """One run from start to end; how it ended. Raises ConfigError before the first `ready`."""
        try:
            run = self._runs[part.name] = await start(part)
        except OSError as e:
            return self._fell(part, f"cannot be started: {e.strerror}")
        word = await run.word()
        if word != "ready":
            return self._fell(part, await _why(run, word))
        self._ready[part.name].set()
        return await run.ended()

    def _fell(self, part: Part, why: str) -> str:
        """Before its first `ready` a fall ends the start; afterwards it is only a reason."""
        if not part.needed:
            self._ready[part.name].set()
        if self._ready[part.name].is_set():
            return why
        if why.endswith("."):
            raise ConfigError(why)
        more = f"; {part.log} says more" if part.log else ""
        raise ConfigError(f"{part.name} did not start ({why}){more}.")

    async def _drain(self, tenders: "list[asyncio.Task[None]]") -> None:
        """Stop the parts one after the other, so that each still has those it leans on."""
        self._on_drain()
        for tender in tenders:
            tender.cancel()
        await asyncio.gather(*tenders, return_exceptions=True)
        for part in self._parts:
            run = self._runs.get(part.name)
            if run and not await run.stop():
                self._say(f"{part.name} was still busy after {part.drain_s:g} s and was ended.")


async def _why(run: Run, word: str) -> str:
    """Why a run is not ready: its own sentence, or how it ended."""
    if word.startswith("failed "):
        await run.stop()
        return word.removeprefix("failed ")
    try:
        return await asyncio.wait_for(run.ended(), _SILENT_S)
    except TimeoutError:
        await run.stop()
        return "it never said that it is ready"
