"""The tokenizer in a GGUF's fields, made what Hugging Face would have in `tokenizer.json`."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tokenizers import AddedToken, Regex, decoders, models, pre_tokenizers
from tokenizers import Tokenizer as Library

from darkhorse_engine.chat.errors import ChatError

__all__ = ["is_control", "stop_ids", "token_name", "tokenizer_json"]

_CONTROL, _USER_DEFINED = 3, 4
_LOOKS_LIKE_A_TAG = re.compile(r"[<\[].+[>\]]", re.DOTALL)

_WORDS = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_GLM_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_SPLITS = {
    "gpt-2": (_WORDS,),
    "smollm": (r"\p{N}", _WORDS),
    "glm4": (_GLM_WORDS,),
    "chatglm-bpe": (_GLM_WORDS,),
}
"""What `tokenizer.ggml.pre` stands for: how text is cut before the merges (llama.cpp's names)."""


def is_control(name: str, is_special: bool) -> bool:  # noqa: FBT001
    """May a stranger's text not become this token?

    GLM's `<think>` and `<tool_call>` are added without `special`, and control all the same.
    """
    return is_special or _LOOKS_LIKE_A_TAG.fullmatch(name) is not None


def stop_ids(fields: Mapping[str, Any]) -> list[int]:
    """Ids that end an answer."""
    ids = (fields.get(f"tokenizer.ggml.{name}_token_id") for name in ("eos", "eot", "eom"))
    return [at for at in ids if at is not None]


def token_name(fields: Mapping[str, Any], role: str) -> str:
    """The token that is "bos" or "eos"; "" where there is none."""
    at = fields.get(f"tokenizer.ggml.{role}_token_id")
    return "" if at is None else str(fields["tokenizer.ggml.tokens"][at])


def tokenizer_json(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The object of a `tokenizer.json`, of byte-level BPE. Raises ChatError for another kind."""
    if (kind := fields.get("tokenizer.ggml.model")) != "gpt2":
        raise ChatError(f"tokenizer.ggml.model is {kind!r}; this engine reads 'gpt2'.")
    tokens: Sequence[str] = fields["tokenizer.ggml.tokens"]
    types: Sequence[int] = fields["tokenizer.ggml.token_type"]
    pairs = (merge.split(" ") for merge in fields["tokenizer.ggml.merges"])
    merges = [(left, right) for left, right in pairs]
    library = Library(models.BPE({token: at for at, token in enumerate(tokens)}, merges))
    library.pre_tokenizer = _pre_tokenizer(fields.get("tokenizer.ggml.pre", "gpt-2"))
    library.decoder = decoders.ByteLevel()
    special = [tokens[at] for at, kind in enumerate(types) if kind == _CONTROL]
    others = [tokens[at] for at, kind in enumerate(types) if kind == _USER_DEFINED]
    library.add_special_tokens([AddedToken(name, normalized=False) for name in special])
    library.add_tokens([AddedToken(name, normalized=False) for name in others])
    raw: dict[str, Any] = json.loads(library.to_str())
    return raw


def _pre_tokenizer(name: str) -> pre_tokenizers.PreTokenizer:
    if name not in _SPLITS:
        raise ChatError(
            f"tokenizer.ggml.pre is {name!r}; this engine knows {', '.join(sorted(_SPLITS))}."
        )
    cuts = [pre_tokenizers.Split(Regex(cut), "isolated") for cut in _SPLITS[name]]
    letters = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([*cuts, letters])
