"""Calls that failed, and what answers call themselves."""

import re
from collections import Counter
from collections.abc import Sequence

from darkhorse.attribution.forms.written import owner_of_value
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.steady.finding import Found

__all__ = ["failures_found", "ids_found", "names_found", "plain_name"]

_ENOUGH = 8  # good answers that may be read although most calls failed
_REFUSED = (400, 404, 413, 415, 422)
_SOME = 0.2  # of the calls, for a finding
_TAGS = re.compile(
    r"[-@](?:20\d\d-?[01]\d-?[0-3]\d|[01]\d[0-3]\d|20\d\d-[01]\d|latest|preview)\b"
    r"|:[a-z]+\Z|-v\d+:\d+\Z|-(?:instruct|it|fp8|fp16|bf16|awq|gptq|int[48])\b"
)
_RARE = 0.1  # of the answers: another's name seldom is a fallback, not a change


def failures_found(seen: Sequence[Observation]) -> list[Found]:
    """Faults of the service; a probe that it refuses as it may is none."""
    good = sum(each.ok for each in seen)
    failed = [each for each in seen if not each.ok and (not good or not _may_refuse(each))]
    if not failed or len(failed) <= _SOME * (good + len(failed)):
        return []
    kinds = Counter(map(_kind, failed))
    shown = ", ".join(f"{kind} {times}x" for kind, times in kinds.most_common(6))
    most = len(failed) > good
    says = f"{len(failed)} of {good + len(failed)} calls failed."
    return [Found(says=says, shown=shown, breaks=most and good < _ENOUGH)]


def _may_refuse(seen: Observation) -> bool:
    return bool(seen.probe) and seen.status in _REFUSED


def _kind(seen: Observation) -> str:
    if seen.status == 429:
        return "rate limit (429)"
    if not seen.status:
        return f"no answer ({seen.problem[:60]})"
    why = f", {seen.problem[:60]}" if 200 <= seen.status < 300 else ""
    return f"status {seen.status}{why}"


def names_found(seen: Sequence[Observation]) -> list[Found]:
    """Does one model answer, as far as `model` tells? A date or a tag is no other model.

    Some gateways show an alias in a stream and the name in whole answers: these are compared apart.
    """
    answers = [each for each in seen if each.ok and each.model]
    names = Counter(plain_name(each.model) for each in answers)
    if len(names) < 2:
        return []
    shown = ", ".join(f"{name} {times}x" for name, times in names.most_common(6))
    streamed = [each for each in answers if each.asked.get("stream")]
    whole = [each for each in answers if not each.asked.get("stream")]
    if not (_is_mixed(streamed) or _is_mixed(whole)):
        return [Found(says="A few answers call themselves another model.", shown=shown)]
    says = f"Answers call themselves {len(names)} different models."
    return [Found(says=says, shown=shown, breaks=True)]


def _is_mixed(answers: Sequence[Observation]) -> bool:
    names = Counter(plain_name(each.model) for each in answers).most_common(2)
    return len(names) == 2 and names[1][1] >= 2 and names[1][1] > _RARE * len(answers)


def plain_name(model: str) -> str:
    """Without lab, date, tag and case: `lab/GPT-9-2026-05-13:free` is `gpt-9`."""
    last = model.strip().rsplit("/", 1)[-1].casefold()
    return _TAGS.sub("", last)


def ids_found(seen: Sequence[Observation]) -> list[Found]:
    """Ids of several forms from one provider: several services answer."""
    forms = Counter(
        (each.provider, owner_of_value(each.id) or "another form")
        for each in seen
        if each.ok and each.id
    )
    whole = sum(forms.values())
    common = [key for key, times in forms.items() if times > max(1, _RARE * whole)]
    if len({provider for provider, _ in common}) == len(common):
        return []
    shown = ", ".join(f"{form} {forms[provider, form]}x" for provider, form in common)
    return [Found(says="Ids of answers have several forms: several services answer.", shown=shown)]
