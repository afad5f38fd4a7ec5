r"""What can be held against known vocabularies: a charge, and what each of them would count.

Charges of prompts in one shape (same provider, same turns before the last, same settings) differ
by the last text alone, so the template around it is one unknown number for the whole group.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from darkhorse.attribution.library.counts import Counts, prompt_key
from darkhorse.attribution.observation import Observation

__all__ = ["FRAME", "REFERENCE", "Counter", "Item", "items_of"]

FRAME = ".\n"
"""Stands before a probe, so that its first letters merge with nothing before them."""
REFERENCE = FRAME + "x"
"""What probes are measured from."""
_LARGEST = 10_000_000  # a charge above it is no charge
_NEUTRAL = frozenset(
    (
        *("frequency_penalty", "logprobs", "max_completion_tokens", "max_output_tokens"),
        *("max_tokens", "messages", "min_p", "model", "n", "presence_penalty", "seed", "stop"),
        *("stream", "stream_options", "temperature", "top_k", "top_logprobs", "top_p", "user"),
    )
)
"""Settings that leave the prompt as it is."""

Counter = Callable[[str], Mapping[str, int]]
"""A text → vocabulary → its tokens; only of vocabularies that are there."""


class Item(Struct, frozen=True, kw_only=True):
    """A charge. `tokens`: vocabulary, or model by whose own charges → tokens of the text."""

    text: str
    charged: int
    tokens: Mapping[str, int]
    provider: str = ""
    group: str = ""  # equal where the template's share is


def items_of(
    seen: Iterable[Observation], counts: Counts, counters: Sequence[Counter] = ()
) -> list[Item]:
    """Those of the observations that can be held against anything, in order."""
    found = []
    for each in seen:
        charged = each.prompt_tokens
        if not each.ok or charged is None or charged > _LARGEST or not _ends_asking(each):
            continue
        text = each.question
        tokens = _tokens(text, counts, counters)
        if tokens:
            shape = _shape(each, is_framed=_is_framed(text, counts))
            found.append(
                Item(
                    text=text,
                    charged=charged,
                    tokens=tokens,
                    provider=each.provider,
                    group=f"{each.provider}\0{shape}",
                )
            )
    return found


def _ends_asking(seen: Observation) -> bool:
    return bool(seen.prompt) and seen.prompt[-1].role == "user"


def _is_framed(text: str, counts: Counts) -> bool:
    return text == REFERENCE or (text.startswith(FRAME) and text[len(FRAME) :] in counts.probes)


def _tokens(text: str, counts: Counts, counters: Sequence[Counter]) -> dict[str, int]:
    key = prompt_key(text)
    own = {model: theirs[key] for model, theirs in counts.own.items() if key in theirs}
    return {**_held(text, key, counts, counters), **own}


def _held(text: str, key: str, counts: Counts, counters: Sequence[Counter]) -> dict[str, int]:
    if text == REFERENCE:
        return dict.fromkeys(counts.vocabularies, 0)
    row = counts.probes.get(text[len(FRAME) :]) if text.startswith(FRAME) else None
    row = counts.prompts.get(key) if row is None else row
    if row is not None:
        return dict(zip(counts.vocabularies, row, strict=False))
    return {family: n for counter in counters for family, n in counter(text).items()}


def _shape(seen: Observation, *, is_framed: bool) -> str:
    """Equal where nothing but the last text differs in what the template sees."""
    if seen.is_plain and not seen.asked:
        return "framed" if is_framed else ""
    before = [(turn.role, turn.text) for turn in seen.prompt[:-1]]
    asked = {name: value for name, value in seen.asked.items() if name not in _NEUTRAL}
    if not before and not asked:
        return "framed" if is_framed else ""
    written = json.dumps([before, asked, is_framed], sort_keys=True, default=repr)
    return prompt_key(written)
