"""Several endpoints behind one listing: shares, sessions, rests, own patience and quirks."""

import itertools
import json

import pytest

from darkhorse.launches import file
from darkhorse.upstream.scripted import DEFAULT_TEXT

from .endpoints_kit import attempts, in_order, session_of
from .stage import CANARY, REASON, Relay, eventually, go_live, launch_text

SETTINGS = """
[server]
keepalive_s = 0.1
[upstream]
first_token_s = 5
idle_s = 5
attempts = 2
cooldown_s = 2
"""
_numbers = itertools.count(10_000)  # test_retries counts from 0, over the same log


def own(model: str) -> str:
    """The model with a count and a place in the log that are nobody else's."""
    return f"{model}{'&' if '?' in model else '?'}seed={next(_numbers)}"


def counted(model: str) -> str:
    return own(f"{model}&key=endpoints{next(_numbers)}")


TWO = (own("ok"), own("ok"))
UNEVEN = (own("ok"), own("ok"))
SESSION = (counted("flaky?fail=9&status=500"), own("ok"))
DYING = (counted("flaky?fail=3&status=500"), own("ok"))
FLAKY = counted("flaky?fail=3&status=500")
BUSY = (own("status-429?retry_after=86400"), own("ok"))
HANGING = (own("hang"), own("ok"))
IDLE = (own("hang-mid"), own("ok"))
PATIENT = own("ok?first_ms=400")
QUIRKY = own("ok")
DOWN = (own("status-500"), own("refuse"), own("status-503"))
KEYLESS = (own("ok"), own("ok"))
REMOVED = (own("hang"), own("ok"))
REPLACING = own("ok")
BEATING = (own("hang"), own("ok"))

QUIRKS = """
[private.endpoint.quirks]
max_tokens_name = "max_completion_tokens"
max_output = 50
drop = ["temperature"]
extra = { chat_template_kwargs = { thinking = false }, top_p = 0.5 }
"""


def listings(url: str) -> dict[str, list[tuple[str, ...]]]:
    """By its first endpoint's model."""
    impatient = in_order(url, HANGING)
    rows = [
        [(url, model) for model in TWO],
        [(url, UNEVEN[0], "weight = 1"), (url, UNEVEN[1], "weight = 4")],
        in_order(url, SESSION),
        in_order(url, DYING),
        [(url, FLAKY)],
        in_order(url, BUSY),
        [(*impatient[0], "first_token_s = 0.2"), impatient[1]],
        [(*endpoint, "idle_s = 0.2") for endpoint in in_order(url, IDLE)],
        [(url, QUIRKY, QUIRKS)],
        in_order(url, DOWN),
        [(*endpoint, "first_token_s = 3") for endpoint in in_order(url, REMOVED)],
        [(*endpoint, "first_token_s = 0.5") for endpoint in in_order(url, BEATING)],
    ]
    return {row[0][1]: row for row in rows}


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    extra = "parameters = ['max_tokens', 'temperature', 'top_p', 'seed']"
    data = tmp_path_factory.mktemp("endpoints")
    relay = Relay(data, listings(scripted.url), SETTINGS, listing_extra=extra).start()
    yield relay
    relay.close()


def asked(scripted, models: tuple[str, ...]) -> list[int]:
    """How often each was asked so far."""
    return [len(scripted.seen(model)) for model in models]


def slug_of(relay: Relay, listing: str) -> str:
    return f"stealth/listing-{list(relay.listings).index(listing)}"


def test_requests_go_to_both_in_their_shares(scripted, relay):
    for _ in range(60):
        assert relay.chat(UNEVEN[0]).status == 200
    light, heavy = asked(scripted, UNEVEN)
    assert light + heavy == 60
    assert 0 < light < heavy


def test_a_session_stays_with_its_endpoint(relay):
    slug = slug_of(relay, TWO[0])
    for at in (0, 1):
        session = session_of(relay, slug, at)
        replies = [relay.chat(TWO[0], session_id=session) for _ in range(6)]
        assert [attempts(relay, reply.id) for reply in replies] == [[(at, "ok", 200)]] * 6


