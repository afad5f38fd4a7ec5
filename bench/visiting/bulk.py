"""Facts and traits of a month, written beside the journal by the product's own tallies.

No frames are behind these rows: what a keeper would have counted is counted here in large batches,
with the same tables and the same code, and nothing else is. The rows of single generations are in
traits.sqlite only; in facts.sqlite they would long have been sealed.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection

from darkhorse.analytics.describing import describer
from darkhorse.storage.ledger.days import note_apps, note_keys, tally_conversations, tally_days
from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.hours import tally_hours
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.read import Position
from darkhorse.storage.ledger.rows import ended_of
from darkhorse.storage.ledger.tallies import tally_spent, tally_totals, tally_use
from darkhorse.storage.ledger.traits.file import open_traits
from darkhorse.storage.ledger.traits.rows import Begun, Finished, write_rows
from darkhorse.storage.records import EndRecord
from darkhorse.storage.state.engine import writing
from darkhorse.storage.traits import Asked, Told, Trouble
from visiting.month import Dealt, Month
from visiting.words import question

_BATCH = 20_000
_NOWHERE = Position("", 0)
_TROUBLES: tuple[Trouble, ...] = ("cut", "empty", "tool_call", "schema", "refused")


def write_bulk(data: Path, month: Month, last: int, done: Callable[[int], None]) -> None:
    """Of the generations before number `last`; `done` hears how many after each batch."""
    layout = Layout(data)
    facts = open_facts(layout.facts)
    traits = open_traits(layout.traits, describer().version)
    for first in range(0, last, _BATCH):
        batch = list(month.deal(first, min(first + _BATCH, last)))
        with writing(facts).begin() as connection:
            _tally(connection, batch)
        with writing(traits).begin() as connection:
            _describe(connection, batch)
        done(first + len(batch))
    facts.dispose()
    traits.dispose()


def _tally(connection: Connection, batch: Sequence[Dealt]) -> None:
    begun = [each.start for each in batch]
    ended = [ended_of(each.start, each.end) for each in batch]
    tally_totals(connection, ended)
    tally_use(connection, begun, ended)
    tally_spent(connection, ended)
    tally_hours(connection, begun, ended)
    tally_days(connection, ended)
    note_apps(connection, begun)
    note_keys(connection, begun)
    tally_conversations(connection, ended)


def _describe(connection: Connection, batch: Sequence[Dealt]) -> None:
    begun = [Begun(each.start, _NOWHERE, 0, _asked(each)) for each in batch]
    write_rows(connection, begun, [Finished(each.end, _told(each)) for each in batch])


def _asked(dealt: Dealt) -> Asked:
    text = question(dealt.number, dealt.category)
    return Asked(
        category=dealt.category,
        language=dealt.language,
        length=min(dealt.start.prompt_tokens, 1 + dealt.flags % 3_000),
        turns=1 + dealt.flags % 11,
        tools=dealt.flags % 3 == 0,
        schema=dealt.flags % 17 == 0,
        media=dealt.flags % 29 == 0,
        preview=text[:160],
        said=dealt.flags % 400_000 + 1,  # some ask the same again
    )


def _told(dealt: Dealt) -> Told:
    """One in fifty has a trouble; each failure says one of forty things."""
    rare = dealt.flags // 1_000
    troubles = frozenset({_TROUBLES[rare % 5]} if rare < 20 else ())
    return Told(
        called=dealt.end.finish == "tool_calls",
        troubles=troubles,
        signature=_signature(dealt.end, rare) if troubles or dealt.end.error_type else "",
    )


def _signature(end: EndRecord, rare: int) -> str:
    return f"{end.error_type or 'answer'}: the engine gave up in step {rare % 40}"
