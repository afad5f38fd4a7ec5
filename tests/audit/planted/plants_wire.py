"""Leaks around the answers: headers, the grammar of streams, pieces, the server, side doors."""

import json
import re
from collections.abc import Callable
from typing import Any

from .leaky import Asked, Said
from .planting import ALNUM, Bed, digest, on_answers

__all__ = ["BED"]

BED = Bed()
plant = BED.plant
Object = dict[str, Any]


def headed(**headers: str):
    """Good answers have these headers too; `_` stands for `-`."""
    pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return on_answers(lambda said: [said.header(*pair) for pair in pairs])


for like, name, value in (
    ("LiteLLM", "x-litellm-model-id", digest("id", 64)),
    ("LiteLLM", "llm_provider-x-request-id", digest("request", 32)),
    ("Portkey", "x-portkey-provider", "bedrock"),
    ("Kong", "X-Kong-LLM-Model", "anthropic/nova"),
    ("vLLM", "server", "uvicorn"),
    ("OpenAI", "openai-processing-ms", "412"),
    ("Azure", "apim-request-id", "5b1c9e7a-7f0d-4c53-9a3e-0d4b2f1a6c11"),
    ("Bedrock", "x-amzn-bedrock-input-token-count", "12"),
    ("Anthropic", "anthropic-ratelimit-requests-remaining", "49"),
    ("Google", "via", "1.1 google"),
    ("Cohere", "num_tokens", "17"),
    ("Mistral", "mistral-correlation-id", "0193-aa"),
    ("Groq", "x-groq-region", "dmm"),
    ("DeepSeek", "x-ds-trace-id", digest("trace", 32)),
    ("Cloudflare", "cf-ray", "8c1d-FRA"),
):
    change = on_answers(lambda said, pair=(name, value): said.header(*pair))
    plant("headers", name, f"of_{like.lower()}_{name.lower()}", like=like)(change)

plant("headers", "charset", "a_charset")(
    on_answers(
        lambda said: (
            not said.is_stream and said.header("content-type", "application/json; charset=utf-8")
        )
    )
)
plant("headers", "x-request-id", "a_request_id_of_another_form", like="OpenAI")(
    on_answers(lambda said: said.header("x-request-id", f"req_{digest(said.line, 32)}"))
)
plant("headers", "x-ratelimit-reset", "a_limit_in_words", like="OpenAI")(
    headed(x_ratelimit_reset_tokens="12ms")
)


@plant("headers", "content-type")
@on_answers
def _another_order(said: Said) -> None:
    said.headers.sort(key=lambda pair: pair[0].lower() != "content-type")


@plant("headers", "Content-Type", like="Express")
def _titled_names(asked: Asked, said: Said) -> None:
    if said.is_answer:
        said.headers = [(name.title(), value) for name, value in said.headers]


@plant("headers", "cache-control")
@on_answers
def _twice(said: Said) -> None:
    said.headers.append(("cache-control", "no-cache"))
    said.headers.append(("cache-control", "no-cache"))


def streamed(change: Callable[[Said], Any], route: str = ""):
    def only(asked: Asked, said: Said) -> None:
        if said.is_stream and asked.route.startswith(route):
            change(said)

    return only


def lines(old: str, new: str):
    """Each line of a stream, rewritten."""

    def change(said: Said) -> None:
        said.blocks = [[re.sub(old, new, line) for line in block] for block in said.blocks]

    return streamed(change)


def numbered(said: Said) -> None:
    for number, block in enumerate(said.blocks):
        block.insert(0, f"id:{number}")


_STAMP = ": ping - 2026-11-22 20:11:04.113284"
for name, tells, like, change in (
    ("a_ping", "ping", "FastAPI", streamed(lambda said: said.blocks.insert(1, [_STAMP]))),
    (
        "a_comment",
        "keep",
        "DeepSeek",
        streamed(lambda said: said.blocks.insert(0, [": keep-alive"])),
    ),
    ("no_blank", "data:{", "DashScope", lines(r"^data: ", "data:")),
    (
        "carriage_returns",
        "\\r",
        "SSE-Starlette",
        streamed(lambda said: setattr(said, "newline", "\r\n")),
    ),
    ("a_mark_first", "xef", "", streamed(lambda said: setattr(said, "before", "\ufeff"))),
    ("a_retry", "retry", "", streamed(lambda said: said.blocks[0].insert(0, "retry: 3000"))),
    ("numbers", "id:", "DashScope", streamed(numbered)),
    ("no_done", "data", "Gemini", lines(r"\[DONE\]", "{}")),
):
    plant("stream-grammar", tells if tells != "data" else "{", name, like=like)(change)


@plant("stream-grammar", "ping", like="Anthropic")
def _an_event_of_another_dialect(asked: Asked, said: Said) -> None:
    if said.is_stream and asked.route == "chat/completions":
        said.blocks.insert(1, ["event: ping", 'data: {"type": "ping"}'])


def of_deltas(change: Callable[[int, Object], Any]):
    """Changes chat's deltas, by their number."""

    def only(said: Said) -> None:
        at = iter(range(10**6))
        said.choices(
            lambda choice: choice["finish_reason"] != "error" and change(next(at), choice["delta"])
        )

    return streamed(only, "chat")


plant("stream-grammar", "role", "role_null", like="SGLang")(
    of_deltas(lambda at, delta: at and delta.update(role=None))
)
plant("stream-grammar", "role", "role_in_each", like="Ollama")(
    of_deltas(lambda _at, delta: delta.update(role="assistant"))
)


