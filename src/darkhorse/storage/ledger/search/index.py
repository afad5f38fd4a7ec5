"""The chore that keeps the search index: follows the packed frames, one bookmark behind the other.

Each message is indexed once for each key, in the generation that said it first. Of a conversation
that goes on only the new links are read (`links`), so a long one costs what is new in it.
"""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct, structs

from darkhorse.base.clock import Clock
from darkhorse.storage.ledger.frame import START
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.reader import Packed, PackedMeta
from darkhorse.storage.ledger.search.links import Links, Moment, highest_node
from darkhorse.storage.ledger.search.prompts import Unreadable, prompt_in, prompts_in
from darkhorse.storage.ledger.search.shards import (
    SHARD_SIZE,
    Bookmark,
    Message,
    Shards,
    hash_of,
    open_shards,
    owner_of,
    sqlite_faults,
)
from darkhorse.storage.ledger.search.words import words_of

__all__ = ["SearchIndex", "said_by"]

_SLICE_S = 0.5
_SLICE_MESSAGES = 4096


class _Start(Struct):
    """What is read of a start's record."""

    id: str = ""
    at_us: int = 0
    listing: str = ""
    dialect: str = ""
    key: str = ""


_start = msgspec.json.Decoder(_Start)


class SearchIndex:
    """A Chore. One a data directory: whoever makes it holds the keeper's lock."""

    name = "search"
    every_s = 2.0

    def __init__(self, layout: Layout, clock: Clock, *, shard_size: int = SHARD_SIZE) -> None:
        self._path = layout.search
        self._clock = clock
        self._packed = Packed(layout.packed)
        self._links = Links(layout.packed)
        self._shards = open_shards(layout.search, shard_size=shard_size)

    def step(self) -> bool:
        """Index the next frames; True if there may be more. Raises ConfigError, sqlite3's errors.

        Damage behind frames that could be read stops only the next slice.
        """
        with sqlite_faults(self._path):
            bookmark = self._shards.bookmark()
            last = self._packed.last()
            if (
                last < bookmark.sequence
            ):  # another store stands there: its numbers mean other frames
                self._shards.clear()
                return True
            if last == bookmark.sequence:
                return False
            batch = _Batch(bookmark, self._shards)
            try:
                self._gather(batch, last)
            finally:
                if batch.bookmark != bookmark:
                    self._shards.add(batch.messages, batch.bookmark)
            return batch.bookmark.sequence < last

    def forget(self, generations: Sequence[str]) -> None:
        """Leave no byte of what these said in the file or its log. Idempotent.

        Takes about a second for each 65,536 messages among which one of theirs is. Raises
        TimeoutError while a reader holds the old bytes: call again.
        """
        while self.forget_some(generations):
            pass

    def forget_some(self, generations: Sequence[str]) -> bool:
        """A slice of the same; True: call again."""
        with sqlite_faults(self._path):
            return self._shards.forget_some(generations)

    def close(self) -> None:
        """Let files go; may be called twice."""
        self._shards.close()
        self._links.close()
        self._packed.close()

    def _gather(self, batch: "_Batch", last: int) -> None:
        until = self._clock.monotonic() + _SLICE_S
        with self._links.moment() as moment:
            if moment is None:
                return
            for meta in self._packed.metas(batch.bookmark.sequence):
                batch.take(meta, moment)
                if len(batch.messages) >= _SLICE_MESSAGES or self._clock.monotonic() >= until:
                    return
        batch.skip(last)


class _Batch:
    """What one slice has read."""

    def __init__(self, bookmark: Bookmark, shards: Shards) -> None:
        self.bookmark = bookmark
        self.messages: list[Message] = []
        self._shards = shards

    def take(self, meta: PackedMeta, moment: Moment) -> None:
        """The next frame."""
        bookmark = structs.replace(self.bookmark, sequence=meta.sequence)
        if meta.kind == START:
            try:
                start = _start.decode(meta.meta)
            except (msgspec.DecodeError, UnicodeDecodeError):
                bookmark = structs.replace(bookmark, unreadable=bookmark.unreadable + 1)
            else:
                bookmark = self._read(start, meta, moment, bookmark)
        self.bookmark = bookmark

    def skip(self, last: int) -> None:
        """There is nothing more up to `last`: the newest frames may be erased, or lost."""
        if last > self.bookmark.sequence:
            self.bookmark = structs.replace(self.bookmark, sequence=last)

    def _read(
        self, start: _Start, meta: PackedMeta, moment: Moment, bookmark: Bookmark
    ) -> Bookmark:
        unreadable = 0
        if not self._shards.is_forgotten(start.id):
            said = list(_said(start.dialect, meta.recipe, moment, bookmark.node))
            for node, text in said:
                if text is None:
                    unreadable += 1
                elif message := _message(start, meta.sequence, node, text):
                    self.messages.append(message)
        return structs.replace(
            bookmark,
            node=max(bookmark.node, highest_node(meta.recipe)),
            at_us=max(bookmark.at_us, start.at_us),
            unreadable=bookmark.unreadable + unreadable,
        )


def _said(
    dialect: str, recipe: bytes, moment: Moment, node: int
) -> Iterator[tuple[int, str | None]]:
    """Each text of a user that is newer than `node`, and its link; None where it is unreadable."""
    try:
        for text in prompts_in(dialect, moment.frame_around(recipe)):
            yield 0, text
    except Unreadable:
        yield 0, None
    for number, element in moment.behind(recipe, node):
        try:
            yield number, prompt_in(element)
        except Unreadable:
            yield number, None


def _message(start: _Start, sequence: int, node: int, text: str) -> Message | None:
    words = " ".join(dict.fromkeys(words_of(text)))
    if not words:
        return None
    return Message(
        sequence=sequence,
        node=node,
        at_s=start.at_us // 1_000_000,
        generation=owner_of(start.id),
        said=said_by(start.key, text),
        listing=start.listing,
        words=words,
    )


def said_by(key: str, text: str) -> int:
    """What stands for a text of a key's."""
    return hash_of(key, text)
