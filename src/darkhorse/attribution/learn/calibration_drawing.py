"""Draws trials: endpoints of known models, judged with all of a library and with their lab gone."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from msgspec import structs

from darkhorse.attribution.evidence import Evidence
from darkhorse.attribution.labs import names_of
from darkhorse.attribution.learn.calibration_trials import Kind, Trial
from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.library.counts import Counts
from darkhorse.attribution.library.families import FAMILIES
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.signals.prompt_counts import PromptCounts
from darkhorse.base.chance import Draw

__all__ = ["SIZES", "Style", "draw_trials", "endpoints_of", "groups_of", "left_out"]

SIZES = (1, 4, 8, 16, 32, 64)
"""Answers a trial."""
_LEAST = 15  # answers of an endpoint that is drawn from

_COUNTS = PromptCounts(())  # whatever is installed, a library is the same
Endpoint = tuple[str, str]
_Value = TypeVar("_Value")


class Style(Protocol):
    """Weighs answers by classifiers that never saw their questions."""

    def weigh(self, rows: Sequence[int], without: str) -> Evidence | None:
        """What these say; None where they hold too little text.

        `rows`: places in the rows it was learnt from. `without`: a group of labs whose models it
        has to do without, or a round of models; empty: all are known.
        """
        ...


def groups_of(known: Library) -> Mapping[str, frozenset[str]]:
    """Labs that are left out together: a maker of weights, and whoever tunes them."""
    groups: dict[str, set[str]] = defaultdict(set)
    joined = {each.lab: each.base for each in known.models if each.base}
    for each in known.models:
        groups[joined.get(each.lab, each.lab)].add(each.lab)
    return {name: frozenset(groups[name]) for name in sorted(groups)}


def left_out(known: Library, labs: Collection[str], *, vocabularies: bool) -> Library:
    """The library without these labs; `vocabularies`: and without those that are theirs."""
    models = tuple(each for each in known.models if each.lab not in labs)
    kept = {each.family for each in models}
    gone = {each.family for each in known.models if each.lab in labs} | _of_makers(labs)
    return structs.replace(
        known,
        models=models,
        labs=tuple(each for each in known.labs if each.name not in labs),
        counts=_without(
            known.counts,
            {each.name for each in known.models if each.lab in labs},
            gone - kept if vocabularies else (),
        ),
    )


def endpoints_of(rows: Sequence[Row]) -> Mapping[Endpoint, tuple[int, ...]]:
    """Model and provider → where in `rows` their answers are; only those with enough."""
    places: dict[Endpoint, list[int]] = defaultdict(list)
    for n, row in enumerate(rows):
        places[row.model, row.seen.provider].append(n)
    return {key: tuple(found) for key, found in sorted(places.items()) if len(found) >= _LEAST}


def draw_trials(
    rows: Sequence[Row],
    known: Library,
    style: Style,
    draw: Draw,
    *,
    times: int = 3,
    kins: Mapping[str, str] | None = None,
) -> Iterator[Trial]:
    """Each endpoint, with each number of answers it has, so many times.

    Each draw is judged with all of the library, without another lab, without the endpoint's model,
    and without its lab. The second is there so that known labs and strangers are told apart by
    who they are, and not by how many labs a classifier was learnt from. `kins`: model → the round
    of models, as `style` knows it, in which it is left out while others of its lab stay.
    """
    groups = groups_of(known)
    group_of = {lab: name for name, labs in groups.items() for lab in labs}
    less = _lesser(known, groups, kins or {})
    for (model, _), places in endpoints_of(rows).items():
        lab = model.partition("/")[0]
        group = group_of[lab]
        others = [name for name in groups if name != group]
        for answers in (each for each in SIZES if each <= len(places)):
            for _ in range(times):
                chosen = _sample(places, answers, draw)
                other = others[int(draw() * len(others))] if others else ""
                asked: tuple[tuple[Kind, str], ...] = (
                    ("known", ""),
                    ("known", other),
                    ("new", (kins or {}).get(model, "")),
                    ("stranger", group),
                )
                for kind, without in dict.fromkeys(asked):
                    if without not in less and (kind, without) != ("known", ""):
                        continue
                    library = less.get(without, known)
                    yield Trial(
                        lab=lab,
                        model=model,
                        group=group,
                        kind=kind,
                        answers=answers,
                        known=library,
                        evidence=_evidence(rows, chosen, library, style, without),
                    )


def _lesser(
    known: Library, groups: Mapping[str, Collection[str]], kins: Mapping[str, str]
) -> Mapping[str, Library]:
    """What is left out → the library without it."""
    less = {
        name: left_out(known, labs, vocabularies=True)
        for name, labs in groups.items()
        if len(groups) > 1
    }
    for name in sorted(set(kins.values())):
        gone = {model for model, its in kins.items() if its == name}
        less[name] = structs.replace(
            known,
            models=tuple(each for each in known.models if each.name not in gone),
            counts=_without(known.counts, gone, ()),
        )
    return less


def _evidence(
    rows: Sequence[Row], chosen: Sequence[int], known: Library, style: Style, without: str
) -> tuple[Evidence, ...]:
    counted = _COUNTS.weigh([rows[n].seen for n in chosen], known)
    written = style.weigh(chosen, without)
    return tuple(each for each in (counted, written) if each)


def _of_makers(labs: Collection[str]) -> set[str]:
    """Vocabularies that these labs use more than anybody else does."""
    usual = {names_of(lab)[0] for lab in labs}
    used = {title: family.labs for title, family in FAMILIES.items() if family.labs}
    return {title for title, by in used.items() if max(by, key=by.__getitem__) in usual}


def _sample(places: Sequence[int], times: int, draw: Draw) -> list[int]:
    left = list(places)
    return [left.pop(int(draw() * len(left))) for _ in range(times)]


def _without(counts: Counts, models: Collection[str], families: Collection[str]) -> Counts:
    kept = [n for n, each in enumerate(counts.vocabularies) if each not in families]

    def cut(table: Mapping[str, tuple[int, ...]]) -> Mapping[str, tuple[int, ...]]:
        return {key: tuple(row[n] for n in kept) for key, row in table.items()}

    return structs.replace(
        counts,
        vocabularies=tuple(counts.vocabularies[n] for n in kept),
        probes=cut(counts.probes),
        prompts=cut(counts.prompts),
        own=_of_others(counts.own, models),
        families=_of_others(counts.families, models),
        usual=_of_others(counts.usual, models),
    )


def _of_others(table: Mapping[str, _Value], models: Collection[str]) -> dict[str, _Value]:
    return {model: value for model, value in table.items() if model not in models}
