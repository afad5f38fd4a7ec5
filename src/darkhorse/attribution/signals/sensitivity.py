"""How it takes a prefill, an order, a switch and special strings, and what stands in front of it.

Weak as manners go. Special strings are nearly proof where a server reads them: a string that is
swallowed, ends the answer or counts as one token belongs to the model's template, and one that
nobody uses shows that texts are not merely cleaned. Held to a nat like the rest of it, since a host
may read strings that are not its model's.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from darkhorse.attribution.asked.handling import ORDERS, PREFILLS, SWITCHES, THOUGHT_OF
from darkhorse.attribution.asked.marks import MARKS, NOBODYS, PLAIN, copy_of, lines_of
from darkhorse.attribution.client.asking import Ask, Message, ask
from darkhorse.attribution.client.public_count import public_tokens
from darkhorse.attribution.evidence import Evidence, Exhibit, Likelihoods
from darkhorse.attribution.heard.reactions import Reaction, reactions
from darkhorse.attribution.heard.weighing import by_lab, held, tallied
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.base.chance import Draw

__all__ = ["Sensitivity", "reacted"]

_LIMIT = 300
_THINKING_LIMIT = 900
_HIDDEN = 250  # tokens in front of a short prompt: no template alone is so long
_SHORT = 200  # characters
_READ_MARKS = 1.0
_KEPT_MARKS = -0.5
_SWITCH = 0.7
_MOST_READ = 2  # marks of more vocabularies than that: somebody strips whatever is special
_ONE_TOKEN = 1  # more than a plain word, at most
_MANY_TOKENS = 3  # more than a plain word, at least, for a string that is none

_Outcomes = dict[str, str]


class Sensitivity:
    """Tries what a template and its server make of odd requests; weak."""

    name = "sensitivity"

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 (the contract's)
        """A prefill and a line of marks at least."""
        if budget == "quick":
            return [_prefill(0), *_lines(1, draw)]
        if budget == "standard":
            return [
                _prefill(0),
                _prefill(1),
                _order(0),
                *_switches(("", "/no_think")),
                *_lines(3, draw),
            ]
        singles = [_copy(mark) for mark in (*MARKS, NOBODYS, PLAIN)]
        orders = [_order(at) for at in range(len(ORDERS))]
        prefills = [_prefill(at) for at in range(len(PREFILLS))]
        return [*prefills, *orders, *_switches(("", *SWITCHES)), *singles, *_lines(1, draw)]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:
        """Whose template reads what was sent, and whose models act so."""
        found = [made for each in seen for made in reactions(each)]
        hidden = _in_front(seen)
        if not found and (hidden is None or hidden < _HIDDEN):
            return None
        return Evidence(
            signal=self.name,
            reliability="weak",
            likelihoods=_likelihoods(found, known),
            exhibit=_exhibit(found, hidden),
            findings=_findings(found, hidden),
        )


def reacted(seen: Observation) -> Iterator[tuple[str, str]]:
    """For tallies: how each was taken; the prefills are one question."""
    for made in reactions(seen):
        yield _question(made), made.outcome


def _question(made: Reaction) -> str:
    return f"sensitivity/{made.kind}" + (f" {made.what}" if made.kind != "prefill" else "")


def _likelihoods(found: Sequence[Reaction], known: Library) -> tuple[Likelihoods, ...]:
    """By family where a special string or a switch was read, else by lab from tallies."""
    families = _families(found)
    if families:
        return (held("family", families),)
    nats: dict[str, float] = {}
    for question, outcome in dict.fromkeys((_question(each), each.outcome) for each in found):
        for model, value in tallied(known.behaviour.tallies.get(question, {}), [outcome]).items():
            nats[model] = nats.get(model, 0.0) + value
    labs = by_lab(nats, known)
    return (held("lab", labs),) if labs else ()


def _families(found: Sequence[Reaction]) -> dict[str, float]:
    marks = _marks(found)
    read = [mark for mark in MARKS if marks.get(mark, "kept") != "kept"]
    nats: dict[str, float] = {}
    if read and len(read) <= _MOST_READ and marks.get(NOBODYS) == "kept":
        nats = {family: _KEPT_MARKS for mark in marks for family in MARKS.get(mark, ())}
        nats |= {family: _READ_MARKS for mark in read for family in MARKS[mark]}
    for switch in _switched_off(found):
        for family in SWITCHES[switch]:
            nats[family] = max(nats.get(family, 0.0), _SWITCH)
    return nats


def _marks(found: Sequence[Reaction]) -> _Outcomes:
    """Each mark's outcome: as most answers show it, or `one token` where it is counted so."""
    votes: dict[str, Counter[str]] = {}
    for each in found:
        if each.kind == "mark":
            votes.setdefault(each.what, Counter())[each.outcome] += 1
    outcomes = {mark: _usual(tally) for mark, tally in votes.items()}
    for mark in _one_token(found):
        if outcomes[mark] == "kept":
            outcomes[mark] = "one token"
    return outcomes


