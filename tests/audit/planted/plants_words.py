"""Leaks of what is refused, and how: words, statuses, broken streams, long prompts."""

import json
import re
from collections.abc import Callable
from typing import Any

from .leaky import Asked, Said
from .planting import ALNUM, Bed, digest

__all__ = ["BED"]

BED = Bed()
plant = BED.plant
Object = dict[str, Any]


def refused(change: Callable[[Asked, Said], Any], *statuses: int):
    """Changes refusals of whole JSON requests to the model, long prompts left out."""

    def only(asked: Asked, said: Said) -> None:
        if said.status in (statuses or (400,)) and asked.json and not is_long(asked):
            change(asked, said)

    return only


def is_long(asked: Asked) -> bool:
    return len(asked.raw) > 12_000 or asked.json.get("max_tokens", 0) in (10**12, 999_999_999)


def instead(body: Any, status: int = 0):
    """Another body, whatever was wrong; `{}` in its message is what ours said."""
    text = body if isinstance(body, str) else json.dumps(body)
    return refused(lambda _asked, said: said.say(text.replace("{}", said_message(said)), status))


def said_message(said: Said) -> str:
    error = said.json.get("error") if isinstance(said.json, dict) else None
    text = error.get("message", "") if isinstance(error, dict) else ""
    return json.dumps(text)[1:-1]


def reworded(text: str, *, error_type: str = "invalid_request"):
    metadata = {"error_type": error_type}
    return instead({"error": {"code": 400, "message": text, "metadata": metadata}})


_OPENAI = {"message": "{}", "type": "invalid_request_error", "param": None, "code": None}
_GOOGLE = {"code": 400, "message": "{}", "status": "INVALID_ARGUMENT"}
_RAW = {"raw": "{}", "provider_name": "Novita", "error_type": "invalid_request"}
_ROUTER = {"code": 400, "message": "Provider returned error", "metadata": _RAW}
_LITELLM = "litellm.BadRequestError: OpenAIException - {}"
_VLLM = {"object": "error", "message": "{}", "type": "BadRequestError", "param": None, "code": 400}
for like, name, tells, change in (
    ("LiteLLM", "an_exception", "OpenAIException", reworded(_LITELLM)),
    ("FastAPI", "a_detail", "detail", instead({"detail": [{"loc": ["body"], "msg": "{}"}]})),
    ("OpenAI", "a_type_of_openai", "invalid_request_error", instead({"error": _OPENAI})),
    ("Google", "a_status_of_google", "INVALID_ARGUMENT", instead({"error": _GOOGLE})),
    ("z.ai", "a_number_of_zai", "1214", instead({"error": {"code": "1214", "message": "{}"}})),
    ("vLLM", "a_class_of_vllm", "BadRequestError", instead(_VLLM)),
    (
        "DeepSeek",
        "words_of_deepseek",
        "Failed to deserialize",
        reworded("Failed to deserialize the JSON body into the target type: {}"),
    ),
    (
        "Anthropic",
        "words_of_anthropic",
        "at least one message",
        reworded("messages: at least one message is required"),
    ),
    ("OpenRouter", "a_provider", "provider_name", instead({"error": _ROUTER})),
    ("Pydantic", "words_of_pydantic", "Input should be", reworded("Input should be a valid list")),
    ("", "a_trace", "/srv/", reworded("{} in /srv/nova/serving.py")),
    ("new-api", "an_address", "10.0.4.17", reworded("Post http://10.0.4.17:8001/v1: {}")),
    ("", "a_key", "sk-", reworded("{} The key sk-proj1234567890abcd was used.")),
    ("", "the_true_name", "GLM", reworded("GLM-5.3: {}")),
    ("", "a_code_in_words", "code", instead({"error": {"code": "bad_request", "message": "{}"}})),
    ("Ollama", "a_bare_error", "error", instead({"error": "{}"})),
):
    plant("error-bodies", tells, name, like=like)(change)


_NO_MODEL = "The model `nobody/knows` does not exist or you do not have access to it."


@plant("error-bodies", "does not exist", like="OpenAI")
def _an_unknown_model(asked: Asked, said: Said) -> None:
    if said.status in (400, 404) and asked.json.get("model") == "nobody/knows":
        said.say({"error": {**_OPENAI, "message": _NO_MODEL, "code": "model_not_found"}})


@plant("error-bodies", "Incorrect API key", like="OpenAI")
def _a_wrong_key(asked: Asked, said: Said) -> None:
    if said.status == 401 and b"sk-nobody" in asked.raw:
        text = "Incorrect API key provided: sk-nobod*******-one."
        said.say(
            {"error": {"code": 401, "message": text, "metadata": {"error_type": "authentication"}}}
        )


