"""Doors that engines, gateways and web frameworks have beside their API, by whose they are.

`POST` routes are asked with a small body; what answers names the software.
"""

from msgspec import Struct

__all__ = ["NOWHERE", "ROUTES", "Route"]


class Route(Struct, frozen=True):
    """A door, and who has one like it."""

    method: str
    path: str
    whose: str

    @property
    def name(self) -> str:
        """For findings: `v1-model-info`."""
        return self.path.partition("?")[0].strip("/").replace("/", "-").lower()


NOWHERE = ("/no-such-page-anywhere", "/v1/no-such-route", "/api/v1/no-such-route")
"""Where nobody has a door: what these answer, an absent door answers."""

_GET = {
    "vLLM": (
        *("/version", "/load", "/ping", "/server_info", "/v1/audio/models", "/is_sleeping"),
        *("/get_tokenizer_info", "/tokenizer_info", "/is_scaling_elastic_ep"),
    ),
    "SGLang": ("/get_model_info", "/model_info", "/get_server_info", "/get_load", "/v1/loads"),
    "llama.cpp": ("/props", "/slots", "/v1/props", "/lora-adapters", "/v1/health"),
    "Ollama": ("/api/tags", "/api/ps", "/api/version"),
    "TGI": ("/info", "/v1/info"),
    "TensorRT-LLM": ("/v1/metadata", "/v1/license", "/v1/manifest", "/kv_cache_events"),
    "Triton": ("/v2/health/ready", "/v2/models", "/v2"),
    "LM Studio": ("/api/v0/models", "/api/v1/lmstudio-greeting"),
    "LiteLLM": (
        *(
            "/model/info",
            "/v1/model/info",
            "/v2/model/info",
            "/model_group/info",
            "/health/readiness",
        ),
        *("/health/liveliness", "/routes", "/config/yaml", "/get/config/callbacks", "/ui"),
        *("/public/model_hub", "/key/info", "/spend/logs", "/cache/ping", "/active/callbacks"),
    ),
    "new-api": ("/api/status", "/api/pricing", "/api/models", "/api/about"),
    "Bifrost": ("/api/config", "/api/providers"),
    "Portkey": ("/public/", "/v1/configs"),
    "Open WebUI": ("/api/v1/configs", "/static/loader.js"),
    "SageMaker": ("/invocations",),
    "a framework": (
        *("/docs", "/redoc", "/swagger", "/swagger.json", "/openapi.json", "/api-docs"),
        *(
            "/openapi.yaml",
            "/graphql",
            "/debug/vars",
            "/debug/pprof/",
            "/actuator",
            "/actuator/env",
        ),
        *("/server-status", "/nginx_status", "/status", "/config", "/admin", "/.env", "/healthz"),
        *("/livez", "/readyz", "/v1", "/.well-known/ai-plugin.json"),
    ),
    "an engine": ("/metrics", "/v1/metrics", "/health", "/v1/internal/model/info", "/stats"),
}
_POST = {
    "vLLM": (
        *(
            "/tokenize",
            "/detokenize",
            "/v1/score",
            "/v1/rerank",
            "/rerank",
            "/pooling",
            "/classify",
        ),
        *("/score", "/sleep", "/reset_prefix_cache", "/v1/load_lora_adapter", "/invocations"),
    ),
    "SGLang": ("/generate", "/flush_cache", "/encode", "/v1/tokenize", "/v1/detokenize"),
    "llama.cpp": ("/completion", "/apply-template", "/infill", "/embedding", "/v1/infill"),
    "Ollama": ("/api/show", "/api/generate", "/api/chat"),
    "TGI": ("/generate_stream", "/chat_tokenize"),
    "LiteLLM": ("/utils/token_counter", "/utils/transform_request", "/model/new", "/key/generate"),
    "Anthropic": ("/v1/complete",),
    "Google": ("/v1beta/models",),
}
ROUTES: tuple[Route, ...] = (
    *(Route("GET", path, whose) for whose, paths in _GET.items() for path in paths),
    *(Route("POST", path, whose) for whose, paths in _POST.items() for path in paths),
)
