"""The launch report's page, and its notes as forms. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

import msgspec
from markupsafe import Markup
from msgspec import Struct

from darkhorse.analytics.report.page import body_of, render
from darkhorse.analytics.report.shape import Report
from darkhorse.base.clock import DAY_US
from darkhorse.base.errors import ConfigError
from darkhorse.catalog.launch import Launch
from darkhorse.storage.notes import LINK, SOURCE, TEXT, Note, is_link
from darkhorse.web.views.moments import Moment, day

__all__ = [
    "FORMS",
    "Form",
    "NoteForm",
    "NotePage",
    "NoteRow",
    "ReportPage",
    "Saved",
    "fields_of",
    "note_of",
    "note_page",
    "report_page",
    "saved",
]

Form = Literal["private", "public", "json"]
FORMS: tuple[Form, ...] = ("private", "public", "json")
_HTML, _JSON = "text/html; charset=utf-8", "application/json"
_LAST_US = 253_370_764_800_000_000  # the end of the year 9998


class NoteForm(Struct, frozen=True, kw_only=True):
    """What is typed, and how much may be."""

    day: str = ""
    text: str = ""
    link: str = ""
    source: str = ""
    most_text: int = TEXT
    most_link: int = LINK
    most_source: int = SOURCE


class NoteRow(Struct, frozen=True, kw_only=True):
    """A note in the list."""

    id: str
    at: Moment
    text: str
    link: str
    is_link: bool
    source: str


class ReportPage(Struct, frozen=True, kw_only=True):
    """The report, and below it the notes with a form for another one."""

    slug: str
    title: str
    is_public: bool
    body: Markup
    notes: tuple[NoteRow, ...]
    form: NoteForm
    command: str
    problem: str = ""


class NotePage(Struct, frozen=True, kw_only=True):
    """One note: to change, or with `is_going` to delete."""

    slug: str
    title: str
    note: NoteRow
    form: NoteForm
    is_going: bool = False
    problem: str = ""


class Saved(Struct, frozen=True):
    """A file to be saved."""

    name: str
    media_type: str
    content: bytes


def report_page(
    report: Report, *, notes: list[Note], form: NoteForm, problem: str = ""
) -> ReportPage:
    """Of a report for the operator, or `public.published` of one."""
    slug = report.slug
    option = " --public" if report.public else ""
    return ReportPage(
        slug=slug,
        title=report.title,
        is_public=report.public,
        body=body_of(report),
        notes=tuple(map(_row, notes)),
        form=form,
        command=f"darkhorse launch report {slug}{option} --out report.html",
        problem=problem,
    )


def note_page(
    launch: Launch,
    note: Note,
    *,
    form: NoteForm | None = None,
    is_going: bool = False,
    problem: str = "",
) -> NotePage:
    """`form`: what was typed, where it could not be kept."""
    return NotePage(
        slug=launch.listing.slug,
        title=launch.listing.title,
        note=_row(note),
        form=form or _form(note),
        is_going=is_going,
        problem=problem,
    )


def fields_of(fields: Mapping[str, str]) -> NoteForm:
    """As it was typed, however wrong."""
    return NoteForm(
        day=fields.get("day", "")[:40],
        text=fields.get("text", ""),
        link=fields.get("link", "")[: LINK * 2],
        source=fields.get("source", "")[: SOURCE * 2],
    )


def note_of(form: NoteForm, now_us: int, note_id: str = "") -> Note:
    """Raises ConfigError, with what to do next."""
    text, link, source = form.text.strip(), form.link.strip(), form.source.strip()
    if not text:
        raise ConfigError("Write what was said, in a sentence or more.")
    for name, value, most in (
        ("The text", text, TEXT),
        ("The link", link, LINK),
        ("The source", source, SOURCE),
    ):
        if len(value) > most:
            raise ConfigError(f"{name} is too long: {most:,} characters at most.")
    if link and not is_link(link):
        raise ConfigError("The link is no web address; begin it with https://, or leave it empty.")
    at_us = _day_us(form.day.strip(), now_us)
    whole = [each.encode("utf-8", "replace").decode() for each in (text, link, source)]
    return Note(id=note_id, at_us=at_us, text=whole[0], link=whole[1], source=whole[2])


def saved(report: Report, form: Form) -> Saved:
    """Named after the listing; `json` is the same figures for programs."""
    stem = f"{report.slug.replace('/', '-')}-report"
    if form == "json":
        return Saved(f"{stem}.json", _JSON, msgspec.json.encode(report))
    end = "-public" if form == "public" else ""
    return Saved(f"{stem}{end}.html", _HTML, render(report).encode())


def _day_us(text: str, now_us: int) -> int:
    if not text:
        return now_us
    try:
        at = datetime.fromisoformat(text)
        at_us = round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        at_us = -1
    if not 0 <= at_us < _LAST_US:
        raise ConfigError("That is no day; write it like 2026-11-23.")
    if at_us > now_us + DAY_US:  # somewhere it is tomorrow already
        raise ConfigError("That day is still to come; a note is of what was said.")
    return at_us


def _row(note: Note) -> NoteRow:
    return NoteRow(
        id=note.id,
        at=day(note.at_us),
        text=note.text,
        link=note.link,
        is_link=is_link(note.link),
        source=note.source,
    )


def _form(note: Note) -> NoteForm:
    at = datetime.fromtimestamp(note.at_us // 1_000_000, UTC)
    return NoteForm(day=f"{at:%Y-%m-%d}", text=note.text, link=note.link, source=note.source)
