"""The audit finds what a matrix of parameters and a price of pictures tell."""

import pytest

from darkhorse.audit.attacks.errors import Errors
from darkhorse.audit.attacks.media import MediaLimits
from darkhorse.audit.attacks.parameter_values import CELLS
from darkhorse.audit.attacks.parameters import Parameters
from darkhorse.audit.attacks.samples import gif, png, wav
from darkhorse.wire.media_formats import detect
from live.stage import Relay

from .tamper_kit import assert_leaks, body_of, findings, leaking, raw_door, target_of

EVERYTHING = """parameters = ['frequency_penalty', 'max_tokens', 'min_p', 'parallel_tool_calls',
'presence_penalty', 'reasoning', 'repetition_penalty', 'response_format', 'seed', 'stop',
'temperature', 'tool_choice', 'tools', 'top_k', 'top_p']
input = ['text', 'image', 'audio']
structured = 'constrained'
"""


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    """One listing that takes all there is, over an obliging engine and a strict one."""
    names = ("obliging", "strict", "reasoning")
    listings = {name: [(scripted.url, name)] for name in names}
    data = tmp_path_factory.mktemp("all")
    relay = Relay(data, listings, listing_extra=EVERYTHING).start()
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def plain(scripted, tmp_path_factory):
    """A listing that takes text and the usual parameters."""
    relay = Relay(tmp_path_factory.mktemp("plain"), {"ok": [(scripted.url, "ok")]}).start()
    yield relay
    relay.close()


@pytest.fixture
def raw(scripted):
    return raw_door(scripted.url, "obliging")


@pytest.fixture
def strict(scripted):
    return raw_door(scripted.url, "strict")


def refuses(check, message="It does not go.", status=400):
    """A change: requests of which `check` is true are refused."""

    def change(asked, answer):
        body = body_of(asked)
        if body and answer.status in (200, 422) and check(body):
            told = {"code": status, "message": message}
            told["metadata"] = {"error_type": "invalid_request"}
            answer.say({"error": told}, status, "Bad Request")

    return change


def efforts(*words):
    return lambda body: (
        body.get("reasoning_effort") in words
        or (body.get("reasoning") or {}).get("effort") in words
    )


REFUSED = {
    "effort": efforts("medium", "xhigh"),
    "reasoning": lambda body: (body.get("reasoning") or {}).get("enabled") is False,
    "temperature": lambda body: body.get("temperature", 0) > 1,
    "top_p": lambda body: body.get("top_p") == 0,
    "top_k": lambda body: "top_k" in body,
    "tool_choice": lambda body: body.get("tool_choice") == "required",
    "response_format": lambda body: (
        (body.get("response_format") or {}).get("type") == "json_object"
    ),
    "max_tokens": lambda body: body.get("max_tokens", 99) < 16,
    "turns": lambda body: body["messages"][-1]["role"] == "assistant",
    "unknown": lambda body: "nobody_knows_this" in body or "store" in body,
    "stop": lambda body: isinstance(body.get("stop"), list),
    "seed": lambda body: body.get("seed", 0) < 0,
}


@pytest.mark.parametrize("about", REFUSED)
def test_what_one_product_line_refuses(relay, raw, about):
    assert_leaks(findings(Parameters(), relay, raw, refuses(REFUSED[about])), f"parameters/{about}")


def test_it_says_where_the_endpoint_does_the_same(relay, strict):
    """The strict engine refuses fields that are nobody's contract, and the product passes it on."""
    found = findings(Parameters(), relay, strict, refuses(REFUSED["unknown"]), listing=1)
    assert_leaks(found, "parameters/unknown")
    assert "just as the endpoint does" in found["parameters/unknown"].public
    assert found["parameters/unknown"].raw == "there it is refused"


def test_an_engine_that_breaks_on_a_value(relay, raw):
    change = refuses(REFUSED["seed"], status=500)
    assert_leaks(findings(Parameters(), relay, raw, change), "parameters/seed")


def test_values_that_should_be_refused(relay, raw):
    """A product that passes on whatever it is sent."""

    def change(asked, answer):
        if answer.status == 400 and body_of(asked).get("temperature", 0) > 2:
            answer.say({"choices": [], "usage": {"prompt_tokens": 5}}, 200, "OK")

    assert_leaks(findings(Parameters(), relay, raw, change), "parameters/temperature")


def test_thoughts_that_cannot_be_turned_off(relay, raw):
    def change(asked, answer):
        off = (body_of(asked).get("reasoning") or {}).get("enabled") is False
        if answer.status == 200 and off:
            told = answer.json
            told["choices"][0]["message"]["reasoning"] = "Hm."
            answer.say(told)

    assert_leaks(findings(Parameters(), relay, raw, change), "parameters/reasoning")


