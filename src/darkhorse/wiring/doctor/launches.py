"""Launches: their windows, their names, and the keys of their endpoints."""

import os
from collections.abc import Iterator
from pathlib import Path

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.catalogue import check_names
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.catalog.launch import Launch
from darkhorse.wiring.doctor.check import Check, fail, moment, ok, warn
from darkhorse.wiring.doctor.state import Found

__all__ = ["check"]


def check(found: Found, now_us: int, *, server_runs: bool) -> Iterator[Check]:
    """All that is to be said of launches; nothing where the state cannot be read."""
    if found.launches is None:
        return
    live = [each for each in found.launches if each.life.state_at(now_us) == "live"]
    problems = [*_check_clashes(found.launches)]
    for launch in found.launches:
        problems += _check_window(launch, now_us, server_runs=server_runs)
        if launch.life.state_at(now_us) in ("draft", "live"):
            problems += _check_keys(launch)
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
        remedy = f"`darkhorse launch retire {slug}` notes it."
        if not server_runs:
            remedy = f"The next start of the server notes it; so does {remedy}"
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


def _check_keys(launch: Launch) -> Iterator[Check]:
    for endpoint in launch.private.endpoint:
        whose = f"{launch.listing.slug}, endpoint {endpoint.name}"
        if endpoint.key_env and not os.environ.get(endpoint.key_env, "").strip():
            yield warn(
                "launches",
                f"{whose}: {endpoint.key_env} is not set in this environment.",
                f"Set {endpoint.key_env} where the server is started, and here to have it checked.",
            )
        elif endpoint.key_file:
            yield from _check_key_file(whose, endpoint)


def _check_key_file(whose: str, endpoint: Endpoint) -> Iterator[Check]:
    path = Path(endpoint.key_file)
    try:
        empty = not endpoint.key()
        is_open = bool(path.stat().st_mode & 0o077)
    except (ConfigError, OSError) as e:
        yield fail(
            "launches",
            f"{whose}: {path} cannot be read ({e}).",
            "Put the key there, readable by the server's user.",
        )
        return
    if empty:
        yield fail("launches", f"{whose}: {path} is empty.", "Put the key there.")
    elif is_open:
        yield warn("launches", f"{whose}: {path} is open to other users.", f"chmod 600 {path}")
