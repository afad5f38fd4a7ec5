"""From a row of logits to a token: penalties, a grammar's mask, temperature, filters, a draw.

A draw is a function of the sequence's seed and of how many tokens it has, and of nothing else: a
sequence says the same whatever else is in its batch, after it was put off and taken up again, and
with speculation. So there is no generator whose state would have to be kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

__all__ = ["Constraint", "Sampled", "Sampler", "Sampling", "SamplingError"]

_CANDIDATES = (512, 8192)
"""Tokens that are sorted for `top_p` before all are: they mostly hold that much of the mass."""
_WORD = (1 << 64) - 1
_COLDEST = 1e-30
"""What float32 can still be divided by without an overflow."""


class SamplingError(ValueError):
    """A parameter out of its range; its text names it and the range."""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """OpenAI's parameters, and those that vLLM and llama.cpp add. Raises SamplingError.

    Applied in this order: repetition, frequency and presence penalty; `logit_bias`; the grammar;
    `temperature`; then on what remains `top_k`, `top_p`, `min_p`. `top_k` 0: all. `logprobs` None:
    none; 0: of the token itself; n: also of the n likeliest.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    logit_bias: Mapping[int, float] = field(default_factory=dict)
    seed: int | None = None
    logprobs: int | None = None

    def __post_init__(self) -> None:
        _check("temperature", self.temperature, 0, 100)
        _check("top_p", self.top_p, 0, 1, is_open=True)
        _check("top_k", self.top_k, 0, 1 << 31)
        _check("min_p", self.min_p, 0, 1)
        _check("repetition_penalty", self.repetition_penalty, 0, 100, is_open=True)
        _check("frequency_penalty", self.frequency_penalty, -2, 2)
        _check("presence_penalty", self.presence_penalty, -2, 2)
        _check("logprobs", self.logprobs or 0, 0, 20)
        for bias in self.logit_bias.values():
            _check("logit_bias", bias, -100, 100)

    @property
    def is_greedy(self) -> bool:
        return self.temperature == 0

    @property
    def changes_logits(self) -> bool:
        penalties = (self.frequency_penalty, self.presence_penalty, self.repetition_penalty - 1)
        return any(penalties) or bool(self.logit_bias)


@dataclass(frozen=True, slots=True)
class Sampled:
    """A chosen token.

    `logprob` and `top`, the likeliest as (token, logprob), are of the model's own distribution: at
    temperature 1, before penalties, bias, grammar and filters.
    """

    token: int
    logprob: float | None = None
    top: tuple[tuple[int, float], ...] = ()


class Constraint(Protocol):
    """What may come next, such as a grammar's `Matcher`; it follows one sequence."""

    def mask(self, row: Tensor) -> None:
        """Put -inf, in place, where `row` (vocab,) has a token that may not follow."""
        ...

    def accept(self, token: int) -> bool:
        """The token is chosen; False, and nothing is changed, if it may not follow."""
        ...

    def rollback(self, count: int) -> None:
        """Take the last `count` tokens back."""
        ...

    def forced(self) -> list[int]:
        """Tokens that are the only way on; empty where there is a choice, or none is known."""
        ...

    @property
    def is_done(self) -> bool:
        """Can nothing but the end follow?"""
        ...