HOUSE = "`temperature`: this model takes 0 to 1."


def test_a_range_of_the_listing_s_own_is_not_held_against_it(relay, raw):
    """Where the endpoint takes more; the profile is told all the same."""
    found = findings(Parameters(), relay, raw, refuses(REFUSED["temperature"], HOUSE))
    assert leaking(found) == set()
    assert found["parameters/profile"].verdict == "reduced"


def test_but_one_that_is_the_endpoint_s_own_is(relay, raw, strict):
    """Both refuse the same."""
    change = refuses(lambda body: "nobody_knows_this" in body, HOUSE)
    found = findings(Parameters(), relay, strict, change, listing=1)
    assert_leaks(found, "parameters/unknown")


@pytest.mark.parametrize("listing", [0, 1, 2])
def test_the_relay_takes_and_refuses_the_same_whatever_is_behind_it(relay, raw, strict, listing):
    behind = strict if listing == 1 else raw
    found = findings(Parameters(), relay, behind, listing=listing)
    assert leaking(found) == set(), found
    assert found["parameters"].verdict == "closed"


def test_the_plain_relay_is_silent(plain, raw):
    found = findings(Parameters(), plain, raw)
    assert {each.verdict for each in found.values()} == {"closed"}


def test_an_error_inside_a_stream_is_the_relay_s_own(relay, scripted):
    """A stream that flows, and turns out not to be what was asked for."""
    found = findings(Errors(), relay, raw_door(scripted.url, "reasoning"), listing=2)
    assert {each.verdict for each in found.values()} == {"closed"}, found


def test_an_api_that_answers_nothing_is_untested(plain):
    found = findings(Parameters(), plain, None, refuses(lambda _: True))
    assert found["parameters"].verdict == "untested"


@pytest.mark.parametrize("attack", [Parameters(), Errors(), MediaLimits()])
def test_a_limit_that_stops_the_audit_is_no_pass(relay, attack):
    """Most of it met a limit of the key, so nothing can be said."""

    def change(asked, answer):
        if len(asked) % 3 and target_of(asked).endswith("/chat/completions"):
            told = {"code": 429, "message": "Too many.", "metadata": {}}
            told["metadata"]["error_type"] = "rate_limit_exceeded"
            answer.say({"error": told}, 429, "Too Many Requests")

    found = findings(attack, relay, None, change)
    assert {each.verdict for each in found.values()} == {"untested"}


def test_every_cell_is_tried_once():
    assert len(CELLS) > 80
    assert len({repr(cell) for cell in CELLS}) == len(CELLS)


# --- media ---


def costing(cost):
    """A change: a picture costs what `cost` says of its bytes."""

    def change(asked, answer):
        parts = [
            part
            for message in body_of(asked).get("messages", ())
            for part in message["content"]
            if isinstance(part, dict) and part["type"] == "image_url"
        ]
        if parts and answer.status == 200:
            told = answer.json
            told["usage"]["prompt_tokens"] = 5 + sum(cost(len(str(part))) for part in parts)
            answer.say(told)

    return change


def test_steps_of_an_encoder(relay, raw):
    found = findings(MediaLimits(), relay, raw, costing(lambda size: 85 + 170 * (size // 100)))
    assert_leaks(found, "media/tokens")


def test_one_price_is_none_unless_it_is_the_endpoint_s(relay, raw):
    assert leaking(findings(MediaLimits(), relay, raw, costing(lambda _: 500))) == set()
    # the scripted engine's own count is the same for whatever it is sent
    assert_leaks(findings(MediaLimits(), relay, raw, costing(lambda _: 0)), "media/tokens")


@pytest.mark.parametrize(
    ("message", "status", "what"),
    [
        ("At most 1 image(s) may be provided in one prompt.", 400, "wording"),
        ("It is too large.", 422, "status"),
        ("It is too large.", 400, "refused"),
    ],
)
def test_pictures_that_are_refused(relay, raw, message, status, what):
    change = refuses(lambda body: str(body).count("image_url'") > 2, message, status)
    assert_leaks(findings(MediaLimits(), relay, raw, change), f"media/{what}")


def test_the_relay_s_media_tell_nothing(relay, raw):
    found = findings(MediaLimits(), relay, raw)
    assert {each.verdict for each in found.values()} == {"closed"}


def test_text_alone_is_untested(plain, raw):
    found = findings(MediaLimits(), plain, raw)
    assert (found["media"].verdict, found["media"].public) == ("untested", "it takes text alone")


def test_samples_are_what_they_say():
    assert detect(png(64, 64), "image") == "png"
    assert detect(gif(), "image") == "gif"
    assert detect(wav(0.5), "audio") == "wav"
