"""Clouds, hosts and gateways that serve other people's models."""

import msgspec

from darkhorse.upstream.scripted.imitations.house import Counts, House, JsonObject
from darkhorse.upstream.scripted.imitations.houses.labs import ANTHROPIC, OPENAI
from darkhorse.upstream.scripted.imitations.shapes import (
    ANTHROPIC_WORDS,
    ENGINE_WORDS,
    bare_usage,
    cached_usage,
    full_usage,
    message_error,
    numbered_error,
    openai_error,
)

__all__ = ["HOSTS"]

_but = msgspec.structs.replace
_BAD = "invalid_request_error"
_SAFE = {
    kind: {"filtered": False, "severity": "safe"}
    for kind in ("hate", "self_harm", "sexual", "violence")
}


def _groq_usage(counts: Counts) -> JsonObject:
    times = {"queue_time": 0.018, "prompt_time": counts.prompt / 9000}
    spent = {"completion_time": counts.completion / 500}
    return {**bare_usage(counts), **times, **spent, "total_time": counts.total / 480}


def _router_usage(counts: Counts) -> JsonObject:
    cost = {"upstream_inference_cost": None, "upstream_inference_prompt_cost": 5e-06}
    return {**full_usage(counts), "cost": counts.total * 1e-06, "cost_details": cost}


