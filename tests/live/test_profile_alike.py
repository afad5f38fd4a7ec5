"""Every parameter at every value, of two unlike upstreams: one takes all, one refuses what is odd.

What a client gets is the same to the byte, whichever of the two is asked: else the matrix of what
is taken would name the product line. The parameters are those of OpenRouter's own document.
"""

import itertools
import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from contract.contract_kit import openrouter_spec

from .endpoints_kit import answered_by, session_of
from .stage import CANARY, Relay, Reply, Scripted, eventually, exchange

EXTRA = """
parameters = ['frequency_penalty', 'max_tokens', 'min_p', 'parallel_tool_calls', 'presence_penalty',
  'reasoning', 'repetition_penalty', 'response_format', 'seed', 'stop', 'temperature',
  'tool_choice', 'tools', 'top_k', 'top_p']
efforts = ['low', 'high']
tool_choice = ['auto', 'none', 'required']
[public.ranges]
temperature = [0.1, 1.9]
top_k = [0, 500]
seed = [0, 1000000000000]
max_tokens = [2, 100000]
reasoning_max_tokens = [0, 32000]
[public.stops]
max_count = 3
max_bytes = 8
"""
PAIR, THINKER, CALLERS = "obliging|strict", "thinks|does not", "two calls|one call"
ONE_CALL = "parameters = ['tools']\nparallel_calls = false\n"
FUNCTION = {
    "name": "look",
    "parameters": {
        "type": "object",
        "properties": {"where": {"type": "string"}},
        "required": ["where"],
    },
}
TOOL = {"type": "function", "function": FUNCTION}
FORM = {"type": "json_schema", "json_schema": {"name": "a", "schema": FUNCTION["parameters"]}}
ODD = (None, True, -1, 0, 1, 0.5, 10**30, "", "word", [], [1], ["word"], {}, {"a": 1})
NUMBERS = (-2.01, -2, 0.05, 0.1, 0.9, 1.01, 1.9, 1.91, 2, 2.01, 499, 501, 10**12, 10**12 + 1)
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max", "extreme")
MORE = {
    "max_tokens": (2, 3, 4, 17, 100_000, 100_001),
    "max_completion_tokens": (2, 3, 4, 17, 100_000, 100_001),
    "reasoning_effort": EFFORTS,
    "reasoning": (
        *({"effort": word} for word in EFFORTS),
        *({"max_tokens": count} for count in (0, 1, 32_000, 32_001)),
        *({"enabled": True}, {"enabled": False}, {"exclude": True}, {"summary": "auto"}),
    ),
    "response_format": ({"type": "text"}, {"type": "json_object"}, FORM, {"type": "grammar"}),
    "stop": (".", ["."], ["."] * 2, ["."] * 3, ["."] * 4, ["\n", " "], "a" * 8, "a" * 9, [""]),
    "tools": (
        [TOOL],
        [{**TOOL, "cache_control": {"type": "ephemeral"}}],
        [{"type": "function", "function": {**FUNCTION, "name": "a b"}}],
        [{"type": "openrouter:web_search"}],
        [{"type": "function"}],
    ),
    "provider": ({"require_parameters": True}, {"sort": "price"}, {"only": ["other"]}),
    "stream": (True,),
}
TEXT = {"type": "text", "text": "hi"}
NOT_SWEPT = {"model", "messages", "session_id", "prompt_cache_key"}
"""What is said in each request, and what says which of the two is asked."""
USER, SYSTEM = ({"role": role, "content": "hi"} for role in ("user", "system"))
TALKS = ([USER, USER], [USER, SYSTEM], [SYSTEM, SYSTEM, USER], [USER, {**USER, "content": [TEXT]}])
TURNS = (
    *({"role": "user", "content": "hi", **more} for more in ({"name": "ann"}, {"weight": 1})),
    {"role": "user", "content": [{"type": "text", "text": "hi", "cache_control": {}}]},
    {"role": "developer", "content": "hi"},
    *({"role": "user", "content": "hi", "name": value} for value in (None, 7, {})),
)
CHOICES = (
    *("none", "auto", "required", "any", ""),
    *({"type": "function", "function": {"name": name}} for name in ("look", "other", "")),
    *(
        {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": [TOOL]}}
        for mode in ("auto", "required", "none")
    ),
)
PATHS = {"chat": "chat/completions"} | {
    name: name for name in ("completions", "responses", "messages")
}
PROMPTS = {
    "chat": {"messages": [{"role": "user", "content": "hi"}]},
    "completions": {"prompt": "hi"},
    "responses": {"input": "hi"},
    "messages": {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 50},
}
OTHERS = {
    "completions": {"temperature": NUMBERS, "stop": MORE["stop"], "max_tokens": (1, 2, 9)},
    "responses": {
        "temperature": NUMBERS,
        "top_p": ODD,
        "max_output_tokens": (1, 2, 9, 100_001),
        "reasoning": MORE["reasoning"],
        "tools": ([{"type": "function", **FUNCTION}], [{"type": "web_search"}], ODD),
        "text": ({"format": {"type": "json_object"}}, {"verbosity": "low"}, 7),
        "truncation": ("auto", "disabled", "odd"),
        "parallel_tool_calls": ODD,
    },
    "messages": {
        "temperature": NUMBERS,
        "top_k": NUMBERS,
        "stop_sequences": (["."], ["."] * 3, ["."] * 4, ["a" * 9], ".", [""]),
        "thinking": (
            {"type": "disabled"},
            {"type": "adaptive"},
            *({"type": "enabled", "budget_tokens": count} for count in (0, 1, 1024, 32_001)),
        ),
        "tools": ([{"name": "look", "input_schema": FUNCTION["parameters"]}],),
        "output_config": tuple({"effort": word} for word in EFFORTS),
        "service_tier": ODD,
    },
}
_MASKED = (
    (re.compile(rb'"(\w*id)":"[^"]*"'), rb'"\1":""'),
    (re.compile(rb'"(created|\w+_at)":[\d.]+'), rb'"\1":0'),
)
_CHANCE = ("date:", "x-generation-id:", "x-request-id:", "content-length:")


def sweep(properties) -> list[tuple[str, dict]]:
    """(dialect, fields) of each request: every parameter at every value; half are streamed."""
    found: list[tuple[str, dict]] = []
    for name in sorted({*properties, "reasoning_effort", "include_reasoning"} - NOT_SWEPT):
        values = [*ODD, *MORE.get(name, ())]
        if any(kind in json.dumps(properties.get(name)) for kind in ("number", "integer")):
            values += NUMBERS
        found.extend(("chat", {name: value}) for value in values)
    found.extend(("chat", {"messages": [turn]}) for turn in TURNS)
    found.extend(("chat", {"messages": talk}) for talk in TALKS)
    found.extend(("chat", {"tools": [TOOL], "tool_choice": choice}) for choice in CHOICES)
    found.extend(("chat", {"tools": [TOOL], "parallel_tool_calls": flag}) for flag in ODD)
    found.extend(
        (dialect, {name: value})
        for dialect, given in OTHERS.items()
        for name, values in given.items()
        for value in values
    )
    return [
        (dialect, {"stream": True, **fields} if at % 2 else fields)
        for at, (dialect, fields) in enumerate(found)
    ]


def bytes_of(reply: Reply) -> tuple[list[str], bytes]:
    """All that a client got, but for ids and moments."""
    head = reply.raw.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    body = reply.body
    for pattern, instead in _MASKED:
        body = pattern.sub(instead, body)
    return [line for line in head if not line.lower().startswith(_CHANCE)], body


class Both:
    """A relay with two unlike endpoints behind each listing, and each request's two answers."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._slugs = {name: f"stealth/listing-{at}" for at, name in enumerate(relay.listings)}
        self._sessions = {
            (name, at): session_of(relay, slug, at)
            for (name, slug), at in itertools.product(self._slugs.items(), (0, 1))
        }

    def ask(self, listing: str, dialect: str, fields: dict) -> list[Reply]:
        body = json.dumps({"model": self._slugs[listing], **PROMPTS[dialect], **fields}).encode()
        return [
            self.relay.post(
                body,
                f"x-session-id: {self._sessions[listing, at]}",
                path=f"/api/v1/{PATHS[dialect]}",
            )
            for at in (0, 1)
        ]

    def all(self, listing: str, wanted: list[tuple[str, dict]]) -> list[list[Reply]]:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda each: self.ask(listing, *each), wanted))


@pytest.fixture(scope="module")
def strict():
    upstream = Scripted("SECONDMAKER")
    yield upstream
    upstream.stop()


@pytest.fixture(scope="module")
def both(scripted, strict, tmp_path_factory):
    listings = {
        PAIR: [(scripted.url, "obliging"), (strict.url, "strict")],
        THINKER: [(scripted.url, "obliging?thinks=1"), (strict.url, "strict")],
    }
    data = tmp_path_factory.mktemp("alike")
    relay = Relay(data, listings, listing_extra=EXTRA).start()
    yield Both(relay)
    relay.close()


@pytest.fixture(scope="module")
def single(scripted, strict, tmp_path_factory):
    listings = {CALLERS: [(scripted.url, "parallel-tools"), (strict.url, "tools-whole")]}
    data = tmp_path_factory.mktemp("single")
    relay = Relay(data, listings, listing_extra=ONE_CALL).start()
    yield Both(relay)
    relay.close()


def test_every_parameter_at_every_value_has_one_answer(both):
    properties = openrouter_spec()["components"]["schemas"]["ChatRequest"]["properties"]
    wanted = sweep(properties)
    replies = both.all(PAIR, wanted)
    unlike = [
        (each, *(bytes_of(reply) for reply in two))
        for each, two in zip(wanted, replies, strict=True)
        if bytes_of(two[0]) != bytes_of(two[1])
    ]
    assert unlike == []
    for one, other in replies:
        assert CANARY.encode() not in one.raw
        assert b"SECONDMAKER" not in other.raw
    statuses = [two[0].status for two in replies]
    assert {200, 400, 404, 422} == set(statuses)  # 422: neither of them writes JSON unasked
    assert min(statuses.count(200), statuses.count(400)) > len(wanted) / 5
    assert_each_was_asked(both, replies)


def assert_each_was_asked(both, replies) -> None:
    """Else one upstream would have answered for both. And the second did refuse many times."""
    told = [two for two in replies if two[0].status == two[1].status == 200]
    ids = {reply.id for two in told for reply in two}
    eventually(lambda: ids <= answered_by(both.relay).keys())
    by = answered_by(both.relay)
    assert {(by[one.id], by[other.id]) for one, other in told} == {(0, 1)}
    tries = {each.id: each.end.attempts for each in both.relay.records().values() if each.end}
    assert {len(tries[one.id]) for one, _ in told} == {1}
    refused = [other.id for _, other in told if len(tries[other.id]) > 1]
    assert len(refused) > 100


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"temperature": 0.1}, 200, ""),
        ({"temperature": 0.05}, 400, "`temperature`: this model takes 0.1 to 1.9."),
        ({"temperature": 1.91}, 400, "`temperature`: this model takes 0.1 to 1.9."),
        ({"temperature": 2.01}, 400, "Expected `float` <= 2.0 - at `$.temperature`."),
        ({"stop": ["."] * 4}, 400, "`stop`: this model takes 3 of them, no more."),
        ({"reasoning": {"max_tokens": 32_001}}, 400,
         "`reasoning.max_tokens`: this model takes 0 to 32000."),
        ({"tools": [TOOL], "tool_choice": TOOL}, 404,
         "`tool_choice`: this model takes auto, none, required."),
    ],
)  # fmt: skip
def test_what_is_refused_is_refused_in_our_words_with_its_range(both, fields, status, says):
    for reply in both.ask(PAIR, "chat", fields):
        assert reply.status == status
        assert not says or reply.json["error"]["message"] == says


def test_a_range_is_told_in_the_dialect_of_whoever_asks(both):
    for reply in both.ask(PAIR, "messages", {"temperature": 1.95}):
        assert reply.json["type"] == "error"
        assert reply.json["error"] == {
            "type": "invalid_request_error",
            "message": "`temperature`: this model takes 0.1 to 1.9.",
            "error_type": "invalid_request",
        }


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("asked", [None, True, False])
def test_where_a_listing_calls_once_it_calls_once(single, stream, asked):
    fields = {"tools": [TOOL], "stream": stream}
    fields |= {} if asked is None else {"parallel_tool_calls": asked}
    two, one = single.ask(CALLERS, "chat", fields)
    assert bytes_of(two) == bytes_of(one)
    assert two.body.count(b"get_weather") == 1
    assert b"find_ferry" not in two.body


OFF = ({"effort": "none"}, {"enabled": False}, {"max_tokens": 0})


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("limit", [None, 2, 3])
def test_thoughts_turned_off_are_neither_shown_nor_counted(both, stream, limit):
    for off in OFF:
        fields = {"reasoning": off, "stream": stream}
        fields |= {"max_tokens": limit} if limit else {}
        thinker, other = both.ask(THINKER, "chat", fields)
        assert bytes_of(thinker) == bytes_of(other)
        assert b'reasoning_tokens":0' in thinker.body
    shown, silent = both.ask(THINKER, "chat", {"stream": stream})
    assert bytes_of(shown) != bytes_of(silent)  # where they are not off, it does think


def test_the_two_do_differ_in_what_they_take(scripted, strict):
    """Else the sweep would compare an upstream with itself."""
    body = json.dumps(PROMPTS["chat"] | {"model": "strict", "top_k": 5}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\ncontent-length: {len(body)}\r\n".encode()
    assert exchange(strict.port, head, body).status == 400
    lax = body.replace(b"strict", b"obliging")
    head = head.replace(str(len(body)).encode(), str(len(lax)).encode())
    assert exchange(scripted.port, head, lax).status == 200
