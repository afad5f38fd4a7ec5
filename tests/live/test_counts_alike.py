"""Counts, cuts, borders and contexts of two engines that count differently: nobody sees which.

Behind each listing are two endpoints that say the same with other vocabularies, templates, cuts,
cache blocks and contexts. A session takes a request to the one or to the other; the answers are
compared byte for byte, ids and moments alone left out, and their counts with the public formula.
"""

import itertools
import json
import random
from typing import Any

import pytest

from .counts_kit import PATHS, Asked, answered, random_request, shown, tokens
from .endpoints_kit import answered_by, session_of
from .stage import Relay, Reply, Scripted, chat_body, eventually, exchange

REQUESTS = 500
FIRST = "vocabulary=quads&template=tags&block=64&context=30000&window=vllm"
SECOND = "vocabulary=words&template=channels&block=1024&context=45000&window=llamacpp"
TIGHT = ("vocabulary=pairs&context=700&window=vendor", "vocabulary=words&context=900&window=vllm")
CALLS = "parallel-tools"
WHAT_THEY_SAY = ("echo", "reasoning", "obliging?thinks=1", "think-tags", CALLS)
CONTEXT = 2_000
SETTINGS = "[upstream]\nattempts = 4\ncooldown_s = 0.01\n"
EXTRA = "parameters = ['max_tokens', 'tools', 'reasoning']"


def model(says: str, engine: str) -> str:
    return f"{says}{'&' if '?' in says else '?'}{engine}"


@pytest.fixture(scope="module")
def other():
    upstream = Scripted("SECONDMAKER")
    yield upstream
    upstream.stop()


@pytest.fixture(scope="module")
def relay(scripted, other, tmp_path_factory):
    def pair(says: str, *engines: str) -> list[tuple[str, str]]:
        urls = (scripted.url, other.url)
        return [(url, model(says, engine)) for url, engine in zip(urls, engines, strict=True)]

    listings = {says: pair(says, FIRST, SECOND) for says in WHAT_THEY_SAY}
    listings["tight"] = pair("echo", *TIGHT)
    data = tmp_path_factory.mktemp("counts")
    relay = Relay(
        data, listings, SETTINGS, context=60_000, max_output=50_000, listing_extra=EXTRA
    ).start()
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def small(scripted, other, tmp_path_factory):
    """A context of ours that is smaller than theirs."""
    listings = {"echo": [(scripted.url, f"echo?{FIRST}"), (other.url, f"echo?{SECOND}")]}
    data = tmp_path_factory.mktemp("small")
    relay = Relay(data, listings, SETTINGS, context=CONTEXT, max_output=CONTEXT).start()
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def sessions(relay, small):
    """(port, listing, endpoint's number) → a session that goes there."""
    return {
        (one.port, name, at): session_of(one, f"stealth/listing-{number}", at)
        for one in (relay, small)
        for number, name in enumerate(one.listings)
        for at in (0, 1)
    }


@pytest.fixture
def ask(sessions):
    def ask(relay: Relay, name: str, at: int, asked: Asked) -> Reply:
        slug = f"stealth/listing-{list(relay.listings).index(name)}"
        session = f"x-session-id: {sessions[relay.port, name, at]}"
        return relay.post(asked.body(slug), session, path=PATHS[asked.dialect])

    return ask


def chat(said: str, **fields: Any) -> Asked:
    usual = {"system": "", "turns": (said,), "tools": 0, "stream": False, "limit": None}
    return Asked(**{"dialect": "chat", **usual, **fields})


def test_any_request_has_one_answer_whoever_gives_it(relay, ask):
    source = random.Random(20261122)
    went: list[tuple[str, int]] = []
    for number in range(REQUESTS):
        asked, name = random_request(source), source.choice(WHAT_THEY_SAY)
        replies = [ask(relay, name, at, asked) for at in (0, 1)]
        assert [reply.status for reply in replies] == [200, 200], (number, asked)
        assert shown(replies[0]) == shown(replies[1]), (number, name, asked)
        if not asked.stream:
            told = answered(asked, replies[0])
            prompt, completion, reasoning, cached = told.counts
            assert prompt == asked.prompt_tokens, (number, name, asked)
            assert completion <= (asked.limit or 50_000)
            is_shown = told.is_exact and (name != CALLS or asked.dialect in ("chat", "responses"))
            assert completion == told.completion_tokens or not is_shown, (number, name, asked)
            assert reasoning in (tokens(told.thoughts), -1)
            assert cached == 0
        went += [(reply.id, at) for at, reply in enumerate(replies)]
    by = eventually(lambda: _all_of(answered_by(relay), [each for each, _ in went]))
    assert [by[each] for each, _ in went] == [at for _, at in went]


