"""What a planted leak is, and the hands that most of them need."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any

from darkhorse.catalog.audits import Verdict

from .leaky import Asked, Change, Said

__all__ = ["ALNUM", "HEX", "Bed", "Plant", "digest", "envelopes", "on_answers", "usages"]

HEX = "0123456789abcdef"
ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Plant:
    """One leak. `tells`: what an exhibit of its channel must show, with the verdict `verdict`."""

    name: str
    channel: str
    tells: str
    change: Change
    like: str = ""  # the upstream or gateway whose shape it has
    also: tuple[str, ...] = ()  # channels that it cannot help but touch
    behind: str = "main"  # which of the stages
    verdict: Verdict = "leaks"
    deterministic: bool = True

    def __str__(self) -> str:
        return f"{self.channel}-{self.name}"


class Bed(list[Plant]):
    """Where plants of a kind stand."""

    def plant(self, channel: str, tells: str, name: str = "", **more: Any):
        """Registers a change under its function's name, or under `name`."""

        def register(change: Change) -> Change:
            called = (name or change.__name__).strip("_").replace("_", "-")
            self.append(Plant(called, channel, tells, change, **more))
            return change

        return register


def digest(seed: object, size: int, letters: str = HEX) -> str:
    """So many letters that look like chance, always the same for the same seed."""
    number = int.from_bytes(hashlib.sha512(str(seed).encode()).digest())
    found = []
    while len(found) < size:
        number, place = divmod(number, len(letters))
        found.append(letters[place])
    return "".join(found)


def on_answers(change: Callable[[Said], Any]) -> Change:
    """Changes good answers of the model, in whatever dialect."""

    @wraps(change)
    def only(_asked: Asked, said: Said) -> None:
        if said.is_answer:
            change(said)

    return only


def envelopes(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What has an answer's id and model, in whatever dialect: the object, or one in it."""
    for each in (found, found.get("response"), found.get("message")):
        if isinstance(each, dict) and "id" in each and "model" in each:
            yield each


def usages(said: Said, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the counts, in whatever dialect and event."""

    def look(found: dict[str, Any]) -> None:
        for each in (found, found.get("response"), found.get("message")):
            if isinstance(each, dict) and isinstance(each.get("usage"), dict):
                change(each["usage"])

    said.each(look)
