"""Pages that are open at once: how many in all, and of those how many of one address."""

import asyncio

import pytest

from api.test_pages_request import HERE, Client, first_event, scope, served, usual
from darkhorse.base.errors import BodyTimeout


@pytest.fixture
def socket(tmp_path):
    return tmp_path / "pages.sock"


def test_only_so_many_are_open_at_once(socket):
    async def scene():
        first, second, third = Client(), Client(), Client()
        async with served(socket, first_event, answers=(1, 1)) as (proxy, _):
            asking = asyncio.create_task(proxy(scope(), first.receive, first.send))
            await first.heard.wait()
            await proxy(scope(), second.receive, second.send)
            first.leaves.set()
            await asking
            again = asyncio.create_task(proxy(scope(), third.receive, third.send))
            await third.heard.wait()
            third.leaves.set()
            await again
            return second.sent[0], third.sent[0]["status"]

    refused, status = asyncio.run(scene())
    assert (refused["status"], status) == (503, 200)
    assert (b"retry-after", b"5") in refused["headers"]


class Dripping(Client):
    """Sends a byte whenever it is asked for more, and never ends."""

    def __init__(self):
        super().__init__()
        self.drips = asyncio.Event()

    async def receive(self):
        self.drips.set()
        await asyncio.sleep(0.002)
        return {"type": "http.request", "body": b"x", "more_body": True}


def form(address="hashed"):
    return scope(HERE, path="/playground/key", method="POST") | {"address": address}


def test_a_form_that_drips_in_has_one_deadline_for_all_of_it(socket):
    async def scene():
        slow = Dripping()
        async with served(socket, usual, body_s=0.05) as (proxy, _):
            await proxy(form(), slow.receive, slow.send)

    with pytest.raises(BodyTimeout):
        asyncio.run(asyncio.wait_for(scene(), 2))


def test_forms_that_drip_in_hold_no_place_of_a_page(socket):
    async def scene():
        slow, second, other, page = Dripping(), Client(b"a"), Client(b"b"), Client()
        places = {"answers": (1, 1), "bodies": (2, 1)}
        async with served(socket, usual, **places) as (proxy, _):
            dripping = asyncio.create_task(proxy(form(), slow.receive, slow.send))
            await slow.drips.wait()
            await proxy(form(), second.receive, second.send)
            await proxy(form("another"), other.receive, other.send)
            await proxy(scope(), page.receive, page.send)
            dripping.cancel()
            return [each.sent[0]["status"] for each in (second, other, page)]

    assert asyncio.run(scene()) == [503, 200, 200]


@pytest.mark.parametrize("places", [{"answers": (3, 1)}, {"streams": (3, 1)}])
def test_no_address_takes_the_places_of_all(socket, places):
    async def scene():
        first, second, other = Client(), Client(), Client()
        async with served(socket, first_event, **places) as (proxy, _):
            asking = asyncio.create_task(proxy(scope(), first.receive, first.send))
            await first.heard.wait()
            await proxy(scope(), second.receive, second.send)
            others = scope() | {"address": "another"}
            elsewhere = asyncio.create_task(proxy(others, other.receive, other.send))
            await other.heard.wait()
            for each in (first, other):
                each.leaves.set()
            await asyncio.gather(asking, elsewhere)
            return [each.sent[0]["status"] for each in (first, second, other)]

    assert asyncio.run(scene()) == [200, 503, 200]


def test_open_events_leave_room_for_pages(socket):
    answers = [first_event, usual]

    async def play(writer):
        await answers.pop(0)(writer)

    async def scene():
        first, page = Client(), Client()
        async with served(socket, play, streams=(1, 1)) as (proxy, _):
            asking = asyncio.create_task(proxy(scope(), first.receive, first.send))
            await first.heard.wait()
            await proxy(scope(), page.receive, page.send)
            first.leaves.set()
            await asking
            return page.sent[0]["status"]

    assert asyncio.run(scene()) == 200
