"""Counts of a library: from tables, from rows, and from neither."""

import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from attribution.counts_kit import PROMPTS, SIGNAL, answers, counter
from darkhorse.attribution.learn.counts import learn_counts
from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.library.counts import Counts, prompt_key
from darkhorse.attribution.library.families import FAMILIES, families_of, is_neutral
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.audit.known.tokenizers import TOKENIZERS

DATA = Path("/work/shared/data/attribution")
ROUTES_WITH = 15  # rows


def rows(model: str, texts: list[str], template: int = 7, provider: str = "P", by: str = ""):
    seen = answers(texts, counter(by or model), template, provider=provider)
    return [
        Row(model=model, seen=each, set="s", question=str(PROMPTS.index(each.question)))
        for each in seen
    ]


TABLE = {
    "vocabularies": ["llama3", "otc_glm-4", "otc_glm-4.5v"],
    "native": {"meta-llama/a": "llama3", "x-ai/b": None},
    "questions": {
        f"s/{n}": [counter("Llama 3")(text), counter("GLM")(text), counter("GLM")(text)]
        for n, text in enumerate(PROMPTS)
    },
}


def test_tables_and_rows_give_counts_by_text():
    counts = learn_counts(rows("meta-llama/a", PROMPTS, by="Llama 3"), prompts=TABLE)
    assert counts.vocabularies == ("Llama 3", "GLM-4 and 4.5")
    assert counts.prompts[prompt_key(PROMPTS[3])] == (
        counter("Llama 3")(PROMPTS[3]),
        counter("GLM")(PROMPTS[3]),
    )
    assert counts.families == {"meta-llama/a": "Llama 3"}
    assert counts.usual == {"meta-llama/a": (8,)}
    assert counts.own == {}


def test_a_model_without_a_vocabulary_is_kept_by_its_charges():
    first = rows("x-ai/b", PROMPTS[:30], 7, "P")
    second = rows("x-ai/b", PROMPTS[20:50], 40, "Q")
    own = learn_counts([*first, *second], prompts=TABLE).own["x-ai/b"]
    assert len(own) == 50
    apart = {own[prompt_key(text)] - counter("x-ai/b")(text) for text in PROMPTS[:50]}
    assert len(apart) == 1, "both routes in one constant"


def test_routes_that_disagree_leave_no_charges():
    native = rows("x-ai/b", PROMPTS[:30], 7, "P")
    anew = rows("x-ai/b", PROMPTS[:30], 7, "Q", by="a gateway")
    assert learn_counts([*native, *anew], prompts=TABLE).own == {}
    assert learn_counts(native[:5], prompts=TABLE).own == {}


def test_nothing_at_all_is_an_empty_library():
    assert learn_counts() == Counts()
    assert SIGNAL.weigh(answers(PROMPTS, counter("x")), Library()) is None


def test_tables_of_strangers_keep_their_names():
    table = {
        "probes": ["a b", "<|im_start|>", "c d"],
        "names": ["openai_o200k(4o..gpt-5)", "tomorrow", "otc_qwen-3.5"],
        "counts": [[1, 9, 2], [3, 9, 4], [5, 9, 6]],
    }
    prompts = {"vocabularies": [*table["names"]], "native": {}, "questions": {}}
    counts = learn_counts(probes=table, prompts=prompts)
    assert counts.vocabularies == (
        "GPT-4o and later (o200k)",
        "Qwen 3.5 and 3.6",
        "tomorrow",
    )
    assert counts.probes == {"a b": (1, 5, 3), "c d": (2, 6, 4)}


def test_a_key_is_of_the_text_as_it_is():
    assert prompt_key("") == "2d06800538d394c2"  # as published for XXH3, 64 bits, seed 0
    assert len({prompt_key(text) for text in ("é", "e\u0301", "\ud800", "\udfff")}) == 4


def test_families_are_those_of_the_audit_and_shares_are_shares():
    assert tuple(FAMILIES) == tuple(TOKENIZERS)
    labs = {lab for each in FAMILIES.values() for lab in each.labs} | {""}
    for lab in labs:
        assert 0 < sum(families_of(lab).values()) <= 1
    assert families_of("z-ai") == families_of("thudm") != {}
    assert families_of("somebody") == {}
    assert is_neutral("GPT-4o and later (o200k)")
    assert not is_neutral("Llama 3")


class Line(Struct):
    model: str
    set: str
    question_id: str
    question: str
    usage: dict[str, Any]
    provider: str | None = None


@pytest.fixture(scope="module")
def real():
    if not (DATA / "speechmap.jsonl.gz").exists():
        pytest.skip("the shared rows are not here")
    lines = gzip.decompress((DATA / "speechmap.jsonl.gz").read_bytes())
    decode = msgspec.json.Decoder(Line).decode
    table = json.loads(gzip.decompress((DATA / "speechmap-counts.json.gz").read_bytes()))
    found = [_row(decode(line)) for line in lines.splitlines() if b'"us_hard"' not in line[:200]]
    return found, learn_counts(found, prompts=table)


def _row(line: Line) -> Row:
    seen = Observation(
        prompt=(Turn("user", line.question),),
        text="ok",
        usage=line.usage,
        provider=line.provider or "",
    )
    return Row(model=line.model, seen=seen, set=line.set, question=line.question_id)


def test_of_real_routes_none_is_misread(real):
    """Forty to eighty charges of each route."""
    found, counts = real
    known = Library(counts=msgspec.structs.replace(counts, own={}))
    routes = defaultdict(list)
    for each in found:
        if each.seen.prompt_tokens:
            routes[each.model, each.seen.provider].append(each.seen)
    outcomes = defaultdict(list)
    for route, seen in sorted(routes.items()):
        if len(seen) >= ROUTES_WITH:
            outcomes[_outcome(route[0], seen[:: max(1, len(seen) // 40)], known)].append(route)
    assert not outcomes["wrong"]
    assert len(outcomes["counted anew"]) == 5
    assert len(outcomes["right"]) >= 61
    assert len(outcomes["nobody's"]) <= 6, "four have no vocabulary"


def _outcome(model: str, seen: list[Observation], known: Library) -> str:
    [families] = SIGNAL.weigh(seen, known).likelihoods
    name = max(families.nats, key=lambda each: families.nats[each])
    own = known.counts.families.get(model)
    if families.other > families.nats[name]:
        return "nobody's"
    if own and families.nats[name] - families.nats[own] < 0.01:  # a tie is a tie
        return "right"
    return "counted anew" if is_neutral(name) else "wrong"
