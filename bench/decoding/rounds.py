"""Who is measured when: all engines in turns while they fit into memory together, then one by one.

At each context every engine's cache is filled, and then a few tokens of each series are decoded,
round after round, so that a busy minute of the machine is everybody's. From `_TOGETHER` tokens on
the caches of all are more than a machine has (200,000 tokens: 4.6 GB and 9.4 GB), and each engine
has the machine to itself.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from decoding.peer import Peer, PeerFailed, Running

__all__ = ["Measured", "Plan", "Point", "measure"]

_TOGETHER = 32_768


@dataclass(frozen=True)
class Plan:
    """`contexts` are filled as if they had been read; `real` ones are then read, to compare."""

    contexts: tuple[int, ...]
    real: tuple[int, ...]
    threads: int
    rounds: int
    steps: int
    """Tokens of each series in a round."""

    def groups(self, peers: tuple[Peer, ...]) -> Iterator[tuple[tuple[Peer, ...], tuple[int, ...]]]:
        """Engines that run at the same time, and their contexts."""
        yield peers, tuple(c for c in self.contexts if c <= _TOGETHER)
        for context in self.contexts:
            if context > _TOGETHER:
                yield from (((peer,), (context,)) for peer in peers if context <= peer.most)


@dataclass
class Point:
    """All that was timed of one series at one context."""

    cpu_ms: list[float] = field(default_factory=list)
    """Of all threads together."""
    wall_ms: list[float] = field(default_factory=list)
    rss_mb: int = 0


@dataclass
class Measured:
    points: dict[tuple[str, int, bool], Point] = field(default_factory=dict)
    """By series, context, and whether the context was read really."""
    prefill_s: dict[tuple[str, int], float] = field(default_factory=dict)
    """By engine and context: CPU of all threads, for all its series together."""
    cache_bytes: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def measure(
    peers: tuple[Peer, ...], plan: Plan, folder: Path, tell: Callable[[str], None]
) -> Measured:
    """`tell` hears what is being done. An engine that fails once is left alone from then on."""
    measured = Measured()
    for group, contexts in plan.groups(peers):
        _Group(plan, measured, tell).run(group, contexts, folder)
    return measured


class _Group:
    """Engines that run at the same time."""

    def __init__(self, plan: Plan, measured: Measured, tell: Callable[[str], None]) -> None:
        self._plan, self._measured, self._tell = plan, measured, tell
        self._running: list[Running] = []

    def run(self, peers: tuple[Peer, ...], contexts: tuple[int, ...], folder: Path) -> None:
        with ExitStack() as stack:
            for peer in peers:
                self._start(peer, max(contexts), folder, stack)
            for context in contexts:
                self._at(context, is_real=False)
                if context in self._plan.real:
                    self._at(context, is_real=True)

    def _start(self, peer: Peer, most: int, folder: Path, stack: ExitStack) -> None:
        if peer.name in self._measured.failed:
            return
        self._tell(f"{peer.name}: starts")
        try:
            running = Running(peer, threads=self._plan.threads, most=most, folder=folder)
        except PeerFailed as e:
            self._measured.failed[peer.name] = str(e)
            return
        stack.callback(running.close)
        self._measured.cache_bytes[peer.name] = running.cache_bytes
        self._running.append(running)

    def _at(self, context: int, *, is_real: bool) -> None:
        here = [each for each in self._running if context <= each.peer.most]
        self._each(here, lambda each: self._fill(each, context, is_real=is_real))
        rounds, steps = self._plan.rounds, self._plan.steps
        if is_real:
            rounds = 1
        elif len(here) == 1:  # nobody to take turns with
            rounds, steps = 1, rounds * steps
        for _ in range(rounds):
            self._each(here, lambda each: self._decode(each, context, steps, is_real=is_real))

    def _each(self, here: list[Running], do: Callable[[Running], None]) -> None:
        """Those that fail leave."""
        for each in [one for one in here if one in self._running]:
            try:
                do(each)
            except PeerFailed as e:
                self._measured.failed[each.peer.name] = str(e)
                self._running.remove(each)

    def _fill(self, each: Running, context: int, *, is_real: bool) -> None:
        self._tell(
            f"{context:,} tokens: {each.peer.name} {'reads' if is_real else 'is given'} them"
        )
        taken = each.fill(context, is_real=is_real)
        if is_real:
            self._measured.prefill_s[each.peer.name, context] = taken

    def _decode(self, each: Running, context: int, steps: int, *, is_real: bool) -> None:
        for series in each.peer.series:
            self._tell(f"{context:,} tokens: {series}")
            timed = each.decode(series, steps)
            point = self._measured.points.setdefault((series, context, is_real), Point())
            point.cpu_ms += [cpu for cpu, _ in timed]
            point.wall_ms += [wall for _, wall in timed]
            point.rss_mb = max(point.rss_mb, each.rss_mb)
