"""A launch's life as its clients see it: before, in its last day, after its end and its reveal."""

import json
import time

import pytest

from darkhorse.launches import file
from live.stage import REASON, Relay, eventually, go_live, launch_text

SLUG = "stealth/mule-beta"
DAY_US = 86_400_000_000
CHAT = "POST /api/v1/chat/completions HTTP/1.1"


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    relay = Relay(tmp_path_factory.mktemp("life"), {"ok": [(scripted.url, "ok")]}).start()
    yield relay
    relay.close()


@pytest.fixture
def mule(relay, scripted):
    """A fresh launch each time: a name is never used twice."""
    mule.number = getattr(mule, "number", 0) + 1
    slug = f"stealth/mule-{mule.number}"

    def make(model="ok", extra="", slug=slug):
        text = launch_text(slug, [(scripted.url, model)], extra=extra)
        return relay.desk.create(file.parse(text, "a test's launch"), REASON)

    return make


def listed(relay):
    return [card["id"] for card in relay.get("/api/v1/models").json["data"]]


def until_listed(relay, slug, *, there=True):
    eventually(lambda: (slug in listed(relay)) == there)


def endpoints(relay, slug):
    return relay.get(f"/api/v1/models/{slug}/endpoints")


def test_a_draft_is_nobodys_business(relay, mule):
    slug = mule().listing.slug
    time_to_notice = go_live(relay.desk, launch_text(f"{slug}-sign", [("http://127.0.0.1:1", "")]))
    until_listed(relay, time_to_notice.listing.slug)  # so the draft has been read as well
    assert slug not in listed(relay)
    reply = relay.chat(slug)
    assert reply.json["error"]["availability"]["code"] == "model_not_found"
    assert endpoints(relay, slug).status == 404


def test_a_running_server_takes_up_a_launch_and_answers(relay, mule):
    live = relay.desk.go_live(mule(extra="window.days = 5"), REASON)
    until_listed(relay, live.listing.slug)
    reply = relay.chat(live.listing.slug)
    assert reply.status == 200
    assert "sunset" not in reply.headers
    card = relay.get(f"/api/v1/model/{live.listing.slug}").json["data"]
    assert card["expiration_date"]
    assert card["created"] == live.life.live_us // 1_000_000


@pytest.mark.parametrize("stream", [False, True])
def test_in_the_last_day_every_answer_says_so(relay, mule, stream):
    live = relay.desk.go_live(mule(extra="window.days = 0.9"), REASON)
    until_listed(relay, live.listing.slug)
    reply = relay.chat(live.listing.slug, stream=stream)
    assert reply.status == 200
    closes = live.life.closes_us // 1_000_000
    moment = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(closes))
    assert reply.headers["sunset"] == moment
    assert reply.headers["deprecation"] == f"@{closes - 86_400}"
    card = relay.get(f"/api/v1/model/{live.listing.slug}").json["data"]
    assert card["description"].startswith("Mule Beta is available until ")
    assert "logged" in card["description"]


def gone(relay, slug, words):
    until_listed(relay, slug, there=False)
    for stream in (False, True):
        reply = relay.chat(slug, stream=stream)
        assert reply.status == 404
        error = reply.json["error"]
        assert words in error["message"]
        assert error["code"] == 404
        assert error["availability"]["code"] == "model_deprecated"
        assert error["availability"]["retryable"] is False
        assert error["availability"]["requested_models"] == [slug]
    page = endpoints(relay, slug)
    assert page.status == 200
    assert page.json["data"]["endpoints"] == []
    assert words in page.json["data"]["description"]
    assert relay.get(f"/api/v1/model/{slug}").status == 404
    assert relay.get(f"/api/v1/models/{slug}").json["error"]["availability"]["code"] == (
        "model_deprecated"
    )
    return reply.json["error"]["availability"]


