"""What came of a prefill, an order, a switch or a mark: one word each."""

import re
from collections.abc import Iterator

from msgspec import Struct, structs

from darkhorse.attribution.asked.handling import ORDERS, PREFILLS, SWITCHES, THOUGHT_OF
from darkhorse.attribution.asked.marks import COPY, marks_in
from darkhorse.attribution.heard.quoting import quoted, spoken
from darkhorse.attribution.observation import Observation

__all__ = ["Reaction", "reactions"]

_BEGUN = {each.begun: each for each in PREFILLS}
_ORDERED = {(each.system, each.asks): each for each in ORDERS}
_REFUSED = frozenset({400, 404, 422})
_THINKS = re.compile(r"<think>\s*[^<\s]")


class Reaction(Struct, frozen=True, kw_only=True):
    """`kind`: prefill, order, switch, mark; `what`: which of them."""

    kind: str
    what: str
    outcome: str
    said: str = ""
    prompt_tokens: int | None = None
    is_single: bool = False  # of marks: alone in its line


def reactions(seen: Observation) -> Iterator[Reaction]:
    """What this answer shows; nothing where none of ours was asked."""
    if not seen.prompt:
        return
    last = seen.prompt[-1]
    if last.role == "assistant" and last.text in _BEGUN:
        yield from _prefilled(seen, last.text)
    elif not seen.ok:
        return
    elif last.text.startswith(COPY):
        yield from _copied(seen, last.text[len(COPY) :])
    elif last.text.startswith(THOUGHT_OF):
        yield from _switched(seen, last.text[len(THOUGHT_OF) :].strip())
    elif order := _ORDERED.get((seen.prompt[0].text, last.text)):
        said = spoken(seen.text)
        obeys = _ends(said, order.ends) if order.ends else said.isupper()
        yield _made(seen, "order", order.id, "obeys" if obeys else "does not")


def _prefilled(seen: Observation, begun: str) -> Iterator[Reaction]:
    text = spoken(seen.text)
    if not seen.ok:
        if seen.status in _REFUSED:
            yield _made(seen, "prefill", begun, "refused")
    elif text.startswith(_BEGUN[begun].rest):
        yield _made(seen, "prefill", begun, "goes on")
    elif text.startswith(begun):
        yield _made(seen, "prefill", begun, "gives it back")
    elif text:
        yield _made(seen, "prefill", begun, "starts anew")


def _ends(said: str, word: str) -> bool:
    words = re.findall(r"\w+", said.casefold())
    return bool(words) and words[-1] == word and (word != "ok" or len(words) == 1)


def _switched(seen: Observation, switch: str) -> Iterator[Reaction]:
    if switch and switch not in SWITCHES:
        return
    thinks = bool(seen.reasoning.strip() or _THINKS.search(seen.text[:200]))
    yield _made(seen, "switch", switch, "thinks" if thinks else "does not think")


def _copied(seen: Observation, line: str) -> Iterator[Reaction]:
    """kept; gone: from between its neighbours; stops: nothing follows it."""
    text = spoken(seen.text)
    found = list(marks_in(line))
    for before, mark, after in found:
        if mark in text:
            outcome = "kept"
        elif before in text:
            outcome = "gone" if after in text else "stops"
        else:
            continue
        made = _made(seen, "mark", mark, outcome)
        yield structs.replace(made, is_single=len(found) == 1)


def _made(seen: Observation, kind: str, what: str, outcome: str) -> Reaction:
    return Reaction(
        kind=kind,
        what=what,
        outcome=outcome,
        said=quoted(seen.text, 80),
        prompt_tokens=seen.prompt_tokens,
    )
