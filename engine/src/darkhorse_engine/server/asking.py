"""From a body to what the engine is asked: prompt, grammar, sampling, and who reads its answer.

Rendering, encoding and compiling take a while for long conversations and large schemas, so all of
this is called in a thread of a pool. Whatever a client did wrong is raised as an error that may be
shown to it.

A grammar holds wherever the form of an answer is fixed: a JSON Schema, a call that has to be made,
and, as soon as a model begins one of its own accord, the call it may make.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from llguidance.gbnf_to_lark import gbnf_to_lark
from msgspec import Raw

from darkhorse.base.errors import ContextExceeded, InvalidRequest
from darkhorse.wire.conversation import check_tools, measure
from darkhorse.wire.fields import SAMPLING, Reasoning, reasoning_parameter
from darkhorse.wire.schema import Schema
from darkhorse_engine.chat.chat import Chat, Prompt
from darkhorse_engine.chat.errors import ChatError, TooLong
from darkhorse_engine.grammar import Compiler, Grammar, GrammarError
from darkhorse_engine.sampling import Sampling, SamplingError
from darkhorse_engine.sequence import Request
from darkhorse_engine.server.answer import Parsing, Plain, Reader
from darkhorse_engine.server.bodies import (
    ChatRequest,
    Choice,
    CompletionRequest,
    Format,
    Template,
    choice_of,
    format_of,
    read_chat,
    read_completion,
)
from darkhorse_engine.server.stops import LONGEST

__all__ = ["Asked", "Model"]

_EFFORTS = {"minimal": "low"}
"""OpenAI's words that templates do not know."""

_LEAST = 1e-9
_MOST_BIASES = 1024
_MOST_WRITTEN = 32 << 10
"""Characters of an expression or a grammar: a mask takes the longer, the longer one is."""

Tools = Sequence[dict[str, Any]]

_messages = msgspec.json.Decoder(list[dict[str, Any]])
_tool = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True)
class Asked:
    """One request. `request` goes to the engine, `reader` makes an answer of what comes."""

    request: Request
    reader: Reader
    streams: bool
    includes_usage: bool
    shows_likely: bool


