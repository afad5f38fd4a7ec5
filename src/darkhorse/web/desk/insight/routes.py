"""The addresses of what the desk sees."""

from starlette.routing import Route

from darkhorse.web.desk.frame import Frame
from darkhorse.web.desk.insight.lists import ListPages
from darkhorse.web.desk.insight.overview import OverviewPages
from darkhorse.web.desk.insight.pages import InsightPages
from darkhorse.web.desk.insight.reading import Reader
from darkhorse.web.desk.means import Means

__all__ = ["insight_routes"]


def insight_routes(frame: Frame, means: Means) -> list[Route]:
    """`/` among them."""
    reader = Reader(means)
    first = OverviewPages(frame, means, reader)
    lists = ListPages(frame, means, reader)
    pages = InsightPages(frame, means, reader)
    return [
        Route("/", first.overview),
        Route("/live", first.live),
        Route("/traffic", lists.traffic),
        Route("/traffic/live", lists.live),
        Route("/asked", pages.asked),
        Route("/asked/prompts", lists.prompts),
        Route("/asked/prompts.csv", lists.csv),
        Route("/asked/prompts.json", lists.json),
        Route("/trouble", pages.trouble),
        Route("/search", pages.search),
        Route("/generation/{id}/request.json", pages.request),
        Route("/generation/{id}/artefact/{at:int}", pages.artefact),
        Route("/generation/{id}", pages.generation),
    ]
