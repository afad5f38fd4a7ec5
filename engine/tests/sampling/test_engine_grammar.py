"""Grammars: whatever random logits say under one holds its schema, and the parser reads it."""

import json

import jsonschema_rs
import pytest
import torch

from chat.answers import NOW, TOOLS, WEATHER, read
from darkhorse_engine.chat.events import (
    CallArguments,
    CallFinished,
    CallStarted,
    Content,
    Reasoning,
)
from darkhorse_engine.grammar import Compiler, Grammar, GrammarError
from darkhorse_engine.sampling import Sampler, Sampling

WIDTH = 49152 + 128  # as a head that is filled up

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 12},
        "kind": {"enum": ["Zürich", "日本", 'a"b\\c']},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "tags": {
            "type": "array",
            "items": {"type": "string", "maxLength": 4},
            "minItems": 1,
            "maxItems": 3,
        },
        "home": {
            "type": "object",
            "properties": {
                "zip": {"type": "string", "pattern": "^[0-9]{4}$"},
                "ok": {"type": "boolean"},
            },
            "required": ["zip", "ok"],
            "additionalProperties": False,
        },
        "next": {"anyOf": [{"$ref": "#/$defs/Leaf"}, {"type": "null"}]},
    },
    "required": ["name", "kind", "age", "tags", "home", "next"],
    "additionalProperties": False,
    "$defs": {
        "Leaf": {
            "type": "object",
            "properties": {"x": {"const": 1}},
            "required": ["x"],
            "additionalProperties": False,
        }
    },
}
SCHEMAS = [
    PERSON,
    {"type": "array", "items": {"enum": [1, None, "ü"]}, "minItems": 2, "maxItems": 4},
    {"type": "string", "minLength": 2, "maxLength": 8},
    {"enum": ["yes", "no"]},
]


@pytest.fixture(scope="module")
def compiler(tokenizer):
    return Compiler(tokenizer, WIDTH)


CLOSERS = ["</think>", "</arg_value>", '"', '"}', "}", "]", "</tool_call>"]


def say(sampler, ids):
    """All of these tokens, or none."""
    for count, token in enumerate(ids):
        if not sampler.accept(token):
            sampler.rollback(count)
            return []
    return ids


def answer(compiler, tokenizer, grammar, seed, closers=CLOSERS):
    """Random tokens under a grammar, its forced ones, and now and then what ends something."""
    matcher = compiler.matcher(grammar)
    sampler = Sampler(Sampling(seed=seed), seed=0, constraint=matcher)
    noise, ids = torch.Generator().manual_seed(seed), []
    while not sampler.is_done and len(ids) < 1000:
        row = torch.randn(WIDTH, generator=noise)
        row[sorted(tokenizer.stop_ids)] += 14
        forced = sampler.forced()
        if not forced and torch.rand(1, generator=noise) < 0.3:
            at = torch.randint(len(closers), (1,), generator=noise)
            ids += say(sampler, tokenizer.encode_words(closers[at]))
            continue
        new = say(sampler, forced or [sampler.choose(row).token])
        assert new
        ids += new
        if new[-1] in tokenizer.stop_ids:
            break
    text = tokenizer.decode(ids)
    assert sampler.is_done, text
    return text


@pytest.mark.parametrize("schema", SCHEMAS, ids=["person", "array", "string", "enum"])
def test_json_of_random_logits_holds_its_schema(compiler, tokenizer, schema):
    validator = jsonschema_rs.validator_for(schema)
    for seed in range(6):
        text = answer(compiler, tokenizer, Grammar.json(schema), seed)
        assert validator.is_valid(json.loads(text)), text


def test_any_object_will_do_without_a_schema(compiler, tokenizer):
    for seed in range(3):
        assert isinstance(json.loads(answer(compiler, tokenizer, Grammar.json(), seed)), dict)


def test_blanks_in_json_are_bounded(compiler, tokenizer):
    text = answer(compiler, tokenizer, Grammar.json({"enum": [[1, 2]]}), 0, closers=["\n", "    "])
    assert json.loads(text) == [1, 2]
    assert len(text) < 200


