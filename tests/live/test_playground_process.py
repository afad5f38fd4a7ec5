"""A real relay and its pages: a browser's way from a key to a generation, and what is kept."""

import json
from urllib.parse import urlencode

import pytest

from .stage import Process, Relay, chat_body, eventually

HERE = ("origin: http://localhost", "sec-fetch-site: same-origin")
ASKED = "ok?text=from%20the%20playground"
CHAT = "/playground/v1/chat/completions"


@pytest.fixture(scope="module")
def house(scripted, tmp_path_factory):
    """A relay and its pages over one directory."""
    data = tmp_path_factory.mktemp("playground")
    socket = {"DARKHORSE_PAGES_SOCKET": str(data / "p.sock")}
    settings = "[log]\nrequests = 'all'\n"
    relay = Relay(data, {"pony": [(scripted.url, ASKED)]}, settings=settings, env=socket)
    pages = Process(
        ["-m", "darkhorse", "pages", "--data", str(data)], socket, log=data / "pages.log"
    )
    relay.start()
    pages.wait_ready()
    yield relay
    pages.stop()
    relay.close()


def post(relay, path, body, *headers):
    length = f"content-length: {len(body)}"
    return relay.request(f"POST {path} HTTP/1.1", length, *headers, body=body)


def kept(relay):
    """The cookie, as the browser sends it back."""
    answer = post(relay, "/playground/key", urlencode({"key": relay.key}).encode(), *HERE)
    assert answer.status == 303
    return f"cookie: {answer.headers['set-cookie'].partition(';')[0]}"


def test_a_browser_asks_with_a_cookie_that_nothing_keeps(house, scripted):
    cookie = kept(house)
    asked = chat_body("pony", stream=True)
    answer = post(house, CHAT, asked, *HERE, cookie, "content-type: application/json")
    assert answer.status == 200
    assert answer.events[-1] == "[DONE]"
    assert "access-control-allow-origin" not in answer.headers
    record = house.record(answer.id)
    assert record.start.app_title == "Darkhorse playground"
    assert record.start.app_url == ""
    page = eventually(lambda: found_page(house, cookie))
    assert house.key not in page
    (seen,) = scripted.seen(ASKED)
    assert house.key not in json.dumps(seen)
    assert "cookie" not in seen["headers"]
    written = [path.read_bytes() for path in house.data.glob("journal/*")]
    assert any(b"Darkhorse playground" in each for each in written)
    logs = [(house.data / name).read_bytes() for name in ("relay.log", "pages.log")]
    assert CHAT.encode() in logs[0]
    assert not [each for each in (*written, *logs) if house.key.encode() in each]


def found_page(relay, cookie):
    answer = relay.get("/playground", cookie)
    return answer.body.decode() if answer.status == 200 else None


def test_the_door_is_shut_for_others(house):
    cookie = kept(house)
    asked = chat_body("pony")
    for headers in ((cookie,), ("origin: http://evil.example", cookie)):
        answer = post(house, CHAT, asked, *headers)
        assert (answer.status, answer.json["error"]["code"]) == (403, 403)
    assert post(house, CHAT, asked, *HERE).status == 401
    assert house.request(f"OPTIONS {CHAT} HTTP/1.1", "origin: http://evil.example").status == 405


def test_markdown_is_rendered_behind_the_relay(house):
    answer = post(house, "/playground/render", b"# <i>x</i>", *HERE, kept(house))
    assert answer.body == b'<h3 dir="auto">&lt;i&gt;x&lt;/i&gt;</h3>\n'
    assert post(house, "/playground/render", b"x", "origin: http://evil.example").status == 403
