"""Two endpoints behind one listing: whichever answers, the client gets the same, byte for byte.

Behind each listing is a plain endpoint of one maker, and one of another maker that says the same
text in pieces of its own, with other ids, names, counts, finish reasons, headers and framing. A
session takes a request to the one or to the other; what is shown of both answers is compared.
"""

import json
import random
import string

import pytest

from darkhorse.upstream.scripted import DEFAULT_TEXT

from .endpoints_kit import answered_by, attempts, masked, session_of
from .stage import CANARY, Relay, Scripted, eventually

OTHER = "SECONDMAKER"
LIMITS = (None, 1, 2, 7, 20, 1000)
PLAIN = "ok?deltas=5"
SAME_TEXT = [
    "ok?deltas=200",
    "ok?deltas=40&batch=3&delta_ms=1",
    "ok?usage=0",
    "usage-odd?case=float&deltas=3",
    "usage-odd?case=huge",
    "usage-every-chunk?deltas=11",
    "finish-odd?word=eos",
    "finish-odd?word=end_turn&deltas=2",
    "finish-missing",
    "no-done",
    "after-done",
    "role-null",
    "crlf?deltas=30",
    "cr-only",
    "no-space",
    "no-last-newline",
    "split-events?bytes=5",
    "dribble",
    "coalesced?deltas=17",
    "until-close",
    "trailers",
    "early-hints",
    "huge-headers?kb=32",
    "ok-content-type-odd?case=none",
]
PAIRS = [(PLAIN, other) for other in SAME_TEXT]
PAIRS += [
    ("unicode", "unicode?deltas=2"),
    ("reasoning?deltas=3", "reasoning-field?deltas=9"),
    ("tools", "tools-whole"),
    ("empty", "empty?usage=0"),
    ("finish-length?deltas=3", "finish-length?deltas=60"),
]
FAULTS = [
    "status-500",
    "status-503",
    "status-429?body=html",
    "status-401",
    "error-first?code=502",
    "refuse",
    "reset",
    "cut-headers",
    "cut-first",
    "not-json",
    "html-200",
    "hang",
    "bad-chunk-size",
    "gzip-lie",
]
SETTINGS = "[upstream]\nfirst_token_s = 1\nidle_s = 1\ncooldown_s = 0.01\n"
PROMPTS, ASKED = 50, 4


@pytest.fixture(scope="module")
def other():
    upstream = Scripted(OTHER)
    yield upstream
    upstream.stop()


def name(first: str, second: str) -> str:
    return f"{first}|{second}"


@pytest.fixture(scope="module")
def relay(scripted, other, tmp_path_factory):
    def pair(first: str, second: str) -> list[tuple[str, str]]:
        return [(scripted.url, first), (other.url, second)]

    listings = {name(*each): pair(*each) for each in PAIRS}
    listings |= {f"{fault}|": pair(fault, PLAIN) for fault in FAULTS}
    listings |= {f"|{fault}": pair(PLAIN, fault) for fault in FAULTS}
    listings["echo"] = pair("echo?deltas=3", "echo?deltas=300&usage=0")
    extra = "parameters = ['max_tokens', 'tools', 'temperature']"
    data = tmp_path_factory.mktemp("indistinguishable")
    relay = Relay(data, listings, SETTINGS, listing_extra=extra).start()
    yield relay
    relay.close()


def slug_of(relay: Relay, listing: str) -> str:
    return f"stealth/listing-{list(relay.listings).index(listing)}"


def ask(relay: Relay, listing: str, at: int, **fields):
    """One answer, asked first of the listing's endpoint number `at`."""
    session = session_of(relay, slug_of(relay, listing), at)
    reply = relay.chat(listing, session_id=session, **fields)
    for word in (CANARY, OTHER):
        assert word.lower().encode() not in reply.raw.lower()
    return reply


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: name(*pair))
def test_both_endpoints_give_the_same_answer(relay, pair, stream):
    listing = name(*pair)
    for limit in LIMITS:
        fields = {"stream": stream, **({"max_tokens": limit} if limit else {})}
        replies = [ask(relay, listing, at, **fields) for at in (0, 1)]
        assert [reply.status for reply in replies] == [200, 200]
        assert masked(replies[0]) == masked(replies[1])
        if limit is None:
            asked = [attempts(relay, reply.id) for reply in replies]
            assert asked == [[(0, "ok", 200)], [(1, "ok", 200)]]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fall_from_one_to_the_other_does_not_show(relay, fault, stream):
    """From the first to the second and back, against answers without a fall."""
    same = []
    for listing, ill in ((f"{fault}|", 0), (f"|{fault}", 1)):
        fell, straight = (ask(relay, listing, at, stream=stream) for at in (ill, 1 - ill))
        assert fell.text == DEFAULT_TEXT
        assert masked(fell) == masked(straight)
        assert attempts(relay, fell.id)[-1] == (1 - ill, "ok", 200)
        same.append(len(attempts(relay, fell.id)))
    assert max(same) > 1


def test_one_prompt_has_one_answer_whoever_gives_it(relay):
    """Two hundred requests, the endpoints chosen by chance."""
    source = random.Random(20261122)
    alphabet = string.printable + "äßéñ漢字かな한글🐎🏇🏻\u200d\u0301"
    ids = []
    for _ in range(PROMPTS):
        prompt = "".join(source.choices(alphabet, k=source.randint(1, 300)))
        fields = {
            "messages": [{"role": "user", "content": prompt}],
            "stream": source.random() < 0.5,
            "temperature": source.random(),
        }
        if source.random() < 0.7:
            fields["max_tokens"] = source.randint(1, 90)
        replies = [relay.chat("echo", **fields) for _ in range(ASKED)]
        ids.extend(reply.id for reply in replies)
        assert len({json.dumps(masked(reply)) for reply in replies}) == 1, prompt
    by = eventually(lambda: _endpoints(relay, ids))
    assert len(by) == PROMPTS * ASKED
    assert min(by.count(0), by.count(1)) > PROMPTS * ASKED / 4


def _endpoints(relay: Relay, ids: list[str]) -> list[int] | None:
    """Which endpoint answered each; None as long as not all of them are on record."""
    found = answered_by(relay)
    return [found[each] for each in ids] if found.keys() >= set(ids) else None


def test_the_comparison_sees_a_difference(relay):
    """Two listings differ in their names at least, and two texts in their text."""
    one, two = (ask(relay, name(*pair), 0, stream=True) for pair in PAIRS[:2])
    assert masked(one) != masked(two)
    short, long = (ask(relay, name(*PAIRS[0]), 0, max_tokens=limit) for limit in (7, 8))
    assert masked(short) != masked(long)
