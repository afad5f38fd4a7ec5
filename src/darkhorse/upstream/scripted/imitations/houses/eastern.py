"""Labs in China."""

from darkhorse.upstream.scripted.imitations.house import USUAL_RANGES, Counts, House, JsonObject
from darkhorse.upstream.scripted.imitations.shapes import (
    anthropic_error,
    bare_usage,
    cached_usage,
    numbered_error,
    openai_error,
)

__all__ = ["EASTERN_LABS"]

_BAD = "invalid_request_error"


def _deepseek_usage(counts: Counts) -> JsonObject:
    hits = {"prompt_cache_hit_tokens": counts.cached}
    misses = {"prompt_cache_miss_tokens": counts.prompt - counts.cached}
    thought = {"completion_tokens_details": {"reasoning_tokens": counts.reasoning}}
    return {**cached_usage(counts), **thought, **hits, **misses}


def _minimax_usage(counts: Counts) -> JsonObject:
    return {**bare_usage(counts), "total_characters": 0}


EASTERN_LABS: tuple[House, ...] = (
    House(
        name="deepseek",
        help="DeepSeek: uuid, `call_00_…`, `fp_…_prod…_fp8_kvcache`, cache hits and misses.",
        model="deepseek-v4",
        maker="DeepSeek",
        known="deepseek-v3",
        frame=4,
        end=1,
        block=64,
        context=131_072,
        id="{uuid}",
        call_id="call_00_{alnum24}",
        headers=(
            ("server", "elb"),
            ("x-ds-trace-id", "{hex32}"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains; preload"),
            ("x-content-type-options", "nosniff"),
        ),
        after={"system_fingerprint": "fp_eaab8d114b_prod0820_fp8_kvcache"},
        delta={"reasoning_content": None},
        thinks="reasoning_content",
        usage=_deepseek_usage,
        usage_in="last",
        words={
            "key": (
                "Authentication Fails, Your api key: ****{value} is invalid",
                "authentication_error",
                "invalid_request_error",
            ),
            "model": ("Model Not Exist", _BAD, _BAD),
            "range": ("Invalid {name} value, the valid range is [{low}, {high}]", _BAD, _BAD),
            "context": (
                (
                    "This model's maximum context length is {context} tokens. However, you "
                    "requested {total} tokens ({asked} in the messages, {answer} in the "
                    "completion). Please reduce the length of the messages or completion."
                ),
                _BAD,
                _BAD,
            ),
        },
        statuses={"model": 400},
        shape=openai_error,
    ),
    House(
        name="kimi",
        help="Moonshot's Kimi: `functions.NAME:0`, usage inside the last choice.",
        model="kimi-k2.5",
        maker="Moonshot AI",
        known="kimi",
        frame=8,
        block=256,
        context=262_144,
        id="chatcmpl-{hex24}",
        call_id="functions.NAME:0",
        headers=(("msh-request-id", "{hex32}"), ("msh-trace-mode", "on"), ("server", "nginx")),
        stream_type="text/event-stream",
        after={"system_fingerprint": "fpv0_8a1a8e3b"},
        choice={},
        thinks="reasoning_content",
        usage=lambda counts: {**bare_usage(counts), "cached_tokens": counts.cached},
        usage_in="choice",
        ranges={**USUAL_RANGES, "temperature": (0, 1)},
        words={
            "key": ("Invalid Authentication", "invalid_authentication_error", None),
            "model": (
                "Not found the model {value} or Permission denied",
                "resource_not_found_error",
                None,
            ),
            "range": ("invalid {name}: only {low} to {high} is allowed for this model", _BAD, None),
            "context": (
                (
                    "Invalid request: Your request exceeded model token limit: {context} "
                    "(requested: {total}), too many tokens"
                ),
                _BAD,
                None,
            ),
        },
        shape=openai_error,
    ),
    House(
        name="zai",
        help="Z.ai's GLM: an id of date and hex, `request_id`, numbered errors, usage in the last "
        "chunk.",
        model="glm-5",
        maker="Zhipu AI",
        known="glm5",
        frame=4,
        end=2,
        block=64,
        context=202_752,
        id="20261122{digits6}{hex16}",
        call_id="call_{hex20}",
        headers=(("x-log-id", "20261122{digits6}{hex16}"), ("x-process-time", "{seconds}")),
        stream_type="text/event-stream;charset=UTF-8",
        body={"request_id": "20261122{digits6}{hex16}"},
        choice={},
        role="each",
        thinks="reasoning_content",
        usage=cached_usage,
        usage_in="last",
        ranges={**USUAL_RANGES, "temperature": (0, 1), "top_p": (0.01, 1)},
        words={
            "key": ("token expired or incorrect", "", 401),
            "model": ("Unknown Model, please check the model code.", "", "1211"),
            "range": ("The {name} parameter is illegal. Please check the API doc.", "", "1210"),
            "type": ("API 调用参数有误, 请检查文档.", "", "1210"),
            "empty": ("输入不能为空", "", "1214"),
            "context": ("Prompt exceeds max length: too many tokens", "", "1261"),
        },
        statuses={"model": 400},
        shape=numbered_error,
    ),
    House(
        name="minimax",
        help="MiniMax: `base_resp`, sensitivity fields, the whole answer again at a stream's end.",
        model="MiniMax-M2.5",
        maker="MiniMax",
        known="minimax",
        frame=35,
        context=204_800,
        piece=6,
        id="06{hex30}",
        call_id="call_function_{lower12}_1",
        headers=(
            ("minimax-request-id", "{hex32}"),
            ("trace-id", "06{hex30}"),
            ("alb_request_id", "{hex32}"),
        ),
        after={
            "input_sensitive": False,
            "output_sensitive": False,
            "input_sensitive_type": 0,
            "output_sensitive_type": 0,
        },
        body={"base_resp": {"status_code": 0, "status_msg": ""}},
        choice={},
        role="each",
        thinks="reasoning_content",
        usage=_minimax_usage,
        usage_in="last",
        repeats_whole=True,
        words={
            "key": ("login fail: Please carry the API secret key (1004)", "authorized_error", 1004),
            "range": ("invalid params, {name} out of range (2013)", "bad_request_error", 2013),
            "context": (
                "invalid params, context window exceeds limit (2013)",
                "bad_request_error",
                2013,
            ),
        },
        shape=anthropic_error,
    ),
    House(
        name="qwen",
        help="Alibaba's Qwen: `chatcmpl-` and a uuid, several tokens a delta, DashScope's headers.",
        model="qwen3.5-plus",
        maker="Alibaba",
        known="qwen3.5",
        frame=5,
        context=262_144,
        piece=3,
        id="chatcmpl-{uuid}",
        call_id="call_{hex24}",
        headers=(
            ("x-request-id", "{uuid}"),
            ("x-dashscope-call-gateway", "true"),
            ("req-cost-time", "{ms}"),
            ("req-arrive-time", "17{digits11}"),
            ("server", "istio-envoy"),
        ),
        stream_type="text/event-stream;charset=UTF-8",
        after={"system_fingerprint": None},
        delta={"reasoning_content": None},
        thinks="reasoning_content",
        usage=cached_usage,
        words={
            "range": (
                (
                    "<400> InternalError.Algo.InvalidParameter: Range of {name} should be "
                    "[{low}, {high}]"
                ),
                _BAD,
                "invalid_parameter_error",
            ),
            "context": (
                (
                    "<400> InternalError.Algo.InvalidParameter: Range of input length should be "
                    "[1, {context}]; the prompt is too long"
                ),
                _BAD,
                "invalid_parameter_error",
            ),
        },
        shape=openai_error,
    ),
)
