"""A prompt of a million public tokens: it passes whole, in memory that is bounded by its size."""

import json
import re
from pathlib import Path

import pytest
import xxhash
from msgspec import Raw

from darkhorse.catalog.listing import Listing
from darkhorse.cloak.telling import told
from darkhorse.wire.conversation import instructed
from darkhorse.wire.dialects import ENGINES
from darkhorse.wire.request import EngineRequest

from .stage import Relay, chat_body, exchange

MEGABYTE = 1024 * 1024
SIZE = 4 * MEGABYTE
CONTEXT = 1_100_000  # public tokens
MOST = 6  # times the body, beyond what the relay had before
TEXT = ("The harbour was quiet and nobody spoke of it. " * (SIZE // 46 + 1))[:SIZE]


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    models = ("ok",)
    listings = {model: [(scripted.url, model)] for model in models}
    relay = Relay(tmp_path_factory.mktemp("long"), listings, context=CONTEXT).start()
    yield relay
    relay.close()


def memory(relay: Relay) -> int:
    """The most that the process has held since `forget`, in bytes."""
    status = Path(f"/proc/{relay.process.popen.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def forget(relay: Relay) -> int:
    Path(f"/proc/{relay.process.popen.pid}/clear_refs").write_text("5")
    return memory(relay)


def long(**fields) -> bytes:
    return chat_body("ok", messages=[{"role": "user", "content": TEXT}], **fields)


@pytest.mark.parametrize("stream", [True, False])
def test_a_million_tokens_pass_in_bounded_memory(relay, scripted, stream):
    relay.chat("ok")
    before = forget(relay)
    reply = relay.post(long(stream=stream))
    assert reply.status == 200
    assert reply.text
    grown = memory(relay) - before
    assert grown < MOST * SIZE, f"{grown / SIZE:.1f} times the body"
    assert digests(scripted)[-1] == digest_of(stream=stream)
    record = relay.record(reply.id)
    assert record.start.prompt_tokens == 4 + -(-len(TEXT) // 4)
    assert json.loads(record.request)["messages"][0]["content"] == TEXT


def digests(scripted) -> list[dict]:
    """What the engine noted of bodies too long for it to keep."""
    reply = exchange(scripted.port, b"GET /seen HTTP/1.1\r\nhost: x\r\n")
    return [each["body"] for each in reply.json if isinstance(each["body"], dict)]


def digest_of(*, stream: bool) -> dict:
    messages = Raw(json.dumps([{"role": "user", "content": TEXT}]).encode())
    listing = Listing(slug="x/y", title="L0", context=1, max_output=1)
    messages = instructed(messages, told(listing))
    asked = EngineRequest(messages=messages, stream=stream, max_tokens=None)
    body = ENGINES["chat"].render(asked, "ok")
    return {"bytes": len(body), "xxh3": xxhash.xxh3_64_hexdigest(body)}


@pytest.mark.parametrize("path", ["chat/completions", "responses", "messages"])
def test_over_the_context_is_refused_at_our_edge(relay, scripted, path):
    before = len(digests(scripted))
    field = "input" if path == "responses" else "messages"
    body = {"model": "ok", "max_tokens": 9, field: [{"role": "user", "content": TEXT + TEXT}]}
    reply = relay.post(json.dumps(body).encode(), path=f"/api/v1/{path}")
    assert reply.status == 400
    assert f"context is {CONTEXT}" in reply.json["error"]["message"]
    assert len(digests(scripted)) == before
