"""Token counts by themselves: every route's ordinary prompts against known vocabularies."""

from collections import Counter, defaultdict

from rich.progress import track

from darkhorse.attribution.fusion.fuse import fuse, recounted
from darkhorse.attribution.learn.calibration_drawing import left_out
from darkhorse.attribution.library.families import is_neutral
from darkhorse.attribution.signals.prompt_counts import PromptCounts
from unmasking.known import TOPICS, Known

_LEAST = 15  # answers of a route
_READ = 32  # of them, whose style is read
_CLEAR = 3.0  # nats over a vocabulary that nobody holds


def routes(known: Known, *, quiet: bool) -> dict:
    """How many are read rightly, by what they are, and those that are not."""
    told = Counter()
    slips = []
    for (model, provider), places in track(sorted(_routes(known).items()), "routes", disable=quiet):
        kind, found = _read(known, model, places)
        told[f"{kind}: {found}"] += 1
        if found in ("wrong", "open"):
            slips.append(f"{model} at {provider or 'its own'}")
    return {"routes": told.total(), "told": dict(sorted(told.items())), "not told": slips}


def _routes(known: Known) -> dict:
    found = defaultdict(list)
    for n, row in enumerate(known.rows):
        if row.set in TOPICS and row.seen.prompt_tokens is not None:
            found[row.model, row.seen.provider].append(n)
    return {key: places for key, places in found.items() if len(places) >= _LEAST}


def _read(known: Known, model: str, places: list[int]) -> tuple[str, str]:
    """What the route is, by the whole of its data; what was read of it."""
    family = known.library.counts.families.get(model, "")
    library = known.library
    if not family:  # its own charges are known, which is not the question here
        library = left_out(library, {model.partition("/")[0]}, vocabularies=True)
    evidence = PromptCounts(()).weigh([known.rows[n].seen for n in places], library)
    if evidence is None:
        return "no counts", "open"
    level = evidence.likelihoods[0]
    best = max(level.nats.values())
    ties = {name for name, nats in level.nats.items() if best - nats < 0.5}
    is_clear = best - level.other > 0.5
    if not family:
        return "no vocabulary", "wrong" if best - level.other > _CLEAR else "flagged"
    if family in ties:
        return "native", "alone" if len(ties) == 1 else "tied"
    if is_clear and any(is_neutral(name) for name in ties):
        return "counted anew", _flagged(known, places, next(iter(ties)))
    return "native", "wrong" if is_clear else "open"


def _flagged(known: Known, places: list[int], family: str) -> str:
    """Does the whole of the evidence say that these counts are somebody else's?"""
    counted = PromptCounts(()).weigh([known.rows[n].seen for n in places], known.library)
    every = max(1, len(places) // _READ)
    written = known.style.weigh(places[::every][:_READ], "")
    verdict = fuse([each for each in (counted, written) if each], known.library)
    if verdict.lab == "openai":
        return "wrong"
    return "flagged" if recounted(family) in verdict.findings else "not taken for its maker's"
