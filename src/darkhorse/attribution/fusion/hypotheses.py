"""Who it may be: each known model, a new model of each known lab, and nobody we know.

A leaf of the tree is one of these together with one vocabulary, so that signals of vocabularies
and signals of makers meet in the same sum.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from darkhorse.attribution.labs import names_of
from darkhorse.attribution.library.families import FAMILIES, families_of
from darkhorse.attribution.library.library import Library, Model

__all__ = ["Leaf", "leaves_of", "prior_of"]

_BARE = 0.15  # prior of all labs of which only the vocabulary is known
_TUNER = 1 / 3  # how much rarer a lab is met that only tunes
_USER = 0.2  # how much rarer those of them are met that use somebody else's
_STRAY = 0.03  # P(a lab's new model uses a vocabulary that it never used)
_OTHERS = 0.02  # how readily strangers take a vocabulary of which nothing is known
_NEVER = 1e-4  # the same of one that its maker keeps to itself
_UNHELD = 0.2  # least P(a new model uses one that nobody holds)


class Leaf(Struct, frozen=True, kw_only=True):
    """One hypothesis. Empty `lab`: nobody we know; empty `model`: one we do not know."""

    lab: str = ""
    model: str = ""
    family: str = ""  # its vocabulary; empty: one that nobody holds
    counts_like: str = ""  # a model with that vocabulary, where nobody holds it
    root: str = ""  # the lab whose weights it is built on; its own where it is built on none
    prior: float  # nats


def leaves_of(known: Library) -> tuple[Leaf, ...]:
    """All leaves; their priors sum to one."""
    grown = [*_of_labs(known), *_of_nobody(known)]
    whole = math.fsum(weight for _, weight in grown)
    return tuple(
        Leaf(**fields, prior=math.log(weight / whole)) for fields, weight in grown if weight > 0
    )


def prior_of(known: Library) -> Mapping[str, float]:
    """Lab (empty: nobody we know) → probability before anything was seen."""
    prior: dict[str, float] = defaultdict(float)
    for leaf in leaves_of(known):
        prior[leaf.lab] += math.exp(leaf.prior)
    return dict(prior)


_Grown = tuple[dict[str, str], float]


def _of_labs(known: Library) -> Iterator[_Grown]:
    models: dict[str, list[Model]] = defaultdict(list)
    for model in known.models:
        models[model.lab].append(model)
    bare = _bare(known, models)
    left = 1 - known.calibration.nobody
    for_bare = _BARE * left if bare and models else left * (not models)
    weights = {lab: _weight(theirs) for lab, theirs in models.items()}
    share = (left - for_bare) / math.fsum(weights.values()) if models else 0.0
    for lab, theirs in models.items():
        yield from _of_lab(known, lab, theirs, share * weights[lab])
    whole = math.fsum(bare.values())
    for lab, weight in bare.items():
        yield from _of_lab(known, lab, [], for_bare * weight / whole)


def _weight(models: Iterable[Model]) -> float:
    """How likely a lab is met: less where all it makes is built on somebody else's weights."""
    return _TUNER if all(model.base for model in models) else 1.0


def _bare(known: Library, models: Iterable[str]) -> Mapping[str, float]:
    """Labs without a model here, but with a vocabulary that is → how likely one is met."""
    there = {names_of(lab)[0] for lab in models}
    told = {lab.name for lab in known.labs if lab.families}
    held = [FAMILIES[each].labs for each in known.counts.vocabularies if each in FAMILIES]
    named = sorted(told.union(*held))
    makers = told.union(max(labs, key=labs.__getitem__) for labs in held if labs)
    return {lab: 1.0 if lab in makers else _USER for lab in named if names_of(lab)[0] not in there}


def _of_lab(known: Library, lab: str, models: list[Model], share: float) -> Iterator[_Grown]:
    new = known.calibration.new if models else 1.0
    for model in models:
        fields = {
            "lab": lab,
            "model": model.name,
            "family": model.family,
            "counts_like": "" if model.family else model.name,
            "root": model.base or lab,
        }
        yield fields, share * (1 - new) / len(models)
    for fields, weight in _of_new(known, lab, models):
        yield {"lab": lab, **fields}, share * new * weight


def _of_new(known: Library, lab: str, models: list[Model]) -> Iterator[_Grown]:
    """The vocabularies that a lab's new model may have; weights sum to one."""
    roots = {each.family: each.base or lab for each in models}
    usual = _usual(known, lab, models)
    taken = _taken(known) if models else {}
    strays = {family: weight for family, weight in taken.items() if family not in usual}
    whole = math.fsum(strays.values())
    for family, share in usual.items():
        yield {"family": family, "root": roots.get(family, lab)}, share
    for family, weight in strays.items():
        yield {"family": family, "root": lab}, _STRAY * weight / whole
    left = 1 - math.fsum(usual.values()) - _STRAY * bool(strays)
    alike = [each.name for each in models if not each.family]
    for name in alike:
        yield {"counts_like": name, "root": lab}, left / 2 / len(alike)
    yield {"root": lab}, left / 2 if alike else left


def _usual(known: Library, lab: str, models: list[Model]) -> Mapping[str, float]:
    """Vocabulary → share of the lab's models, with room for one that nobody holds."""
    shares: dict[str, float] = defaultdict(float)
    held = set(known.counts.vocabularies)
    told = next((each.families for each in known.labs if each.name == lab), ())
    for family, share in families_of(lab).items():
        shares[family] += share
    for family in (*told, *(each.family for each in models)):
        shares[family] = max(shares[family], 0.5 / max(1, len(models)))
    kept = {family: share for family, share in shares.items() if family in held and share}
    whole = math.fsum(shares.values()) if shares else 1.0
    scale = (1 - _UNHELD - _STRAY) / max(whole, 1 - _UNHELD - _STRAY)
    return {family: share * scale for family, share in kept.items()}


def _of_nobody(known: Library) -> Iterator[_Grown]:
    taken = _taken(known)
    scale = min(1.0, (1 - _UNHELD) / (math.fsum(taken.values()) or 1.0))
    for family, share in taken.items():
        yield {"family": family}, known.calibration.nobody * share * scale
    unheld = 1 - scale * math.fsum(taken.values())
    yield {}, known.calibration.nobody * unheld


def _taken(known: Library) -> Mapping[str, float]:
    """Vocabulary → share of the models of labs that we do not know."""
    strangers = families_of("")
    return {
        family: strangers.get(family, _NEVER if family in FAMILIES else _OTHERS)
        for family in known.counts.vocabularies
    }
