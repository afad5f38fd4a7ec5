"""What a request says of who shall answer: other models, providers, a policy, a conversation."""

import json
import re

import pytest

from darkhorse.base.errors import BadUpstream

from .stage import Relay, chat_body

OK, BROKEN, LATE, TOOLS = "ok", "status-500", "cut-between?after=2", "tools"
THINKS = "error-mid?after=6&delta_ms=30&text=%3Cthink%3Ewell,%20let%20me%20see%20what%20there%20is"
SETTINGS = "[upstream]\nattempts = 1\nfailures_in_row = 1000\n"


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    listings = {model: [(scripted.url, model)] for model in (OK, BROKEN, LATE, TOOLS, THINKS)}
    data = tmp_path_factory.mktemp("words")
    extra = "parameters = ['seed', 'reasoning']\nrhythm.piece = 4"
    relay = Relay(data, listings, SETTINGS, listing_extra=extra).start()
    yield relay
    relay.close()


def answered(relay, reply):
    """The slug that answered, by every sign there is."""
    body = reply.chunks[-1] if reply.body.startswith(b"data:") else reply.json
    assert body["id"] == reply.id
    assert relay.record(reply.id).start.listing == body["model"]
    return body["model"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("first", "others"),
    [
        (OK, ["nobody/knows"]),
        ("nobody/knows", [OK]),
        (BROKEN, [OK]),
        (BROKEN, ["nobody/knows", OK]),
        (None, ["nobody/knows", OK]),
    ],
)
def test_the_next_model_answers_where_the_first_cannot(relay, first, others, stream):
    reply = relay.post(chat_body(first, models=others, stream=stream))
    assert reply.status == 200
    assert answered(relay, reply) == "stealth/listing-0"


def test_every_model_that_was_asked_is_on_record(relay):
    before = set(relay.records())
    relay.post(chat_body(BROKEN, models=[OK]))
    new = [each for name, each in relay.records().items() if name not in before]
    assert [(each.start.listing, each.end.status) for each in new] in (
        [("stealth/listing-1", 502), ("stealth/listing-0", 200)],
        [("stealth/listing-0", 200), ("stealth/listing-1", 502)],
    )


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("names", [["nobody/knows", BROKEN], [BROKEN, "nobody/knows"]])
def test_where_none_can_it_is_told_what_may_pass(relay, names, stream):
    """Not the 400 of a wrong name: a client would give up on what is over in a moment."""
    reply = relay.post(chat_body(names[0], models=names[1:], stream=stream))
    assert reply.status == 502
    assert reply.json["error"]["message"] == BadUpstream.default_message
    assert relay.record(reply.id).end.status == 502


def test_where_no_generation_began_the_last_says_why(relay):
    reply = relay.post(chat_body("nobody/knows", models=["nobody/else"]))
    assert reply.status == 400
    assert reply.json["error"]["availability"]["requested_models"] == ["nobody/else"]
    assert reply.headers["x-request-id"].startswith("req-")


def test_hidden_thoughts_are_no_first_byte(relay):
    """Nothing was shown when the engine failed, so another may still answer."""
    hidden = {"reasoning": {"exclude": True}, "stream": True}
    reply = relay.post(chat_body(THINKS, models=[OK], **hidden))
    assert answered(relay, reply) == "stealth/listing-0"
    shown = relay.post(chat_body(THINKS, models=[OK], stream=True))
    assert shown.chunks[-1]["error"]["code"] == 502


def test_nobody_else_is_asked_once_a_stream_has_begun(relay):
    reply = relay.post(chat_body(LATE, models=[OK], stream=True))
    assert reply.status == 200
    assert reply.chunks[-1]["error"]["code"] == 502
    assert reply.chunks[-1]["model"] == "stealth/listing-2"


def test_a_request_that_is_wrong_in_itself_goes_nowhere_else(relay):
    reply = relay.post(chat_body(OK, models=[TOOLS], temperature=9))
    assert reply.status == 400


@pytest.mark.parametrize("policy", [{"data_collection": "deny"}, {"zdr": True}])
@pytest.mark.parametrize("path", ["chat/completions", "responses", "messages", "completions"])
def test_a_policy_against_logging_finds_no_endpoint(relay, policy, path):
    field = {"responses": "input", "completions": "prompt"}.get(path, "messages")
    said = [{"role": "user", "content": "hi"}] if field == "messages" else "hi"
    body = {"model": OK, "max_tokens": 5, field: said, "provider": policy}
    reply = relay.post(json.dumps(body).encode(), path=f"/api/v1/{path}")
    assert reply.status == 404
    assert "data policy" in reply.json["error"]["message"]
    if path == "chat/completions":
        assert reply.json["error"]["availability"]["code"] == "privacy_restricted"


def test_what_is_required_is_supported_or_refused(relay):
    required = {"require_parameters": True}
    assert relay.chat(OK, provider=required, seed=1).status == 200
    reply = relay.chat(OK, provider=required, top_k=1)
    assert reply.status == 404
    assert "`top_k`" in reply.json["error"]["message"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/chat/completions",
        "/v1/chat/completions",
        "/api/openrouter/chat/completions",
        "/api/openrouter/v1/chat/completions",
    ],
)
def test_the_api_is_where_clients_look_for_it(relay, path):
    assert relay.post(chat_body(OK), path=path).status == 200
    models = path.replace("chat/completions", "models")
    assert len(relay.get(models).json["data"]) == 5


def test_a_key_may_come_under_anthropics_name(relay):
    body = chat_body(OK)
    lines = (
        "POST /v1/chat/completions HTTP/1.1",
        f"x-api-key: {relay.key}",
        f"content-length: {len(body)}",
    )
    assert relay.request(*lines, body=body).status == 200
    refused = relay.request(lines[0], "x-api-key: sk-no", lines[2], body=body)
    assert refused.status == 401


def test_a_conversation_may_be_named_in_a_header(relay):
    named = relay.post(chat_body(OK), "x-session-id: talk-1")
    same = relay.post(chat_body(OK, session_id="talk-1"), "x-session-id: other")
    none = relay.post(chat_body(OK))
    sessions = [relay.record(each.id).start.session for each in (named, same, none)]
    assert sessions[0] == sessions[1]
    assert re.fullmatch(r"[0-9a-f]+", sessions[0])
    assert "talk" not in sessions[0]
    assert sessions[2] == ""
