"""What in a text tells of a house: names, addresses, traces, and words that two doors share."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from darkhorse.attribution.client.reply import Reply

__all__ = [
    "Wanted",
    "distinctive",
    "is_declared",
    "mask",
    "rarities",
    "sentences",
    "strings",
    "trace_in",
]

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@+-]{3,}[A-Za-z0-9]")
_ODD = re.compile(r"[0-9_@]|[a-z][A-Z]|[A-Z]{4}|\w[:.]\w")
_COMMON = re.compile(
    r"""(?ix) [a-z]+(?:[-_][a-z]+)? (?:_(?:error|tokens|details|reason|type|id|choice|length))+
    | (?:application|text|image)/[\w+.-]+ | utf-8 | \d{1,3} | (?:https?/)?\d\.\d | keep-alive
    | (?:chat|text)[._]completion(?:[._]chunk)? | tool_calls? | json_(?:object|schema)
    | [\d:-]+ | \d{4}-\d\d-\d\dt[\d:.]+z? | max_\w+_tokens | (?:no-)?(?:cache|store) | top_[pk]
    | (?:openai|openrouter)(?:[-_]\w+)* | x-request-id | content-\w+ | base64 | /?(?:api/)?v1[\w/]*
    """
)
_ID = re.compile(r"\b(?:gen|req)-[\w-]+|\bcall_\w+")
_NUMBER = re.compile(r"\d+")

_TRACES = {
    "an address on the web": re.compile(r"https?://(?!localhost\b)[^\s\"'`)<>]+", re.IGNORECASE),
    "an address": re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\blocalhost:\d+"),
    "a class of errors": re.compile(r"\b[A-Z][A-Za-z]+(?:Error|Exception)\b|\bErr[A-Z]\w+"),
    "a trace": re.compile(r"Traceback|\bline \d+, in |\.(?:py|go|rs|cpp|js):\d+|0x[0-9a-f]{6}"),
    "a file": re.compile(r"(?:/(?:usr|opt|home|app|var|root|srv)/|[A-Z]:\\)[\w./\\-]+"),
    "a key": re.compile(r"\b(?:sk|xai|gsk|pk|AIza)[-_]?[A-Za-z0-9*-]{8,}"),
}
_QUOTED = re.compile(r"\{\\?['\"](?:error|detail|message|code)")


def trace_in(text: str) -> tuple[str, str] | None:
    """What kind of inside a message shows, and the very words. None where it shows none."""
    for kind, pattern in _TRACES.items():
        if found := pattern.search(text):
            return kind, found[0]
    quoted = None if text.lstrip().startswith(("{", "[")) else _QUOTED.search(text)
    return ("another's error, quoted", quoted[0]) if quoted else None


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def distinctive(texts: Iterable[str]) -> frozenset[str]:
    """Words that are names or ids of somebody rather than language."""
    found = (word for text in texts for word in _WORD.findall(text))
    return frozenset(word for word in found if _ODD.search(word) and not _is_common(word))


def _is_common(word: str) -> bool:
    """Is it a word of every such API, or made of such words alone?"""
    if _COMMON.fullmatch(word):
        return True
    parts = re.split(r"[._/:+-]", word.lower())
    return all(part in _API_WORDS or (part.isdigit() and len(part) < _LONG) for part in parts)


def rarities(replies: Iterable[Reply], known: Iterable[str] = ()) -> frozenset[str]:
    """Distinctive words of these answers, bodies and headers, that nobody sent: not in `known`."""
    said: list[str] = []
    for reply in replies:
        said += strings(reply.json) if reply.json is not None else [reply.text]
        said += [value for name, value in reply.headers if name.lower() not in _USUAL]
    sent = "\n".join(known).lower()
    return frozenset(word for word in distinctive(said) if word.lower() not in sent)


def sentences(text: str) -> frozenset[str]:
    """The longer sentences of a message, ids and numbers masked, for comparison."""
    parts = re.split(r"(?<=[.!?])\s+|\n", mask(text))
    return frozenset(each.strip().lower() for each in parts if len(each) >= _SENTENCE)


def is_declared(message: str) -> bool:
    """Does a refusal name a range that the listing itself has set? docs/calling.md has its form."""
    return bool(_DECLARED.match(message))


class Wanted:
    """Looks for names that must not be said: whole words, however they are cased or joined."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(dict.fromkeys(each for each in names if len(each) >= _NAME))
        self._patterns = [_pattern(name) for name in self.names]

    def find(self, text: str) -> str:
        """The first of them that stands in the text; empty for none."""
        found = (pattern.search(text) for pattern in self._patterns)
        return next((match[0] for match in found if match), "")


def _pattern(name: str) -> re.Pattern[str]:
    runs = re.findall(r"[^\W_]+", name)
    joined = r"[\W_]{0,2}".join(re.escape(run) for run in runs) or re.escape(name)
    return re.compile(rf"(?<![^\W_]){joined}(?![^\W_])", re.IGNORECASE)


def mask(text: str) -> str:
    """The text without what differs from call to call."""
    return _NUMBER.sub("#", _ID.sub("ID", text))


_API_WORDS = frozenset(
    """
    a access allowed any api array assistant at audio authentication bad base64 be bias body bytes
    call calls chat chars choice choices code completion completions content context data default
    detail developer effort enabled error exceeded exclude expected field file format found
    frequency function got http https id image in index input integer invalid is json key k length
    limit list logit logprobs max media message messages metadata min missing mode model models
    must n name no not null number object of off on openai options output p parallel param
    parameter parameters part parts penalty permission plain presence prompt properties property
    rate reasoning refusal repetition request required response role schema seed sequences server
    session stop stream streaming strict string system temperature text to token tokens too tool
    tools top type unsupported url usage user v1 value values video
    """.split()  # noqa: SIM905 (words read better so)
)
_LONG = 4  # digits of a number that tells
_SENTENCE = 24
_NAME = 4  # characters of a name that is worth looking for
_DECLARED = re.compile(r"`[\w.\[\]]+`: (?:one has \d+ bytes; )?this model takes [\w-]")
_USUAL = frozenset({"date", "content-type", "content-length", "connection", "transfer-encoding"})
