"""What stands between a client and a model, and what it makes of counts, ids and pieces."""

import zlib
from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

from darkhorse.upstream.scripted.vocabulary import encoded

__all__ = ["GATEWAYS", "Counting", "Gateway", "GatewayName"]

GatewayName = Literal[
    "", "recount", "recount-prompt", "quarters", "hidden", "zeros", "scaled", "tens", "noisy",
    "wrapped", "batched", "constant",
]  # fmt: skip
"""none; counts everything anew, or prompts alone, as NEUTRAL does; bytes by four; tells nothing;
noughts; a seventh more; tens; up to three tokens more, by chance; puts a system message of its own
in front; gathers the stream; always the same number."""

NEUTRAL = "GPT-4o and later (o200k)"
_WRAPPING = 37  # tokens of its own system message


class Counting(Struct, frozen=True):
    """A call as counters see it: the texts, native tokens, and how any vocabulary counts."""

    prompts: tuple[str, ...]
    answer: str
    prompt: int
    completion: int
    count: Callable[[str, str], int]  # vocabulary, text


Counted = tuple[int, int] | None
"""Prompt and completion tokens as they are told; None: nothing is."""


class Gateway(Struct, frozen=True, kw_only=True):
    """One of them. `piece`: characters it gathers before it passes them on; 0: as they come."""

    told: Callable[[Counting], Counted]
    id: str = "chatcmpl-{alnum29}"
    piece: int = 0


def _native(seen: Counting) -> Counted:
    return seen.prompt, seen.completion


def _recount(seen: Counting) -> Counted:
    return _neutral_prompt(seen), seen.count(NEUTRAL, seen.answer)


def _recount_prompt(seen: Counting) -> Counted:
    return _neutral_prompt(seen), seen.completion


def _neutral_prompt(seen: Counting) -> int:
    return 3 + sum(4 + seen.count(NEUTRAL, text) for text in seen.prompts)


def _quarters(seen: Counting) -> Counted:
    prompt = sum(4 + _quarter(text) for text in seen.prompts)
    return prompt, max(1, _quarter(seen.answer))


def _quarter(text: str) -> int:
    return -(-len(encoded(text)) // 4)


def _scaled(seen: Counting) -> Counted:
    return seen.prompt * 8 // 7, seen.completion * 8 // 7


def _tens(seen: Counting) -> Counted:
    return -(-seen.prompt // 10) * 10, -(-seen.completion // 10) * 10


def _noisy(seen: Counting) -> Counted:
    chance = zlib.crc32(encoded("\n".join(seen.prompts))) % 4
    return seen.prompt + chance, seen.completion + chance


def _wrapped(seen: Counting) -> Counted:
    return seen.prompt + _WRAPPING, seen.completion


GATEWAYS: Mapping[GatewayName, Gateway] = {
    "": Gateway(told=_native),
    "recount": Gateway(told=_recount, id="gen-{digits10}-{alnum20}"),
    "recount-prompt": Gateway(told=_recount_prompt, id="gen-{digits10}-{alnum20}"),
    "quarters": Gateway(told=_quarters, id="gen-{digits10}-{alnum20}", piece=24),
    "hidden": Gateway(told=lambda _: None),
    "zeros": Gateway(told=lambda _: (0, 0)),
    "scaled": Gateway(told=_scaled),
    "tens": Gateway(told=_tens),
    "noisy": Gateway(told=_noisy),
    "wrapped": Gateway(told=_wrapped, id="gen-{digits10}-{alnum20}"),
    "batched": Gateway(told=_native, piece=40),
    "constant": Gateway(told=lambda _: (1000, 100)),
}
