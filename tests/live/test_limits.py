"""Limits over HTTP: what a client may use, what it is told, and what a restart does not forget."""

import threading
import time
from datetime import UTC, datetime

import pytest

from darkhorse.base.clock import SystemClock
from darkhorse.catalog.limits import Limits
from darkhorse.launches import file
from darkhorse.wiring.keys import key_desk
from live.stage import REASON, Relay, eventually, go_live, launch_text

SLOW = "slow?first_ms=0&delta_ms=50&deltas=400"


@pytest.fixture
def relay(scripted, tmp_path):
    made = []

    def start(settings="", **launches):
        relay = Relay(tmp_path / "data", {"ok": [(scripted.url, "ok")]}, settings)
        made.append(relay)
        for name, extra in launches.items():
            model = SLOW if name == "slow" else "ok"
            slug = f"stealth/{name}"
            if all(each.listing.slug != slug for each in relay.desk.launches()):
                go_live(relay.desk, launch_text(slug, [(scripted.url, model)], extra=extra))
        return relay.start()

    yield start
    for relay in made:
        relay.close()


def use_key(relay, **limits):
    """From now on, ask with a key of these limits."""
    with key_desk(relay.data, SystemClock()) as desk:
        secret, _ = desk.create("developer", label="", limits=Limits(**limits))
    relay.key = secret.reveal()
    eventually(
        lambda: (
            relay.request("POST /api/v1/chat/completions HTTP/1.1", *relay._usual(b"")).status
            != 401
        )
    )
    return relay


def quota(reply):
    return tuple(int(reply.headers[f"x-ratelimit-{name}"]) for name in ("limit", "remaining"))


def test_a_success_says_what_is_left(relay):
    server = use_key(relay(), requests_per_minute=3, tokens_per_minute=100_000)
    for left in (2, 1, 0):
        reply = server.chat("ok", stream=left == 1, max_tokens=500)
        assert reply.status == 200
        assert quota(reply) == (3, left)
    used = reply.json["usage"]["total_tokens"]
    assert int(reply.headers["x-ratelimit-limit-tokens"]) == 100_000
    assert 0 < int(reply.headers["x-ratelimit-remaining-tokens"]) < 100_000 - used
    refused = server.chat("ok")
    assert refused.status == 429
    assert quota(refused) == (3, 0)
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    reset = int(refused.headers["x-ratelimit-reset"]) / 1000
    assert 0 < reset - time.time() <= 62
    error = refused.json["error"]
    assert error["message"].startswith("3 requests a minute for this key; try again in ")
    assert error["metadata"]["error_type"] == "rate_limit_exceeded"
    assert error["availability"]["retry_after"] == int(refused.headers["retry-after"])


def test_without_limits_there_are_no_such_headers(relay):
    assert not [name for name in relay().chat("ok").headers if "ratelimit" in name]


def test_each_limit_speaks_for_itself(relay):
    server = relay(
        total="limits.total.requests_per_day = 1",
        key="limits.key.requests_per_minute = 1",
        address="limits.address.requests_per_minute = 1",
        tokens="limits.key.tokens_per_minute = 50",
        dear='price.completion = "1000000"\nlimits.key.spend_usd = "20"',
    )
    for name, words in (
        ("total", "1 request a day (UTC) for this model"),
        ("key", "1 request a minute for this key on this model"),
        ("address", "1 request a minute for your network address on this model"),
    ):
        assert server.chat(f"stealth/{name}", max_tokens=1).status == 200
        refused = server.chat(f"stealth/{name}", max_tokens=1)
        assert refused.status == 429
        assert words in refused.json["error"]["message"]
    too_much = server.chat("stealth/tokens", max_tokens=60)
    assert too_much.status == 400
    assert too_much.json["error"]["metadata"]["error_type"] == "token_limit_exceeded"
    assert server.chat("stealth/dear", max_tokens=16).status == 200
    spent = server.chat("stealth/dear", max_tokens=16)
    assert spent.status == 402
    assert spent.json["error"]["metadata"]["error_type"] == "payment_required"
    assert server.chat("ok").status == 200


