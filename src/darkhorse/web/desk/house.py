"""How the house is: its processes, what the keeper is doing, disk, refusals."""

from collections.abc import Mapping
from typing import Literal, Protocol

from msgspec import Struct

__all__ = ["ChoreState", "Disk", "House", "HouseReader", "ProcessState"]


class ProcessState(Struct, frozen=True):
    """One of the processes. `pid` is 0 where it is not known."""

    name: str
    state: Literal["runs", "away", "unknown"]
    pid: int = 0
    note: str = ""


class ChoreState(Struct, frozen=True, kw_only=True):
    """A chore of the keeper. Times in microseconds since the epoch; 0: never yet."""

    name: str
    ok_us: int = 0
    busy_s: float = 0.0
    longest_s: float = 0.0
    has_more: bool = False
    problem: str = ""


class Disk(Struct, frozen=True):
    """Of the data directory's file system, in bytes."""

    free: int
    total: int
    parts: tuple[tuple[str, int], ...] = ()  # what of ours is how large


class House(Struct, frozen=True, kw_only=True):
    """One look.

    `refused`: requests that no generation began for, since the server's start, by listing ("":
    to none, for want of a key or a body) and error type. None: no server answers.
    """

    at_us: int
    processes: tuple[ProcessState, ...] = ()
    keeper_at_us: int = 0  # of the keeper's last word; 0: none
    chores: tuple[ChoreState, ...] = ()
    journal_files: int = 0
    journal_bytes: int = 0
    described_behind: int | None = None  # frames whose traits are not read yet
    disk: Disk | None = None
    refused: Mapping[str, Mapping[str, int]] | None = None


class HouseReader(Protocol):
    """Blocks for half a second at most; safe from several threads."""

    def look(self) -> House:
        """How it is now."""
        ...
