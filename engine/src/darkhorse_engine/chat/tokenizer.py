"""Text to token ids and back, for byte-level BPE: a `tokenizer.json`, or the fields of a GGUF.

Which text may become a control token (`<|im_end|>`, `<think>`) is decided here and nowhere else:
`encode` reads them, `encode_words` never does, and `guard` marks a stranger's text so that
`encode` does not find one in it either. Other vocabularies than byte-level BPE are refused.
"""

import codecs
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Self

from tokenizers import Tokenizer as Library

from darkhorse_engine.chat.errors import ChatError
from darkhorse_engine.chat.gguf_tokenizer import is_control, stop_ids, tokenizer_json

__all__ = ["Detokenizer", "Tokenizer"]

_MARK = "\ufdd0"
"""A noncharacter, which Unicode reserves for a program's own use: not for interchange."""
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
        self.control_ids = dict(control_ids)
        self.hidden_ids = frozenset(hidden_ids)
        ends = (control_ids[name] for name in _ENDS_A_TURN if name in control_ids)
        self.stop_ids = frozenset([*stop_ids, *ends])
        self._bytes = self._read_bytes()
        self._control, self._guarded = _control_patterns(self.control_ids)

    @property
    def vocab_size(self) -> int:
        """Ids that have a token; a model's head may be wider."""
        return len(self._bytes)

    def token_bytes(self, token: int) -> bytes:
        """What a token stands for; b"" where an id has none, as those that fill up a head."""
        return self._bytes[token] if 0 <= token < len(self._bytes) else b""

    def encode(self, text: str) -> list[int]:
        """Ids of a rendered prompt, in which the names of control tokens are those tokens.

        The text between two of them is cut as one, wherever its parts came from: the ids are
        those the model was trained on.
        """
        ids: list[int] = []
        for at, run in enumerate(self._control.split(text)):
            if at % 2:
                ids.append(self.control_ids[run])
            elif run:
                ids.extend(self.encode_words(self.unguarded(run)))
        return ids

    def encode_words(self, text: str) -> list[int]:
        """Ids of text in which nothing is a control token."""
        ids: list[int] = self._words.encode(text, add_special_tokens=False).ids
        return ids

    def guard(self, text: str) -> str:
        """The same text for a template, with a mark in all that `encode` would take for control.

        A beginning of a control token at the end counts: a template may put two texts together.
        """
        return self._guarded.sub(rf"\1{_MARK}", text.replace(_MARK, ""))

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
        size = max([*tokens.values(), *self.control_ids.values()]) + 1
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


def _control_patterns(names: Iterable[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """One that splits at control tokens, and one for the first letter of whatever may be one."""
    longest_first = sorted(names, key=len, reverse=True)
    if not longest_first:
        return re.compile(r"(?!)()"), re.compile(r"(?!)()")
    whole = "|".join(map(re.escape, longest_first))
    cut = {name[:size] for name in longest_first for size in range(1, len(name))}
    begun = "|".join(map(re.escape, sorted(cut, key=len, reverse=True)))
    first = "".join(re.escape(letter) for letter in sorted({name[0] for name in longest_first}))
    return re.compile(f"({whole})"), re.compile(rf"(?={whole}|(?:{begun})\Z)([{first}])", re.DOTALL)


def _byte_of_letter() -> dict[str, int]:
    """GPT-2's alphabet: printable Latin-1 stands for itself, the rest for U+0100 and following."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    letters = {chr(byte): byte for byte in plain}
    return letters | {chr(0x100 + at): byte for at, byte in enumerate(others)}
