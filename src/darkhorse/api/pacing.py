"""An answer under an envelope: no piece leaves before its moment (docs/rhythm.md).

A moment follows from when the request came, what was declared ([public.rhythm]), and the characters
that went before; from the engine only where that is too slow. What it missed is made up for in
whole beats, one piece's time each, and the rest of the answer moves by as much: it never runs after
what it lost, so that one pause of an engine is one pause, of a rounded length.

This is the reader's side of a generation. The engine writes ahead, and the record is written when
it has ended, whatever has left by then.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from darkhorse.base.errors import ClientGone, DarkhorseError, Draining
from darkhorse.catalog.rhythm import Rhythm
from darkhorse.router.channel import Channel
from darkhorse.wire.chunks import PublicChunk

__all__ = ["Pacer", "Schedule"]

_LONGEST_BEAT_MS = 1000  # a piece may take an hour, what is late need not wait for another


class Schedule:
    """When what comes next may leave: whole milliseconds since the request came.

    The first piece leaves at `first_ms`; any other, and the end, when the characters before it have
    had their time.
    """

    def __init__(self, rhythm: Rhythm) -> None:
        """Of a rhythm that is paced."""
        self._due_at_first = rhythm.first_ms or 0
        self._rate = rhythm.chars_per_s or 1
        self._beat_ms = min(_ms(rhythm.piece, self._rate), _LONGEST_BEAT_MS)
        self._flowed = 0
        self._missed_ms = 0

    @property
    def due_ms(self) -> int:
        return self._due_at_first + self._missed_ms + _ms(self._flowed, self._rate)

    def flow(self, characters: int) -> None:
        """So many more have left, or been passed over."""
        self._flowed += characters

    def miss(self, now_ms: int) -> bool:
        """What is due has only come now. True: too late; then it is due at the next beat."""
        late_ms = now_ms - self.due_ms
        if late_ms <= 0:
            return False
        self._missed_ms += -(-late_ms // self._beat_ms) * self._beat_ms
        return True


def _ms(characters: int, rate: int) -> int:
    """Rounded up: not a moment too soon. Whole, because timers of uvloop are."""
    return -(-characters * 1000 // rate)


class Pacer:
    """Reads a generation for whom it is written to, piece by piece. Make it as the request begins.

    `hides_reasoning`: thoughts are not given out; they have had their time all the same.
    `missed` is called for each piece that came too late for its moment.
    """

    def __init__(
        self,
        channel: Channel,
        rhythm: Rhythm,
        *,
        keepalive_s: float,
        hides_reasoning: bool,
        missed: Callable[[], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._channel = channel
        channel.on_error = self._heed
        self._schedule = Schedule(rhythm)
        self._keepalive_s = keepalive_s
        self._silent_till = self._began + keepalive_s
        self._hides_reasoning = hides_reasoning
        self._missed = missed
        self._next: deque[PublicChunk] = deque()
        self._error: DarkhorseError | None = None
        self._stopped_by: DarkhorseError | None = None
        self._pause: asyncio.Future[None] | None = None
        self._waits = False  # for what comes next: it was not there when it was looked for

    async def get(self) -> list[PublicChunk] | None:
        """The next piece, at its moment; None at the end.

        Nothing, [], where the stream has been silent for `keepalive_s` and it is time for a sign of
        life. Raises the error the generation ended with, at the moment of what would have followed;
        at once where nobody waits for it any more, or it cannot wait.
        """
        if not (self._next or self._error) and not await self._fetch():
            return None
        due = self._moment()
        is_silent = not (self._next or self._error) or self._silent_till < due
        await self._until(self._silent_till if is_silent else due)
        if is_silent:
            self._silent_till += self._keepalive_s
            return []
        if self._error:
            raise self._error
        piece = self._next.popleft()
        self._schedule.flow(_characters(piece))
        self._silent_till = due + self._keepalive_s
        return [piece]

    async def whole(self) -> list[PublicChunk]:
        """All of an answer, when its last character would have left. Raises like `get`."""
        chunks: list[PublicChunk] = []
        try:
            while not self._stopped_by and (batch := await self._channel.get()) is not None:
                chunks += batch
        except DarkhorseError as e:
            self._error = e
        self._schedule.flow(sum(map(_characters, chunks)))
        self._check_lateness()
        await self._until(self._moment())
        if self._error:
            raise self._error
        return chunks

    def stop(self, why: DarkhorseError) -> None:
        """Whatever is to come, raise this instead, and now."""
        self._stopped_by = self._stopped_by or why
        self._channel.nudge()
        _wake(self._pause)

    def _heed(self, error: DarkhorseError) -> None:
        """These are no engine's doing, and cannot wait for what came before them."""
        if isinstance(error, ClientGone | Draining):
            self.stop(error)

    async def _fetch(self) -> bool:
        """Have something at hand, or let it be time for a sign of life; False at the end."""
        while not self._next:
            self._waits = self._waits or self._channel.is_idle
            try:
                batch = await self._read()
            except DarkhorseError as e:
                self._error = e
                break
            if not batch:
                return batch is not None
            self._next.extend(chunk for chunk in batch if not self._is_hidden(chunk))
        if self._waits:
            self._check_lateness()
        return True

    async def _read(self) -> list[PublicChunk] | None:
        """A batch, or nothing when the stream has been silent for long enough."""
        alarm = self._loop.call_at(self._silent_till, self._channel.nudge)
        try:
            return await self._channel.get()
        finally:
            alarm.cancel()

    def _is_hidden(self, chunk: PublicChunk) -> bool:
        if not (chunk.reasoning and self._hides_reasoning):
            return False
        self._schedule.flow(_characters(chunk))
        return True

    def _check_lateness(self) -> None:
        self._waits = False
        if self._schedule.miss(round((self._loop.time() - self._began) * 1000)):
            self._missed()

    def _moment(self) -> float:
        return self._began + self._schedule.due_ms / 1000

    async def _until(self, moment: float) -> None:
        if self._loop.time() < moment and not self._stopped_by:
            self._pause = self._loop.create_future()
            timer = self._loop.call_at(moment, _wake, self._pause)
            try:
                await self._pause
            finally:
                timer.cancel()
        if self._stopped_by:
            raise self._stopped_by


def _wake(pause: "asyncio.Future[None] | None") -> None:
    if pause is not None and not pause.done():
        pause.set_result(None)


def _characters(chunk: PublicChunk) -> int:
    """What a client can count of it. The name of a call, too, is written one after the other."""
    texts = len(chunk.text) + len(chunk.reasoning) + len(chunk.refusal)
    return texts + sum(len(delta.name) + len(delta.arguments) for delta in chunk.tools)
