"""What is told beside the answers: window, longest answer, prices, speed.

Weak: a window may be set to anything, and speed is the host's. A window that few labs are known to
have says more than one that all have (forms/windows.py); a round one says nothing.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from msgspec import Struct

from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.client.public_count import public_tokens
from darkhorse.attribution.evidence import Evidence, Exhibit, Likelihoods
from darkhorse.attribution.forms.windows import WINDOWS, is_round
from darkhorse.attribution.labs import names_of, title_of
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.base.chance import Draw

__all__ = ["Metadata"]

_TOO_MANY = 100_000_000
_WINDOW_FIELDS = frozenset(
    {"context_length", "context_window", "max_context_length", "max_model_len", "n_ctx"}
    | {"max_input_tokens", "max_position_embeddings", "inputTokenLimit"}
)
_OUTPUT_FIELDS = frozenset({"max_completion_tokens", "max_output_tokens", "outputTokenLimit"})
_OTHER_FIELDS = frozenset(
    {"pricing.prompt", "pricing.completion", "quantization", "owned_by", "knowledge_cutoff"}
)
_NOTHING = ("null", "", "unknown", "Other")
_CLAIM_FIELDS = frozenset({"architecture.tokenizer", "tokenizer", "hugging_face_id"})
_TOKENIZERS: Mapping[str, str] = {
    "claude": "anthropic",
    "gemini": "google",
    "gemma": "google",
    "gpt": "openai",
    "grok": "x-ai",
    "llama3": "meta-llama",
    "llama4": "meta-llama",
    "nova": "amazon",
    "qwen3": "qwen",
}
"""Words for tokenizers in OpenRouter's catalogue whose first part is no lab's name."""
_LIMIT_WORDS = re.compile(
    r"(?i)(?:context (?:length|window|size)|model length|model len|prompt length|n_ctx)"
    r"[^0-9]{1,40}([0-9][0-9,_]{3,10})\b"
)
_OUTPUT_WORDS = re.compile(
    r"(?i)(?:at most|less than or equal to|<=|maximum(?: allowed)?(?: value)?(?: of| is)?:?|\[1,)"
    r"\s*([0-9][0-9,_]{2,9})\b"
)
_OWN, _CLAIMED, _NOT_CLAIMED = 0.3, 0.5, 0.1
_STRANGE, _EACH, _COMMON = 0.02, 0.015, 0.2  # P(a window | a lab not known for it)
_LEAST_TOKENS = 20  # of a stream whose speed is read
_ROWS = 30


class Metadata:
    """Weak things that are told without an answer's text."""

    name = "metadata"

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 the contract's
        """An answer longer than any can be: the refusal names a limit. The rest others ask."""
        if budget == "quick":
            return []
        return [Probe(name="metadata/limit", ask=ask("Say hello.", limit=_TOO_MANY))]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:
        """None where nothing is told but text."""
        told = list(dict.fromkeys(fact for each in seen for fact in _facts(each)))
        paces = [pace for each in seen if (pace := _pace(each))]
        if not told and not paces:
            return None
        windows = sorted({fact.tokens for fact in told if fact.what == "window"})
        claims = sorted({lab for fact in told if (lab := _claimed(fact))})
        likelihoods = _likelihoods(windows, claims, known)
        return Evidence(
            signal=self.name,
            reliability="weak",
            exhibit=_exhibit(told, paces, windows, claims),
            likelihoods=(likelihoods,) if likelihoods else (),
        )


class _Fact(Struct, frozen=True):
    what: str  # window, longest answer, claim, or a field's name
    said: str
    where: str
    tokens: int = 0


class _Pace(Struct, frozen=True):
    first_s: float  # from the sending to the first piece
    tokens_s: float


def _facts(seen: Observation) -> Iterator[_Fact]:
    yield from _of_listing(seen)
    if not seen.ok:
        messages = [value for path, value in seen.values if path.endswith("message")]
        for text in filter(None, (seen.problem, *messages)):
            yield from _of_error(text[:2000])


def _of_listing(seen: Observation) -> Iterator[_Fact]:
    told = seen.values if seen.probe == "wire/models" else ()
    for path, value in ((p, v) for p, v in told if v not in _NOTHING):
        parts = re.split(r"[.\[\]]+", path)
        names = {parts[-1], ".".join(parts[-2:])}
        tokens = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
        if names & _WINDOW_FIELDS and tokens:
            yield _Fact("window", value, path, tokens)
        elif names & _OUTPUT_FIELDS and tokens:
            yield _Fact("longest answer", value, path, tokens)
        elif names & _CLAIM_FIELDS:
            yield _Fact("claim", value, path)
        elif names & _OTHER_FIELDS:
            yield _Fact(parts[-1], value, path)


