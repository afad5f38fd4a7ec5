"""Whether an answer under an envelope has left, as its key may know it: not when its engine ended.

The record of such an answer is written while it still flows, so a list that showed the end at once
would tell the engine's own pace (docs/rhythm.md). Here it is shown as running for as long as its
envelope takes, and for whole minutes after that where the engine was slower.
"""

from collections.abc import Mapping

from msgspec import structs

from darkhorse.catalog.rhythm import USUAL_RHYTHM, Rhythm
from darkhorse.storage.accounting import OwnGeneration

__all__ = ["Rhythms", "has_flowed", "shown"]

Rhythms = Mapping[str, Rhythm]
"""By listing's slug, live or past."""

_STEP_MS = 60_000
_BYTES = 4  # of text a public token stands for at most, so as many characters
_LONGEST_BEAT_MS = 1000


def has_flowed(
    rhythm: Rhythm, *, at_us: int, tokens: int, duration_ms: float | None, now_us: int
) -> bool:
    """Has the last piece of an ended answer left, and any moment that its engine's end could be?"""
    if not rhythm.is_paced:
        return True
    flows_ms = (rhythm.first_ms or 0) + tokens * _BYTES * 1000 / (rhythm.chars_per_s or 1)
    late_ms = max(0.0, (duration_ms or 0.0) + _LONGEST_BEAT_MS - (rhythm.first_ms or 0))
    steps = 1 + late_ms // _STEP_MS
    return now_us - at_us >= (flows_ms + steps * _STEP_MS) * 1000


def shown(row: OwnGeneration, rhythms: Rhythms, now_us: int) -> OwnGeneration:
    """A row as its key may see it: of a paced listing without times, and running while it flows."""
    rhythm = rhythms.get(row.listing, USUAL_RHYTHM)
    if row.outcome is None or not rhythm.is_paced:
        return row
    flowed = has_flowed(
        rhythm,
        at_us=row.at_us,
        tokens=row.completion_tokens,
        duration_ms=row.duration_ms,
        now_us=now_us,
    )
    if flowed:
        return structs.replace(row, first_token_ms=None, duration_ms=None)
    return OwnGeneration(
        id=row.id,
        at_us=row.at_us,
        listing=row.listing,
        dialect=row.dialect,
        streamed=row.streamed,
        prompt_tokens=row.prompt_tokens,
    )