@dataclass(frozen=True, kw_only=True)
class Model:
    """What is served. Its methods may run in several threads at once."""

    name: str
    chat: Chat
    compiler: Compiler
    context: int
    """Tokens that one sequence may hold, its answer included."""
    new_call_id: Callable[[], str]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Sampling that the checkpoint recommends, where a request says nothing."""

    def ask_chat(self, body: bytes) -> Asked:
        """POST /v1/chat/completions. Raises InvalidRequest, ContextExceeded."""
        with _told():
            return self._ask_chat(read_chat(body))

    def ask_completion(self, body: bytes) -> Asked:
        """POST /v1/completions, likewise."""
        with _told():
            return self._ask_completion(read_completion(body))

    def render(self, fields: Template) -> Prompt:
        """The prompt of a conversation. Raises InvalidRequest, ContextExceeded."""
        with _told():
            tools = _functions(fields.tools)
            return self._prompt(fields.messages, tools, fields.chat_template_kwargs or {})

    def _ask_chat(self, fields: ChatRequest) -> Asked:
        tools = _functions(fields.tools)
        choice = choice_of(fields.tool_choice, has_tools=bool(tools))
        if choice.mode == "none":
            tools = []
        told, shown = reasoning_parameter(
            fields.reasoning, fields.reasoning_effort, include=fields.include_reasoning
        )
        options = {**_options(told), **(fields.chat_template_kwargs or {})}
        prompt = self._prompt(fields.messages, tools, options)
        form = format_of(fields.response_format, fields.grammar)
        parallel = fields.parallel_tool_calls is not False
        grammar = self._grammar(form, tools, choice, prompt, parallel=parallel)
        count = (fields.top_logprobs or 0) if fields.logprobs else None
        most = fields.max_completion_tokens or fields.max_tokens
        return Asked(
            self._request(prompt.ids, fields, grammar, count, most),
            self._reader(
                fields, self.chat.parser(prompt, tools), shown=shown, thinking=prompt.is_thinking
            ),
            bool(fields.stream),
            bool(fields.stream_options and fields.stream_options.include_usage),
            count is not None,
        )

    def _ask_completion(self, fields: CompletionRequest) -> Asked:
        form = format_of(fields.response_format, fields.grammar)
        grammar = _held(form) if form else None
        ids = self._ids(fields.prompt)
        return Asked(
            self._request(ids, fields, grammar, fields.logprobs, fields.max_tokens or 16),
            self._reader(fields, Plain()),
            bool(fields.stream),
            bool(fields.stream_options and fields.stream_options.include_usage),
            fields.logprobs is not None,
        )

    def _prompt(self, raw: Raw, tools: Tools, options: Mapping[str, Any]) -> Prompt:
        seen = measure(raw)
        if seen.media:
            raise InvalidRequest("`messages`: this model reads text; leave other parts out.")
        messages = _messages.decode(raw)
        return self.chat.prompt(messages, tools, options, goes_on=seen.goes_on, most=self.context)

    def _grammar(
        self, form: Format | None, tools: Tools, choice: Choice, prompt: Prompt, *, parallel: bool
    ) -> Grammar | None:
        if form and form.type in ("regex", "lark"):
            return _held(form)
        if form and choice.mode != "none":
            raise InvalidRequest(
                "`response_format` and `tools` hold an answer to two forms at once; send one of "
                'them, or `tool_choice: "none"`.'
            )
        if not (form or tools):
            return None
        if form:
            grammar = _held(form)
        else:
            _check_named(choice, tools)
            _check_schemas(tools)
            mode = choice.name if choice.mode == "named" else choice.mode
            grammar = Grammar.calls(tools, self.chat.form, choice=mode, parallel=parallel)
        return grammar.after_thinking() if prompt.is_thinking else grammar

    def _request(
        self,
        ids: Sequence[int],
        fields: ChatRequest | CompletionRequest,
        grammar: Grammar | None,
        logprobs: int | None,
        most: int | None,
    ) -> Request:
        room = self.context - len(ids)
        if room < 1:
            raise ContextExceeded(
                f"The prompt has {len(ids)} tokens, and this model's context is {self.context}, "
                "the answer included. Shorten the conversation."
            )
        said = {name: getattr(fields, name) for name in SAMPLING}
        given = {name: value for name, value in said.items() if value is not None}
        if given.get("top_p") == 0:
            given["top_p"] = _LEAST  # OpenAI takes it, for the likeliest token alone
        bias = _biases(fields.logit_bias or {}, self.chat.tokenizer.vocab_size)
        sampling = Sampling(**{**self.defaults, **given}, logit_bias=bias, logprobs=logprobs)
        return Request(
            prompt=ids,
            sampling=sampling,
            max_tokens=None if most is None else min(most, room),
            stop_ids=frozenset() if fields.ignore_eos else self.chat.tokenizer.stop_ids,
            constraint=None if grammar is None else self.compiler.matcher(grammar),
        )

    def _reader(
        self,
        fields: ChatRequest | CompletionRequest,
        parser: Parsing,
        *,
        shown: bool = True,
        thinking: bool = False,
    ) -> Reader:
        return Reader(
            self.chat.tokenizer,
            parser,
            stops=_stops(fields.stop),
            new_call_id=self.new_call_id,
            shows_thoughts=shown,
            is_thinking=thinking,
        )

    def _ids(self, prompt: str | list[Any]) -> Sequence[int]:
        if isinstance(prompt, list) and len(prompt) == 1 and isinstance(prompt[0], str | list):
            prompt = prompt[0]
        if isinstance(prompt, str):
            self.chat.tokenizer.check_length(prompt, self.context)
            prompt = self.chat.tokenizer.encode(prompt)
        ids = prompt
        if not ids or not isinstance(ids[0], int):
            raise InvalidRequest("`prompt` takes one text or one list of token ids, not empty.")
        most = self.chat.tokenizer.vocab_size
        if not all(type(each) is int and 0 <= each < most for each in ids):
            raise InvalidRequest(f"`prompt`: token ids are from 0 to {most - 1}.")
        return ids


@contextmanager
def _told() -> Iterator[None]:
    """What the parts below refuse, as an error for clients."""
    try:
        yield
    except TooLong as e:
        raise ContextExceeded(str(e)) from None
    except (ChatError, GrammarError, SamplingError) as e:
        raise InvalidRequest(str(e)) from None
    except RecursionError:
        raise InvalidRequest("The body is nested too deeply.") from None


def _functions(raw: list[Raw] | None) -> Tools:
    return [_tool.decode(each) for each in check_tools(raw)]


def _options(told: Reasoning | None) -> dict[str, Any]:
    """What templates call it. A budget of thoughts is not kept, unless it is 0."""
    if told is None:
        return {}
    if told.is_off:
        return {"enable_thinking": False}
    effort = {"reasoning_effort": _EFFORTS.get(told.effort, told.effort)} if told.effort else {}
    return {"enable_thinking": True, **effort}


def _held(form: Format) -> Grammar:
    """The grammar of a form alone."""
    if max(len(form.pattern), len(form.grammar)) > _MOST_WRITTEN:
        raise InvalidRequest(f"The grammar is too long: {_MOST_WRITTEN} characters are the most.")
    if form.type == "regex":
        return Grammar.regex(form.pattern)
    if form.type == "lark":
        return Grammar.lark(form.grammar)
    if form.type == "gbnf":
        return _from_gbnf(form.grammar)
    if form.type == "json_object":
        return Grammar.json(None)
    try:
        Schema.compile(bytes(form.schema))  # bounded, and in words that help
    except InvalidRequest as e:
        raise InvalidRequest(f"`response_format.json_schema.schema`: {e.message}") from None
    return Grammar.json(msgspec.json.decode(form.schema))


def _from_gbnf(text: str) -> Grammar:
    try:
        return Grammar.lark(gbnf_to_lark(text))
    except RecursionError:
        raise InvalidRequest("`grammar`: it is nested too deeply.") from None
    except Exception as e:  # noqa: BLE001 an unknown rule is a bare one
        raise InvalidRequest(f"`grammar`: {e}") from None


def _check_named(choice: Choice, tools: Tools) -> None:
    names = [tool["function"]["name"] for tool in tools]
    if choice.mode == "named" and choice.name not in names:
        raise InvalidRequest(f"`tool_choice` names {choice.name[:80]!r}, which is not in `tools`.")


def _check_schemas(tools: Tools) -> None:
    """Before a library is given what a stranger wrote: bounded, and in words that help."""
    for tool in tools:
        parameters = tool["function"].get("parameters") or {}
        try:
            Schema.compile(msgspec.json.encode(parameters))
        except InvalidRequest as e:
            name = tool["function"]["name"][:80]
            raise InvalidRequest(f"The `parameters` of {name!r}: {e.message}") from None


def _biases(bias: Mapping[str, float], most: int) -> dict[int, float]:
    if len(bias) > _MOST_BIASES:
        raise InvalidRequest(f"`logit_bias` takes {_MOST_BIASES} tokens at most.")
    for token in bias:
        if not (token.isascii() and token.isdecimal() and len(token) < 10 and int(token) < most):
            raise InvalidRequest(f"`logit_bias`: its keys are token ids, from 0 to {most - 1}.")
    return {int(token): value for token, value in bias.items()}


def _stops(stop: str | list[str] | None) -> Sequence[str]:
    stops = [stop] if isinstance(stop, str) else stop or []
    if any(len(each) > LONGEST for each in stops):
        raise InvalidRequest(f"`stop`: a stop string has {LONGEST} characters at most.")
    return stops
