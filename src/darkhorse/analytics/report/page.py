"""The launch report as a page by itself: no script, nothing from elsewhere, and prints well.

What strangers wrote stays text: every template escapes, and marks of direction are taken out.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from darkhorse.analytics.report.plots import growth_plot, load_plot
from darkhorse.analytics.report.shape import Report
from darkhorse.analytics.report.shares import LEAST, Share
from darkhorse.analytics.topics.names import called
from darkhorse.base.templating import environment
from darkhorse.storage.notes import is_link

__all__ = ["PAGES", "body_of", "render"]

PAGES = Path(__file__).parent / "page"
"""Templates, and the styles of what is inside a report (`launch-report.css`) and around it."""

_STYLES = ("report-paper.css", "launch-report.css")


def render(report: Report) -> str:
    """The whole page. The same report gives the same page."""
    styles = "".join((PAGES / name).read_text("utf-8") for name in _STYLES)
    return _rendered("report.html", report, styles=Markup(styles))  # noqa: S704 (files of ours)


def body_of(report: Report) -> Markup:
    """What is inside it, for a page that has a head and styles of its own; headings from h2 on."""
    return Markup(_rendered("body.html", report))  # noqa: S704 (made by templates that escape)


def _rendered(template: str, report: Report, **values: Any) -> str:
    text = _templates.get_template(template).render(
        report=report,
        load=load_plot(report.stability),
        growth=growth_plot(report.reception.days),
        least=LEAST,
        **values,
    )
    return text.encode("utf-8", "replace").decode()


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _told(share: Share) -> str:
    """`12.3 % (9.4 to 15.9)`, or that there are too few."""
    if share.share is None or share.low is None or share.high is None:
        return "too few to say"
    return f"{_percent(share.share)} ({share.low * 100:.1f} to {share.high * 100:.1f})"


def _wait(value: float | None) -> str:
    if value is None:
        return "\N{EN DASH}"
    return f"{value / 1000:.2f} s" if value >= 1000 else f"{value:.0f} ms"


def _moment(at_us: int | None, shape: str = "%-d %B %Y, %H:%M UTC") -> str:
    if at_us is None:
        return "\N{EN DASH}"
    return datetime.fromtimestamp(at_us // 1_000_000, UTC).strftime(shape)


def _environment() -> Environment:
    made = environment(PAGES)
    made.filters |= {
        "called": called,
        "moment": _moment,
        "percent": _percent,
        "told": _told,
        "wait": _wait,
    }
    made.tests["link"] = is_link
    return made


_templates = _environment()
