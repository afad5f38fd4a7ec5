"""A model small enough for tests. As a program it makes one: `engine_tiny_model.py DIRECTORY`."""

import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from darkhorse_engine.config import Config
from darkhorse_engine.model import Model
from darkhorse_engine.weights.safetensors_dir import save

SPECIAL = ("<|endoftext|>", "[gMASK]", "<sop>", "<|system|>", "<|user|>", "<|assistant|>")
SPECIAL += ("<|observation|>",)
TAGS = ("<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>")
TAGS += ("</tool_response>", "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>")


def make_model(directory: Path) -> Path:
    """Random weights in GLM-5's shape; a token for every byte, and GLM's control tokens.

    No template: GLM's own is known by its tokens.
    """
    config = Config.preset("tiny")
    save(directory, config, Model.random(config, seed=1).state_dict())
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = Tokenizer(models.BPE({letter: at for at, letter in enumerate(letters)}, []))
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    words.decoder = decoders.ByteLevel()
    words.add_special_tokens([AddedToken(name, special=True) for name in SPECIAL])
    words.add_tokens([AddedToken(name) for name in TAGS])
    words.save(str(directory / "tokenizer.json"))
    return directory


if __name__ == "__main__":
    make_model(Path(sys.argv[1]))
