"""Style on other tasks than it was learnt from: other topics, languages and forms of text."""

from collections import defaultdict

from rich.progress import track

from darkhorse.attribution.learn.style import learn_style
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.signals.style import Style as StyleSignal
from unmasking.known import Known, of_topics
from unmasking.writing import drawn

_ANSWERS = 8
_HALF = 25  # of fifty questions, each another form of text


def _form(row) -> int:
    return int(row.question.rsplit("_", 1)[-1])


SPLITS = {
    "English to Chinese": (lambda r: r.set[:3] not in ("zh_", "fi_"), lambda r: r.set[:3] == "zh_"),
    "English to Finnish": (lambda r: r.set[:3] not in ("zh_", "fi_"), lambda r: r.set[:3] == "fi_"),
    "USA and EU to Russia and China": (
        lambda r: r.set[:3] in ("us_", "eu_"),
        lambda r: r.set in ("russia_criticism", "china_criticism"),
    ),
    "one half of the forms to the other": (
        lambda r: _form(r) <= _HALF,
        lambda r: _form(r) > _HALF,
    ),
}
"""Name → which rows are learnt from, which are read."""


def transfer(known: Known, draw, times: int, told, *, quiet: bool) -> dict:
    """For each split: how often lab and model are right from eight answers of one endpoint."""
    rows = [known.rows[n] for n in of_topics(known.rows)]
    found = {}
    for name, (learnt, read) in SPLITS.items():
        style = learn_style([row for row in rows if learnt(row)], {}, told, strangers=False).style
        library = Library(models=known.library.models, style=style)
        found[name] = _read(library, [row for row in rows if read(row)], draw, times, name, quiet)
    return found


def _read(library, rows, draw, times, name, quiet) -> dict:
    signal = StyleSignal()
    by_model = defaultdict(list)
    for row in rows:
        by_model[row.model].append(row.seen)
    labs = models = 0.0
    for model, seen in track(sorted(by_model.items()), name, disable=quiet):
        hits = [_named(signal, library, seen, draw) for _ in range(times)]
        labs += sum(each.partition("/")[0] == model.partition("/")[0] for each in hits) / times
        models += sum(each == model for each in hits) / times
    many = len(by_model)
    return {"lab": round(labs / many, 4), "model": round(models / many, 4), "models": many}


def _named(signal, library, seen, draw) -> str:
    chosen = drawn(seen, _ANSWERS, draw)
    evidence = signal.weigh(chosen, library)
    if evidence is None or not evidence.likelihoods:
        return ""
    nats = next(each.nats for each in evidence.likelihoods if each.level == "model")
    return max(nats, key=nats.get)
