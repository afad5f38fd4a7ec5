"""A launch with traffic made by hand, folded and described for real, and what its report reads."""

import msgspec

from darkhorse.analytics.report.gather import gather
from darkhorse.analytics.report.sources import Sources
from darkhorse.catalog.endpoint import Endpoint, Private
from darkhorse.catalog.launch import Launch, Life
from darkhorse.catalog.listing import Listing
from darkhorse.storage.ledger.facts import open_facts
from darkhorse.storage.ledger.figures import LedgerFigures
from darkhorse.storage.ledger.fold import Fold
from darkhorse.storage.ledger.insight.recorded import LedgerRecorded
from darkhorse.storage.ledger.insight.spans import LedgerSpans
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.traits.describing import Describing
from darkhorse.storage.ledger.traits.reader import LedgerTraits
from darkhorse.storage.records import Attempt, EndRecord, StartRecord
from darkhorse.wire.chunks import Usage
from facts.facts_kit import HandJournal
from traits.traits_kit import Clock, Plain

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
LIVE = 20_400 * DAY_US + 10 * HOUR_US  # ten o'clock of a UTC day
NOW = LIVE + 2 * DAY_US
PONY = "stealth/pony"


def launch(state="live", *, listing=None, **more):
    """Went live at `LIVE`."""
    life = {"created_us": LIVE - DAY_US, "live_us": None if state == "draft" else LIVE}
    life |= {"retired_us": NOW} if state in ("retired", "revealed") else {}
    return Launch(
        id="lch-1",
        listing=Listing(
            slug=PONY, title="Pony", context=8192, max_output=4096, **(listing or {})
        ),
        private=Private(
            maker="Example Lab",
            model="Example-5",
            endpoint=(Endpoint(name="secret-east", url="http://10.1.2.3/v1"),),
        ),
        life=Life(state=state, **{**life, **more.pop("life", {})}),
        **more,
    )  # fmt: skip


class Notes:
    """`NoteStore` by hand; only read here."""

    def __init__(self):
        self.held = []

    def notes(self, _):
        return self.held


class Reports:
    """`ReportStore` by hand; only read here."""

    def __init__(self):
        self.said, self.made = [], []

    def feedback(self, *, limit=1000):
        return self.said[:limit]

    def reports(self, *, closed=False, limit=1000):
        return [each for each in self.made if closed or each.closed_us is None][:limit]


class Record:
    """A data directory. `put` generations, then read a `report` of them."""

    def __init__(self, data):
        self.layout = Layout(data)
        self.journal = HandJournal(self.layout.journal)
        self.facts = open_facts(self.layout.facts)
        self.fold = Fold(self.facts, self.layout)
        self.describing = Describing(self.layout, Clock(), Plain())
        self.spans = LedgerSpans(self.layout.facts)
        self.traits = LedgerTraits(self.layout)
        self.figures = LedgerFigures(self.layout.facts, lambda *_: [])
        self.records = LedgerRecorded(self.layout)
        self.notes, self.reports = Notes(), Reports()
        self.count = 0

    def put(self, times=1, *, at_us=LIVE, asked=None, said=None, ends=None, over=True, **begins):
        """So many generations, a millisecond after one another; those not `over` still run."""
        for _ in range(times):
            self.count += 1
            name = f"gen-{self.count}"
            start = StartRecord(
                **{
                    "id": name, "at_us": at_us + self.count * 1000, "listing": PONY,
                    "dialect": "chat", "streamed": True, "key": "ab" * 32, "prompt_tokens": 10,
                    **begins,
                }
            )  # fmt: skip
            end = EndRecord(
                **{
                    "id": name, "at_us": start.at_us + 500, "outcome": "done", "finish": "stop",
                    "usage": Usage(10, 30, 5), "first_token_ms": 100.0, "duration_ms": 900.0,
                    "attempts": (Attempt(endpoint="secret-east", duration_ms=800, outcome="ok"),),
                    **(ends or {}),
                }
            )  # fmt: skip
            self.journal.append(start, body=msgspec.json.encode(asked or {}))
            if over:
                self.journal.append(end, body=msgspec.json.encode(said or {}))

    def fail(self, times=1, *, detail="boom", **more):
        attempt = Attempt(
            endpoint="secret-east", duration_ms=5, outcome="http", status=500, detail=detail
        )
        ends = {"outcome": "failed", "finish": None, "status": 502, "attempts": (attempt,)}
        ends |= {"error_type": "provider_error", "first_token_ms": None, "usage": None}
        self.put(times, ends=ends, said={"signature": f"http 500: {detail}"}, **more)

    def settle(self):
        self.fold.catch_up()
        while self.describing.step():
            pass

    def report(self, found=None, *, now_us=NOW, **more):
        self.settle()
        known = {
            "launch": found or launch(), "moves": [], "audits": [], "spans": self.spans,
            "traits": self.traits, "figures": self.figures, "records": self.records,
            "reports": self.reports, "notes": self.notes,
        }  # fmt: skip
        return gather(Sources(**{**known, **more}), now_us)

    def close(self):
        for each in (self.spans, self.traits, self.figures, self.records, self.describing):
            each.close()
        self.facts.dispose()
