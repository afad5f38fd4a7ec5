"""Style by itself, all models known: questions that its classifier never saw."""

import math
from collections import defaultdict

from rich.progress import track

from unmasking.known import Known, of_topics

_SIZES = (1, 2, 4, 8, 16)


def writing(known: Known, draw, times: int, *, quiet: bool) -> dict:
    """By number of answers: how often lab and model are right, every model counting alike."""
    places = defaultdict(list)
    for n in of_topics(known.rows):
        places[known.rows[n].model].append(n)
    found = {}
    for answers in track(_SIZES, "style", disable=quiet):
        hits = defaultdict(list)
        for model, theirs in sorted(places.items()):
            for _ in range(times):
                chosen = drawn(theirs, answers, draw)
                lab, best = _named(known, chosen)
                hits["lab", model].append(lab == model.partition("/")[0])
                hits["model", model].append(best == model)
        found[str(answers)] = {
            what: round(
                math.fsum(sum(h) / len(h) for (w, _), h in hits.items() if w == what) / len(places),
                4,
            )
            for what in ("lab", "model")
        }
    return found


def drawn(items, times: int, draw) -> list:
    """So many of them, none twice."""
    left = list(items)
    return [left.pop(int(draw() * len(left))) for _ in range(times)]


def _named(known: Known, chosen: list[int]) -> tuple[str, str]:
    evidence = known.style.weigh(chosen, "")
    if evidence is None:
        return "", ""
    nats = next(each.nats for each in evidence.likelihoods if each.level == "model")
    top = max(nats.values())
    labs = defaultdict(float)
    for model, value in nats.items():
        labs[model.partition("/")[0]] += math.exp(value - top)
    return max(labs, key=labs.get), max(nats, key=nats.get)
