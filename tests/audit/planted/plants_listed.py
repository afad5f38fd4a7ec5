"""Leaks of what is taken, of the catalogue, of what is kept, of what media cost."""

import base64
import json
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from .leaky import Asked, Said
from .planting import ALNUM, Bed, digest

__all__ = ["BED"]

BED = Bed()
plant = BED.plant
Object = dict[str, Any]


def parameter(is_odd: Callable[[Object], bool], text: str = "This value is not taken."):
    """Chat refuses these bodies."""
    body = {"code": 400, "message": text, "metadata": {"error_type": "invalid_request"}}

    def change(asked: Asked, said: Said) -> None:
        if asked.route == "chat/completions" and said.is_answer and is_odd(asked.json):
            said.say({"error": body}, 400)

    return change


def two_of_a_side(body: Object) -> bool:
    return any(one == other == "user" for one, other in pairwise(roles(body)))


def roles(body: Object) -> list[str]:
    return [each.get("role") for each in body.get("messages") or []]


def _effort(body: Object) -> str:
    told = body.get("reasoning")
    return body.get("reasoning_effort") or (
        told.get("effort", "") if isinstance(told, dict) else ""
    )


for like, name, tells, is_odd in (
    (
        "Anthropic",
        "temperature_up_to_one",
        "temperature",
        lambda body: body.get("temperature", 0) > 1,
    ),
    (
        "OpenAI",
        "temperature_of_one_alone",
        "temperature",
        lambda body: body.get("temperature", 1) != 1,
    ),
    ("OpenAI", "no_top_k", "top_k", lambda body: "top_k" in body),
    ("Anthropic", "not_both", "top_p", lambda body: {"temperature", "top_p"} <= body.keys()),
    ("Mistral", "no_unknown_fields", "nobody_knows_this", lambda body: "nobody_knows_this" in body),
    ("Ox Alpha", "no_medium", "medium", lambda body: _effort(body) == "medium"),
    ("Gemma", "turns_in_order", "messages", two_of_a_side),
    ("Llama", "no_developer", "developer", lambda body: "developer" in roles(body)),
    (
        "DeepSeek",
        "no_forced_tool",
        "tool_choice",
        lambda body: body.get("tool_choice") == "required",
    ),
    (
        "OpenAI",
        "sixteen_at_least",
        "max_completion_tokens",
        lambda body: body.get("max_completion_tokens", 16) < 16,
    ),
):
    plant("parameters", tells, name, like=like)(parameter(is_odd))


@plant("parameters", "reasoning", like="Ox Alpha")
def _thoughts_always(asked: Asked, said: Said) -> None:
    told = asked.json.get("reasoning")
    off = isinstance(told, dict) and (told.get("enabled") is False or told.get("effort") == "none")
    if off and said.is_answer and not said.is_stream:
        said.parts(lambda part: part.update(reasoning="The user says hi."))


def of_endpoints(**fields: Any) -> Callable[[Object], Any]:
    return lambda row: [each.update(fields) for each in row.get("endpoints") or ()]


def listed(change: Callable[[Object], Any]):
    """Changes the model's entries in the catalogue."""

    def only(asked: Asked, said: Said) -> None:
        if asked.path.startswith("/api/v1/models") and said.status == 200 and said.json:
            data = said.json.get("data")
            rows = data if isinstance(data, list) else [data]
            for row in rows:
                if isinstance(row, dict) and row.get("id") == "stealth/main":
                    change(row)
            said.say({**said.json, "data": rows if isinstance(data, list) else rows[0]})

    return only


