"""A journal made by hand, a Describer that says what bodies tell it, and a plain recount."""

import itertools
from collections import Counter
from pathlib import Path

import msgspec
from sqlalchemy import select

from darkhorse.storage.apps import app_of
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.traits.describing import Describing
from darkhorse.storage.ledger.traits.tables import COUNTS, facet_day, facet_hour, listing, trait
from darkhorse.storage.ledger.traits.tally import troubles_in
from darkhorse.storage.records import Attempt, EndRecord, StartRecord
from darkhorse.storage.state.engine import open_reader
from darkhorse.storage.traits import Asked, Expected, Told
from darkhorse.wire.chunks import Usage
from facts.facts_kit import HandJournal

HOUR_US = 3_600_000_000
NOON = 490_000 * HOUR_US + 12 * HOUR_US  # of a UTC day
MINUTE_US = 60_000_000
LISTINGS = ("stealth/pony", "stealth/mule")
TOOL = (("look", b'{"type":"object"}'),)


class Clock:
    """Goes on by itself, a bit at each look."""

    def __init__(self, tick_s=0.0):
        self.tick_s = tick_s
        self.seconds = 0.0

    def now_us(self):
        return NOON

    def monotonic(self):
        self.seconds += self.tick_s
        return self.seconds


class Plain:
    """Says of a generation what its bodies say; a call of a tool that was not offered is wrong."""

    def __init__(self, version=1):
        self.version = version
        self.read = 0

    def asked(self, start, body):
        self.read += 1
        try:
            said = msgspec.json.decode(body)
        except msgspec.DecodeError:
            return Asked()
        offered = Expected(TOOL) if said.get("tools") else Expected()
        return Asked(**said, expected=offered)

    def told(self, expected, end, answer):
        try:
            said = msgspec.json.decode(answer)
        except msgspec.DecodeError:
            return Told()
        troubles = frozenset(said.get("troubles", ()))
        if said.get("called") and not expected.tools:
            troubles |= {"tool_call"}
        return Told(
            called=said.get("called", False),
            troubles=troubles,
            signature=said.get("signature", ""),
        )


def start(number, **more):
    return StartRecord(
        **{
            "id": f"gen-{number}",
            "at_us": NOON + number * 1_000_000,
            "listing": LISTINGS[0],
            "dialect": "chat",
            "streamed": False,
            "key": "ab" * 32,
            "prompt_tokens": 10,
            **more,
        }
    )


def end(number, **more):
    return EndRecord(
        **{
            "id": f"gen-{number}",
            "at_us": NOON + number * 1_000_000 + 500,
            "outcome": "done",
            "finish": "stop",
            "usage": Usage(20, 30, 5),
            "attempts": (Attempt(endpoint="east", duration_ms=1, outcome="ok"),),
            **more,
        }
    )


def body(**said):
    return msgspec.json.encode(said)


class House:
    """A data directory, and the chore that describes what is in it."""

    def __init__(self, data: Path, *, batch=2000, tick_s=0.0, describer=None):
        self.layout = Layout(data)
        data.mkdir(exist_ok=True)
        self.journal = HandJournal(self.layout.journal)
        self.clock = Clock(tick_s)
        self.describer = describer or Plain()
        self.batch = batch
        self.chore = None
        self.open()

    def open(self):
        self.close()
        self.chore = Describing(self.layout, self.clock, self.describer, batch=self.batch)

    def close(self):
        if self.chore:
            self.chore.close()

    def add(self, record, **said):
        self.journal.append(record, body=body(**said))

    def describe(self):
        while self.chore.step():
            pass

    def pack(self):
        """All that is in the journal, and begin a new file."""
        ids = itertools.count(self.journal.number << 32)
        packer = Packer(
            self.layout,
            disk=RealDisk(),
            clock=self.clock,
            new_file_id=lambda: next(ids),
            newest_too=True,
        )
        while packer.step():
            pass
        packer.close()
        self.journal.begin_file()

    def tables(self):
        return tables_of(self.layout.traits)

    def delete(self):
        self.close()
        for path in self.layout.data.glob("traits.sqlite*"):
            path.unlink()
        self.open()

    def bytes_kept(self):
        return b"".join(path.read_bytes() for path in self.layout.data.glob("traits.sqlite*"))


_WHERE = ("number", "start_seq", "start_file", "start_at")


def tables_of(path):
    """Rows in order, without where frames lie; hours and days with their counts above 0."""
    engine = open_reader(path)
    with engine.connect() as connection:
        slugs = {row.number: row.slug for row in connection.execute(select(listing))}
        rows = [
            {**row, "listing": slugs[row["listing"]]}
            for row in connection.execute(select(trait).order_by(trait.c.number)).mappings()
        ]
        for row in rows:
            assert (row["start_seq"] is None) == (row["outcome"] is not None)
        found = [{k: v for k, v in row.items() if k not in _WHERE} for row in rows]
        hours, days = (
            {
                (row[0], slugs[row[1]], row[2], row[3]): {
                    name: count for name, count in zip(COUNTS, row[4:], strict=True) if count
                }
                for row in connection.execute(select(table))
            }
            for table in (facet_hour, facet_day)
        )
    engine.dispose()
    return found, hours, days


