"""Tokenizers and chat forms for the tests: SmolLM2's, read once a process, and GLM's, made up."""

from functools import cache
from pathlib import Path

import pytest
from tokenizers import pre_tokenizers

from darkhorse_engine.chat.chat import Chat, GlmTemplate
from darkhorse_engine.chat.tokenizer import Tokenizer
from darkhorse_engine.weights.gguf_file import GgufFile

CONTROL = [
    "<|endoftext|>",
    "[gMASK]",
    "<sop>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|observation|>",
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
]


@cache
def fields_of(path: Path):
    return GgufFile(path).fields


@cache
def chat_of(path: Path):
    return Chat.from_gguf(fields_of(path))


@pytest.fixture(scope="session")
def fields(smollm2):
    return fields_of(smollm2)


@pytest.fixture(scope="session")
def smol(smollm2):
    return chat_of(smollm2)


@pytest.fixture(scope="session")
def tokenizer(smollm2):
    return chat_of(smollm2).tokenizer


@pytest.fixture(scope="session")
def glm():
    """GLM's control tokens over an alphabet of bytes."""
    letters = pre_tokenizers.ByteLevel.alphabet()
    raw = {
        "version": "1.0",
        "added_tokens": [
            {
                "id": 256 + at,
                "content": name,
                "special": "|" in name,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
            }
            for at, name in enumerate(CONTROL)
        ],
        "pre_tokenizer": {
            "type": "ByteLevel",
            "add_prefix_space": False,
            "use_regex": False,
            "trim_offsets": True,
        },
        "model": {
            "type": "BPE",
            "vocab": {each: at for at, each in enumerate(sorted(letters))},
            "merges": [],
        },
    }
    return Chat(Tokenizer.from_json(raw), GlmTemplate(), "glm")
