"""What of a client's request goes on to the pages, and what of their answer comes back."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from darkhorse.api.pages import PagesProxy, is_pages_business
from darkhorse.base.errors import (
    BodyTooLarge,
    ClientGone,
    Forbidden,
    UnsupportedEncoding,
)

ANSWER = (
    b"HTTP/1.1 200 OK\r\nserver: engine/1\r\nvia: 1.1 proxy\r\nx-model: glm\r\n"
    b"content-type: text/html\r\ncontent-length: 2\r\netag: a\r\nset-cookie: other=1\r\n"
    b"set-cookie: darkhorse_key=k; HttpOnly\r\n\r\nhi"
)
HOST = (b"host", b"a.example")
HERE = (b"origin", b"http://a.example")
KEPT = (b"cookie", b"a=b; darkhorse_key=sk-dh-1; darkhorse_desk=x")


class Pages:
    """The pages' end of the socket: `play` answers, in pieces if it likes."""

    def __init__(self, play):
        self.play = play
        self.asked = []
        self.playing = []
        self.gone = asyncio.Event()

    async def __call__(self, reader, writer):
        self.playing.append(asyncio.current_task())
        try:
            await self._answer(reader, writer)
        finally:
            self.gone.set()
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = [line for line in head.split(b"\r\n") if line.startswith(b"content-length")]
        body = await reader.readexactly(int(length[0].split()[1])) if length else b""
        self.asked.append((head, body))
        await self.play(writer)
        with suppress(ConnectionError):
            await writer.drain()
            await reader.read()  # until the relay has let go


class Client:
    """One that sends `body`, and hangs up when a test says so."""

    def __init__(self, body=b""):
        self.pieces = [body]
        self.sent = []
        self.leaves = asyncio.Event()
        self.heard = asyncio.Event()

    async def receive(self):
        if self.pieces:
            return {"type": "http.request", "body": self.pieces.pop(), "more_body": False}
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)
        if message.get("body"):
            self.heard.set()


@asynccontextmanager
async def served(socket, play, **options):
    pages = Pages(play)
    server = await asyncio.start_unix_server(pages, socket)
    proxy = PagesProxy(str(socket), lambda given: given.get("address", "hashed"), **options)
    try:
        yield proxy, pages
    finally:
        proxy.close()
        server.close()
        await asyncio.gather(*pages.playing)


async def usual(writer):
    writer.write(ANSWER)


def scope(*headers, path="/x", method="GET"):
    return {
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"a=1",
        "headers": [HOST, *headers],
    }


def fetched(socket, given, body=b"", play=usual):
    """The request as the pages read it, and what a client is sent."""

    async def scene():
        client = Client(body)
        async with served(socket, play) as (proxy, pages):
            await proxy(given, client.receive, client.send)
            return pages.asked[0], client.sent

    return asyncio.run(scene())


@pytest.fixture
def socket(tmp_path):
    return tmp_path / "pages.sock"


def test_headers_go_by_a_list_both_ways(socket):
    (asked, _), sent = fetched(
        socket,
        scope((b"authorization", b"Bearer sk-1"), KEPT, (b"origin", b"x"), (b"x-evil", b"y")),
    )
    assert asked == b"GET /x?a=1 HTTP/1.1\r\nhost: a.example\r\n\r\n"
    assert sorted(name for name, _ in sent[0]["headers"]) == [
        *(b"content-length", b"content-type", b"etag"),
    ]
    assert b"".join(each.get("body", b"") for each in sent) == b"hi"


@pytest.mark.parametrize("path", ["/playground", "/activity", "/activity/gen-1"])
def test_a_keys_own_pages_are_told_the_one_cookie(socket, path):
    told = ((b"sec-fetch-site", b"none"), (b"sec-fetch-dest", b"document"))
    (asked, _), sent = fetched(socket, scope(KEPT, *told, path=path))
    assert b"\r\nsec-fetch-dest: document\r\n" in asked
    assert asked.endswith(b"\r\nsec-fetch-site: none\r\ncookie: darkhorse_key=sk-dh-1\r\n\r\n")
    cookies = [value for name, value in sent[0]["headers"] if name == b"set-cookie"]
    assert cookies == [b"darkhorse_key=k; HttpOnly"]


def test_over_https_it_has_its_other_name(socket):
    async def play(writer):
        writer.write(ANSWER.replace(b"darkhorse_key=k", b"__Host-darkhorse_key=k"))

    kept = (b"cookie", b"darkhorse_key=planted; __Host-darkhorse_key=sk-dh-1")
    tls = (b"x-forwarded-proto", b"https")
    (asked, _), sent = fetched(socket, scope(kept, tls, path="/playground"), play=play)
    assert asked.endswith(b"\r\ncookie: __Host-darkhorse_key=sk-dh-1\r\n\r\n")
    cookies = [value for name, value in sent[0]["headers"] if name == b"set-cookie"]
    assert cookies == [b"__Host-darkhorse_key=k; HttpOnly"]