def _usual(tally: Counter[str]) -> str:
    """The commonest; kept where as many say so: a slip in copying is no proof."""
    return max(tally, key=lambda outcome: (tally[outcome], outcome == "kept"))


def _one_token(found: Sequence[Reaction]) -> Iterator[str]:
    """Marks that cost what a word costs, where a string that is no mark costs more."""
    single = {
        each.what: each.prompt_tokens for each in found if each.kind == "mark" and _alone(each)
    }
    word, nobodys = single.get(PLAIN), single.get(NOBODYS)
    if word is None or nobodys is None or nobodys - word < _MANY_TOKENS:
        return
    for mark in MARKS:
        cost = single.get(mark)
        if cost is not None and abs(cost - word) <= _ONE_TOKEN:
            yield mark


def _alone(made: Reaction) -> bool:
    return made.is_single and made.prompt_tokens is not None


def _switched_off(found: Sequence[Reaction]) -> list[str]:
    """Switches under which it does not think, where it thinks without."""
    thinks = {each.what: each.outcome == "thinks" for each in found if each.kind == "switch"}
    return [switch for switch in SWITCHES if thinks.get("") and thinks.get(switch) is False]


def _in_front(seen: Sequence[Observation]) -> int | None:
    """Tokens that a short prompt costs beside its own, about: templates, and what is hidden."""
    costs = [
        each.prompt_tokens - public_tokens(each.question)
        for each in seen
        if each.ok and each.is_plain and each.prompt_tokens and len(each.question) <= _SHORT
    ]
    return min(costs, default=None)


def _findings(found: Sequence[Reaction], hidden: int | None) -> tuple[str, ...]:
    told = []
    if hidden is not None and hidden >= _HIDDEN:
        told.append(f"About {hidden} tokens that were not sent stand in front of each prompt.")
    if _marks(found).get(NOBODYS, "kept") != "kept":
        told.append("Something takes strings in angle brackets out of all texts.")
    return tuple(told)


def _exhibit(found: Sequence[Reaction], hidden: int | None) -> Exhibit:
    rows = [(each.kind, each.what or "(no switch)", each.outcome, each.said) for each in found]
    return Exhibit(
        title="Manners and special strings",
        says=_says(found, hidden),
        head=("Tried", "With", "Outcome", "Answer"),
        rows=tuple(dict.fromkeys(rows))[:30],
        against=_kept(found),
        would_change="Another server in front of the same model.",
    )


def _says(found: Sequence[Reaction], hidden: int | None) -> str:
    marks = _marks(found)
    read = [f"{mark} ({marks[mark]})" for mark in MARKS if marks.get(mark, "kept") != "kept"]
    parts = []
    if read and len(read) <= _MOST_READ and marks.get(NOBODYS) == "kept":
        parts.append(f"Its server reads {', '.join(read)} as its own")
    elif marks:
        parts.append(f"None of {len(marks)} special strings tells a template")
    parts += [f"{switch} turns its thinking off" for switch in _switched_off(found)]
    for kind, words in (("prefill", "An answer begun for it"), ("order", "A system message")):
        outcomes = Counter(each.outcome for each in found if each.kind == kind)
        if outcomes:
            told = ", ".join(f"{outcome} ({times})" for outcome, times in outcomes.most_common())
            parts.append(f"{words}: {told}")
    if hidden is not None and hidden >= 0:  # below: the estimate is too high, or the count false
        parts.append(f"a short prompt costs {hidden} tokens more than its text, about")
    return ("; ".join(parts) or "Nothing that was tried tells a template") + "."


def _kept(found: Sequence[Reaction]) -> str:
    kept = [mark for mark, outcome in _marks(found).items() if outcome == "kept" and mark in MARKS]
    return f"Came back as they were sent: {' '.join(kept)}." if kept else ""


def _prefill(at: int) -> Probe:
    each = PREFILLS[at]
    asked = Ask(
        messages=(Message(text=each.asks), Message(role="assistant", text=each.begun)),
        limit=_LIMIT,
    )
    return Probe(name=f"sensitivity/prefill-{at + 1}", ask=asked)


def _order(at: int) -> Probe:
    each = ORDERS[at]
    asked = ask(each.asks, system=each.system, limit=_LIMIT)
    return Probe(name=f"sensitivity/order-{each.id}", ask=asked)


def _switches(switches: Sequence[str]) -> list[Probe]:
    return [
        Probe(
            name=f"sensitivity/switch-{at}",
            ask=ask(f"{THOUGHT_OF} {switch}".strip(), limit=_THINKING_LIMIT),
            about_tokens=400,
        )
        for at, switch in enumerate(switches)
    ]


def _lines(many: int, draw: Draw) -> list[Probe]:
    return [
        Probe(name=f"sensitivity/line-{at}", ask=ask(text, limit=_LIMIT), about_tokens=120)
        for at, text in enumerate(lines_of(many, draw), 1)
    ]


def _copy(mark: str) -> Probe:
    at = (*MARKS, NOBODYS, PLAIN).index(mark)
    return Probe(name=f"sensitivity/mark-{at}", ask=ask(copy_of(mark), limit=_LIMIT))
