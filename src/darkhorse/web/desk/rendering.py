"""The desk's templates and files."""

from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from darkhorse.attribution.report.paper import PAGES, environment
from darkhorse.web.assets import STATIC, load_assets

__all__ = ["Desktop"]

_HERE = Path(__file__).parent
_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
_NO_STORE = {"Cache-Control": "no-store"}


class Desktop:
    """Renders pages, and pieces of pages."""

    def __init__(self) -> None:
        assets = load_assets(STATIC, PAGES, _HERE / "static")
        self._by_url = {asset.url: asset for asset in assets.values()}
        self._templates = environment(_HERE / "templates")
        self._templates.globals["assets"] = assets

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """A page that no cache keeps."""
        return HTMLResponse(self.piece(template, **values), status, _NO_STORE)

    def piece(self, template: str, **values: Any) -> str:
        """Its text. Halves of characters are no UTF-8."""
        text = self._templates.get_template(template).render(**values)
        return text.encode("utf-8", "replace").decode()

    async def static(self, request: Request) -> Response:
        """A file that pages need."""
        asset = self._by_url.get(request.scope["path"])
        if asset is None:
            raise HTTPException(404)
        return Response(asset.content, media_type=asset.media_type, headers=_FOR_EVER)
