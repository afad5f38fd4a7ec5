"""The files of a Hugging Face directory that say how a model is talked to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from darkhorse_engine.chat.errors import ChatError
from darkhorse_engine.chat.gguf_tokenizer import stop_ids, token_name, tokenizer_json

__all__ = ["ChatFiles", "save"]

_TOKENIZER, _CONFIG, _TEMPLATE = "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"
_GENERATION = "generation_config.json"


@dataclass(frozen=True, kw_only=True)
class ChatFiles:
    """What they hold; `tells_effort`: the shape is that of GLM-5.2."""

    tokenizer: Mapping[str, Any]
    template: str | None
    bos: str
    eos: str
    stop_ids: tuple[int, ...]
    tells_effort: bool

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Raises ChatError; only `tokenizer.json` has to be there."""
        tokenizer = _read(directory / _TOKENIZER)
        if not tokenizer:
            raise ChatError(
                f"{directory / _TOKENIZER}: is not there; the model's directory has to hold it."
            )
        config = _read(directory / _CONFIG)
        eos = _name(config.get("eos_token"))
        stops = _read(directory / _GENERATION).get("eos_token_id") or []
        added = tokenizer.get("added_tokens", [])
        return cls(
            tokenizer=tokenizer,
            template=_template(directory, config),
            bos=_name(config.get("bos_token")),
            eos=eos,
            stop_ids=(
                *(stops if isinstance(stops, list) else [stops]),
                *(each["id"] for each in added if each["content"] == eos),
            ),
            tells_effort=_read(directory / "config.json").get("index_topk_freq", 1) > 1,
        )


def save(fields: Mapping[str, Any], directory: Path) -> None:
    """Write the tokenizer and template of a GGUF's `tokenizer.*` fields. Raises ChatError.

    `Chat.from_directory` then reads the same as `Chat.from_gguf` does.
    """
    _write(directory / _TOKENIZER, tokenizer_json(fields))
    names = {f"{role}_token": token_name(fields, role) for role in ("bos", "eos")}
    _write(directory / _CONFIG, {role: name for role, name in names.items() if name})
    _write(directory / _GENERATION, {"eos_token_id": stop_ids(fields)})
    if (template := fields.get("tokenizer.chat_template")) is not None:
        (directory / _TEMPLATE).write_text(template)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n")


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; empty where there is no such file."""
    try:
        raw = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as e:
        raise ChatError(f"{path}: cannot be read ({e}).") from None
    if not isinstance(raw, dict):
        raise ChatError(f"{path}: not a JSON object.")
    return raw


def _template(directory: Path, config: Mapping[str, Any]) -> str | None:
    """A file of its own, or in the tokenizer's config, one or several by name."""
    try:
        return (directory / _TEMPLATE).read_text()
    except FileNotFoundError:
        source = config.get("chat_template")
    if isinstance(source, list):
        source = {each["name"]: each["template"] for each in source}.get("default")
    return source if isinstance(source, str) else None


def _name(token: Any) -> str:
    """A token is written as its name, or as an object of it."""
    name = token.get("content") if isinstance(token, Mapping) else token
    return name if isinstance(name, str) else ""
