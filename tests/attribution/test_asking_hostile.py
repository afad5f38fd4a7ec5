"""An API that means ill: it repeats the key, sends what breaks a reader, or sends without end."""

import json
import time

import msgspec
import pytest
from asking_kit import KEY, Api, answered, interviewed, probes, refused

from darkhorse.attribution import interview
from darkhorse.attribution.client.answer import answer_of
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.door import Door
from darkhorse.attribution.client.ending import Ending
from darkhorse.attribution.client.key_mask import mask_of, masked
from darkhorse.attribution.client.reply import parse
from darkhorse.attribution.observing import observation_of
from darkhorse.base.clock import SystemClock
from darkhorse.base.secret import Secret

CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Type: text/event-stream\r\n\r\n"
)
JSON_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"


def parsed(raw):
    return parse(raw, ((0.5, raw),), 1.0)


def seen_of(raw, *, key=KEY, dialect="chat", asked=None):
    answer = answer_of(dialect, parsed(raw))
    return observation_of("some/1", asked or ask("Hi?"), {"model": "mule"}, answer, key=key)


def streamed(*deltas):
    rows = [{"choices": [{"index": 0, "delta": each}]} for each in deltas]
    return "".join(f"data: {json.dumps(row)}\n\n" for row in rows).encode()


def chunked(body, size):
    cut = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in cut) + b"0\r\n\r\n"


@pytest.mark.parametrize("status", [400, 200, 500])
@pytest.mark.parametrize("cut", [300, 400])
def test_a_key_at_a_cut_leaves_no_part_of_it(status, cut):
    """Wherever a text is cut, the key was gone before."""

    def reply(body, n):
        at = cut - 9 - n  # some letters before the cut: the frame around it varies
        return refused(status, "x" * at + KEY, **{"x-said": "y" * at + KEY})

    ran = interviewed(Api(reply), probes(12), at_once=1)
    assert len(ran.of_probes) >= 3
    assert KEY[:6] not in repr(ran.seen) + ran.interview.ended


FORMS = [
    KEY,
    "".join(f"\\u{ord(letter):04X}" for letter in KEY),
    KEY.replace("k", "\\u006b"),
    "".join(f"%{ord(letter):02x}" for letter in KEY),
    KEY.replace("-", "%2D"),
]


@pytest.mark.parametrize("form", FORMS)
def test_an_escaped_key_is_hidden_and_lengths_stay(form):
    hidden = masked(mask_of(KEY), f'{{"a": "{form}."}}'.encode())
    assert hidden == b'{"a": "' + b"*" * len(form) + b'."}'


def test_a_key_with_marks_that_json_escapes_is_hidden():
    key = 'a/b"c\\d%e-f'
    told = json.dumps(key).replace("/", "\\/").encode()
    assert set(masked(mask_of(key), told)) == set(b'"*')


@pytest.mark.parametrize("size", [1, 5, 64])
def test_a_key_across_chunks_is_hidden(size):
    body = chunked(streamed({"content": f"You sent {KEY}, did you?"}), size)
    headers = {"content-type": "text/event-stream", "transfer-encoding": "chunked"}

    def reply(_, n):
        return 200, headers, body

    [seen] = interviewed(Api(reply), probes(1), door={"to_the_close": True}).of_probes
    assert seen.text.startswith("You sent ***")
    assert KEY not in repr(seen)


def test_a_key_in_pieces_costs_the_pieces():
    deltas = [{"content": letter} for letter in f"It is {KEY}!"]
    body = CHUNKED + chunked(streamed(*deltas), 999)
    seen = seen_of(body)
    assert (seen.text, seen.pieces, seen.moments) == ("It is …!", (), ())
    rows = [{"token": letter} for letter in KEY]
    told = {"choices": [{"message": {"content": "a"}, "logprobs": {"content": rows}}]}
    assert seen_of(JSON_HEAD + json.dumps(told).encode()).tokens == ()
    assert seen_of(JSON_HEAD + json.dumps(told).encode(), key="sk-other-key").tokens == tuple(KEY)


@pytest.mark.parametrize("key", ["a", "text", "prompt", "1", "role"])
def test_a_short_key_tears_up_nothing(key):
    asked = ask("What role has a prompt text of 1?")
    seen = seen_of(JSON_HEAD + json.dumps(answered("a text, 1 role")[2]).encode(), key=key)
    assert seen.text == "a text, 1 role"
    assert seen_of(JSON_HEAD + b"{}", key=key, asked=asked).prompt[0].text == asked.texts[0]


def test_what_we_asked_is_kept_though_the_key_stands_in_it():
    assert seen_of(JSON_HEAD + b"{}", asked=ask(f"Say {KEY}.")).question == f"Say {KEY}."


@pytest.mark.parametrize("size", [b"-6", b"+4", b"0x4", b"1_0", b"", b"f" * 9, b"\xb2"])
def test_a_chunk_of_no_size_is_the_end(size):
    assert parsed(CHUNKED + b"2\r\nhi\r\n" + size + b"\r\nmore\r\n").body == b"hi"


def test_a_stream_of_many_chunks_is_read_in_good_time():
    body = streamed(*({"content": "a"} for _ in range(12_000)))
    raw = CHUNKED + chunked(body, 64)
    began = time.process_time()
    reply = parse(raw, tuple((at / 1e6, raw[at : at + 999]) for at in range(0, len(raw), 999)), 9.0)
    moments = [event.at for event in reply.events]
    assert time.process_time() - began < 1.5
    assert len(moments) == 12_000
    assert moments == sorted(moments)
    assert moments[0] == 0.0
    assert len(set(moments)) > 500


