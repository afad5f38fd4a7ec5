"""Given a gateway: what it writes for every model is nobody's, and what came through it counts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from darkhorse.attribution.forms.gateways import gateway_of
from darkhorse.attribution.library.library import Lab, Library, Model
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.signals.wire import Wire
from darkhorse.base.chance import seeded_draw

LABS = ("anthropic", "deepseek", "google", "meta-llama", "moonshotai", "openai", "qwen", "x-ai")
KNOWN = Library(labs=tuple(Lab(name=name, title=name) for name in LABS))
ROUTED = "gen-1795376273-XnsIW86T5iooaFpCMNYy"
OPENAI_ID = "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG"


def seen(**fields):
    fields = {"prompt": (Turn("user", "hello"),), "text": "Hello there.", **fields}
    return [Observation(**fields)] * 4


def gains(observations, known=KNOWN):
    evidence = Wire().weigh(observations, known)
    if not evidence.likelihoods:
        return dict.fromkeys((lab.name for lab in known.labs), 0.0)
    [told] = evidence.likelihoods
    return {lab: nats - told.other for lab, nats in told.nats.items()}


def best(observations):
    gained = gains(observations)
    return max(gained, key=gained.get), max(gained.values())


@pytest.mark.parametrize(
    "fields",
    [
        {"id": ROUTED, "values": (("choices[].message.refusal", "null"), ("provider", "Stealth"))},
        {"id": ROUTED, "provider": "Stealth", "native_finish": "stop"},
        {"id": ROUTED, "call_ids": ("call_0aZ9bY8cX7dW6eV5fU4g",)},  # our own form
        {"id": ROUTED, "call_ids": ("call_0aZ9bY8cX7dW6eV5fU4gT3hS",)},  # minted in the usual form
        {"id": ROUTED, "values": (("service_tier", "null"), ("choices[].annotations", "x"))},
        {"id": ROUTED, "headers": (("cf-cache-status", "DYNAMIC"), ("x-ms-region", "x"))},
        {"id": ROUTED, "values": (("choices[].reasoning_details[].format", "unknown"),)},
        {"id": OPENAI_ID, "headers": (("x-litellm-version", "1.2"),)},
    ],
)
def test_what_a_gateway_writes_for_everyone_moves_nothing(fields):
    assert set(gains(seen(**fields)).values()) == {0.0}


@pytest.mark.parametrize(
    ("fields", "lab", "least"),
    [
        ({"id": ROUTED, "native_finish": "STOP"}, "google", 2),
        ({"id": ROUTED, "native_finish": "end_turn"}, "anthropic", 2),
        ({"id": ROUTED, "call_ids": ("toolu_bdrk_01AbCdEf",)}, "anthropic", 2),
        ({"id": ROUTED, "call_ids": ("functions.read_file:0",)}, "moonshotai", 2),
        (
            {
                "id": ROUTED,
                "values": (("choices[].message.reasoning_details[].format", "xai-responses-v1"),),
            },
            "x-ai",
            2,
        ),
        (
            {
                "headers": (
                    ("x-litellm-version", "1"),
                    ("llm_provider-anthropic-ratelimit-requests-limit", "4"),
                )
            },
            "anthropic",
            2,
        ),
    ],
)
def test_what_varies_between_upstreams_comes_through(fields, lab, least):
    found, gained = best(seen(**fields))
    assert found == lab
    assert gained > least


def test_a_form_that_many_imitate_says_less_than_several_together():
    alone = best(seen(id=OPENAI_ID))[1]
    together = best(
        seen(id=OPENAI_ID, headers=(("openai-processing-ms", "3"), ("openai-version", "1")))
    )
    assert alone < 2.5 < together[1]
    assert together[0] == "openai"


@pytest.mark.parametrize("host", ["DeepInfra", "Groq", "xAI", "Google", "Anthropic"])
def test_who_is_said_to_serve_is_a_claim(host):
    assert set(gains(seen(id=ROUTED, provider=host)).values()) == {0.0}


@pytest.mark.parametrize(
    "fields",
    [
        {"id": ROUTED, "native_finish": "STOP", "provider": "Google"},
        {
            "id": "0b6ab0c4-0c5b-4d2a-9a5e-5d0a6f3f2f11",
            "values": (("usage.cost_in_usd_ticks", "12"), ("usage.num_sources_used", "0")),
        },
        {
            "id": "msg_01AbCdEfGhJkMnPqRsTuVwXy",
            "headers": (("anthropic-ratelimit-requests-limit", "50"),),
            "call_ids": ("toolu_01AbCdEfGhJkMnPqRsTuVwXy",),
        },
    ],
)
def test_strings_that_anybody_can_write_name_nobody_alone(fields):
    many, few = seen(**fields), seen(**fields)[:2]
    for observations, most in ((many, 3.0), (few, 2.0)):
        evidence = Wire().weigh(observations, KNOWN)
        [told] = evidence.likelihoods
        nats = [*told.nats.values(), told.other]
        assert 1 < max(nats) - min(nats) <= most + 1e-9
        assert evidence.reliability == "strong"
        assert evidence.observations == len(observations)


def test_what_an_answer_calls_itself_is_not_weighed():
    named = gains(seen(id=ROUTED, model="anthropic/claude-opus-4.6"))
    assert named == gains(seen(id=ROUTED))


def test_one_odd_id_among_hundreds_is_chance():
    plain = [*seen(id="8f14e45fceea167a5a36dedd4bea2543") * 40]
    odd = structs.replace(plain[0], id="20261122104155aab0c9bbd8e7f6a1b2")
    assert gains([*plain, odd]) == pytest.approx(gains(plain))


def test_an_end_of_anthropics_own_dialect_is_the_dialects():
    """Whoever speaks it says `end_turn`."""
    told = {"finish": "end_turn", "id": "msg_abc", "values": (("stop_reason", "end_turn"),)}
    assert set(gains(seen(**told)).values()) == {0.0}


def test_the_id_of_the_last_token_is_its_vocabularys():
    known = Library(
        labs=KNOWN.labs,
        models=(Model(name="qwen/qwen3", lab="qwen", family="Qwen 2 to 3"),),
    )
    gained = gains(seen(values=(("choices[].matched_stop", "151645"),)), known)
    assert max(gained, key=gained.get) == "qwen"
    assert gained["openai"] < -1


def test_several_upstreams_are_a_finding_and_the_maker_is_still_told():
    routes = [
        *seen(id=ROUTED, provider="Anthropic", native_finish="end_turn"),
        *seen(id=ROUTED, provider="Google", call_ids=("toolu_vrtx_01AbCd",)),
        *seen(id=ROUTED, provider="Amazon Bedrock", call_ids=("toolu_bdrk_01AbCd",)),
    ]
    assert best(routes)[0] == "anthropic"
    assert "Several upstreams answer" in " ".join(Wire().weigh(routes, KNOWN).findings)


def test_refusals_that_name_no_provider_are_the_usual_ones():
    raw = (("error.metadata.raw", "prompt is too long: 9 tokens > 8 maximum"),)
    refused = seen(status=400, values=raw, text="")
    routes = [*seen(id=ROUTED, provider="DeepInfra"), *seen(id=ROUTED, provider="Groq"), *refused]
    rows = Wire().weigh(routes, KNOWN).exhibit.rows
    assert [row[2] for row in rows if row[0].startswith("error passed on")] == ["Anthropic"]


def test_text_alone_holds_nothing():
    assert Wire().weigh(seen(), KNOWN) is None
    assert Wire().weigh([], KNOWN) is None


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"id": ROUTED}, "OpenRouter, or one that writes like it"),
        ({"id": OPENAI_ID, "headers": (("x-portkey-trace-id", "1"),)}, "Portkey"),
        ({"headers": (("cf-aig-log-id", "1"),)}, "Cloudflare's gateway"),
        ({"values": (("extra_fields.provider", "openai"),)}, "Bifrost"),
        ({"id": OPENAI_ID}, ""),
        ({"headers": (("cf-ray", "1"),)}, ""),
    ],
)
def test_the_gateway_in_front_is_told(fields, name):
    assert gateway_of(seen(**fields))[0].name == name


def test_probes_fit_the_budget_and_differ_from_run_to_run():
    sizes = [len(Wire().probes(b, seeded_draw(1), KNOWN)) for b in ("quick", "standard", "deep")]
    assert sizes == [4, 7, 9]
    runs = {Wire().probes("quick", seeded_draw(n), KNOWN)[0].ask.texts for n in range(20)}
    assert len(runs) > 3


words = st.text(max_size=40)
hostile = st.builds(
    Observation,
    prompt=st.just((Turn("user", "q"),)),
    text=words,
    status=st.sampled_from((0, 200, 200, 200, 400, 500)),
    problem=words,
    id=words,
    call_ids=st.lists(words, max_size=3).map(tuple),
    native_finish=words,
    provider=words,
    headers=st.lists(st.tuples(words, words), max_size=4).map(tuple),
    values=st.lists(
        st.tuples(st.sampled_from(("id", "error.message", "stop_reason", "a[].format")), words),
        max_size=4,
    ).map(tuple),
    usage=st.dictionaries(
        st.sampled_from(("prompt_tokens", "completion_tokens", "total_tokens", "\ud800")),
        st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), words),
    ),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(hostile, max_size=6))
def test_anything_can_be_read(observations):
    evidence = Wire().weigh(observations, KNOWN)
    if evidence and evidence.likelihoods:
        [told] = evidence.likelihoods
        assert all(-200 < nats <= 0 for nats in (*told.nats.values(), told.other))
