"""Which lab of a library is meant by a maker's name."""

from collections.abc import Iterable, Mapping

from darkhorse.attribution.heard.names import folded, joined
from darkhorse.attribution.labs import names_of
from darkhorse.attribution.library.library import Lab, Library
from darkhorse.catalog.makers import MAKERS

__all__ = ["lab_by_maker", "lab_of_maker"]


def lab_by_maker(known: Library) -> Mapping[str, str]:
    """Maker's name in `catalog.makers` → the library's name for that lab, where it has it."""
    makers = {key: maker.name for maker in MAKERS for key in _keys((maker.name, *maker.aliases))}
    found: dict[str, str] = {}
    for lab in known.labs or _of_models(known):
        for key in _keys((lab.title, lab.name, *names_of(lab.name))):
            if key in makers:
                found.setdefault(makers[key], lab.name)
    return found


def lab_of_maker(known: Library, name: str) -> str:
    """The library's name for a maker, by any name of his; empty where it knows him not."""
    wanted = joined(folded(name))
    makers = (m.name for m in MAKERS if wanted in _keys((m.name, *m.aliases)))
    named = lab_by_maker(known)
    by_maker = next((named[maker] for maker in makers if maker in named), "")
    own = (lab.name for lab in known.labs if wanted in _keys((lab.title, *names_of(lab.name))))
    return by_maker or next(own, "")


def _of_models(known: Library) -> Iterable[Lab]:
    names = dict.fromkeys(model.lab for model in known.models)
    return (Lab(name=name, title=name) for name in names)


def _keys(names: Iterable[str]) -> list[str]:
    return [key for name in names if (key := joined(folded(name)))]
