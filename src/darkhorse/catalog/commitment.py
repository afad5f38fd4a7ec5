"""A promise made at go-live of what a reveal will say, that nobody can read or change before then.

The digest is SHA-256 of a few lines of text. A salt of 256 random bits is one of them, so that
nobody can find the maker by trying all they know. Pure.
"""

import hashlib
import shlex

__all__ = ["check_command", "digest", "opening"]

_TITLE = "Darkhorse commitment, version 1"


def opening(*, slug: str, maker: str, model: str, weights: str, salt: str) -> str:
    """What is committed to, a line each; every line ends with a newline.

    `weights` is a digest of them; empty, its line is left out. `salt`: 64 hexadecimal digits.
    """
    said = {"listing": slug, "maker": maker, "model": model, "weights": weights, "salt": salt}
    lines = [f"{name}: {' '.join(value.split())}" for name, value in said.items() if value]
    return "".join(f"{line}\n" for line in (_TITLE, *lines))


def digest(text: str) -> str:
    """What is published at go-live: 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def check_command(text: str) -> str:
    """A line for a shell that prints the digest of an opening, and a dash."""
    lines = " ".join(map(shlex.quote, text.splitlines()))
    return f"printf '%s\\n' {lines} | sha256sum"
