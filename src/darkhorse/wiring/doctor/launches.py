"""Launches: their windows, their names, and the keys of their endpoints."""

import os
from collections.abc import Iterator
from pathlib import Path

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.catalogue import check_names
from darkhorse.catalog.endpoint import EMBEDDED, Endpoint
from darkhorse.catalog.launch import Launch
from darkhorse.wiring.doctor.check import Check, fail, moment, ok, warn
from darkhorse.wiring.doctor.server import Running
from darkhorse.wiring.doctor.state import Found

__all__ = ["check"]

_EMBEDDED_CAN = frozenset({"response_format", "tool_choice", "tools"})


def check(found: Found, now_us: int, running: Running) -> Iterator[Check]:
    """All that is to be said of launches; nothing where the state cannot be read."""
    if found.launches is None:
        return
    live = [each for each in found.launches if each.life.state_at(now_us) == "live"]
    problems = [*_check_clashes(found.launches)]
    for launch in found.launches:
        problems += _check_window(launch, now_us, server_runs=running.runs)
        state = launch.life.state_at(now_us)
        if state in ("draft", "live"):
            problems += _check_keys(launch, running, is_live=state == "live")
            problems += _check_promise(launch)
    if not live:
        problems.append(_none_live(found.launches))
    told = f"{len(live)} live of {len(found.launches)}."
    yield from problems or [ok("launches", told)]


def _none_live(launches: list[Launch]) -> Check:
    drafts = [each.listing.slug for each in launches if each.life.state == "draft"]
    remedy = (
        f"`darkhorse launch go-live {drafts[-1]}` when it is ready."
        if drafts
        else "Make one with `darkhorse launch create FILE`; examples/ has launch files."
    )
    return warn("launches", "No launch is live: every request is answered with 400 or 404.", remedy)


def _check_clashes(launches: list[Launch]) -> Iterator[Check]:
    for at, launch in enumerate(launches):
        try:
            check_names(launch, launches[:at])
        except ConfigError as e:
            yield fail(
                "launches",
                f"{launch.listing.slug}: {e}",
                f"Give one of them other names with `darkhorse launch edit {launch.listing.slug}`.",
            )


def _check_window(launch: Launch, now_us: int, *, server_runs: bool) -> Iterator[Check]:
    slug, life = launch.listing.slug, launch.life
    if life.state == "live" and life.is_over(now_us):
        command = f"`darkhorse launch retire {slug}`"
        remedy = (
            f"{command} notes it."
            if server_runs
            else f"The next start of the server notes it, and so does {command}."
        )
        yield warn(
            "launches",
            f"The window of {slug} ended on {moment(life.closes_us or 0)}, and nobody has noted "
            "its retirement; its users get 404 already.",
            remedy,
        )
    closes = launch.listing.window.closes
    if life.state == "draft" and closes and closes.timestamp() * 1_000_000 <= now_us:
        yield warn(
            "launches",
            f"The draft {slug} has a window that ended on "
            f"{moment(round(closes.timestamp() * 1_000_000))}; it cannot go live so.",
            f"Set public.window with `darkhorse launch edit {slug}`.",
        )


def _check_promise(launch: Launch) -> Iterator[Check]:
    """A launch that an older first start made is behind what the embedded model can do now."""
    slug, listing = launch.listing.slug, launch.listing
    missing = sorted(_EMBEDDED_CAN - set(listing.parameters))
    if launch.private.is_embedded and "text" in listing.output and missing:
        yield warn(
            "launches",
            f"{slug} does not promise {', '.join(missing)}, which the embedded model keeps to.",
            f"Add them to public.parameters with `darkhorse launch edit {slug}`, and "
            '`structured = "constrained"`.',
        )


def _check_keys(launch: Launch, running: Running, *, is_live: bool) -> Iterator[Check]:
    slug = launch.listing.slug
    for endpoint in launch.private.endpoint:
        if endpoint.url == EMBEDDED:
            continue  # its key is made anew at each start
        whose = f"{slug}, endpoint {endpoint.name}"
        if endpoint.key_env:
            yield from _check_variable(whose, endpoint.key_env, running, is_live=is_live)
        elif endpoint.key_file:
            yield from _check_key_file(slug, whose, endpoint)


def _check_variable(
    whose: str, variable: str, running: Running, *, is_live: bool
) -> Iterator[Check]:
    """It is the server that needs it; this shell speaks for it only while there is none."""
    if not running.runs:
        if not os.environ.get(variable, "").strip():
            yield warn(
                "launches",
                f"{whose}: {variable} is not set in this environment.",
                f"Set {variable} where the server is started, and here to have it checked.",
            )
    elif running.names is None:
        yield warn(
            "launches",
            f"{whose}: whether the running server has {variable} in its environment, nobody can "
            "tell from here.",
            "Restart the server: it then leaves the names of its variables in run/server.json.",
        )
    elif variable not in running.names:
        told = f"{whose}: the running server has no {variable} in its environment"
        yield (
            fail("launches", f"{told}: its requests to it fail.", "Restart the server with it.")
            if is_live
            else warn(
                "launches",
                f"{told}: this draft cannot go live so.",
                "Restart the server with it first.",
            )
        )


def _check_key_file(slug: str, whose: str, endpoint: Endpoint) -> Iterator[Check]:
    path = Path(endpoint.key_file)
    if not path.is_absolute():
        yield warn(
            "launches",
            f"{whose}: its key_file, {path}, is relative: the server looks for it in its own "
            "working directory, which may be another than this one.",
            f"Write it absolute, with `darkhorse launch edit {slug}`.",
        )
        return
    try:
        empty = not endpoint.key()
        is_open = bool(path.stat().st_mode & 0o077)
    except (ConfigError, OSError, ValueError) as e:
        yield fail(
            "launches",
            f"{whose}: its key file {path} cannot be read ({_why(e)}).",
            f"Put the key into {path}, readable by the server's user.",
        )
        return
    if empty:
        yield fail("launches", f"{whose}: {path} is empty.", "Put the key there.")
    elif is_open:
        yield warn("launches", f"{whose}: {path} is open to other users.", f"chmod 600 {path}")


def _why(error: Exception) -> str:
    """The system's own words; ours name the endpoint and the file once more."""
    cause = error if isinstance(error, OSError) else error.__context__
    return (cause.strerror if isinstance(cause, OSError) else None) or "it holds no text"
