"""The live part: asks what was planned, at the pace the API takes, and hands on what it told.

Nothing here judges. Whatever comes (errors, garbage, silence) becomes an observation or an end
with its reason; only a door that never opened is an error (`knocking`).
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from darkhorse.attribution.client.answer import Answer, answer_of
from darkhorse.attribution.client.asking import PATHS, Ask, ask, body_of
from darkhorse.attribution.client.door import Door, Spent
from darkhorse.attribution.client.key_mask import without_key
from darkhorse.attribution.client.public_count import public_tokens
from darkhorse.attribution.client.reply import Reply
from darkhorse.attribution.knocking import said_of
from darkhorse.attribution.manners import Manners
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.observing import listing_of, observation_of, problem_of
from darkhorse.attribution.pace import BUSY, Pace, told_to_wait
from darkhorse.attribution.plan import Bounds, Plan, cost_of
from darkhorse.attribution.signal import Probe
from darkhorse.base.clock import Clock

__all__ = ["HELLO", "MODELS", "SPENT", "Interview", "OnTick", "Tick", "is_settled"]

HELLO = Probe(name="asking/hello", ask=ask("Say hello.", limit=64), about_tokens=32)
"""The first call of a run: it shows whether anybody answers."""
MODELS = "wire/models"
"""`GET /models`, which is asked once."""
SPENT = "its budget"
"""How the reason begins where the bounds ended it, and asking again would not go on."""
_PASSING = (0, 408, 409, 425, 500, 502, 504, 520, 521, 522, 523, 524, *BUSY)
_HIDDEN = 2000  # tokens of a gateway's own prompt
_UNLIMITED = 4096  # tokens of thoughts nobody sees, where no limit was set
_DENSER = 4  # times as many tokens as public ones: more is a lie
_FAULTS = 3  # tries of a call that broke
_LESSONS = 5  # tries of a call that was refused for a field
_IN_A_ROW = 12  # calls that failed one after the other: then it is over
_SILENT_IN_A_ROW = 3  # that ran into the clock
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_MARGIN, _TOKEN_BYTES = 256 << 10, 64  # of an answer: thoughts may lie beyond its limit
_STREAM_MARGIN, _STREAM_TOKEN_BYTES = 1 << 20, 4 << 10  # each token has a frame of its own
_LOGPROB_BYTES = 8 << 10  # and twenty others that it might have been
_LONG_WAIT_S = 5.0  # that a person would wonder about


class Tick(Struct, frozen=True, kw_only=True):
    """How far it has come."""

    what: str
    done: int
    about: int
    calls: int
    tokens: int


OnTick = Callable[[Tick], None]


class Interview:
    """One run at one door. `on_seen` gets each observation as it comes; a run may be cancelled.

    `on_spent` is told before each call, which counts from then on, and at the end.
    """

    def __init__(
        self,
        door: Door,
        *,
        clock: Clock,
        pace: Pace,
        bounds: Bounds,
        manners: Manners,
        on_seen: Callable[[Observation], None],
        on_tick: OnTick = lambda _: None,
        spent: Spent | None = None,
        on_spent: Callable[[Spent], None] = lambda _: None,
    ) -> None:
        self.door = door
        self.spent = spent or Spent()  # over all runs of one kept file
        self.ended = ""  # why it ended early, as a sentence
        self._clock, self._pace, self._bounds, self._manners = clock, pace, bounds, manners
        self._on_seen, self._on_tick, self._on_spent = on_seen, on_tick, on_spent
        self._reserved = Spent()
        self._done = self._about = 0
        self._failed = self._silent = 0  # in a row

    async def hello(self, *, is_new: bool = True) -> Answer:
        """Ask the first question; one that is new is an observation too, where it was answered."""
        body, answer = await self._persistently(HELLO)
        if answer.ok and is_new:
            self._see(HELLO, body, answer)
        return answer

    async def run(self, plan: Plan, answered: frozenset[str] = frozenset()) -> None:
        """Ask all of it but what was answered before. Why it ended early stands in `ended`.

        What `on_seen` raises ends it.
        """
        left = deque(probe for probe in plan.probes if probe.name not in answered)
        self._about = len(plan.probes)
        self._done = self._about - len(left)
        if MODELS not in answered and self._may_call():
            await self._list()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._pace.at_once, len(left))):
                    group.create_task(self._work(left))
        except ExceptionGroup as e:  # each worker may have met the same full disk
            raise e.exceptions[0] from None
        self._on_spent(self.spent)

    async def _work(self, left: deque[Probe]) -> None:
        while left and not self._is_over():
            probe = left.popleft()
            self._tell(probe.name.partition("/")[0])
            if not self._reserve(probe):
                continue
            try:
                body, answer = await self._persistently(probe)
            finally:
                self._release(probe)
            if answer is not _NOT_ASKED:
                self._see(probe, body, answer)
                self._done += 1
            self._tell(probe.name.partition("/")[0])

    async def _list(self) -> None:
        self._spend_call()
        reply = await self.door.get("/models")
        key, at = self.door.key.reveal(), self._clock.now_us() // 1_000_000
        try:
            seen = listing_of(reply, self.door.model, key=key, at=at)
        except Exception as e:  # noqa: BLE001 (whatever a stranger sends)
            seen = listing_of(_unread(reply, e), self.door.model, key=key, at=at)
        self._on_seen(seen)

    def _spend_call(self) -> None:
        self.spent.calls += 1
        self._on_spent(self.spent)

    async def _persistently(self, probe: Probe) -> tuple[Mapping[str, Any], Answer]:
        """Asked until it is settled: fields are learnt, pauses kept, faults tried again."""
        faults = lessons = 0
        body: Mapping[str, Any] = {}
        answer = _NOT_ASKED
        while not self._is_over() and self._may_call():
            async with self._pace.seat() as pauses:
                if self._is_over() or not self._may_call():
                    break
                body, answer = await self._call(probe.ask)
            reply = answer.reply
            if lessons < _LESSONS and self._learnt(probe, body, reply):
                lessons += 1
                continue
            if is_settled(reply.status, problem_of(reply)):
                self._settled(reply)
                break
            faults += reply.status not in BUSY
            self._refused(reply, pauses)
            if faults >= _tries(probe, reply) or self._pace.is_out:
                break
        return body, answer

    async def _call(self, asked: Ask) -> tuple[Mapping[str, Any], Answer]:
        door = self.door
        body = self._manners.fit(body_of(door.dialect, door.model, asked))
        self._spend_call()
        reply = await door.post(PATHS[door.dialect], body, most_bytes=_most_bytes(body))
        try:
            answer = answer_of(door.dialect, reply)
            problem_of(reply)
        except Exception as e:  # noqa: BLE001 (whatever a stranger sends)
            answer = Answer(dialect=door.dialect, reply=_unread(reply, e))
        self.spent.tokens += _cost(asked, answer, len(reply.body))
        return body, answer

    def _learnt(self, probe: Probe, sent: Mapping[str, Any], reply: Reply) -> bool:
        """Did somebody learn what this call got wrong? A call beside it may have."""
        if reply.ok or reply.status not in range(400, 500) or reply.status in BUSY:
            return False
        if self._manners.learn(sent, reply):
            return True
        door = self.door
        return self._manners.fit(body_of(door.dialect, door.model, probe.ask)) != sent

    def _settled(self, reply: Reply) -> None:
        if reply.ok:
            self._failed = self._silent = 0
            self._pace.answered()
            return
        self._fail(reply)
        if reply.status in (401, 402, 403):
            self._end(f"the API lets nobody in any more ({self._said(reply)})")

    def _refused(self, reply: Reply, pauses: int) -> None:
        wait = told_to_wait(reply, self._clock.now_us() / 1e6)
        self._pace.refused(pauses, wait)
        if self._pace.is_out:
            self._end(f"the API takes no more calls for now ({self._said(reply)})")
            return
        if wait and _LONG_WAIT_S <= wait < math.inf:
            self._tell(f"told to wait {math.ceil(wait):,} s")
        if reply.status not in BUSY:
            self._fail(reply)

    def _fail(self, reply: Reply) -> None:
        self._failed += 1
        self._silent = self._silent + 1 if reply.problem.startswith("no end") else 0
        if self._failed >= _IN_A_ROW or self._silent >= _SILENT_IN_A_ROW:
            failed = max(self._silent, self._failed)
            self._end(f"{failed} calls in a row failed, the last with {self._said(reply)}")

    def _said(self, reply: Reply) -> str:
        said = said_of(reply) if not reply.ok else problem_of(reply)
        return without_key(self.door.key.reveal(), said)

    def _end(self, why: str) -> None:
        self.ended = self.ended or why

    def _is_over(self) -> bool:
        return bool(self.ended)

    def _may_call(self) -> bool:
        if self.spent.calls < self._bounds.calls:
            return True
        self._end(f"{SPENT} of {self._bounds.calls:,} calls is spent")
        return False

    def _reserve(self, probe: Probe) -> bool:
        """Is there room in the budget, whatever is under way?"""
        cost = cost_of(probe)
        if self.spent.tokens + self._reserved.tokens + cost > self._bounds.tokens:
            if not self._reserved.tokens:
                self._end(f"{SPENT} of {self._bounds.tokens:,} tokens is spent")
            return False
        self._reserved.tokens += cost
        return True

    def _release(self, probe: Probe) -> None:
        self._reserved.tokens -= cost_of(probe)

    def _see(self, probe: Probe, body: Mapping[str, Any], answer: Answer) -> None:
        key, at = self.door.key.reveal(), self._clock.now_us() // 1_000_000
        try:
            seen = observation_of(probe.name, probe.ask, body, answer, key=key, at=at)
        except Exception as e:  # noqa: BLE001 (whatever a stranger sends)
            unread = Answer(dialect=answer.dialect, reply=_unread(answer.reply, e))
            seen = observation_of(probe.name, probe.ask, body, unread, key=key, at=at)
        self._on_seen(seen)

    def _tell(self, what: str) -> None:
        tick = Tick(
            what=what,
            done=self._done,
            about=self._about,
            calls=self.spent.calls,
            tokens=self.spent.tokens,
        )
        self._on_tick(tick)


def _tries(probe: Probe, reply: Reply) -> int:
    """Where nobody is there at first, waiting would not bring them."""
    return 1 if probe is HELLO and reply.status == 0 else _FAULTS


def _most_bytes(body: Mapping[str, Any]) -> int | None:
    """Of an answer to this body, generously; None: nobody said how long it may be."""
    limits = (body[name] for name in _LIMITS if isinstance(body.get(name), int))
    limit: int | None = next(limits, None)
    if limit is None:
        return None
    limit = max(0, limit)
    logprobs = _LOGPROB_BYTES if body.get("logprobs") else 0
    if body.get("stream"):
        return _STREAM_MARGIN + limit * (_STREAM_TOKEN_BYTES + logprobs)
    return _MARGIN + limit * (_TOKEN_BYTES + logprobs)


def _cost(asked: Ask, answer: Answer, size: int) -> int:
    """Tokens: what was said and heard, or what it counts itself if that is more and may be true.

    `size`: bytes that came, which count where no answer could be read in them.
    """
    sent = sum(map(public_tokens, asked.texts))
    heard = sum(map(public_tokens, (answer.text, answer.reasoning)))
    usage = answer.usage
    counted = max(0, usage.prompt or 0) + max(0, usage.completion or 0)
    room = _HIDDEN + _DENSER * (sent + max(heard, asked.limit or _UNLIMITED))
    seen = sent + (heard if answer.ok else max(heard, size // 4))
    return max(seen, counted) if counted <= room else seen


def _unread(reply: Reply, error: Exception) -> Reply:
    """Of an answer that broke its reading only the status is left."""
    problem = f"an answer that cannot be read ({type(error).__name__})"
    return Reply(status=reply.status, seconds=reply.seconds, problem=problem)


_NOT_ASKED = Answer(dialect="chat", reply=Reply(problem="not asked"))


def is_settled(status: int, problem: str) -> bool:
    """Would asking again bring nothing new?"""
    return not problem and status not in _PASSING
