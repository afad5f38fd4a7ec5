"""`darkhorse launch show --watch`: a launch's traffic, its limits and the time it has left."""

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
from rich.console import Console

from darkhorse.base.clock import SystemClock
from darkhorse.catalog.launch import Launch
from darkhorse.cli.launch_options import line
from darkhorse.cli.launch_view import limits_text, stands
from darkhorse.cli.watch import watch
from darkhorse.launches.desk import Desk
from darkhorse.wiring.facts import LaunchDesk, LaunchView

__all__ = ["watch_launch"]

_EVERY_S = 1.0


def watch_launch(desk: Desk, launch: Launch, data: Path, *, as_json: bool) -> None:
    """Until Ctrl-C: a screen, one text after another in a pipe, or a JSON object each second."""
    clock = SystemClock()
    facts = LaunchDesk(data, clock)

    def read() -> LaunchView:
        return facts.view(launch.listing.slug, launch.life.live_us)

    def title() -> str:
        now = desk.find(launch.id)
        limits = limits_text(now.listing.limits.total)
        return " · ".join(
            filter(None, (now.listing.slug, stands(now.life, clock.now_us()), limits))
        )

    try:
        if as_json:
            _lines(read, title)
        else:
            watch(read, Console(), title=title, every_s=_EVERY_S)
    finally:
        facts.close()


def _lines(read: Callable[[], LaunchView], title: Callable[[], str]) -> None:
    pause = threading.Event()
    try:
        while True:
            line({"title": title(), **msgspec.to_builtins(read())})
            if pause.wait(_EVERY_S):
                return
    except KeyboardInterrupt:
        return
