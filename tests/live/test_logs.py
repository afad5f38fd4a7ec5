"""The relay's log as an operator's tools read it: one line a request, and nothing private."""

import fcntl
import hashlib
import json
import os
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from .stage import CANARY, Relay, chat_body, eventually

ALL = '[log]\nformat = "json"\nrequests = "all"\n[upstream]\nidle_s = 0.5\n'
LIMITED = "[limits.key]\nrequests_per_minute = 2\n"
CHAT = "/api/v1/chat/completions"
MODELS = ("ok", "cut-between", "status-500", "slow?first_ms=0&delta_ms=50&deltas=400")
OK, CUT, BROKEN, SLOW = MODELS
SMALLEST_PIPE = 4096


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    listings = {model: [(scripted.url, model)] for model in MODELS}
    relay = Relay(tmp_path_factory.mktemp("logs"), listings, ALL).start()
    yield relay
    relay.close()


def lines(relay: Relay) -> list[dict]:
    """Every line so far; each must be JSON of the usual form."""
    whole = relay.log.read_text().rpartition("\n")[0].splitlines()
    found = [json.loads(line) for line in whole]
    for line in found:
        assert line["process"] == "relay"
        assert line["level"] in ("info", "warning")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    return found


def line_of(relay: Relay, request_id: str) -> dict:
    """The one line of a request, once it is there."""

    def found() -> list[dict]:
        return [each for each in lines(relay) if each.get("request_id") == request_id]

    eventually(found)
    (line,) = found()
    assert line["event"] == "request"
    return line


def test_a_generation(relay):
    reply = relay.chat(OK)
    line = line_of(relay, reply.id)
    usage = reply.json["usage"]
    digest = hashlib.sha256(relay.key.encode()).hexdigest()
    expected = {
        "generation": reply.id,
        "method": "POST",
        "path": CHAT,
        "listing": "stealth/listing-0",
        "status": 200,
        "outcome": "done",
        "prompt_tokens": usage["prompt_tokens"],
        "completion_tokens": usage["completion_tokens"],
        "key": digest[:8],
    }
    assert line | expected == line
    assert line["ms"] >= line["first_token_ms"] > 0
    assert "streamed" not in line
    assert digest not in relay.log.read_text()


def test_a_stream_that_breaks(relay):
    reply = relay.chat(CUT, stream=True)
    assert reply.status == 200
    line = line_of(relay, reply.id)
    assert (line["level"], line["status"], line["outcome"]) == ("warning", 502, "failed")
    assert (line["streamed"], line["error_type"]) == (True, "provider_unavailable")


def test_a_failure_before_the_first_byte(relay):
    reply = relay.chat(BROKEN)
    assert line_of(relay, reply.id)["status"] == reply.status == 502


def test_a_client_that_hangs_up(relay):
    call = relay.begin(SLOW, stream=True)
    head = call.read_until(b"data: ")
    call.reset()
    generation = re.search(rb"x-generation-id: (\S+)", head)[1].decode()
    line = line_of(relay, generation)
    assert (line["status"], line["outcome"], line["error_type"]) == (499, "cancelled", "cancelled")


@pytest.mark.parametrize(
    ("body", "status", "error_type"),
    [
        (b"{", 400, "invalid_request"),
        (chat_body(CANARY), 400, "invalid_request"),
        (chat_body(OK, n=2), 400, "invalid_request"),
    ],
)
def test_a_request_that_begins_nothing(relay, body, status, error_type):
    reply = relay.post(body)
    line = line_of(relay, reply.headers["x-request-id"])
    assert (line["status"], line["outcome"], line["error_type"]) == (status, "refused", error_type)
    assert line["key"]
    assert {"generation", "listing"}.isdisjoint(line)


def test_a_refusal_by_a_listing_names_it(relay):
    reply = relay.chat(OK, tools=[{"type": "function", "function": {"name": "f"}}])
    line = line_of(relay, reply.headers["x-request-id"])
    assert (line["status"], line["listing"]) == (404, "stealth/listing-0")


