"""`darkhorse unmask library`: what is known of makers, and from whom."""

from collections import Counter
from pathlib import Path

import click
import msgspec
import zstandard
from rich.console import Console
from rich.table import Table

from darkhorse.attribution.library.library import Library
from darkhorse.attribution.measured import measured
from darkhorse.cli.launch_options import line
from darkhorse.cli.options import json_option
from darkhorse.cli.unmask_telling import library_option, unable
from darkhorse.wiring.unmask import SHIPPED, open_library

__all__ = ["library", "print_library"]

_WIDE = 160  # columns where the output is no terminal


@click.command("library")
@library_option
@click.option(
    "--measured",
    "as_measured",
    is_flag=True,
    help="Print how long texts are under its tokenizers instead, for `darkhorse scripted`.",
)
@json_option
def library(
    library: Path | None,
    as_measured: bool,  # noqa: FBT001 (click passes by name)
    as_json: bool,  # noqa: FBT001 (click passes by name)
) -> None:
    """Show what the library knows: labs, models, vocabularies, sources and their licences."""
    with unable():
        known = open_library(library)
        if as_measured:
            line(measured(known))
            return
        path = library or SHIPPED
        print_library(known, path.stat().st_size, str(path), as_json=as_json)


def print_library(known: Library, size: int, name: str, *, as_json: bool) -> None:
    """On standard output. `size`: bytes of the file."""
    if as_json:
        told = {part: getattr(known, part) for part in ("version", "labs", "models", "sources")}
        line(
            {
                **told,
                "vocabularies": known.counts.vocabularies,
                "bytes": size,
                "labs_left_out": known.calibration.labs,
                "parts": _parts(known),
            }
        )
        return
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = _WIDE
    click.echo(f"{name}: version {known.version or 'none'}, {size:,} bytes.")
    console.print(_labs(known))
    console.print(_sources(known))
    counts = known.counts
    left_out = known.calibration.labs
    bars = f"set on {left_out} labs left out in turn" if left_out else "cautious defaults"
    click.echo(f"Bars of names: {bars}.")
    click.echo(
        f"{len(counts.vocabularies):,} vocabularies, {len(counts.probes):,} probes, "
        f"{len(counts.prompts):,} prompts counted."
    )
    click.echo(
        ", ".join(f"{part} {bytes_:,} bytes" for part, bytes_ in _parts(known).items()) + "."
    )


def _labs(known: Library) -> Table:
    table = Table("lab", "", "models", "vocabularies", box=None)
    models = Counter(model.lab for model in known.models)
    for lab in known.labs:
        vocabularies = ", ".join(lab.families) or "not held"
        table.add_row(lab.name, lab.title, str(models[lab.name]), vocabularies)
    return table


def _sources(known: Library) -> Table:
    table = Table("source", "licence", "rows", "SHA-256", "", box=None)
    for source in known.sources:
        rows = f"{source.rows:,}" if source.rows else ""
        table.add_row(source.name, source.licence, rows, source.sha256[:12], source.url)
    return table


def _parts(known: Library) -> dict[str, int]:
    """What each part weighs, packed by itself."""
    parts = ("counts", "style", "behaviour", "calibration")
    return {part: _weight(getattr(known, part)) for part in parts}


def _weight(part: msgspec.Struct) -> int:
    return len(zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode(part)))
