"""`darkhorse unmask`: who made the model behind an API, a file or a listing of our own."""

from pathlib import Path
from typing import get_args

import click

from darkhorse.attribution.client.asking import Dialect
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.report.report import write
from darkhorse.attribution.signal import Budget
from darkhorse.attribution.verdict import Case
from darkhorse.base.errors import ConfigError
from darkhorse.cli.launch_options import line
from darkhorse.cli.options import data_option, json_option
from darkhorse.cli.unmask_learn import learn
from darkhorse.cli.unmask_library import library as library_command
from darkhorse.cli.unmask_live import Live, interrogate
from darkhorse.cli.unmask_offline import Offline, cases_of
from darkhorse.cli.unmask_telling import library_option, made_folder, stoppable, unable
from darkhorse.cli.unmask_view import print_case, print_table
from darkhorse.wiring.unmask import open_library

__all__ = ["unmask"]

_JUDGE = "judge"
_COMMANDS = ("learn", "library")


class _Unnamed(click.Context):
    """Of a command that is there when none is named: its own name stands in no usage line."""

    @property
    def command_path(self) -> str:
        return self.parent.command_path if self.parent else super().command_path


class _Judge(click.Command):
    """What `unmask` does by itself."""

    context_class = _Unnamed


class _Group(click.Group):
    """`unmask URL` and `unmask --from FILE`; beside them `unmask learn` and `unmask library`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in _COMMANDS:
            args = [_JUDGE, *(args or ["--help"])]
        return super().parse_args(ctx, args)


@click.group(cls=_Group, add_help_option=False)
def unmask() -> None:
    """Find out who made the model behind an API, with evidence and doubt."""


def _pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"`{value}` is not FIELD=VALUE.")
    return dict(value.split("=", 1) for value in values)


def _names(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(name for name in value.split(",") if name)


@unmask.command(_JUDGE, cls=_Judge, hidden=True, options_metavar="[OPTIONS]")
@click.argument("url", required=False, default="")
@click.option("--model", default="", help="The model's name, as the API knows it.")
@click.option(
    "--key-env",
    default="",
    metavar="NAME",
    help="Variable with the key. [DARKHORSE_UNMASK_KEY; OPENAI_API_KEY for OpenAI itself]",
)
@click.option(
    "--budget",
    type=click.Choice(get_args(Budget)),
    default="standard",
    show_default=True,
    help="How much may be asked; shown before it starts.",
)
@click.option("--yes", is_flag=True, help="Do not ask before it starts.")
@click.option("--dialect", type=click.Choice(get_args(Dialect)), default="chat", show_default=True)
@click.option(
    "--limit-name", default="", metavar="NAME", help="Its word for max_tokens. [found out]"
)
@click.option(
    "--at-once", default=4, show_default=True, type=click.IntRange(1, 16), help="Calls at once."
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where answers are kept, to go on with. [DATA/unmask/…]",
)
@click.option(
    "--from",
    "files",
    multiple=True,
    metavar="FILE",
    help="Judge answers that were logged: JSON lines, .gz or .zst, or - . May be given again.",
)
@click.option("--by", default="", callback=_names, metavar="FIELD,…", help="Each group apart.")
@click.option(
    "--where", multiple=True, callback=_pairs, metavar="FIELD=VALUE", help="Only these records."
)
@click.option("--listing", default="", metavar="SLUG", help="Judge our own ledger's answers of it.")
@click.option(
    "--last",
    default=500,
    show_default=True,
    type=click.IntRange(1),
    help="With --listing: so many.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="A folder for a report."
)
@library_option
@data_option
@json_option
def judge_command(
    url: str,
    model: str,
    key_env: str,
    budget: Budget,
    yes: bool,  # noqa: FBT001 (click passes by name)
    dialect: Dialect,
    limit_name: str,
    at_once: int,
    keep: Path | None,
    files: tuple[str, ...],
    by: tuple[str, ...],
    where: dict[str, str],
    listing: str,
    last: int,
    out: Path | None,
    library: Path | None,
    data: Path,
    as_json: bool,  # noqa: FBT001 (click passes by name)
) -> None:
    """Say who made the model behind URL, or the one that gave the answers of a file.

    \b
    darkhorse unmask https://host/v1 --model NAME     asks it
    darkhorse unmask --from answers.jsonl --by model  asks nobody
    darkhorse unmask --listing SLUG                   from our own ledger
    darkhorse unmask learn DATA… --out LIB            learns a library from answers
    darkhorse unmask library                          what the library knows

    Everything an API told is kept as it comes; the same command goes on where it was cut.
    Exit status 2 where it could not be asked at all.
    """  # noqa: D301 (click wants the character, not its name)
    with stoppable(), unable():
        if sum(map(bool, (url, files, listing))) != 1:
            raise ConfigError("Give one of them: a URL, --from FILE or --listing SLUG.")
        known = open_library(library)
        if url:
            live = Live(url, model, key_env, budget, dialect, limit_name, at_once, keep, yes=yes)
            case, folder = interrogate(live, known, data, out, quiet=as_json)
            _tell([case], known, folder, as_json=as_json)
        else:
            offline = Offline(files, by, where, listing, last)
            into = made_folder(out) if out else None
            _tell(cases_of(offline, known, data), known, into, as_json=as_json)


def _tell(cases: list[Case], known: Library, out: Path | None, *, as_json: bool) -> None:
    """On standard output; then a report of each into `out`, since that may fail."""
    if as_json:
        for case in cases:
            line(case)
    elif len(cases) == 1:
        print_case(cases[0])
    else:
        print_table(cases)
    if out:
        for place, case in enumerate(cases):
            page = _written(case, _folder(out, place, cases), known)
            click.echo(f"Report: {page}", err=as_json)


def _written(case: Case, folder: Path, known: Library) -> Path:
    try:
        return write(case, folder, known)
    except OSError as e:
        raise ConfigError(f"{folder}: cannot be written ({e.strerror}).") from None


def _folder(out: Path, place: int, cases: list[Case]) -> Path:
    return out if len(cases) == 1 else out / f"{place + 1:03}"


unmask.add_command(learn)
unmask.add_command(library_command)
