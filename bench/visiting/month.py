"""A month of generations that never were: when, of which listing, by whom, how it went.

All of it follows from a seed and the moment it ends. Chance is drawn in columns, a number for each
generation, so that a million take seconds.
"""

from collections.abc import Iterator
from hashlib import shake_128
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct

from darkhorse.storage.records import Attempt, EndRecord, StartRecord
from darkhorse.wire.chunks import Finish, NativeUsage, Usage

HOUR_US = 3_600_000_000
DAYS, KEYS, APPS, PEOPLE = 30, 5_000, 400, 30_000
CATEGORIES = (
    *("programming", "roleplay", "marketing", "marketing/seo", "technology", "science"),
    *("translation", "legal", "finance", "health", "trivia", "academia", "writing", "identity"),
    "general",
)
LANGUAGES = ("en", "zh", "es", "ru", "ja", "de", "")
ENDPOINTS = ("east", "west")
_FINISHES: tuple[Finish, ...] = ("stop", "stop", "stop", "tool_calls", "length")
_HOURS = DAYS * 24
_FAILURES = (
    *((502, "provider_unavailable"), (503, "provider_overloaded"), (504, "timeout")),
    *((400, "invalid_request"), (429, "rate_limit_exceeded")),
)


class Trial(Struct, frozen=True):
    """A listing. Days before the end of the month; `ended` is None for one that is live."""

    slug: str
    title: str
    weight: float
    began: float
    ended: float | None = None
    revealed: bool = False
    paced: bool = False


TRIALS = (
    Trial("stealth/quiet-otter", "Quiet Otter", 9, 29.5),
    Trial("stealth/lunar-heron", "Lunar Heron", 6, 18),
    Trial("stealth/copper-fox", "Copper Fox", 4, 11, paced=True),
    Trial("stealth/slow-river", "Slow River", 2, 6),
    Trial("stealth/night-plover", "Night Plover", 5, 1.5),
    Trial("stealth/amber-lynx", "Amber Lynx", 6, 29.5, 20),
    Trial("stealth/paper-crane", "Paper Crane", 3, 26, 19),
    Trial("stealth/salt-marsh", "Salt Marsh", 2, 22, 15),
    Trial("stealth/grey-mule", "Grey Mule", 1, 14, 9),
    Trial("stealth/pony-old", "Pony Old", 7, 29.8, 24, revealed=True),
    Trial("stealth/winter-hare", "Winter Hare", 4, 27, 17, revealed=True),
    Trial("stealth/tin-sparrow", "Tin Sparrow", 3, 20, 12, revealed=True),
)


class Dealt(Struct, frozen=True):
    """One generation. `flags`: 0 to 999,999, for whatever else chance decides about it."""

    number: int
    start: StartRecord
    end: EndRecord
    category: str
    language: str
    flags: int


class Month:
    """`count` generations that end before `end_us`, oldest first."""

    def __init__(self, count: int, end_us: int, seed: int) -> None:
        self.count = count
        draw = np.random.default_rng(seed)
        self._first_hour = end_us // HOUR_US - _HOURS + 1
        cells = draw.multinomial(count, _weights(end_us))
        self._at_us, self._trial = _moments(draw, cells, self._first_hour, end_us)
        self._key, self._app = _few_often(draw, KEYS, count), _few_often(draw, APPS, count)
        self._person = draw.integers(0, PEOPLE, count)
        self._category = _few_often(draw, len(CATEGORIES), count)
        self._language = _few_often(draw, len(LANGUAGES), count)
        self._prompt = np.minimum(draw.lognormal(6.3, 1.5, count), 120_000).astype(int) + 1
        self._completion = np.minimum(draw.lognormal(5.4, 1.0, count), 8_000).astype(int) + 1
        self._first_ms = draw.lognormal(6.2, 0.5, count) * _load(self._at_us)
        self._speed = draw.lognormal(4.2, 0.3, count) / _load(self._at_us)
        self._outcome, self._flags = draw.random(count), draw.integers(0, 1_000_000, count)

    def deal(self, first: int, last: int) -> Iterator[Dealt]:
        """From one number up to another."""
        columns = [each[first:last].tolist() for each in self._columns()]
        for number, row in enumerate(zip(*columns, strict=True), first):
            yield _dealt(number, _Row(*row))

    def _columns(self) -> tuple[Any, ...]:
        """As `_Row` has them."""
        return (
            *(self._at_us, self._trial, self._key, self._app, self._person, self._category),
            *(self._language, self._prompt, self._completion, self._first_ms, self._speed),
            *(self._outcome, self._flags),
        )


class _Row(NamedTuple):
    at_us: int
    trial: int
    key: int
    app: int
    person: int
    category: int
    language: int
    prompt: int
    completion: int
    first_ms: float
    speed: float
    chance: float
    flags: int

    @property
    def took_ms(self) -> float:
        return self.first_ms + self.completion / self.speed * 1000


