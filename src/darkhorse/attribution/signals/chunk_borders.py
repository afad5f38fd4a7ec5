"""Chunk borders: where pieces of a stream are tokens, an echo shows the vocabulary's borders.

English does not part vocabularies, lines in many scripts do. A gateway that cuts anew, or a server
that sends many tokens at once, says nothing here but its own habit (attribution.md 2.1).
"""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from darkhorse.attribution.borders.echo import choose, echo_of, echoing
from darkhorse.attribution.borders.pieces import Stream, fit_of, habit_of, piece_nats
from darkhorse.attribution.borders.table import table
from darkhorse.attribution.evidence import Evidence, Exhibit, Level, Likelihoods, Plot
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.base.chance import Draw

__all__ = ["ChunkBorders"]

_PLAN: Mapping[Budget, tuple[int, int]] = {"quick": (1, 5), "standard": (3, 5), "deep": (5, 8)}
"""Streams, and lines of each."""
_ROOM = 3000  # tokens: a model that thinks before has to get to the echo
_LEAST = 6  # characters of an echo that are worth reading
_FEW = 4  # borders below which nothing is said
_VETO = 20.0  # nats below the best
_SHOWN = 8


class ChunkBorders:
    """Where pieces of a streamed echo end."""

    name = "chunk-borders"

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 the contract's
        """Echoes of several lines, streamed."""
        streams, lines = _PLAN[budget]
        chosen = [choose(lines, draw) for _ in range(streams)]
        return [
            Probe(
                name=f"{self.name}/{'-'.join(map(str, picks))}",
                ask=echoing(picks, draw, limit=_ROOM, stream=True),
                about_tokens=80 * lines,
            )
            for picks in dict.fromkeys(chosen)
        ]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:  # noqa: ARG002 the contract's
        """Which vocabularies' tokens end where pieces end."""
        asked = [each for each in seen if each.pieces and echo_of(each)]
        if not asked:
            return None
        streams = [stream for each in asked if (stream := _stream(each))]
        borders = sum(len(each.borders) for each in streams)
        if borders < _FEW:
            why = "the stream came in too few pieces" if streams else "the lines were not repeated"
            exhibit = Exhibit(title="Chunk borders", says=f"Says nothing: {why}.")
            return Evidence(signal=self.name, reliability="exact", exhibit=exhibit)
        nats, other = piece_nats(streams, table())
        return Evidence(
            signal=self.name,
            reliability="exact",
            exhibit=_exhibit(streams, nats, other),
            likelihoods=(Likelihoods(level="family", nats=nats, other=other),),
            vetoed=_vetoed(nats, other),
            observations=len(streams),
        )


def _stream(seen: Observation) -> Stream | None:
    """The pieces' borders within the part of the answer that is the echo."""
    echo = echo_of(seen)
    whole = "".join(seen.pieces)
    if not echo or not seen.ok or echo.start < 0 or echo.same < _LEAST:
        return None
    start = whole.find(seen.text[echo.start : echo.start + echo.same])
    if start < 0:
        return None
    ends = accumulate(map(len, seen.pieces))
    borders = frozenset(end - start for end in ends if 0 < end - start < echo.same)
    return Stream(picks=echo.picks, length=echo.same, borders=borders)


def _vetoed(nats: Mapping[str, float], other: float) -> tuple[tuple[Level, str], ...]:
    """Families whose tokens do not end so, where another's do."""
    best = max(nats.values())
    if best < other:
        return ()
    return tuple(("family", name) for name, each in nats.items() if each < best - _VETO)


def _exhibit(streams: Sequence[Stream], nats: Mapping[str, float], other: float) -> Exhibit:
    order = sorted(nats, key=lambda name: -nats[name])
    fits = {name: fit_of(streams, table(), name) for name in order[:_SHOWN]}
    rows = tuple(
        (name, f"{hit} of {all_}", f"{nats[name] - nats[order[0]]:.1f}")
        for name, (all_, hit, _) in fits.items()
    )
    return Exhibit(
        title="Chunk borders",
        says=_says(streams, nats, other, order),
        head=("vocabulary", "borders that are its tokens'", "nats from the best"),
        rows=rows,
        would_change="A stream that is cut anew on its way, by characters or by words.",
        plot=Plot(
            title="Borders of pieces that are borders of tokens",
            unit="share",
            bars=tuple((name, hit / all_) for name, (all_, hit, _) in fits.items()),
        ),
    )


def _says(
    streams: Sequence[Stream], nats: Mapping[str, float], other: float, order: Sequence[str]
) -> str:
    habit = habit_of(streams, table())
    best = nats[order[0]]
    if best - min(nats.values()) < 1 and abs(best - other) < 1:
        return f"Pieces are {habit or 'of no known kind'}: they say nothing of the vocabulary."
    if other > best:
        return "Pieces end where no known vocabulary's tokens do."
    total, hits, tokens = fit_of(streams, table(), order[0])
    return (
        f"Pieces of a streamed echo end where tokens of {order[0]} end. {hits} of {total} borders "
        f"of pieces are borders of {order[0]}'s tokens, which has {tokens} there."
    )