@pytest.mark.parametrize("status", ["²00", "9" * 5000, "99999999999999999999", "099", "600", "20"])
def test_a_status_that_is_none_is_no_answer(status):
    assert parsed(f"HTTP/1.1 {status} OK\r\n\r\n{{}}".encode("latin-1")).problem == "no HTTP answer"


INDEXES = [[1], {"a": 1}, 1.5, "x", None, [[]]]


@pytest.mark.parametrize("index", INDEXES)
def test_a_call_with_an_odd_index_is_a_call(index):
    call = {"index": index, "id": "c", "function": {"name": "f", "arguments": "{}"}}
    message = {"content": "a", "tool_calls": [call]}
    told = json.dumps({"choices": [{"message": message}]}).encode()
    assert seen_of(JSON_HEAD + told).call_ids == ("c",)
    item = {"type": "function_call", "call_id": "c", "name": "f"}
    added = {"type": "response.output_item.added", "output_index": index, "item": item}
    block = {"index": index, "content_block": {"type": "tool_use", "id": "c", "name": "f"}}
    for dialect, event in (("responses", added), ("messages", block)):
        body = chunked(f"data: {json.dumps(event)}\n\n".encode(), 99)
        assert seen_of(CHUNKED + body, dialect=dialect).call_ids == ("c",)


@pytest.mark.parametrize("reader", ["answer_of", "problem_of", "observation_of", "listing_of"])
def test_an_answer_that_breaks_its_reader_is_an_observation(monkeypatch, reader):
    whole = getattr(interview, reader)

    def brittle(*given, **named):
        *_, told = [each for each in given if hasattr(each, "reply") or hasattr(each, "raw")]
        if getattr(told, "reply", told).raw:
            raise ZeroDivisionError
        return whole(*given, **named)

    monkeypatch.setattr(interview, reader, brittle)
    ran = interviewed(Api(lambda body, n: answered()), probes(2), at_once=1)
    broken = [each for each in ran.seen if "cannot be read (ZeroDivisionError)" in each.problem]
    assert len(broken) == (1 if reader == "listing_of" else 2)


def test_a_long_path_is_not_kept():
    """One field's name of a million letters, with many fields below it."""
    told = {**answered()[2], "k" * 1_000_000: {f"f{n}": n for n in range(390)}}
    seen = seen_of(JSON_HEAD + json.dumps(told).encode())
    assert ("model", "mule") in seen.values
    assert len(msgspec.json.encode(seen)) < 10_000


BOMBS = {
    "usage strings": {"usage": {"prompt_tokens": 3, "why": "x" * 10**6}},
    "usage names": {"usage": {"prompt_tokens": 3, "x" * 10**6: {f"a{n}": n for n in range(9**5)}}},
    "usage fields": {"usage": {"prompt_tokens": 3, **{f"f{n}": n for n in range(50_000)}}},
    "usage list": {"usage": {"prompt_tokens": 3, "list": [[1] * 9] * 50_000}},
    "finish": {"choices": [{"message": {"content": "a"}, "finish_reason": "x" * 10**6}]},
    "names": {"id": "x" * 10**6, "model": "y" * 10**6, "provider": "z" * 10**6},
    "values": {f"{n:0190}": f"{n:0150}" for n in range(3000)},
    "calls": {"choices": [{"message": {"tool_calls": [{"id": f"{n:0999}"} for n in range(2000)]}}]},
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_what_is_kept_of_an_answer_is_bounded(bomb):
    seen = seen_of(JSON_HEAD + json.dumps(bomb).encode())
    assert len(msgspec.json.encode(seen)) < 100_000
    if "usage" in bomb:
        assert seen.prompt_tokens == 3


def test_what_is_kept_of_headers_is_bounded():
    lines = "".join(f"x-{n}: {'v' * 900}\r\n" for n in range(2000)) + f"{'n' * 9999}: 1\r\n"
    seen = seen_of(f"HTTP/1.1 200 OK\r\n{lines}\r\n{{}}".encode())
    assert 50 <= len(seen.headers) <= 100
    assert len(msgspec.json.encode(seen)) < 50_000


@pytest.mark.parametrize("size", [1, 9, 999])
def test_what_comes_before_the_answer_is_not_the_answer(size):
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n"
    raw = interim + CHUNKED + chunked(streamed({"content": "Hi"}), 7)
    reply = parse(raw, tuple((at, raw[at : at + 1]) for at in range(len(raw))), 1.0)
    answer = answer_of("chat", reply)
    assert (reply.status, answer.text) == (200, "Hi")
    assert answer.pieces[0].at == len(raw) - len(b"\r\n0\r\n\r\n") - 1
    ending = Ending()
    ends = [ending.is_reached(raw[at : at + size]) for at in range(0, len(raw), size)]
    assert ends.index(True) == len(ends) - 1


def test_an_address_of_six_is_named_between_brackets():
    door = Door("raw", "http://[::1]:8000/v1", Secret(""), "m", clock=SystemClock())
    assert b"\r\nhost: [::1]:8000\r\n" in door.head("GET", "/")
