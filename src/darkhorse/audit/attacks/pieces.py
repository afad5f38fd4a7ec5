"""Measures the pieces of many streams: what their lengths still tell of tokens."""

from collections import Counter
from collections.abc import Iterable, Sequence

from darkhorse.attribution.client.door import Door
from darkhorse.audit.attack import closed, exhibit, reduced, unanswered, untested
from darkhorse.audit.attacks.streams import MANY, Flow, Flows, flows
from darkhorse.audit.odds import entropy
from darkhorse.catalog.audits import Exhibit, Finding, Side

__all__ = ["PieceLengths"]

_ENOUGH = 12  # pieces


class PieceLengths:
    """The lengths' entropy, in bits a piece. The last piece of a part may be of any length."""

    name = "piece lengths"
    channels = ("piece-borders",)
    needs_quiet = True  # it reads the streams that rhythm asks for

    def __init__(self, streams: int = MANY) -> None:
        self._streams = streams

    @property
    def calls(self) -> int:
        """None of its own: it shares rhythm's."""
        return 0

    async def read(self, door: Door) -> Flows:
        """The streams."""
        return await flows(door, self._streams)

    def judge(self, raw: Flows | None, public: Flows) -> Iterable[Finding]:
        """How much do they differ?"""
        lengths = _lengths(public.all)
        if len(lengths) < _ENOUGH:
            why = public.problem or f"only {len(lengths)} pieces of {len(public.all)} streams"
            return [(unanswered if public.is_silent else untested)("piece-borders", why)]
        before = _told(_lengths(raw.all)) if raw else ""
        bits = entropy(lengths)
        shown = [_shown("public", lengths)]
        shown += [_shown("raw", _lengths(raw.all))] if raw and before else []
        if bits == 0 and _ends_fit(public.all, lengths[0]):
            return [closed("piece-borders/lengths", _told(lengths), *shown, raw=before)]
        return [reduced("piece-borders/lengths", _told(lengths), *shown, raw=before, bits=bits)]


def _lengths(streams: Sequence[Flow]) -> list[int]:
    """Of all pieces but each part's last."""
    return [many for each in streams for part in each.parts for many in part[:-1]]


def _ends_fit(streams: Sequence[Flow], longest: int) -> bool:
    return all(part[-1] <= longest for each in streams for part in each.parts)


def _told(lengths: Sequence[int]) -> str:
    if not lengths:
        return ""
    usual, many = Counter(lengths).most_common(1)[0]
    share = f"{many / len(lengths):.0%} of {len(lengths)} pieces have {usual} characters"
    return f"{share}; {entropy(lengths):.2f} bits a piece"


def _shown(side: Side, lengths: Sequence[int]) -> Exhibit:
    counted = sorted(Counter(lengths).items())
    told = ", ".join(f"{length}: {many}" for length, many in counted[:40])
    return exhibit(side, "pieces by their characters, each part's last left out", told)