def test_no_key(relay):
    reply = relay.request(f"POST {CHAT} HTTP/1.1", "authorization: Bearer nobody")
    line = line_of(relay, reply.headers["x-request-id"])
    assert (line["status"], line["error_type"]) == (401, "authentication")
    assert "key" not in line


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/models", 200),
        ("/v1/models/stealth/listing-0", 200),
        ("/v1/nothing", 404),
        ("/health", 200),
        ("/metrics", 401),
        ("/", 503),  # no pages here
        ("/no%0Apage", 503),
        ("/api/nothing", 404),
    ],
)
def test_every_other_answer_has_an_id_too(relay, path, status):
    reply = relay.get(f"{path}?q={CANARY}")
    line = line_of(relay, reply.headers["x-request-id"])
    assert reply.status == line["status"] == status
    assert (line["method"], line["path"]) == ("GET", path)


def test_a_clients_own_id_is_noted_and_no_more(relay):
    reply = relay.get("/v1/models", f"x-request-id: trace-7 \xff{'x' * 100}")
    ours = reply.headers["x-request-id"]
    assert re.fullmatch(r"req-\w{20}", ours)
    assert line_of(relay, ours)["client_request_id"] == f"trace-7?{'x' * 56}"


def test_one_line_each_under_concurrency(relay):
    def ask(number: int) -> tuple[str, int]:
        model = (OK, BROKEN, CUT, "nobody")[number % 4]
        reply = relay.chat(model, stream=number % 8 == 0)
        headers = reply.headers
        return headers.get("x-generation-id") or headers["x-request-id"], reply.status

    with ThreadPoolExecutor(16) as pool:
        told = dict(pool.map(ask, range(80)))
    assert len(told) == 80

    def seen() -> Counter:
        return Counter(each.get("request_id") for each in lines(relay))

    eventually(lambda: set(told) <= set(seen()))
    assert {seen()[request_id] for request_id in told} == {1}
    for line in lines(relay):
        if (request_id := line.get("request_id")) in told and line["outcome"] != "failed":
            assert line["status"] == told[request_id]


def test_nothing_private_is_in_it(relay, scripted):
    """After all of the above, whatever order they ran in: play what breaks once more."""
    for model in (CUT, BROKEN):
        line_of(relay, relay.chat(model, user="PRIVATEUSER").id)
    log = relay.log.read_text()
    ours = re.compile(r'"(?:time|request_id|generation|ms|first_token_ms)":(?:"[^"]*"|[\d.]+)')
    said = ours.sub("", log)
    for secret in (CANARY, relay.key, relay.management_key, "PRIVATEUSER", "127.0.0.1", "UPSTREAM"):
        assert secret not in said
    assert f":{scripted.port}" not in said
    assert '"content"' not in said


def test_problems_alone_by_default_and_for_people(scripted, tmp_path):
    listings = {model: [(scripted.url, model)] for model in (OK, CUT)}
    relay = Relay(tmp_path / "data", listings).start()
    fine = relay.chat(OK)
    relay.get("/v1/models")
    broken = relay.chat(CUT, stream=True)
    lost = relay.get("/v1/nothing")
    assert relay.stop() == 0
    relay.close()
    log = relay.log.read_text()
    assert fine.id not in log
    requests = [line for line in log.splitlines() if " relay: request " in line]
    assert len(requests) == 2
    assert f" warning relay: request request_id={broken.id} " in requests[0]
    assert " status=502 outcome=failed error_type=provider_unavailable " in requests[0]
    assert f" info relay: request request_id={lost.headers['x-request-id']} " in requests[1]


def test_a_limit_that_refuses(scripted, tmp_path):
    settings = LIMITED + ALL
    relay = Relay(tmp_path / "data", {OK: [(scripted.url, OK)]}, settings).start()
    replies = [relay.chat(OK) for _ in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]
    line = line_of(relay, replies[2].headers["x-request-id"])
    assert (line["outcome"], line["error_type"]) == ("refused", "rate_limit_exceeded")
    assert line["listing"] == "stealth/listing-0"
    relay.close()


def test_a_stderr_that_nobody_reads_holds_nothing_up(scripted, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    os.mkfifo(data / "relay.log")
    reader = os.open(data / "relay.log", os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)
    relay = Relay(data, {OK: [(scripted.url, OK)]}, ALL).start()
    told = [relay.chat(OK) for _ in range(50)]
    assert {reply.status for reply in told} == {200}
    assert len(os.read(reader, SMALLEST_PIPE)) > SMALLEST_PIPE // 2  # it was full
    assert relay.chat(OK).status == 200
    assert relay.stop() == 0
    os.close(reader)
    relay.close()
