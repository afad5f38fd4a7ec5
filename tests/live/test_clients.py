"""The SDKs that people have, unmodified: OpenAI's and OpenRouter's, for Python."""

import json

import openai
import pytest
from openrouter import OpenRouter, errors
from openrouter.utils import BackoffStrategy, RetryConfig

from darkhorse.upstream.scripted import DEFAULT_TEXT, REASONING_TEXT

from .stage import Relay, eventually

RUN = 20_261_122  # so that the requests of this file can be told apart
SLOW = "slow?first_ms=0&delta_ms=20&deltas=60"
BROKEN = "error-mid?delta_ms=50"
HANG = f"hang-mid?seed={RUN}"
PERMANENT = {
    f"status-400?seed={RUN}": 400,
    f"status-422?seed={RUN}": 400,
    "retired-alpha": 400,
}
PASSING = {
    f"status-500?seed={RUN}": 502,
    f"status-503?seed={RUN}": 503,
    f"status-401?seed={RUN}": 503,
    f"status-504?seed={RUN}": 504,
}
BUSY = f"status-429?seed={RUN}"
LISTINGS = ("ok", "reasoning", "parallel-tools", BROKEN, SLOW, HANG, BUSY)
HI = [{"role": "user", "content": "hi"}]
ASKED = {"messages": HI, "temperature": 0.5, "seed": 7, "stop": ["END"]}
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": {}}}]
EXTRA = "parameters = ['max_tokens', 'temperature', 'seed', 'stop', 'tools', 'tool_choice']"


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    models = (*LISTINGS, *PERMANENT, *PASSING)
    listings = {model: [(scripted.url, model)] for model in models if model != "retired-alpha"}
    data = tmp_path_factory.mktemp("clients")
    relay = Relay(data, listings, "[upstream]\nattempts = 1\n", listing_extra=EXTRA).start()
    yield relay
    relay.close()


@pytest.fixture
def base(relay):
    return f"http://127.0.0.1:{relay.port}/api/v1"


@pytest.fixture
def by_openai(relay, base):
    with openai.OpenAI(base_url=base, api_key=relay.key, max_retries=0) as client:
        yield client


@pytest.fixture
def by_openrouter(relay, base):
    with OpenRouter(api_key=relay.key, server_url=base, retry_config=no_retries()) as client:
        yield client


def no_retries() -> RetryConfig:
    return RetryConfig("none", BackoffStrategy(1, 1, 1, 1), retry_connection_errors=False)


def impatient() -> RetryConfig:
    """As the SDK retries by default, but quicker."""
    return RetryConfig("backoff", BackoffStrategy(1, 5, 1.5, 300), retry_connection_errors=True)


def test_openai_lists_models(by_openai):
    models = list(by_openai.models.list())
    assert models[-1].id == "stealth/listing-0"  # the newest come first
    assert {model.owned_by for model in models} == {"stealth"}


def test_openrouter_lists_models(by_openrouter, relay):
    page = by_openrouter.models.list()
    data = page.result.data if hasattr(page, "result") else page.data
    assert len(data) == len(relay.listings)
    first = data[-1]
    assert (first.id, first.context_length) == ("stealth/listing-0", 200_000)
    assert first.pricing.prompt == "0"
    assert "logged" in first.description


def test_openrouter_counts_models_and_lists_endpoints(by_openrouter, relay):
    assert by_openrouter.models.count().data.count == len(relay.listings)
    page = by_openrouter.endpoints.list(author="stealth", slug="listing-0")
    (endpoint,) = page.data.endpoints
    assert (endpoint.provider_name, endpoint.model_id) == ("Stealth", "stealth/listing-0")