def without_messages(change: Callable[[Said], Any]):
    """Changes what comes of `messages` that are no list."""

    def only(asked: Asked, said: Said) -> None:
        if said.status == 400 and "messages" in asked.json:
            isinstance(asked.json["messages"], list) or change(said)

    return only


for like, status in (("FastAPI", 422), ("Anthropic", 529), ("Cloudflare", 520), ("", 418)):
    change = without_messages(lambda said, status=status: setattr(said, "status", status))
    plant("status-codes", str(status), f"status_{status}", like=like)(change)


@plant("status-codes", "403", like="xAI")
def _a_wrong_key_is_forbidden(asked: Asked, said: Said) -> None:
    if said.status == 401 and b"sk-nobody" in asked.raw:
        said.status = 403


plant("status-codes", "200", "errors_of_status_200", like="MiniMax")(
    without_messages(lambda said: setattr(said, "status", 200))
)


def breaking(error: Object | str):
    """Streams that break say so in another's words."""

    def change(asked: Asked, said: Said) -> None:
        if said.is_stream and asked.route == "chat/completions":
            said.each(lambda found: "error" in found and found.update(error=error))

    return change


_BROKE = {"code": 502, "metadata": {"error_type": "provider_unavailable"}}
for like, name, tells, error in (
    (
        "Anthropic",
        "overloaded",
        "overloaded_error",
        {"type": "overloaded_error", "message": "Overloaded"},
    ),
    ("vLLM", "a_dead_engine", "EngineDeadError", {**_BROKE, "message": "EngineDeadError: gone"}),
    (
        "Groq",
        "a_failed_generation",
        "failed_generation",
        {"message": "Failed.", "failed_generation": "{"},
    ),
    ("z.ai", "a_number", "1234", {"code": "1234", "message": "Network error, please try again"}),
    ("", "an_address", "10.1.2.3", {**_BROKE, "message": "No answer from 10.1.2.3:8000."}),
    ("", "a_word", "gone", "gone"),
):
    plant("stream-errors", tells, name, like=like)(breaking(error))


@plant("stream-errors", "[DONE]", like="LiteLLM")
def _done_behind_an_error(asked: Asked, said: Said) -> None:
    if said.is_stream and any('"error":{' in line for block in said.blocks for line in block):
        said.blocks.append(["data: [DONE]"])


def too_long(change: Callable[[Asked, Said], Any]):
    """Changes refusals of prompts that are too long."""

    def only(asked: Asked, said: Said) -> None:
        if said.status == 400 and len(asked.raw) > 12_000 and asked.texts:
            change(asked, said)

    return only


def size(asked: Asked) -> int:
    """An engine's own count."""
    return len(re.findall(r"\w+|[^\w\s]", asked.texts[-1])) + 9


def _vllm(asked: Asked) -> Object:
    said = "This model's maximum context length is 3600 tokens. However, you requested "
    said += f"{size(asked)} tokens."
    return {
        "object": "error",
        "message": said,
        "type": "BadRequestError",
        "param": None,
        "code": 400,
    }


def _anthropic(asked: Asked) -> Object:
    text = f"prompt is too long: {size(asked)} tokens > 3600 maximum"
    error = {"type": "invalid_request_error", "message": text}
    return {"type": "error", "error": error, "request_id": f"req_01{digest(text, 22, ALNUM)}"}


def _llamacpp(asked: Asked) -> Object:
    text = f"the request exceeds the available context size ({size(asked)} tokens)"
    return {
        "error": {"code": 400, "message": text, "type": "exceed_context_size_error", "n_ctx": 3600}
    }


for like, tells, body in (
    ("vLLM", "maximum context length", _vllm),
    ("Anthropic", "prompt is too long", _anthropic),
    ("llama.cpp", "n_ctx", _llamacpp),
):
    change = too_long(lambda asked, said, body=body: said.say(body(asked)))
    plant("context-limit", tells, f"words_of_{like.lower()}", like=like)(change)


@plant("context-limit", "131072")
def _the_native_window(asked: Asked, said: Said) -> None:
    def name(asked: Asked, said: Said) -> None:
        said.say(json.loads(said.body.replace(b"4000", b"131072")))

    too_long(name)(asked, said)


plant("context-limit", "422", "another_status")(
    too_long(lambda _asked, said: setattr(said, "status", 422))
)


@plant("context-limit", "3999")
def _a_shorter_window(asked: Asked, said: Said) -> None:
    """Refused by an engine's count, whose window is a little less."""
    if said.is_answer and len(asked.raw) > 12_000:
        error = {"code": 400, "message": "The prompt is longer than this model's context."}
        said.say({"error": {**error, "metadata": {"error_type": "context_length_exceeded"}}}, 400)