def test_a_price_is_told_and_recorded(relay):
    server = relay(dear='price.prompt = "10"\nprice.completion = "20"\nprice.request = "0.001"')
    reply = server.chat("stealth/dear", max_tokens=10)
    usage = reply.json["usage"]
    cost = usage["prompt_tokens"] * 10 + usage["completion_tokens"] * 20 + 1000
    assert usage["cost"] == pytest.approx(cost / 1e6)
    assert server.record(reply.id).end.micro_usd == cost
    streamed = server.chat("stealth/dear", max_tokens=10, stream=True)
    assert streamed.chunks[-1]["usage"]["cost"] == pytest.approx(cost / 1e6)
    free = server.chat("ok")
    assert free.json["usage"]["cost"] == 0
    assert server.record(free.id).end.micro_usd == 0


def burst(server, model, count=30, **fields):
    """So many at once; the statuses and the ids of those that were let in."""
    seen, gate = [], threading.Barrier(count)

    def ask():
        gate.wait()
        seen.append(server.chat(model, **fields))

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def test_tokens_and_money_are_never_over_though_nobody_names_a_length(relay, scripted):
    server = relay(tokens="limits.key.tokens_per_minute = 300")
    text = launch_text(
        "stealth/dear",
        [(scripted.url, "ok")],
        max_output=12,
        extra='price.completion = "10000"\nlimits.key.spend_usd = "0.5"',
    )
    go_live(server.desk, text)
    replies = burst(server, "stealth/tokens")
    taken = [each.json["usage"]["total_tokens"] for each in replies if each.status == 200]
    assert taken
    assert sum(taken) <= 300
    assert {each.status for each in replies} == {200, 429}
    eventually(lambda: server.get("/api/v1/model/stealth/dear").status == 200)
    replies = burst(server, "stealth/dear")
    costs = [each.json["usage"]["cost"] for each in replies if each.status == 200]
    assert costs
    assert sum(costs) <= 0.5
    assert {each.status for each in replies} == {200, 402}


def test_streams_at_once(relay):
    server = relay(slow="limits.key.concurrent = 2")
    calls = [server.begin("stealth/slow", stream=True) for _ in range(2)]
    for call in calls:
        call.read_until(b"data: ")
    refused = server.chat("stealth/slow")
    assert refused.status == 429
    assert "2 requests at once" in refused.json["error"]["message"]
    calls[0].close()  # a client that hangs up lets the next one in
    third = eventually(
        lambda: (
            again
            if (again := server.begin("stealth/slow", stream=True))
            .read_until(b"\r\n")
            .startswith(b"HTTP/1.1 200")
            else None
        )
    )
    third.close()


def test_many_at_once_never_more_than_the_limit(relay):
    server = use_key(relay(), requests_per_minute=25)
    seen = [reply.status for reply in burst(server, "ok", 50)]
    assert sorted(seen) == [200] * 25 + [429] * 25


def test_a_failed_request_gives_its_place_back(relay, scripted):
    server = relay()
    text = launch_text(
        "stealth/broken", [(scripted.url, "status-500")], extra="limits.key.concurrent = 1"
    )
    go_live(server.desk, text)
    eventually(lambda: server.chat("stealth/broken").status == 502)
    for _ in range(3):
        assert server.chat("stealth/broken").status == 502


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_restart_forgets_nothing(relay, end):
    if datetime.now(UTC).strftime("%H:%M") in ("23:58", "23:59"):
        pytest.skip("a day ends just now")
    limited = 'limits.key.requests_per_day = 3\nprice.request = "0.5"\nlimits.key.spend_usd = "9"'
    server = use_key(relay(mule=limited), requests_per_minute=5)
    for _ in range(2):
        assert server.chat("stealth/mule").status == 200
    key = server.key
    if end == "kill":
        server.kill()
    else:
        server.stop()
    server.listener.close()
    again = relay(mule=limited)
    again.key = key
    third = again.chat("stealth/mule")
    assert third.status == 200
    assert quota(third) == (3, 0)
    refused = again.chat("stealth/mule")
    assert "3 requests a day (UTC) for this key on this model" in refused.json["error"]["message"]
    assert quota(again.chat("ok"))[0] == 5