@pytest.mark.parametrize("model", ["ok", "stealth/listing-0"])
def test_openai_unstreamed(by_openai, model):
    answer = by_openai.chat.completions.create(model=model, **ASKED)
    assert answer.choices[0].message.content == DEFAULT_TEXT
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == "stealth/listing-0"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_openai_streamed(by_openai):
    usual = {"model": "ok", "stream": True, "stream_options": {"include_usage": True}}
    with by_openai.chat.completions.create(**usual, **ASKED) as stream:
        chunks = list(stream)
    said = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert "".join(choice.delta.content or "" for choice in said) == DEFAULT_TEXT
    assert (said[0].delta.role, said[-1].finish_reason) == ("assistant", "stop")
    assert chunks[-1].usage.completion_tokens == -(-len(DEFAULT_TEXT.encode()) // 4)
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1


def test_openai_assembles_tool_calls(by_openai):
    """By the SDK's own accumulator, which joins the pieces by index."""
    asked = {"model": "parallel-tools", "tools": TOOLS, "tool_choice": "auto"}
    with by_openai.chat.completions.stream(messages=HI, **asked) as stream:
        message = stream.get_final_completion().choices[0].message
    whole = by_openai.chat.completions.create(messages=HI, **asked).choices[0].message
    for calls in (message.tool_calls, whole.tool_calls):
        assert [call.function.name for call in calls] == ["get_weather", "find_ferry"]
        assert json.loads(calls[1].function.arguments) == {"from": "Calais", "to": "Dover"}
        assert calls[0].id != calls[1].id


def test_openrouter_unstreamed(by_openrouter):
    answer = by_openrouter.chat.send(model="reasoning", **ASKED)
    message = answer.choices[0].message
    assert (message.content, message.reasoning) == (DEFAULT_TEXT, REASONING_TEXT)
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.prompt_tokens == 5
    assert answer.system_fingerprint == ""


def test_openrouter_streamed(by_openrouter):
    with by_openrouter.chat.send(model="reasoning", stream=True, **ASKED) as stream:
        chunks = list(stream)
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == DEFAULT_TEXT
    assert "".join(delta.reasoning or "" for delta in deltas) == REASONING_TEXT
    assert chunks[-1].usage.completion_tokens > 0


def test_openrouter_tools(by_openrouter):
    answer = by_openrouter.chat.send(model="parallel-tools", messages=HI, tools=TOOLS)
    calls = answer.choices[0].message.tool_calls
    assert [call.function.name for call in calls] == ["get_weather", "find_ferry"]
    assert answer.choices[0].finish_reason == "tool_calls"


# Errors


def test_openai_wrong_key(base):
    with (
        openai.OpenAI(base_url=base, api_key="sk-dh-nobody") as client,
        pytest.raises(openai.AuthenticationError, match="No valid key"),
    ):
        client.chat.completions.create(model="ok", messages=HI)


def test_openrouter_wrong_key(base):
    with (
        OpenRouter(api_key="sk-dh-nobody", server_url=base) as client,
        pytest.raises(errors.UnauthorizedResponseError, match="No valid key") as caught,
    ):
        client.chat.send(model="ok", messages=HI)
    assert caught.value.data.error.code == 401


def test_openai_unknown_model(by_openai):
    with pytest.raises(openai.BadRequestError, match="No model of that name") as caught:
        by_openai.chat.completions.create(model="gpt-4", messages=HI)
    assert caught.value.body["code"] == 400
    assert caught.value.body["availability"]["requested_models"] == ["gpt-4"]


def test_openrouter_unknown_model(by_openrouter):
    with pytest.raises(errors.BadRequestResponseError, match="No model of that name") as caught:
        by_openrouter.chat.send(model="gpt-4", messages=HI)
    assert caught.value.data.error.code == 400


def test_openai_busy(by_openai):
    with pytest.raises(openai.RateLimitError) as caught:
        by_openai.chat.completions.create(model=BUSY, messages=HI)
    assert caught.value.response.headers["retry-after"] == "5"


def test_openrouter_busy(by_openrouter):
    with pytest.raises(errors.TooManyRequestsResponseError, match="busy"):
        by_openrouter.chat.send(model=BUSY, messages=HI, stream=True)


@pytest.mark.parametrize("model", PERMANENT)
def test_what_will_not_pass_is_not_retried(scripted, relay, base, model):
    """With the SDKs' own idea of retrying: one request each, no hour of waiting."""
    before = len(relay.records())
    with (
        openai.OpenAI(base_url=base, api_key=relay.key) as client,
        pytest.raises(openai.BadRequestError),
    ):
        client.chat.completions.create(model=model, messages=HI)
    with (
        OpenRouter(api_key=relay.key, server_url=base, retry_config=impatient()) as client,
        pytest.raises(errors.BadRequestResponseError),
    ):
        client.chat.send(model=model, messages=HI)
    admitted = 0 if model == "retired-alpha" else 2
    assert len(relay.records()) == before + admitted
    assert len(scripted.seen(model)) == admitted


@pytest.mark.parametrize("model", PASSING)
def test_what_may_pass_is_typed(by_openai, by_openrouter, model):
    status = PASSING[model]
    with pytest.raises(openai.InternalServerError) as caught:
        by_openai.chat.completions.create(model=model, messages=HI)
    assert (caught.value.status_code, caught.value.body["code"]) == (status, status)
    with pytest.raises(errors.OpenRouterError) as told:
        by_openrouter.chat.send(model=model, messages=HI)
    assert told.value.status_code == status
    if status != 504:
        assert told.value.data.error.code == status


def test_openrouter_retries_what_may_pass(scripted, relay, base):
    """And honours Retry-After, which is why this one is a status without it."""
    model = f"status-500?seed={RUN}"
    before = len(scripted.seen(model))
    with (
        OpenRouter(api_key=relay.key, server_url=base, retry_config=impatient()) as client,
        pytest.raises(errors.BadGatewayResponseError),
    ):
        client.chat.send(model=model, messages=HI)
    assert len(scripted.seen(model)) > before + 1


def test_openai_error_mid_stream(by_openai):
    said = []
    stream = by_openai.chat.completions.create(model=BROKEN, messages=HI, stream=True)
    with stream, pytest.raises(openai.APIError, match="did not give a usable answer"):
        said.extend(chunk.choices[0].delta.content for chunk in stream)
    assert DEFAULT_TEXT.startswith("".join(said))
    assert "".join(said)


def test_openrouter_error_mid_stream(by_openrouter):
    with by_openrouter.chat.send(model=BROKEN, messages=HI, stream=True) as stream:
        *said, last = stream
    assert "".join(chunk.choices[0].delta.content for chunk in said)
    assert last.error.code == 502
    assert last.choices[0].finish_reason == "error"


# Hanging up


def test_openai_cancels_a_stream(scripted, relay, by_openai):
    with by_openai.chat.completions.create(model=SLOW, messages=HI, stream=True) as stream:
        generation = next(iter(stream)).id
    assert relay.record(generation).end.outcome == "cancelled"
    eventually(lambda: scripted.seen(SLOW)[-1]["cancelled"])


def test_openrouter_cancels_a_stream(scripted, relay, by_openrouter):
    with by_openrouter.chat.send(model=HANG, messages=HI, stream=True) as stream:
        generation = next(iter(stream)).id
    assert relay.record(generation).end.outcome == "cancelled"
    eventually(lambda: scripted.seen(HANG)[-1]["cancelled"])
