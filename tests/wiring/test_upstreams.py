"""The wires to endpoints follow the launches: made, mended, let go of; nobody is cut off."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import pytest
from msgspec import Raw

from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.catalogue import Catalogue
from darkhorse.catalog.endpoint import EMBEDDED, Endpoint, Private
from darkhorse.catalog.launch import Launch, Life, State
from darkhorse.catalog.listing import Listing
from darkhorse.upstream.scripted import DEFAULT_TEXT
from darkhorse.upstream.scripted.server import ScriptedServer, serve
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.faults import UpstreamFault
from darkhorse.wire.request import EngineRequest
from darkhorse.wiring.model import KEY_VARIABLE, URL_VARIABLE
from darkhorse.wiring.upstreams import Upstreams

ASK = EngineRequest(messages=Raw(b'[{"role":"user","content":"hi"}]'), stream=True, max_tokens=None)
NOBODY = Catalogue(())


def launched(*endpoints: Endpoint, state: State = "live") -> Catalogue:
    listing = Listing(slug="stealth/pony", title="Pony", context=1000, max_output=100)
    private = Private(maker="M", model="m", endpoint=endpoints)
    life = Life(state=state, created_us=1, live_us=1)
    return Catalogue([Launch(id="lch-1", listing=listing, private=private, life=life)])


def endpoint(server: ScriptedServer, model: str = "ok", **fields) -> Endpoint:
    return Endpoint(name=model, url=server.url, model=model, **fields)


async def text_of(answer: AsyncGenerator[list[Chunk], None]) -> str:
    return "".join([chunk.text async for chunks in answer for chunk in chunks])


async def until(check) -> None:
    async with asyncio.timeout(10):
        while not check():  # noqa: ASYNC110 the scripted server tells nobody
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def served():
    """A scripted engine, the wires to it, and how many connections it has."""
    server = await serve()
    upstreams = Upstreams(UpstreamSettings())
    try:
        yield server, upstreams, lambda: len(server._connections)
    finally:
        await upstreams.close()
        await server.close()


def test_idle_connections_of_an_endpoint_that_is_gone_are_closed():
    async def scene():
        async with served() as (server, upstreams, connections):
            stays, goes = endpoint(server, "ok"), endpoint(server, "echo")
            upstreams.follow(launched(stays, goes))
            for each in (stays, goes):
                assert await text_of(upstreams[each].answer(ASK))
            assert connections() == 2
            await asyncio.to_thread(upstreams.follow, launched(stays))
            await until(lambda: connections() == 1)
            assert await text_of(upstreams[stays].answer(ASK)) == DEFAULT_TEXT
            assert connections() == 1  # the one that was kept

    asyncio.run(scene())


def test_a_running_answer_ends_and_then_its_connection_does():
    async def scene():
        async with served() as (server, upstreams, connections):
            slow = endpoint(server, "ok?deltas=4&delta_ms=40")
            upstreams.follow(launched(slow))
            answer = upstreams[slow].answer(ASK)
            first = await anext(answer)
            await asyncio.to_thread(upstreams.follow, NOBODY)
            rest = await text_of(answer)
            assert "".join(chunk.text for chunk in first) + rest == DEFAULT_TEXT
            await until(lambda: connections() == 0)

    asyncio.run(scene())


def test_one_that_is_gone_can_still_be_asked_by_who_began_before():
    async def scene():
        async with served() as (server, upstreams, connections):
            gone = endpoint(server)
            upstreams.follow(launched(gone))
            upstreams.follow(NOBODY)
            await asyncio.sleep(0)
            assert await text_of(upstreams[gone].answer(ASK)) == DEFAULT_TEXT
            await until(lambda: connections() == 0)

    asyncio.run(scene())


def test_one_that_comes_back_keeps_its_connections_again():
    async def scene():
        async with served() as (server, upstreams, connections):
            back = endpoint(server)
            for catalogue in (launched(back), NOBODY, launched(back)):
                upstreams.follow(catalogue)
                await asyncio.sleep(0)
            for _ in range(3):
                assert await text_of(upstreams[back].answer(ASK)) == DEFAULT_TEXT
            assert connections() == 1

    asyncio.run(scene())


def test_one_behind_two_launches_stays_while_either_does():
    async def scene():
        async with served() as (server, upstreams, connections):
            shared = endpoint(server)
            one = launched(shared).launches
            upstreams.follow(Catalogue([*one, *one]))
            assert await text_of(upstreams[shared].answer(ASK)) == DEFAULT_TEXT
            upstreams.follow(Catalogue(one))
            await asyncio.sleep(0)
            assert await text_of(upstreams[shared].answer(ASK)) == DEFAULT_TEXT
            assert connections() == 1

    asyncio.run(scene())


def test_one_without_its_key_fails_by_itself_and_heals_with_the_next_snapshot(tmp_path):
    async def scene():
        async with served() as (server, upstreams, connections):
            key = tmp_path / "key"
            ill = endpoint(server, key_file=str(key))
            upstreams.follow(launched(ill))
            with pytest.raises(UpstreamFault) as caught:
                await text_of(upstreams[ill].answer(ASK))
            assert caught.value.kind == "unusable"
            assert connections() == 0
            key.write_text("sk-1\n")
            upstreams.follow(launched(ill))
            assert await text_of(upstreams[ill].answer(ASK)) == DEFAULT_TEXT
            assert server.seen.show()[0]["headers"]["authorization"] == "Bearer sk-1"

    asyncio.run(scene())


def test_a_key_file_is_taken_up_when_it_comes_and_when_it_changes(tmp_path, caplog):
    async def scene():
        async with served() as (server, upstreams, connections):
            key = tmp_path / "key"
            ill, well = endpoint(server, key_file=str(key)), endpoint(server, "echo")
            upstreams.follow(launched(ill, well))
            kept = upstreams[well]
            for _ in range(3):
                await asyncio.to_thread(upstreams.look_again)
            assert len(caplog.records) == 1  # once, not once a look
            assert "127.0.0.1" not in caplog.text
            for secret in ("sk-1", "sk-longer"):
                key.write_text(secret)
                await asyncio.to_thread(upstreams.look_again)
                assert await text_of(upstreams[ill].answer(ASK)) == DEFAULT_TEXT
                assert server.seen.show()[-1]["headers"]["authorization"] == f"Bearer {secret}"
            same = upstreams[ill]
            await asyncio.to_thread(upstreams.look_again)
            assert (upstreams[ill], upstreams[well]) == (same, kept)
            await until(lambda: connections() == 1)  # those of the old key are closed
            key.unlink()
            await asyncio.to_thread(upstreams.look_again)
            with pytest.raises(UpstreamFault, match="unusable"):
                await text_of(upstreams[ill].answer(ASK))
            assert len(caplog.records) == 2  # it is news again

    asyncio.run(scene())


def test_why_one_cannot_be_used_is_for_the_record():
    async def scene():
        upstreams = Upstreams(UpstreamSettings())
        keyless = Endpoint(name="east", url="http://127.0.0.1:1/v1", key_file="/nowhere/key")
        upstreams.follow(launched(keyless))
        with pytest.raises(UpstreamFault) as caught:
            await text_of(upstreams[keyless].answer(ASK))
        assert caught.value.detail.startswith("Endpoint east: key file cannot be read")
        assert len(upstreams) == len(list(upstreams)) == 1
        await upstreams.close()

    asyncio.run(scene())


def test_the_embedded_model_is_where_the_environment_says(monkeypatch):
    async def scene():
        async with served() as (server, upstreams, _):
            monkeypatch.setenv(URL_VARIABLE, server.url)
            monkeypatch.setenv(KEY_VARIABLE, "sk-own")
            own = Endpoint(name="own", url=EMBEDDED, model="ok")
            upstreams.follow(launched(own))
            assert await text_of(upstreams[own].answer(ASK)) == DEFAULT_TEXT
            assert server.seen.show()[-1]["headers"]["authorization"] == "Bearer sk-own"

    asyncio.run(scene())


def test_the_endpoints_of_a_launch_that_is_retired_are_let_go():
    async def scene():
        async with served() as (server, upstreams, connections):
            goes = endpoint(server)
            upstreams.follow(launched(goes))
            assert await text_of(upstreams[goes].answer(ASK)) == DEFAULT_TEXT
            upstreams.follow(launched(goes, state="retired"))
            await until(lambda: connections() == 0)

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("1.5", 1.5),
        ("-1", None),
        ("nan", None),
        ("1e9", None),
        ("9" * 400, None),
        ("Sun, 22 Nov 2026 10:00:00 GMT", None),
        ("", None),
    ],
)
def test_retry_after_is_read_where_it_is_a_number_of_seconds(said, seconds):
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 429 No\r\nretry-after: {said}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()
        writer.close()

    async def scene():
        server = await asyncio.start_server(refuse, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        busy = Endpoint(name="busy", url=f"http://127.0.0.1:{port}/v1")
        upstreams = Upstreams(UpstreamSettings())
        upstreams.follow(launched(busy))
        async with server:
            with pytest.raises(UpstreamFault) as caught:
                await text_of(upstreams[busy].answer(ASK))
        assert (caught.value.status, caught.value.retry_after) == (429, seconds)

    asyncio.run(scene())
