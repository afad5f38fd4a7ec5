"""Reads the headers of every answer: names, values, order."""

import re
from collections.abc import Iterable, Mapping
from itertools import combinations

from darkhorse.attribution.client.door import Door
from darkhorse.attribution.forms.written import owner_of_header
from darkhorse.audit.attack import exhibit, unanswered
from darkhorse.audit.gathering import Gathering
from darkhorse.audit.neutral_headers import HEADERS, ORDER
from darkhorse.audit.survey import Scene, Survey, survey
from darkhorse.audit.tells import Wanted
from darkhorse.catalog.audits import Finding

__all__ = ["Headers"]

_FEW = 8


class Headers:
    """Holds each header against the list of an API that tells nothing."""

    name = "headers"
    channels = ("headers",)
    calls = 0  # the usual questions, which others ask too

    async def read(self, door: Door) -> Survey:
        """The usual questions."""
        return await survey(door)

    def judge(self, raw: Survey | None, public: Survey) -> Iterable[Finding]:
        """What the public side's headers tell."""
        if public.problem:
            return [unanswered("headers", public.problem)]
        gathering = Gathering()
        wanted = Wanted((*public.names.all, *(raw.names.all if raw else ())))
        native = _native(raw)
        for scene in public.answered:  # refusals are another attack's
            _names_and_values(scene, wanted, gathering)
            _order(scene, gathering)
            _same(scene, native, gathering)
        names = {name.lower() for each in public.answered for name, _ in each.answer.reply.headers}
        well = f"only {', '.join(sorted(names))}"
        return gathering.findings("headers", well, _before(raw), unless=public.lacking)


def _names_and_values(scene: Scene, wanted: Wanted, gathering: Gathering) -> None:
    for name, value in scene.answer.reply.headers:
        rule = HEADERS.get(name.lower())
        shown = exhibit("public", scene.title, f"{name}: {value}")
        if rule is None:
            owner = owner_of_header(name)
            text = f"`{name}` is no header of ours{f'; {owner} sends it' if owner else ''}"
            gathering.add("headers/unknown", text, shown)
        elif not re.fullmatch(rule, value) or wanted.find(value):
            gathering.add("headers/value", f"`{name}` has a value of its own", shown)


def _native(raw: Survey | None) -> set[tuple[str, str]]:
    """Headers that anybody may send, with the values that the endpoint sent."""
    return {
        (name.lower(), value)
        for scene in (raw.answered if raw else ())
        for name, value in scene.answer.reply.headers
        if name.lower().startswith(("x-", "retry-", "sunset", "deprecation"))
    } - _ANYBODY


_ANYBODY = {("x-accel-buffering", "no")}


def _same(scene: Scene, native: set[tuple[str, str]], gathering: Gathering) -> None:
    for name, value in scene.answer.reply.headers:
        if (name.lower(), value) in native:
            shown = exhibit("public", scene.title, f"{name}: {value}")
            gathering.add("headers/native", f"`{name}` has the endpoint's own value", shown)


def _order(scene: Scene, gathering: Gathering) -> None:
    """Names are small, and stand in one order."""
    names = [name for name, _ in scene.answer.reply.headers if name.lower() in ORDER]
    odd = [name for name in names if not name.islower()]
    if len({name.lower() for name in names}) < len(names):
        shown = exhibit("public", scene.title, ", ".join(names))
        gathering.add("headers/twice", "a header comes twice", shown)
    if odd:
        shown = exhibit("public", scene.title, ", ".join(names))
        gathering.add("headers/spelling", f"`{odd[0]}` is written as another server does", shown)
    places = [ORDER[name.lower()] for name in names]
    if any(first > second for first, second in combinations(places, 2)):
        shown = exhibit("public", scene.title, ", ".join(names))
        gathering.add("headers/order", "the headers stand in another server's order", shown)


def _before(raw: Survey | None) -> str:
    told: Mapping[str, str] = {
        name.lower(): value
        for scene in (raw.answered if raw else ())
        for name, value in scene.answer.reply.headers
        if not re.fullmatch(HEADERS.get(name.lower(), "(?!)"), value)
    }
    return "; ".join(f"{name}: {value[:60]}" for name, value in list(told.items())[:_FEW])
