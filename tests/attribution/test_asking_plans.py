"""What is planned, whom it finds at the door, and what is made of it all when a signal slips."""

import asyncio

import pytest
from asking_kit import KEY, Api, answered, refused

from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.evidence import Evidence, Exhibit
from darkhorse.attribution.judging import SIGNALS, judge
from darkhorse.attribution.knocking import bases_of
from darkhorse.attribution.labs import base_of, names_of, settled, title_of
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.plan import BUDGETS, Bounds, planned
from darkhorse.attribution.signal import Probe
from darkhorse.base.chance import seeded_draw
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret
from darkhorse.wiring.unmask import Order, ask_all


class Asks:
    """A signal that wants so many probes of so many tokens."""

    def __init__(self, name, number, tokens=10):
        self.name = name
        self._probes = [
            Probe(name=f"{name}/{n}", ask=ask(f"{name} {n}"), about_tokens=tokens)
            for n in range(number)
        ]

    def probes(self, budget, draw, known):
        return self._probes

    def weigh(self, seen, known):
        return Evidence(
            signal=self.name,
            reliability="weak",
            exhibit=Exhibit(title=self.name, says="It says nothing."),
            findings=("One finding.",),
        )


class Slips(Asks):
    def weigh(self, seen, known):
        raise KeyError("a stranger's field")


def plan(*signals, bounds=None, seed=1):
    return planned(signals, "quick", seeded_draw(seed), Library(), bounds)


def test_the_same_draws_give_the_same_plan_and_others_another():
    signals = (Asks("a", 9), Asks("b", 9))
    assert plan(*signals) == plan(*signals)
    assert plan(*signals).probes != plan(*signals, seed=2).probes


def test_signals_are_mixed():
    names = [probe.name[0] for probe in plan(Asks("a", 20), Asks("b", 20)).probes]
    assert {"a", "b"} == set(names[:8])


def test_bounds_hold_and_every_signal_gives_way():
    made = plan(Asks("a", 50), Asks("b", 5), Asks("c", 50), bounds=Bounds(25, 10_000))
    assert made.calls == 20
    assert made.subjects == {"a": 8, "b": 5, "c": 7}
    assert made.left_out == 85
    made = plan(Asks("a", 50, 100), Asks("b", 50, 10), bounds=Bounds(1000, 600))
    assert made.tokens <= 600
    assert made.subjects["b"] > made.subjects["a"] > 0


@pytest.mark.parametrize("budget", ["quick", "standard", "deep"])
def test_what_is_really_asked_fits_its_budget(budget):
    made = planned(SIGNALS, budget, seeded_draw(3), Library())
    assert made.left_out == 0
    assert made.calls * 1.25 <= BUDGETS[budget].calls
    assert len({probe.name for probe in made.probes}) == made.calls


def test_one_signals_slip_is_a_finding():
    seen = [Observation(prompt=(Turn("user", "Hi"),), text="Hello.")]
    case = judge(seen, Library(version="v"), signals=(Slips("bad", 0), Asks("good", 0)))
    assert case.findings == ("One finding.", "bad could not be read (KeyError).")
    assert [each.signal for each in case.evidence] == ["good"]
    assert (case.verdict.outcome, case.library, case.observations) == ("cannot-say", "v", 1)


def test_nothing_seen_is_a_case_as_well():
    assert judge([], Library()).verdict.outcome == "cannot-say"


@pytest.mark.parametrize(
    ("url", "bases"),
    [
        ("https://h/v1", ("https://h/v1",)),
        ("https://h/v1/", ("https://h/v1",)),
        ("https://h", ("https://h/v1", "https://h")),
        ("https://h/api", ("https://h/api", "https://h/api/v1")),
        ("https://h/v1/chat/completions", ("https://h/v1",)),
        ("https://h:8/openai/chat/completions/", ("https://h:8/openai", "https://h:8/openai/v1")),
    ],
)
def test_a_url_may_be_given_in_any_form(url, bases):
    assert bases_of(url) == bases


def asked(api, path="", **fields):
    """A whole run at this API; why it ended."""

    async def go():
        async with await asyncio.start_server(api.serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            order = Order(
                url=f"http://127.0.0.1:{port}{path}", model="mule", key=Secret(KEY), key_name="K"
            )
            return await ask_all(
                order,
                plan(Asks("a", 3)),
                clock=SystemClock(),
                draw=seeded_draw(1),
                on_seen=lambda _: None,
                rest=lambda _: asyncio.sleep(0),
                **fields,
            )

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (refused(401, f"wrong key {KEY}"), r"does not take the key .*wrong key [*]+.; set K to"),
        (refused(402, "no credit"), "paid first"),
        (refused(404, "no model mule"), "no such path or model .*no model mule"),
        (refused(429, "later", **{"retry-after": "99999"}), "no more calls"),
        (refused(500, "boom"), "no usable answer .*boom"),
        (refused(400, "model {mule} is bad"), "no usable answer .*{mule}"),
        ((302, {"location": "http://elsewhere/\x1b[31m"}, b""), "sends elsewhere"),
        ((200, {}, b"<html>Welcome</html>"), "not as an OpenAI-compatible"),
        ((200, {}, {"error": {"message": "all in vain"}}), "all in vain"),
        ((200, {}, b""), "not as an OpenAI-compatible"),
    ],
)
def test_a_door_that_does_not_open_says_why(reply, why):
    with pytest.raises(ConfigError, match=why) as caught:
        asked(Api(lambda body, n: reply))
    assert KEY not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_the_path_is_found_where_only_the_host_is_named():
    api = Api(lambda body, n: answered())
    api.reply = lambda body, n: (
        answered() if "/v1/" not in api.heads[-1].split()[1] else refused(404, "")
    )
    assert asked(api) == ""
    assert {head.split()[1] for head in api.heads} >= {"/v1/chat/completions", "/chat/completions"}


def test_the_address_that_was_looked_up_is_the_one_that_is_asked():
    api = Api(lambda body, n: answered())

    async def go():
        async with await asyncio.start_server(api.serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await ask_all(
                Order(url=f"http://nowhere.invalid:{port}/v1", model="mule"),
                plan(Asks("a", 2)),
                clock=SystemClock(),
                draw=seeded_draw(1),
                on_seen=lambda _: None,
                connect_to="127.0.0.1",
            )

    assert asyncio.run(go()) == ""
    assert all("host: nowhere.invalid:" in head for head in api.heads)


def test_labs_by_any_name():
    assert names_of("Z-AI")[0] == names_of("zhipu")[0] == "thudm"
    assert title_of("x-ai") == "xAI"
    assert names_of("nobody-knows") == ("nobody-knows",)
    assert settled(["z-ai/glm-5"]) == {"z-ai/glm-5": "z-ai/glm-5"}
    both = settled(["z-ai/glm-5", "thudm/glm-4", "thudm/glm-4-z1", "a/b"])
    assert both["z-ai/glm-5"] == "thudm/glm-5"
    assert (base_of("perplexity/r1-1776"), base_of("openai/gpt-5")) == ("deepseek", "")
    assert base_of("deepseek-ai/deepseek-r1-distill-llama-70b") == "meta-llama"
