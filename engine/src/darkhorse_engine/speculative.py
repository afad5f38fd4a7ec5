"""Drafts: guesses at the next tokens, which the model then reads and checks in one step.

The MTP block makes a guess from a token's hidden state and the token behind it, and the next from
what came out of it (normed: see `MtpBlock.draft`) and its own guess. A grammar that leaves one
choice makes better ones, for nothing. Drafts never change what is said (`Sequence.say`), only how
many steps it takes.
"""

from collections import Counter
from collections.abc import Callable

import torch
from torch import Tensor

from darkhorse_engine.cache import Pages, Step
from darkhorse_engine.model import Model
from darkhorse_engine.sequence import Sequence

__all__ = ["Drafter", "Read"]

Read = tuple[Sequence, int, int]
"""Of a sequence in a step: itself, the position of the first token that was read, and its row."""

_FORCED = 32
"""Tokens of a grammar's only choice that one step reads at most."""


class Drafter:
    """Who guesses. The MTP block's cache is a layer of the same pages.

    `count` are the drafts that the block makes in a step for each sequence; with 0 it is not used.
    `reach` says whether a sequence has pages for so many tokens.
    """

    def __init__(
        self, model: Model, pages: Pages, count: int, reach: Callable[[Sequence, int], bool]
    ) -> None:
        self._model = model
        self._pages = pages
        self._count = count
        self._reach = reach

    def guess(self, read: list[Read], hidden: Tensor) -> None:
        """Put drafts into those who say a token next; `hidden` (tokens, hidden) is the step's."""
        read = [each for each in read if each[0].cached > each[1]]
        states = self._follow(read, hidden) if self._count and read else None
        wanting = []
        for at, (sequence, _, _) in enumerate(read):
            if sequence.finish or sequence.missing > 1:
                continue
            with sequence.alone():
                sequence.drafts = self._forced(sequence)
            if not sequence.drafts and self._most(sequence):
                wanting.append(at)
        if states is not None and wanting:
            self._draft([read[at][0] for at in wanting], states[wanting])

    def _most(self, sequence: Sequence) -> int:
        """Drafts that are of use: behind the last one, a token more is said."""
        count = max(min(self._count, sequence.room - 1), 0)
        return count if self._reach(sequence, len(sequence.tokens) + count) else 0

    def _forced(self, sequence: Sequence) -> list[int]:
        """What its grammar leaves no choice about; empty without one."""
        tokens = sequence.sampler.forced()[: max(min(_FORCED, sequence.room - 1), 0)]
        return tokens if self._reach(sequence, len(sequence.tokens) + len(tokens)) else []

    def _follow(self, read: list[Read], hidden: Tensor) -> Tensor:
        """Write the block's rows of what was read: (sequences, hidden), each one's last.

        A row needs the token behind it: of a prompt it is known, and behind the last one it has
        just been said. Rows of drafts that were wrong are left out.
        """
        work, rows, following, ends = [], [], list[int](), []
        for sequence, start, row in read:
            count = sequence.cached - start
            work.append((sequence.table, start, count))
            rows.append(hidden[row : row + count])
            following += sequence.tokens[start + 1 : sequence.cached + 1]
            ends.append(len(following) - 1)
        step = Step.of(self._pages, work)
        return self._model.draft(torch.tensor(following), torch.cat(rows), step)[ends]

    def _draft(self, sequences: list[Sequence], hidden: Tensor) -> None:
        """`hidden` (sequences, hidden) is what `_follow` made of them.

        A guess is drawn as the token itself will be, from the same place of the same stream, under
        the same grammar: the nearer the two distributions, the more often they agree.
        """
        accepted: Counter[int] = Counter()
        live = sequences
        while live:
            rows = self._model.logits(hidden)
            goes_on = [self._guess(*each, accepted) for each in zip(live, rows, strict=True)]
            live = [sequence for sequence, goes in zip(live, goes_on, strict=True) if goes]
            if live:
                hidden = self._carry(live, hidden[torch.tensor(goes_on)])
        for sequence in sequences:
            with sequence.alone():
                sequence.sampler.rollback(accepted[sequence.id])

    def _guess(self, sequence: Sequence, row: Tensor, accepted: Counter[int]) -> bool:
        """One draft more; is another worth it?"""
        with sequence.alone():
            token = sequence.sampler.choose(row).token
            sequence.drafts.append(token)
            is_last = len(sequence.drafts) == min(self._count, sequence.room - 1)
            if is_last or token in sequence.request.stop_ids:
                return False
            sequence.sampler.accept(token)
            accepted[sequence.id] += 1
            return not sequence.sampler.is_done
        return False

    def _carry(self, sequences: list[Sequence], hidden: Tensor) -> Tensor:
        """The block once more, on each one's last draft and the state that it came from."""
        last = torch.tensor([sequence.drafts[-1] for sequence in sequences])
        places = [(s.table, s.cached + len(s.drafts) - 1, 1) for s in sequences]
        return self._model.draft(last, hidden, Step.of(self._pages, places))
