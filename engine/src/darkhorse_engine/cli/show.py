"""`darkhorse-engine show`: what a shape costs, from its configuration alone."""

import json
from dataclasses import asdict
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from darkhorse_engine.config import PRESETS, Config, ConfigError
from darkhorse_engine.show import CONTEXTS, Cost, Parameters, cache_bytes, cost, parameters

__all__ = ["show"]

_STEP = 1000


@click.command()
@click.argument("shape")
@click.option("--context", "contexts", type=click.IntRange(1), multiple=True, metavar="TOKENS")
@click.option("--json", "as_json", is_flag=True, help="For scripts: numbers, not rounded.")
def show(shape: str, contexts: tuple[int, ...], *, as_json: bool) -> None:
    """What SHAPE costs, from its configuration alone.

    SHAPE is a preset (glm-5, glm-5.1, glm-5.2, tiny, smol), a config.json, or its directory.

    Counted for one decoded token in bfloat16, without the MTP block. Active parameters are what a
    token goes through, embedding and head counted whole.
    """
    try:
        config = Config.load(shape)
    except ConfigError as e:
        raise click.ClickException(str(e)) from None
    longest = config.max_position_embeddings
    asked = contexts or tuple(each for each in CONTEXTS if each <= longest)
    costs = [cost(config, each) for each in asked]
    if as_json:
        click.echo(json.dumps(_facts(config, costs), indent=2))
        return
    console = Console()
    console.print(_size(shape, config, parameters(config)))
    console.print(_table(config, costs))


def _facts(config: Config, costs: list[Cost]) -> dict[str, Any]:
    every = [
        {**asdict(each), "flops": each.flops, "bytes": each.bytes, "saved": each.saved}
        for each in costs
    ]
    return {
        "parameters": asdict(parameters(config)),
        "cache_bytes_per_token": cache_bytes(config),
        "decoded": every,
    }


def _size(shape: str, config: Config, counted: Parameters) -> Table:
    title = shape if shape in PRESETS else "model"
    table = _plain(f"{title}: {_billions(counted.total)} parameters")
    table.add_column("part")
    table.add_column("parameters", justify="right")
    rows = {
        "embedding": counted.embedding,
        "head" if counted.head else "head (tied to the embedding)": counted.head,
        "attention": counted.attention,
        f"indexers, on {sum(config.indexer_types)} of {config.num_hidden_layers} layers": (
            counted.indexers
        ),
        "dense MLPs": counted.dense_mlp,
        "experts and gates": counted.experts,
        "norms": counted.norms,
        "total": counted.total,
        "active": counted.active,
        "MTP block, beside these": counted.mtp,
    }
    for name, count in rows.items():
        table.add_row(name, _billions(count), end_section=name == "norms")
    return table


def _table(config: Config, costs: list[Cost]) -> Table:
    table = _plain(
        f"a decoded token, {config.index_topk:,} tokens picked; "
        f"cache {_short(cache_bytes(config))}B a token"
    )
    for head in ("context", "FLOPs", "weights", "index", "sparse", "dense", "", "reads", "cache"):
        table.add_column(head, justify="right", no_wrap=True)
    for each in costs:
        flops = (each.flops, each.weights_flops, each.index_flops, each.sparse_flops)
        table.add_row(
            f"{each.context:,}",
            *map(_short, flops),
            _short(each.dense_flops),
            f"{each.saved:.1f}x",
            f"{_short(each.bytes)}B",
            f"{_short(each.cache_bytes)}B",
        )
    table.caption = "FLOPs = weights + index + sparse; dense is what sparse and index stand for"
    table.caption_justify = "left"
    return table


def _plain(title: str) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )


def _short(number: float) -> str:
    """With a unit: 22.2 G."""
    for unit in ("", "K", "M", "G", "T"):
        if number < _STEP:
            return f"{number:.1f} {unit}" if unit else f"{number:.0f}"
        number /= _STEP
    return f"{number:.1f} P"


def _billions(count: int) -> str:
    """As sizes of models are told: 743.9B."""
    return _short(count).replace(" ", "").replace("G", "B")
