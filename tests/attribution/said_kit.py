"""A model that is asked and answers, and libraries to hold it against."""

from collections.abc import Callable, Sequence

from darkhorse.attribution.client.asking import Ask
from darkhorse.attribution.labs import base_of, title_of
from darkhorse.attribution.library.behaviour import Behaviour
from darkhorse.attribution.library.library import Lab, Library, Model
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.signal import Budget, Probe, Signal
from darkhorse.base.chance import seeded_draw

__all__ = ["KNOWN", "asked", "library", "nats", "said", "turns"]

MODELS = (
    "openai/gpt-4o-2024-11-20",
    "openai/gpt-oss-120b",
    "anthropic/claude-3-7-sonnet-20250219",
    "qwen/qwen3-32b",
    "deepseek/deepseek-chat",
    "microsoft/mai-ds-r1-fp8",
    "thudm/glm-4-32b-0414",
    "meta-llama/llama-3.3-70b-instruct",
    "moonshotai/kimi-vl-a3b-thinking",
)


def library(*models: str, behaviour: Behaviour | None = None) -> Library:
    """One that knows these models and their labs."""
    labs = dict.fromkeys(name.partition("/")[0] for name in models)
    return Library(
        labs=tuple(Lab(name=lab, title=title_of(lab)) for lab in labs),
        models=tuple(
            Model(name=name, lab=name.partition("/")[0], base=base_of(name)) for name in models
        ),
        behaviour=behaviour or Behaviour(),
    )


KNOWN = library(*MODELS)


def turns(ask: Ask) -> tuple[Turn, ...]:
    """As a run keeps them."""
    system = (Turn("system", ask.system),) if ask.system else ()
    return (*system, *(Turn(each.role, each.text) for each in ask.messages))


def said(question: str, text: str, **fields: object) -> Observation:
    """One answer to one plain question."""
    return Observation(prompt=(Turn("user", question),), text=text, **fields)  # type: ignore[arg-type]


def asked(
    signal: Signal, budget: Budget, answers: Callable[[Probe], str], known: Library = KNOWN
) -> Sequence[Observation]:
    """What a run would keep if these were the answers."""
    return [
        Observation(prompt=turns(probe.ask), text=answers(probe), probe=probe.name)
        for probe in signal.probes(budget, seeded_draw(7), known)
    ]


def nats(signal: Signal, seen: Sequence[Observation], known: Library = KNOWN) -> dict[str, float]:
    """What it says of each name, against everybody else; all levels at once."""
    evidence = signal.weigh(seen, known)
    if evidence is None:
        return {}
    return {
        name: value - level.other
        for level in evidence.likelihoods
        for name, value in level.nats.items()
    }
