"""One session as messages: which text each request repeats, and which is new.

A prompt of the trace is a path in a tree of 64-token blocks. A message is a run of blocks between
two places where any prompt of the session begins, ends, or leaves another one; so everything that
the trace says is repeated is repeated as whole messages, and nothing else. The tokens behind the
last whole block are a message of their own, which is never repeated.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from msgspec import Struct

from day.trace import Row, Session

BYTES_A_BLOCK = 256  # 64 tokens of 4 bytes
LEAST_MESSAGE = 48  # bytes: the frame of a user's message and a word
_PAUSE_S = 60  # before a turn that a person begins
_TOOL_BLOCKS = 12  # of one tool definition, at most

Role = Literal["tools", "system", "user", "assistant", "tool"]


class Piece(NamedTuple):
    """A message or a tool definition. `number` names its text within the session."""

    number: int
    role: Role
    size: int  # bytes of JSON, frame and all


class Turn(NamedTuple):
    """One request: the first `kept` pieces of an earlier turn, then new ones."""

    at_s: float
    parent: int  # number of the earlier turn; -1: none
    kept: int
    fresh: tuple[Piece, ...]
    tail: Piece | None
    answer: int  # tokens


class Plan(Struct, frozen=True):
    """A session's turns in order of time, and the turn after which each is needed no more."""

    turns: tuple[Turn, ...]
    last_use: tuple[int, ...]


class _Run(Struct):
    """New blocks of one request: `start` to `end` in its prompt."""

    turn: int
    parent: "_Run | None"
    start: int
    end: int
    cuts: set[int]

    def owner(self, depth: int) -> "_Run | None":
        """The run that holds the block before `depth`."""
        run: _Run | None = self
        while run is not None and run.start >= depth:
            run = run.parent
        return run

    def spans(self) -> list[tuple[int, int]]:
        return list(pairwise(sorted({self.start, self.end, *self.cuts})))

    def pieces_before(self, depth: int) -> int:
        """How many pieces its prompt has up to `depth`, which is where one ends."""
        count, run = 0, self.owner(depth)
        while run is not None:
            count += sum(end <= depth for start, end in run.spans() if start < end)
            depth = run.start
            run = run.parent and run.parent.owner(depth)
        return count


def plan(session: Session, head_bytes: int) -> Plan:
    """The session's turns. `head_bytes`: what a request has besides messages and tools."""
    runs = _runs(session)
    times = list(_times(session.r))
    tools, system = session.tool // 64, session.sys // 64
    if runs:
        edges = {*range(0, tools, _TOOL_BLOCKS), tools, tools + system}
        runs[0].cuts |= {edge for edge in edges if edge < runs[0].end}
    turns, numbers, debt = list[Turn](), iter(range(1 << 60)), 0
    for at, (row, run) in enumerate(zip(session.r, runs, strict=True)):
        spans = [span for span in run.spans() if span[0] < span[1]]
        is_person = at == 0 or times[at] - times[at - 1] > _PAUSE_S
        roles = _roles(spans, tools, system, first=at == 0, is_person=is_person)
        fresh = [
            Piece(next(numbers), role, BYTES_A_BLOCK * (end - start))
            for (start, end), role in zip(spans, roles, strict=True)
        ]
        tail, debt = _tail(row, next(numbers), debt + head_bytes)
        parent = run.parent.turn if run.parent else -1
        kept = run.parent.pieces_before(run.start) if run.parent else 0
        turns.append(Turn(times[at], parent, kept, tuple(fresh), tail, max(1, row.answer)))
    return Plan(tuple(turns), _last_use(turns))


def _runs(session: Session) -> list[_Run]:
    """The tree. The trace does not say which request a prefix is of: the newest long enough."""
    runs = list[_Run]()
    for turn, row in enumerate(session.r):
        parent = None
        if row.shared:
            earlier = (run for run in reversed(runs) if run.end >= row.shared)
            parent = next(earlier)
            owner = parent.owner(row.shared)
            if owner:
                owner.cuts.add(row.shared)
        runs.append(_Run(turn, parent, row.shared, row.blocks, set()))
    return runs


def _times(rows: tuple[Row, ...]) -> Iterator[float]:
    """Seconds since the session began, never backwards; a sub-agent begins with its first."""
    now, base, before = 0.0, 0.0, 0
    for row in rows:
        if row.depth > before or (row.depth and base + row.at_s < now):
            base = now
        now = max(now, row.at_s + (base if row.depth else 0.0))
        before = row.depth
        yield now


def _roles(
    spans: list[tuple[int, int]], tools: int, system: int, *, first: bool, is_person: bool
) -> list[Role]:
    """Tools and system prompt, what a person said; then assistant and tool in turns."""
    roles = list[Role]()
    for start, end in spans:
        if first and end <= tools:
            roles.append("tools")
        elif first and start < tools + system:
            roles.append("system")
        else:
            roles.append("tool" if roles and roles[-1] == "assistant" else "assistant")
    if roles and is_person and roles[-1] not in ("tools", "system"):
        roles[-1] = "user"
    return roles


def _tail(row: Row, number: int, debt: int) -> tuple[Piece | None, int]:
    """The last message, and the bytes by which the prompt is over its tokens after all."""
    size = 4 * (row.prompt - 64 * row.blocks) - debt
    if size < LEAST_MESSAGE:
        return None, -size
    return Piece(number, "user", size), 0


def _last_use(turns: list[Turn]) -> tuple[int, ...]:
    used: dict[int, int] = defaultdict(int)
    for at, turn in enumerate(turns):
        used[turn.parent] = at
    return tuple(max(at, used[at]) for at in range(len(turns)))
