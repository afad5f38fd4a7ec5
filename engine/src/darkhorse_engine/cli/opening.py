"""From a command's options to a model that is ready: found, read, packed, its words beside it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import torch

from darkhorse_engine.chat.chat import Chat
from darkhorse_engine.chat.errors import ChatError
from darkhorse_engine.cli.progress import bar
from darkhorse_engine.config import Config, ConfigError
from darkhorse_engine.lift.lift import lift
from darkhorse_engine.lift.source import wheel_gguf
from darkhorse_engine.model import Model
from darkhorse_engine.quant import quantize
from darkhorse_engine.simplify import simplify
from darkhorse_engine.weights.errors import WeightsError
from darkhorse_engine.weights.load import Loaded, load

__all__ = ["LIFT_DIR", "Opened", "model_options", "open_model", "told"]

LIFT_DIR = Path("~/.cache/darkhorse-engine/smollm2")

_BITS = {"int8": 8, "int4": 4}
_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
_SMOLLM2 = {"temperature": 0.2, "top_p": 0.9}
"""What its card recommends."""
_RECOMMENDED = ("temperature", "top_p", "top_k", "min_p", "repetition_penalty")

Command = Callable[..., Any]


@dataclass(frozen=True)
class Opened:
    """A model, its words, what it is called, and the sampling that its makers recommend."""

    model: Model
    chat: Chat
    name: str
    sampling: Mapping[str, Any]


@contextmanager
def told() -> Iterator[None]:
    """What goes wrong with a model's files, as one sentence."""
    try:
        yield
    except (WeightsError, ConfigError, ChatError) as e:
        raise click.ClickException(str(e)) from None
    except OSError as e:
        raise click.ClickException(f"{e.filename or 'files'}: {e.strerror or e}.") from None


def model_options(command: Command) -> Command:
    """Of every command that runs a model."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.argument("model", required=False, envvar="DARKHORSE_MODEL_FILE"),
    click.option(
        "--lift-dir",
        type=click.Path(path_type=Path),
        default=LIFT_DIR,
        show_default=True,
        help="Where the lifted SmolLM2 is kept, which is run without MODEL.",
    ),
    click.option(
        "--quant",
        type=click.Choice(["none", *_BITS]),
        default="int8",
        show_default=True,
        help="Bits of the weights.",
    ),
    click.option(
        "--dtype",
        type=click.Choice(list(_DTYPES)),
        default="bfloat16",
        show_default=True,
        help="Of weights that keep their bits, and of the cache.",
    ),
    click.option(
        "--topk",
        metavar="N|dense",
        help="Tokens to attend to. Without: as trained, and dense where no indexer was (a lift).",
    ),
    click.option("--threads", type=click.IntRange(1), help="Of the processor. Without: all."),
)


def open_model(
    model: str | None,
    lift_dir: Path,
    quant: str,
    dtype: str,
    topk: str | None,
    threads: int | None,
) -> Opened:
    """Raises ClickException, with what would help."""
    if threads:
        torch.set_num_threads(threads)
    with told():
        path = Path(model) if model else _lifted(lift_dir.expanduser())
        with bar(f"reading {path.name}") as progress:
            kind = _DTYPES["bfloat16" if quant in _BITS else dtype]
            loaded = load(path, kind, topk=_topk(topk, path), progress=progress)
        chat = _chat(loaded)
    simplify(loaded.model)
    if quant in _BITS:
        quantize(loaded.model, 8 if quant == "int8" else 4)
    name = "smollm2-135m-dsa" if model is None else path.resolve().stem
    recommended = {**({} if model else _SMOLLM2), **_sampling(loaded)}
    return Opened(loaded.model, chat, name, recommended)


def _lifted(where: Path) -> Path:
    """The lift of the wheel's model, made where it is not there yet."""
    if not (where / "config.json").is_file():
        source = wheel_gguf()
        click.echo(f"Lifting {source.name} into {where}; this is done once.", err=True)
        where.parent.mkdir(parents=True, exist_ok=True)
        with bar("lifting") as progress:
            lift(source, where, progress=progress)
    return where


def _topk(said: str | None, path: Path) -> int | None:
    """None: as the checkpoint says."""
    if said is not None and said != "dense":
        if not said.isdecimal() or not int(said):
            raise click.BadParameter("a number of tokens from 1, or 'dense'", param_hint="--topk")
        return int(said)
    config = Config.load(path) if path.is_dir() else None
    if said is None and (config is None or config.rope_tile == 1):
        return None
    return config.max_position_embeddings if config else 1 << 30


def _chat(loaded: Loaded) -> Chat:
    if isinstance(loaded.tokenizer, Path):
        return Chat.from_directory(loaded.tokenizer)
    return Chat.from_gguf(loaded.tokenizer)


def _sampling(loaded: Loaded) -> dict[str, Any]:
    """What stands in a checkpoint's generation_config.json."""
    if not isinstance(loaded.tokenizer, Path):
        return {}
    try:
        said = json.loads((loaded.tokenizer / "generation_config.json").read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(said, dict) or said.get("do_sample") is False:
        return {}
    return {name: said[name] for name in _RECOMMENDED if said.get(name) is not None}
