"""One generation: what was asked, what was answered, what was tried, and what is known of it."""

from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup
from msgspec import Struct

from darkhorse.storage.insight import Recorded
from darkhorse.storage.records import Answer, Attempt, EndRecord
from darkhorse.storage.reports import Feedback
from darkhorse.storage.traits import TraitRow
from darkhorse.web.desk.insight.views.artefacts import artefacts_of
from darkhorse.web.desk.insight.views.rows import RowView, generation_path, row_view
from darkhorse.web.desk.insight.views.words import BADGES, Kind, language, trouble
from darkhorse.web.numbers import ms, plural, speed
from darkhorse.web.talk import Call, Talk, calls_of, indented, talk_of
from darkhorse.web.views.moments import Moment, second
from darkhorse.web.views.topics import category_name
from darkhorse.wire.chunks import Withheld

__all__ = ["AnswerView", "AttemptView", "GenerationPage", "Known", "generation_page"]

Link = Callable[..., str]
Render = Callable[[str], Markup]
_MOST_RAW = 20_000  # characters of the request that stand in the page
_NOT_THERE = (
    "What was asked is not there any more: its file was dropped, moved or damaged. "
    "`darkhorse ledger verify` says which."
)
_NO_ANSWER = (
    "What was answered is not on record: the process died before it was written, "
    "or its file is gone."
)
_RUNS = "It still runs: what is answered is written down at its end."


class AnswerView(Struct, frozen=True, kw_only=True):
    """`html` is sanitised. An embedding's vectors are counted, not shown."""

    html: Markup
    is_empty: bool
    reasoning: str
    refusal: str
    calls: tuple[Call, ...]
    artefacts: tuple[tuple[str, str], ...]  # what it is, and the address of its frame
    vectors: int


class AttemptView(Struct, frozen=True, kw_only=True):
    """One try at an endpoint; `detail` is what that said."""

    endpoint: str
    outcome: str
    status: str
    took: str
    native_finish: str
    upstream: str
    detail: str


class GenerationPage(Struct, frozen=True, kw_only=True):
    """`asked_problem` and `answer_problem` are sentences where something is not there."""

    id: str
    listing: str
    at: Moment
    preview: str
    badge: str
    kind: Kind
    amiss: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    talk: Talk | None
    asked_problem: str
    answer: AnswerView | None
    answer_problem: str
    attempts: tuple[AttemptView, ...]
    withheld: tuple[Withheld, ...]
    feedback: Feedback | None
    session: tuple[RowView, ...]
    person: tuple[RowView, ...]
    raw: str
    raw_more: int
    raw_href: str


class Known(Struct, frozen=True, kw_only=True):
    """What was read beside the frames. Rows of a session or person are newest first."""

    row: TraitRow | None = None
    key_label: str = ""
    feedback: Feedback | None = None
    session: Sequence[TraitRow] = ()
    person: Sequence[TraitRow] = ()


def generation_page(found: Recorded, known: Known, link: Link, render: Render) -> GenerationPage:
    """Of its frames, and of what was read beside them. `render`: Markdown to sanitised HTML."""
    start, end, row = found.start, found.end, known.row
    badge, kind = BADGES[end.outcome if end else "running"]
    talk = None if found.request is None else talk_of(start.dialect, found.request)
    raw, raw_more = _raw(found.request)
    return GenerationPage(
        id=start.id,
        listing=start.listing,
        at=second(start.at_us),
        preview=row.preview if row else "",
        badge=badge,
        kind=kind,
        amiss=tuple(trouble(each) for each in row.troubles) if row else (),
        facts=tuple((name, value) for name, value in _facts(found, known) if value),
        links=tuple(_links(found, link)),
        talk=talk,
        asked_problem=(_NOT_THERE if talk is None else talk.problem),
        answer=None if found.answer is None else _answer(found.answer, start.id, render),
        answer_problem=_missing(found),
        attempts=tuple(map(_attempt, end.attempts)) if end else (),
        withheld=end.withheld if end else (),
        feedback=known.feedback,
        session=_others(known.session, start.id),
        person=_others(known.person, start.id),
        raw=raw,
        raw_more=raw_more,
        raw_href=f"{generation_path(start.id)}/request.json",
    )


def _others(rows: Sequence[TraitRow], this: str) -> tuple[RowView, ...]:
    """None where it is the only one; itself among them, so that one sees where it stands."""
    return tuple(map(row_view, rows)) if any(row.id != this for row in rows) else ()


