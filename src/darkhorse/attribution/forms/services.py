"""Where a model may be reached, who reaches people there, and what such an API writes.

The frequencies are estimates from public catalogues and recordings, rounded and kept mild: what
they are for is the order of size, and that a form which many imitate says little.
"""

from collections.abc import Mapping

from msgspec import Struct

__all__ = ["SERVICES", "TEMPLATES", "UNKNOWN", "Service", "open_of", "usual_of"]

Kind = str
"""Where a mark stands: id, call, fingerprint, finish, format, field, header, error, total. What
came through a gateway has a kind of its own (marks.py) and is read like these."""


class Service(Struct, frozen=True, kw_only=True):
    """One kind of API. `writes`: where → whose forms, as `written` and `wordings` name them."""

    name: str
    labs: Mapping[str, float] = {}  # P(it is reached here | lab)
    hosts: float = 0.0  # the same of any lab, for the share of its models with open weights
    dressed: float = 0.002  # P(an API of anybody else looks like this)
    writes: Mapping[Kind, frozenset[str]] = {}


_OPEN: Mapping[str, float] = {
    **dict.fromkeys(("meta-llama", "tngtech", "nousresearch", "allenai", "nvidia"), 0.9),
    **dict.fromkeys(("qwen", "deepseek", "thudm", "moonshotai", "microsoft", "minimax"), 0.65),
    **dict.fromkeys(("mistralai", "xiaomi", "tencent", "inclusionai", "meituan"), 0.5),
    **dict.fromkeys(("openai", "google", "cohere", "perplexity", "baidu", "bytedance"), 0.15),
    **dict.fromkeys(("anthropic", "x-ai", "amazon"), 0.08),
}
"""P(a model of the lab that one meets is served by somebody with its weights, or by an engine that
anybody can run). Nobody's is nought: a closed lab tries a new model on such an engine too."""
_OPEN_USUAL = 0.45


def _writes(own: str, *kinds: Kind, **more: str) -> Mapping[Kind, frozenset[str]]:
    """`own` in each of these places; `more`: place → others there, parted by `|`."""
    table = {kind: {own} for kind in kinds}
    for kind, titles in more.items():
        table.setdefault(kind, set()).update(titles.split("|"))
    return {kind: frozenset(titles) for kind, titles in table.items()}


def _own(name: str, lab: str, share: float, **told: str) -> Service:
    """A lab's own API, by whose name all of its forms are known."""
    kinds = ("id", "call", "fingerprint", "finish", "format", "field", "header", "error")
    words = f"{name}'s words"
    more = {**told, "finish": "|".join(filter(None, (told.get("finish"), words)))}
    return Service(
        name=f"{name}'s own API",
        labs={lab: share},
        writes=_writes(name, *kinds, **more),
    )


_UUID = "xAI, DeepSeek or others, by a bare uuid"
_HEX = "Mistral, or an engine of its kind"
_CHATCMPL_UUID = "Groq, or an engine of its kind"

