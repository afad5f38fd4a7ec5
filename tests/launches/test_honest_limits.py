"""Limits that are true of an engine, from what its tokens cost."""

import asyncio
import math

import pytest
from launch_engines import KINDS, Engine, serving

from darkhorse.base.secret import Secret
from darkhorse.catalog.endpoint import Quirks
from darkhorse.launches.inquiry import Inquiry, Target, Waits
from darkhorse.launches.ratios import (
    Ratio,
    Ratios,
    Uncounted,
    honest_context,
    honest_limits,
    honest_output,
    measure_ratios,
    usage_counter,
)
from darkhorse.launches.samples import samples


def test_llama_cpps_tokenizer_counts_without_a_chat():
    engine = Engine(letters=2.0, tokenizer=True, claims=6000, overhead=33)

    async def run():
        async with serving(engine) as url:
            target = Target(name="own", url=url, key=Secret("k"))
            return await honest_limits(target)

    limits = asyncio.run(run())
    assert {path for path, _ in engine.seen} == {
        "/props",
        "/v1/models",
        "/apply-template",
        "/tokenize",
    }
    assert limits.native_context == 6000
    assert limits.ratios.overhead == pytest.approx(33, abs=2)
    assert limits.context % 256 == limits.max_output % 256 == 0
    assert limits.max_output == limits.context // 2 - limits.context // 2 % 256
    assert limits.context * limits.ratios.dearest_typical + limits.ratios.overhead <= 6000


@pytest.mark.parametrize("more", [{"tokenizer": True}, {"claims": 6000}])
def test_a_server_that_does_not_say_enough_has_no_honest_limits(more):
    async def run():
        async with serving(Engine(**more)) as url:
            return await honest_limits(Target(name="own", url=url))

    if "claims" in more:
        with pytest.raises(Uncounted, match="has no /apply-template"):
            asyncio.run(run())
    else:
        assert asyncio.run(run()) is None


def test_both_counters_agree():
    engine = Engine(letters=3.0, tokenizer=True)

    async def run():
        async with serving(engine) as url:
            target = Target(name="own", url=url)
            async with Inquiry(target, Waits()) as inquiry:
                by_usage = await measure_ratios(usage_counter(inquiry))
            limits = await honest_limits(Target(name="own", url=url, quirks=Quirks(context=9)))
            return by_usage, limits.ratios

    by_usage, by_tokenizer = asyncio.run(run())
    assert by_usage == by_tokenizer


def ratios(prose, code, overhead=0):
    kinds = (
        Ratio(kind="prose", typical=True, native_per_public=prose),
        Ratio(kind="code", typical=True, native_per_public=code),
        Ratio(kind="emoji", typical=False, native_per_public=9.0),
    )
    return Ratios(overhead=overhead, kinds=kinds)


@pytest.mark.parametrize(
    ("native", "costs", "context"),
    [
        (8192, ratios(0.9, 1.2, 30), 6400),
        (131_072, ratios(0.9, 0.8), 138_496),
        (300, ratios(1.0, 1.0), 256),
        (200, ratios(1.0, 1.0), 190),
        (20, ratios(1.0, 1.0, 30), 0),
    ],
)
def test_an_honest_context_bears_the_dearest_typical_text(native, costs, context):
    assert honest_context(costs, native) == context


def test_an_honest_output_is_half_of_it_or_what_the_engine_gives():
    costs = ratios(1.0, 1.25)
    assert honest_output(costs, 8192) == 4096
    assert honest_output(costs, 8192, 2000) == math.floor(2000 / 1.25 / 1.05 / 256) * 256
    assert honest_output(costs, 300) == 150


def test_the_samples_are_a_page_each_and_prose_is_ascii():
    assert {sample.kind for sample in samples()} == KINDS
    assert [sample.kind for sample in samples() if sample.typical] == ["prose", "code"]
    for sample in samples():
        assert 1000 <= len(sample.text.encode()) <= 2048
    assert samples()[0].text.isascii()  # the proof cuts it by bytes