def test_after_its_end_and_after_its_reveal(relay, mule):
    live = relay.desk.go_live(mule(), REASON)
    slug = live.listing.slug
    until_listed(relay, slug)
    over = relay.desk.retire(live, REASON)
    told = gone(relay, slug, "The trial of Mule Beta ended on ")
    assert "fallback_models" not in told
    assert "CANARYMAKER" not in relay.chat(slug).raw.decode()
    relay.desk.reveal(over, REASON, text="Thank you all.", successor="example/mule-5")
    eventually(lambda: "CANARYMAKER-5" in relay.chat(slug).raw.decode())
    told = gone(relay, slug, "Mule Beta was CANARYMAKER-5 by CANARYMAKER Lab. Thank you all. Use")
    assert told["fallback_models"] == ["example/mule-5"]


def test_a_window_ends_by_itself_to_the_moment(relay, mule):
    """Nobody writes it down here: there is no keeper."""
    live = relay.desk.go_live(mule(extra="window.days = 0.00004"), REASON)  # 3.5 s, rounded
    slug = live.listing.slug
    until_listed(relay, slug)
    gone(relay, slug, "The trial of Mule Beta ended on ")
    assert time.time() >= live.life.closes_us / 1e6
    assert relay.desk.find(slug).life.state == "live"  # as it is written


def test_running_streams_finish(relay, mule):
    live = relay.desk.go_live(mule("slow?first_ms=0&delta_ms=50&deltas=60"), REASON)
    slug = live.listing.slug
    until_listed(relay, slug)
    call = relay.begin(slug, stream=True)
    call.read_until(b"data: ")
    relay.desk.retire(live, REASON)
    until_listed(relay, slug, there=False)
    assert relay.chat(slug).status == 404
    reply = call.rest()
    assert reply.events[-1] == "[DONE]"
    assert reply.chunks[-2]["choices"][0]["finish_reason"] == "stop"


def test_an_end_is_an_end_after_a_restart(relay, scripted, tmp_path):
    other = Relay(tmp_path / "other", {"ok": [(scripted.url, "ok")]})
    text = launch_text(SLUG, [(scripted.url, "ok")], extra="window.days = 0.00003")
    closes = go_live(other.desk, text).life.closes_us
    eventually(lambda: time.time() > closes / 1e6)
    other.start()  # its window ended while nothing ran
    assert other.chat(SLUG).json["error"]["availability"]["code"] == "model_deprecated"
    assert SLUG not in listed(other)
    assert other.chat("ok").status == 200
    other.close()


def test_the_window_can_be_moved_while_it_runs(relay, mule):
    live = relay.desk.go_live(mule(extra="window.days = 0.00006"), REASON)
    relay.desk.extend(live, REASON, closes_us=live.life.closes_us + DAY_US)
    until_listed(relay, live.listing.slug)
    eventually(lambda: time.time() > live.life.closes_us / 1e6 + 0.1)
    assert relay.chat(live.listing.slug).status == 200


def test_an_edit_reaches_a_running_server(relay, mule, scripted):
    live = relay.desk.go_live(mule(), REASON)
    slug = live.listing.slug
    until_listed(relay, slug)
    text = launch_text(slug, [(scripted.url, "ok?text=moved")], alias="mule-other")
    relay.desk.edit(live, file.parse(text, "a test"), REASON)
    eventually(lambda: relay.chat("mule-other").status == 200)
    assert relay.chat(slug).text == "moved"


def test_what_the_listing_reads_is_taken_and_the_rest_refused(relay, mule, scripted):
    live = relay.desk.go_live(mule(extra='input = ["text", "image"]'), REASON)
    slug = live.listing.slug
    until_listed(relay, slug)
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    sound = {"type": "input_audio", "input_audio": {"data": "UklGRiQAAABXQVZF", "format": "wav"}}
    ask = [{"role": "user", "content": [{"type": "text", "text": "hi"}, image]}]
    reply = relay.chat(slug, messages=ask)
    assert reply.status == 200
    assert reply.json["usage"]["prompt_tokens"] == 4 + 1 + 1024
    assert json.loads(scripted.seen("ok")[-1]["body"])["messages"][1:] == ask
    ask[0]["content"].append(sound)
    refused = relay.chat(slug, messages=ask)
    assert refused.status == 404
    assert (
        "takes text and image only; leave out the `input_audio` parts"
        in (refused.json["error"]["message"])
    )