@pytest.mark.parametrize("path", ["/", "/playgrounds", "/activity.html", "/stealth/activity"])
def test_no_other_page_is_told_a_cookie(socket, path):
    (asked, _), sent = fetched(socket, scope(KEPT, path=path))
    assert b"cookie" not in asked
    assert b"set-cookie" not in dict(sent[0]["headers"])


def test_a_form_goes_on_with_its_body_and_a_hash_of_its_address(socket):
    form = (b"content-type", b"application/x-www-form-urlencoded")
    forged = (b"x-darkhorse-visitor", b"forged")
    given = scope(HERE, form, forged, path="/playground/key", method="POST")
    (asked, body), _ = fetched(socket, given, b"key=1")
    assert asked.startswith(b"POST /playground/key?a=1 HTTP/1.1\r\n")
    assert b"x-darkhorse-visitor: hashed\r\n" in asked
    assert b"forged" not in asked
    assert body == b"key=1"


@pytest.mark.parametrize(
    ("headers", "body", "error"),
    [
        ((), b"x" * 400_000, BodyTooLarge),
        (((b"content-length", b"400000"),), b"", BodyTooLarge),
        (((b"content-encoding", b"gzip"),), b"x", UnsupportedEncoding),
    ],
)
def test_an_odd_form_stays_outside(socket, headers, body, error):
    with pytest.raises(error):
        fetched(socket, scope(HERE, *headers, path="/playground/key", method="POST"), body)


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ((b"origin", b"null"),),
        ((b"origin", b"http://a.example.evil"),),
        (HERE, (b"sec-fetch-site", b"cross-site")),
    ],
)
def test_a_form_from_elsewhere_is_refused_before_it_is_read(socket, headers):
    async def read():
        raise AssertionError("it was read")

    async def scene():
        async with served(socket, usual) as (proxy, _):
            await proxy(scope(*headers, path="/playground/key", method="POST"), read, None)

    with pytest.raises(Forbidden):
        asyncio.run(scene())


@pytest.mark.parametrize(
    ("method", "path", "is_theirs"),
    [
        ("GET", "/x", True),
        ("HEAD", "/", True),
        ("GET", "/api/x", False),
        ("POST", "/x", False),
        ("POST", "/playground/key", True),
        ("POST", "/activity", True),
        ("PUT", "/playground/key", False),
        ("POST", "/playgroundx", False),
        ("POST", "/api/playground", False),
    ],
)
def test_what_is_their_business(method, path, is_theirs):
    assert is_pages_business(method, path) is is_theirs


def test_a_head_has_the_length_and_no_body(socket):
    (asked, _), sent = fetched(socket, scope(method="HEAD"))
    assert asked.startswith(b"GET ")
    assert (b"content-length", b"2") in sent[0]["headers"]
    assert [each.get("body", b"") for each in sent[1:]] == [b""]


EVENTS = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


async def first_event(writer):
    writer.write(EVENTS + b"3\r\none\r\n")


def test_events_flow_while_they_come_and_end_with_the_client(socket):
    async def scene():
        client = Client()
        async with served(socket, first_event) as (proxy, pages):
            asking = asyncio.create_task(proxy(scope(), client.receive, client.send))
            await client.heard.wait()  # though the answer goes on
            assert not asking.done()
            client.leaves.set()
            await asking
            await pages.gone.wait()
            return client.sent

    sent = asyncio.run(scene())
    assert [each.get("body") for each in sent[1:]] == [b"one"]


async def first_half(writer):
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ncontent-length: 6\r\n\r\none")


def test_a_client_that_hangs_up_inside_an_answer_is_gone(socket):
    async def scene():
        client = Client()
        async with served(socket, first_half) as (proxy, pages):
            asking = asyncio.create_task(proxy(scope(), client.receive, client.send))
            await client.heard.wait()
            client.leaves.set()
            with pytest.raises(ClientGone):
                await asking
            await pages.gone.wait()

    asyncio.run(scene())


def test_who_leaves_waits_for_no_events(socket):
    async def scene():
        client, late = Client(), Client()
        async with served(socket, first_event) as (proxy, _):
            asking = asyncio.create_task(proxy(scope(), client.receive, client.send))
            await client.heard.wait()
            proxy.leave()
            await asking
            await proxy(scope(), late.receive, late.send)
            return client.sent

    assert asyncio.run(scene())[-1]["more_body"] is True  # cut off, not ended


async def broken_off(writer):
    writer.write(EVENTS + b"3\r\none\r\n")
    writer.write_eof()


def test_an_answer_that_breaks_off_is_not_ended(socket):
    _, sent = fetched(socket, scope(), play=broken_off)
    assert [each.get("more_body") for each in sent[1:]] == [True]


def test_while_the_pages_are_away_it_says_so(socket):
    async def scene():
        client = Client()
        await PagesProxy(str(socket))(scope(), client.receive, client.send)
        return client.sent

    sent = asyncio.run(scene())
    assert sent[0]["status"] == 503
    assert b"The pages are not up" in sent[1]["body"]
