"""The shapes of the catalogue: what OpenRouter's clients read of a model and of its endpoints.

Every key is one the SDKs of OpenRouter refuse to do without (their 1.3, November 2026), or one
that says something true and public. Field by field: OpenRouter's `Model` and `PublicEndpoint`.
"""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from darkhorse.catalog.listing import Structured

__all__ = [
    "Architecture",
    "EndpointCard",
    "EndpointsData",
    "EndpointsPage",
    "ModelCard",
    "ModelLinks",
    "ModelReasoning",
    "ModelsPage",
    "PageLinks",
    "Percentiles",
    "Pricing",
    "RequestLimits",
    "ToolChoices",
    "TopProvider",
]

Dollars = Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)?$", description="US dollars, exact.")]


class Architecture(Struct, frozen=True, kw_only=True):
    """What goes in and what comes out."""

    modality: str
    input_modalities: tuple[str, ...]
    output_modalities: tuple[str, ...]
    tokenizer: str = "Other"
    instruct_type: str | None = None


class Pricing(Struct, frozen=True, kw_only=True):
    """US dollars for one token, or for one request or image."""

    prompt: Dollars
    completion: Dollars
    request: Dollars
    image: Dollars


class TopProvider(Struct, frozen=True, kw_only=True):
    """Tokens are public tokens."""

    context_length: int
    max_completion_tokens: int
    is_moderated: bool


class RequestLimits(Struct, frozen=True, kw_only=True):
    """Never given: a listing has one limit for both together."""

    prompt_tokens: float
    completion_tokens: float


class ModelLinks(Struct, frozen=True, kw_only=True):
    """Paths on this server."""

    details: str


class ModelReasoning(Struct, frozen=True, kw_only=True):
    """How much it may be told to think; the efforts in descending order."""

    mandatory: bool
    supported_efforts: tuple[str, ...]
    supports_max_tokens: bool = True


class ModelCard(Struct, frozen=True, kw_only=True):
    """One listing. `object` and `owned_by` are for OpenAI's clients."""

    id: str
    object: str = "model"
    owned_by: str
    canonical_slug: str
    hugging_face_id: str | None = None
    name: str
    created: int  # seconds since the epoch
    description: str
    context_length: int
    architecture: Architecture
    pricing: Pricing
    top_provider: TopProvider
    per_request_limits: RequestLimits | None = None
    supported_parameters: tuple[str, ...]
    structured_outputs: Structured  # how answers keep to a schema, as the listing says
    default_parameters: dict[str, float | None] | None = None
    reasoning: ModelReasoning | UnsetType = UNSET  # left out where nothing can be said of it
    supported_voices: tuple[str, ...] | None = None
    knowledge_cutoff: str | None = None
    expiration_date: str | None  # YYYY-MM-DD
    links: ModelLinks


class PageLinks(Struct, frozen=True, kw_only=True):
    """`next` is the path of the page after this one; null on the last."""

    next: str | None = None


class ModelsPage(Struct, frozen=True, kw_only=True):
    """Listings; `total_count` counts all pages."""

    object: str = "list"
    data: tuple[ModelCard, ...]
    total_count: int
    links: PageLinks


class ToolChoices(Struct, frozen=True, kw_only=True):
    """Which words of `tool_choice` hold."""

    none: bool
    auto: bool
    required: bool
    function: bool


class Percentiles(Struct, frozen=True, kw_only=True):
    """Milliseconds, or tokens a second."""

    p50: float
    p75: float
    p90: float
    p99: float


class EndpointCard(Struct, frozen=True, kw_only=True):
    """The one endpoint that the public sees, whatever is behind it."""

    name: str
    model_id: str
    model_name: str
    provider_name: str = "Stealth"
    tag: str = "stealth"
    context_length: int
    max_completion_tokens: int
    max_prompt_tokens: int | None = None
    pricing: Pricing
    quantization: str | None = None
    supported_parameters: tuple[str, ...]
    supports_implicit_caching: bool = False
    supports_tool_choice: ToolChoices
    native_tools: dict[str, Any] = {}
    service_tier: str | None = None
    supports_diarization: bool = False
    status: int = 0
    uptime_last_5m: float | None = None  # per cent, like the next two
    uptime_last_30m: float | None = None
    uptime_last_1d: float | None = None
    latency_last_30m: Percentiles | None = None
    throughput_last_30m: Percentiles | None = None


class EndpointsData(Struct, frozen=True, kw_only=True):
    """A listing and its endpoint; none once it has ended."""

    id: str
    name: str
    created: int
    description: str
    architecture: Architecture
    endpoints: tuple[EndpointCard, ...]


class EndpointsPage(Struct, frozen=True, kw_only=True):
    """The body of GET /models/{author}/{slug}/endpoints."""

    data: EndpointsData