@pytest.mark.parametrize("form", ["glm", "hermes"])
@pytest.mark.parametrize("choice", ["required", "get_weather", "now"])
@pytest.mark.parametrize("thinks", [False, True])
def test_forced_calls_are_whole_and_hold_their_schema(compiler, tokenizer, form, choice, thinks):
    grammar = Grammar.calls(TOOLS, form, choice)
    names = {"get_weather", "now"} if choice == "required" else {choice}
    for seed in range(4):
        text = answer(compiler, tokenizer, grammar.after_thinking() if thinks else grammar, seed)
        events = read([text], form, is_thinking=thinks)
        calls = [each for each in events if not isinstance(each, Reasoning)]
        assert all(each.text == "\n" for each in calls if isinstance(each, Content))
        assert {each.name for each in calls if isinstance(each, CallStarted)} <= names
        ends = [each for each in calls if isinstance(each, CallFinished)]
        assert all(end.is_whole for end in ends)
        assert len(ends) == 1 or (choice == "required" and ends)
        check(events)


def check(events):
    names = {each.index: each.name for each in events if isinstance(each, CallStarted)}
    schemas = {"get_weather": WEATHER["function"]["parameters"], "now": {"maxProperties": 0}}
    for each in events:
        if isinstance(each, CallArguments):
            validator = jsonschema_rs.validator_for(schemas[names[each.index]])
            assert validator.is_valid(json.loads(each.text)), each.text


@pytest.mark.parametrize("form", ["glm", "hermes"])
def test_free_answers_hold_the_schema_where_they_call(compiler, tokenizer, form):
    grammar = Grammar.calls(TOOLS, form, "auto", parallel=False)
    matcher = compiler.matcher(grammar)
    begun = "Let me <b>look</b>.<tool_call>"
    assert all(matcher.accept(token) for token in tokenizer.encode_words(begun))
    assert not matcher.accept(tokenizer.encode_words("Well")[0])
    row = torch.zeros(WIDTH)
    matcher.mask(row)
    allowed = {tokenizer.token_bytes(at)[:1] for at in (row == 0).nonzero()[:, 0].tolist()}
    assert allowed <= ({b"g", b"n"} if form == "glm" else {b"{", b"\n"})
    texts = [answer(compiler, tokenizer, grammar, seed) for seed in range(3)]
    assert all(isinstance(text, str) for text in texts)


def test_one_call_only_where_calls_are_not_parallel(compiler, tokenizer):
    text = answer(compiler, tokenizer, Grammar.calls([NOW], "glm", parallel=False), 0)
    assert text == "<tool_call>now</tool_call>"


ODD = {
    "type": "function",
    "function": {
        "name": 'say "it"',
        "parameters": {
            "$ref": "#/definitions/Args",
            "definitions": {
                "Args": {
                    "type": "object",
                    "properties": {"tree": {"$ref": "#/definitions/Tree"}, "one": {"const": 1}},
                    "required": ["tree", "one"],
                    "additionalProperties": False,
                },
                "Tree": {
                    "type": "object",
                    "properties": {
                        "next": {"anyOf": [{"$ref": "#/definitions/Tree"}, {"type": "null"}]}
                    },
                    "required": ["next"],
                    "additionalProperties": False,
                },
            },
        },
    },
}
OPEN = {"type": "function", "function": {"name": "open", "parameters": {"type": "object"}}}


def test_references_and_odd_names_are_held(compiler, tokenizer):
    validator = jsonschema_rs.validator_for(ODD["function"]["parameters"])
    for seed in range(3):
        text = answer(compiler, tokenizer, Grammar.calls([ODD], "hermes"), seed)
        events = read([text], "hermes", [ODD])
        assert events[0].name == 'say "it"'
        assert validator.is_valid(json.loads(events[1].text))
        text = answer(compiler, tokenizer, Grammar.calls([ODD], "glm"), seed)
        assert "<arg_key>one</arg_key><arg_value>1</arg_value></tool_call>" in text
    text = answer(compiler, tokenizer, Grammar.calls([OPEN], "glm", "open"), 1)
    assert read([text], tools=[OPEN])[-1].is_whole


