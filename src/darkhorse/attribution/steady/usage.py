"""`usage` that cannot be true, whoever counts: it contradicts itself, or the text beside it."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from darkhorse.attribution.observation import Observation
from darkhorse.attribution.steady.finding import Found

__all__ = ["faults_of", "usage_found"]

_NAMES = ("prompt_tokens", "completion_tokens", "total_tokens", "input_tokens", "output_tokens")
_MOST_TOKENS = 50_000_000
_LONG = 200  # bytes of an answer before its count is held against it
_MOST_BYTES = 60  # a token of any vocabulary, over a whole answer
_SLACK = 64  # tokens of a frame, of marks and of tool calls
_SAME = 3  # times a prompt was asked before its counts are compared
_SHARE = 0.1  # of the answers, for a finding


def usage_found(seen: Sequence[Observation]) -> list[Found]:
    """What is wrong with the counts of these answers; a slip in a few of many is let pass."""
    told = [each for each in seen if each.ok and each.usage]
    faults: dict[str, list[str]] = defaultdict(list)
    for each in told:
        for fault in faults_of(each):
            faults[fault].append(_shown(each.usage))
    found = [
        Found(
            says=f"Counts cannot be true: {fault} in {len(shown)} of {len(told)} answers.",
            shown=shown[0],
        )
        for fault, shown in sorted(faults.items())
        if len(shown) > _SHARE * len(told)
    ]
    return found + _unsteady(told)


def faults_of(seen: Observation) -> Iterator[str]:
    """Each way in which this answer's counts cannot be."""
    counts = {name: seen.usage[name] for name in _NAMES if seen.usage.get(name) is not None}
    if any(not _is_count(value) for value in counts.values()):
        yield "a count is no whole number of nought or more"
        return
    if any(value > _MOST_TOKENS for value in counts.values()):
        yield "a count is larger than any model's window"
    yield from _of_sum(seen.usage)
    yield from _of_text(seen)


def _is_count(value: Any) -> bool:
    whole = type(value) is int or (type(value) is float and math.isfinite(value) and value % 1 == 0)
    return whole and value >= 0


def _of_sum(usage: Mapping[str, Any]) -> Iterator[str]:
    prompt, said, total = (_int(usage.get(name)) for name in _NAMES[:3])
    if prompt is None or said is None or total is None:
        return
    details = usage.get("completion_tokens_details")
    thoughts = _int(details.get("reasoning_tokens")) if isinstance(details, dict) else 0
    if total not in (prompt + said, prompt + said + (thoughts or 0)):
        yield "the total is not the sum"


def _of_text(seen: Observation) -> Iterator[str]:
    """A token has a byte at least, and no vocabulary's tokens are so long on the whole."""
    said = seen.usage.get("completion_tokens", seen.usage.get("output_tokens"))
    size = len(seen.text.encode("utf-8", "surrogatepass"))
    if type(said) is not int or size < _LONG or len(set(seen.text)) < _LONG / 20:
        return
    if said == 0:
        if seen.prompt_tokens:
            yield "an answer with words counts no tokens"
        return
    if said * _MOST_BYTES < size:
        yield "fewer tokens than the answer has words"
    thoughts = len(seen.reasoning.encode("utf-8", "surrogatepass"))
    if said > size + thoughts + _SLACK and not _may_think(seen):
        yield "more tokens than the answer has bytes"


def _may_think(seen: Observation) -> bool:
    """Thoughts may be counted that nobody is shown."""
    details = seen.usage.get("completion_tokens_details", seen.usage.get("output_tokens_details"))
    return isinstance(details, dict) and bool(_int(details.get("reasoning_tokens")))


def _unsteady(told: Sequence[Observation]) -> list[Found]:
    """The same question of the same route, counted differently."""
    counts: dict[Any, list[int]] = defaultdict(list)
    for each in told:
        if (count := each.prompt_tokens) is not None:
            turns = tuple((turn.role, turn.text) for turn in each.prompt)
            tools = repr(each.asked.get("tools"))
            counts[each.provider, each.model, turns, tools].append(count)
    often = [values for values in counts.values() if len(values) >= _SAME]
    differ = [values for values in often if len(set(values)) > 1]
    if not differ or len(differ) * 2 < len(often):
        return []
    shown = ", ".join(f"{n} ({times}x)" for n, times in Counter(differ[0]).most_common(6))
    return [
        Found(says="One and the same prompt is counted differently from call to call.", shown=shown)
    ]


def _int(value: Any) -> int | None:
    return value if type(value) is int else None


def _shown(usage: Mapping[str, Any]) -> str:
    named = (f"{name} {usage[name]!r:.24}" for name in _NAMES if usage.get(name) is not None)
    return ", ".join(named)
