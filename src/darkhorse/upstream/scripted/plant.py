"""Plants the canary in everything an engine says besides the answer's text.

Each method returns one object of the OpenAI dialect with the canary at its own depth. Values a
client needs to understand the answer stay what they are: `object`, `role`, `finish_reason`,
`index`, function names and arguments, counts.
"""

from typing import Any

__all__ = [
    "COMPLETION_TOKENS",
    "CREATED",
    "DEFAULT_CANARY",
    "PROMPT_TOKENS",
    "JsonObject",
    "Plant",
]

JsonObject = dict[str, Any]

DEFAULT_CANARY = "CANARYMAKER"
# Numbers are canaries too: a client that sees one of these was shown the engine's own.
CREATED = 1_111_111_111
PROMPT_TOKENS = 70_001
COMPLETION_TOKENS = 70_003
CACHED_TOKENS = 70_009


class Plant:
    """Makes objects that carry one canary word."""

    def __init__(self, canary: str = DEFAULT_CANARY) -> None:
        self.canary = canary
        self.id = f"chatcmpl-{canary}-0001"
        self.model = f"{canary}-9-ultra"

    def extra(self) -> JsonObject:
        """Fields nobody knows: the canary as value, as key, and one level down."""
        return {"x_canary": self.canary, f"{self.canary}_extra": {"deep": [self.canary]}}

    def headers(self) -> list[tuple[str, str]]:
        word = self.canary
        return [
            ("server", f"{word}/1.0"),
            ("via", f"1.1 {word}"),
            ("x-request-id", f"req_{word}"),
            ("x-canary-maker", word),
            (f"x-{word}-region", word),
            ("openai-organization", word),
            ("openai-processing-ms", word),
            ("openai-version", word),
            ("set-cookie", f"session={word}; Path=/; HttpOnly"),
            ("x-ratelimit-limit-requests", word),
        ]

    def _envelope(self, kind: str, choices: Any) -> JsonObject:
        return {
            "id": self.id,
            "object": kind,
            "created": CREATED,
            "model": self.model,
            "system_fingerprint": f"fp_{self.canary}",
            "provider": self.canary,
            "service_tier": self.canary,
            "choices": choices,
            **self.extra(),
        }

    def chunk(self, choices: Any) -> JsonObject:
        return self._envelope("chat.completion.chunk", choices)

    def completion(self, choices: Any) -> JsonObject:
        return self._envelope("chat.completion", choices)

    def choice(
        self, part: str, content: JsonObject, finish: str | None, *, index: int = 0
    ) -> JsonObject:
        """`part`: "delta" or "message"."""
        end = {"native_finish_reason": f"{self.canary}_end", "stop_reason": self.canary}
        return {
            "index": index,
            part: {**content, "x_canary": self.canary},
            "finish_reason": finish,
            **(end if finish else {}),
            "x_canary": self.canary,
        }

    def logprobs(self) -> JsonObject:
        token = {
            "token": self.canary,
            "logprob": -0.5,
            "bytes": list(self.canary.encode()),
            **self.extra(),
        }
        return {"content": [{**token, "top_logprobs": [token]}], **self.extra()}

    def usage(
        self,
        *,
        prompt: int = PROMPT_TOKENS,
        completion: int = COMPLETION_TOKENS,
        cached: int = CACHED_TOKENS,
        reasoning: int = 0,
    ) -> JsonObject:
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": cached, **self.extra()},
            "completion_tokens_details": {"reasoning_tokens": reasoning, **self.extra()},
            "cost_details": {"upstream_inference_cost": self.canary},
            **self.extra(),
        }

    def call_id(self, number: int) -> str:
        return f"call_{self.canary}_{number}"

    def call(
        self, index: int, *, arguments: str, call_id: str | None = None, name: str | None = None
    ) -> JsonObject:
        """A tool call, or a later piece of one when it has neither id nor name."""
        function: JsonObject = {"arguments": arguments, "x_canary": self.canary}
        call: JsonObject = {"index": index, "x_canary": self.canary, "function": function}
        if name is not None:
            function["name"] = name
        if call_id is not None:
            call |= {"id": call_id, "type": "function"}
        return call

    def error(self, code: int | str) -> JsonObject:
        """An error envelope as engines and gateways write it, with all they tell by it."""
        word = self.canary
        url = f"https://api.{word}.example/v1/chat/completions"
        return {
            "error": {
                "message": f"{word}Exception: {url} refused key sk-{word}-0001",
                "type": f"{word}_error",
                "param": f"{word}.param",
                "code": code,
                "url": url,
                "traceback": f'File "/opt/{word}/serve.py", line 7, in {word}',
                "metadata": {"provider_name": word, "raw": word, **self.extra()},
                **self.extra(),
            },
            "request_id": f"req_{word}",
            **self.extra(),
        }