for like, tells, name, change in (
    ("vLLM", "owned_by", "owner", lambda row: "owned_by" in row and row.update(owned_by="zai-org")),
    (
        "OpenRouter",
        "tokenizer",
        "tokenizer",
        lambda row: row["architecture"].update(tokenizer="DeepSeek"),
    ),
    (
        "OpenRouter",
        "instruct_type",
        "template",
        lambda row: row["architecture"].update(instruct_type="chatml"),
    ),
    (
        "OpenRouter",
        "hugging_face_id",
        "weights",
        lambda row: row.update(hugging_face_id="nova/nova-5"),
    ),
    ("vLLM", "max_model_len", "engine_window", lambda row: row.update(max_model_len=202752)),
    ("", "knowledge_cutoff", "cutoff", lambda row: row.update(knowledge_cutoff="2025-05-31")),
    (
        "Fireworks",
        "supports_chat",
        "fields",
        lambda row: row.update(supports_chat=True, kind="HF_BASE_MODEL"),
    ),
    ("OpenRouter", "quantization", "quantization", of_endpoints(quantization="fp8")),
    ("OpenRouter", "provider_name", "provider", of_endpoints(provider_name="Novita")),
    ("", "GLM", "name", lambda row: row.update(description="Our GLM-5.3 preview.")),
    (
        "Llama",
        "default_parameters",
        "defaults",
        lambda row: row.update(default_parameters={"temperature": 0.6}),
    ),
):
    plant("catalogue", tells, name, like=like)(listed(change))

_HALF = {"verdict": "reduced", "deterministic": False}
plant("catalogue", "230B", "scale", **_HALF)(
    listed(lambda row: row.update(description="A 230B mixture of experts."))
)
plant("catalogue", "3584", "an_odd_window", also=("context-limit",), **_HALF)(
    listed(lambda row: row.update(context_length=3584))
)


def recorded(**fields: Any):
    """What is said of a generation afterwards."""

    def change(asked: Asked, said: Said) -> None:
        if asked.route == "generation" and said.status == 200:
            said.each(lambda found: found["data"].update(fields))

    return change


for tells, value in (
    ("native_tokens_prompt", 23),
    ("native_tokens_cached", 64),
    ("upstream_id", f"chatcmpl-{digest('up', 29, ALNUM)}"),
    ("provider_name", "Novita"),
    ("provider_responses", [{"endpoint_id": "ep-20260109111813-hztxv", "status": 200}]),
    ("native_finish_reason", "end_turn"),
    ("upstream_inference_cost", 0.0031),
    ("model", "zai/glm-5.3"),
    ("service_tier", "priority"),
):
    plant("generation-record", tells, tells, like="OpenRouter")(recorded(**{tells: value}))


def seen(kind: str, cost: Callable[[str], int]):
    """What a medium costs, by its data."""

    def change(asked: Asked, said: Said) -> None:
        if not (said.is_answer and asked.route == "chat/completions"):
            return
        content = (asked.json.get("messages") or [{}])[-1].get("content")
        parts = content if isinstance(content, list) else []
        media = [json.dumps(part) for part in parts if part.get("type") == kind]
        extra = sum(cost(each) - 1024 for each in media)
        said.usage(lambda usage: usage.update(prompt_tokens=usage["prompt_tokens"] + extra))

    return change


plant("media", "prompt tokens", "tiles", like="OpenAI", behind="seeing")(
    seen("image_url", lambda data: 85 + 170 * (1 + len(data) // 400))
)
plant("media", "prompt tokens", "a_price_of_its_own", like="Gemini", behind="seeing")(
    seen("input_audio", lambda data: 32 * (1 + len(data) // 10_000))
)


def unseen(text: str, status: int = 400):
    def change(asked: Asked, said: Said) -> None:
        if said.is_error and '"image_url"' in json.dumps(asked.json) and b"data:image" in asked.raw:
            error = {"code": status, "message": text, "metadata": {"error_type": "invalid_request"}}
            said.say({"error": error}, status)

    return change


plant(
    "media",
    "Could not process image",
    "words_of_anthropic",
    like="Anthropic",
    behind="seeing",
    also=("error-bodies",),
)(unseen("messages.0.content.1.image.source.base64.data: Could not process image"))


@plant("media", "PNG of 2048", like="Anthropic", behind="seeing")
def _a_largest_size(asked: Asked, said: Said) -> None:
    found = re.search(rb"data:image/png;base64,([A-Za-z0-9+/]{32})", asked.raw)
    if said.is_answer and found and int.from_bytes(base64.b64decode(found[1])[16:20]) > 1568:
        said.say(_too_large(), 400)


def _too_large() -> Object:
    error = {"code": 400, "message": "The image is too large."}
    return {"error": {**error, "metadata": {"error_type": "invalid_request"}}}
