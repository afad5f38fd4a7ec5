"""A data directory with a month of traffic, made once and kept for the next run."""

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from darkhorse.analytics.describing import describer
from darkhorse.base.clock import SystemClock
from darkhorse.storage.ledger import tables as facts
from darkhorse.storage.ledger.traits import tables as traits
from visiting.bulk import write_bulk
from visiting.journal import keep, write_journal
from visiting.month import Month
from visiting.state import write_said, write_state

_FRESH_US = 1_800_000_000  # the last day and hour of an older one would be empty
_IN_JOURNAL = 2_000  # generations with words
_MADE = "made.json"


class Recipe(Struct, frozen=True):
    """What a directory was made from."""

    generations: int
    seed: int
    shapes: tuple[int, ...] = (facts.SHAPE, traits.SHAPE, describer().version)


class _Made(Struct, frozen=True):
    recipe: Recipe
    end_us: int


def made(data: Path, recipe: Recipe, done: Callable[[int], None]) -> bool:
    """See to it that `data` is there; True where it was made now. `done`: generations so far."""
    if _is_fresh(data, recipe):
        return False
    if data.exists():
        shutil.rmtree(data)
    data.mkdir(parents=True, mode=0o700)
    end_us = SystemClock().now_us()
    _make(data, recipe, end_us, done)
    (data / _MADE).write_bytes(msgspec.json.encode(_Made(recipe, end_us)))
    return True


def _is_fresh(data: Path, recipe: Recipe) -> bool:
    try:
        found = msgspec.json.decode((data / _MADE).read_bytes(), type=_Made)
    except (OSError, msgspec.MsgspecError):
        return False
    return found.recipe == recipe and SystemClock().now_us() - found.end_us < _FRESH_US


def _make(data: Path, recipe: Recipe, end_us: int, done: Callable[[int], None]) -> None:
    month = Month(recipe.generations, end_us, recipe.seed)
    last = max(recipe.generations - _IN_JOURNAL, 0)
    newest = list(month.deal(last, recipe.generations))
    write_state(data, end_us)
    write_bulk(data, month, last, done)
    write_journal(data, newest)
    keep(data, end_us)
    write_said(data, newest, end_us)
    done(recipe.generations)
