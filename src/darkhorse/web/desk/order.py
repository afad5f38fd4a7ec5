"""What the form asks for, read as if an enemy had filled it in."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar, get_args
from urllib.parse import urlsplit

from msgspec import Struct

from darkhorse.attribution.client.asking import Dialect
from darkhorse.attribution.signal import Budget
from darkhorse.base.errors import ConfigError
from darkhorse.base.secret import Secret

__all__ = ["DIALECTS", "MOST_KEY", "MOST_MODEL", "MOST_URL", "Order", "read_order"]

DIALECTS: tuple[tuple[Dialect, str], ...] = (
    ("chat", "Chat completions (OpenAI, and most others)"),
    ("responses", "Responses (OpenAI)"),
    ("messages", "Messages (Anthropic)"),
    ("completions", "Completions (text alone)"),
)
MOST_URL, MOST_MODEL, MOST_KEY = 2_000, 200, 1_000
_Name = TypeVar("_Name", bound=str)
_VISIBLE = re.compile(r"[\x21-\x7e]*")  # of ASCII: nothing that could end a line of a request


class Order(Struct, frozen=True, kw_only=True):
    """One run. The key shows itself to nobody (`Secret`)."""

    url: str
    model: str
    key: Secret
    dialect: Dialect
    budget: Budget


def read_order(fields: Mapping[str, str]) -> Order:
    """Raises ConfigError: a sentence for the form, without what was in it."""
    return Order(
        url=_url(fields.get("url", "").strip()),
        model=_model(fields.get("model", "").strip()),
        key=_key(fields.get("key", "").strip()),
        dialect=_one_of("dialect", fields.get("dialect", "chat"), get_args(Dialect)),
        budget=_one_of("budget", fields.get("budget", "standard"), get_args(Budget)),
    )


def _url(url: str) -> str:
    if not url or len(url) > MOST_URL or not _VISIBLE.fullmatch(url) or "\\" in url:
        raise ConfigError(
            f"The URL must be at most {MOST_URL:,} characters of plain ASCII, without spaces."
        )
    try:
        parts = urlsplit(url)
        is_sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_sound = False
    else:
        is_sound = is_sound and not (parts.query or parts.fragment or "@" in parts.netloc)
    if not is_sound:
        raise ConfigError(
            "The URL must be http://… or https://… with host and path, and nothing more: "
            "a key has a field of its own."
        )
    return url


def _model(model: str) -> str:
    if not model or len(model) > MOST_MODEL or not model.isprintable():
        raise ConfigError(f"The model must be named by 1 to {MOST_MODEL} characters on one line.")
    return model


def _key(key: str) -> Secret:
    if len(key) > MOST_KEY or not _VISIBLE.fullmatch(key):
        raise ConfigError(
            f"The key must be at most {MOST_KEY:,} characters of plain ASCII, without spaces."
        )
    return Secret(key)


def _one_of(name: str, value: str, allowed: Sequence[_Name]) -> _Name:
    for each in allowed:
        if each == value:
            return each
    raise ConfigError(f"Choose a {name}: {', '.join(allowed)}.")
