"""One browser, one house with a month behind it and one of hostile people, for all tests."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from browser.hostile import Villain, be_hostile, open_hostile
from browser.house import House
from browser.month import ask_around, make_month
from browser.watching import Watch
from live.stage import Scripted

expect.set_options(timeout=15_000)
_PHONE = {"width": 360, "height": 780}
_SCREEN = {"width": 1280, "height": 900}
Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's, found by scripts/browser; root has no sandbox of his own."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A month of traffic behind it, and four models that answer."""
    folder = tmp_path_factory.mktemp("house")
    scripted = Scripted()
    make_month(folder / "data", scripted.url)
    house = House(folder)
    ask_around(house)
    yield house
    house.close()
    scripted.stop()


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Whatever a stranger or an operator can write is a payload there."""
    folder = tmp_path_factory.mktemp("hostile")
    villain = Villain()
    open_hostile(folder / "data", villain.url)
    house = House(folder)
    be_hostile(house)
    yield house
    house.close()
    villain.close()


@pytest.fixture(scope="session")
def entered(chromium: Browser) -> Callable[[House], StorageState]:
    """The cookies of a browser that came in at a house's desk with its management key."""
    known: dict[str, StorageState] = {}

    def enter(house: House) -> StorageState:
        if house.desk not in known:
            context = chromium.new_context()
            page = context.new_page()
            page.goto(f"{house.desk}/enter")
            page.get_by_label("Management key").fill(house.management_key)
            page.get_by_role("button", name="Enter").click()
            expect(page.get_by_role("link", name="Leave").or_(_leave(page))).to_be_visible()
            known[house.desk] = context.storage_state()
            context.close()
        return known[house.desk]

    return enter


def _leave(page: Page):  # type: ignore[no-untyped-def]
    return page.get_by_role("button", name="Leave")


@pytest.fixture
def visit(chromium: Browser, entered: Callable[[House], StorageState]) -> Iterator[Visit]:
    """`visit(house, "/path", desk=…, phone=…, dark=…)`: a page. At the end all were clean."""
    watches: list[Watch] = []
    contexts = []

    def open_page(
        house: House,
        path: str = "/",
        *,
        desk: bool = False,
        known: bool = True,
        phone: bool = False,
        dark: bool = False,
    ) -> Page:
        base = house.desk if desk else house.public
        context = chromium.new_context(
            viewport=_PHONE if phone else _SCREEN,  # type: ignore[arg-type]
            color_scheme="dark" if dark else "light",
            storage_state=entered(house) if desk and known else None,
            base_url=base,
            accept_downloads=True,
        )
        contexts.append(context)
        watches.append(Watch(context, base))
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [line for watch in watches for line in watch.problems] == []


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: `--screenshots DIR`, or the run's own folder."""
    given = request.config.getoption("--screenshots")
    folder = Path(given) if given else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
