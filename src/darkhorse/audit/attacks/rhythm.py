"""Watches streams flow: what the first moment, the speed and the bursts tell of an engine.

What is left is counted in bits a stream: told_bits() of the first moment between 20 ms and 20 s,
and of the speed between 10 and 5,000 characters a second. It is closed only where an envelope shows
that holds the engine back, and the moments follow the envelope within the noise of a network.
"""

from collections.abc import Iterable, Sequence
from statistics import median

from msgspec import Struct

from darkhorse.attribution.client.door import Door
from darkhorse.audit.attack import closed, exhibit, reduced, unanswered, untested
from darkhorse.audit.attacks.streams import MANY, Flow, Flows, flows
from darkhorse.audit.odds import entropy, spread, told_bits
from darkhorse.catalog.audits import Exhibit, Finding, Side

__all__ = ["Pace", "Rhythm", "pace_of"]

_FIRSTS = (0.02, 20.0)  # seconds
_RATES = (10.0, 5000.0)  # characters a second
_FLOWING_S = 0.1  # a stream shorter than that came at once
_LATE_S = 0.025  # what a network and a busy machine make of a moment
_LATE_SHARE = 0.05
_FITTING = 0.6  # of the pieces, for an envelope to show at all
_ENOUGH = 4  # streams
_EXHIBITED = 60  # pieces
_STEADY = "an envelope or a steady engine, which only the endpoint itself could tell"
_CLEAR = 1.1  # a tenth slower than the engine is no chance


class Pace(Struct, frozen=True, kw_only=True):
    """How streams flow. `rate` is None where they come at once."""

    first: float  # seconds, of short prompts
    first_spread: float
    long_first: float  # seconds, of long prompts
    rate: float | None  # characters a second
    rate_spread: float
    burst_bits: float  # of pieces in the same moment

    @property
    def bits(self) -> float:
        """What one stream tells."""
        of_first = told_bits(self.first_spread, *_FIRSTS) if self.first > _FIRSTS[0] else 0.0
        return of_first + (0.0 if self.rate is None else told_bits(self.rate_spread, *_RATES))

    @property
    def told(self) -> str:
        """In words."""
        speed = "then all at once"
        if self.rate is not None:
            speed = f"then {self.rate:.0f} characters/s (±{self.rate_spread:.0%})"
        first = f"first piece at {self.first * 1000:.0f} ms (±{self.first_spread:.0%})"
        longer = f"{self.long_first * 1000:.0f} ms with a long prompt"
        return f"{first}, {longer}, {speed}, bursts of {self.burst_bits:.1f} bits"


class Rhythm:
    """First moment, speed, bursts, and whether they are an envelope's or the engine's."""

    name = "rhythm"
    channels = ("rhythm",)
    needs_quiet = True  # other calls beside it would be in its figures

    def __init__(self, streams: int = MANY) -> None:
        self.calls = streams

    async def read(self, door: Door) -> Flows:
        """The streams."""
        return await flows(door, self.calls)

    def judge(self, raw: Flows | None, public: Flows) -> Iterable[Finding]:
        """What an attacker reads of them."""
        if len(public.all) < _ENOUGH:
            why = public.problem or f"only {len(public.all)} streams of two pieces or more"
            return [(unanswered if public.is_silent else untested)("rhythm", why)]
        pace = pace_of(public.all)
        there = pace_of(raw.all) if raw and len(raw.all) >= _ENOUGH else None
        before = there.told if there else ""
        shown = [_shown("public", public.all)]
        shown += [_shown("raw", raw.all)] if raw and there else []
        late = _late(public.all, pace)
        if late is None:
            text = f"no envelope shows: {pace.told}"
            return [reduced("rhythm", text, *shown, raw=before, bits=pace.bits)]
        if raw is None or there is None:
            return [untested("rhythm", f"{_STEADY}: {pace.told}")]
        if not _is_held_back(pace, public.all, raw.all):
            text = f"as fast as the endpoint itself: {pace.told}"
            return [reduced("rhythm", text, *shown, raw=before, bits=pace.bits)]
        return [_paced(pace, late, before, shown)]


def pace_of(streams: Sequence[Flow]) -> Pace:
    """The middle and the spread of them. `streams` is not empty."""
    short = [each.first for each in streams if not each.is_long]
    long = [each.first for each in streams if each.is_long]
    rates = [each.before[-1] / each.seconds for each in streams if each.seconds > _FLOWING_S]
    flowing = len(rates) * 2 > len(streams)
    firsts = short or long
    return Pace(
        first=median(firsts),
        first_spread=spread(firsts),
        long_first=median(long or short),
        rate=median(rates) if flowing else None,
        rate_spread=spread(rates) if flowing else 0.0,
        burst_bits=entropy([burst for each in streams for burst in each.bursts]),
    )


def _late(streams: Sequence[Flow], pace: Pace) -> float | None:
    """The share of pieces that are off their moment in one envelope; None where none shows."""
    if pace.rate is None:
        return None
    off = [
        abs(at - pace.first - before / pace.rate)
        for each in streams
        for (at, _), before in zip(each.moments, each.before, strict=True)
    ]
    late = sum(each > _LATE_S for each in off) / len(off)
    return late if late <= 1 - _FITTING else None


def _is_held_back(pace: Pace, streams: Sequence[Flow], raw: Sequence[Flow]) -> bool:
    """Does the endpoint write ahead of this pace, and clearly so in nine of ten streams?"""
    if pace.rate is None:
        return False
    piece = max(many for each in streams for _, many in each.moments)
    ahead = sorted(_is_ahead(each, pace, piece) for each in raw)
    if not ahead[len(ahead) // 10]:
        return False
    ready = sorted(_ready(each, piece) for each in raw)
    rates = sorted(each.before[-1] / each.seconds for each in raw if each.seconds > _FLOWING_S)
    is_late = pace.first > ready[-1 - len(ready) // 10] * _CLEAR + _LATE_S
    return is_late or not rates or pace.rate * _CLEAR < rates[len(rates) // 10]


def _is_ahead(flow: Flow, pace: Pace, piece: int) -> bool:
    """Was every piece there when it would have been due?"""
    rate = pace.rate or 1.0
    return all(
        at <= pace.first + max(0, before + many - piece) / rate + _LATE_S
        for (at, many), before in zip(flow.moments, flow.before, strict=True)
    )


def _ready(flow: Flow, piece: int) -> float:
    """When it had written as much as the public side's first piece."""
    moments = zip(flow.moments, flow.before, strict=True)
    written = (at for (at, many), before in moments if before + many >= piece)
    return next(written, flow.moments[-1][0])


def _paced(pace: Pace, late: float, before: str, shown: list[Exhibit]) -> Finding:
    text = f"an envelope: {pace.told}; {late:.1%} of pieces are off their moment"
    if late <= _LATE_SHARE:
        return closed("rhythm", text, *shown, raw=before)
    return reduced("rhythm", text, *shown, raw=before, bits=entropy([0] * 100 + [1] * _of(late)))


def _of(late: float) -> int:
    """So many late pieces beside a hundred others."""
    return round(100 * late / (1 - late))


def _shown(side: Side, streams: Sequence[Flow]) -> Exhibit:
    """A stream or a few, piece by piece."""
    many = max(1, min(3, _EXHIBITED // len(streams[0].moments)))
    lines = (
        " ".join(f"{at * 1000:.0f}:{characters}" for at, characters in each.moments[:_EXHIBITED])
        for each in streams[:many]
    )
    asked = f"{len(streams)} streams; milliseconds:characters of {many}"
    return exhibit(side, asked, " ⏎ ".join(lines))
