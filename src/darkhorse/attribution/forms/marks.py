"""Marks: what in an answer has a form that somebody is known to write."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from darkhorse.attribution.client.answer import walk
from darkhorse.attribution.forms.gateways import Gateway
from darkhorse.attribution.forms.services import SERVICES, TEMPLATES
from darkhorse.attribution.forms.wordings import who_says
from darkhorse.attribution.forms.written import owner_of_field, owner_of_header, owner_of_value
from darkhorse.attribution.observation import Observation

__all__ = ["Mark", "apart", "marks_of", "stop_tokens"]


class Mark(Struct, frozen=True):
    """`kind`: where it stands (services.py). `form`: whose it is. `shown`: as it came."""

    kind: str
    form: str
    shown: str

    @property
    def place(self) -> str:
        """The kind; of what came through a gateway, that of the same without one."""
        return _THROUGH.get(self.kind, self.kind)


_THROUGH = {"native": "finish", "passed": "header", "raw": "error"}
_KNOWN = frozenset(TEMPLATES) | frozenset(
    (kind, form) for each in SERVICES for kind, forms in each.writes.items() for form in forms
)
_PROTOCOL = frozenset({"stop_reason", "delta.stop_reason", "message.stop_reason"})
"""Where Anthropic's dialect has its end: whoever speaks it writes so."""
_MOST_MARKS = 400  # of one answer
_LONGEST = 2000  # characters of an error


def marks_of(seen: Observation, gateway: Gateway) -> tuple[Mark, ...]:
    """Its marks, without what the gateway writes itself and without forms that say nothing."""
    found = dict.fromkeys(_marks(seen))
    said = [m for m in found if (m.place, m.form) in _KNOWN and m.kind not in gateway.rewrites]
    if gateway.name:  # who mints ids takes the usual form
        said = [m for m in said if (m.kind, m.form) != ("call", "OpenAI")]
    return tuple(said[:_MOST_MARKS])


def _marks(seen: Observation) -> Iterator[Mark]:
    yield from _by_value("id", [seen.id])
    yield from _by_value("call", seen.call_ids)
    yield from _by_value("fingerprint", _values(seen, "system_fingerprint"))
    yield from _by_value("format", [v for p, v in seen.values if p.endswith("details[].format")])
    yield from _finish(seen)
    yield from _fields(seen)
    yield from _headers(seen)
    yield from _errors(seen)
    if apart(seen.usage):
        yield Mark("total", "thoughts apart", f"usage {_short(seen.usage)}")


def _by_value(kind: str, values: Sequence[str]) -> Iterator[Mark]:
    for value in values:
        if value and (owner := owner_of_value(value)):
            yield Mark(kind, owner, value)


def _values(seen: Observation, name: str) -> list[str]:
    return [value for path, value in seen.values if path.rpartition(".")[2] == name]


def _finish(seen: Observation) -> Iterator[Mark]:
    """A native reason comes through a gateway; one's own is the dialect's unless it is chat's."""
    for mark in _by_value("finish", [seen.native_finish]):
        yield Mark("native", mark.form, mark.shown)
    if not any(path in _PROTOCOL for path, _ in seen.values):
        yield from _by_value("finish", [seen.finish])


def _fields(seen: Observation) -> Iterator[Mark]:
    paths = [path for path, _ in seen.values if path not in _PROTOCOL]
    paths += [f"usage.{path}" for path, _ in walk(dict(seen.usage))]
    for path in paths:
        if owner := owner_of_field(path):
            yield Mark("field", owner, path)


def _headers(seen: Observation) -> Iterator[Mark]:
    for name, value in seen.headers:
        passed = name.removeprefix("llm_provider-")
        kind = "passed" if passed != name else "header"
        if owner := owner_of_header(passed):
            yield Mark(kind, owner, f"{name}: {value[:60]}")


def _errors(seen: Observation) -> Iterator[Mark]:
    """In whose words it refuses; a gateway quotes the upstream's as `raw`."""
    if seen.ok:
        return
    quoted = _values(seen, "raw")
    own = [seen.problem, *_values(seen, "message"), *_values(seen, "error"), seen.text]
    for kind, texts in (("raw", quoted), ("error", own)):
        for text in filter(None, texts):
            for wording in who_says(text[:_LONGEST]):
                yield Mark(kind, wording.who, text[:120])


def apart(usage: Mapping[str, Any]) -> bool:
    """Are thoughts counted beside the answer, not within: total = prompt + answer + thoughts?"""
    counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens", "total_tokens")]
    details = usage.get("completion_tokens_details")
    thoughts = details.get("reasoning_tokens") if isinstance(details, dict) else None
    prompt, said, total = (each if type(each) is int else 0 for each in counts)
    return min(prompt, said) > 0 and 0 < total - prompt - said == thoughts


_STOPS: Mapping[int, str] = {
    128_001: "Llama 3",
    128_008: "Llama 3",
    128_009: "Llama 3",
    200_008: "Llama 4",
    151_643: "Qwen 2 to 3",
    151_645: "Qwen 2 to 3",
    151_329: "GLM-4 and 4.5",
    151_336: "GLM-4 and 4.5",
    151_338: "GLM-4 and 4.5",
    154_820: "GLM-4.7 and 5",
    154_827: "GLM-4.7 and 5",
    154_829: "GLM-4.7 and 5",
    200_002: "GPT-4o and later (o200k)",
    200_012: "GPT-4o and later (o200k)",
    163_586: "Kimi K2",
}
"""Ids of the tokens that end a turn, as the vendors' published generation configurations have
them, those that one vocabulary alone has. Engines print them (vLLM's `stop_reason`, SGLang's
`matched_stop`)."""
_END = re.compile(r"(?:choices\S*\.)?(?:stop_reason|matched_stop)\Z")


def stop_tokens(seen: Observation) -> Mapping[int, str]:
    """Token id → vocabulary that has it as an end; unknown ones are there with an empty name."""
    told = [v for path, v in seen.values if path not in _PROTOCOL and _END.match(path)]
    ids = [int(each) for each in told if each.isascii() and each.isdigit() and len(each) < 8]
    return {each: _STOPS.get(each, "") for each in ids if each > 1000}


def _short(usage: Mapping[str, Any]) -> str:
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    return " ".join(f"{name.removesuffix('_tokens')} {usage.get(name)}" for name in names)
