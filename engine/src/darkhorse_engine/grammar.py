"""What an answer may be: JSON of a schema, tool calls, a regular expression, a Lark grammar.

Thin over llguidance, which keeps a parser beside each sequence and tells which tokens may follow.
Nothing here knows a model; `Matcher` is what `sampling.Sampler` takes as its constraint.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Self

import torch
from llguidance import LLMatcher, LLTokenizer
from torch import Tensor

from darkhorse_engine.chat.call_grammar import WHITESPACE, expression, lark_of_calls
from darkhorse_engine.chat.calls import Form
from darkhorse_engine.chat.tokenizer import Tokenizer

__all__ = ["Compiler", "Grammar", "GrammarError", "Matcher"]

_KEPT = 32
"""Compiled grammars kept: agents send the same tools with every request."""
_AFTER_THINKING = r"""start: thoughts @answer
thoughts[lazy]: /(?s:.)*<\/think>/
"""


class GrammarError(ValueError):
    """A schema, expression or grammar that cannot be held; its text says why."""


@dataclass(frozen=True)
class Grammar:
    """What an answer may be, not compiled yet. `text` is one of llguidance's JSON grammars."""

    text: str
    is_after_thinking: bool = False

    @classmethod
    def json(cls, schema: Mapping[str, Any] | None = None) -> Self:
        """JSON that holds a schema (2020-12, as far as llguidance goes); any object without one."""
        schema = {"type": "object"} if schema is None else schema
        if not isinstance(schema, Mapping):
            raise GrammarError("A JSON Schema has to be an object.")
        return cls(json.dumps({"json_schema": {**schema, "x-guidance": WHITESPACE}}))

    @classmethod
    def regex(cls, pattern: str) -> Self:
        """Text that a regular expression (Rust's, without lookaround) matches whole."""
        return cls.lark(f"start: {expression(pattern)}")

    @classmethod
    def lark(cls, text: str) -> Self:
        """Text that a grammar in llguidance's Lark makes of `start`."""
        return cls(json.dumps({"lark_grammar": text}))

    @classmethod
    def calls(
        cls,
        tools: Sequence[Mapping[str, Any]],
        form: Form,
        choice: str = "required",
        *,
        parallel: bool = True,
    ) -> Self:
        """Calls of `tools` (OpenAI's), as `tool_choice` says: "required", "auto" or a name.

        auto: text, in which calls may stand, and if so hold their schemas. By name: one call.
        Raises GrammarError for a name that no tool has.
        """
        functions = [tool["function"] for tool in tools]
        is_named = choice not in ("required", "auto")
        if is_named:
            functions = [each for each in functions if each["name"] == choice]
        if not functions:
            raise GrammarError(f"`tool_choice` {choice!r} asks for a tool, and there is none such.")
        may_say, is_one = choice == "auto", is_named or not parallel
        return cls.lark(lark_of_calls(functions, form, may_say=may_say, is_one=is_one))

    def after_thinking(self) -> Self:
        """The same behind thoughts that the prompt has begun, and `</think>`."""
        return replace(self, is_after_thinking=True)

    def whole(self) -> str:
        """For llguidance."""
        answer = json.loads(self.text)
        grammars = [answer]
        if self.is_after_thinking:
            grammars = [{"lark_grammar": _AFTER_THINKING}, {"name": "answer", **answer}]
        return json.dumps({"grammars": grammars})


class Compiler:
    """Grammars over one model's vocabulary."""

    def __init__(self, tokenizer: Tokenizer, vocab_size: int) -> None:
        """`vocab_size` is the width of the model's logits; takes half a second."""
        self._tokenizer = LLTokenizer(
            _Vocabulary(tokenizer, vocab_size),  # type: ignore[arg-type]  # it asks no more of one
            n_vocab=vocab_size,
            eos_token=sorted(tokenizer.stop_ids),
        )
        self._compiled: dict[Grammar, LLMatcher] = {}
        self._lock = Lock()

    def matcher(self, grammar: Grammar) -> "Matcher":
        """For one sequence, from any thread. Raises GrammarError; a large schema takes a second."""
        with self._lock:
            compiled = self._compiled.pop(grammar, None)
        compiled = compiled or self._compile(grammar)
        matcher = Matcher(compiled.deep_copy())
        with self._lock:
            self._compiled[grammar] = compiled  # the last used are last
            if len(self._compiled) > _KEPT:
                del self._compiled[next(iter(self._compiled))]
        return matcher

    def _compile(self, grammar: Grammar) -> LLMatcher:
        compiled = LLMatcher(self._tokenizer, grammar.whole(), log_level=0)
        if compiled.is_error():
            raise GrammarError(f"The grammar cannot be held: {_reason(compiled)}")
        return compiled


class Matcher:
    """Follows one sequence through its grammar; see `sampling.Constraint`."""

    def __init__(self, matcher: LLMatcher) -> None:
        """See `Compiler.matcher`."""
        self._matcher = matcher

    def mask(self, row: Tensor) -> None:
        """Put -inf, in place, where `row` (vocab,) has a token that may not follow.

        Raises GrammarError where the library gives up, as on a grammar too complex for it.
        """
        allowed = torch.frombuffer(bytearray(self._matcher.compute_logit_bias()), dtype=torch.uint8)
        if self._matcher.is_error():
            raise GrammarError(f"The grammar cannot be held any longer: {_reason(self._matcher)}")
        row.masked_fill_(allowed[: len(row)].to(row.device) == 0, -torch.inf)

    def accept(self, token: int) -> bool:
        """Go on with it; False, and nothing is changed, if it may not follow."""
        return self._matcher.validate_tokens([token]) == 1 and self._matcher.consume_token(token)

    def rollback(self, count: int) -> None:
        """Take the last `count` tokens back."""
        self._matcher.rollback(count)

    def forced(self) -> list[int]:
        """Tokens that are the only way on."""
        return [] if self.is_done else self._matcher.compute_ff_tokens()

    @property
    def is_done(self) -> bool:
        """Can nothing but the end follow?"""
        return self._matcher.is_stopped()


class _Vocabulary:
    """What llguidance asks of a tokenizer."""

    is_tokenizer_wrapper = True
    bos_token_id = None

    def __init__(self, tokenizer: Tokenizer, vocab_size: int) -> None:
        self.eos_token_id = min(tokenizer.stop_ids, default=0)
        self.tokens = [tokenizer.token_bytes(at) for at in range(vocab_size)]
        self.special_token_ids = sorted(tokenizer.hidden_ids)
        self._encode = tokenizer.encode

    def __call__(self, text: str | bytes) -> list[int]:
        return self._encode(text if isinstance(text, str) else text.decode())


def _reason(matcher: LLMatcher) -> str:
    """The library's, on one line and without the state of its parser."""
    first, *rest = matcher.get_error().strip().splitlines()
    return " ".join([first, *(line for line in rest if line.startswith("error:"))])