def _missing(found: Recorded) -> str:
    if found.end is None:
        return _RUNS
    return _NO_ANSWER if found.answer is None else ""


def _raw(body: bytes | None) -> tuple[str, int]:
    text = "" if body is None else indented(body.decode("utf-8", "replace"))
    return text[:_MOST_RAW], max(0, len(text) - _MOST_RAW)


def _answer(answer: Answer, name: str, render: Render) -> AnswerView:
    return AnswerView(
        html=render(answer.content),
        is_empty=answer == Answer(),
        reasoning=answer.reasoning,
        refusal=answer.refusal,
        calls=calls_of(answer),
        artefacts=tuple(
            (
                f"{each.kind}, {len(each.code):,} characters",
                f"{generation_path(name)}/artefact/{at}",
            )
            for at, each in enumerate(artefacts_of(answer.content))
        ),
        vectors=len(answer.vectors),
    )


def _attempt(attempt: Attempt) -> AttemptView:
    named = (attempt.upstream_model, attempt.upstream_id)
    return AttemptView(
        endpoint=attempt.endpoint,
        outcome=attempt.outcome,
        status=str(attempt.status or ""),
        took=ms(attempt.duration_ms),
        native_finish=attempt.native_finish,
        upstream=", ".join(filter(None, named)),
        detail=attempt.detail,
    )


def _facts(found: Recorded, known: Known) -> Iterator[tuple[str, str]]:
    start, row = found.start, known.row
    yield "Listing", start.listing
    yield "Dialect", f"{start.dialect}, {'streamed' if start.streamed else 'whole'}"
    if found.end:
        yield from _end_facts(found.end)
    yield "Prompt", _prompt(found)
    if row:
        told = language(row.language) if row.language else "language not told"
        yield "Topic", f"{category_name(row.category)}, {told}"
        yield "Conversation", plural(row.turns, "turn of the user", "turns of the user")
    yield "Key", f"{known.key_label}  {start.key[:12]}…".strip()
    yield "Person", start.person[:16]
    yield "Session", start.session[:16]
    yield "App", ", ".join(filter(None, (start.app_title, start.app_url)))
    yield "Browser or client", start.user_agent


def _prompt(found: Recorded) -> str:
    """Public tokens, and the endpoint's own beside them."""
    end, public = found.end, found.start.prompt_tokens
    if end and end.usage:
        public = end.usage.prompt
    native = end.native.prompt if end and end.native else 0
    return f"{public:,} tokens" + (f" (the endpoint's own: {native:,})" if native else "")


def _end_facts(end: EndRecord) -> Iterator[tuple[str, str]]:
    finish = f", finish {end.finish}" if end.finish else ""
    error = f", {end.error_type}" if end.error_type else ""
    yield "Outcome", f"{end.outcome}, status {end.status}{finish}{error}"
    yield "Completion", _completion(end)
    yield "First token", ms(end.first_token_ms)
    yield "Took", ms(end.duration_ms) + _pace(end)
    if end.micro_usd:
        yield "Cost to the key", f"${end.micro_usd / 1e6:.6f}"


def _completion(end: EndRecord) -> str:
    usage, native = end.usage, end.native
    if usage is None:
        return "not counted"
    public = f"{usage.completion:,} tokens"
    if usage.reasoning:
        public += f", {usage.reasoning:,} of them reasoning"
    if native and native.completion:
        public += f" (the endpoint's own: {native.completion:,}"
        public += f", {native.reasoning:,} reasoning)" if native.reasoning else ")"
    return public


def _pace(end: EndRecord) -> str:
    """What the client saw after the first token."""
    if end.usage is None or end.first_token_ms is None or end.usage.completion < 2:
        return ""
    after_ms = end.duration_ms - end.first_token_ms
    return f", {speed((end.usage.completion - 1) / after_ms * 1000)}" if after_ms > 1 else ""


def _links(found: Recorded, link: Link) -> Iterator[tuple[str, str]]:
    """To lists of others like it; in all time."""
    start = found.start
    every = {"launch": start.listing, "span": "all"}
    yield "All of this key", link("/asked/prompts", **every, key=start.key)
    if start.person:
        yield "All of this person", link("/asked/prompts", **every, person=start.person)
    if start.session:
        yield "All of this session", link("/asked/prompts", **every, session=start.session)
