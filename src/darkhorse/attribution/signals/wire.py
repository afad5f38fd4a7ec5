"""The wire: forms of ids, fields, headers, ends and errors, given the gateway in front.

What a gateway writes for every model tells none apart, and is left out. The rest names a service,
and a service some labs more than others (forms/reaching.py): a host is no maker. What an answer
calls itself, or a gateway its upstream, is a claim that anybody can make, and is never weighed.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from darkhorse.attribution.client.asking import Ask, Message, Tool, ask
from darkhorse.attribution.evidence import Evidence, Exhibit, Likelihoods, Reliability
from darkhorse.attribution.forms.gateways import Gateway, gateway_of
from darkhorse.attribution.forms.marks import Mark, marks_of, stop_tokens
from darkhorse.attribution.forms.reaching import LABS, is_strange, nats_of, services_of
from darkhorse.attribution.labs import names_of, title_of
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.base.chance import Draw

__all__ = ["Wire"]

_PLACES = ("Lisbon", "Oslo", "Nairobi", "Quito", "Busan", "Perth", "Tbilisi", "Cork")
_TOOLS = ("note_weather", "look_up_tide", "read_barometer", "find_station", "get_forecast")
_BAD: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("bad-role", {"messages": [{"role": "oracle", "content": "Hello."}]}),
    ("bad-empty", {"messages": []}),
    ("bad-form", {"response_format": {"type": "verse"}}),
    ("bad-choice", {"tool_choice": "perhaps"}),
    ("bad-content", {"messages": [{"role": "user", "content": 7}]}),
)
"""Requests that no API can take, so that it says so in its own words. No field of them is one that
is left out when it is refused (manners.py)."""
_MOST: Mapping[Budget, int] = {"quick": 4, "standard": 7, "deep": 9}
_LIMIT = 200

_SURE, _STRONG = 4.0, 1.0  # nats between the likeliest maker and an unknown one
_FEW = 3  # answers
_MOST_NATS, _MOST_OF_FEW = 3.0, 2.0
"""From best to worst: whoever stands between can write any form, in every answer."""
_MOST_ROUTES = 6
_RARE = 0.1  # of a place's most frequent form: one in hundreds has another's by chance
_ROWS = 40
_SHOWN = 100  # characters


class Wire:
    """What varies between upstreams behind one gateway."""

    name = "wire"

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 the contract's
        """A plain answer, a stream, a tool call, thoughts, and requests that cannot be taken."""
        place, tool = _one(_PLACES, draw), _one(_TOOLS, draw)
        asks = {
            "plain": ask(f"Name one river near {place}.", limit=_LIMIT),
            "tool": _tool_call(place, tool),
            "bad-role": _bad(_BAD[0][1]),
            "streamed": ask(f"Name one food of {place}.", stream=True, limit=_LIMIT),
            "thoughts": ask(
                f"How many letters has {place}?", limit=800, extra={"reasoning": {"effort": "low"}}
            ),
            **{name: _bad(fields) for name, fields in _BAD[1:]},
        }
        chosen = list(asks.items())[: _MOST[budget]]
        return [Probe(name=f"wire/{n}", ask=a, about_tokens=80) for n, a in chosen]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:
        """None where nothing but text is known of the answers."""
        if not any(_has_wire(each) for each in seen):
            return None
        gateway, shown = gateway_of(seen)
        routes = _routes(seen, gateway)
        weighed = _Weighed(routes, seen, known)
        return Evidence(
            signal=self.name,
            reliability=weighed.reliability,
            exhibit=_exhibit(gateway, shown, weighed),
            likelihoods=(weighed.likelihoods,) if weighed.tells else (),
            findings=_findings(gateway, weighed),
            observations=sum(_has_wire(each) for each in seen),
        )


def _tool_call(place: str, tool: str) -> Ask:
    schema = {"properties": {"place": {"type": "string"}}, "required": ["place"]}
    return Ask(
        messages=(Message(text=f"Use the tool for {place}."),),
        tools=(Tool(name=tool, description="Asks a station at a place.", parameters=schema),),
        must_call=tool,
        limit=400,
    )


def _bad(fields: Mapping[str, object]) -> Ask:
    return ask("Hello.", limit=_LIMIT, extra=fields)


def _one(items: Sequence[str], draw: Draw) -> str:
    return items[int(draw() * len(items))]


def _has_wire(seen: Observation) -> bool:
    named = seen.id or seen.call_ids or seen.headers or seen.values or seen.provider
    return bool(named or seen.native_finish or seen.usage or (seen.problem and not seen.ok))


class _Route(Struct, frozen=True):
    """Answers of one provider, where a gateway names it. `marks`: each form once, as first seen."""

    provider: str
    answers: int
    marks: tuple[Mark, ...]
    times: Mapping[tuple[str, str], int]


def _routes(seen: Sequence[Observation], gateway: Gateway) -> list[_Route]:
    grouped: dict[str, list[Observation]] = defaultdict(list)
    for each in seen:
        grouped[each.provider].append(each)
    if len(grouped) > 1 and "" in grouped:  # refusals name nobody
        most = max((name for name in grouped if name), key=lambda name: len(grouped[name]))
        grouped[most] += grouped.pop("")
    largest = sorted(grouped.items(), key=lambda each: -len(each[1]))[:_MOST_ROUTES]
    return [_route(name, answers, gateway) for name, answers in largest]


def _route(provider: str, answers: Sequence[Observation], gateway: Gateway) -> _Route:
    first: dict[tuple[str, str], Mark] = {}
    times: Counter[tuple[str, str]] = Counter()
    for each in answers:
        forms = {(mark.kind, mark.form): mark for mark in reversed(marks_of(each, gateway))}
        times.update(forms.keys())
        first = {**forms, **first}
    common = {kind: max(n for (k, _), n in times.items() if k == kind) for kind, _ in times}
    kept = [mark for key, mark in first.items() if times[key] >= _RARE * common[key[0]]]
    return _Route(provider, len(answers), tuple(kept), times)


class _Weighed:
    """What all routes say together."""

    def __init__(
        self, routes: Sequence[_Route], seen: Sequence[Observation], known: Library
    ) -> None:
        self.routes = routes
        self.stops = _stops(seen)
        held = [lab.name for lab in known.labs] or list(LABS)
        usual = {names_of(lab)[0] for lab in held}
        self.strangers = [lab for lab in LABS if names_of(lab)[0] not in usual]
        self.nats = dict.fromkeys(held, 0.0)
        self.stranger_nats = dict.fromkeys(self.strangers, 0.0)
        self.nobody = 0.0
        for route in routes:
            self._add(route, held)
        self._add_stops(known)
        self.told = self.gap  # before it is held to what an imitation allows
        self._hold(_MOST_NATS if len(seen) >= _FEW else _MOST_OF_FEW)
        strange = _mean_log([self.nobody, *self.stranger_nats.values()], [len(LABS), 1])
        self.likelihoods = Likelihoods(level="lab", nats=self.nats, other=strange)

    def _add(self, route: _Route, held: Sequence[str]) -> None:
        told, nobody = nats_of(route.marks, [*held, *self.strangers])
        for lab in held:
            self.nats[lab] += told[lab]
        for lab in self.strangers:
            self.stranger_nats[lab] += told[lab]
        self.nobody += nobody

    def _add_stops(self, known: Library) -> None:
        """A token's id is its vocabulary's: labs that use it, and others that took it over."""
        families = {family for family in self.stops.values() if family}
        users = {model.lab for model in known.models if model.family in families}
        users |= {lab.name for lab in known.labs if families & set(lab.families)}
        if families and users:
            for lab in self.nats:
                self.nats[lab] += _STOP_OWN if lab in users else _STOP_ELSE
            self.nobody += _STOP_NOBODY

    def _hold(self, most: float) -> None:
        least = max([*self.nats.values(), *self.stranger_nats.values(), self.nobody]) - most
        self.nats = {lab: max(nats, least) for lab, nats in self.nats.items()}
        self.stranger_nats = {lab: max(nats, least) for lab, nats in self.stranger_nats.items()}
        self.nobody = max(self.nobody, least)

    @property
    def gap(self) -> float:
        """Nats from the likeliest maker to a lab that nobody knows."""
        every = [*self.nats.values(), *self.stranger_nats.values(), self.nobody]
        return max(every) - self.nobody

    @property
    def tells(self) -> bool:
        """Is there any mark?"""
        return any(route.marks for route in self.routes) or bool(self.stops)

    @property
    def reliability(self) -> Reliability:
        """Never exact: one string that anybody can write would name a maker."""
        return "strong" if self.gap >= _STRONG else "weak"


_STOP_OWN, _STOP_ELSE, _STOP_NOBODY = -0.1, -3.5, -1.5


def _stops(seen: Sequence[Observation]) -> Mapping[int, str]:
    return {number: family for each in seen for number, family in stop_tokens(each).items()}


def _mean_log(nats: Sequence[float], weights: Sequence[float]) -> float:
    """Log of the weighted mean; the last weight stands for all that follow."""
    full = [*weights, *[weights[-1]] * (len(nats) - len(weights))]
    top = max(nats)
    whole = math.fsum(w * math.exp(each - top) for w, each in zip(full, nats, strict=False))
    return top + math.log(whole / math.fsum(full[: len(nats)]))


def _exhibit(gateway: Gateway, shown: str, weighed: _Weighed) -> Exhibit:
    front = f"In front stands {gateway.name} ({shown[:_SHOWN]}); what it writes for every model is"
    front += " left out. "
    return Exhibit(
        title="Wire format",
        says=(front if gateway.name else "No gateway shows itself. ") + _says(weighed),
        head=("where", "what came", "whose form", "answers"),
        rows=tuple(_rows(weighed)[:_ROWS]),
        against=_against(weighed),
        would_change="The same forms behind another maker's API: an upstream can imitate them, "
        "and a gateway can pass on another's.",
    )


def _says(weighed: _Weighed) -> str:
    if not weighed.tells:
        return "Nothing that is left has a form of anybody's."
    services = services_of([mark for route in weighed.routes[:1] for mark in route.marks])
    likely = ", ".join(f"{name} {share:.0%}" for name, share in services[:3] if share >= 0.05)
    said = f"What came through looks like: {likely}. " if weighed.routes[0].marks else ""
    everyone = {**weighed.nats, **weighed.stranger_nats}
    best = max(everyone, key=lambda lab: everyone[lab])
    if weighed.gap < _STRONG:
        return said + "It names no maker: a host or an engine can serve anybody's weights."
    times = math.exp(min(weighed.gap, 12))
    return said + f"It is {times:,.0f} times as likely from {title_of(best)} as from a stranger."


def _rows(weighed: _Weighed) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        (
            _WHERE.get(mark.kind, mark.kind) + (f", {route.provider}" if route.provider else ""),
            mark.shown[:_SHOWN],
            mark.form,
            f"{route.times[mark.kind, mark.form]} of {route.answers}",
        )
        for route in weighed.routes
        for mark in route.marks
    ]
    stops = [
        ("id of the last token", str(number), family or "no vocabulary we know", "")
        for number, family in weighed.stops.items()
    ]
    return rows + stops


_WHERE: Mapping[str, str] = {
    "id": "id of the answer",
    "call": "id of a tool call",
    "format": "format of thoughts",
    "finish": "end",
    "native": "native end",
    "passed": "header passed on",
    "raw": "error passed on",
    "total": "sum of usage",
}


def _against(weighed: _Weighed) -> str:
    """Forms that the likeliest service does not write."""
    for route in weighed.routes[:1]:
        best = services_of(route.marks)[0][0] if route.marks else ""
        foreign = sorted({mark.form for mark in route.marks if is_strange(best, mark)})
        if foreign and best:
            return f"{best} is not known to write forms of {', '.join(foreign)}."
    return ""


def _findings(gateway: Gateway, weighed: _Weighed) -> tuple[str, ...]:
    found = [f"{gateway.name} stands in front."] if gateway.name else []
    named = sorted({route.provider for route in weighed.routes if route.provider})
    if len(named) > 1:
        found.append(f"Several upstreams answer: {', '.join(named)}.")
    if weighed.stranger_nats and weighed.told >= _SURE:
        best = max(weighed.stranger_nats, key=lambda lab: weighed.stranger_nats[lab])
        if weighed.stranger_nats[best] > max(weighed.nats.values(), default=-math.inf):
            found.append(f"Its forms are those of {title_of(best)}, whom the library lacks.")
    return tuple(found)
