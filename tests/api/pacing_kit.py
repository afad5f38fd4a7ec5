"""A loop whose clock leaps from timer to timer, an engine that writes by a plan, and what left."""

import asyncio
import selectors
from dataclasses import dataclass, field

from darkhorse.api.pacing import Pacer
from darkhorse.base.errors import DarkhorseError
from darkhorse.cloak.mint import mint
from darkhorse.router.channel import Channel
from darkhorse.wire.chunks import PublicChunk, Usage


class Leaping(asyncio.SelectorEventLoop):
    """Nobody waits: where all tasks do, it is later at once."""

    def __init__(self) -> None:
        self.now = 1000.0
        super().__init__(_Leaper(self))

    def time(self) -> float:
        return self.now


class _Leaper(selectors.SelectSelector):
    def __init__(self, loop: Leaping) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout=None):
        assert timeout is not None, "all wait for ever"
        ready = super().select(0)
        if not ready:
            self._loop.now += timeout
        return ready


def text(size: int) -> PublicChunk:
    return mint(text="x" * size)


LAST = mint(finish="stop", usage=Usage(1, 1))


@dataclass
class Seen:
    """What left: milliseconds since the beginning, and how many characters; 0: a sign of life."""

    left: list[tuple[int, int | str]] = field(default_factory=list)
    error: DarkhorseError | None = None
    over_ms: int = 0
    missed: int = 0

    @property
    def pieces(self) -> list[tuple[int, int | str]]:
        return [each for each in self.left if each[1]]


class Stage:
    """One answer under an envelope. `plan`: (pause before it in ms, what is written together)."""

    def __init__(self, rhythm, plan, *, error=None, keepalive_s=10.0, hides_reasoning=False):
        self._rhythm, self._plan, self._error = rhythm, plan, error
        self._keepalive_s, self._hides = keepalive_s, hides_reasoning
        self.seen = Seen()

    def run(self, *, whole=False, stop=None) -> Seen:
        """`stop`: (after how many ms, what for)."""
        with asyncio.Runner(loop_factory=Leaping) as runner:
            runner.run(self._run(whole, stop))
        return self.seen

    async def _run(self, whole, stop):
        loop = asyncio.get_running_loop()
        self._began, channel = loop.time(), Channel(holds_up=False)
        pacer = Pacer(
            channel,
            self._rhythm,
            keepalive_s=self._keepalive_s,
            hides_reasoning=self._hides,
            missed=self._note_miss,
        )
        if stop:
            loop.call_later(stop[0] / 1000, pacer.stop, stop[1])
        async with asyncio.TaskGroup() as tasks:
            engine = tasks.create_task(self._write(channel))
            try:
                await (self._read_whole(pacer) if whole else self._read(pacer))
            except DarkhorseError as e:
                self.seen.error = e
                engine.cancel()
        self.seen.over_ms = self._now_ms()

    async def _write(self, channel):
        last = ()
        for pause_ms, batch in self._plan:
            await asyncio.sleep(pause_ms / 1000)
            if LAST in batch:
                last = batch
            elif batch:
                await channel.put(batch)
        channel.close(last, self._error)

    async def _read(self, pacer):
        while (batch := await pacer.get()) is not None:
            assert len(batch) < 2
            self.seen.left.append((self._now_ms(), _size(batch[0]) if batch else 0))

    async def _read_whole(self, pacer):
        for chunk in await pacer.whole():
            self.seen.left.append((self._now_ms(), _size(chunk)))

    def _note_miss(self):
        self.seen.missed += 1

    def _now_ms(self) -> int:
        return round((asyncio.get_running_loop().time() - self._began) * 1000)


def _size(chunk):
    """The end says so."""
    if chunk.usage:
        return "end"
    return len(chunk.text) + len(chunk.reasoning) + sum(len(d.arguments) for d in chunk.tools)
