"""Our own HTTP client: against the scripted upstream, and against a server of raw bytes."""

import asyncio
import json
import ssl
import subprocess

import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.upstream.http11 import Address, Pool
from darkhorse.wire.faults import UpstreamFault

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"


class Server:
    """Answers the n-th request with the n-th script; a connection ends with its scripts."""

    def __init__(self, *connections: list[bytes], close: bool = True, tls=None) -> None:
        self._connections = list(connections)
        self._close = close
        self._tls = tls
        self.accepted = 0
        self.requests: list[bytes] = []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader, writer) -> None:
        script = self._connections[self.accepted]
        self.accepted += 1
        for answer in script:
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head)
            writer.write(answer)
            await writer.drain()
        if self._close:
            writer.close()
        else:
            await reader.read()
            writer.close()


async def exchange(pool: Pool, connection=None) -> tuple[int, bytes, object]:
    connection = connection or await pool.acquire()
    try:
        connection.send(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n", b"")
        status = await connection.head()
        body = b""
        while piece := await connection.read():
            body += piece
    finally:
        pool.release(connection)
    return status, body, connection


def run(scene):
    async def bounded():
        async with asyncio.timeout(20):
            return await scene()

    return asyncio.run(bounded())


def test_a_connection_is_kept_and_used_again():
    async def scene():
        async with Server([OK, OK, OK]) as server:
            pool = Pool(Address("127.0.0.1", server.port), 5)
            assert [(await exchange(pool))[:2] for _ in range(3)] == [(200, b"hi")] * 3
            assert server.accepted == 1
            pool.close()

    run(scene)


@pytest.mark.parametrize(
    "answer",
    [
        OK.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"),
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\n\r\nhi",
        OK + b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil",
    ],
)
def test_a_connection_that_ends_or_says_too_much_is_not_used_again(answer):
    async def scene():
        async with Server([answer], [OK]) as server:
            pool = Pool(Address("127.0.0.1", server.port), 5)
            first = await exchange(pool)
            second = await exchange(pool)
            assert (first[1], second[1]) == (b"hi", b"hi")
            assert server.accepted == 2
            pool.close()

    run(scene)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", "connect"),
        (b"HTTP/1.1 200", "cut"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhi", "cut"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n", "cut"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhi\r\n", "garbage"),
        (b"SMTP 200 OK\r\n\r\n", "garbage"),
        (b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 20_000, "garbage"),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n"
            + b"x-a: b\r\n" * 20_000,
            "garbage",
        ),
        (b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", "garbage"),
    ],
)
def test_a_broken_answer_is_a_fault_of_its_kind(answer, kind):
    async def scene():
        async with Server([answer]) as server:
            pool = Pool(Address("127.0.0.1", server.port), 5)
            with pytest.raises(UpstreamFault) as caught:
                await exchange(pool)
            assert caught.value.kind == kind

    run(scene)


def test_interim_answers_are_passed_over():
    async def scene():
        async with Server([b"HTTP/1.1 103 Hints\r\nx: evil\r\n\r\n" + OK]) as server:
            pool = Pool(Address("127.0.0.1", server.port), 5)
            status, body, connection = await exchange(pool)
            assert (status, body) == (200, b"hi")
            assert connection.headers == [(b"content-length", b"2")]

    run(scene)


def test_an_answer_read_slowly_is_not_piled_up():
    size = 20 * 1024 * 1024

    async def scene():
        big = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size + bytes(size)
        async with Server([big]) as server:
            pool = Pool(Address("127.0.0.1", server.port), 5)
            connection = await pool.acquire()
            connection.send(b"POST / HTTP/1.1\r\nhost: x\r\n\r\n", b"")
            await connection.head()
            total = largest = 0
            while piece := await connection.read():
                total, largest = total + len(piece), max(largest, len(piece))
                await asyncio.sleep(0.001)
            assert total == size
            assert largest < 2 * 1024 * 1024

    run(scene)


def test_dropping_an_answer_reaches_the_server():
    async def scene():
        head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n"
        gone = asyncio.Event()

        async def serve(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(head)
            await reader.read()
            gone.set()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        pool = Pool(Address("127.0.0.1", server.sockets[0].getsockname()[1]), 5)
        connection = await pool.acquire()
        connection.send(b"POST / HTTP/1.1\r\nhost: x\r\n\r\n", b"")
        await connection.head()
        assert await connection.read() == b"hi"
        pool.release(connection)
        await gone.wait()
        server.close()

    run(scene)


def test_a_refused_connection_is_a_fault():
    async def scene():
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        with pytest.raises(UpstreamFault) as caught:
            await Pool(Address("127.0.0.1", port), 5).acquire()
        assert caught.value.kind == "connect"

    run(scene)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
        f"-addext subjectAltName=DNS:localhost -keyout {folder}/key -out {folder}/cert"
    )
    made = subprocess.run(command.split(), capture_output=True, check=False)
    if made.returncode:
        pytest.skip("openssl cannot make a certificate here")
    return folder


def test_tls_is_spoken_and_checked(certificate, monkeypatch):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "cert", certificate / "key")

    async def scene():
        async with Server([OK], [OK], tls=context) as server:
            asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # the refusal
            address = Address("localhost", server.port, tls=True)
            with pytest.raises(UpstreamFault):
                await Pool(address, 5).acquire()
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert"))
            assert (await exchange(Pool(address, 5)))[:2] == (200, b"hi")

    run(scene)


@pytest.mark.parametrize(
    ("url", "address", "path"),
    [
        ("http://engine:8000/v1", Address("engine", 8000), "/v1"),
        ("https://engine/v1/", Address("engine", 443, tls=True), "/v1"),
        ("http://[::1]:80", Address("::1", 80), ""),
    ],
)
def test_urls(url, address, path):
    assert Address.parse(url) == (address, path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "engine:8000",
        "ftp://engine",
        "http://",
        "http://e:99999",
        "http://u:p@e/",
        "http://e/?x",
    ],
)
def test_what_is_no_url_is_refused_without_being_repeated(url):
    with pytest.raises(ConfigError) as caught:
        Address.parse(url)
    assert not url or url not in str(caught.value)


def test_authorities():
    addresses = [Address("e", 80), Address("e", 8000), Address("::1", 443, tls=True)]
    assert [address.authority for address in addresses] == ["e", "e:8000", "[::1]"]


def test_many_requests_against_the_scripted_upstream(scripted):
    async def scene():
        pool = Pool(Address("127.0.0.1", scripted.port), 5)

        async def ask(number: int) -> str:
            text = f"number {number} " * number
            messages = [{"role": "user", "content": text}]
            body = json.dumps({"model": "echo", "messages": messages}).encode()
            connection = await pool.acquire()
            head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n"
            connection.send(head % len(body), body)
            assert await connection.head() == 200
            answer = b""
            while piece := await connection.read():
                answer += piece
            pool.release(connection)
            return json.loads(answer)["choices"][0]["message"]["content"] == text

        for _ in range(5):
            assert all(await asyncio.gather(*map(ask, range(1, 40))))
        pool.close()

    run(scene)
