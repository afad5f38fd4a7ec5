"""What somebody does who comes to see which models are on trial."""

from xml.etree.ElementTree import fromstring

import pytest
from playwright.sync_api import expect

from browser.keyboard import tab_to
from browser.month import PONY

pytestmark = pytest.mark.timeout(120)
PAINTED = """([figure, name]) => {
  const probe = document.createElement("i");
  probe.style.setProperty("color", `var(${name})`);
  document.body.append(probe);
  const wanted = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
  probe.remove();
  const canvas = figure.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 255 && wanted.every((each, part) => each === data[at + part])) count += 1;
  }
  return count;
}"""
NUMBERS = """(figure) => [...figure.querySelectorAll("tbody tr")].map((row) =>
  [...row.querySelectorAll("td")].map((cell) => Number(cell.textContent.replaceAll(",", ""))))"""


def test_from_the_front_page_to_a_copied_call_by_keyboard_alone(house, visit):
    page = visit(house)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    tab_to(page, page.get_by_role("heading", name="Pony Alpha").get_by_role("link"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Pony Alpha", level=1)).to_be_visible()
    copy = page.get_by_role("button", name="Copy the curl call")
    tab_to(page, copy)
    page.keyboard.press("Enter")
    expect(copy).to_have_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("curl ")
    assert PONY in text


def test_the_countdown_ticks_and_ends(house, visit):
    page = visit(house)
    page.clock.install()
    page.goto(f"/{PONY}")
    left = page.locator("[data-left-ms] strong").first
    expect(left).to_contain_text("hours")
    before = left.inner_text()
    page.clock.fast_forward("02:00:00")
    expect(left).not_to_have_text(before)
    page.clock.fast_forward("24:00:00")
    expect(page.get_by_text("This trial has just ended.").first).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_a_chart_shows_what_its_table_says(house, visit, dark):
    page = visit(house, "/stealth/quiet-otter", dark=dark)
    figure = page.locator("figure#activity")
    expect(figure.locator("canvas")).to_be_visible()
    drawn = figure.evaluate("(each) => each.plot.data.map((column) => [...column])")
    rows = figure.evaluate(NUMBERS)
    assert len(rows) == len(drawn[0]) > 20
    totals = [sum(row) for row in rows]
    assert drawn[1] == totals
    handle = figure.element_handle()
    assert all(page.evaluate(PAINTED, [handle, f"--s{each}"]) > 50 for each in (0, 2))


def test_a_chart_can_be_pointed_at(house, visit):
    page = visit(house, "/stealth/quiet-otter")
    figure = page.locator("figure#activity")
    figure.locator(".u-over").hover()
    expect(figure.locator(".reading")).to_contain_text("prompt")


def test_rankings_by_range(house, visit):
    page = visit(house)
    page.get_by_role("link", name="Rankings").click()
    expect(page.locator("figure#tokens canvas")).to_be_visible()
    for days in ("30 days", "90 days", "7 days"):
        page.get_by_role("link", name=days, exact=True).click()
        expect(page.locator(".chosen [aria-current]")).to_have_text(days)
        expect(page.get_by_role("heading", name=f"Table of the last {days}")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Programming").first).to_be_visible()


def test_the_archive_in_another_order_and_who_it_was(house, visit):
    page = visit(house, "/archive")
    page.get_by_role("link", name="Requests").click()
    rows = page.locator("tbody tr")
    counts = [
        int(text.replace(",", ""))
        for text in rows.locator("td.number:nth-of-type(4)").all_inner_texts()
    ]
    assert len(counts) >= 7
    assert counts == sorted(counts, reverse=True)
    page.get_by_role("link", name="Pony Old").click()
    expect(page.get_by_role("heading", name="Pony Old was Model")).to_be_visible()
    expect(page.get_by_role("heading", name="Call it")).to_have_count(0)


def test_a_report_of_abuse_comes_to_the_desk(house, visit):
    page = visit(house, f"/{PONY}")
    page.get_by_role("link", name="Report abuse").first.click()
    expect(page.get_by_label("Which model?")).to_have_value(PONY)
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_label("What happened?")).to_be_focused()  # the browser asks for it
    page.get_by_label("What happened?").fill("It sang a song that is not its own.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    desk = visit(house, "/reports?closed=yes", desk=True)
    expect(desk.get_by_text("It sang a song that is not its own.")).to_be_visible()


def test_terms_feed_and_the_text_for_language_models(house, visit):
    page = visit(house)
    page.get_by_role("link", name="What is logged, and terms").click()
    expect(page.get_by_role("heading", name="How to have it erased")).to_be_visible()
    feed = fromstring(page.request.get("/feed.xml").body())
    assert len(feed.findall(".//item")) >= 5
    told = page.request.get("/llms.txt")
    assert told.ok
    assert PONY in told.text()
    assert page.request.get(f"/{PONY}/llms.txt").ok


def test_numbers_change_while_a_page_is_open(house, visit):
    page = visit(house, f"/{PONY}")
    count = page.locator("[id='requests-stealth-pony-alpha'], [id='requests-stealth/pony-alpha']")
    before = count.inner_text()
    assert house.chat(PONY, "One more.").status == 200
    expect(count).not_to_have_text(before)
