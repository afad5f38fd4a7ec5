"""Reports of abuse from JSON and from the page's form reach the operator's list."""

from urllib.parse import urlencode

import pytest

from darkhorse.base.clock import SystemClock
from darkhorse.wiring.reports import open_report_store


def reports(house):
    store = open_report_store(house.relay.data, SystemClock())
    try:
        return store.reports()
    finally:
        store.close()


def post(house, body, kind):
    lines = [f"content-type: {kind}", f"content-length: {len(body)}"]
    return house.relay.request("POST /api/v1/report HTTP/1.1", *lines, body=body)


def send_form(house, **fields):
    kind = "application/x-www-form-urlencoded"
    return post(house, urlencode(fields).encode(), kind)


def test_json_without_a_key(house):
    body = (
        b'{"text":"It told me how.\\u001b[31m","listing":"stealth/listing-0","contact":"me@x.org"}'
    )
    reply = post(house, body, "application/json")
    assert reply.status == 200
    (found,) = [each for each in reports(house) if each.id == reply.json["data"]["id"]]
    assert found.text.startswith("It told me how.")
    assert (found.what, found.listing, found.contact) == ("other", "stealth/listing-0", "me@x.org")
    assert found.address
    assert "127.0.0.1" not in found.address


def test_the_form_leads_to_thanks(house):
    before = len(reports(house))
    reply = send_form(house, text="Bad thing", what="harm", listing="", contact="")
    found = reports(house)
    assert len(found) == before + 1
    assert (reply.status, reply.headers["location"]) == (303, f"/report?thanks={found[-1].id}")
    page = house.relay.get(reply.headers["location"]).body.decode()
    assert "Thank you." in page
    assert found[-1].id in page


def test_a_long_text_as_browsers_send_it(house):
    text = "a line\n" * 571 + "end"
    assert len(text) == 4000
    reply = send_form(house, text=text.replace("\n", "\r\n"))
    assert reply.headers["location"].startswith("/report?thanks=rep-")
    assert reports(house)[-1].text == text


def test_what_is_far_too_long_is_told_so_and_of_which_listing_it_was(house):
    reply = send_form(house, listing="stealth/listing-0", text="x" * 4001)
    assert reply.headers["location"] == "/report?problem=unfit&about=stealth%2Flisting-0"
    assert 'value="stealth/listing-0"' in house.relay.get(reply.headers["location"]).body.decode()
    reply = send_form(house, text="x" * 300_000)
    assert reply.headers["location"] == "/report?problem=large"
    assert "far too long" in house.relay.get(reply.headers["location"]).body.decode()


@pytest.mark.parametrize("fields", [{}, {"text": " "}, {"text": "x" * 4001}])
def test_the_form_leads_back_with_what_is_wrong(house, fields):
    before = len(reports(house))
    reply = send_form(house, **fields)
    assert (reply.status, reply.headers["location"]) == (303, "/report?problem=unfit")
    assert len(reports(house)) == before
    page = house.relay.get(reply.headers["location"]).body.decode()
    assert "say what happened" in page
    assert "<form" in page


def test_every_launch_page_leads_there(house):
    page = house.relay.get("/stealth/listing-0").body.decode()
    assert '<a href="/report?about=stealth/listing-0">Report abuse</a>' in page
    page = house.relay.get("/report?about=ok").body.decode()
    assert 'value="stealth/listing-0"' in page


def test_a_feed_for_readers(house):
    reply = house.relay.get("/api/v1/models?use_rss=true")
    assert reply.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert b"<link>http://localhost/stealth/listing-0</link>" in reply.body
