"""The files beside the pages, each named by its content so that it may be kept for ever."""

import hashlib
from pathlib import Path

from msgspec import Struct

__all__ = ["STATIC", "VENDOR", "Asset", "load_assets"]

STATIC = Path(__file__).parent / "static"
VENDOR = STATIC / "vendor"
"""What is not ours: VENDOR.toml says whose it is."""
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class Asset(Struct, frozen=True):
    """One file."""

    content: bytes
    media_type: str
    url: str  # has the content's hash in it


def load_assets(*folders: Path) -> dict[str, Asset]:
    """By file name; those of the public pages where no folder is named."""
    paths = [path for folder in folders or (STATIC,) for path in sorted(folder.iterdir())]
    return {path.name: _load(path) for path in paths if path.suffix in _TYPES}


def _load(path: Path) -> Asset:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    url = f"/static/{path.stem}.{digest}{path.suffix}"
    return Asset(content, _TYPES[path.suffix], url)