def test_a_limit_that_is_set_while_it_runs(relay, scripted):
    server = relay(mule="")
    for _ in range(3):
        assert server.chat("stealth/mule").status == 200
    launch = server.desk.find("stealth/mule")
    text = launch_text(
        "stealth/mule", [(scripted.url, "ok")], extra="limits.key.requests_per_day = 3"
    )
    server.desk.edit(launch, file.parse(text, "a test"), REASON)
    eventually(lambda: server.chat("stealth/mule").status == 429)


def test_keys_that_are_off(relay):
    server = relay()
    with key_desk(server.data, SystemClock()) as desk:
        secret, expired = desk.create("developer", label="old")
        desk.expire(expired.hash, SystemClock().now_us() + 300_000)
    server.key = secret.reveal()
    eventually(lambda: "expired" in server.chat("ok").json.get("error", {}).get("message", ""))
    assert server.chat("ok").status == 401


def test_what_answers_without_a_key_is_an_explicit_list(relay):
    """Everything else wants one, whatever the method."""
    server = relay()
    slug = "stealth/listing-0"
    open_paths = {
        "/health",
        "/",
        "/archive",
        "/robots.txt",
        "/favicon.ico",
        f"/{slug}",
        "/api/v1/models",
        "/api/v1/models/count",
        f"/api/v1/model/{slug}",
        f"/api/v1/models/{slug}",
        f"/api/v1/models/{slug}/endpoints",
    }
    for path in open_paths:
        assert server.get(path).status not in (401, 403), path
    for line in ("POST /api/v1/chat/completions", "POST /v1/chat/completions", "GET /metrics"):
        for header in ((), ("authorization: Bearer sk-wrong",), ("authorization: Basic eDp5",)):
            reply = server.request(f"{line} HTTP/1.1", *header, "content-length: 0")
            assert reply.status == 401, line
    developer = f"authorization: Bearer {server.key}"
    assert server.request("GET /metrics HTTP/1.1", developer).status == 403


def test_the_address_is_the_one_in_front_of_our_proxies(relay):
    settings = '[server]\ntrusted_proxies = ["127.0.0.0/8"]\n'
    server = relay(settings, mule="limits.address.requests_per_minute = 1")

    def ask(*hops):
        body = b'{"model":"stealth/mule","messages":[{"role":"user","content":"hi"}]}'
        header = (f"x-forwarded-for: {', '.join(hops)}",) if hops else ()
        return server.post(body, *header).status

    assert ask("203.0.113.7") == 200
    assert ask("203.0.113.7") == 429
    assert ask("203.0.113.8", "127.0.0.9") == 200
    assert ask("203.0.113.9", "203.0.113.8") == 429  # what stands left of it is hearsay
    assert ask("2001:db8::1") == 200
    assert ask("2001:db8::2") == 429  # one subscriber
    assert ask() == 200


def test_a_proxys_own_line_wins_over_the_clients(relay):
    """HAProxy adds a line below the client's; some proxies write ports; IPv4 comes as IPv6."""
    settings = '[server]\ntrusted_proxies = ["127.0.0.0/8", "10.0.0.0/8"]\n'
    server = relay(settings, mule="limits.address.requests_per_minute = 1")
    body = b'{"model":"stealth/mule","messages":[{"role":"user","content":"hi"}]}'

    def ask(*lines):
        return server.post(body, *(f"x-forwarded-for: {line}" for line in lines)).status

    assert ask("9.9.9.1", "203.0.113.7") == 200
    for lines in (
        ("9.9.9.2", "203.0.113.7"),
        ("9.9.9.3, 203.0.113.7:4001",),
        ("203.0.113.7:4002, ::ffff:10.0.0.3",),
        ("::ffff:203.0.113.7",),
    ):
        assert ask(*lines) == 429, lines
    assert ask("[2001:db8::1]:4000") == 200
    assert ask("2001:db8::2") == 429
    assert ask("198.51.100.9, garbage") == 200  # nobody knows: the proxy itself
    assert ask("198.51.100.10, ") == 429
    assert ask("198.51.100.9") == 200  # whom nobody could lock out


def test_without_trusted_proxies_nobody_chooses_an_address(relay):
    server = relay(mule="limits.address.requests_per_minute = 1")
    body = b'{"model":"stealth/mule","messages":[{"role":"user","content":"hi"}]}'
    assert server.post(body, "x-forwarded-for: 203.0.113.1").status == 200
    assert server.post(body, "x-forwarded-for: 203.0.113.2").status == 429
