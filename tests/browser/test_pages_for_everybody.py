"""Every page of both sides: axe in light and dark, a phone's width, the weight of its scripts."""

import gzip
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from browser.crawling import pages

pytestmark = pytest.mark.timeout(240)
AXE = Axe()
MOST_SCRIPT = 60_000
AXE_OPTIONS = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "best-practice"]}
OVER, REVEALED, PACED = (f"/stealth/{name}" for name in ("grey-mule", "pony-old", "copper-fox"))
STARTS = ("/", "/report", "/terms", "/nothing/here", OVER, REVEALED, PACED, "/stealth/quiet-otter")
OWN_STARTS = ("/playground", "/activity")
DESK_STARTS = (
    "/",
    "/traffic",
    "/nothing",
    "/enter",
    f"/launches{OVER}/reveal",
    "/search?q=bicycle",
)


def amiss(page: Page, path: str) -> list[str]:
    """What axe holds against it in light and dark, and whether it is too wide for a phone."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for each in AXE.run(page, options=AXE_OPTIONS).response["violations"]:
            if each["impact"] in ("serious", "critical"):
                where = each["nodes"][0]
                found.append(
                    f"{path} {scheme}: {each['id']} {where['html'][:150]} {where['any'][:1]}"
                )
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 360, "height": 780})
    if (width := _settled_width(page)) > 360:
        found.append(f"{path}: {width} px wide on a phone")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def _settled_width(page: Page) -> int:
    """A chart is drawn anew when its place has shrunk; two frames later it has."""
    frames = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    for _ in range(5):
        page.evaluate(frames)
        width: int = page.evaluate("document.documentElement.scrollWidth")
        if width <= 360:
            break
    return width


def scripts_of(page: Page) -> int:
    """Bytes of all the script that it loads, gzipped."""
    sources = page.evaluate(
        "[...document.scripts].filter((each) => each.src).map((each) => each.src)"
    )
    bodies = [page.request.get(source).body() for source in sources]
    assert all(urlsplit(source).path.startswith("/static/") for source in sources)
    return sum(len(gzip.compress(body)) for body in bodies)


def check(page: Page, starts: tuple[str, ...]) -> int:
    """How many pages there were."""
    problems, heavy, count = [], [], 0
    for path, answer in pages(page, starts):
        count += 1
        if answer.status >= 400 and not path.startswith("/nothing"):
            problems.append(f"{path}: {answer.status}")
        problems += amiss(page, path)
        if (size := scripts_of(page)) > MOST_SCRIPT:
            heavy.append(f"{path}: {size} bytes of script")
    assert [*problems, *heavy] == []
    return count


def test_public_pages(house, visit):
    page = visit(house)
    assert check(page, STARTS) >= 12


def test_pages_of_ones_own(house, visit):
    page = visit(house, "/activity")
    page.get_by_label("Your key").fill(house.key)
    page.get_by_role("button", name="Keep it in this browser").click()
    page.get_by_role("heading", name="The last 30 days").wait_for()
    assert check(page, OWN_STARTS) >= 6


def test_desk_pages(house, visit):
    page = visit(house, desk=True)
    assert check(page, DESK_STARTS) >= 27
