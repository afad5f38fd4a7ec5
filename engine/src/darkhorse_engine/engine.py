"""The engine: requests in, tokens out, a step at a time; all sequences in one batch.

One thread may use it (`Runner` is that thread, for a server): only `check`, `sequence` and `stats`
are safe in others.
"""

from collections.abc import Callable, Iterable
from collections.abc import Sequence as Tokens
from dataclasses import dataclass, replace
from itertools import count

import torch
from torch import Tensor

from darkhorse_engine.cache import PAGE, Pages, Pool, Step, bytes_per_token
from darkhorse_engine.model import Model
from darkhorse_engine.prefixes import Prefixes
from darkhorse_engine.sampling import Sampled, Sampler, Sampling
from darkhorse_engine.scheduler import Scheduler, Work
from darkhorse_engine.sequence import Answer, Delta, Request, Sequence
from darkhorse_engine.speculative import Drafter

__all__ = ["Engine", "Refused", "Stats"]


class Refused(ValueError):
    """A request that could never be served; its text says what would do."""


@dataclass
class Stats:
    """Of this moment, and since the beginning."""

    running: int = 0
    waiting: int = 0
    pages: int = 0
    pages_used: int = 0
    """Not free: held by sequences, or kept for those who begin the same."""
    pages_kept: int = 0
    """Of those used, kept; sequences may hold them too."""
    prompt_tokens: int = 0
    """Of prompts that were begun."""
    cached_tokens: int = 0
    """Of these, those found in the cache."""
    generated_tokens: int = 0
    finished: int = 0
    failed: int = 0
    """Of those finished, by an error of their own."""
    preemptions: int = 0
    drafted: int = 0
    accepted: int = 0
    """Of those drafted, by the MTP block or by a grammar."""
    steps: int = 0
    step_seconds: float = 0.0
    """In all, by the clock that was handed in."""


