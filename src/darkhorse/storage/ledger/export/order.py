"""What is asked of an export."""

from typing import Literal

from msgspec import Struct

from darkhorse.storage.apps import app_of
from darkhorse.storage.records import EndRecord, Outcome, StartRecord
from darkhorse.wire.chunks import Finish

__all__ = ["Form", "Order", "Wanted"]

Form = Literal["parquet", "chat", "finetune"]


class Wanted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which generations. What is empty or None leaves every one in.

    `since_us` and `until_us` bound when a generation began, in microseconds since the epoch; the
    second is the first moment that is too late. `app` is an app's slug, `key` a key's hash.
    """

    listings: tuple[str, ...] = ()
    since_us: int | None = None
    until_us: int | None = None
    app: str = ""
    key: str = ""
    finishes: tuple[Finish, ...] = ()
    outcomes: tuple[Outcome, ...] = ()

    def takes_start(self, start: StartRecord) -> bool:
        if self.listings and start.listing not in self.listings:
            return False
        if self.since_us is not None and start.at_us < self.since_us:
            return False
        if self.until_us is not None and start.at_us >= self.until_us:
            return False
        return (not self.key or start.key == self.key) and self._takes_app(start)

    def _takes_app(self, start: StartRecord) -> bool:
        if not self.app:
            return True
        app = app_of(start.app_url, start.app_title)
        return app is not None and app.slug == self.app

    def takes_end(self, end: EndRecord) -> bool:
        if self.finishes and end.finish not in self.finishes:
            return False
        return not self.outcomes or end.outcome in self.outcomes


class Order(Struct, frozen=True, kw_only=True):
    """An export whole. Two of the same order, begun over the same record, give the same bytes.

    A part ends with the generation that brings its text over `part_bytes`.
    """

    form: Form
    wanted: Wanted
    part_bytes: int
    masked: bool = True
    compressed: bool = False  # JSONL as .zst; Parquet always is, within
    upto: int = 0  # the highest sequence that belongs to it
    listings: tuple[str, ...] = ()  # those that may be exported, of those that are wanted
    refused: dict[str, str] = {}  # listing to why not