HOSTS: tuple[House, ...] = (
    _but(
        OPENAI,
        name="azure",
        help="OpenAI's models at Azure: `content_filter_results` everywhere, a first chunk of "
        "`prompt_filter_results`.",
        headers=(
            ("apim-request-id", "{uuid}"),
            ("azureml-model-session", "d{digits14}-{alnum8}"),
            ("x-ms-region", "Sweden Central"),
            ("x-ms-rai-invoked", "true"),
            ("x-ratelimit-remaining-requests", "2499"),
            ("x-request-id", "{uuid}"),
        ),
        chunk={},
        choice={"logprobs": None, "content_filter_results": _SAFE},
        opens=(
            {
                "prompt_filter_results": [
                    {"prompt_index": 0, "content_filter_results": {**_SAFE, "jailbreak": {}}}
                ]
            },
        ),
        words={
            "key": (
                (
                    "Access denied due to invalid subscription key or wrong API endpoint. Make "
                    "sure to provide a valid key for an active subscription."
                ),
                "",
                "401",
            ),
            "model": (
                "The API deployment for this resource does not exist.",
                "",
                "DeploymentNotFound",
            ),
            "path": ("Resource not found", "", "404"),
        },
    ),
    _but(
        ANTHROPIC,
        name="bedrock",
        help="Claude at Amazon: `msg_bdrk_`, `toolu_bdrk_`, `x-amzn-…`, bare error messages.",
        model="anthropic.claude-opus-4-6-v1:0",
        id="msg_bdrk_01{alnum22}",
        call_id="toolu_bdrk_01{alnum22}",
        headers=(
            ("x-amzn-requestid", "{uuid}"),
            ("x-amzn-bedrock-invocation-latency", "{ms}"),
            ("x-amzn-bedrock-input-token-count", "{digits2}"),
            ("x-amzn-bedrock-output-token-count", "{digits3}"),
        ),
        usage=ANTHROPIC.usage,
        words={
            **ANTHROPIC_WORDS,
            "key": ("The security token included in the request is invalid.", "", None),
            "model": ("The provided model identifier is invalid.", "", None),
            "context": ("The model returned the following errors: Input is too long.", "", None),
        },
        statuses={"key": 403, "model": 400},
        shape=message_error,
    ),
    _but(
        ANTHROPIC,
        name="vertex-claude",
        help="Claude at Google: `msg_vrtx_`, `toolu_vrtx_`, Google's headers, Anthropic's errors.",
        id="msg_vrtx_01{alnum22}",
        call_id="toolu_vrtx_01{alnum22}",
        headers=(
            ("x-vertex-ai-internal-prediction-backend", "harpoon"),
            ("request-id", "req_vrtx_011{alnum20}"),
            ("vary", "X-Origin, Referer, Origin,Accept-Encoding"),
            ("server", "scaffolding on HTTPServer2"),
            ("x-xss-protection", "0"),
        ),
    ),
    House(
        name="groq",
        help="Groq: `chatcmpl-` and a uuid, times in usage, `x_groq`, `reasoning`.",
        model="openai/gpt-oss-120b",
        maker="OpenAI",
        known="o200k",
        frame=72,
        end=9,
        id="chatcmpl-{uuid}",
        call_id="fc_{uuid}",
        headers=(
            ("x-groq-region", "fra"),
            ("x-ratelimit-reset-tokens", "{ms}ms"),
            ("x-request-id", "req_01k{lower23}"),
            ("via", "1.1 google"),
            ("cf-ray", "{hex16}-FRA"),
        ),
        stream_type="text/event-stream",
        after={"system_fingerprint": "fp_3d587a02fb"},
        body={"service_tier": "on_demand", "x_groq": {"id": "req_01k{lower23}", "seed": 1}},
        thinks="reasoning",
        usage=_groq_usage,
        usage_in="vendor",
        strict=True,
        words={
            "key": ("Invalid API Key", _BAD, "invalid_api_key"),
            "range": ("`{name}` must be between {low} and {high}", _BAD, None),
            "unknown": ("property '{name}' is unsupported", _BAD, None),
            "context": (
                "Please reduce the length of the messages or completion.",
                _BAD,
                "context_length_exceeded",
            ),
            "path": ("Unknown request URL: {value}.", _BAD, "unknown_url"),
        },
        shape=openai_error,
    ),
    House(
        name="openrouter",
        help="OpenRouter in front of Claude: `native_finish_reason`, `reasoning_details[].format`, "
        "`provider`, comments.",
        model="anthropic/claude-opus-4.6",
        maker="Anthropic",
        known="claude3",
        block=1024,
        context=200_000,
        piece=5,
        id="gen-17{digits8}-{alnum20}",
        call_id="toolu_bdrk_01{alnum22}",
        headers=(
            ("x-generation-id", "gen-17{digits8}-{alnum20}"),
            ("server", "cloudflare"),
            ("cf-ray", "{hex16}-FRA"),
            ("access-control-allow-origin", "*"),
        ),
        stream_type="text/event-stream",
        before={"provider": "Amazon Bedrock"},
        message={"refusal": None, "reasoning": None},
        choice={"logprobs": None, "native_finish_reason": None},
        ending={"native_finish_reason": "end_turn"},
        role="each",
        thinks="details",
        usage=_router_usage,
        comment="OPENROUTER PROCESSING",
        words={
            "key": ("User not found.", "", 401),
            "model": ("{value} is not a valid model ID", "", 400),
            "range": ("Provider returned error", "", 400),
            "context": (
                (
                    "This endpoint's maximum context length is {context} tokens. However, you "
                    "requested about {total} tokens ({asked} of text input, {answer} in output)."
                ),
                "",
                400,
            ),
        },
        statuses={"model": 400},
        shape=numbered_error,
    ),
    House(
        name="together",
        help="Together: an id with a datacentre in it, `prompt`, a seed in each choice, `eos`.",
        model="deepseek-ai/DeepSeek-V4",
        maker="DeepSeek",
        known="deepseek-v3",
        frame=5,
        end=1,
        id="o{alnum6}-{alnum6}-{hex16}-FRA",
        call_id="call_{lower24}",
        headers=(
            ("x-together-traceid", "{hex32}"),
            ("x-inference-version", "v2"),
            ("x-api-received", "2026-11-22T10:{digits2}:00Z"),
            ("x-ratelimit", "600"),
            ("cf-ray", "{hex16}-FRA"),
        ),
        stream_type="text/event-stream;charset=utf-8",
        body={"prompt": []},
        message={"tool_calls": []},
        choice={"logprobs": None, "seed": None},
        ending={"seed": 5_113_221_902_771_224},
        finishes={"stop": "eos"},
        thinks="reasoning",
        usage=cached_usage,
        usage_in="last",
        words={
            "key": ("Invalid API key provided.", _BAD, "invalid_api_key"),
            "model": ("Unable to access model {value}.", _BAD, "model_not_available"),
            "range": ("Input validation error: `{name}` must be <= {high}", _BAD, None),
            "context": (
                (
                    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= "
                    "{context}; maximum context length exceeded. Given: {asked} and {answer}"
                ),
                _BAD,
                None,
            ),
        },
        statuses={"range": 422, "context": 422},
        shape=openai_error,
    ),
    House(
        name="fireworks",
        help="Fireworks: a uuid, timings in headers, vLLM's words in OpenAI's errors.",
        model="accounts/fireworks/models/glm-5",
        maker="Zhipu AI",
        known="glm5",
        frame=4,
        block=64,
        context=202_752,
        id="{uuid}",
        call_id="call_{alnum24}",
        headers=(
            ("fireworks-deployment", "accounts/fireworks/deployments/{lower8}"),
            ("fireworks-prompt-tokens", "{digits2}"),
            ("fireworks-server-time-to-first-token", "{seconds}"),
            ("fireworks-backend-host", "10.{digits2}.{digits2}.7"),
            ("server", "fireworks"),
        ),
        stream_type="text/event-stream",
        choice={},
        thinks="reasoning_content",
        usage=cached_usage,
        usage_in="last",
        words={
            "model": ("Model not found, inaccessible, and/or not deployed", "error", "NOT_FOUND"),
            "range": ("Input should be less than or equal to {high}: {name}", "error", None),
            "context": (
                "The prompt is too long: {asked}, model maximum context length: {context}",
                _BAD,
                None,
            ),
        },
        shape=openai_error,
    ),
    House(
        name="crusoe",
        help="vLLM at a host: `vllm-0.24.0-tp4-…`, a numeric `stop_reason`, routed experts.",
        model="zai/GLM-5",
        maker="Zhipu AI",
        known="glm5",
        frame=5,
        end=1,
        context=202_752,
        id="chatcmpl-{hex16}",
        call_id="chatcmpl-tool-{hex16}",
        headers=(("server", "envoy"), ("x-request-id", "{uuid}"), ("x-crusoe-region", "us-east1")),
        after={
            "system_fingerprint": "vllm-0.24.0-tp4-ep8-5b1c7a2e",
            "prompt_token_ids": None,
            "kv_transfer_params": None,
        },
        choice={"logprobs": None, "token_ids": None, "routed_experts": None},
        ending={"stop_reason": 154_827},
        thinks="reasoning",
        usage=full_usage,
        words=ENGINE_WORDS,
        shape=openai_error,
    ),
)
