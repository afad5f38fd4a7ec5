"""darkhorse-engine in place of llama.cpp: where its command is, what it serves, how it is started.

It is a distribution of its own (`engine/` in this repository, with torch), in an environment of its
own: a program that this one starts and never imports. It says `ready` as our own processes do.
"""

import os
import shutil
from pathlib import Path

from darkhorse.base.errors import ConfigError
from darkhorse.base.settings import ModelSettings
from darkhorse.supervise import model_file
from darkhorse.supervise.model_file import Advance
from darkhorse.wiring.model import KEY_VARIABLE

__all__ = ["COMMAND", "HERE", "argv", "find", "find_model"]

COMMAND = "darkhorse-engine"
HERE = "here"
"""Instead of a path: the one that engine/scripts/install put into this checkout, or on PATH."""

_CHECKOUT = Path(__file__).parents[3]
_LIFTED = Path("models", "lifted")
"""In the data directory: the default model as the engine has made it over, once."""


def find(given: str, checkout: Path = _CHECKOUT) -> Path:
    """The engine's command. Raises ConfigError."""
    if given != HERE:
        return _runnable(Path(given).expanduser().absolute())
    own = checkout / "engine" / ".venv" / "bin" / COMMAND
    if os.access(own, os.X_OK):
        return own
    if found := shutil.which(COMMAND):
        return Path(found)
    install = checkout / "engine" / "scripts" / "install"
    how = f"install it with: {install} .venv run" if install.exists() else "give --engine its path"
    raise ConfigError(f"{COMMAND} is not installed; {how}")


def _runnable(path: Path) -> Path:
    if path.is_file() and os.access(path, os.X_OK):
        return path
    raise ConfigError(
        f"--engine {path}: no program that can be run; leave the path out, or fix it."
    )


def find_model(model: str | None, data: Path, advance: Advance) -> Path | None:
    """What it shall serve; None: its own default. Raises ConfigError.

    `model` is a directory as Hugging Face has them, a GGUF file or `hf:owner/repo/file.gguf`.
    """
    if model is None:
        return None
    path = Path(model).expanduser().resolve()
    if not path.is_dir():
        return model_file.find(model, data, advance)
    if not (path / "config.json").is_file():
        raise ConfigError(f"--model {path}: this directory has no config.json.")
    return path


def argv(engine: Path, settings: ModelSettings, data: Path, port: int) -> tuple[str, ...]:
    """Nothing private: key and model are in the environment."""
    options = {
        "--host": "127.0.0.1",
        "--port": port,
        "--key-env": KEY_VARIABLE,
        "--lift-dir": data / _LIFTED,
        "--threads": settings.threads,
        "--slots": settings.slots,
    }
    given = (str(word) for option in options.items() for word in option)
    return (str(engine), "serve", *given, *settings.engine_options)
