"""The desk's templates and files."""

from pathlib import Path

from darkhorse.analytics.report.page import PAGES as REPORT_PAGES
from darkhorse.attribution.report.paper import PAGES
from darkhorse.web.rendering import Renderer

__all__ = ["desk_renderer"]

_HERE = Path(__file__).parent


def desk_renderer() -> Renderer:
    """The look of every page, the desk's own beside it, and the styles of reports."""
    return Renderer(_HERE / "templates", PAGES, REPORT_PAGES, _HERE / "static", beside=(PAGES,))
