"""Reports of abuse, from anyone: stored, and listed for the operator."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from msgspec import Meta, Struct

from darkhorse.accounts.reports import CONTACT, NAME, TEXT, TOMORROW_S, WHAT, ReportDesk
from darkhorse.api.caller import Callers
from darkhorse.api.operation import Ask, Form, Operation
from darkhorse.base.errors import BodyTooLarge, DarkhorseError, InvalidRequest, RateLimited
from darkhorse.storage.crew import Crew

__all__ = ["report_operations"]

_AT_ONCE = 2  # anyone may write, and while the state is locked each waits for seconds
_LINE = 8


class ReportBody(Struct, frozen=True, kw_only=True):
    """What somebody wants the operator to know."""

    text: Annotated[str, Meta(min_length=1, max_length=TEXT, description="What happened.")]
    what: Annotated[
        str, Meta(max_length=WHAT, description="What kind of abuse.", examples=["illegal content"])
    ] = "other"
    listing: Annotated[str, Meta(max_length=NAME, description="Slug of the listing.")] = ""
    generation: Annotated[str, Meta(max_length=NAME, description="`gen-…`, where known.")] = ""
    contact: Annotated[str, Meta(max_length=CONTACT, description="Where to reach you.")] = ""


class Thanks(Struct, frozen=True):
    """What to quote when writing about it again."""

    id: str


class ReportAnswer(Struct, frozen=True):
    """It was stored."""

    data: Thanks


def report_operations(desk: ReportDesk, callers: Callers) -> list[Operation]:
    crew = Crew("reports", threads=_AT_ONCE, line=_LINE)

    async def report(ask: Ask) -> ReportAnswer:
        body: ReportBody = ask.body

        def leave() -> ReportAnswer:
            left = desk.leave(
                what=body.what,
                text=body.text,
                listing=body.listing,
                generation=body.generation,
                contact=body.contact,
                address=callers.address(ask.scope),
            )
            return ReportAnswer(Thanks(left.id))

        return await crew.run(leave)

    return [
        Operation(
            id="reportAbuse",
            method="POST",
            path="/report",
            summary="Report abuse to whoever runs this server",
            tag="Reports",
            access="open",
            body=ReportBody,
            form=Form(done=_to_the_thanks, failed=_back_to_the_page),
            answer=ReportAnswer,
            errors=(RateLimited,),
            handler=report,
        )
    ]


def _to_the_thanks(answer: ReportAnswer) -> str:
    return f"/report?{urlencode({'thanks': answer.data.id})}"


def _back_to_the_page(error: DarkhorseError, fields: Mapping[str, str]) -> str:
    """The page has words of its own for each, and shows a listing that it knows: nothing else."""
    words = {"problem": _problem(error), "about": fields.get("listing", "")[:NAME]}
    return f"/report?{urlencode({name: word for name, word in words.items() if word})}"


def _problem(error: DarkhorseError) -> str:
    match error:
        case InvalidRequest():
            return "unfit"
        case BodyTooLarge():
            return "large"
        case RateLimited(retry_after=seconds) if seconds == TOMORROW_S:
            return "many"
    return "trouble"
