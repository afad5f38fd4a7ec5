"""Templates and files, for the public pages and the desk alike."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from darkhorse.base.templating import environment
from darkhorse.web import charts, numbers
from darkhorse.web.assets import STATIC, VENDOR, Asset, load_assets
from darkhorse.web.silks import silk

__all__ = ["KIT", "Renderer"]

KIT = Path(__file__).parent / "kit"
"""Macros that both apps draw with: `kit.html`."""

_CHECK_EACH_TIME = {"Cache-Control": "no-cache"}
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


class Renderer:
    """Pages, and pieces of pages, from one app's templates; its static files beside them."""

    def __init__(self, templates: Path, *statics: Path, beside: Sequence[Path] = ()) -> None:
        """`beside`: folders with templates that pages of ours borrow."""
        self.assets = load_assets(STATIC, VENDOR, *statics)
        self._by_url = {asset.url: asset for asset in self.assets.values()}
        self._templates = _environment(templates, *beside, KIT)
        self._templates.globals["assets"] = self.assets

    def compile(self) -> None:
        """All templates, now: so that no first visitor waits for one."""
        for name in self._templates.list_templates(extensions=("html",)):
            self._templates.get_template(name)

    def page(
        self,
        template: str,
        /,
        *,
        status: int = 200,
        headers: dict[str, str] = _CHECK_EACH_TIME,
        **values: Any,
    ) -> Response:
        """A whole page; caches ask each time unless `headers` say otherwise."""
        return HTMLResponse(self.piece(template, **values), status, headers)

    def piece(self, template: str, /, **values: Any) -> str:
        """Its text. Halves of characters are no UTF-8."""
        text = self._templates.get_template(template).render(**values)
        return text.encode("utf-8", "replace").decode()

    def file(self, name: str, headers: dict[str, str]) -> Response:
        """One of the static files, under a name of its own."""
        return _answer(self.assets[name], headers)

    async def static(self, request: Request) -> Response:
        """A file that pages need, for its address with its content's hash in it."""
        asset = self._by_url.get(request.scope["path"])
        if asset is None:
            raise HTTPException(404)
        return _answer(asset, _FOR_EVER)


def _answer(asset: Asset, headers: dict[str, str]) -> Response:
    return Response(asset.content, media_type=asset.media_type, headers=headers)


def _environment(*folders: Path) -> Environment:
    made = environment(*folders)
    made.filters |= {
        "brief": numbers.brief,
        "ms": numbers.ms,
        "percent": numbers.percent,
        "speed": numbers.speed,
        "clock": numbers.clock,
        "quantity": numbers.quantity,
        "plural": numbers.plural,
    }
    made.globals |= {"silk": silk, "spark": charts.spark, "bar": charts.bar, "strip": charts.strip}
    return made