def test_a_session_moves_while_its_endpoint_fails(relay):
    session = session_of(relay, slug_of(relay, SESSION[0]), 0)
    replies = [relay.chat(SESSION[0], session_id=session) for _ in range(5)]
    assert [reply.text for reply in replies] == [DEFAULT_TEXT] * 5
    tried = [attempts(relay, reply.id) for reply in replies]
    assert tried[:3] == [[(0, "status", 500), (1, "ok", 200)]] * 3
    assert tried[3:] == [[(1, "ok", 200)]] * 2


def test_failures_in_a_row_rest_an_endpoint_until_a_trial_ends_well(scripted, relay):
    for _ in range(3):
        assert relay.chat(DYING[0]).text == DEFAULT_TEXT
    assert asked(scripted, DYING) == [3, 3]
    reply = relay.chat(DYING[0])
    assert attempts(relay, reply.id) == [(1, "ok", 200)]
    eventually(lambda: relay.chat(DYING[0]).status == 200 and asked(scripted, DYING)[0] == 4)
    before = asked(scripted, DYING)
    for _ in range(3):
        assert relay.chat(DYING[0]).text == DEFAULT_TEXT
    assert asked(scripted, DYING) == [before[0] + 3, before[1]]


def test_a_listing_with_one_endpoint_is_not_down_because_of_hiccups(scripted, relay):
    """The third failure is a reason to rest, and there is nobody else to ask: so it is asked."""
    statuses = [relay.chat(FLAKY).status for _ in range(3)]
    assert statuses == [502, 200, 200]
    assert asked(scripted, (FLAKY,)) == [5]


def test_a_busy_endpoint_is_left_alone_but_not_as_long_as_it_likes(scripted, relay):
    first, second = relay.chat(BUSY[0]), relay.chat(BUSY[0])
    assert attempts(relay, first.id) == [(0, "status", 429), (1, "ok", 200)]
    assert attempts(relay, second.id) == [(1, "ok", 200)]
    eventually(lambda: relay.chat(BUSY[0]).status == 200 and asked(scripted, BUSY)[0] == 2)


def test_patience_of_an_endpoints_own(relay):
    reply = relay.chat(HANGING[0])
    assert reply.text == DEFAULT_TEXT
    assert attempts(relay, reply.id) == [(0, "first_token_timeout", 0), (1, "ok", 200)]
    reply = relay.chat(IDLE[0], max_tokens=500)  # read as a stream, so some of it did come
    assert reply.text == DEFAULT_TEXT
    assert attempts(relay, reply.id) == [(0, "idle_timeout", 0), (1, "ok", 200)]


def test_more_patience_than_the_setting(scripted, tmp_path):
    listings = {"pony": [(scripted.url, PATIENT, "first_token_s = 30")]}
    relay = Relay(tmp_path / "data", listings, "[upstream]\nfirst_token_s = 0.2\n").start()
    try:
        assert relay.chat("pony").text == DEFAULT_TEXT
    finally:
        relay.close()


def test_quirks_reach_the_engine(scripted, relay):
    asks = [
        {},
        {"max_tokens": 3, "temperature": 0.5, "seed": 4},  # asked for more: some tokens are hidden
        {"max_tokens": 1000, "top_p": 0.9},
    ]
    for fields in asks:
        assert relay.chat(QUIRKY, **fields).status == 200
    bodies = [json.loads(each["body"]) for each in scripted.seen(QUIRKY)]
    assert [body["max_completion_tokens"] for body in bodies] == [50, 50, 50]
    for body in bodies:
        assert body["chat_template_kwargs"] == {"thinking": False}
        assert body["top_p"] == 0.5  # the operator's word wins
        assert not {"max_tokens", "temperature", "session_id"} & body.keys()
    assert bodies[1]["seed"] == 4


