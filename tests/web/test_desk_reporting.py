"""The launch report on the desk: seen, saved, and its notes written, changed and deleted."""

import asyncio

import msgspec
import pytest
from desk_kit import SAME
from means_kit import SLUG, OperatorsDesk
from msgspec import structs
from pages_kit import Outline

from analytics.launch_report_kit import Record
from darkhorse.storage.notes import TEXT, Note
from darkhorse.web.desk.house import House
from darkhorse.web.desk.reporting.routes import reporting_routes

AT = f"/launches/{SLUG}/report"
HURT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
HOUR_US = 3_600_000_000


class ReportingDesk(OperatorsDesk):
    """Over a launch that is live since an hour, and a record of what was asked of it."""

    def __init__(self, folder):
        self.record = Record(folder / "data")
        super().__init__(folder)
        self.found = self.live()
        self.clock.us += HOUR_US

    def _routes(self, frame, means):
        names = ("spans", "traits", "figures", "records")
        readers = {name: getattr(self.record, name) for name in names}
        return reporting_routes(frame, structs.replace(means, **readers))

    def put(self, times=1, **more):
        self.record.put(times, at_us=self.clock.us - 1000, listing=SLUG, **more)
        self.record.settle()

    def kept(self):
        return self.notes.notes(self.found.id)


NOTE = Note(
    at_us=1_770_076_800_000_000,
    text="They like it.",
    link="https://news.example/1",
    source="A forum",
)


def at_report(work):
    """A test that is a coroutine over such a desk."""

    def test(tmp_path):
        async def whole():
            (tmp_path / "data").mkdir()
            desk = ReportingDesk(tmp_path)
            try:
                await desk.enter()
                await work(desk)
            finally:
                desk.record.close()
                desk.engine.dispose()

        asyncio.run(whole())

    test.__name__ = work.__name__
    return test


def note(**more):
    fields = {"text": "They like it.", "link": "https://news.example/1", "source": "A forum"}
    return {**fields, "day": "2026-02-03", **more}


@at_report
async def test_one_click_shows_it(desk):
    desk.put(47, person="ada")
    desk.watch.house = House(at_us=1, refused={SLUG: {"server": 61}})
    page = await desk.page(AT)
    assert "1 person made 47 requests of 1,880 public tokens" in page
    assert "<dd>61<small>since the server" in page
    assert "secret-east" in page
    assert "launch-report" in page
    assert_nothing_acts(page)


@at_report
async def test_without_traffic_it_says_what_to_do(desk):
    assert "Give people a key" in await desk.page(AT)


@at_report
async def test_for_the_public_it_names_no_endpoint(desk):
    desk.put(47)
    desk.notes.add(desk.found.id, structs.replace(NOTE, text="A note of mine."))
    page = await desk.page(f"{AT}?public=yes")
    report, _, notes = page.partition('<section id="notes">')
    assert "47 requests" in report
    for word in ("secret-east", "A note of mine.", "Private.</b>"):
        assert word not in report
    assert "A note of mine." in notes
    assert f'href="{AT}/save/public"' in page


@at_report
async def test_it_is_saved_as_a_page_by_itself(desk):
    desk.put(47)
    for form, is_private in (("private", True), ("public", False)):
        answer = await desk.browser.ask(f"{AT}/save/{form}")
        assert answer.status == 200
        assert answer.headers["cache-control"] == "no-store"
        assert "sandbox" in answer.headers["content-security-policy"]
        end = "" if is_private else "-public"
        name = f'attachment; filename="stealth-mule-beta-report{end}.html"'
        assert answer.headers["content-disposition"] == name
        assert answer.text.startswith("<!doctype html>")
        assert ("secret-east" in answer.text) == is_private
        assert "<script" not in answer.text


@at_report
async def test_and_as_figures(desk):
    desk.put(47)
    answer = await desk.browser.ask(f"{AT}/save/json")
    assert answer.headers["content-type"] == "application/json"
    assert msgspec.json.decode(answer.body)["head"]["requests"] == 47


@at_report
async def test_what_is_not_there_is_a_page_that_says_so(desk):
    for path in (f"{AT}/save/pdf", "/launches/stealth/nobody/report", f"{AT}/notes/note-99"):
        assert (await desk.browser.ask(path)).status == 404


