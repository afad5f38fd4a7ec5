"""Generations as they lie in the packed store, in the order of their ends."""

import hashlib
from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from darkhorse.storage.ledger.entries import decoded
from darkhorse.storage.ledger.export.conversation import NoConversation, messages_of
from darkhorse.storage.ledger.export.order import Order, Wanted
from darkhorse.storage.ledger.frame import END, START
from darkhorse.storage.ledger.packed.reader import Packed, PackedMeta
from darkhorse.storage.records import EndRecord, StartRecord

__all__ = ["LastTurns", "Recorded", "is_known", "last_turns", "recorded"]

_encode = msgspec.json.Encoder(order="deterministic").encode


class Recorded(Struct, frozen=True):
    """One generation; the bodies are still to be read."""

    start: StartRecord
    end: EndRecord
    asked: PackedMeta
    answered: PackedMeta

    @property
    def sequence(self) -> int:
        """Of its end: the place in the export."""
        return self.answered.sequence


def recorded(packed: Packed, order: Order) -> Iterator[Recorded]:
    """What the order takes, up to its horizon. Raises ConfigError where bytes are damaged.

    A generation of which only one half is there (it runs, or the other was erased or lost) is
    left out.
    """
    open_starts: dict[str, tuple[StartRecord, PackedMeta]] = {}
    allowed = frozenset(order.listings)
    for meta in packed.metas():
        if meta.sequence > order.upto:
            return
        if meta.kind == START:
            start = decoded(meta.meta, StartRecord)
            if start and start.listing in allowed and order.wanted.takes_start(start):
                open_starts[start.id] = (start, meta)
        elif meta.kind == END:
            end = decoded(meta.meta, EndRecord)
            begun = open_starts.pop(end.id, None) if end else None
            if begun and end and order.wanted.takes_end(end):
                yield Recorded(begun[0], end, begun[1], meta)


def is_known(packed: Packed, wanted: Wanted) -> bool:
    """Is there any generation, of whatever time and listing, of this app and this key?"""
    only = Wanted(app=wanted.app, key=wanted.key)
    starts = (decoded(meta.meta, StartRecord) for meta in packed.metas() if meta.kind == START)
    return any(start and only.takes_start(start) for start in starts)


class LastTurns(Struct, frozen=True):
    """Sequences: of the last turns, and of those that were asked again in the same words."""

    last: frozenset[int]
    again: frozenset[int]


def last_turns(packed: Packed, order: Order, seen: Callable[[int], None]) -> LastTurns:
    """Those that no later generation of the order goes on from.

    A conversation goes on where a later request to the same listing begins with the same messages.
    `seen` is told each sequence that was read. In memory is a number for each turn that is the
    last so far, and for each that was asked again.
    """
    newest: dict[int, int] = {}  # a conversation's digest to the sequence
    bare: set[int] = set()
    again: set[int] = set()
    for each in recorded(packed, order):
        try:
            messages = messages_of(each.start.dialect, packed.body(each.asked))
        except NoConversation:
            bare.add(each.sequence)  # told later, with its reason
            continue
        *beginnings, whole = _digests(each.start.listing, messages)
        for digest in beginnings:
            newest.pop(digest, None)
        if whole in newest:
            again.add(newest[whole])
        newest[whole] = each.sequence
        seen(each.sequence)
    return LastTurns(frozenset(newest.values()) | bare, frozenset(again))


def _digests(listing: str, messages: list[dict[str, object]]) -> Iterator[int]:
    """A number for each beginning of a conversation, the whole of it last."""
    running = hashlib.blake2b(listing.encode(), digest_size=8)
    yield int.from_bytes(running.digest(), "little")
    for message in messages:
        told = {name: message[name] for name in _SAME if message.get(name)}
        told["content"] = _plain(told.get("content"))
        running.update(_encode(told) + b"\n")
        yield int.from_bytes(running.digest(), "little")


def _plain(content: object) -> object:
    """Clients write the same words once as a string and once as a list of texts."""
    if not isinstance(content, list):
        return content
    texts = [part.get("text") for part in content if _is_text(part)]
    return "".join(map(str, texts)) if len(texts) == len(content) else content


def _is_text(part: object) -> bool:
    return isinstance(part, dict) and part.get("type") == "text"


_SAME = ("role", "content", "name", "tool_calls", "tool_call_id")