def _dealt(number: int, row: _Row) -> Dealt:
    start = _start(number, row)
    category, language = CATEGORIES[row.category], LANGUAGES[row.language]
    return Dealt(number, start, _end(start, row), category, language, row.flags)


def _start(number: int, row: _Row) -> StartRecord:
    flags = row.flags
    return StartRecord(
        id=name(number),
        at_us=row.at_us,
        listing=TRIALS[row.trial].slug,
        dialect=("chat", "chat", "chat", "messages", "responses")[flags % 5],
        streamed=flags % 7 > 0,
        key=key_hash(row.key),
        prompt_tokens=row.prompt,
        app_url=app_url(row.app) if flags % 100 < 85 else "",
        address=_hash("address", row.person),
        person=_hash("person", row.person),
        session=_hash("session", number // 4_000 * 500 + row.person % 500) if flags % 2 else "",
    )


def name(number: int) -> str:
    """A generation's id."""
    return f"gen-{shake_128(b'web %d' % number).hexdigest(12)}"


def key_hash(number: int) -> str:
    return _hash("key", number, 32)


def app_url(number: int) -> str:
    return f"https://app-{number}.example"


def _hash(kind: str, number: int, size: int = 16) -> str:
    return shake_128(f"{kind} {number}".encode()).hexdigest(size)


def _weights(end_us: int) -> Any:
    """Of each listing's hours: days and nights, a rush at the beginning, nothing outside of it."""
    hours = np.arange(_HOURS)
    of_day = (end_us // HOUR_US + 1 + hours) % 24  # the month ends with the hour of `end_us`
    day_night = 1.2 + np.sin((of_day - 9) / 24 * 2 * np.pi)
    rows = []
    for trial in TRIALS:
        age = hours - (_HOURS - trial.began * 24)
        is_open = (age >= 0) & (hours < _HOURS - (trial.ended or 0) * 24)
        rows.append(trial.weight * day_night * is_open * (1 + 3 * np.exp(-np.abs(age) / 36)))
    flat = np.concatenate(rows)
    return flat / flat.sum()


def _moments(draw: Any, cells: Any, first_hour: int, end_us: int) -> tuple[Any, Any]:
    """When each began, in order, and of which listing."""
    place = np.repeat(np.arange(len(cells)), cells)
    hour, trial = first_hour + place % _HOURS, place // _HOURS
    left = np.minimum(HOUR_US, end_us - hour * HOUR_US)
    at_us = hour * HOUR_US + (draw.random(len(place)) * left).astype(np.int64)
    order = np.argsort(at_us, kind="stable")
    return at_us[order], trial[order]


def _few_often(draw: Any, sides: int, count: int) -> Any:
    """Few numbers often, many rarely."""
    return (sides * draw.random(count) ** 2.5).astype(int)


def _load(at_us: Any) -> Any:
    """Slower in the evening: 1 to 1.6."""
    return 1.3 + 0.3 * np.sin((at_us // HOUR_US % 24 - 9) / 24 * 2 * np.pi)


_BAD_HOUR = 12.0


def _badness(row: _Row) -> float:
    """An engine was away: in one hour of 97."""
    return _BAD_HOUR if (row.at_us // HOUR_US + 31 * row.trial) % 97 == 0 else 1.0


def _end(start: StartRecord, row: _Row) -> EndRecord:
    """Of a hundred two are cancelled and two fail, one in a thousand is interrupted."""
    chance = row.chance / _badness(row)
    at_us = start.at_us + int(row.took_ms * 1000)
    if chance >= 0.041:
        return _done(start, row, at_us)
    if chance >= 0.021:
        return EndRecord(id=start.id, at_us=at_us, outcome="cancelled", status=499)
    if chance >= 0.020:
        return EndRecord(id=start.id, at_us=at_us, outcome="interrupted")
    return _failed(start, row, at_us)


def _done(start: StartRecord, row: _Row, at_us: int) -> EndRecord:
    endpoint = ENDPOINTS[row.prompt % 3 == 0]
    return EndRecord(
        id=start.id,
        at_us=at_us,
        outcome="done",
        finish=_FINISHES[row.flags % 5],
        usage=Usage(row.prompt, row.completion, row.completion // 5),
        native=NativeUsage(prompt=row.prompt, completion=row.completion),
        first_token_ms=row.first_ms if start.streamed else row.took_ms,
        duration_ms=row.took_ms,
        attempts=(Attempt(endpoint=endpoint, duration_ms=row.took_ms, outcome="ok", status=200),),
    )


def _failed(start: StartRecord, row: _Row, at_us: int) -> EndRecord:
    status, error_type = _FAILURES[row.flags % 5]
    attempts = tuple(
        Attempt(endpoint=each, duration_ms=row.took_ms / 2, outcome="status", status=status)
        for each in ENDPOINTS[: 1 + row.flags % 2]
    )
    return EndRecord(
        id=start.id,
        at_us=at_us,
        outcome="failed",
        status=status,
        error_type=error_type,
        duration_ms=row.took_ms,
        attempts=attempts,
    )