@at_report
async def test_a_note_is_written_and_read(desk):
    answer = await desk.post(f"{AT}/notes", **note())
    assert (answer.status, answer.headers["location"]) == (303, f"{AT}#notes")
    kept = desk.kept()[0]
    assert (kept.text, kept.link, kept.source) == (
        "They like it.", "https://news.example/1", "A forum",
    )  # fmt: skip
    assert kept.at_us == 1_770_076_800_000_000
    page = await desk.page(AT)
    assert page.count("They like it.") == 2  # in the report, and in the list
    assert page.count('href="https://news.example/1" rel="noopener noreferrer nofollow') == 2
    assert '<p class="small">3 February 2026 · A forum' in page
    assert ">3 February 2026</time> · A forum" in page


@at_report
async def test_without_a_day_it_was_said_now(desk):
    await desk.post(f"{AT}/notes", text="x")
    assert desk.kept()[0].at_us == desk.clock.us


@at_report
async def test_a_note_that_cannot_be_kept_comes_back_with_all_that_was_typed(desk):
    wrong = {
        "Write what was said": note(text=" "),
        "The text is too long": note(text="w" * (TEXT + 1)),
        "is no web address": note(link="javascript:alert(1)"),
        "That is no day": note(day="yesterday"),
        "is no day": note(day="0001-01-01"),
        "still to come": note(day="2030-01-01"),
        "The source is too long": note(source="s" * 201),
    }
    for words, fields in wrong.items():
        answer = await desk.post(f"{AT}/notes", **fields)
        assert answer.status == 400
        assert words in answer.text
        for value in fields.values():
            assert value in answer.text
    assert desk.kept() == []


@at_report
async def test_too_many_are_refused(desk):
    desk.notes.add(desk.found.id, NOTE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("darkhorse.storage.state.notes.MOST", 1)
        answer = await desk.post(f"{AT}/notes", **note(text="One more."))
    assert (answer.status, len(desk.kept())) == (400, 1)
    assert "delete one first" in answer.text
    assert "One more." in answer.text


@at_report
async def test_a_note_is_changed(desk):
    kept = desk.notes.add(desk.found.id, NOTE)
    path = f"{AT}/notes/{kept.id}"
    form = await desk.page(path)
    assert 'value="2026-02-03"' in form
    assert "They like it." in form
    answer = await desk.post(path, **note(text=""))
    assert answer.status == 400
    assert "Write what was said" in answer.text
    assert "https://news.example/1" in answer.text
    await desk.post(path, **note(text="They do not.", day="2026-02-04"))
    assert [(each.id, each.text) for each in desk.kept()] == [(kept.id, "They do not.")]
    assert desk.kept()[0].at_us == NOTE.at_us + 24 * HOUR_US


@at_report
async def test_a_note_goes_only_when_that_is_confirmed(desk):
    kept = desk.notes.add(desk.found.id, NOTE)
    path = f"{AT}/notes/{kept.id}/delete"
    page = await desk.page(path)
    assert "It goes for good." in page
    assert desk.kept() == [kept]
    assert (await desk.post(path)).status == 303
    assert desk.kept() == []


@at_report
async def test_a_page_of_somebody_else_writes_nothing(desk):
    kept = desk.notes.add(desk.found.id, NOTE)
    other = (("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"))
    for path in (f"{AT}/notes", f"{AT}/notes/{kept.id}", f"{AT}/notes/{kept.id}/delete"):
        answer = await desk.browser.post(path, note(text="evil"), headers=other)
        assert answer.status == 403
    assert desk.kept() == [kept]
    assert (await desk.browser.post(f"{AT}/notes", note(), headers=SAME)).status == 303


def assert_nothing_acts(page):
    Outline(page)  # no handler and no style in any element
    assert "<script>" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


@at_report
async def test_hostile_words_stay_words(desk):
    desk.put(31, app_url="https://a.example", app_title=HURT)
    hurt = structs.replace(NOTE, text=HURT, source=HURT, link='https://a.example/"onclick="x')
    kept = desk.notes.add(desk.found.id, hurt)
    for path in (AT, f"{AT}/notes/{kept.id}", f"{AT}/notes/{kept.id}/delete"):
        page = await desk.page(path)
        assert "&lt;script&gt;alert(1)" in page
        assert_nothing_acts(page)
    answer = await desk.post(f"{AT}/notes", **note(text=HURT, link=HURT))
    assert answer.status == 400
    assert_nothing_acts(answer.text)
