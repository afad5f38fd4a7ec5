"""Who does not finish a request does not keep others out."""

import asyncio
import contextlib

import pytest
import uvicorn

from darkhorse.wiring.protocol import FewWaiting, Protocol

HALF = b"GET / HTTP/1.1\r\nHost: a\r\nX: a"
HALF_FORM = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na"
ANSWERED = b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na"
WHOLE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
SOON_S = 5.0


async def says_yes(scope, receive, send):
    """Waits for a form's body; `/long` is never done."""
    if scope["method"] == "POST":
        while (message := await receive())["type"] == "http.request" and message["more_body"]:
            pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/long":
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
    await send({"type": "http.response.body", "body": b""})


class House:
    """A server inside the test's loop, and connections to it."""

    def __init__(self, protocol, port):
        self.protocol, self.port, self.writers = protocol, port, []

    async def send(self, data=b""):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        writer.write(data)
        await writer.drain()
        return reader

    async def status(self):
        reader = await self.send(WHOLE)
        return (await asyncio.wait_for(reader.readline(), SOON_S)).decode().split()[1]


@contextlib.asynccontextmanager
async def serving(base, **fields):
    protocol = type("Own", (base,), fields)
    settings = {"log_config": None, "access_log": False, "limit_concurrency": 12}
    config = uvicorn.Config(says_yes, http=protocol, ws="none", lifespan="off", **settings)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    listener = (await asyncio.get_running_loop().create_server(
        lambda: protocol(config=config, server_state=server.server_state, app_state={}),
        "127.0.0.1", 0,
    ))  # fmt: skip
    house = House(protocol, listener.sockets[0].getsockname()[1])
    try:
        yield house
    finally:
        for writer in house.writers:
            writer.close()
        listener.close()
        await asyncio.gather(*server.server_state.tasks)


def is_over(reader):
    return asyncio.wait_for(reader.read(), SOON_S)


@pytest.mark.parametrize("base", [Protocol, FewWaiting])
def test_a_head_that_never_ends_is_cut_off(base):
    async def main():
        async with serving(base, head_s=0.02) as house:
            assert await is_over(await house.send(HALF)) == b""
            assert await is_over(await house.send()) == b""

    asyncio.run(main())


@pytest.mark.parametrize("data", [b"", HALF, HALF_FORM, ANSWERED, WHOLE])
def test_the_longest_wait_gives_way(data):
    async def main():
        async with serving(FewWaiting, share=4) as house:
            waiting = []
            for _ in range(20):
                waiting.append(await house.send(data))
                assert await house.status() == "200"
            for reader in waiting[:16]:
                await is_over(reader)

    asyncio.run(main())


def test_all_addresses_together_leave_room():
    async def main():
        async with serving(FewWaiting, share=100, most=4) as house:
            first = await house.send(HALF)
            for _ in range(20):
                await house.send(HALF)
            assert await house.status() == "200"
            assert await is_over(first) == b""

    asyncio.run(main())


def test_an_answer_that_flows_is_left_alone():
    async def main():
        async with serving(FewWaiting, share=2, most=2, head_s=0.02) as house:
            flowing = await house.send(WHOLE.replace(b"/ ", b"/long ", 1))
            assert await asyncio.wait_for(flowing.readuntil(b"first"), SOON_S)
            for _ in range(8):
                await house.send(HALF)
            assert await is_over(await house.send(HALF)) == b""
            assert not flowing.at_eof()

    asyncio.run(main())
