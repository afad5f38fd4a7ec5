"""How many native tokens a public token costs on an engine, and what a listing may promise then."""

import math
from collections.abc import Awaitable, Callable

from msgspec import Struct

from darkhorse.cloak.tokens import count, size
from darkhorse.launches.inquiry import Inquiry, Reply, Target, Waits
from darkhorse.launches.native import native_context
from darkhorse.launches.samples import HEAD, PROSE, samples

__all__ = [
    "STEP",
    "HonestLimits",
    "OnProgress",
    "Ratio",
    "Ratios",
    "Refusal",
    "TokenCounter",
    "Uncounted",
    "honest_context",
    "honest_limits",
    "honest_output",
    "measure_ratios",
    "tokenize_counter",
    "usage_counter",
    "usage_of",
]

TokenCounter = Callable[[str], Awaitable[int]]
"""Native tokens of a prompt whose one message has this text, the template's own among them."""

OnProgress = Callable[[int, int], None]
"""Called with steps done and steps in all."""

STEP = 256
"""Limits that we propose are multiples of it."""

MARGIN = 0.05
"""For texts that are a little dearer than the samples of their kind."""


class Uncounted(Exception):
    """The engine does not count in a way that can be used; the text says how it fails."""


class Refusal(Exception):
    """The engine refused a sample, with this reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class Ratio(Struct, frozen=True, kw_only=True):
    """What a kind of text costs."""

    kind: str
    typical: bool
    native_per_public: float


class Ratios(Struct, frozen=True, kw_only=True):
    """What an engine charges: `overhead` native tokens a prompt, and so many a public token."""

    overhead: int
    kinds: tuple[Ratio, ...]

    @property
    def dearest_typical(self) -> float:
        """The ratio that a listing's limits must bear."""
        return max(ratio.native_per_public for ratio in self.kinds if ratio.typical)

    @property
    def prose(self) -> float:
        return next(ratio.native_per_public for ratio in self.kinds if ratio.kind == PROSE)


class HonestLimits(Struct, frozen=True, kw_only=True):
    """What a listing can promise of an engine, in public tokens, and why."""

    context: int
    max_output: int
    native_context: int
    ratios: Ratios


async def measure_ratios(
    count_tokens: TokenCounter, on_progress: OnProgress | None = None
) -> Ratios:
    """Count each sample. Raises Uncounted, and whatever the counter raises.

    The head is there each time, so in the difference to the head alone the template is gone.
    """
    all_samples = samples()
    tell = on_progress or _silent
    steps = len(all_samples) + 1
    alone = await count_tokens(HEAD)
    tell(1, steps)
    kinds: list[Ratio] = []
    for done, sample in enumerate(all_samples, 2):
        native = await count_tokens(HEAD + sample.text) - alone
        if native <= 0:
            raise Uncounted(f"counts no more for {size(sample.text):,} bytes of text than for none")
        ratio = round(native / sample.public, 4)
        kinds.append(Ratio(kind=sample.kind, typical=sample.typical, native_per_public=ratio))
        tell(done, steps)
    ratios = Ratios(overhead=0, kinds=tuple(kinds))
    overhead = max(0, alone - round(ratios.prose * count(size(HEAD))))
    return Ratios(overhead=overhead, kinds=ratios.kinds)


def _silent(_done: int, _steps: int) -> None:
    pass


def usage_counter(inquiry: Inquiry) -> TokenCounter:
    """Counts by what the engine says it has read. Raises UpstreamFault, Refusal, Uncounted."""

    async def count_tokens(text: str) -> int:
        reply = await inquiry.chat(text, max_tokens=1)
        if reply.status != 200:
            raise Refusal(reply)
        return usage_of(inquiry.target, reply.body)

    return count_tokens


def usage_of(target: Target, body: bytes) -> int:
    """Native tokens of the prompt by an answer's usage. Raises UpstreamFault and Uncounted."""
    usage = target.engine.whole(body).usage
    if usage is None or usage.prompt == 0:
        raise Uncounted("reports no usage")
    return usage.prompt


def tokenize_counter(inquiry: Inquiry) -> TokenCounter:
    """Counts with llama.cpp's /apply-template and /tokenize: no prompt is read by the model.

    Raises UpstreamFault and Uncounted.
    """

    async def count_tokens(text: str) -> int:
        messages = [{"role": "user", "content": text}]
        prompt = await _ask(inquiry, "apply-template", {"messages": messages}, "prompt")
        tokens = await _ask(inquiry, "tokenize", {"content": prompt, "add_special": True}, "tokens")
        if not isinstance(tokens, list):
            raise Uncounted("has no /tokenize like llama.cpp's")
        return len(tokens)

    return count_tokens


async def _ask(inquiry: Inquiry, path: str, body: dict[str, object], field: str) -> object:
    reply = await inquiry.post_root(path, body)
    answer = reply.json()
    if reply.status != 200 or not isinstance(answer, dict) or field not in answer:
        raise Uncounted(f"has no /{path} like llama.cpp's")
    return answer[field]


async def honest_limits(
    target: Target, waits: Waits | None = None, on_progress: OnProgress | None = None
) -> HonestLimits | None:
    """What a listing may promise of a llama.cpp server; None where it does not say enough.

    Costs no reading by the model. Raises ConfigError, UpstreamFault and Uncounted.
    """
    async with Inquiry(target, waits or Waits()) as inquiry:
        native = await native_context(inquiry)
        if native.tokens is None:
            return None
        ratios = await measure_ratios(tokenize_counter(inquiry), on_progress)
    context = honest_context(ratios, native.tokens)
    return HonestLimits(
        context=context,
        max_output=honest_output(ratios, context, target.quirks.max_output),
        native_context=native.tokens,
        ratios=ratios,
    )


def honest_context(ratios: Ratios, native_context: int, *, margin: float = MARGIN) -> int:
    """The public context that typical text never overflows; 0 where there is no room at all."""
    room = (native_context - ratios.overhead) / (ratios.dearest_typical * (1 + margin))
    return _rounded(room)


def honest_output(
    ratios: Ratios, context: int, native_max_output: int | None = None, *, margin: float = MARGIN
) -> int:
    """The longest answer, in public tokens: half of the context, or what the engine ends at."""
    most = context / 2
    if native_max_output is not None:
        most = min(most, native_max_output / (ratios.dearest_typical * (1 + margin)))
    return _rounded(most)


def _rounded(tokens: float) -> int:
    """Down to a multiple of STEP; what is below one step, to a whole number."""
    whole = max(0, math.floor(tokens))
    return whole - whole % STEP if whole >= STEP else whole
