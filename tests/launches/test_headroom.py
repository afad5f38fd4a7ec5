"""What a listing promises in public tokens against what an engine holds in its own."""

import asyncio

import msgspec
import pytest
from launch_engines import KINDS, QUICK, Engine, as_json, completion, serving

from darkhorse.catalog.endpoint import Quirks
from darkhorse.catalog.listing import Listing
from darkhorse.cli.go_live import show_findings
from darkhorse.launches.headroom import Headroom, measure_headroom
from darkhorse.launches.inquiry import Inquiry, Target
from darkhorse.launches.inspection import Inspection
from darkhorse.launches.proof import prove_context


def listing(context=1000, max_output=500, **more):
    return Listing(
        slug="stealth/east", title="East", context=context, max_output=max_output, **more
    )


def measure(engine, card=None, *, prove=True, waits=QUICK, on_progress=None, **more) -> Headroom:
    async def run():
        async with serving(engine) as url:
            target = Target(name="east", url=url, **more)
            return await measure_headroom(
                target, card or listing(), waits=waits, prove=prove, on_progress=on_progress
            )

    result = asyncio.run(run())
    assert all(finding.text.startswith("Endpoint east") for finding in result.findings)
    return result


def found(result, kind):
    (finding,) = [each for each in result.findings if each.kind == kind]
    return finding


def kinds_of(result):
    return {finding.kind for finding in result.findings}


def test_the_costs_are_those_of_the_engine_and_the_template_is_taken_out():
    result = measure(Engine(letters=2.0, overhead=77, claims=100_000))
    needs = {need.kind: need for need in result.needs}
    assert needs.keys() == KINDS
    assert needs["prose"].native_per_public == pytest.approx(2, abs=0.02)
    assert needs["code"].native_per_public == pytest.approx(2, abs=0.02)
    assert needs["chinese"].native_per_public == pytest.approx(4, abs=0.1)
    assert result.overhead == pytest.approx(77, abs=2)
    assert needs["prose"].need == pytest.approx(77 + 2 * 996, abs=20)


def test_an_endpoint_with_room_for_all_is_fine_and_proved():
    result = measure(Engine(claims=20_000))
    assert result.level == "ok"
    assert kinds_of(result) == {"context", "proved"}
    assert "of 20,000 native ones in prose and code (by its max_model_len)." in (
        found(result, "context").text
    )
    assert result.proof.public == 980
    assert result.proof.counted == pytest.approx(result.proof.foreseen, rel=0.02)
    assert "read a prompt of 980 public tokens to its end" in found(result, "proved").text
    assert result.summary().startswith("east: native per public: prose 1.00, code 1.00, ")
    assert "native context 20,000 (its max_model_len); proved with" in result.summary()
    assert result.summary().endswith("; ok")


def test_the_proof_is_as_long_as_the_listing_allows():
    engine = Engine(claims=20_000)
    measure(engine, listing(context=5000))
    path, body = engine.seen[-1]
    assert path == "/v1/chat/completions"
    assert len(body["messages"][0]["content"]) == 4 * (5000 - 20)
    assert body["max_tokens"] == 1


def test_without_the_proof_nothing_long_is_sent():
    engine = Engine(claims=200_000)
    result = measure(engine, listing(context=50_000), prove=False)
    assert (result.proof, result.level) == (None, "ok")
    asked = [body for path, body in engine.seen if path == "/v1/chat/completions"]
    assert len(asked) == 8
    assert max(len(body["messages"][0]["content"].encode()) for body in asked) < 3000
    assert "not proved" in result.summary()


def test_a_promise_over_the_context_is_refused_with_one_that_would_be_true():
    result = measure(Engine(letters=2.0, claims=1500), listing(context=1000))
    finding = found(result, "context")
    assert finding.level == result.level == "refuse"
    assert finding.figures["native"] == 1500
    assert finding.figures["need"] > 1500
    assert finding.figures["honest"] == result.honest_context == 512
    assert "1,000 public tokens of " in finding.text
    assert "its context is 1,500 (by its max_model_len); set context to 512 or less" in finding.text
    assert result.proof is None
    assert result.summary().endswith("; refuse: context")


def test_the_proposed_promise_is_then_kept():
    engine = Engine(letters=2.3, claims=4000, context=4000)
    proposed = measure(engine, listing(context=4000)).honest_context
    again = measure(engine, listing(context=proposed, max_output=256))
    assert proposed % 256 == 0
    assert found(again, "context").level == "ok"
    assert found(again, "proved").level == "ok"


