"""Grammars of the real library in a batch: drafts change nothing that is said, and it holds."""

import json
from dataclasses import replace

import pytest
from engine_models import answers, engine_of, prompt, tiny

from chat.smol import tokenizer  # noqa: F401
from darkhorse_engine.chat.tokenizer import Tokenizer
from darkhorse_engine.grammar import Compiler, Grammar
from darkhorse_engine.model import Model
from darkhorse_engine.sampling import Sampling
from darkhorse_engine.sequence import Request

SCHEMA = {
    "type": "object",
    "properties": {
        "temperature_in_celsius": {"type": "integer", "minimum": 10, "maximum": 40},
        "kind": {"enum": ["thunderstorm", "drizzle"]},
        "words": {"type": "array", "items": {"type": "string", "maxLength": 5}, "maxItems": 2},
    },
    "required": ["temperature_in_celsius", "kind", "words"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def wide(tokenizer: Tokenizer) -> Model:  # noqa: F811
    return Model.random(replace(tiny().config, vocab_size=tokenizer.vocab_size), 0)


def test_json_under_drafts(wide: Model, tokenizer: Tokenizer) -> None:  # noqa: F811
    compiler = Compiler(tokenizer, tokenizer.vocab_size)

    def requests() -> list[Request]:
        plain = Request(prompt=prompt(20), sampling=Sampling(seed=5), max_tokens=30)
        held = [
            Request(
                prompt=prompt(20 + seed),
                sampling=Sampling(seed=seed, temperature=0.8),
                max_tokens=150,
                stop_ids=tokenizer.stop_ids,
                constraint=compiler.matcher(Grammar.json(SCHEMA)),
            )
            for seed in range(2)
        ]
        return [plain, *held]

    without, drafted = engine_of(wide), engine_of(wide, drafts=3)
    said = answers(without, requests())
    assert answers(drafted, requests()) == said
    for tokens in said[1:]:
        answer = json.loads(tokenizer.decode(tokens))
        assert set(answer) == set(SCHEMA["required"])
    assert without.stats.steps < max(map(len, said)), "what is forced takes no step of its own"
    assert drafted.stats.accepted > 0
