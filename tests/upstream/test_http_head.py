"""The head of what an engine is asked, and a packed answer that nobody asked for."""

import asyncio

import pytest

from darkhorse.base.secret import Secret
from darkhorse.base.settings import UpstreamSettings
from darkhorse.upstream.http import HttpUpstream
from darkhorse.wire.faults import UpstreamFault
from upstream.engine_kit import request
from upstream.test_http11 import Server

BODY = b'{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}'


def answer(*headers):
    lines = [b"HTTP/1.1 200 OK", b"content-length: %d" % len(BODY), *headers, b"", BODY]
    return b"\r\n".join(lines)


def asked(reply):
    """What the engine read, and the texts of its answer."""

    async def scene():
        async with Server([reply]) as server:
            upstream = HttpUpstream(
                url=Secret(f"http://127.0.0.1:{server.port}/v1"),
                model="m",
                key=Secret("sk-1"),
                settings=UpstreamSettings(),
            )
            chunks = [each async for read in upstream.answer(request("hi")) for each in read]
            await upstream.close()
            return server.requests[0], server.port, "".join(each.text for each in chunks)

    return asyncio.run(scene())


def test_an_engine_reads_these_headers_and_no_other():
    head, port, text = asked(answer())
    first, *lines = head.decode().rstrip("\r\n").split("\r\n")
    assert first == "POST /v1/chat/completions HTTP/1.1"
    assert lines[:-1] == [
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/json",
        "Accept-Encoding: identity",
        "Authorization: Bearer sk-1",
    ]
    assert lines[-1].startswith("Content-Length: ")
    assert text == "hi"


def test_an_answer_packed_unasked_is_none():
    with pytest.raises(UpstreamFault) as told:
        asked(answer(b"content-encoding: gzip"))
    assert told.value.kind == "garbage"