def test_other_kinds_of_text_that_overflow_are_warnings_with_the_size():
    result = measure(Engine(claims=2000), listing(context=1000))
    overflows = {f.figures["kind"]: f for f in result.findings if f.kind == "overflow"}
    assert set(overflows) == {"chinese", "emoji", "russian"}
    assert result.level == "warn"
    finding = overflows["chinese"]
    assert 450 < finding.figures["overflows_at"] < 600
    size = f"{finding.figures['overflows_at']:,}"
    assert f"from {size} public tokens on such text overflows" in finding.text
    assert result.sentences()[-1] not in {f.text for f in overflows.values()}
    for kind in ("chinese", "emoji", "russian"):
        assert f"{kind} overflows its context" in result.summary().rpartition("; warn: ")[2]


def test_an_unknown_context_is_a_warning_with_what_is_needed():
    result = measure(Engine())
    assert result.level == "warn"
    finding = found(result, "unknown_context")
    assert f"need up to {finding.figures['need']:,} native ones. Set quirks.context" in finding.text
    assert "native context unknown" in result.summary()
    assert result.summary().endswith("; warn: it does not say how long its context is")
    assert {need.fits for need in result.needs} == {None}


def test_the_operators_word_comes_first_and_a_contradiction_is_told():
    result = measure(Engine(claims=5000), quirks=Quirks(context=9000))
    assert (result.native_context, result.native_context_source) == (9000, "quirks.context")
    finding = found(result, "contradiction")
    assert "quirks.context is 9,000, but by its max_model_len it is 5,000" in finding.text
    agreed = measure(Engine(claims=9000), quirks=Quirks(context=9000))
    assert "contradiction" not in kinds_of(agreed)


def test_llama_cpp_says_what_a_slot_holds():
    engine = Engine()

    def handle(path, body):
        if path == "/props":
            return as_json({"default_generation_settings": {"n_ctx": 4096}})
        if path == "/v1/models":
            return as_json({"data": [{"id": "m", "meta": {"n_ctx_train": 8192}}]})
        return engine(path, body)

    result = measure(handle)
    assert (result.native_context, result.native_context_source) == (4096, "its /props")


@pytest.mark.parametrize(
    ("entry", "context"),
    [
        ({"meta": {"n_ctx_train": 8192}}, 8192),
        ({"meta": {"n_ctx_train": 8192, "n_ctx": 2048}}, 2048),
        ({"context_length": 3000}, 3000),
        ({"context_window": 3001}, 3001),
        ({"max_model_len": "3000"}, None),
        ({"max_model_len": -1}, None),
        ({"max_model_len": True}, None),
        ({"meta": [1]}, None),
    ],
)
def test_engines_say_their_context_each_in_its_own_way(entry, context):
    engine = Engine()

    def handle(path, body):
        if path == "/v1/models":
            other = {"id": "other", "max_model_len": 1}
            return as_json({"data": [other, {"id": "m", **entry}]})
        return engine(path, body)

    assert measure(handle, model="m", prove=False).native_context == context


def test_an_engine_that_lies_about_its_context_is_found_out_by_the_proof():
    result = measure(Engine(claims=100_000, context=3000), listing(context=4096))
    finding = found(result, "too_long")
    assert finding.level == result.level == "refuse"
    assert "does not take a prompt of 4,076 public tokens (about 4,0" in finding.text
    assert "maximum context length is 3000 tokens" in finding.text
    assert finding.text.endswith("or give the engine a longer one.")


def test_one_that_holds_not_even_a_page_is_told_so():
    finding = found(measure(Engine(claims=100_000, context=600)), "too_long")
    assert finding.level == "refuse"
    assert "does not take even a page of 2 KB (HTTP 400" in finding.text


def test_one_that_cuts_prompts_in_silence_is_found_out_by_its_count():
    result = measure(Engine(claims=100_000, context=2048, silent=True), listing(context=4096))
    finding = found(result, "truncates")
    assert finding.level == result.level == "refuse"
    assert finding.figures["counted"] == 2048
    assert "takes 4,076 public tokens without complaint but counts only 2,048 native" in (
        finding.text
    )
    assert "it truncates prompts" in finding.text


def test_counts_that_no_vocabulary_has_are_doubted():
    result = measure(Engine(claims=100_000, context=120, silent=True), prove=False)
    assert found(result, "implausible").level == "warn"


@pytest.mark.parametrize("usage", [None, {"prompt_tokens": 0}, {"prompt_tokens": "many"}])
def test_an_engine_without_usage_is_a_warning_and_stays_unproved(usage):
    result = measure(lambda path, body: completion(usage=usage))
    assert result.level == "warn"
    assert kinds_of(result) == {"uncounted", "unproved"}
    assert "reports no usage, so nobody can tell" in found(result, "uncounted").text
    assert "it reports no usage, so it may have cut it" in found(result, "unproved").text
    assert "native tokens not counted" in result.summary()
    assert result.summary().endswith("; warn: its counts are of no use, it may have cut the proof")
    assert (result.needs, result.honest_context) == ((), None)


