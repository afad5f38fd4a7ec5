"""Bad requests in every dialect: the status, that dialect's own error, one line in the log."""

import json
from typing import Any

import pytest

from .bad_input import CELLS, CONTEXT, EVERY, LIMIT, PATHS, Bad
from .stage import CANARY, REASON, Relay, Reply, eventually, go_live, launch_text

SETTINGS = f"""
[server]
max_body_bytes = {LIMIT}
[log]
format = "json"
[upstream]
attempts = 1
first_token_s = 0.5
failures_in_row = 1000
cooldown_s = 0.1
"""
MODELS = ("ok", "status-500", "status-401", "status-400", "status-429", "html-200", "refuse")
SLOW = "hang"
TYPES = {
    400: {"invalid_request_error"},
    401: {"authentication_error"},
    404: {"not_found_error"},
    405: {"invalid_request_error"},
    413: {"invalid_request_error", "request_too_large"},
    415: {"invalid_request_error"},
    429: {"rate_limit_error"},
    502: {"api_error"},
    503: {"overloaded_error"},
    504: {"timeout_error"},
}


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    listings = {model: [(scripted.url, model)] for model in (*MODELS, SLOW)}
    data = tmp_path_factory.mktemp("bad")
    relay = Relay(data, listings, SETTINGS, context=CONTEXT, max_output=CONTEXT)
    _, ended = (
        go_live(relay.desk, launch_text(f"stealth/{name}", [(scripted.url, "ok")], alias=name,
            context=CONTEXT, max_output=CONTEXT, extra=extra))
        for name, extra in (("vectors", "output = ['embeddings']"), ("ended", ""))
    )  # fmt: skip
    relay.desk.retire(ended, REASON)
    relay.start()
    yield relay
    relay.close()


def send(relay: Relay, case: Bad, dialect: str) -> Reply:
    body = case.sent(dialect)
    headers = {"authorization": f"Bearer {relay.key}", "content-type": "application/json"}
    headers |= {"content-length": str(len(body)), **case.headers}
    lines = [f"{name}: {value}" for name, value in headers.items() if value]
    line = f"{case.method} /api/v1/{PATHS[dialect]} HTTP/1.1"
    return relay.request(line, *lines, body=body)


def check_openrouters(error: dict[str, Any], status: int) -> None:
    assert set(error) <= {"error"}
    inner = error["error"]
    assert inner["code"] == status
    assert inner["message"].strip()
    assert inner["metadata"]["error_type"].strip()


def check_anthropics(error: dict[str, Any], status: int) -> None:
    assert error["type"] == "error"
    assert error["error"]["type"] in TYPES[status]
    assert error["error"]["message"].strip()
    assert error["request_id"].startswith(("req-", "gen-"))


def line_of(relay: Relay, request_id: str) -> dict[str, Any]:
    """The one line of a request in the log."""

    def found() -> list[dict[str, Any]]:
        lines = relay.log.read_text().rpartition("\n")[0].splitlines()
        return [line for line in map(json.loads, lines) if line.get("request_id") == request_id]

    eventually(found)
    (line,) = found()
    return line


def test_there_are_enough_cells():
    assert len(CELLS) >= 150
    assert {dialect for _, dialect in CELLS} == set(EVERY)


@pytest.mark.parametrize(
    ("case", "dialect"), CELLS, ids=[f"{case.name}-{dialect}" for case, dialect in CELLS]
)
def test_a_bad_request_is_refused_in_its_own_dialect(relay, case, dialect):
    reply = send(relay, case, dialect)
    assert reply.status == case.status, reply.body
    assert reply.headers["content-type"] == "application/json"
    check = check_anthropics if dialect == "messages" else check_openrouters
    check(reply.json, case.status)
    assert CANARY not in reply.raw.decode("latin-1")
    request_id = reply.headers.get("x-generation-id") or reply.headers["x-request-id"]
    line = line_of(relay, request_id)
    assert line["status"] == case.status
    assert CANARY not in json.dumps(line)


def test_the_relay_goes_on_afterwards(relay):
    assert relay.chat("ok").status == 200
    assert relay.process.popen.poll() is None
