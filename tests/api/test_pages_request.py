"""What of a client's request goes on to the pages, and what of their answer comes back."""

import asyncio

from darkhorse.api.pages import PagesProxy

ANSWER = (
    b"HTTP/1.1 200 OK\r\nserver: engine/1\r\nvia: 1.1 proxy\r\nx-model: glm\r\n"
    b"content-type: text/html\r\ncontent-length: 2\r\netag: a\r\n\r\nhi"
)


def fetched(socket, *headers):
    """The request as the pages read it, and what a client is sent."""
    asked, sent = [], []

    async def serve(reader, writer):
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    async def send(message):
        sent.append(message)

    async def scene():
        server = await asyncio.start_unix_server(serve, socket)
        scope = {"path": "/x", "raw_path": b"/x", "query_string": b"a=1", "headers": headers}
        proxy = PagesProxy(str(socket))
        await proxy(scope, send)
        proxy.close()
        server.close()

    asyncio.run(scene())
    return asked[0], sent


def test_headers_go_by_a_list_both_ways(tmp_path):
    asked, sent = fetched(
        tmp_path / "pages.sock",
        *((b"host", b"a.example"), (b"authorization", b"Bearer sk-1"), (b"cookie", b"a=b")),
    )
    assert asked == b"GET /x?a=1 HTTP/1.1\r\nhost: a.example\r\n\r\n"
    assert sorted(name for name, _ in sent[0]["headers"]) == [
        *(b"content-length", b"content-type", b"etag"),
    ]
