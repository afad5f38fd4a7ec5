"""What an operator changes: launches, keys, notes; and the report that he takes along."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.month import PONY
from browser.watching import Watch
from live.stage import eventually

pytestmark = pytest.mark.timeout(120)
GOING = "stealth/slow-river"
OUTSIDE = re.compile(
    r"""(?:src|srcset|data|action|formaction)\s*=|url\(\s*['"]?(?!data:|#)|@import"""
)


def test_the_end_of_a_launch_is_moved(house, visit):
    page = visit(house, f"/launches/{PONY}", desk=True)
    page.get_by_role("link", name="Move its end").click()
    page.get_by_label("Days more").fill("a few")
    page.get_by_label("Why").fill("it is liked")
    page.get_by_role("button", name="Move its end").click()
    expect(page.get_by_role("alert")).to_contain_text("Days")
    expect(page.get_by_label("Why")).to_have_value("it is liked")
    page.get_by_label("Days more").fill("0.01")
    page.get_by_role("button", name="Move its end").click()
    expect(page.locator(".history li").first).to_contain_text("it is liked")


def test_a_launch_is_retired_only_when_its_name_was_typed(house, visit):
    page = visit(house, f"/launches/{GOING}", desk=True)
    page.get_by_role("link", name="Retire").click()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    page.get_by_label("Why").fill("its time has come")
    page.get_by_label(f"Type {GOING} to confirm").fill("slow river")
    page.get_by_role("button", name="Retire it now").click()
    expect(page.get_by_role("alert")).to_contain_text(GOING)
    expect(page.get_by_label("Why")).to_have_value("its time has come")
    public = visit(house, f"/{GOING}")
    expect(public.get_by_role("heading", name="Call it")).to_be_visible()
    page.get_by_label(f"Type {GOING} to confirm").fill(GOING)
    page.get_by_role("button", name="Retire it now").click()
    expect(page.get_by_role("link", name="Reveal")).to_be_visible()
    call = public.get_by_role("heading", name="Call it")
    eventually(lambda: public.reload() and not call.count())  # the pages look once a second


def test_a_key_is_shown_once_works_and_is_disabled(house, visit):
    page = visit(house, "/keys", desk=True)
    page.get_by_label("Whose it is, or what for").fill("a visitor")
    page.get_by_role("button", name="Make it").click()
    key = page.locator(".copied code").inner_text()
    assert key.startswith("sk-dh-")
    eventually(lambda: house.chat(PONY, "with a new key", key=key).status == 200)
    page.get_by_role("link", name="Its page").click()
    assert key not in page.content()
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_role("button", name="Enable")).to_be_visible()
    expect(page.get_by_text("disabled").first).to_be_visible()
    eventually(lambda: house.chat(PONY, "with a disabled key", key=key).status in (401, 403))


def test_the_launch_report_stands_by_itself(house, chromium, visit, tmp_path: Path):
    page = visit(house, "/launches/stealth/quiet-otter", desk=True)
    page.get_by_role("link", name="Launch report").click()
    page.get_by_label("What was said").fill("It writes like a patient teacher.")
    page.get_by_label("Where, or by whom").fill("a forum")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("It writes like a patient teacher.").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save this page").click()
    saved = tmp_path / "report.html"
    download.value.save_as(saved)
    assert OUTSIDE.findall(saved.read_text()) == []
    context = chromium.new_context(offline=True, java_script_enabled=False)
    watch = Watch(context, saved.as_uri())
    alone = context.new_page()
    alone.goto(saved.as_uri())
    expect(alone.get_by_text("It writes like a patient teacher.").first).to_be_visible()
    assert alone.locator("svg").count() >= 3
    context.close()
    assert [each for each in watch.problems if "file:" not in each] == []