class Engine:
    """Continuous batching over one model. Raises ValueError.

    `memory` are the bytes set aside for the cache, `context` the tokens one sequence may hold at
    most (as many as model and memory allow, if not said), `slots` the sequences that run at once,
    `budget` the prompt tokens that a step reads, `drafts` the tokens that the MTP block guesses in
    a step, and `reuse` whether pages are kept for prompts that begin the same. `seeds` gives one
    for each request that has none, `clock` seconds.
    """

    def __init__(
        self,
        model: Model,
        *,
        memory: int,
        context: int | None = None,
        slots: int = 8,
        budget: int = 256,
        drafts: int = 0,
        reuse: bool = True,
        dtype: torch.dtype | None = None,
        clock: Callable[[], float] = lambda: 0.0,
        seeds: Callable[[], int] | None = None,
    ) -> None:
        if drafts and model.mtp is None:
            raise ValueError("This model has no MTP block: drafts has to be 0.")
        # Without drafts nobody reads or writes the MTP block's layer of the cache.
        config = model.config if drafts else replace(model.config, num_nextn_predict_layers=0)
        dtype = dtype or model.dtype
        self._page_bytes = PAGE * bytes_per_token(config, dtype)
        if memory < self._page_bytes:
            raise ValueError(f"memory: {_mib(self._page_bytes)} at least, which is one page.")
        pages = memory // self._page_bytes
        self.model = model
        self.pages = Pages(config, pages, dtype)
        self.pool = Pool(pages)
        self.prefixes = Prefixes(self.pool, looks_ahead=bool(drafts), keeps=reuse)
        self.scheduler = Scheduler(self.pool, self.prefixes, slots=slots, budget=budget)
        most = min(config.max_position_embeddings, pages * PAGE)
        self.context = min(context or most, most)
        self._drafter = Drafter(model, self.pages, drafts, self.scheduler.reach)
        self._clock = clock
        self._seeds = seeds or count().__next__
        self._numbers = count()
        self._sequences: dict[int, Sequence] = {}
        self._counts = Stats(pages=pages)

    def check(self, request: Request) -> None:
        """Raises Refused where the request could never be served, or makes no sense."""
        length, vocabulary = len(request.prompt), self.model.config.vocab_size
        if not length:
            raise Refused("The prompt is empty: give it one token at least.")
        if min(request.prompt) < 0 or max(request.prompt) >= vocabulary:
            raise Refused(f"The prompt holds ids beyond the vocabulary of {vocabulary} tokens.")
        asked = 1 if request.max_tokens is None else request.max_tokens
        if asked < 1:
            raise Refused("max_tokens has to be 1 or more.")
        if length + asked > self.context:
            raise Refused(
                f"This prompt of {length} tokens and its answer of {asked} need "
                f"{self._size(length + asked)} of cache. A sequence may have {self.context} tokens "
                f"({self._size(self.context)}), and {self._size(self.pages.count * PAGE)} are set "
                "aside for all. Shorten it, ask for fewer tokens, or start with more."
            )

    def sequence(self, request: Request) -> Sequence:
        """What `put` takes. Raises Refused."""
        self.check(request)
        length = len(request.prompt)
        limit = self.context if request.max_tokens is None else length + request.max_tokens
        sampler = Sampler(
            request.sampling,
            seed=self._seeds(),
            prompt=request.prompt,
            constraint=request.constraint,
        )
        return Sequence(next(self._numbers), request, sampler, limit)

    def put(self, sequence: Sequence) -> None:
        """In the queue."""
        self._sequences[sequence.id] = sequence
        self.scheduler.waiting.append(sequence)

    def add(self, request: Request) -> int:
        """Its id in deltas. Raises Refused."""
        sequence = self.sequence(request)
        self.put(sequence)
        return sequence.id

    def cancel(self, number: int) -> None:
        """Its pages are free at once, and nothing more is heard of it. Unknown ids are no error."""
        if (sequence := self._sequences.pop(number, None)) is not None:
            sequence.finish = "cancelled"
            self.scheduler.leave(sequence)

    @property
    def is_busy(self) -> bool:
        """Is anyone left, running or waiting?"""
        return bool(self._sequences)

    @property
    def stats(self) -> Stats:
        """A copy; may be taken in any thread."""
        scheduler = self.scheduler
        return replace(
            self._counts,
            running=len(scheduler.running),
            waiting=len(scheduler.waiting),
            pages_used=self.pages.count - self.pool.free,
            pages_kept=len(self.prefixes.pages),
            prompt_tokens=scheduler.begun,
            cached_tokens=scheduler.found,
            preemptions=scheduler.preemptions,
        )

    def step(self) -> list[Delta]:
        """Run the model once, for all whose turn it is; who said something, or ended."""
        began = self._clock()
        work = self.scheduler.plan()
        if not work:
            return []
        step = Step.of(self.pages, [(w.sequence.table, w.start, len(w.tokens)) for w in work])
        hidden = self.model(torch.tensor([token for w in work for token in w.tokens]), step)
        said = self._say(work, step, hidden)
        read = [(w.sequence, w.start, span.row) for w, span in zip(work, step.spans, strict=True)]
        self._drafter.guess(read, hidden)
        self._counts.steps += 1
        self._counts.step_seconds += self._clock() - began
        return [
            self._tell(each.sequence, tokens)
            for each, tokens in zip(work, said, strict=True)
            if tokens or each.sequence.finish
        ]

    def _say(self, work: list[Work], step: Step, hidden: Tensor) -> list[list[Sampled]]:
        """What each one says: in the middle of its prompt, nothing."""
        counts = [1 + len(each.sequence.drafts) if each.says else 0 for each in work]
        ends = [span.rows.stop for span in step.spans]
        rows = torch.cat([hidden[end - n : end] for end, n in zip(ends, counts, strict=True)])
        logits = self.model.logits(rows) if len(rows) else rows  # packed weights want a row
        said = []
        for each, own in zip(work, logits.split(counts), strict=True):
            said.append(self._say_one(each.sequence, own) if each.says else [])
            self.scheduler.note(each)
        return said

    def _say_one(self, sequence: Sequence, logits: Tensor) -> list[Sampled]:
        drafts, said = sequence.drafts, list[Sampled]()
        with sequence.alone():
            said = sequence.say(logits)
        self._counts.drafted += len(drafts)
        self._counts.accepted += sum(s.token == d for s, d in zip(said, drafts, strict=False))
        self._counts.generated_tokens += len(said)
        return said

    def _tell(self, sequence: Sequence, said: list[Sampled]) -> Delta:
        """Who has ended leaves."""
        if sequence.finish:
            del self._sequences[sequence.id]
            self.scheduler.leave(sequence)
            self._counts.finished += 1
            self._counts.failed += sequence.finish == "error"
        return sequence.delta(said)

    def generate(
        self,
        prompts: Iterable[Tokens[int]],
        sampling: Sampling | None = None,
        *,
        max_tokens: int | None = None,
        stop_ids: Iterable[int] = (),
    ) -> list[Answer]:
        """Answers, in the prompts' order. Raises Refused before anything runs."""
        same = Request(
            prompt=(),
            sampling=sampling or Sampling(),
            max_tokens=max_tokens,
            stop_ids=frozenset(stop_ids),
        )
        return self.answer(replace(same, prompt=prompt) for prompt in prompts)

    def answer(self, requests: Iterable[Request]) -> list[Answer]:
        """Answers, in the requests' order. Raises Refused before anything runs."""
        sequences = [self.sequence(request) for request in requests]
        for sequence in sequences:
            self.put(sequence)
        said: dict[int, list[Sampled]] = {sequence.id: [] for sequence in sequences}
        last: dict[int, Delta] = {}
        while len(last) < len(sequences):
            for delta in self.step():
                if delta.id in said:
                    said[delta.id] += delta.tokens
                    if delta.finish:
                        last[delta.id] = delta
        return [_answer(said[sequence.id], last[sequence.id]) for sequence in sequences]

    def check_pages(self) -> None:
        """That every page is either free, or held by those who say so. Raises AssertionError."""
        tables = [sequence.table.pages for sequence in self.scheduler.running]
        self.pool.check([*tables, self.prefixes.pages])

    def _size(self, tokens: int) -> str:
        """Of the cache of so many tokens, in whole pages."""
        return _mib(-(-tokens // PAGE) * self._page_bytes)


def _answer(said: list[Sampled], last: Delta) -> Answer:
    assert last.finish, "the last delta says how it ended"
    return Answer(tuple(said), last.finish, last.usage, last.error)


def _mib(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"
