"""Asking for an echo of lines whose borders are known, and reading what comes back."""

from collections.abc import Sequence
from itertools import combinations

from msgspec import Struct

from darkhorse.attribution.borders.table import Table, table
from darkhorse.attribution.client.asking import Ask, ask
from darkhorse.attribution.observation import Observation
from darkhorse.base.chance import Draw

__all__ = ["Echo", "choose", "echo_of", "echoing"]

_WORDINGS = (
    "Repeat the following text exactly, character for character. Write nothing else.",
    "Copy the text below without any change. Answer with the copy alone.",
    "Write the text below once more, exactly as it stands, with nothing before or after it.",
)
_BREAK = "\n\n"  # stands in no line
_HALF = "\ufffd"  # what a character becomes that was cut within
_HEAD = 4  # characters by which the echo's beginning is found in an answer
_FIRST = 4  # tokens that tell lines apart for a cut answer


class Echo(Struct, frozen=True, kw_only=True):
    """An answer to a request for an echo."""

    picks: tuple[int, ...]
    target: str
    start: int  # where in the answer it begins; -1: nowhere
    same: int  # characters of the target that came back before the first slip
    is_whole: bool  # the answer is the target, but for space around it


def echoing(picks: Sequence[int], draw: Draw, *, limit: int | None, stream: bool = False) -> Ask:
    """A request to repeat these lines, in one of several wordings."""
    wording = _WORDINGS[int(draw() * len(_WORDINGS))]
    extra = {"temperature": 0}
    text = wording + _BREAK + table().text(picks)
    return ask(text, limit=limit, stream=stream, extra=extra)


def echo_of(seen: Observation) -> Echo | None:
    """What became of an echo; None where none was asked for."""
    _, mark, target = seen.question.partition(_BREAK)
    picks = table().picks(target) if mark else ()
    if not picks or len(seen.prompt) > 2:
        return None
    start = seen.text.find(target[:_HEAD])
    if start < 0 and target.startswith(seen.text.rstrip(_HALF).strip()):
        start = len(seen.text) - len(seen.text.lstrip())
    return Echo(
        picks=picks,
        target=target,
        start=start,
        same=_common(seen.text[start:], target) if start >= 0 else 0,
        is_whole=seen.text.strip() == target,
    )


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def choose(number: int, draw: Draw) -> tuple[int, ...]:
    """Lines by chance, among them those that part vocabularies best: a battery of its own each run.

    A dozen is drawn; of these, in turn, the one whose first tokens part most pairs not yet parted.
    """
    known = table()
    drawn = _sample(len(known.lines), min(max(12, number), len(known.lines)), draw)
    pairs = list(combinations(range(len(known.vocabularies)), 2))
    parted = dict.fromkeys(pairs, 0)
    chosen: list[int] = []
    while len(chosen) < min(number, len(drawn)):
        firsts = {p: _firsts(known, p) for p in drawn if p not in chosen}
        gains = {
            pick: sum(0.5 ** parted[a, b] for a, b in pairs if first[a] != first[b])
            for pick, first in firsts.items()
        }
        best = max(gains, key=lambda pick: gains[pick])
        chosen.append(best)
        for a, b in pairs:
            parted[a, b] += firsts[best][a] != firsts[best][b]
    return tuple(chosen)


def _firsts(known: Table, pick: int) -> list[tuple[int, ...]]:
    return [each.starts[pick][:_FIRST] for each in known.vocabularies]


def _sample(of: int, number: int, draw: Draw) -> list[int]:
    left = list(range(of))
    return [left.pop(int(draw() * len(left))) for _ in range(number)]
