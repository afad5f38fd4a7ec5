"""The one long prompt: sent as prose, and what is said where it is not taken."""

import asyncio

import pytest
from launch_engines import QUICK, Engine, as_json, completion, serving

from darkhorse.catalog.endpoint import Quirks
from darkhorse.catalog.listing import Listing
from darkhorse.launches.headroom import measure_headroom
from darkhorse.launches.inquiry import Inquiry, Target, Waits
from darkhorse.launches.proof import prove_context
from darkhorse.launches.ratios import Ratio, Ratios
from darkhorse.launches.samples import samples

PROSE = next(sample.text for sample in samples() if sample.kind == "prose")
RATIOS = Ratios(overhead=20, kinds=(Ratio(kind="prose", typical=True, native_per_public=1.0),))
LONG = 4096


def prove(engine, ratios=RATIOS, context=LONG, waits=QUICK):
    async def run():
        async with serving(engine) as url, Inquiry(Target(name="east", url=url), waits) as inquiry:
            return await prove_context(inquiry, context, ratios, waits.proof_s)

    return asyncio.run(run())


def finding_of(*args, **more):
    (finding,) = prove(*args, **more).findings
    assert finding.text.startswith("Endpoint east")
    return finding


@pytest.mark.parametrize(("context", "public"), [(LONG, LONG - 20), (21, 1), (3, 1)])
def test_it_is_prose_of_the_listings_length_and_at_least_a_token(context, public):
    engine = Engine()
    assert prove(engine, context=context).public == public
    (_, body) = engine.seen[-1]
    said = body["messages"][0]["content"]
    assert len(said) == 4 * public
    assert (PROSE * (len(said) // len(PROSE) + 1)).startswith(said)
    assert body["max_tokens"] == 1


@pytest.mark.parametrize(("share", "kind"), [(0.84, "truncates"), (0.86, "proved")])
def test_a_count_much_below_the_one_foreseen_is_a_cut(share, kind):
    counted = round(share * (LONG - 20 + 20))
    finding = finding_of(lambda *_: completion(usage={"prompt_tokens": counted}))
    assert finding.kind == kind
    assert (finding.figures["foreseen"], finding.figures["counted"]) == (LONG, counted)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, {"error": {"message": "maximum context length is 9"}}, "too_long"),
        (413, {}, "too_long"),
        (400, {}, "too_long"),  # no reason given: what is unusual of it is its length
        (401, {}, "wrong_key"),
        (402, {}, "payment"),
        (429, {}, "busy"),
        (500, {}, "failing"),
        (404, {}, "wrong_path"),
    ],
)
def test_only_its_length_is_blamed_for_what_has_no_other_name(status, body, kind):
    finding = finding_of(lambda *_: as_json(body, status))
    assert (finding.kind, finding.level) == (kind, "refuse")
    if kind == "too_long":
        assert f"of 4,076 public tokens (about 4,096 native): HTTP {status}" in finding.text
        assert (finding.figures["status"], finding.figures["public"]) == (status, LONG - 20)


def test_without_a_count_foreseen_none_is_told():
    finding = finding_of(lambda *_: as_json({}, 413), ratios=None)
    assert "a prompt of 4,076 public tokens: HTTP 413" in finding.text


def test_an_engine_that_dies_of_it_is_not_called_slow():
    def die(*_):
        raise ConnectionError

    finding = finding_of(die)
    assert (finding.kind, finding.level) == ("closed", "refuse")


def test_two_models_of_which_none_is_ours_say_nothing_of_the_context():
    def handle(path, body):
        if path == "/v1/models":
            entries = [{"id": name, "max_model_len": 100} for name in ("one", "two")]
            return as_json({"data": entries})
        return Engine()(path, body)

    assert headroom(handle, model="third").native_context is None
    assert headroom(handle, model="two").native_context == 100


def test_an_endpoint_that_gives_answers_long_enough_for_all_has_nothing_said_of_them():
    found = headroom(Engine(claims=100_000), quirks=Quirks(max_output=5000)).findings
    assert "output" not in {finding.kind for finding in found}


def headroom(handle, **more):
    card = Listing(slug="stealth/east", title="East", context=2000, max_output=500)

    async def run():
        async with serving(handle) as url:
            target = Target(name="east", url=url, **more)
            return await measure_headroom(target, card, waits=Waits(answer_s=5), prove=False)

    return asyncio.run(run())


def test_prose_is_what_costs_are_compared_with():
    kinds = [
        Ratio(kind=kind, typical=kind != "emoji", native_per_public=cost)
        for kind, cost in (("code", 1.2), ("prose", 0.9), ("emoji", 9.0))
    ]
    costs = Ratios(overhead=0, kinds=tuple(kinds))
    assert (costs.prose, costs.dearest_typical) == (0.9, 1.2)
