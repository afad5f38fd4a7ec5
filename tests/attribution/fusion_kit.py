"""A small library, and evidence made by hand."""

from collections.abc import Mapping

from darkhorse.attribution.evidence import Evidence, Exhibit, Level, Likelihoods, Reliability
from darkhorse.attribution.library.counts import Counts
from darkhorse.attribution.library.library import Lab, Library, Model

__all__ = ["FAMILIES", "KNOWN", "O200K", "counted", "evidence", "written"]

O200K = "GPT-4o and later (o200k)"  # what gateways count with
FAMILIES = (O200K, "C", "D", "Q", "L")
_LABS = ("openai", "anthropic", "deepseek", "microsoft", "qwen", "x-ai", "meta-llama")
KNOWN = Library(
    labs=(
        Lab(name="openai", title="OpenAI", families=(O200K,)),
        Lab(name="anthropic", title="Anthropic", families=("C",)),
        Lab(name="deepseek", title="DeepSeek", families=("D",)),
        Lab(name="microsoft", title="Microsoft"),
        Lab(name="qwen", title="Qwen", families=("Q",)),
        Lab(name="x-ai", title="xAI"),
        Lab(name="meta-llama", title="Meta", families=("L",)),
    ),
    models=(
        Model(name="openai/gpt-a", lab="openai", family=O200K),
        Model(name="openai/gpt-b", lab="openai", family=O200K),
        Model(name="anthropic/opus", lab="anthropic", family="C"),
        Model(name="deepseek/v3", lab="deepseek", family="D"),
        Model(name="microsoft/mai", lab="microsoft", family="D", base="deepseek"),
        Model(name="qwen/max", lab="qwen", family="Q"),
        Model(name="x-ai/grok", lab="x-ai"),
    ),
    counts=Counts(vocabularies=FAMILIES),
)


def evidence(
    signal: str,
    reliability: Reliability,
    levels: Mapping[Level, tuple[Mapping[str, float], float]],
    *,
    observations: int = 0,
    vetoed: tuple[tuple[Level, str], ...] = (),
    broken: str = "",
) -> Evidence:
    """Level → likelihoods by name, and everybody else's."""
    return Evidence(
        signal=signal,
        reliability=reliability,
        exhibit=Exhibit(title=signal, says="Made by hand."),
        likelihoods=tuple(
            Likelihoods(level=level, nats=nats, other=other)
            for level, (nats, other) in levels.items()
        ),
        observations=observations,
        vetoed=vetoed,
        broken=broken,
    )


def counted(family: str, signal: str = "prompt-counts") -> Evidence:
    """Counts that fit one vocabulary exactly; o200k may be a gateway's."""
    miss = -3.0 if family == O200K else -25.0
    nats = {each: 0.0 if each == family else miss for each in FAMILIES}
    vetoed: tuple[tuple[Level, str], ...] = tuple(("family", f) for f in FAMILIES if f != family)
    vetoed = () if family == O200K else vetoed
    return evidence(signal, "exact", {"family": (nats, miss)}, vetoed=vetoed)


def written(model: str, answers: int = 16, gap: float = 30.0) -> Evidence:
    """Answers in the style of one model."""
    lab = model.partition("/")[0]
    return evidence(
        "style",
        "strong",
        {
            "lab": ({each: 0.0 if each == lab else -gap for each in _LABS[:6]}, -gap / 2),
            "model": (
                {m.name: 0.0 if m.name == model else -gap for m in KNOWN.models},
                -gap / 2,
            ),
        },
        observations=answers,
    )
