"""Text to token ids and back, for byte-level BPE: a `tokenizer.json`, or the fields of a GGUF.

Which text may become a control token (`<|im_end|>`, `<think>`) is decided here and nowhere else:
`encode` reads them, `encode_words` never does, and `guard` marks a stranger's text so that
`encode` does not find one in it either. Other vocabularies than byte-level BPE are refused.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, Self

from tokenizers import Tokenizer as Library

from darkhorse_engine.chat.errors import ChatError, TooLong
from darkhorse_engine.chat.gguf_tokenizer import is_control, stop_ids, tokenizer_json

__all__ = ["Detokenizer", "Tokenizer"]

_MARK = "\ufdd0"
"""A noncharacter, which Unicode reserves for a program's own use: not for interchange."""
_MOST_IDS = 1 << 22
_ENDS_A_TURN = ("<|endoftext|>", "<|im_end|>", "<|user|>", "<|observation|>")


class Tokenizer:
    """A vocabulary with its control tokens.

    `control_ids` are those by name that a stranger's text must not become; `hidden_ids` are those
    of them that are no text in an answer (the others, such as `<think>`, are read by the parser);
    `stop_ids` end an answer.
    """

    def __init__(
        self,
        words: Library,
        control_ids: Mapping[str, int],
        hidden_ids: Iterable[int],
        stop_ids: Iterable[int],
    ) -> None:
        """`words` knows no control token. See `from_json` and `from_gguf`."""
        self._words = words
        self.control_ids = {name: at for name, at in control_ids.items() if name}
        self.hidden_ids = frozenset(hidden_ids)
        ends = (control_ids[name] for name in _ENDS_A_TURN if name in control_ids)
        self.stop_ids = frozenset([*stop_ids, *ends])
        self._bytes = self._read_bytes()
        self._longest = max(map(len, self._bytes))
        self._begun = _beginning(self.control_ids)

    @property
    def vocab_size(self) -> int:
        """Ids that have a token; a model's head may be wider."""
        return len(self._bytes)

    def token_bytes(self, token: int) -> bytes:
        """What a token stands for; b"" where an id has none, as those that fill up a head."""
        return self._bytes[token] if 0 <= token < len(self._bytes) else b""

    def check_length(self, text: str, most: int) -> None:
        """Raises TooLong where it has more than `most` tokens even if each is the longest."""
        least = (len(text) - text.count(_MARK)) // self._longest
        if least > most:
            raise TooLong(
                f"The prompt has over {least} tokens, and there is room for {most}, the answer "
                "included. Shorten the conversation."
            )

    def encode(self, text: str) -> list[int]:
        """Ids of a rendered prompt, in which the names of control tokens are those tokens.

        The text between two of them is cut as one, wherever its parts came from: the ids are
        those the model was trained on.
        """
        ids: list[int] = []
        end = 0
        for at, name in self._controls(text):
            ids += [*self.encode_words(self.unguarded(text[end:at])), self.control_ids[name]]
            end = at + len(name)
        return ids + self.encode_words(self.unguarded(text[end:]))

    def encode_words(self, text: str) -> list[int]:
        """Ids of text in which nothing is a control token."""
        ids: list[int] = self._words.encode(text, add_special_tokens=False).ids
        return ids

    def guard(self, text: str) -> str:
        """The same text for a template, with a mark in all that `encode` would take for control.

        A beginning of a control token at the end counts: a template may put two texts together.
        """
        text = text.replace(_MARK, "")
        for name in self.control_ids:  # one expression for all would hold up everything for seconds
            while len(name) > 1 and name in text:
                text = text.replace(name, name[0] + _MARK + name[1:])
        tail = max(map(len, self.control_ids), default=0)
        return text[:-tail] + self._begun.sub(rf"\1{_MARK}", text[-tail:]) if tail else text

    def _controls(self, text: str) -> Iterator[tuple[int, str]]:
        """Places and names of control tokens, in order; of two in one place, the longer."""
        names = sorted(self.control_ids, key=len, reverse=True)
        end = 0
        found = [(at, name) for name in names for at in _places(text, name)]
        for at, control in sorted(found, key=itemgetter(0)):
            if at >= end:
                yield at, control
                end = at + len(control)

    @staticmethod
    def unguarded(text: str) -> str:
        """Guarded text as it was."""
        return text.replace(_MARK, "")

    def decode(self, ids: Iterable[int]) -> str:
        """The text of whole ids; bytes that are no UTF-8 become U+FFFD."""
        detokenizer = self.detokenizer()
        return "".join(map(detokenizer.feed, ids)) + detokenizer.close()

    def detokenizer(self) -> "Detokenizer":
        """One for one answer."""
        return Detokenizer(self)

    def _read_bytes(self) -> list[bytes]:
        """The bytes of each id: GPT-2's alphabet of 256 letters read backwards."""
        alphabet = _byte_of_letter()
        tokens = self._words.get_vocab(with_added_tokens=True)
        ids = [*tokens.values(), *self.control_ids.values()]
        size = max(ids, default=-1) + 1
        if min(ids, default=-1) < 0 or size > _MOST_IDS:
            raise ChatError(f"The vocabulary's ids are not from 0 to {_MOST_IDS - 1} at most.")
        table = [b""] * size
        added = {token.content for token in self._words.get_added_tokens_decoder().values()}
        try:
            for token, at in tokens.items():
                is_text = token in added or token in self.control_ids
                table[at] = token.encode() if is_text else bytes(alphabet[c] for c in token)
        except KeyError as e:
            raise ChatError(
                f"The vocabulary holds {e}, which is not byte-level BPE; this engine reads no other"
            ) from None
        for token, at in self.control_ids.items():
            table[at] = token.encode()
        return table

    @classmethod
    def from_json(cls, raw: Mapping[str, Any], stop_ids: Iterable[int] = ()) -> Self:
        """From the object of a `tokenizer.json`. Raises ChatError."""
        try:
            return cls._from_json(raw, stop_ids)
        except (KeyError, TypeError, AttributeError) as e:
            raise ChatError(f"tokenizer.json is not as it should be ({e!r}).") from None

    @classmethod
    def _from_json(cls, raw: Mapping[str, Any], stop_ids: Iterable[int]) -> Self:
        added = raw.get("added_tokens", [])
        control = [each for each in added if is_control(each["content"], each["special"])]
        others = [each for each in added if each not in control]
        # In the vocabulary, they keep their ids whatever is left out in front of them.
        vocab = raw["model"]["vocab"] | {each["content"]: each["id"] for each in others}
        words = {
            **raw,
            "model": {**raw["model"], "vocab": vocab},
            "added_tokens": others,
            "post_processor": None,
        }
        try:
            library = Library.from_str(json.dumps(words))
        except Exception as e:  # noqa: BLE001 the library raises nothing narrower
            raise ChatError(f"tokenizer.json cannot be read: {e}") from None
        return cls(
            library,
            {each["content"]: each["id"] for each in control},
            [each["id"] for each in control if each["special"]],
            stop_ids,
        )

    @classmethod
    def from_gguf(cls, fields: Mapping[str, Any]) -> Self:
        """From the `tokenizer.ggml.*` fields of a GGUF, arrays as sequences. Raises ChatError."""
        return cls.from_json(tokenizer_json(fields), stop_ids(fields))


