"""Pictures of the main pages, light, dark and on a phone: to look at before they are shipped."""

import pytest
from playwright.sync_api import expect

from browser.month import PONY

PUBLIC = {
    "home": "/",
    "listing": f"/{PONY}",
    "listing-used": "/stealth/quiet-otter?over=days",
    "revealed": "/stealth/pony-old",
    "rankings": "/rankings",
    "archive": "/archive",
}
DESK = {
    "desk": "/?span=7d",
    "traffic": "/traffic",
    "asked": "/asked?span=7d",
    "trouble": "/trouble?span=7d",
    "launch": f"/launches/{PONY}",
    "launch-report": "/launches/stealth/quiet-otter/report",
    "health": "/health",
}
LOOKS = {"light": {}, "dark": {"dark": True}, "phone": {"phone": True}}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("side", "ways"), [("public", PUBLIC), ("desk", DESK)])
def test_pictures(house, visit, pictures, side, ways, look):
    page = visit(house, "/", desk=side == "desk", **LOOKS[look])
    for name, way in ways.items():
        page.goto(way)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for figure in page.locator("figure[data-chart]").all():
            expect(figure.locator("canvas")).to_be_attached()
        file = pictures / f"{side}-{name}-{look}.png"
        page.screenshot(path=file, full_page=True)
        assert file.stat().st_size > 10_000