BOUND = {
    "type": "object",
    "properties": {
        "short": {"type": "string", "minLength": 2, "maxLength": 5},
        "long": {"type": "string", "maxLength": 100_000},
        "code": {"type": "string", "pattern": "^(A|B/)[0-9]{3}$"},
        "part": {"type": "string", "pattern": "x|yz", "maxLength": 30},
        "head": {"type": "string", "pattern": "^ab"},
        "unit": {"enum": ["C", "°F", 3, None]},
    },
    "required": ["short", "long", "code", "part", "head", "unit"],
}


def test_strings_as_they_are_hold_length_and_pattern(compiler, tokenizer):
    tool = {"type": "function", "function": {"name": "f", "parameters": BOUND}}
    validator = jsonschema_rs.validator_for(BOUND)
    for seed in range(6):
        text = answer(compiler, tokenizer, Grammar.calls([tool], "glm", parallel=False), seed)
        calls = [each for each in read([text], tools=[tool]) if isinstance(each, CallArguments)]
        assert calls
        assert all(validator.is_valid(json.loads(each.text)) for each in calls), text


def test_expressions_and_grammars_are_held(compiler, tokenizer):
    for seed in range(3):
        text = answer(compiler, tokenizer, Grammar.regex(r"[a-c]{2,5}/\d\/x"), seed)
        assert text[-5:-3].isalpha() or text[-4] == "/"
        assert text.endswith("/x")
    text = answer(
        compiler, tokenizer, Grammar.lark('start: A "!"\nA: "hey" | "ho"').after_thinking(), 1
    )
    assert text.rpartition("</think>")[2] in ("hey!", "ho!")


def test_drafts_are_refused_and_taken_back(compiler, tokenizer):
    matcher = compiler.matcher(Grammar.regex("abcabc!"))
    ids = tokenizer.encode_words("abc")
    before = torch.zeros(WIDTH)
    matcher.mask(before)
    assert all(matcher.accept(token) for token in ids)
    assert not matcher.accept(tokenizer.encode_words("x")[0])
    assert not matcher.is_done
    matcher.rollback(len(ids))
    after = torch.zeros(WIDTH)
    matcher.mask(after)
    assert torch.equal(before, after)
    assert tokenizer.decode(matcher.forced()).startswith("abc")
    assert all(matcher.accept(token) for token in tokenizer.encode_words("abcabc!"))
    assert matcher.is_done
    assert matcher.forced() == []
    matcher.mask(after)
    assert set((after == 0).nonzero()[:, 0].tolist()) <= tokenizer.stop_ids


def test_a_grammar_is_compiled_once_and_matchers_are_apart(compiler, tokenizer):
    one, two = (compiler.matcher(Grammar.regex("ab")) for _ in range(2))
    token = tokenizer.encode_words("a")[0]
    assert one.accept(token)
    assert two.accept(token)
    for at in range(40):
        compiler.matcher(Grammar.regex(f"a{{{at + 1}}}"))
    assert len(compiler._compiled) <= 32


@pytest.mark.parametrize(
    ("grammar", "word"),
    [
        (Grammar.json({"type": "strnig"}), "strnig"),
        (Grammar.json({"type": "object", "not": {}}), "not"),
        (Grammar.json({"$ref": "http://127.0.0.1:9/x"}), "not present"),
        (Grammar.regex("("), "unclosed"),
        (Grammar.regex("(?=a)b"), "look"),
        (Grammar.lark("begin: A"), "start"),
    ],
)
def test_what_cannot_be_held_says_why(compiler, grammar, word):
    with pytest.raises(GrammarError, match=f"cannot be held: .*{word}"):
        compiler.matcher(grammar)


def test_a_choice_without_its_tool_is_refused():
    with pytest.raises(GrammarError, match="nobody"):
        Grammar.calls(TOOLS, "glm", "nobody")
    with pytest.raises(GrammarError, match="object"):
        Grammar.json([])
