"""Clients that remember what they were given, so that a ledger can be held to it."""

import asyncio
import contextlib
import json
from dataclasses import dataclass

from live.stage import Relay, Reply

CLIENTS = 16


@dataclass(frozen=True)
class Acknowledged:
    """An answer of which the client got the last byte."""

    id: str
    body: bytes
    text: str
    round: int


async def load(relay: Relay, round_: int, until: asyncio.Event) -> list[Acknowledged]:
    """Keep asking, streamed and not, until the relay is gone or `until` is set."""
    got: list[Acknowledged] = []
    await asyncio.gather(*(_client(relay, round_, n, until, got) for n in range(CLIENTS)))
    return got


async def _client(
    relay: Relay, round_: int, number: int, until: asyncio.Event, got: list[Acknowledged]
) -> None:
    turn = 0
    while not until.is_set():
        turn += 1
        said = f"round {round_} client {number} turn {turn} " + "é🎹x" * (turn * 37 % 400)
        fields = {"model": "echo", "stream": bool(turn % 2)}
        body = json.dumps({**fields, "messages": [{"role": "user", "content": said}]}).encode()
        reply = await _ask(relay, body)
        if reply is None or not _is_whole(reply):
            return
        assert reply.status == 200, reply.raw[:500]
        assert reply.text == said
        got.append(Acknowledged(reply.headers["x-generation-id"], body, said, round_))


async def _ask(relay: Relay, body: bytes) -> Reply | None:
    """None where the relay died before the connection was closed in order."""
    head = (
        "POST /api/v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
        f"authorization: Bearer {relay.key}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
        try:
            writer.write(head.encode() + body)
            return Reply(await reader.read())
        finally:
            writer.close()
    return None


def _is_whole(reply: Reply) -> bool:
    head, found, body = reply.raw.partition(b"\r\n\r\n")
    if not found:
        return False
    if b"text/event-stream" in head:
        return b"data: [DONE]\n\n" in body
    return len(body) == int(reply.headers["content-length"])