def test_a_key_file_is_taken_up_when_it_comes_and_when_it_changes(scripted, tmp_path):
    key = tmp_path / "key"
    own = f"key_file = '{key}'"
    relay = Relay(tmp_path / "data", {"late": [(scripted.url, "ok?text=late", own)]})
    relay.start()
    try:
        assert relay.chat("late").status == 503
        for word in ("sk-first", "sk-second"):
            key.write_text(word)
            eventually(
                lambda word=word: (
                    relay.chat("late").status == 200
                    and authorization(scripted, "ok?text=late") == f"Bearer {word}"
                )
            )
        log = relay.log.read_text()
        assert log.count("An endpoint of stealth/listing-0 cannot be used") == 1
        assert str(key) not in log
    finally:
        relay.close()


def authorization(scripted, model):
    """What the newest request brought along."""
    headers = scripted.seen(model)[-1]["headers"]
    pairs = headers.items() if isinstance(headers, dict) else headers
    return {name.lower(): value for name, value in pairs}.get("authorization")


def test_all_of_them_down(relay):
    """Each is asked once for each request, rested or not, and none of it shows."""
    first, *later = [relay.chat(DOWN[0]) for _ in range(6)]
    assert first.status == 503
    assert int(first.headers["retry-after"]) > 0
    assert [outcome for _, outcome, _ in attempts(relay, first.id)] == [
        "status",
        "connect",
        "status",
    ]
    for reply in later:
        assert reply.status in (502, 503)
        assert CANARY.lower() not in reply.raw.decode().lower()
        assert sorted(at for at, _, _ in attempts(relay, reply.id)) == [0, 1, 2]


def test_a_silent_stream_shows_life_through_every_attempt(relay):
    reply = relay.chat(BEATING[0], stream=True)
    assert attempts(relay, reply.id) == [(0, "first_token_timeout", 0), (1, "ok", 200)]
    assert reply.body.count(b": processing\n\n") >= 2
    assert reply.text == DEFAULT_TEXT


def test_an_endpoint_that_is_removed_still_answers_who_counted_on_it(scripted, relay):
    """While the first is waited for, an edit takes both away; then the first's time is up."""
    call = relay.begin(REMOVED[0])
    eventually(lambda: scripted.seen(REMOVED[0]))
    launch = relay.desk.find(slug_of(relay, REMOVED[0]))
    text = launch_text(
        launch.listing.slug,
        [(scripted.url, REPLACING)],
        alias=REMOVED[0],
        title=launch.listing.title,
        extra=f"{relay.listing_extra}\ndescription = 'edited'",
        prefix=launch.private.model.removesuffix("-5"),
    )
    relay.desk.edit(launch, file.parse(text, "a test's edit"), REASON)
    eventually(lambda: b"edited" in relay.get("/api/v1/models").body)
    assert relay.chat(REMOVED[0]).text == DEFAULT_TEXT
    assert asked(scripted, (*REMOVED, REPLACING)) == [1, 0, 1]
    reply = call.rest()
    assert reply.text == DEFAULT_TEXT
    assert attempts(relay, reply.id) == [(0, "first_token_timeout", 0), (1, "ok", 200)]


def test_an_endpoint_without_its_key_is_skipped_and_heals(scripted, tmp_path):
    key = tmp_path / "key"

    def text(weight: float) -> str:
        keyless = (scripted.url, KEYLESS[0], f"weight = {weight}")
        other = (scripted.url, KEYLESS[1], "weight = 0.0001")
        text = launch_text("stealth/pony", [keyless, other], alias="pony")
        return text.replace("key_env = 'UPSTREAM_KEY'", f"key_file = '{key}'", 1)

    relay = Relay(tmp_path / "data", {})
    launch = go_live(relay.desk, text(1000))
    relay.start()
    try:
        tried = [attempts(relay, relay.chat("pony").id) for _ in range(3)]
        assert tried == [[(0, "unusable", 0), (1, "ok", 200)], *[[(1, "ok", 200)]] * 2]
        key.write_text("sk-1")
        relay.desk.edit(launch, file.parse(text(999), "a test's edit"), REASON)
        eventually(lambda: relay.chat("pony").text == DEFAULT_TEXT and scripted.seen(KEYLESS[0]))
        assert scripted.seen(KEYLESS[0])[0]["headers"]["authorization"] == "Bearer sk-1"
    finally:
        relay.close()
