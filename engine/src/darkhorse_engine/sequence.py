"""One request's life: its tokens, how far they are in the cache, and how it ended.

Text is not known here: stop strings are the server's, which cancels. What a sequence says next is
its `Sampler`'s business; where its pages come from, the scheduler's.
"""

from collections.abc import Iterator
from collections.abc import Sequence as Tokens
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from torch import Tensor

from darkhorse_engine.cache import Table
from darkhorse_engine.sampling import Constraint, Sampled, Sampler, Sampling

__all__ = ["Answer", "Delta", "Finish", "Request", "Sequence", "Usage"]

Finish = Literal["stop", "length", "cancelled", "error"]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of the engine."""

    prompt: Tokens[int]
    sampling: Sampling = field(default_factory=Sampling)
    max_tokens: int | None = None
    """None: as far as context and memory go."""
    stop_ids: frozenset[int] = frozenset()
    constraint: Constraint | None = None
    """A matcher that no other request has: it remembers what was said."""


@dataclass(frozen=True)
class Usage:
    """Tokens."""

    prompt: int
    cached: int
    """Of the prompt, those found in the cache when it was first read."""
    generated: int
    """With the one that stopped it, which is in no delta."""


@dataclass(frozen=True)
class Delta:
    """What one step added to one sequence: no token, one, or (drafts, forced ones) several."""

    id: int
    tokens: tuple[Sampled, ...]
    """Without a token of the request's `stop_ids`."""
    finish: Finish | None
    usage: Usage
    error: str | None = None
    """What went wrong, where `finish` is "error"."""


@dataclass(frozen=True)
class Answer:
    """A whole one."""

    sampled: tuple[Sampled, ...]
    """Without a token of the request's `stop_ids`."""
    finish: Finish
    usage: Usage
    error: str | None = None

    @property
    def tokens(self) -> list[int]:
        return [sampled.token for sampled in self.sampled]


class Sequence:
    """`tokens` are prompt and answer; the first `cached` have rows in the pages of `table`.

    Reading a prompt, answering, and reading everything again after its pages were taken away are
    the same thing: tokens that are not cached yet are read, and behind the last one comes another.
    """

    def __init__(self, number: int, request: Request, sampler: Sampler, limit: int) -> None:
        self.id = number
        self.request = request
        self.sampler = sampler
        self.limit = limit
        """Tokens at most, the prompt's included."""
        self.tokens = list(request.prompt)
        self.drafts: list[int] = []
        """Guesses at what follows `tokens`, which the next step checks."""
        self.table = Table()
        self.cached = 0
        self.reused: int | None = None
        """Of `cached`, what others had left there. None until it first runs."""
        self.keys: list[bytes] = []
        """Of its whole pages, for `Prefixes`."""
        self.finish: Finish | None = None
        self.error: str | None = None

    @property
    def missing(self) -> int:
        """Tokens to be read before another can be said: 1 while it answers."""
        return len(self.tokens) - self.cached

    @property
    def room(self) -> int:
        """Tokens that it may still say."""
        return self.limit - len(self.tokens)

    @property
    def usage(self) -> Usage:
        prompt = len(self.request.prompt)
        return Usage(prompt, self.reused or 0, len(self.tokens) - prompt)

    def say(self, rows: Tensor) -> list[Sampled]:
        """Say what the logits `rows` (1 + drafts, vocabulary) lead to, and return it.

        The first row stands behind the last token, the others behind each draft. A draft that is
        what would have been said anyway is worth a token, and so is the row behind it; the first
        that is not ends it. As a draw depends on seed and place alone, the same is said as without
        drafts, token for token, at any temperature; and since a draft is one token, not a
        distribution, as many survive as by the usual rule of rejection (arXiv 2211.17192).
        """
        drafts, self.drafts = self.drafts, []
        said: list[Sampled] = []
        for row, draft in zip(rows, [*drafts, None], strict=True):
            if not bool(row.isfinite().all()):
                raise ArithmeticError("the model's logits are not all numbers")
            sampled = self.sampler.choose(row)
            self._append(sampled.token)
            said.append(sampled)
            if self.finish or sampled.token != draft:
                break
        return said

    def _append(self, token: int) -> None:
        self.tokens.append(token)
        if token in self.request.stop_ids:
            self.finish = "stop"
            return
        if not self.sampler.accept(token):
            raise ValueError(f"its grammar allows nothing here, not even token {token}")
        if self.sampler.is_done:
            self.finish = "stop"
        elif not self.room:
            self.finish = "length"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """What goes wrong inside ends this sequence, and no other."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - grammars and samplers are others' code
            self.finish, self.error, self.drafts = "error", f"{type(error).__name__}: {error}", []

    def rest(self) -> None:
        """Give up what is cached; the tokens stay, and will be read again."""
        self.table, self.cached, self.drafts = Table(), 0, []

    def delta(self, said: Tokens[Sampled]) -> Delta:
        """`said` in this step."""
        told = tuple(s for s in said if s.token not in self.request.stop_ids)
        return Delta(self.id, told, self.finish, self.usage, self.error)
