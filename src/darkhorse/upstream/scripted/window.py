"""Prompts that are longer than an engine's context, refused in the words of real engines."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from darkhorse.upstream.scripted.plant import JsonObject

__all__ = ["TOO_LONG", "Overrun", "WindowWords", "too_long"]

WindowWords = Literal["vllm", "llamacpp", "vendor"]


class Overrun(NamedTuple):
    """Native tokens: the context, the prompt, and the answer that was asked for."""

    context: int
    prompt: int
    answer: int


def too_long(words: WindowWords, overrun: Overrun) -> JsonObject | None:
    """The body of the 400; None where the prompt fits. Some count the answer, too."""
    counted = overrun.prompt + (overrun.answer if words == "vllm" else 0)
    return TOO_LONG[words](overrun) if counted > overrun.context else None


def _vllm(over: Overrun) -> JsonObject:
    message = (
        f"This model's maximum context length is {over.context} tokens. However, you requested "
        f"{over.prompt + over.answer} tokens ({over.prompt} in the messages, {over.answer} in the "
        "completion). Please reduce the length of the messages or completion."
    )
    return {"error": {"message": message, "type": "BadRequestError", "param": None, "code": 400}}


def _llamacpp(over: Overrun) -> JsonObject:
    return {
        "error": {
            "code": 400,
            "message": "the request exceeds the available context size, try increasing it",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": over.prompt,
            "n_ctx": over.context,
        }
    }


def _vendor(over: Overrun) -> JsonObject:
    message = (
        f"This model's maximum context length is {over.context} tokens. However, your messages "
        f"resulted in {over.prompt} tokens. Please reduce the length of the messages."
    )
    kind = "invalid_request_error"
    code = "context_length_exceeded"
    return {"error": {"message": message, "type": kind, "param": "messages", "code": code}}


TOO_LONG: Mapping[WindowWords, Callable[[Overrun], JsonObject]] = {
    "vllm": _vllm,
    "llamacpp": _llamacpp,
    "vendor": _vendor,
}
