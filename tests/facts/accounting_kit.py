"""Traffic by hand, folded or not, and the readers over it."""

import asyncio
import itertools

import msgspec
from facts_kit import Facts, HandJournal, end, start

from darkhorse.storage.records import Answer
from darkhorse.wire.chunks import Usage
from darkhorse.wiring.accounting import Accounting

DAY_US = 86_400_000_000
TODAY = 20_499  # days since the epoch: Sunday, 2026-02-15
NOW_US = TODAY * DAY_US + 43_200_000_000
MINE, HERS = "a1" * 32, "b2" * 32


class Traffic:
    """A journal, its facts and the readers."""

    def __init__(self, data):
        self.journal = HandJournal(data / "journal")
        self.facts = Facts(data)
        self.read = Accounting(data)
        self.numbers = itertools.count()

    def begin(self, days_ago=0, **more):
        number = next(self.numbers)
        at_us = NOW_US - days_ago * DAY_US + number
        fields = {"at_us": at_us, "listing": "a/one", "key": MINE, "app_url": "", "app_title": ""}
        return start(number, **{**fields, **more})

    def generate(self, days_ago=0, *, tokens=(10, 5, 2), usd=0, body=b"{}", answer="hi", **more):
        """One that ended, in the journal; returns its start and end."""
        begun = self.begin(days_ago, **more)
        prompt, completion, reasoning = tokens
        ended = end(
            0,  # of these numbers, one that is done
            id=begun.id,
            at_us=begun.at_us + 1000,
            usage=Usage(prompt, completion, reasoning, usd),
            micro_usd=usd,
        )
        self.journal.append(begun, body=body)
        self.journal.append(ended, body=msgspec.json.encode(Answer(answer, "hm")))
        return begun, ended

    def many(self, count, *args, **more):
        for _ in range(count):
            self.generate(*args, **more)

    def fold(self):
        self.facts.fold.catch_up()

    def find(self, name, key=MINE):
        return asyncio.run(self.read.generations.facts(name, key))

    def content(self, name, key=MINE, show=lambda content: content):
        return asyncio.run(self.read.generations.content(name, key, show))

    def close(self):
        self.read.close()
        self.facts.close()