class Detokenizer:
    """Ids of one answer to text, as they come: never half a character, in time linear in it."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def feed(self, token: int) -> str:
        """The text that is whole now; control tokens that are no text give none."""
        if token in self._tokenizer.hidden_ids:
            return ""
        return self._utf8.decode(self._tokenizer.token_bytes(token))

    def close(self) -> str:
        """U+FFFD where the answer ended inside a character."""
        return self._utf8.decode(b"", final=True)


def _places(text: str, name: str) -> Iterator[int]:
    at = text.find(name)
    while at >= 0:
        yield at
        at = text.find(name, at + len(name))


def _beginning(names: Iterable[str]) -> re.Pattern[str]:
    """The first letter of what a text ends with and a control token begins with."""
    cut = {name[:size] for name in names for size in range(1, len(name))}
    if not cut:
        return re.compile(r"(?!)()")
    begun = "|".join(map(re.escape, sorted(cut, key=len, reverse=True)))
    first = "".join(re.escape(letter) for letter in sorted({name[0] for name in cut}))
    return re.compile(rf"(?=(?:{begun})\Z)([{first}])", re.DOTALL)


def _byte_of_letter() -> dict[str, int]:
    """GPT-2's alphabet: printable Latin-1 stands for itself, the rest for U+0100 and following."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    letters = {chr(byte): byte for byte in plain}
    return letters | {chr(0x100 + at): byte for at, byte in enumerate(others)}