class Sampler:
    """Chooses the tokens of one sequence. Seen tokens and the constraint follow what it accepts."""

    def __init__(
        self,
        sampling: Sampling,
        *,
        seed: int,
        prompt: Sequence[int] = (),
        constraint: Constraint | None = None,
    ) -> None:
        """`seed` is used where `sampling` has none. Of `prompt`, repetition is penalised too."""
        self.sampling = sampling
        self._seed = seed if sampling.seed is None else sampling.seed
        self._constraint = constraint
        self._tokens: list[int] = []
        self._counts: dict[int, int] = {}
        self._prompt = frozenset(prompt if sampling.repetition_penalty != 1 else ())

    @property
    def is_done(self) -> bool:
        """Does the constraint allow nothing but the end?"""
        return self._constraint is not None and self._constraint.is_done

    def forced(self) -> list[int]:
        """Tokens that the constraint leaves no choice about; they are not accepted yet."""
        return [] if self._constraint is None else self._constraint.forced()

    def accept(self, token: int) -> bool:
        """The sequence goes on with it; False, and nothing is changed, if it may not follow."""
        if self._constraint is not None and not self._constraint.accept(token):
            return False
        self._tokens.append(token)
        self._counts[token] = self._counts.get(token, 0) + 1
        return True

    def rollback(self, count: int) -> None:
        """Take the last `count` tokens back, as drafts that were not chosen."""
        for _ in range(count):
            self._counts[self._tokens.pop()] -= 1
        if self._constraint is not None and count:
            self._constraint.rollback(count)

    def choose(self, row: Tensor) -> Sampled:
        """A token by logits (vocab,), which are not changed.

        At temperature 0 that is the likeliest, and of several the one with the lowest id.
        """
        logits = row.float().clone()
        if self.sampling.changes_logits:
            self._penalise(logits)
        if self._constraint is not None:
            self._constraint.mask(logits)
        if self.sampling.is_greedy:
            token = int(logits.argmax())
        else:
            # The highest is 0: a temperature near 0 makes -inf of the others, and no NaN.
            logits = (logits - logits.max()) / max(self.sampling.temperature, _COLDEST)
            token = _draw(logits, self.sampling, self._chance())
        return _with_logprobs(row, token, self.sampling.logprobs)

    def _penalise(self, logits: Tensor) -> None:
        said = self.sampling
        counts = {token: count for token, count in self._counts.items() if count}
        if said.repetition_penalty != 1 and (seen := sorted(self._prompt | counts.keys())):
            old = logits[seen]
            factor = max(said.repetition_penalty, _COLDEST)
            logits[seen] = torch.where(old > 0, old / factor, old * factor)
        if counts and (said.frequency_penalty or said.presence_penalty):
            times = torch.tensor(list(counts.values()), dtype=logits.dtype, device=logits.device)
            logits[list(counts)] -= said.frequency_penalty * times + said.presence_penalty
        if bias := {at: by for at, by in said.logit_bias.items() if 0 <= at < len(logits)}:
            biases = torch.tensor(list(bias.values()), dtype=logits.dtype, device=logits.device)
            logits[list(bias)] += biases

    def _chance(self) -> float:
        """In [0, 1), by seed and place.

        SplitMix64 (Steele, Lea, Flood 2014), whose n-th number needs none of those before it.
        """
        word = (_mixed(self._seed & _WORD) + (len(self._tokens) + 1) * 0x9E3779B97F4A7C15) & _WORD
        return (_mixed(word) >> 11) / (1 << 53)


def _check(name: str, value: float, low: float, high: float, *, is_open: bool = False) -> None:
    if not (low < value if is_open else low <= value) or not value <= high:
        above = "above" if is_open else "from"
        raise SamplingError(f"`{name}` is {value}; it has to be {above} {low}, and {high} at most.")


def _mixed(word: int) -> int:
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 & _WORD
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB & _WORD
    return word ^ (word >> 31)


def _draw(logits: Tensor, said: Sampling, chance: float) -> int:
    """By the inverse of the cumulative distribution."""
    ids: Tensor | None = None
    if said.top_k or said.top_p < 1:
        logits, ids = _head(logits, said)
    weights = (logits - logits.max()).double().exp()
    if said.min_p:
        weights = torch.where(weights >= said.min_p, weights, 0.0)
    sums = weights.cumsum(0)
    at = min(int(torch.searchsorted(sums, chance * sums[-1], right=True)), len(sums) - 1)
    return at if ids is None else int(ids[at])


def _head(logits: Tensor, said: Sampling) -> tuple[Tensor, Tensor]:
    """The likeliest tokens that `top_k` and `top_p` leave: logits, and ids. Lower ids win ties."""
    if said.top_k:
        values, ids = _sorted(logits, min(said.top_k, len(logits)))
        return _within(values, ids, values, said.top_p)
    for count in _CANDIDATES:
        if count < len(logits):
            values, ids = _within(*_sorted(logits, count), logits, said.top_p)
            if len(values) < count:
                return values, ids
    return _within(*_sorted(logits, len(logits)), logits, said.top_p)


def _within(values: Tensor, ids: Tensor, among: Tensor, top_p: float) -> tuple[Tensor, Tensor]:
    """As many of sorted tokens as it takes to hold `top_p` of the mass of `among`, or all."""
    sums = (values.double() - among.double().logsumexp(0)).exp().cumsum(0)
    kept = len(values) if top_p == 1 else int(torch.searchsorted(sums, top_p)) + 1
    return values[:kept], ids[:kept]


def _sorted(logits: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` highest logits, from the top, and their ids."""
    least = logits.topk(count).values[-1]
    ids = (logits >= least).nonzero()[:, 0]
    values, order = logits[ids].sort(descending=True, stable=True)
    return values[:count], ids[order[:count]]


def _with_logprobs(row: Tensor, token: int, count: int | None) -> Sampled:
    if count is None:
        return Sampled(token)
    logprobs = row.float().log_softmax(0)
    values, ids = _sorted(logprobs, count) if count else (logprobs[:0], logprobs[:0])
    top = tuple(zip(map(int, ids.tolist()), values.tolist(), strict=True))
    return Sampled(token, float(logprobs[token]), top)
