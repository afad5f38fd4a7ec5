"""Engines that people run themselves."""

from darkhorse.upstream.scripted.imitations.house import USUAL_RANGES, Counts, House, JsonObject
from darkhorse.upstream.scripted.imitations.shapes import (
    ENGINE_WORDS,
    OPENAI_WORDS,
    bare_usage,
    cached_usage,
    flat_error,
    numbered_error,
    openai_error,
)

__all__ = ["ENGINES"]


def _sglang_usage(counts: Counts) -> JsonObject:
    return {
        **bare_usage(counts),
        "prompt_tokens_details": None,
        "reasoning_tokens": counts.reasoning,
    }


_LOOSE = {"n": (1, 128), "max_tokens": (-1, 10_000_000)}

ENGINES: tuple[House, ...] = (
    House(
        name="vllm",
        help="vLLM: 32 hex behind `chatcmpl-`, `token_ids`, `stop_reason`, many null fields.",
        model="Qwen/Qwen3-235B-A22B",
        maker="Alibaba",
        known="qwen3",
        frame=8,
        end=1,
        block=16,
        context=40_960,
        id="chatcmpl-{hex32}",
        call_id="chatcmpl-tool-{hex32}",
        headers=(("server", "uvicorn"),),
        body={"service_tier": None, "prompt_logprobs": None, "kv_transfer_params": None},
        message={
            "refusal": None,
            "annotations": None,
            "audio": None,
            "function_call": None,
            "reasoning_content": None,
        },
        choice={"logprobs": None, "token_ids": None},
        ending={"stop_reason": None},
        thinks="reasoning_content",
        usage=cached_usage,
        words=ENGINE_WORDS,
        shape=openai_error,
    ),
    House(
        name="sglang",
        help="SGLang: 32 hex, `matched_stop`, role and reasoning null, flat errors.",
        model="zai-org/GLM-4.6",
        maker="Zhipu AI",
        known="glm4",
        frame=5,
        end=1,
        context=202_752,
        id="{hex32}",
        call_id="call_{hex24}",
        headers=(("server", "uvicorn"), ("x-request-id", "{hex32}")),
        body={"metadata": {"weight_version": "default"}},
        message={"reasoning_content": None},
        delta={"reasoning_content": None, "tool_calls": None},
        choice={"logprobs": None, "matched_stop": None},
        ending={"matched_stop": 151_336},
        role="null",
        thinks="reasoning_content",
        usage=_sglang_usage,
        words={
            **ENGINE_WORDS,
            "context": (
                (
                    "The input ({asked} tokens) is longer than the model's context length "
                    "({context} tokens)."
                ),
                "BadRequestError",
                400,
            ),
        },
        shape=flat_error,
    ),
    House(
        name="llamacpp",
        help="llama.cpp's server: `timings`, `b…` fingerprints, content null first, takes any "
        "value.",
        model="gpt-oss-20b-mxfp4.gguf",
        maker="OpenAI",
        known="o200k",
        frame=71,
        context=8_192,
        id="chatcmpl-{alnum32}",
        call_id="{alnum32}",
        headers=(("server", "llama.cpp"), ("access-control-allow-origin", "")),
        stream_type="text/event-stream",
        before={"system_fingerprint": "b6869-16724b5b6"},
        body={"timings": {"prompt_n": 9, "prompt_ms": 41.302, "predicted_per_second": 121.9}},
        choice={},
        opening=None,
        thinks="reasoning_content",
        usage=bare_usage,
        ranges=_LOOSE,
        counts_answer=False,
        words={
            "key": ("Invalid API Key", "authentication_error", 401),
            "path": ("File Not Found", "not_found_error", 404),
            "empty": ("'messages' is required", "invalid_request_error", 400),
            "json": ("parse error: syntax error while parsing value", "server_error", 500),
            "context": (
                (
                    "the request exceeds the available context size ({context} tokens), try "
                    "increasing it: exceed_context_size, {asked} tokens"
                ),
                "exceed_context_size_error",
                400,
            ),
        },
        statuses={"json": 500},
        shape=numbered_error,
    ),
    House(
        name="ollama",
        help="Ollama: `chatcmpl-` and three digits, `fp_ollama`, the role in each delta.",
        model="gemma4:27b",
        maker="Google",
        known="gemma4",
        frame=9,
        context=32_768,
        id="chatcmpl-{digits3}",
        call_id="call_{lower8}",
        headers=(),
        stream_type="text/event-stream",
        after={"system_fingerprint": "fp_ollama"},
        choice={},
        role="each",
        thinks="reasoning",
        usage=bare_usage,
        ranges=_LOOSE,
        counts_answer=False,
        words={
            "model": ("model '{value}' not found", "not_found_error", None),
            "empty": ("[] is too short - 'messages'", "invalid_request_error", None),
            "context": OPENAI_WORDS["context"],
        },
        shape=openai_error,
    ),
    House(
        name="nim",
        help="NVIDIA's NIM: `chat-` and 32 hex, vLLM's errors in FastAPI's clothes.",
        model="meta/llama-4-maverick-17b-128e-instruct",
        maker="Meta",
        known="llama4",
        frame=10,
        context=131_072,
        id="chat-{hex32}",
        call_id="chatcmpl-tool-{hex32}",
        headers=(("nvcf-reqid", "{uuid}"), ("nvcf-status", "fulfilled"), ("server", "uvicorn")),
        choice={"logprobs": None},
        ending={"stop_reason": 200_008},
        usage=bare_usage,
        ranges={**USUAL_RANGES, "temperature": (0, 1)},
        words=ENGINE_WORDS,
        shape=flat_error,
    ),
)
