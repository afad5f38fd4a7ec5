"""Routes at the root for whoever runs this, and the document that describes all of them."""

import asyncio
from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct
from starlette.responses import Response

from darkhorse.api.metrics import Metrics
from darkhorse.api.operation import Ask, Operation
from darkhorse.base.errors import LedgerUnavailable

__all__ = ["document_operation", "operator_operations"]

_METRICS = "text/plain; version=0.0.4; charset=utf-8"


class Health(Struct, frozen=True):
    """Generations are taken."""

    status: Literal["ok"] = "ok"


def operator_operations(metrics: Metrics, check: Callable[[], None]) -> list[Operation]:
    """`check` raises while no generation is taken."""

    async def health(_: Ask) -> Health:
        check()
        return Health()

    async def render(_: Ask) -> Response:
        page = await asyncio.to_thread(metrics.render)  # tens of ms where there are many listings
        return Response(page, media_type=_METRICS)

    return [
        Operation(
            id="getHealth",
            method="GET",
            prefix="",
            path="/health",
            summary="Say whether generations are taken",
            tag="Server",
            access="open",
            answer=Health,
            errors=(LedgerUnavailable,),
            handler=health,
        ),
        Operation(
            id="getMetrics",
            method="GET",
            prefix="",
            path="/metrics",
            summary="Figures for Prometheus",
            tag="Server",
            access="management",
            media=("text/plain",),
            handler=render,
        ),
    ]


def document_operation(document: Callable[[], bytes], prefix: str) -> Operation:
    """The document itself, below the API and at the root."""

    async def show(_: Ask) -> Response:
        return Response(document(), media_type="application/json")

    return Operation(
        id="getOpenapi" if prefix else "getOpenapiAtRoot",
        method="GET",
        prefix=prefix,
        path="/openapi.json",
        summary="This document",
        tag="Server",
        access="open",
        answer=dict[str, Any],
        handler=show,
    )
