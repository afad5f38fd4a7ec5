"""The shared trace, and which of its sessions make a day of so many tokens.

The format, both totals and the formulas are those of shared/data/traces/README.md.
"""

import gzip
import math
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from darkhorse.base.errors import ConfigError

DAY_REQUESTS = 206_000
DAY_S = 86_400
STRESS, PLAUSIBLE = 40e9, 4e9  # tokens a day
_PLAUSIBLE_SCALE = 0.1581


class Row(NamedTuple):
    """One request. Blocks are of 64 tokens."""

    at_s: float  # since the session began; for a sub-agent since that began
    prompt: int  # tokens
    answer: int  # tokens
    shared: int  # leading blocks that an earlier request of the session had
    blocks: int  # whole blocks of the prompt
    depth: int  # 1: of a sub-agent


class Session(Struct, frozen=True):
    """One line of the trace."""

    id: str
    tool: int  # tokens of the tool definitions
    sys: int  # tokens of the system prompt
    r: tuple[Row, ...]

    @property
    def tokens(self) -> int:
        return sum(row.prompt + row.answer for row in self.r)


class Copy(NamedTuple):
    """One client's session in the day."""

    name: str  # no other copy has it: its texts are its own
    session: Session
    starts_s: float


def read(path: Path) -> list[Session]:
    """The sessions. Raises ConfigError where the trace is not there."""
    try:
        with gzip.open(path, "rb") as lines:
            return msgspec.json.decode(b"[" + b",".join(lines) + b"]", type=list[Session])
    except OSError as e:
        raise ConfigError(
            f"{path}: the trace cannot be read ({e.strerror or e}); "
            "say where agentic-sessions.jsonl.gz is with --trace."
        ) from None


def day(sessions: list[Session], tokens: float, share: float, seed: int) -> list[Copy]:
    """The copies that make `share` of a day; as dense in time as the whole of it."""
    if tokens == PLAUSIBLE:
        sessions = [_scaled(session) for session in sessions]
        weights = _even(sessions)
    elif tokens == STRESS:
        weights = _tilted(sessions, tokens / DAY_REQUESTS)
    else:
        raise ConfigError("--tokens is 40e9 (stress) or 4e9 (plausible).")
    # In order of length, so that a small share has long and short ones as the whole has.
    ranked = sorted(zip(sessions, weights, strict=True), key=lambda each: len(each[0].r))
    sessions, weights = [list(column) for column in zip(*ranked, strict=True)]
    counts = _systematic([weight * share for weight in weights], _fraction(f"{seed}"))
    copies = []
    for session, count in zip(sessions, counts, strict=True):
        for number in range(count):
            name = f"{seed}/{session.id}/{number}"
            copies.append(Copy(name, session, _fraction(name) * DAY_S * share))
    return copies


def effective(copies: list[Copy]) -> float:
    """How many equal sessions would vary as much: Kish's effective sample size, by tokens."""
    held: dict[str, int] = {}
    for copy in copies:
        held[copy.session.id] = held.get(copy.session.id, 0) + copy.session.tokens
    return sum(held.values()) ** 2 / sum(each**2 for each in held.values())


def redundancy(copies: list[Copy]) -> float:
    """Share of prompt tokens that an earlier request of the same session had, by the trace."""
    rows = [row for copy in copies for row in copy.session.r]
    return 64 * sum(row.shared for row in rows) / sum(row.prompt for row in rows)


def _even(sessions: list[Session]) -> list[float]:
    return [DAY_REQUESTS / sum(len(each.r) for each in sessions)] * len(sessions)


def _tilted(sessions: list[Session], mean: float) -> list[float]:
    """Copies of each session, so that a request has `mean` tokens on average."""
    shapes = [(len(session.r), session.tokens) for session in sessions]

    def tilted(slope: float) -> tuple[list[float], float, float]:
        weights = [math.exp(slope * (total / n - 120_000) / 100_000) for n, total in shapes]
        requests = sum(w * n for w, (n, _) in zip(weights, shapes, strict=True))
        tokens = sum(w * total for w, (_, total) in zip(weights, shapes, strict=True))
        return weights, requests, tokens / requests

    low, high = -5.0, 10.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if tilted(middle)[2] < mean else (low, middle)
    weights, requests, _ = tilted(low)
    return [weight * DAY_REQUESTS / requests for weight in weights]


def _systematic(weights: list[float], offset: float) -> list[int]:
    """Whole numbers that follow the weights: one for each point offset + 0, 1, 2 …"""
    counts, reached = [], 0.0
    for weight in weights:
        before, reached = math.ceil(reached - offset), reached + weight
        counts.append(math.ceil(reached - offset) - before)
    return counts


def _scaled(session: Session) -> Session:
    rows = tuple(map(_scaled_row, session.r))
    tool, system = (round(each * _PLAUSIBLE_SCALE) for each in (session.tool, session.sys))
    return msgspec.structs.replace(session, tool=tool, sys=system, r=rows)


def _scaled_row(row: Row) -> Row:
    """Shares stay what they were; a prompt is at least its blocks."""
    answer, shared, blocks, prompt = (
        round(each * _PLAUSIBLE_SCALE) for each in (row.answer, row.shared, row.blocks, row.prompt)
    )
    whole = max(prompt, 64 * blocks)
    return row._replace(answer=max(1, answer), shared=shared, blocks=blocks, prompt=whole)


def _fraction(text: str) -> float:
    """A number in [0, 1) that the text decides."""
    return int.from_bytes(sha256(text.encode()).digest()[:8]) / 2**64
