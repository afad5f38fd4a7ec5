"""`darkhorse unmask URL`: what it is about to spend, the asking, and where it goes on."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click
from msgspec import Struct, structs
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from darkhorse.attribution.client.asking import Dialect
from darkhorse.attribution.interview import SPENT, OnTick, Tick
from darkhorse.attribution.judging import judge
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.signal import Budget
from darkhorse.attribution.verdict import Case
from darkhorse.base.chance import system_draw
from darkhorse.base.clock import Clock, SystemClock
from darkhorse.base.errors import ConfigError
from darkhorse.base.plain import plain
from darkhorse.base.secret import Secret
from darkhorse.cli.unmask_telling import made_folder
from darkhorse.wiring.unmask import (
    Order,
    Prepared,
    ask_all,
    checked,
    kept_path,
    newest_of_each,
    of_run,
    prepare,
    spent_on,
)

__all__ = ["Live", "interrogate"]

_OWN_KEY, _OPENAI_KEY = "DARKHORSE_UNMASK_KEY", "OPENAI_API_KEY"
_TERMINATED = 128 + signal.SIGTERM


class Live(Struct, frozen=True):
    """What the command line said."""

    url: str
    model: str
    key_env: str
    budget: Budget
    dialect: Dialect
    limit_name: str
    at_once: int
    keep: Path | None
    yes: bool


def interrogate(
    live: Live, known: Library, data: Path, out: Path | None, *, quiet: bool
) -> tuple[Case, Path]:
    """The case, and a folder for its report: `out`, or one beside what is kept.

    Raises ConfigError where nobody could be asked, or the report could not be written.
    """
    clock, draw = SystemClock(), system_draw()
    name, key = _key(live)
    order = checked(
        Order(
            url=live.url,
            model=live.model,
            key=key,
            key_name=name,
            budget=live.budget,
            dialect=live.dialect,
            limit_name=live.limit_name,
            at_once=live.at_once,
        )
    )
    path = live.keep or kept_path(data, order, clock)
    ready = prepare(order, known, path, clock=clock, draw=draw)
    with ready.kept:
        _announce(ready, known, quiet=quiet)
        _confirm(yes=live.yes)
        folder = made_folder(out or path.with_name(f"{path.stem}-report"))
        began = clock.monotonic()
        ended = _asked(ready, clock)
        seconds = clock.monotonic() - began
        if ended:
            click.echo(_went_short(ready, ended), err=True)
        case = _case(ready, known, seconds, clock, ended)
        if not ended or ended.startswith(SPENT):
            _finish(ready)
    return case, folder


def _key(live: Live) -> tuple[str, Secret]:
    """The variable and its value. OpenAI's key goes to OpenAI, and elsewhere only when told to."""
    if live.key_env:
        value = os.environ.get(live.key_env, "").strip()
        if not value:
            raise ConfigError(f"Set {live.key_env} to the key for {live.url}.")
        return live.key_env, Secret(value)
    if value := os.environ.get(_OWN_KEY, "").strip():
        return _OWN_KEY, Secret(value)
    value = os.environ.get(_OPENAI_KEY, "").strip()
    if value and _host(live.url) in {
        "api.openai.com",
        _host(os.environ.get("OPENAI_BASE_URL", "")),
    }:
        return _OPENAI_KEY, Secret(value)
    return _OWN_KEY, Secret("")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _announce(ready: Prepared, known: Library, *, quiet: bool) -> None:
    order, plan = ready.order, ready.plan
    done = len(ready.answered & {probe.name for probe in plan.probes})
    key = f"key from {order.key_name}" if order.key else "without a key"
    asks = ", ".join(f"{name} {count}" for name, count in plan.subjects.items())
    bounds, labs = plan.bounds, f"{len(known.models):,} models of {len(known.labs):,} labs"
    lines = [
        f"{order.url} as {plain(order.model)}, {order.dialect}, {key}.",
        f"{plan.calls:,} calls, {bounds.calls:,} at most.",
        f"About {plan.tokens:,} tokens, {bounds.tokens:,} at most.",
        f"Asks: {asks}.",
        f"Library {known.version or 'without a version'}: {labs}.",
        f"Answers are kept in {ready.kept.path}" + (f"; {done:,} are there." if done else "."),
    ]
    if _forgone(order):
        lines.append(f"{_OPENAI_KEY} is for OpenAI; to send it here: --key-env {_OPENAI_KEY}.")
    if not quiet or sys.stderr.isatty():
        click.echo("\n".join(lines), err=True)


def _forgone(order: Order) -> bool:
    return not order.key and bool(os.environ.get(_OPENAI_KEY))


def _confirm(*, yes: bool) -> None:
    if not yes and sys.stdin.isatty():
        click.confirm("Ask it?", abort=True, err=True)


def _asked(ready: Prepared, clock: Clock) -> str:
    """Why it ended early; empty where all was asked."""
    with _bar(ready) as on_tick:
        try:
            return asyncio.run(_until_told(ready, clock, on_tick))
        except KeyboardInterrupt:
            click.echo(_went_short(ready, "interrupted"), err=True)
            sys.exit(128 + signal.SIGINT)
        except asyncio.CancelledError:
            click.echo(_went_short(ready, "terminated"), err=True)
            sys.exit(_TERMINATED)
        except OSError as e:
            why = e.strerror or type(e).__name__
            raise ConfigError(f"{ready.kept.path}: cannot be written ({why}).") from None


async def _until_told(ready: Prepared, clock: Clock, on_tick: OnTick) -> str:
    """SIGTERM ends it as Ctrl-C does."""
    task = asyncio.current_task()
    assert task
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await ask_all(
        ready.order,
        ready.plan,
        clock=clock,
        draw=system_draw(),
        on_seen=ready.kept.append,
        on_tick=on_tick,
        answered=ready.answered,
        spent=spent_on(ready.kept),
        on_spent=ready.kept.note,
    )


def _finish(ready: Prepared) -> None:
    """The verdict is there by now; a full disk does not take it away."""
    try:
        ready.kept.finish()
    except OSError as e:
        click.echo(f"{ready.kept.path}: cannot be written ({e.strerror}).", err=True)


def _went_short(ready: Prepared, why: str) -> str:
    left = len({probe.name for probe in ready.plan.probes} - ready.answered)
    if not left:
        return f"{why}; all was asked, and the same command judges it."
    cut = f"{why}: {left:,} of {ready.plan.calls:,} questions are left"
    return f"{cut}." if why.startswith(SPENT) else f"{cut}; the same command goes on."


def _case(ready: Prepared, known: Library, seconds: float, clock: Clock, ended: str) -> Case:
    case = judge(newest_of_each(ready.kept.seen), known)
    cut = (f"Not all was asked: {ended}.",) if ended else ()
    told = of_run(case, ready.order, spent_on(ready.kept), cut, seconds)
    return structs.replace(told, at=clock.now_us() // 1_000_000)


@contextmanager
def _bar(ready: Prepared) -> Iterator[OnTick]:
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn(
            "{task.completed}/{task.total} questions, {task.fields[calls]} calls, "
            "{task.fields[tokens]:,} tokens"
        ),
        TimeElapsedColumn(),
    )
    bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
    with bar as progress:
        task = progress.add_task("knocking", total=ready.plan.calls, calls=0, tokens=0)

        def show(tick: Tick) -> None:
            progress.update(
                task,
                description=tick.what,
                completed=tick.done,
                calls=tick.calls,
                tokens=tick.tokens,
            )

        yield show
