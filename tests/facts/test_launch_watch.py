"""The operator's screen: what it shows, in how many columns, and how it ends."""

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from darkhorse.cli.watch import render, sparkline, watch
from darkhorse.storage.launch_view import (
    EndpointUse,
    HourUse,
    LaunchTotal,
    LaunchView,
    Quantiles,
    Window,
)

HOUR = 3_600_000_000
SLOW = Quantiles(90_000.0, 3_600_000.0, 3_600_000.0)


def a_window(seconds):
    return Window(
        seconds=seconds,
        requests=1_234_567,
        people=123_456,
        keys=9_876,
        prompt_tokens_per_minute=123_456_789.4,
        outcomes={"done": 3, "failed": 1},
        errors={"provider_overloaded": 1},
        first_token_ms=SLOW,
        duration_ms=SLOW,
        tokens_per_second=Quantiles(1.0, 22.0, 3333.0),
    )


def a_view(**more):
    hours = [
        HourUse(
            at_us=number * HOUR,
            requests=number * 1000,
            prompt_tokens=10**9,
            completion_tokens=10**12,
            people=99_999,
            errors=9_999,
            cancelled=9_999,
            first_token_ms=SLOW,
            duration_ms=SLOW,
        )
        for number in range(24)
    ]
    return LaunchView(
        **{
            "listing": "stealth/pony-alpha",
            "at_us": 24 * HOUR,
            "running": 17,
            "minute": a_window(60),
            "five_minutes": a_window(300),
            "hours": hours,
            "total": LaunchTotal(requests=10**8, prompt_tokens=10**13, people=10**6, errors=10**6),
            "endpoints": [
                EndpointUse(name="[bold]" + "x" * 90, requests=10**7, failures=10**6, p50_ms=1e6),
                EndpointUse(name="quiet", requests=1, failures=0, p50_ms=None),
            ],
            **more,
        }
    )


def nothing():
    return LaunchView(
        listing="stealth/pony-alpha",
        at_us=0,
        folded=False,
        minute=Window(seconds=60),
        five_minutes=Window(seconds=300),
        hours=[HourUse(at_us=number * HOUR) for number in range(24)],
        total=LaunchTotal(),
        endpoints=[],
    )


def printed(view, title="stealth/pony-alpha · live"):
    console = Console(file=io.StringIO(), width=80)
    console.print(render(view, title))
    return console.file.getvalue()


@pytest.mark.parametrize("view", [a_view(), nothing()], ids=["busy", "nothing"])
def test_it_fits_80_columns(view):
    assert max(cell_len(line.rstrip()) for line in printed(view).splitlines()) <= 80


def test_no_figure_is_cut():
    shown = printed(a_view(endpoints=[]))
    assert "…" not in shown
    assert "1,234,567" in shown
    assert "90.0 / 3,600 / 3,600 s" in shown
    assert "done 75%, failed 25%" in shown
    assert "provider_overloaded 100%" in shown
    assert "90.0/3600" in shown
    assert "17 running" in shown


def test_a_name_is_no_markup_and_may_be_cut():
    shown = printed(a_view())
    assert "[bold]xxx" in shown
    assert "1,000,000 (10.0%)" in shown


def test_a_title_is_no_markup():
    assert "[red]mine" in printed(nothing(), "[red]mine")


def test_what_was_refused_is_told_by_kind():
    refused = {"invalid_request": 3, "rate_limit_exceeded": 1200}
    shown = printed(a_view(refused=refused, refused_nameless={"authentication": 7}))
    told = " ".join(shown.split())
    assert (
        "refused since the server's start: rate_limit_exceeded 1,200, invalid_request 3; "
        "to no model: authentication 7" in told
    )
    assert "server's start: none" in printed(a_view(refused={}, refused_nameless={}))
    assert "refused  – (the server does not answer)" in printed(a_view())  # noqa: RUF001


def test_one_is_one():
    one = LaunchTotal(requests=1, people=1, errors=1)
    hours = [HourUse(at_us=0, requests=1)]
    shown = printed(a_view(total=one, hours=hours))
    assert "since live: 1 request, 0 in, 0 out, 1 person, 1 error\n" in shown.replace(" \n", "\n")
    assert "at most 1 request an hour" in shown


def test_what_matters_most_fits_a_terminal_of_24_lines():
    """Under a title of two lines, with refusals on two."""
    view = a_view(
        refused={"rate_limit_exceeded": 1200, "token_limit_exceeded": 10},
        refused_nameless={"authentication": 7},
        total=LaunchTotal(requests=10**6, people=10**6, errors=10**6),
    )
    lines = printed(view, "stealth/pony-alpha · live " + "x" * 80).splitlines()[:24]
    shown = "\n".join(lines)
    for words in ("tokens/s", "outcome", "errors", "refused", "since live", "24 hours", "quiet"):
        assert words in shown, words


def test_without_facts_it_says_what_is_missing():
    assert "No facts yet" in printed(nothing())
    assert "No facts yet" not in printed(a_view())


def test_a_sparkline_has_a_bar_for_everything_that_is_something():
    assert sparkline([0, 1, 500, 1000]) == " ▁▄█"
    assert sparkline([1]) == "█"
    assert sparkline([0, 0]) == "  "
    assert sparkline([]) == ""


class Views:
    """Gives a view so many times; then somebody presses Ctrl-C."""

    def __init__(self, count):
        self.left = count

    def __call__(self):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return a_view(running=self.left)


def watched(count, **options):
    console = Console(file=io.StringIO(), width=80, height=50, **options)
    titles = iter(["first", "second", "third"])
    watch(Views(count), console, title=lambda: next(titles), every_s=0.001)
    return console.file.getvalue()


def test_a_pipe_gets_one_view_after_another():
    shown = watched(3, force_terminal=False)
    assert "\x1b" not in shown
    assert shown.count("since live") == 3
    assert [title in shown for title in ("first", "second", "third")] == [True] * 3


def test_a_terminal_is_redrawn_in_place_and_given_back():
    shown = watched(3, force_terminal=True)
    assert shown.count("\x1b[?1049h") == 1
    assert shown.count("\x1b[?1049l") == 1
    assert shown.index("2 running") < shown.index("1 running") < shown.index("0 running")
    assert "\x1b[2J" not in shown  # no clearing between two views: that would flicker
    assert shown.endswith("\x1b[?25h\x1b[?1049l")


def test_ctrl_c_before_the_first_view_ends_it_too():
    assert watched(0, force_terminal=True) == ""
