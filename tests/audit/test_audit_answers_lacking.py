"""An audit that got too few answers does not pass, and does not say that a model leaks."""

import asyncio
import json

import pytest

from darkhorse.attribution.client.door import Names
from darkhorse.attribution.client.reply import Reply
from darkhorse.audit.attacks import ATTACKS, QUICK
from darkhorse.audit.attacks.bad_requests import BAD, body_of
from darkhorse.audit.attacks.catalogue import Page, Reading, _words
from darkhorse.audit.attacks.identity import Identity
from darkhorse.audit.attacks.language import Language
from darkhorse.audit.attacks.words_oracle import WordFilter
from darkhorse.audit.gathering import muted
from darkhorse.audit.runner import audit
from darkhorse.catalog.audits import Audit

from .audit_kit import House, Manner, door, opened

TRUE = Names(maker="Zhipu AI", model="GLM-5.2")


class Busy(House):
    """Says 429 to all questions but every `keep`-th."""

    def __init__(self, keep, retry=""):
        super().__init__(Manner())
        self.keep, self.retry, self.asked = keep, retry, 0

    def answer(self, path, asked):
        self.asked += 1
        if self.asked % self.keep == 0:
            return super().answer(path, asked)
        lines = "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\n"
        return f"{lines}{self.retry}content-length: 2\r\nconnection: close\r\n\r\n{{}}".encode()


def at(house, work):
    async def go():
        async with await asyncio.start_server(house.serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await work(door("public", f"http://127.0.0.1:{port}/v1", names=TRUE))

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("attack", "channel"),
    [
        (Identity(is_quick=True), "self-identification"),
        (Identity(is_quick=True), "false-identity"),
        (Language(times=1), "language"),
        (WordFilter(), "word-filter"),
    ],
)
def test_few_answers_are_no_pass(attack, channel):
    found = at(Busy(9), lambda public: audit(None, public, [attack]))
    told = next(each for each in found if each.name == channel)
    assert (told.verdict, told.could_not) == ("untested", True)
    assert "answered" in told.public
    assert "429" in told.public
    kept = Audit(id="aud-1", listing="x", subject="", at_us=0, version="1", findings=found)
    assert channel in {each.name for each in kept.stopping}


def test_enough_answers_are_and_are_counted():
    async def work():
        async with opened(Manner()) as url:
            return await audit(None, door("public", url, names=TRUE), [Language(times=1)])

    found = asyncio.run(work())
    assert not any(each.could_not for each in found)
    told = next(each for each in found if each.name == "language")
    assert told.verdict == "closed"
    assert "12 of 12 answered" in told.public
    assert "English is not counted" in told.public


def test_who_is_told_to_come_back_does():
    house = Busy(3, "retry-after: 0\r\n")
    answered = at(house, lambda public: public.get("/models"))
    assert (answered.status, house.asked) == (200, 3)


def test_who_is_told_so_for_ever_gives_up():
    house = Busy(10_000, "retry-after: 0\r\n")

    async def work(public):
        return [(await public.get("/models")).status for _ in range(8)]

    assert at(house, work) == [429] * 8
    assert house.asked == 4 * 3 + 4


def test_a_silent_side_is_named_with_the_cause():
    assert muted([200] * 9 + [429]) == ""
    said = muted([200] * 5 + [429] * 4 + [0])
    assert "the public side answered 5 of 10 calls" in said
    assert "429: 4" in said
    assert "no answer: 1" in said


def test_a_field_of_everybody_s_is_no_name():
    """The maker is Hugging Face; every catalogue has a `hugging_face_id`."""
    card = {"id": "x/y", "hugging_face_id": None, "required": ["hugging_face_id"]}
    page = Page("/models", _json({"data": [card]}))
    assert _words(page.reply).find("hugging") < 0
    reading = Reading("x/y", {"id": "x/y"}, (page,), ("Hugging Face",))
    assert "catalogue/names" not in _catalogue(reading)
    said = Page("/models", _json({"data": [{**card, "description": "By Hugging Face."}]}))
    assert "catalogue/names" in _catalogue(Reading("x/y", {"id": "x/y"}, (said,), reading.names))
    key = Page("/models", _json({"data": [{**card, "x": {"hugging-face": 1}}]}))
    assert "catalogue/names" in _catalogue(Reading("x/y", {"id": "x/y"}, (key,), reading.names))


def _catalogue(reading):
    attack = next(each for each in ATTACKS if each.name == "catalogue")
    return {each.name for each in attack.judge(None, reading)}


def _json(value):
    kind = ("content-type", "application/json")
    return Reply(status=200, headers=(kind,), body=json.dumps(value).encode())


def test_a_quick_audit_leaves_the_long_prompts_out():
    left = next(each for each in QUICK if "context-limit" in each.channels)
    assert left.calls == 0
    [told] = left.judge(None, None)
    assert (told.verdict, told.public) == ("untested", "left out by --quick")
    assert not told.could_not


def test_every_wrong_request_that_may_be_answered_has_a_limit():
    for bad in BAD:
        if bad.body is None and bad.method == "POST" and bad.name != "no limit":
            body = json.loads(body_of(bad, "m", "most"))
            limits = {"max_tokens", "max_output_tokens", "most"} & set(body)
            assert len(limits) == 1, bad.name


class Watched:
    """An attack that takes part in progress."""

    channels, calls = ("headers",), 0

    def __init__(self, name, waits=None):
        self.name, self.waits = name, waits

    async def read(self, _door):
        if self.waits:
            await self.waits.wait()

    def judge(self, _raw, _public):
        return ()


def test_progress_names_what_still_runs():
    async def work():
        said, last = [], asyncio.Event()

        def hear(text):
            said.append(text)
            if text.startswith("1 of 2"):
                last.set()

        async with opened(Manner()) as url:
            attacks = [Watched("slow one", last), Watched("quick one")]
            await audit(None, door("public", url), attacks, on_attack=hear)
        return said

    said = asyncio.run(work())
    assert "1 of 2 attacks: slow one" in said
    assert said[-1] == "2 of 2 attacks: done"


class Later:
    """A clock by which every answer takes two seconds."""

    def __init__(self):
        self.now = 0.0

    def now_us(self):
        return 0

    def monotonic(self):
        self.now += 2
        return self.now


def test_a_slow_endpoint_is_asked_by_itself_and_by_few():
    order = []

    class Order(Watched):
        async def read(self, asked):
            order.append((asked.side, "in", asked.patience_s))
            await asyncio.sleep(0)
            order.append((asked.side, "out", asked.patience_s))

    async def work(clock):
        order.clear()
        async with opened(Manner()) as url:
            doors = [door(side, url, **clock) for side in ("raw", "public")]
            await audit(*doors, [Order("x")])
        return [(side, step) for side, step, _ in order], {each for *_, each in order}

    apart = [(side, step) for side in ("raw", "public") for step in ("in", "out")]
    assert asyncio.run(work({"clock": Later()})) == (apart, {300.0})
    steps, patience = asyncio.run(work({}))
    assert steps != apart
    assert patience == {10}
