"""An answer as an engine with a vocabulary says it: one token a delta, cut and counted so."""

from itertools import groupby

from msgspec import Struct

from darkhorse.upstream.scripted.ask import Ask
from darkhorse.upstream.scripted.plant import JsonObject
from darkhorse.upstream.scripted.prompts import prompt_tokens, template_of
from darkhorse.upstream.scripted.vocabulary import decoded, tokenizer

__all__ = ["Counts", "Voiced", "voiced"]

_THOUGHTS = ("reasoning_content", "reasoning")
_TEXTS = (*_THOUGHTS, "content")


class Counts(Struct, frozen=True):
    """Native tokens."""

    prompt: int
    completion: int
    reasoning: int
    cached: int


class Voiced(Struct, frozen=True):
    """What is left of an answer under its limit."""

    deltas: tuple[JsonObject, ...]
    finish: str | None
    counts: Counts


def voiced(ask: Ask, deltas: tuple[JsonObject, ...], finish: str | None) -> Voiced:
    """Cuts at the request's `max_tokens`: then the finish is `length`."""
    voice = _Voice(ask)
    for kind, group in groupby(deltas, _kind):
        voice.say(kind, list(group))
    voice.end()
    prompt = prompt_tokens(ask)
    cached = ask.prefixes.cached(prompt, ask.shape.block) if ask.shape.block else 0
    counts = Counts(len(prompt), voice.spent, voice.thought, cached)
    return Voiced(tuple(voice.said), "length" if voice.is_cut else finish, counts)


def _kind(delta: JsonObject) -> str:
    return next((name for name in (*_TEXTS, "tool_calls") if delta.get(name)), "")


class _Voice:
    def __init__(self, ask: Ask) -> None:
        self._limit = ask.max_tokens
        self._template = template_of(ask)
        self._tokenize = tokenizer(ask.shape.vocabulary, ask.shape.seed)
        self.said: list[JsonObject] = []
        self.spent = 0
        self.thought = 0
        self.is_cut = False

    def say(self, kind: str, deltas: list[JsonObject]) -> None:
        """Neighbours of one kind."""
        if kind in _TEXTS:
            self._say_text(kind, deltas)
        elif kind:
            self._say_calls(deltas)
        elif not self.is_cut:
            self.said += deltas

    def end(self) -> None:
        """The token that ends an answer counts like the others, where the template has one."""
        if not self.is_cut:
            self._spend(self._template.end)

    def _spend(self, wanted: int) -> int:
        """How many of so many tokens the limit leaves; what is over is the cut."""
        left = wanted if self._limit is None else self._limit - self.spent
        self.is_cut = self.is_cut or wanted > left
        given = 0 if left <= 0 else min(wanted, left)
        self.spent += given
        return given

    def _pieces(self, text: str) -> list[str]:
        """As much of a text as the limit leaves, a token each."""
        tokens = self._tokenize(text)
        return decoded(tokens[: self._spend(len(tokens))])

    def _say_text(self, kind: str, deltas: list[JsonObject]) -> None:
        before = self.spent
        is_thought = kind in _THOUGHTS
        self._spend(self._template.thought if is_thought else self._template.opening)
        pieces = self._pieces("".join(delta[kind] for delta in deltas))
        self.said += [_retold(deltas[0], kind, piece) for piece in pieces if piece]
        if is_thought:
            self.thought += self.spent - before

    def _say_calls(self, deltas: list[JsonObject]) -> None:
        calls = [call for delta in deltas for call in delta["tool_calls"]]
        for call in _joined(calls):
            if not self.is_cut:
                self._say_call(call)

    def _say_call(self, call: JsonObject) -> None:
        function = call["function"]
        if name := function.get("name"):
            self._spend(self._template.call + len(self._tokenize(name)))
        if self.is_cut:
            return
        first, later = "", list[str]()
        if pieces := [piece for piece in self._pieces(function["arguments"]) if piece]:
            first, *later = pieces
        self.said.append(_called(call, function, first))
        bare = {key: value for key, value in call.items() if key not in ("id", "type")}
        unnamed = {key: value for key, value in function.items() if key != "name"}
        self.said += [_called(bare, unnamed, piece) for piece in later]


def _joined(calls: list[JsonObject]) -> list[JsonObject]:
    """Neighbouring pieces of one call as one, its arguments together: engines cut them anew."""
    joined = list[JsonObject]()
    for call in calls:
        if joined and "id" not in call and call["index"] == joined[-1]["index"]:
            function = joined[-1]["function"]
            arguments = function["arguments"] + call["function"]["arguments"]
            joined[-1] = {**joined[-1], "function": {**function, "arguments": arguments}}
        else:
            joined.append(call)
    return joined


def _called(call: JsonObject, function: JsonObject, arguments: str) -> JsonObject:
    return {"tool_calls": [{**call, "function": {**function, "arguments": arguments}}]}


def _retold(delta: JsonObject, kind: str, piece: str) -> JsonObject:
    """The same delta with another text, in its details too."""
    retold = {**delta, kind: piece}
    if details := delta.get("reasoning_details"):
        retold["reasoning_details"] = [{**detail, "text": piece} for detail in details]
    return retold