@plant("stream-grammar", "usage", like="Gemini")
def _usage_in_each(asked: Asked, said: Said) -> None:
    found: list[Object] = []
    if said.is_stream and asked.route == "chat/completions":
        said.usage(found.append)
        said.each(lambda chunk: found and chunk.update(usage=found[0]))


_TOKEN = re.compile(r"\s?[A-Za-z]{1,5}|\s?\d|\s|.", re.DOTALL)


def recut(field: str, said: Said) -> None:
    """One token an event, of text or of thoughts."""
    blocks: list[list[str]] = []
    for block in said.blocks:
        found = json.loads(block[0][6:]) if block[0].startswith("data: {") else {}
        choices = found.get("choices") or [{}]
        text = choices[0].get("delta", {}).get(field)
        for at, token in enumerate(_TOKEN.findall(text) if text else ()):
            blocks.append([_with_piece(found, field, token, is_first=at == 0)])
        if not text:
            blocks.append(block)
    said.blocks, said.pauses = blocks, []


def _with_piece(found: Object, field: str, token: str, *, is_first: bool) -> str:
    kept = ("content", "role") if is_first else ("content",)
    delta = {key: value for key, value in found["choices"][0]["delta"].items() if key in kept}
    choice = {**found["choices"][0], "delta": {**delta, field: token}}
    return "data: " + json.dumps({**found, "choices": [choice]}, ensure_ascii=False)


plant("piece-borders", " | ", "a_token_an_event", like="OpenAI")(
    streamed(lambda said: recut("content", said), "chat")
)
plant("piece-borders", " | ", "a_token_a_thought", like="DeepSeek")(
    streamed(lambda said: recut("reasoning", said), "chat")
)


@plant("piece-borders", " | ", like="vLLM")
def _a_token_an_event_of_messages(asked: Asked, said: Said) -> None:
    if said.is_stream and asked.route == "messages":
        said.blocks = [each for block in said.blocks for each in _by_token(block)]
        said.pauses = []


def _by_token(block: list[str]) -> list[list[str]]:
    found = json.loads(block[-1].removeprefix("data: "))
    text = found.get("delta", {}).get("text")
    if not text:
        return [block]
    told = [{**found, "delta": {**found["delta"], "text": each}} for each in _TOKEN.findall(text)]
    return [[block[0], f"data: {json.dumps(each, ensure_ascii=False)}"] for each in told]


def failing(change: Callable[[Said], Any], *statuses: int, api: bool | None = None):
    """Changes errors of these statuses, of the API's own routes or of the others."""

    def only(asked: Asked, said: Said) -> None:
        if said.status in statuses and api in (None, asked.is_api):
            change(said)

    return only


_NGINX = "<html>\r\n<head><title>405 Not Allowed</title></head>\r\n<body>\r\n<center><h1>405 Not Allowed</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"  # noqa: E501 as it is


def bare(asked: Asked, said: Said) -> None:
    """What answers before any route is found."""
    if not asked.route.startswith(
        ("chat", "messages", "responses", "completions", "models", "gen")
    ):
        said.status == 404 and said.say({"detail": "Not Found"})


plant("transport", "detail", "a_404_of_fastapi", like="vLLM")(bare)
plant("transport", "nginx", "a_405_of_nginx", like="nginx", also=("error-bodies",))(
    failing(lambda said: said.say(_NGINX, kind="text/html"), 405)
)


@plant("transport", "Bad request", like="Go")
def _a_reason_of_its_own(_asked: Asked, said: Said) -> None:
    if said.status == 400:
        said.line = "HTTP/1.1 400 Bad request"


@plant("transport", "HTTP/1.0")
def _an_older_version(_asked: Asked, said: Said) -> None:
    said.line = said.line.replace("HTTP/1.1", "HTTP/1.0")


@plant("transport", "Invalid HTTP request received", like="vLLM")
def _no_http_for_uvicorn(asked: Asked, said: Said) -> None:
    if said.status == 400 and not asked.is_api:
        said.say("Invalid HTTP request received.", kind="text/plain; charset=utf-8")


@plant("transport", "x-envoy", like="Envoy")
def _a_header_of_errors_alone(_asked: Asked, said: Said) -> None:
    if said.status == 404:
        said.header("x-envoy-upstream-service-time", "12")


_OLLAMA = {"models": [{"name": "nova:latest", "size": 4661224676, "details": {"format": "gguf"}}]}
_PROPS = {"total_slots": 1, "chat_template": "{{ messages }}", "build_info": "b5432-9e31ac0d"}
for like, path, body in (
    ("Ollama", "/api/tags", _OLLAMA),
    ("Ollama", "/api/version", {"version": "0.14.1"}),
    ("vLLM", "/version", {"version": "0.24.0"}),
    ("llama.cpp", "/props", _PROPS),
    ("SGLang", "/get_model_info", {"model_path": "/models/nova", "is_generation": True}),
    ("LiteLLM", "/v1/model/info", {"data": [{"litellm_params": {"api_base": "http://10.0.0.7"}}]}),
    ("vLLM", "/tokenize", {"count": 2, "max_model_len": 131072, "tokens": [6023, 220]}),
    ("TGI", "/info", {"model_id": "nova", "max_total_tokens": 8192}),
    ("vLLM", "/metrics", "# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running 0.0\n"),
):

    def open_door(asked: Asked, said: Said, path: str = path, body: Any = body) -> None:
        if asked.path == path:
            said.say(body, 200)

    plant("side-routes", path, f"{like.lower()}{path.replace('/', '_')}", like=like)(open_door)


@plant("side-routes", "/health", like="SGLang")
def _a_telling_sign_of_life(asked: Asked, said: Said) -> None:
    if asked.path == "/health":
        said.say({"status": "ok", "engine": digest("build", 12, ALNUM)}, 200)