def explained(house, query):
    """SQLite's plan for a query as it is really asked: its values bound."""
    engine = open_reader(house.layout.traits)
    compiled = query.compile(engine, compile_kwargs={"render_postcompile": True})
    values = tuple(compiled.params[name] for name in compiled.positiontup or ())
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values).all()
    engine.dispose()
    return "; ".join(row[3] for row in plan)


# --- a plain recount ---


def recount(frames):
    """The same from (record, what is said of it) in order, one after the other."""
    rows = {}
    for record, said in frames:
        if isinstance(record, StartRecord):
            if record.id not in rows:
                rows[record.id] = begun(record, said, list(rows.values()))
        elif record.id in rows and rows[record.id]["outcome"] is None:
            rows[record.id] = finished(rows[record.id], record, said)
    hours, days = Counter(), Counter()
    for row in rows.values():
        for facet, value, counts in counted(row):
            hour = row["at_us"] // HOUR_US
            for name, count in counts.items():
                hours[facet, row["listing"], hour, value, name] += count
                days[facet, row["listing"], hour // 24, value, name] += count
    return list(rows.values()), _grouped(hours), _grouped(days)


def _grouped(counter):
    found = {}
    for (*key, name), count in counter.items():
        if count:
            found.setdefault(tuple(key), {})[name] = count
    return found


def begun(record, said, before):
    app = app_of(record.app_url, record.app_title)
    asked = {"category": "general", "language": "", "length": 0, "turns": 1, "preview": ""}
    asked |= {"tools": False, "schema": False, "media": False, "said": 0, **said}
    theirs = [row for row in before if row["listing"] == record.listing]
    return {
        **{name: getattr(record, name) for name in ("id", "at_us", "listing", "dialect")},
        **{name: getattr(record, name) for name in ("streamed", "key", "person", "session")},
        **asked,
        "app": app.id if app else 0,
        "app_name": (app.name or app.slug) if app else "",
        "app_value": str(app.id) if app else "0",
        "is_first": bool(record.session)
        and record.session not in [row["session"] for row in theirs],
        "is_again": bool(asked["said"])
        and any(
            row["said"] == asked["said"]
            and row["key"] == record.key
            and abs(row["at_us"] - record.at_us) < 10 * MINUTE_US
            for row in theirs
        ),
        "prompt_tokens": record.prompt_tokens,
        "outcome": None,
        "finish": None,
        "status": None,
        "error_type": "",
        "first_token_ms": None,
        "duration_ms": None,
        **dict.fromkeys(("completion_tokens", "reasoning_tokens", "micro_usd", "attempts"), 0),
        **dict.fromkeys(("called", "is_amiss", "is_plain"), False),
        "endpoint": "",
        "signature": "",
        "troubles": 0,
    }


BITS = {"cut": 1, "empty": 2, "tool_call": 4, "schema": 8, "refused": 16, "retried": 32}


def finished(row, record, said):
    troubles = set(said.get("troubles", ()))
    if said.get("called") and not row["tools"]:
        troubles.add("tool_call")
    if row["is_again"]:
        troubles.add("retried")
    amiss = bool(troubles) or record.outcome in ("failed", "interrupted")
    usage = record.usage
    return {
        **row,
        "outcome": record.outcome,
        "finish": record.finish,
        "status": record.status,
        "error_type": record.error_type,
        "prompt_tokens": usage.prompt if usage else row["prompt_tokens"],
        "completion_tokens": usage.completion if usage else 0,
        "reasoning_tokens": usage.reasoning if usage else 0,
        "micro_usd": record.micro_usd,
        "first_token_ms": record.first_token_ms,
        "duration_ms": record.duration_ms,
        "attempts": len(record.attempts),
        "endpoint": record.attempts[-1].endpoint if record.attempts else "",
        "called": said.get("called", False),
        "troubles": sum(BITS[each] for each in troubles),
        "signature": said.get("signature", ""),
        "is_amiss": amiss,
        "is_plain": record.outcome == "done" and not amiss and not record.error_type,
    }


def counted(row):
    """(facet, value, counts) of one row."""
    at_end = {}
    if row["outcome"]:
        at_end = {"ended": 1, "called": int(row["called"])}
        at_end |= {name: row[name] for name in ("prompt_tokens", "completion_tokens")}
        at_end[{"interrupted": "failed"}.get(row["outcome"], row["outcome"])] = 1
        at_end |= dict.fromkeys(troubles_in(row["troubles"]), 1)
    length, turns = row["length"], row["turns"]
    values = {
        "category": row["category"],
        "language": row["language"],
        "length": "0-9" if length < 10 else "10-49" if length < 50 else "50-199",
        "turns": "0-1" if turns < 2 else "2-9",
        "tools": "yes" if row["tools"] else "no",
        "dialect": row["dialect"],
        "app": row["app_value"],
    }
    yield "all", "", {"requests": 1, "sessions": int(row["is_first"]), **at_end}
    for facet, value in values.items():
        yield facet, value, {"requests": 1, **at_end}
    if row["finish"]:
        yield "finish", row["finish"], {"requests": 1, **at_end}
    if row["outcome"] in ("failed", "interrupted"):
        yield "error", row["error_type"] or "server", {"requests": 1, **at_end}
    for trouble in troubles_in(row["troubles"]):
        yield "trouble", trouble, {"requests": 1, **at_end}
