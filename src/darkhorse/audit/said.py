"""Whose names an audit looks for: the true maker's and everybody else's."""

import re
from functools import lru_cache

from darkhorse.attribution.client.door import Names
from darkhorse.attribution.heard.names import folded, joined
from darkhorse.catalog.makers import MAKERS, Maker

__all__ = ["maker_of", "other_makers"]

_FORM = re.compile(
    r"(?i)[\s,.-]+(?:a\.?i\.?|labs?|inc|ltd|llc|gmbh|corp|co|company|group|research|technolog\w+)"
    r"\.?$"
)
_VERSION = re.compile(r"(?i)[\s_-]*(?:(?<![a-z])[a-z])?\d.*$")


@lru_cache(maxsize=64)
def maker_of(names: Names) -> Maker:
    """The true maker, with plainer names and, where its lab is known, all of the lab's."""
    exact = [*names.all]
    forms = [form for name in exact for form in _forms(name)]
    keys = {joined(folded(name)) for name in [names.maker, *_forms(names.maker)] if name}
    for maker in MAKERS:
        if any(joined(folded(name)) in keys for name in (maker.name, *maker.aliases)):
            forms += [maker.name, *maker.aliases, *maker.models]
    title = names.maker or names.model
    return Maker(title, tuple(dict.fromkeys([*exact, *forms])))


@lru_cache(maxsize=64)
def other_makers(names: Names) -> tuple[Maker, ...]:
    """All makers that are known, without the true one."""
    own = {joined(folded(name)) for name in maker_of(names).aliases}
    return tuple(
        maker
        for maker in MAKERS
        if not any(joined(folded(name)) in own for name in (maker.name, *maker.aliases))
    )


def _forms(name: str) -> list[str]:
    """Plainer names for the same: without `AI`, `Labs`, a path, a version."""
    last = name.rsplit("/", 1)[-1]
    found = [last, _VERSION.sub("", last)]
    while (shorter := _FORM.sub("", found[-1])) != found[-1]:
        found.append(shorter)
    return [each for each in found if len(joined(folded(each))) >= 2]
