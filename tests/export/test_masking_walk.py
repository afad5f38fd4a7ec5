"""Which texts of a request are read by masking, and which are left as they are."""

import base64
import json
import random
from collections import Counter

import pytest

from darkhorse.storage.ledger.export.cover import cover
from darkhorse.storage.ledger.masking.kingfisher import Finding
from darkhorse.storage.ledger.masking.masker import Masker, Piece

MAIL = "anna@acme.io"
CARD = 4111111111111111


class Blind:
    """A scanner that finds nothing, and says how much it was given."""

    def __init__(self):
        self.read = 0

    def find(self, texts):
        self.read += sum(map(len, texts))
        return [[] for _ in texts]


def covered(value):
    (found,) = cover([value], Masker(Blind()), Counter())
    return found


@pytest.mark.parametrize("name", ["id", "detail", "type", "object", "format", "role", "data"])
@pytest.mark.parametrize("place", ["arguments", "text", "input", "metadata", "within"])
def test_nothing_that_a_tool_or_a_client_names_is_left_unread(name, place):
    inner = {name: MAIL, "n": {name: [MAIL]}}
    body = {
        "arguments": {"function": {"name": "f", "arguments": inner}},
        "text": {"function": {"name": "f", "arguments": json.dumps(inner)}},
        "input": {"type": "tool_use", "id": "toolu_1", "input": inner},
        "metadata": {"metadata": inner},
        "within": {"arguments": json.dumps({"arguments": inner})},
    }[place]
    assert MAIL not in json.dumps(covered(body))


@pytest.mark.parametrize("name", ["id", "detail", "type", "object", "format", "role", "call_id"])
def test_elsewhere_a_word_of_the_format_stays_and_nothing_else(name):
    assert covered({name: MAIL}) == {name: "[EMAIL]"}
    assert covered({name: "call me: +49 151 23456789"}) != {name: "call me: +49 151 23456789"}
    assert covered({name: "4111111111111111"}) == {name: "[CARD]"}


def test_what_the_format_says_is_not_sent_to_the_scanner():
    blind = Blind()
    body = {
        "type": "web_search_20250305",
        "role": "assistant",
        "format": "date-time",
        "object": "chat.completion",
        "id": "chatcmpl-AbCdEfGhIjKlMnOpQrStUvWxYz0123",
        "tool_call_id": "toolu_01AbCdEfGhIjKlMnOpQrStUv",
    }
    assert cover([body], Masker(blind), Counter()) == [body]
    assert not blind.read


def test_a_call_and_its_answer_keep_the_same_id():
    """Whatever becomes of it."""

    class Eager:
        def find(self, texts):
            return [
                [Finding("rule", "weird:0a1b2c3d4e5f6g7h")] * ("weird" in each) for each in texts
            ]

    names = ("id", "tool_call_id", "tool_use_id", "call_id")
    body = dict.fromkeys(names, "weird:0a1b2c3d4e5f6g7h")
    (found,) = cover([body], Masker(Eager()), Counter())
    assert set(found.values()) == {"[API_KEY]"}


def test_a_card_that_is_a_number():
    counts = Counter()
    body = {"arguments": json.dumps({"card": CARD, "n": [CARD + 1, 7, True, 1.5]}), "seed": CARD}
    (found,) = cover([body], Masker(Blind()), counts)
    assert json.loads(found["arguments"]) == {"card": "[CARD]", "n": [CARD + 1, 7, True, 1.5]}
    assert found["seed"] == CARD
    assert counts == {"CARD": 1}


def test_media_is_passed_on_as_it_came_and_not_read():
    sound = base64.b64encode(random.Random(3).randbytes(3_000_000)).decode()
    blind = Blind()
    body = {
        "content": [
            {"type": "input_audio", "input_audio": {"data": sound, "format": "wav"}},
            {"type": "image", "source": {"type": "base64", "data": sound}},
            {"type": "file", "file": {"file_data": f"data:application/pdf;base64,{sound}"}},
            {"type": "file", "file": {"file_data": sound}},
            {"type": "image", "b64_json": sound},
        ]
    }
    assert cover([body], Masker(blind), Counter()) == [body]
    assert blind.read < 1_000


@pytest.mark.parametrize(
    "text",
    [
        f"data:text/plain;base64, and my address is {MAIL}",
        "A" * 300 + f" {MAIL}",
        f"data:image/png;base64,AAAA\n\n{MAIL}",
    ],
)
def test_what_only_begins_like_media_is_read(text):
    assert MAIL not in covered({"data": text})["data"]


def test_what_is_remembered_has_a_bound_in_bytes():
    """The newest and what came again stay; what was forgotten is scanned again, to the same."""
    blind = Blind()
    masker = Masker(blind, memory=100_000)
    often = Piece(f"{MAIL} comes with every turn")
    texts = [Piece(f"{number} {MAIL} " + "word " * 200) for number in range(200)]
    for text in texts:
        masker.mask([often, text])
    assert sum(len(each.text) for each in masker._seen.values() if each) < 100_000
    read = blind.read
    assert masker.mask([often, texts[-1]])[0].text == "[EMAIL] comes with every turn"
    assert blind.read == read
    assert masker.mask([texts[0]])[0].counts == {"EMAIL": 1}
    assert blind.read > read
