"""What somebody does who has a key: tries models in the browser, and looks at what it cost him."""

import csv
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.keyboard import tab_to
from browser.month import PIXEL, PONY, SLOW, TOOL, TOOLS
from live.stage import eventually

pytestmark = pytest.mark.timeout(120)
ARTEFACT = """Here it is:
```html
<p id="told">not run</p>
<script>
  const told = [];
  try { told.push(`cookie ${document.cookie}`); } catch { told.push("no cookies"); }
  try { told.push(`parent ${parent.document.title}`); } catch { told.push("no parent"); }
  try { localStorage.length; told.push("storage"); } catch { told.push("no storage"); }
  document.getElementById("told").textContent = told.join(", ");
</script>
```
"""


@pytest.fixture
def talk(house, visit):
    """`talk("slug", "other slug")`: a playground whose key is in place."""

    def open_playground(*slugs: str) -> Page:
        page = visit(
            house, f"/playground?model={slugs[0]}" + "".join(f"&other={each}" for each in slugs[1:])
        )
        page.get_by_label("Your key").fill(house.key)
        page.get_by_role("button", name="Keep it in this browser").click()
        expect(page.get_by_label("Your message")).to_be_visible()
        return page

    return open_playground


def say(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def answers(page: Page):
    return page.locator(".theirs[aria-busy=false]")


def test_a_wrong_key_is_told_and_the_right_one_is_kept_from_scripts(house, visit):
    page = visit(house, "/playground")
    page.get_by_label("Your key").fill("sk-dh-wrong")
    page.get_by_role("button", name="Keep it in this browser").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Your key").fill(house.key)
    page.get_by_role("button", name="Keep it in this browser").click()
    expect(page.get_by_label("Your message")).to_be_visible()
    assert page.evaluate("document.cookie") == ""
    assert house.key not in page.content()
    kept = page.context.cookies()
    assert [each["httpOnly"] for each in kept] == [True]
    assert kept[0]["sameSite"] in ("Strict", "Lax")
    page.get_by_role("button", name="Forget the key in this browser").click()
    expect(page.get_by_label("Your key")).to_be_visible()
    assert page.context.cookies() == []


def test_a_question_by_keyboard_alone(talk):
    page = talk(PONY)
    tab_to(page, page.get_by_label("Your message"))
    page.keyboard.type("The quick brown horse")
    page.keyboard.press("Control+Enter")
    expect(answers(page)).to_contain_text("The quick brown horse")
    expect(answers(page).locator(".measured")).to_contain_text("tokens in")
    name = answers(page).get_by_role("link", name="gen-").inner_text()
    report = answers(page).get_by_role("link", name="Report this answer")
    expect(report).to_have_attribute("href", f"/report?generation={name}")
    page.reload()  # the tab keeps the conversation
    expect(answers(page)).to_contain_text("The quick brown horse")


def test_an_answer_flows_and_can_be_stopped(talk):
    page = talk(SLOW)
    say(page, "Go on and on.")
    coming = page.locator(".theirs[aria-busy=true] .said:not(.thought)")
    expect(coming).not_to_be_empty()
    first = len(coming.inner_text())
    page.get_by_role("button", name="Stop").click()
    expect(answers(page)).to_have_count(1)
    assert len(answers(page).locator(".answer, .said:not(.thought)").inner_text()) >= first > 0
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()


def test_what_was_said_stays_when_the_page_is_left_before_the_answer_is_whole(talk):
    page = talk(SLOW)
    say(page, "Go on and on.")
    coming = page.locator(".theirs[aria-busy=true] .said:not(.thought)")
    expect(coming).not_to_be_empty()
    first = coming.inner_text()
    page.reload()
    expect(page.locator(".mine")).to_contain_text("Go on and on.")
    expect(answers(page)).to_contain_text(first)
    expect(answers(page).locator(".measured")).to_contain_text("you left the page")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()


def test_two_side_by_side(talk):
    page = talk(PONY, TOOLS)
    say(page, "Which of you is it?")
    expect(answers(page)).to_have_count(2)
    sides = page.locator(".side")
    expect(sides.nth(0).locator(".theirs")).to_contain_text("Which of you is it?")
    expect(sides.nth(1).locator(".theirs")).to_contain_text("As you wish.")


def test_a_tool_is_called_and_given_its_result(talk):
    page = talk(TOOLS)
    page.get_by_text("Instructions and parameters").click()
    page.get_by_role("textbox", name="Tools").fill(json.dumps([TOOL]))
    say(page, "What is the weather in Oslo?")
    expect(answers(page)).to_contain_text("look_up_weather")
    expect(answers(page)).to_contain_text("Oslo")
    page.get_by_label("Result of look_up_weather").fill("Sun, and -3 degrees")
    page.get_by_role("button", name="Go on with this").click()
    expect(answers(page)).to_have_count(2)
    expect(answers(page).nth(1)).to_contain_text("As you wish.")


def test_json_of_a_schema(talk):
    page = talk(TOOLS)
    page.get_by_text("Instructions and parameters").click()
    page.get_by_label("Form of the answer").select_option("json_schema")
    page.get_by_label("JSON schema").fill("{not json")
    say(page, "Where?")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.get_by_label("JSON schema").input_value() == "{not json"
    page.get_by_label("JSON schema").fill(json.dumps(TOOL["function"]["parameters"]))
    say(page, "Where?")
    expect(answers(page)).to_contain_text("valid JSON")
    expect(answers(page)).to_contain_text('"city": "Oslo"')


def test_an_image_goes_along(talk):
    page = talk(PONY)
    picture = {"name": "pixel.png", "mimeType": "image/png", "buffer": PIXEL}
    page.locator("#files").set_input_files([picture])
    expect(page.get_by_role("button", name="Leave out pixel.png")).to_be_visible()
    say(page, "What is on it?")
    expect(page.locator(".mine")).to_contain_text("With pixel.png")
    expect(answers(page)).to_contain_text("What is on it?")


def test_what_a_model_made_is_shown_where_it_reaches_nothing(talk):
    page = talk(PONY)
    say(page, ARTEFACT)
    frame = page.locator("iframe.artefact")
    told = frame.content_frame.locator("#told")
    run = page.get_by_role("button", name="Run its script")
    expect(run).to_be_hidden()
    page.get_by_role("button", name="Show it").click()
    expect(told).to_have_text("not run")
    assert frame.get_attribute("sandbox") == ""
    expect(page.get_by_text("may reach the network and tell others your address")).to_be_visible()
    run.click()
    expect(told).to_have_text("no cookies, no parent, no storage")
    assert frame.get_attribute("sandbox") == "allow-scripts"


def test_my_activity_and_its_export(talk, house, tmp_path: Path):
    page = talk(PONY)
    say(page, "Remember me to the horses.")
    page.locator(".measured a").first.click()
    one = page.get_by_role("heading", name="One generation")
    eventually(lambda: one.count() or page.reload() is None)  # it is on record within seconds
    expect(page.get_by_text("Remember me to the horses.").first).to_be_visible()
    name = page.url.rpartition("/")[2]
    page.get_by_role("link", name="My activity").first.click()
    expect(page.locator("figure canvas").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / "mine.csv")
    with (tmp_path / "mine.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert name in {value for row in rows for value in row.values()}
