"""`darkhorse-engine export`: a model as a GGUF of llama.cpp's `glm-dsa`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import torch

from darkhorse_engine.cli.opening import told
from darkhorse_engine.cli.progress import bar
from darkhorse_engine.weights.export_gguf import export as export_gguf
from darkhorse_engine.weights.gguf_file import GgufFile
from darkhorse_engine.weights.load import load

__all__ = ["export"]

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("out", type=_FILE, metavar="OUT.gguf")
@click.option("--tokenizer", type=_FILE, help="A GGUF whose tokenizer is copied.")
def export(model: Path, out: Path, tokenizer: Path | None) -> None:
    """Write MODEL, a directory or a GGUF, to OUT.gguf in float32, as llama.cpp reads `glm-dsa`."""
    if out.exists():
        raise click.ClickException(f"{out} is there already; name a file that is not.")
    with told():
        fields = GgufFile(tokenizer).fields if tokenizer else None
        with bar(f"reading {model.name}") as progress:
            loaded = load(model, torch.float32, progress=progress)
        words: Mapping[str, Any] | Path = fields if fields is not None else loaded.tokenizer
        if isinstance(words, Path):
            raise click.UsageError(
                "A GGUF holds its tokenizer in a form of its own: name one with --tokenizer whose "
                "tokenizer is to be copied."
            )
        export_gguf(loaded.model.state_dict(), loaded.config, out, words)
    click.echo(f"{out}: {out.stat().st_size / 1e6:.1f} MB")
