"""Reports of abuse, from anyone: stored, and listed for the operator."""

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from msgspec import Meta, Struct

from darkhorse.accounts.reports import CONTACT, NAME, TEXT, WHAT, ReportDesk
from darkhorse.api.caller import Callers
from darkhorse.api.operation import Ask, Form, Operation
from darkhorse.base.errors import DarkhorseError, InvalidRequest, RateLimited

__all__ = ["report_operations"]


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

        return await asyncio.to_thread(leave)

    return [
        Operation(
            id="reportAbuse",
            method="POST",
            path="/report",
            summary="Report abuse to whoever runs this server",
            tag="Reports",
            access="open",
            body=ReportBody,
            form=Form(done="/report?thanks=1", failed=_back_to_the_page),
            answer=ReportAnswer,
            errors=(RateLimited,),
            handler=report,
        )
    ]


def _back_to_the_page(error: DarkhorseError) -> str:
    """The page has words of its own for each: nothing of the request is shown there."""
    problem = {InvalidRequest: "unfit", RateLimited: "many"}.get(type(error), "trouble")
    return f"/report?{urlencode({'problem': problem})}"
