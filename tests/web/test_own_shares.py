"""One key cannot take all of those who make texts into pages: others come to their turn."""

import asyncio
import threading

from own_kit import KEY, OTHER, Own
from pages_kit import words
from test_activity import FACTS, Kept, content

from darkhorse.web.playground import routes


async def ended(asked, count):
    """The answers of the first so many."""
    coming = iter(asyncio.as_completed(asked))
    async with asyncio.timeout(10):
        return [await next(coming) for _ in range(count)]


def test_one_key_has_a_share_of_the_playgrounds_line(monkeypatch):
    go_on = threading.Event()

    def slow(text, clock):
        go_on.wait(10)
        return text

    monkeypatch.setattr(routes, "answer_html", slow)
    own = Own()

    def ask(key):
        return asyncio.create_task(own.asked("POST", "/playground/render", body=b"a", key=key))

    async def scene():
        mine = [ask(KEY) for _ in range(6)]
        try:
            refused = await ended(mine, 3)
            other = ask(OTHER)
        finally:
            go_on.set()
        answers = await asyncio.gather(*mine, other)
        return [each.status for each in refused], sorted(each.status for each in answers)

    assert asyncio.run(scene()) == ([429] * 3, [200] * 4 + [429] * 3)


class Slow(Kept):
    """Reads until it is let go."""

    def __init__(self):
        super().__init__(FACTS, content())
        self.reading, self.go_on = 0, asyncio.Event()

    async def content(self, generation, key, show):
        self.reading += 1
        await self.go_on.wait()
        return show(self.kept)


def test_and_of_those_who_read():
    async def scene():
        slow = Slow()
        own = Own(generations=slow)
        mine = [asyncio.create_task(own.asked("GET", "/activity/gen-7", key=KEY)) for _ in range(3)]
        (refused,) = await ended(mine, 1)
        slow.go_on.set()
        await asyncio.gather(*mine)
        return slow.reading, words(refused.text)

    reading, told = asyncio.run(scene())
    assert reading == 2
    assert "other pages are being read" in told