_LABS: tuple[Service, ...] = (
    Service(
        name="OpenAI's own API",
        labs={"openai": 0.7},
        dressed=0.01,
        writes=_writes(
            "OpenAI",
            *("id", "call", "fingerprint", "format", "field", "header", "error"),
        ),
    ),
    Service(
        name="Anthropic's own API",
        labs={"anthropic": 0.5},
        dressed=0.01,
        writes=_writes(
            "Anthropic",
            *("id", "call", "format", "field", "header", "error"),
            field="OpenAI",  # a tier of service
            finish="Anthropic's words",
        ),
    ),
    _own("Google", "google", 0.8, id="Gemini", field="Gemini|Vertex", total="thoughts apart"),
    _own(
        "xAI", "x-ai", 0.85, id=_UUID, field="OpenAI", fingerprint="OpenAI", total="thoughts apart"
    ),
    _own("DeepSeek", "deepseek", 0.35, id=_UUID),
    _own("Mistral", "mistralai", 0.5, id=_HEX),
    _own("Moonshot", "moonshotai", 0.35, field="DeepSeek"),
    _own("z.ai", "thudm", 0.4, error="Zhipu"),
    _own("MiniMax", "minimax", 0.4, id=_HEX),
    _own("Cohere", "cohere", 0.7, id=_UUID),
    _own("Perplexity", "perplexity", 0.8, id=_UUID, field="OpenAI|xAI or Perplexity"),
    _own("ByteDance", "bytedance", 0.75),
    _own("Baidu", "baidu", 0.75),
    _own("Tencent", "tencent", 0.6),
    _own("Xiaomi", "xiaomi", 0.5),
    _own("StepFun", "stepfun-ai", 0.6),
    _own("Meta", "meta-llama", 0.05),
    _own("Inception", "inception", 0.8),
)
_CLOUDS: tuple[Service, ...] = (
    Service(
        name="Azure",
        labs={"openai": 0.2, "microsoft": 0.1},
        hosts=0.05,
        writes=_writes(
            "Azure",
            *("field", "header", "error", "format"),
            **dict.fromkeys(("id", "call", "fingerprint", "error"), "OpenAI"),
        ),
    ),
    Service(
        name="Bedrock's Claude",
        labs={"anthropic": 0.2},
        dressed=0.001,
        writes=_writes(
            "Bedrock's Claude",
            *("id", "call"),
            **dict.fromkeys(("field", "format"), "Anthropic"),
            finish="Anthropic's words",
            header="Bedrock",
            error="Amazon|Anthropic",
        ),
    ),
    Service(
        name="Bedrock",
        labs={"amazon": 0.8, "anthropic": 0.05, "mistralai": 0.05, "cohere": 0.1},
        hosts=0.05,
        writes=_writes(
            "Bedrock",
            *("header", "format"),
            call="Bedrock's Converse",
            error="Amazon",
            finish="Anthropic's words",
        ),
    ),
    Service(
        name="Vertex's Claude",
        labs={"anthropic": 0.2},
        dressed=0.001,
        writes=_writes(
            "Vertex's Claude",
            *("id", "call"),
            **dict.fromkeys(("field", "format"), "Anthropic"),
            finish="Anthropic's words",
            header="Google",
            error="Google|Anthropic",
        ),
    ),
    Service(
        name="Alibaba's cloud",
        labs={"qwen": 0.35},
        hosts=0.04,
        writes=_writes("Alibaba", "header", "error", id=_CHATCMPL_UUID),
    ),
    Service(name="Vertex's open models", hosts=0.03, writes=_writes("Google", "header")),
)
_HOSTS: tuple[Service, ...] = (
    Service(
        name="Groq",
        hosts=0.07,
        writes=_writes(
            "Groq",
            *("field", "header", "error"),
            id=_CHATCMPL_UUID,
            fingerprint="OpenAI",
        ),
    ),
    Service(
        name="Together",
        hosts=0.08,
        writes=_writes("Together", *("id", "finish", "error"), call="OpenAI"),
    ),
    Service(
        name="Fireworks",
        hosts=0.08,
        writes=_writes("Fireworks", *("header", "error"), id=_UUID, call="OpenAI"),
    ),
    Service(
        name="a host of open weights",
        hosts=0.25,
        writes=_writes("a host", id=f"vLLM|{_HEX}|{_UUID}", field="vLLM|SGLang"),
    ),
    *(
        Service(
            name=engine,
            hosts=share,
            dressed=0.01,
            writes=_writes(engine, *("id", "call", "fingerprint", "field", "error"), **more),
        )
        for engine, share, more in (
            ("vLLM", 0.25, {"id": _CHATCMPL_UUID}),
            ("SGLang", 0.1, {"id": _HEX, "field": "vLLM"}),
            ("llama.cpp", 0.03, {}),
            ("Ollama", 0.03, {}),
            ("TGI", 0.02, {}),
            ("TensorRT-LLM", 0.02, {}),
            ("LM Studio", 0.01, {}),
        )
    ),
)
SERVICES: tuple[Service, ...] = (*_LABS, *_CLOUDS, *_HOSTS)

UNKNOWN = Service(name="an API that nobody here knows", dressed=1.0)
"""Any lab may be reached at one; what it writes is what is usual."""

TEMPLATES: Mapping[tuple[Kind, str], tuple[str, float, float]] = {
    ("call", "Kimi's template"): ("moonshotai", 0.7, 0.008),
    ("call", _HEX): ("mistralai", 0.6, 0.02),  # nine letters and digits
}
"""Forms that the model's template asks for, wherever it is served: its lab, P(seen | that lab),
P(seen | another)."""

_USUAL: Mapping[tuple[Kind, str], float] = {
    ("id", "OpenAI"): 0.06,
    ("id", _UUID): 0.15,
    ("id", _HEX): 0.15,
    ("id", _CHATCMPL_UUID): 0.3,
    ("id", "vLLM"): 0.15,
    ("id", "llama.cpp"): 0.05,
    ("id", "Gemini"): 0.05,
    ("call", "OpenAI"): 0.3,
    ("call", "vLLM"): 0.1,
    ("call", "Groq, or an engine of its kind"): 0.1,
    ("fingerprint", "OpenAI"): 0.15,
    ("field", "OpenAI"): 0.4,
    ("field", "DeepSeek"): 0.05,
    ("field", "vLLM"): 0.15,
    ("field", "SGLang"): 0.1,
    ("header", "OpenAI"): 0.04,
    ("header", "Google"): 0.05,
    ("header", "Bedrock"): 0.04,
    ("header", "Azure"): 0.03,
    ("error", "OpenAI"): 0.3,
    ("error", "vLLM"): 0.2,
    ("finish", "Anthropic's words"): 0.02,
    ("finish", "Google"): 0.01,
    ("total", "thoughts apart"): 0.03,
}
_SELDOM = 0.01


def usual_of(kind: Kind, form: str) -> float:
    """P(an API that nobody knows writes so)."""
    return _USUAL.get((kind, form), _SELDOM)


def open_of(lab: str) -> float:
    """How much of a lab is served by others; `lab` by its usual name (labs.py)."""
    return _OPEN.get(lab, _OPEN_USUAL)
