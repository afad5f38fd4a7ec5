"""An endpoint's quirks, from the launch to the engine's wire and back."""

import asyncio
import json
from urllib.parse import quote

from msgspec import Raw

from darkhorse.base.settings import UpstreamSettings
from darkhorse.catalog.catalogue import Catalogue
from darkhorse.catalog.endpoint import EMBEDDED, Endpoint, Private, Quirks
from darkhorse.catalog.launch import Launch, Life
from darkhorse.catalog.listing import Listing
from darkhorse.upstream.scripted.server import serve
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.request import EngineRequest
from darkhorse.wiring.model import KEY_VARIABLE, URL_VARIABLE
from darkhorse.wiring.upstreams import Upstreams

THOUGHT = "<think>why</think>\nbecause"
CALL = '{"tool":"f","arguments":{"a":1}}'
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
USER = {"role": "user", "content": "hi"}


def catalogue(endpoint):
    listing = Listing(slug="stealth/pony", title="Pony", context=1000, max_output=100)
    private = Private(maker="M", model="m", endpoint=(endpoint,))
    life = Life(state="live", created_us=1, live_us=1)
    return Catalogue([Launch(id="lch-1", listing=listing, private=private, life=life)])


def asked(says, *messages, url="", stream=True, quirks=None, monkeypatch=None, **parameters):
    """The chunks of one answer, joined, and the body that the engine got."""
    request = EngineRequest(
        messages=Raw(json.dumps(messages or [USER]).encode()),
        stream=stream,
        max_tokens=None,
        parameters={name: Raw(json.dumps(value).encode()) for name, value in parameters.items()},
    )

    async def scene():
        server = await serve()
        if monkeypatch:
            monkeypatch.setenv(URL_VARIABLE, server.url)
            monkeypatch.setenv(KEY_VARIABLE, "sk-own")
        upstreams = Upstreams(UpstreamSettings())
        endpoint = Endpoint(
            name="e",
            url=url or server.url,
            model=f"ok?text={quote(says)}",
            quirks=quirks or Quirks(),
        )
        try:
            upstreams.follow(catalogue(endpoint))
            answer = upstreams[endpoint].answer(request)
            chunks = [chunk async for batch in answer for chunk in batch]
            return chunks, json.loads(server.seen.show()[-1]["body"])
        finally:
            await upstreams.close()
            await server.close()

    return asyncio.run(scene())


def joined(chunks: list[Chunk]) -> tuple[str, str]:
    return "".join(c.reasoning for c in chunks), "".join(c.text for c in chunks)


def test_thoughts_are_told_apart_streamed_or_not():
    for stream in (True, False):
        chunks, _ = asked(THOUGHT, stream=stream)
        assert joined(chunks) == ("why", "because")
        chunks, _ = asked(THOUGHT, stream=stream, quirks=Quirks(thinking="off"))
        assert joined(chunks) == ("", THOUGHT)


def test_the_engine_is_asked_in_its_own_words():
    quirks = Quirks(
        reasoning="template", extra={"chat_template_kwargs": {"x": 1}}, prefill="continue"
    )
    begun = {"role": "assistant", "content": "so", "reasoning": "hm"}
    _, body = asked("x", USER, begun, quirks=quirks, reasoning={"enabled": False}, stream=False)
    assert body["chat_template_kwargs"] == {"enable_thinking": False, "x": 1}
    assert body["continue_final_message"] is True
    assert body["stream"] is True
    assert body["messages"][-1] == {"role": "assistant", "content": "so", "reasoning_content": "hm"}
    assert "reasoning" not in body


def test_tools_come_by_a_schema():
    chunks, body = asked(CALL, quirks=Quirks(tools="schema"), tools=[TOOL])
    assert [(t.name, t.arguments) for c in chunks for t in c.tools] == [("f", '{"a":1}')]
    assert chunks[-1].finish == "tool_calls"
    assert "tools" not in body
    assert body["response_format"]["type"] == "json_schema"


def test_the_embedded_model_gets_a_grammar(monkeypatch):
    chunks, body = asked(CALL, url=EMBEDDED, monkeypatch=monkeypatch, tools=[TOOL])
    assert [t.name for c in chunks for t in c.tools] == ["f"]
    assert "root ::= " in body["grammar"]
    assert not {"tools", "response_format"} & set(body)
