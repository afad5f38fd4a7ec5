"""What an operator does: looks at traffic, at what is asked and what breaks, finds a word."""

import pytest
from playwright.sync_api import expect

from browser.keyboard import tab_to
from browser.month import PLANTED, PONY

pytestmark = pytest.mark.timeout(120)


def test_a_link_opens_once_and_its_session_can_be_ended(house, visit):
    way = house.link.removeprefix(house.desk)
    guest = visit(house, way, desk=True, known=False)
    expect(guest.get_by_role("heading", name="All launches")).to_be_visible()
    assert guest.evaluate("document.cookie") == ""
    late = visit(house, way, desk=True, known=False)
    expect(late.get_by_label("Management key")).to_be_visible()
    page = visit(house, "/sessions", desk=True)
    page.get_by_role("row", name="a link").get_by_role("button", name="End").click()
    expect(page.get_by_role("row", name="a link")).to_have_count(0)
    guest.goto("/traffic")
    expect(guest.get_by_label("Management key")).to_be_visible()


def test_in_by_keyboard_to_a_generation_and_out(house, visit):
    page = visit(house, "/asked/prompts", desk=True, known=False)
    field = page.get_by_label("Management key")
    tab_to(page, field)
    page.keyboard.type(house.management_key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Prompts", exact=True)).to_be_visible()
    overview = page.get_by_role("link", name="Overview")
    tab_to(page, overview)
    page.keyboard.press("Enter")
    expect(page.locator("figure canvas").first).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Requests", exact=True).first)
    page.keyboard.press("Enter")
    row = page.locator("table a[href*='/generation/']").first
    tab_to(page, row)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What was asked")).to_be_visible()
    page.get_by_role("button", name="Leave").or_(page.get_by_role("link", name="Leave")).click()
    expect(page.get_by_role("heading", name="You have left the desk")).to_be_visible()
    page.goto("/traffic")
    expect(page.get_by_label("Management key")).to_be_visible()


def test_wrong_keys_are_soon_refused_and_never_shut_out_the_right_one(hostile, visit):
    page = visit(hostile, "/enter", desk=True, known=False)
    for _ in range(6):
        page.get_by_label("Management key").fill("sk-dh-m-wrong")
        page.get_by_role("button", name="Enter").click()
        expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("second")
    page.get_by_label("Management key").fill(hostile.management_key)
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("All launches")


def test_traffic_comes_in_while_one_looks(house, visit):
    page = visit(house, "/traffic", desk=True)
    expect(page.locator("#rows")).to_be_visible()
    assert house.chat(PONY, "A question that nobody has asked before.").status == 200
    expect(page.locator("#rows")).to_contain_text("A question that nobody has asked before.")


def test_from_a_topic_to_a_conversation(house, visit):
    page = visit(house, "/asked", desk=True)
    expect(page.locator("figure#chart-asked canvas")).to_be_visible()
    page.get_by_role("link", name="Programming", exact=True).first.click()
    expect(page.get_by_role("heading", name="Prompts", exact=True)).to_be_visible()
    page.locator("table a[href*='/generation/']").first.click()
    expect(page.get_by_role("heading", name="What was asked")).to_be_visible()
    expect(page.get_by_role("heading", name="Attempts")).to_be_visible()


def test_older_generations_come_without_a_new_page(house, visit):
    page = visit(house, "/asked/prompts?span=all", desk=True)
    first = page.locator("#list tbody tr").first.inner_text()
    page.get_by_role("link", name="Older").click()
    expect(page.locator("#list tbody tr").first).not_to_have_text(first)
    expect(page.locator("#list tbody tr").first).to_be_visible()


def test_where_it_breaks_leads_to_one_that_broke(house, visit):
    page = visit(house, "/trouble?launch=stealth%2Flame-mule&span=1h", desk=True)
    cause = page.locator(".causes li").first
    expect(cause).to_contain_text("503")
    cause.get_by_role("link", name="One of them").click()
    expect(page.get_by_text("Is anybody there?").first).to_be_visible()
    expect(page.get_by_role("heading", name="Attempts")).to_be_visible()


def test_a_word_is_found(house, visit):
    page = visit(house, "/search", desk=True)
    page.get_by_label("Words that people wrote").fill(PLANTED)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("mark").first).to_have_text(PLANTED)
    page.locator("ol a[href*='/generation/']").first.click()
    expect(page.get_by_text(f"Write a story about a {PLANTED}").first).to_be_visible()


def test_an_order_to_unmask_that_cannot_be_keeps_what_was_typed(house, visit):
    page = visit(house, "/unmask", desk=True)
    page.get_by_label("URL of the API").fill("ftp://nowhere.example")
    page.get_by_label("Model").fill("some-model")
    page.get_by_label("Key").fill("sk-secret")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Model")).to_have_value("some-model")
    expect(page.get_by_label("URL of the API")).to_have_value("ftp://nowhere.example")
    assert "sk-secret" not in page.content()