def _all_of(found: dict[str, int], ids: list[str]) -> dict[str, int] | None:
    return found if found.keys() >= set(ids) else None


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("said", ["a word, ", "漢字", "🐎", "ភ", "12"], ids=ascii)
def test_a_limit_falls_at_four_bytes_a_token(relay, ask, said, stream):
    """Not where a token of either engine ends; of a character that does not fit, nothing."""
    whole = said * 64
    for limit in (*range(1, 65), len(whole.encode()) // 4, len(whole.encode()) // 4 + 1):
        asked = chat(whole, limit=limit, stream=stream)
        replies = [ask(relay, "echo", at, asked) for at in (0, 1)]
        assert shown(replies[0]) == shown(replies[1]), limit
        assert replies[0].text == whole.encode()[: 4 * limit].decode(errors="ignore"), limit


def test_pieces_of_a_stream_have_one_length(relay, ask):
    said = "Of one length, 漢字 and 🐎 alike. " * 9
    for at in (0, 1):
        chunks = ask(relay, "echo", at, chat(said, stream=True)).chunks
        deltas = [c["delta"].get("content") for chunk in chunks for c in chunk["choices"]]
        pieces = [len(each) for each in deltas if each]
        assert len(pieces) > 5
        assert len(set(pieces[:-1])) == 1 >= len(set(pieces)) - 1


GOLDEN = (
    '{"error":{"code":400,"message":"The prompt has 2000 tokens; this model\'s context is 2000. '
    'Shorten the conversation.","metadata":{"error_type":"context_length_exceeded"}}}'
)


@pytest.mark.parametrize("letter", ["x", "é", "漢", "🐎"], ids=ascii)
def test_the_context_ends_where_ours_does(small, ask, letter):
    """A message's frame is 4, and one token is left for the answer: the last that fits is 1999."""
    for over, status in ((-2, 200), (-1, 200), (0, 400), (1, 400)):
        size = 4 * (CONTEXT - 4 + over)
        said = letter * (size // len(letter.encode()))
        said += "x" * (size - len(said.encode()))
        replies = [ask(small, "echo", at, chat(said)) for at in (0, 1)]
        assert [reply.status for reply in replies] == [status, status], over
        assert shown(replies[0]) == shown(replies[1])
        if over == 0:
            assert json.dumps(replies[0].json, separators=(",", ":")) == GOLDEN


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("limit", [None, 5])
def test_a_native_context_that_is_smaller_tells_nothing(relay, ask, stream, limit):
    """Where only one of them can take the prompt, it does; where none can, it is told alike."""
    statuses = []
    for words in range(0, 1500, 75):
        for said in ("word " * words + "end", "漢" * words + "end"):
            asked = chat(said, stream=stream, limit=limit)
            replies = [ask(relay, "tight", at, asked) for at in (0, 1)]
            assert shown(replies[0]) == shown(replies[1]), (words, said[:6])
            statuses.append(replies[0].status)
            assert not any(number in replies[0].body for number in (b"700", b"900"))
    assert set(statuses) == {200, 400}


def raw(upstream: Scripted, model: str, **fields: Any) -> Reply:
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n"
    body = chat_body(model, **fields)
    return exchange(upstream.port, head % len(body), body)


def test_the_two_do_differ(scripted, other):
    """What is compared above would tell them apart, if it came through."""

    def both(**fields: Any) -> list[Reply]:
        return [
            raw(upstream, model("echo", engine), **fields)
            for upstream, engine in ((scripted, FIRST), (other, SECOND))
        ]

    said = [{"role": "user", "content": "How do you count this, 漢字 and 12345? " * 300}]
    usages = [reply.json["usage"] for _ in range(2) for reply in both(messages=said)][2:]
    details = [usage.pop("prompt_tokens_details")["cached_tokens"] for usage in usages]
    for name in ("prompt_tokens", "completion_tokens"):
        assert usages[0][name] != usages[1][name]
    assert details[0] != details[1] > 0
    cut = [reply.json["choices"][0]["message"]["content"] for reply in both(max_tokens=1)]
    assert cut[0] != cut[1]
    streams = [reply.chunks for reply in both(messages=said, stream=True)]
    borders = [
        [c["delta"].get("content") for chunk in chunks for c in chunk["choices"]]
        for chunks in streams
    ]
    assert borders[0] != borders[1]
    long = [{"role": "user", "content": "漢字" * 30_000}]
    errors = [reply.json["error"] for reply in both(messages=long)]
    assert errors[0].keys() != errors[1].keys()
    assert len(list(itertools.chain(*borders))) > 2000