def test_what_was_not_measured_has_no_table(capsys):
    for engine, is_shown in ((Engine(claims=9000), True), (Engine(usage=False), False)):
        result = measure(engine)
        show_findings(Inspection(findings=result.findings, headrooms=(result,)))
        shown = capsys.readouterr().out
        assert ("native a public token" in shown) is is_shown
        assert "Endpoint east" in shown


def test_an_engine_that_always_counts_the_same_is_not_believed(scripted):
    async def run():
        target = Target(name="east", url=scripted, model="ok")
        return await measure_headroom(target, listing(), waits=QUICK)

    result = asyncio.run(run())
    assert result.level == "warn"
    assert "counts no more for " in found(result, "uncounted").text
    assert "its counts cannot be compared" in found(result, "unproved").text


def test_a_prompt_that_no_memory_holds_is_not_made(scripted):
    async def run():
        async with Inquiry(Target(name="east", url=scripted, model="ok"), QUICK) as inquiry:
            return await prove_context(inquiry, 100_000_000, None, 5)

    (finding,) = asyncio.run(run()).findings
    assert (finding.kind, finding.level) == ("unproved", "warn")
    assert "nothing over 16,000,000 is" in finding.text


def test_a_proof_waits_no_longer_than_the_router_will(scripted):
    async def run():
        target = Target(name="east", url=scripted, model="hang", first_token_s=0.2)
        async with Inquiry(target, QUICK) as inquiry:
            return await prove_context(inquiry, 100, None, 60)

    (finding,) = asyncio.run(run()).findings
    assert (finding.kind, finding.level) == ("slow", "refuse")
    assert "had no answer in 0.2 s, and the router waits no longer" in finding.text


def test_a_proof_without_an_answer_in_time_is_refused(scripted):
    async def run():
        target = Target(name="east", url=scripted, model="hang")
        async with Inquiry(target, QUICK) as inquiry:
            return await prove_context(inquiry, 100, None, 0.2)

    (finding,) = asyncio.run(run()).findings
    assert (finding.kind, finding.level) == ("slow", "refuse")
    assert "a prompt of 80 public tokens had no answer in" in finding.text


@pytest.mark.parametrize(
    ("scenario", "kind"), [("status-401", "wrong_key"), ("refuse", "closed"), ("html-200", None)]
)
def test_an_endpoint_that_fails_meanwhile_is_refused(scripted, scenario, kind):
    async def run():
        target = Target(name="east", url=scripted, model=scenario)
        return await measure_headroom(target, listing(), waits=QUICK)

    result = asyncio.run(run())
    assert result.level == "refuse"
    assert result.proof is None
    assert kind is None or found(result, kind).level == "refuse"


def test_a_url_that_is_none_is_refused():
    async def run():
        return await measure_headroom(Target(name="east", url="east"), listing())

    result = asyncio.run(run())
    assert (result.level, kinds_of(result)) == ("refuse", {"bad_url"})


def test_an_answer_longer_than_the_endpoint_gives_is_refused_with_figures():
    card = listing(context=8000, max_output=4000)
    result = measure(Engine(claims=100_000), card, quirks=Quirks(max_output=2048), prove=False)
    finding = found(result, "output")
    assert finding.level == "refuse"
    assert finding.figures["native"] == 2048
    assert "an answer of 4,000 public tokens of " in finding.text
    assert "quirks.max_output is 2,048; set max_output to 1,792 or less" in finding.text


def test_an_answer_that_only_dear_text_would_outgrow_is_a_warning():
    card = listing(context=8000, max_output=2000)
    result = measure(Engine(claims=100_000), card, quirks=Quirks(max_output=2600), prove=False)
    assert found(result, "output").level == "warn"
    assert found(result, "output").text.endswith("such answers will end early.")


def test_what_the_model_may_say_of_itself_counts_too():
    plain = measure(Engine(claims=100_000), prove=False)
    card = listing(identity="You are East. " * 50)
    told = measure(Engine(claims=100_000), card, prove=False)
    assert told.overhead - plain.overhead == pytest.approx(175, abs=10)


def test_progress_is_told_to_the_end():
    steps = []
    measure(Engine(), prove=False, on_progress=lambda done, total: steps.append((done, total)))
    assert steps == [(done, 8) for done in range(1, 9)]


def test_all_of_it_is_data():
    result = measure(Engine(claims=2000))
    data = msgspec.to_builtins(result)
    assert msgspec.convert(data, Headroom) == result
    assert data["needs"][0]["kind"] == "prose"
