"""Grammars that a stranger wrote to hurt: they are refused, in bounded time, or held."""

import contextlib
import time

import pytest

from darkhorse_engine import grammar as module
from darkhorse_engine.grammar import Compiler, Grammar, GrammarError


@pytest.fixture(scope="module")
def compiler(tokenizer):
    return Compiler(tokenizer, tokenizer.vocab_size)


def chain(count):
    """References one behind the other, which the library follows by recursion."""
    steps = {f"n{at}": {"$ref": f"#/$defs/n{at + 1}"} for at in range(count)}
    return {"$defs": {**steps, f"n{count}": {"const": "x"}}, "$ref": "#/$defs/n0"}


def test_a_long_chain_of_references_does_not_end_the_process(compiler, tokenizer):
    matcher = compiler.matcher(Grammar.json(chain(6000)))
    assert tokenizer.decode(matcher.forced()).startswith('"x')


def test_a_long_chain_of_rules_does_not_end_the_process(compiler):
    rules = "\n".join(f'r{at}: r{at + 1} | "x"' for at in range(6000))
    with contextlib.suppress(GrammarError):
        compiler.matcher(Grammar.lark(f'start: r0\n{rules}\nr6000: "y"'))


@pytest.mark.parametrize("factor", [999_983, 0.123456, 1e9 + 7])
def test_multiples_of_what_takes_seconds_are_refused(compiler, factor):
    with pytest.raises(GrammarError, match="multipleOf"):
        compiler.matcher(Grammar.json({"type": "number", "multipleOf": factor}))


@pytest.mark.parametrize("factor", [5, 0.01, 1e9, 99_991])
def test_multiples_of_what_is_usual_are_held(compiler, factor):
    compiler.matcher(Grammar.json({"type": "number", "multipleOf": factor}))


def test_multiples_in_tools_are_seen(compiler):
    parameters = {"type": "object", "properties": {"a": {"type": "integer", "multipleOf": 999_983}}}
    tool = {"type": "function", "function": {"name": "f", "parameters": parameters}}
    for form in ("glm", "hermes"):
        with pytest.raises(GrammarError, match="multipleOf"):
            compiler.matcher(Grammar.calls([tool], form))


@pytest.mark.parametrize(
    ("grammar", "word"),
    [
        (Grammar.regex("a" * 600_000), "characters"),
        (Grammar.json({"$ref": "#"}), "cannot be held"),
        (Grammar.json({"anyOf": [{"properties": {f"p{n}": {}}} for n in range(3000)]}), "held"),
    ],
)
def test_what_fails_at_the_first_token_is_refused_before(compiler, grammar, word):
    with pytest.raises(GrammarError, match=word):
        compiler.matcher(grammar)


def test_what_takes_too_long_is_refused_and_keeps_its_turn(compiler, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 0.02)
    monkeypatch.setattr(module, "_MOST_MULTIPLE", 10**9)
    slow = [{"type": "integer", "multipleOf": factor} for factor in (200_003, 200_009)]
    for schema in slow:
        with pytest.raises(GrammarError, match="takes over"):
            compiler.matcher(Grammar.json(schema))
    with pytest.raises(GrammarError, match="Other grammars"):
        compiler.matcher(Grammar.regex("quick"))
    monkeypatch.setattr(module, "_PATIENCE", 60.0)
    compiler.matcher(Grammar.regex("quick"))


def test_a_long_constant_is_told_a_piece_at_a_time(compiler, tokenizer):
    text = "one two three " * 4000
    matcher = compiler.matcher(Grammar.json({"const": text}))
    said, began = [], time.process_time()
    while not matcher.is_done:
        ahead = matcher.forced()
        if not ahead:
            break
        assert len(ahead) <= 64
        assert all(matcher.accept(token) for token in ahead)
        matcher.rollback(len(ahead) // 2)
        said += ahead[: len(ahead) - len(ahead) // 2]
        if len(said) > 500:
            break
    assert f'"{text}"'.startswith(tokenizer.decode(said))
    assert time.process_time() - began < 10
    wrong = tokenizer.encode_words("zebra")[0]
    ahead = matcher.forced()
    assert not matcher.accept(wrong)
    assert matcher.forced() == ahead