def _of_error(text: str) -> Iterator[_Fact]:
    window = _LIMIT_WORDS.search(text)
    if window:
        yield _Fact("window", text[:120], "an error", _number(window[1]))
    elif (longest := _OUTPUT_WORDS.search(text)) and "max" in text:
        tokens = _number(longest[1])
        if tokens > 500:
            yield _Fact("longest answer", text[:120], "an error", tokens)


def _number(digits: str) -> int:
    return int(re.sub(r"[,_]", "", digits))


def _claimed(fact: _Fact) -> str:
    """The lab that a catalogue's field names, by its usual name; empty for none."""
    if fact.what != "claim":
        return ""
    word = fact.said.partition("/")[0].casefold()
    usual = _TOKENIZERS.get(word) or names_of(word)[0]
    return usual if title_of(usual) != usual else ""


def _pace(seen: Observation) -> _Pace | None:
    """Speed of a stream, in the tokens it counts, else in public ones."""
    tokens = seen.completion_tokens or public_tokens(seen.text)
    if len(seen.moments) < 3 or not seen.ok or tokens < _LEAST_TOKENS or seen.reasoning:
        return None
    lasted = seen.moments[-1] - seen.moments[0]
    if not (math.isfinite(lasted) and lasted > 0):
        return None
    return _Pace(seen.moments[0], tokens / lasted)


def _likelihoods(
    windows: Sequence[int], claims: Sequence[str], known: Library
) -> Likelihoods | None:
    odd = [each for each in windows if each in WINDOWS and not is_round(each)]
    if not odd and not claims:
        return None
    nats = {
        lab.name: math.fsum(
            (
                *(_of_window(each, names_of(lab.name)[0]) for each in odd),
                *(_of_claim(each, names_of(lab.name)[0]) for each in claims),
            )
        )
        for lab in known.labs
    }
    other = math.fsum((*(_of_window(w, "") for w in odd), *(_of_claim(c, "") for c in claims)))
    return Likelihoods(level="lab", nats=nats, other=other)


def _of_window(tokens: int, lab: str) -> float:
    labs = _labs_with(tokens)
    strange = min(_STRANGE + _EACH * len(labs), _COMMON)
    return math.log(max(_OWN, strange) if lab in labs else strange)


def _labs_with(tokens: int) -> frozenset[str]:
    titles = WINDOWS.get(tokens, frozenset())
    return frozenset(names_of(title.lower().replace(" ", "-"))[0] for title in titles)


def _of_claim(claimed: str, lab: str) -> float:
    return math.log(_CLAIMED if claimed == lab else _NOT_CLAIMED)


def _exhibit(
    told: Sequence[_Fact], paces: Sequence[_Pace], windows: Sequence[int], claims: Sequence[str]
) -> Exhibit:
    said = [_says_window(each) for each in windows]
    said += [f"The catalogue names {title_of(each)}: a claim." for each in claims]
    rows = [(fact.what, fact.said, fact.where) for fact in told]
    if paces:
        first = median(pace.first_s for pace in paces)
        speed = median(pace.tokens_s for pace in paces)
        said.append(f"{speed:,.0f} tokens a second, the first after {first:.2f} s: the host's.")
        rows.append(("speed", f"{speed:,.1f} tokens/s", f"median of {len(paces)} streams"))
        rows.append(("first piece", f"{first:.3f} s", f"median of {len(paces)} streams"))
    return Exhibit(
        title="What is told beside the answers",
        says=" ".join(said) or "Nothing of it names a lab.",
        head=("what", "as told", "where"),
        rows=tuple(rows[:_ROWS]),
        would_change="Another number in the catalogue: anybody can write one.",
    )


def _says_window(tokens: int) -> str:
    labs = sorted(title_of(each) for each in _labs_with(tokens))
    if is_round(tokens):
        return f"A window of {tokens:,} is a round number that anybody may choose."
    if not labs:
        return f"No lab that we know has published a window of {tokens:,}."
    return f"A window of {tokens:,} is known of {', '.join(labs)}."
