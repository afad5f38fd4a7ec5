"""What the card of a start says of the launch that it names."""

import json

from darkhorse.base.secret import Secret
from darkhorse.supervise.card import Card

USUAL = {
    "url": "http://127.0.0.1:8000",
    "developer": Secret("sk-dh-a"),
    "management": Secret("sk-dh-m-b"),
    "pid": 7,
    "data": "/data",
}


def test_a_demonstration_is_called_one_in_a_line():
    lines = Card(**USUAL, model="pony-alpha", is_demonstration=True).as_text().splitlines()
    assert [line for line in lines if "demonstration" in line] == [
        "pony-alpha is a demonstration: it went live without an audit."
    ]


def test_no_other_launch_is():
    for model in ("mule", None):
        assert "demonstration" not in Card(**USUAL, model=model).as_text()


def test_the_desks_link_is_on_it_or_the_way_to_one():
    address = "http://127.0.0.1:8790"
    link = f"{address}/enter?token=abc"
    first = Card(**USUAL, model=None, desk=address, desk_link=link)
    assert f"{link} (opens once, within ten minutes)" in first.as_text()
    later = Card(**USUAL, model=None, desk=address)
    assert f"{address} (`darkhorse desk` prints a link into it)" in later.as_text()
    assert json.loads(later.as_json())["desk"] == address
    assert "desk_link" not in later.as_json()
    assert "desk" not in Card(**USUAL, model=None).as_text()
