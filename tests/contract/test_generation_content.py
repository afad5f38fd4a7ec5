"""What /generation/content shows of each dialect is what was asked, in the SDK's shape."""

import json
from urllib.parse import quote

import pytest
from openrouter import OpenRouter

JUNK = {"messages": [{"junk": 1}], "prompt": "junk", "input": "junk", "instructions": "junk"}
USER = {"role": "user", "content": "What is it?"}
SYSTEM = {"role": "system", "content": "Be brief."}
BLOCKS = [{"type": "text", "text": "Be brief."}]
ASKED = {
    "chat": ("/chat/completions", {"messages": [SYSTEM, USER]}, {"messages": [SYSTEM, USER]}),
    "messages": (
        "/messages",
        {"messages": [USER], "system": "Be brief.", "max_tokens": 9},
        {"messages": [SYSTEM, USER]},
    ),
    "messages with blocks": (
        "/messages",
        {"messages": [USER], "system": BLOCKS, "max_tokens": 9},
        {"messages": [{"role": "system", "content": BLOCKS}, USER]},
    ),
    "messages alone": (
        "/messages",
        {"messages": [USER], "max_tokens": 9},
        {"messages": [USER]},
    ),
    "responses": ("/responses", {"input": "What is it?"}, {"prompt": "What is it?"}),
    "responses with instructions": (
        "/responses",
        {"input": "What is it?", "instructions": "Be brief."},
        {"messages": [SYSTEM, USER]},
    ),
    "responses with items": (
        "/responses",
        {"input": [USER], "instructions": None},
        {"messages": [USER]},
    ),
    "responses with both": (
        "/responses",
        {"input": [USER], "instructions": "Be brief."},
        {"messages": [SYSTEM, USER]},
    ),
    "completions": ("/completions", {"prompt": "Once"}, {"prompt": "Once"}),
    "completions in a list": ("/completions", {"prompt": [" Once"]}, {"prompt": " Once"}),
}
OWN = {
    "/chat/completions": ("messages",),
    "/messages": ("messages",),
    "/responses": ("input", "instructions", "prompt"),  # it takes no `prompt`, so none is sent
    "/completions": ("prompt",),
}


def posted(house, path, body):
    sent = json.dumps({"model": "ok", **body}, indent=1).encode()
    lines = (
        f"POST /api/v1{path} HTTP/1.1",
        f"authorization: Bearer {house.relay.key}",
        "content-type: application/json",
        f"content-length: {len(sent)}",
    )
    reply = house.relay.request(*lines, body=sent)
    assert reply.status == 200, reply.raw
    return reply.headers["x-generation-id"]


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("name", ASKED)
def test_what_was_asked(house, name, mixed):
    path, body, told = ASKED[name]
    junk = {each: word for each, word in JUNK.items() if each not in OWN[path]} if mixed else {}
    content = house.json("/generation/content", id=posted(house, path, {**junk, **body}))["data"]
    assert content["input"] == told
    assert content["output"]["completion"]
    assert content["error"] is None


def test_the_sdk_takes_each(house):
    with OpenRouter(api_key=house.relay.key, server_url=house.base) as client:
        for path, body, told in ASKED.values():
            found = client.generations.list_generation_content(id=posted(house, path, body)).data
            assert found.input.model_dump() == told


def test_a_large_one_comes_whole(house):
    text = "Never mind — " * 10_000
    made = posted(house, "/completions", {"prompt": text})
    reply = house.get("/generation/content", id=quote(made))
    assert int(reply.headers["content-length"]) == len(reply.body) > len(text)
    assert reply.json["data"]["input"]["prompt"] == text
