"""What a batch adds to what accounts and datasets read: days, apps, keys, conversations.

With `less` counts are taken away again; names and newest moments follow from what remains, so
`forgetting` makes those anew.
"""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import Connection, literal_column
from sqlalchemy.dialects.sqlite import insert

from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger.bulk import Bulk
from darkhorse.storage.ledger.rows import Ended
from darkhorse.storage.ledger.tables import (
    DAY_US,
    app,
    app_day,
    conversation,
    key_seen,
    listing_day,
)
from darkhorse.storage.ledger.tallies import add_to
from darkhorse.storage.records import StartRecord

__all__ = ["name_apps", "note_apps", "note_keys", "tally_conversations", "tally_days"]


class _Day(Struct, kw_only=True):
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    micro_usd: int = 0


class _AppDay(Struct, kw_only=True):
    requests: int = 0
    tokens: int = 0


def tally_days(connection: Connection, ended: Iterable[Ended], *, less: bool = False) -> None:
    """By UTC day: of each listing, of each app with a name by listing."""
    listings: defaultdict[tuple[int, str], _Day] = defaultdict(_Day)
    apps: defaultdict[tuple[int, str, int], _AppDay] = defaultdict(_AppDay)
    for one in ended:
        day = one.at_us // DAY_US
        _count(listings[day, one.listing], one)
        if one.app is not None:
            tally = apps[day, one.listing, one.app]
            tally.requests += 1
            tally.tokens += one.prompt_tokens + one.completion_tokens
    add_to(connection, listing_day, listings.items(), less=less)
    add_to(connection, app_day, apps.items(), less=less)


def _count(tally: _Day, one: Ended) -> None:
    tally.requests += 1
    tally.prompt_tokens += one.prompt_tokens
    tally.completion_tokens += one.completion_tokens
    tally.reasoning_tokens += one.reasoning_tokens
    tally.micro_usd += one.record.micro_usd


def note_apps(connection: Connection, begun: Iterable[StartRecord]) -> None:
    """What apps call themselves: the first name stays, whatever anybody says later."""
    name_apps(connection, ((start.app_url, start.app_title) for start in begun))


def name_apps(connection: Connection, words_of: Iterable[tuple[str, str]]) -> None:
    """From pairs of address and title, oldest first."""
    rows: dict[int, dict[str, object]] = {}
    for words in dict.fromkeys(words_of):
        found = app_of(*words)
        if found and (found.id not in rows or (found.name and not rows[found.id]["name"])):
            rows[found.id] = {"app": found.id, "slug": found.slug, "name": found.name}
    _NAME.run(connection, list(rows.values()))


_named = insert(app)
_NAME = Bulk(
    _named.on_conflict_do_update(
        index_elements=[app.c.app],
        set_={"name": _named.excluded.name},
        where=app.c.name == literal_column("''"),
    )
)


def note_keys(connection: Connection, begun: Iterable[StartRecord]) -> None:
    """When each key was last used."""
    latest: dict[str, int] = {}
    for start in begun:
        latest[start.key] = max(start.at_us, latest.get(start.key, start.at_us))
    _SEEN.run(connection, [{"key": key, "last_us": at_us} for key, at_us in latest.items()])


_seen = insert(key_seen)
_SEEN = Bulk(
    _seen.on_conflict_do_update(
        index_elements=[key_seen.c.key],
        set_={"last_us": _seen.excluded.last_us},
        where=_seen.excluded.last_us > key_seen.c.last_us,
    )
)


class _Conversation(Struct):
    turns: int = 0
    micro_usd: int = 0
    last_day: int = 0


def tally_conversations(
    connection: Connection, ended: Iterable[Ended], *, less: bool = False
) -> None:
    """Turns and cost of each conversation that a named app has with one listing."""
    found: defaultdict[tuple[int, str, str, str], _Conversation] = defaultdict(_Conversation)
    for one in ended:
        if one.app is None or not one.session:
            continue
        talk = found[one.app, one.listing, one.key, one.session]
        talk.turns += 1
        talk.micro_usd += one.record.micro_usd
        talk.last_day = max(talk.last_day, one.at_us // DAY_US)
    add_to(connection, conversation, found.items(), less=less)
