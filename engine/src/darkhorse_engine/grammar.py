"""What an answer may be: JSON of a schema, tool calls, a regular expression, a Lark grammar.

Thin over llguidance, which keeps a parser beside each sequence and tells which tokens may follow.
Grammars come from strangers: the library follows rules and references by recursion, which ends the
process where the stack ends, and its own limits do not hold everything. So a grammar is compiled
behind bounds of ours, with a deep stack, and its first mask is asked for there and then.
Nothing here knows a model; `Matcher` is what `sampling.Sampler` takes as its constraint.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import islice
from threading import Lock, Semaphore, Thread, stack_size
from typing import Any, Self

import torch
from llguidance import LLMatcher, LLParserLimits, LLTokenizer
from torch import Tensor

from darkhorse_engine.chat.call_grammar import WHITESPACE, expression, lark_of_calls
from darkhorse_engine.chat.calls import Form
from darkhorse_engine.chat.tokenizer import Tokenizer

__all__ = ["Compiler", "Grammar", "GrammarError", "Matcher"]

_KEPT = 32
"""Compiled grammars kept: agents send the same tools with every request."""
_MOST_CHARACTERS = 512 << 10
_MOST_MULTIPLE = 100_000
"""Of `multipleOf`: an automaton has a state for each remainder, and takes seconds for a million."""
_MULTIPLE = re.compile(r'multipleOf\\*"\s*:\s*([0-9][0-9.eE+-]*)')
_STACK = 512 << 20
"""Bytes, of which those are taken that are used; thousands of references take some 60 MB."""
_AT_ONCE = 2
_PATIENCE = 20.0
"""Seconds for a grammar, its turn included."""
_FORCED = 64
"""Tokens told at a time: a long constant has thousands."""
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
        self._limits = LLParserLimits(verbose_errors=False)  # which would tell of answers
        self._compiled: dict[Grammar, LLMatcher] = {}
        self._lock = Lock()
        self._turns = Semaphore(_AT_ONCE)

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
        """What takes too long is refused, though it cannot be stopped: it keeps its turn."""
        _check(grammar)
        if not self._turns.acquire(timeout=_PATIENCE):
            raise GrammarError("Other grammars are being compiled; try again shortly.")
        made: list[LLMatcher] = []
        thread = self._started(lambda: made.append(self._made(grammar)))
        thread.join(_PATIENCE)
        if not made:
            raise GrammarError(f"The grammar takes over {_PATIENCE:.0f} s to compile; simplify it.")
        if made[0].is_error():
            raise GrammarError(f"The grammar cannot be held: {_reason(made[0])}")
        return made[0]

    def _made(self, grammar: Grammar) -> LLMatcher:
        try:
            compiled = LLMatcher(self._tokenizer, grammar.whole(), log_level=0, limits=self._limits)
            if not compiled.is_error():
                compiled.compute_logit_bias()  # much is only found out, or built, here
            return compiled
        finally:
            self._turns.release()

    def _started(self, work: Callable[[], None]) -> Thread:
        """With a stack as deep as strangers' grammars."""
        thread = Thread(target=work, name="grammar", daemon=True)
        with self._lock:  # the size is that of whatever thread is started next
            before = stack_size(_STACK)
            try:
                thread.start()
            finally:
                stack_size(before)
        return thread


class Matcher:
    """Follows one sequence through its grammar; see `sampling.Constraint`."""

    def __init__(self, matcher: LLMatcher) -> None:
        """See `Compiler.matcher`."""
        self._matcher = matcher
        self._ahead: deque[int] = deque()
        """Tokens that have to follow, as far as known."""

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
        if self._matcher.validate_tokens([token]) != 1 or not self._matcher.consume_token(token):
            return False
        if self._ahead and self._ahead.popleft() != token:
            self._ahead.clear()
        return True

    def rollback(self, count: int) -> None:
        """Take the last `count` tokens back."""
        self._matcher.rollback(count)
        self._ahead.clear()

    def forced(self) -> list[int]:
        """Tokens that are the only way on, or the first of them."""
        if not self._ahead and not self.is_done:
            self._ahead.extend(self._matcher.compute_ff_tokens())
        return list(islice(self._ahead, _FORCED))

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


def _check(grammar: Grammar) -> None:
    if len(grammar.text) > _MOST_CHARACTERS:
        raise GrammarError(
            f"The grammar has {len(grammar.text)} characters; {_MOST_CHARACTERS} are the most."
        )
    if any(_digits(found) > _MOST_MULTIPLE for found in _MULTIPLE.findall(grammar.text)):
        raise GrammarError(f"`multipleOf` can be held up to {_MOST_MULTIPLE}, in all its digits.")


def _digits(written: str) -> int:
    """Those of a number, without its point, as one: 0.25 has 25. What is no number has 0."""
    try:
        return int("".join(map(str, Decimal(written).normalize().as_tuple().digits)))
    except InvalidOperation:
        return 0


def _reason(matcher: LLMatcher) -> str:
    """The library's, on one line and without the state of its parser."""
    first, *rest = matcher.get_error().strip().splitlines()
    return " ".join([first, *(line for line in rest if line.startswith("error:"))])
