"""A model that repeats what it is asked to, token by token of a vocabulary of the table."""

from itertools import pairwise

from msgspec import structs

from darkhorse.attribution.borders.echo import echo_of
from darkhorse.attribution.borders.table import table
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.base.chance import seeded_draw

O200K = "GPT-4o and later (o200k)"
DEEPSEEK = "DeepSeek V3, R1, V4"
CLAUDE = "Claude 3 to 4.6"
SAME_BORDERS = (
    {"GPT-2 and GPT-3 (r50k)", "Codex (p50k)"},
    {"DeepSeek LLM", "DeepSeek V2"},
    {"GLM-4 and 4.5", "GLM-4.7 and 5"},
    {"Gemma 3", "Gemma 4"},
)
"""Pairs that hardly any line parts: of one lab each."""


def cuts_of(family):
    return next(each for each in table().vocabularies if each.family == family)


def families():
    return [each.family for each in table().vocabularies]


def kin(family):
    """The family, and those that cut alike."""
    return next((pair for pair in SAME_BORDERS if family in pair), {family})


def asked(signal, budget="standard", seed=0):
    return signal.probes(budget, seeded_draw(seed), Library())


def bare(probe):
    """The probe as an observation without an answer."""
    limit = probe.ask.limit
    turns = [Turn(each.role, each.text) for each in probe.ask.messages]
    if probe.ask.system:
        turns.insert(0, Turn("system", probe.ask.system))
    return Observation(
        prompt=tuple(turns), asked={"max_tokens": limit, "temperature": 0}, probe=probe.name
    )


def echoed(probe, family, *, marks=0):
    """What a model of this vocabulary says, `marks` tokens of it being seen by nobody."""
    seen = bare(probe)
    echo = echo_of(seen)
    ends = cuts_of(family).ends(echo.picks)
    tokens = min(probe.ask.limit - marks, len(ends))
    text = echo.target[: ends[tokens - 1]] if tokens > 0 else ""
    finish = "stop" if tokens == len(ends) else "length"
    return structs.replace(seen, text=text, finish=finish)


def streamed(probe, family, *, together=1):
    """The same as a stream, so many tokens a piece."""
    seen = echoed(probe, family)
    ends = sorted({0, *cuts_of(family).ends(echo_of(seen).picks)})
    marks = sorted({*ends[::together], ends[-1]})
    return structs.replace(seen, pieces=tuple(seen.text[a:b] for a, b in pairwise(marks)))


def charged(probe, family, *, prompts_by="", more=1):
    """The same with `usage`: answers by the family's tokens and `more`, prompts by `prompts_by`."""
    seen = echoed(probe, family)
    picks = echo_of(seen).picks
    prompt = len(cuts_of(prompts_by or family).runs(picks)) + 29
    answer = len(cuts_of(family).runs(picks)) + more
    return structs.replace(seen, usage={"prompt_tokens": prompt, "completion_tokens": answer})


def nats(evidence):
    return next(each for each in evidence.likelihoods if each.level == "family")


def best(evidence):
    told = nats(evidence)
    return max(sorted(told.nats), key=lambda name: told.nats[name])
