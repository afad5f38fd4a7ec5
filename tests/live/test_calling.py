"""What docs/calling.md tells callers of limits, errors and a model's end, asked of a relay."""

import pytest

from live.stage import REASON, Relay, eventually

LIMITS = """\
limits.key.requests_per_minute = 4
limits.key.tokens_per_minute = 200
limits.address.requests_per_day = 100
window.days = 0.5
price.prompt = "0.5"
price.completion = "2"
price.request = "0.001"
"""


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    long = "slow?first_ms=0&delta_ms=0&deltas=5000"
    models = {"short": "ok", "long": long, "broken": "status-500", "ended": "ok"}
    endpoints = {name: [(scripted.url, model)] for name, model in models.items()}
    made = Relay(tmp_path_factory.mktemp("calling"), endpoints, listing_extra=LIMITS).start()
    yield made
    made.close()


def test_what_is_set_aside_is_the_longest_answer_and_max_tokens_names_less(relay):
    first = relay.chat("short", max_tokens=50)
    prompt = first.json["usage"]["prompt_tokens"]
    assert first.headers["x-ratelimit-limit"] == "4"  # the tightest, not the day's 100
    assert first.headers["x-ratelimit-remaining"] == "3"
    assert first.headers["x-ratelimit-remaining-tokens"] == str(200 - prompt - 50)
    assert len(first.headers["x-ratelimit-reset"]) == 13  # milliseconds
    assert relay.chat("short").status == 429  # names none
    assert relay.chat("short", max_tokens=50).status == 200
    never = relay.chat("short", max_tokens=300)
    assert never.status == 400
    assert never.json["error"]["metadata"]["error_type"] == "token_limit_exceeded"
    cost = first.json["usage"]["cost"] * 1e6
    assert cost == pytest.approx(prompt * 0.5 + 50 * 2 + 1000, abs=0.51)


def test_without_max_tokens_an_answer_is_at_most_a_minutes_tokens_long(relay):
    reply = relay.chat("long")
    usage = reply.json["usage"]
    assert usage["total_tokens"] == 200
    assert reply.json["choices"][0]["finish_reason"] == "length"
    assert reply.headers["x-ratelimit-remaining-tokens"] == "0"


def test_an_id_to_quote_and_no_charge_for_what_failed(relay):
    failed = relay.chat("broken", max_tokens=5)
    assert failed.status == 502
    assert failed.id.startswith("gen-")
    assert "sunset" in failed.headers
    assert relay.record(failed.id).end.micro_usd == 0
    unknown = relay.chat("nobody")
    assert unknown.status == 400
    assert unknown.headers["x-request-id"].startswith("req-")
    assert relay.get("/api/v1/model/stealth/nobody").status == 404


def test_an_alias_is_answered_under_the_slug_and_ends_for_good(relay):
    reply = relay.chat("ended", max_tokens=1)
    slug = reply.json["model"]
    assert slug == "stealth/listing-3"
    assert reply.json["id"] == reply.id
    launch = relay.desk.retire(relay.desk.find(slug), REASON)
    eventually(lambda: relay.chat("ended").status == 404)
    relay.desk.reveal(launch, REASON, text="", successor="a/b")
    eventually(lambda: "fallback_models" in relay.chat("ended").json["error"]["availability"])
    assert "sunset" not in relay.chat("ended").headers
