"""A launch's silk: jockeys wear colours so that a horse is known from afar; so does a listing here.

It follows from the slug alone, and so says nothing of who is behind it.
"""

import hashlib
from functools import lru_cache

from markupsafe import Markup

__all__ = ["silk"]

_COLORS = (
    "#1d5b3a", "#b5532a", "#2c5d8f", "#d9a91c", "#7a4a86", "#e9e2d0", "#8f2740", "#57534a",
    "#4b8f8c", "#d98fa0",
)  # fmt: skip
_COAT = "M16 9 L24 12 L32 9 L43 15 L39 26 L34 23.5 L34 43 L14 43 L14 23.5 L9 26 L5 15 Z"
_PATTERNS = (
    "M5 17h38v5H5z M5 28h38v5H5z M5 39h38v4H5z",  # hoops
    "M20 8h8v36h-8z",  # a broad stripe
    "M5 8 L13 8 L36 44 L26 44 L5 14z",  # a sash
    "M24 8h20v18H24z M4 26h20v18H4z",  # quarters
    "M14 20 L24 30 L34 20 L34 27 L24 37 L14 27z",  # a chevron
    "M24 14 L31 25 L24 36 L17 25z",  # a diamond
    "M11 8h4v36h-4z M20 8h3v36h-3z M26 8h3v36h-3z M34 8h4v36h-4z",  # stripes
    "M24 8h20v36H24z",  # halves
    "M18 15a3 3 0 1 0 .1 0z M30 15a3 3 0 1 0 .1 0z M24 24a3 3 0 1 0 .1 0z M18 33a3 3 0 1 0 .1 0z",
    # the last were spots
    "M14 17 L34 37 L34 43 L30 43 L14 27z M34 17 L14 37 L14 43 L18 43 L34 27z",  # cross sashes
)


@lru_cache(512)
def silk(slug: str, kind: str = "") -> Markup:
    """An SVG without a name: decoration beside the title. `kind`: "small", "large" or neither."""
    draw = hashlib.blake2b(slug.encode("utf-8", "replace"), digest_size=8).digest()
    coat = _COLORS[draw[0] % len(_COLORS)]
    others = [each for each in _COLORS if each != coat]
    mark, cap = others[draw[1] % len(others)], others[draw[2] % len(others)]
    pattern = _PATTERNS[draw[3] % len(_PATTERNS)]
    clip = f"silk-{draw[4:].hex()}{kind}"
    return Markup(
        '<svg class="silk {kind}" viewBox="0 0 48 48" aria-hidden="true" focusable="false">'
        '<clipPath id="{clip}"><path d="{shape}"/></clipPath>'
        '<path d="{shape}" fill="{coat}"/>'
        '<path d="{pattern}" fill="{mark}" clip-path="url(#{clip})"/>'
        '<path d="{shape}" fill="none" stroke="currentColor" stroke-opacity=".6"/>'
        '<path d="M18 7a6 5 0 0 1 12 0l3 1.5H18z" fill="{cap}" stroke="currentColor" '
        'stroke-opacity=".45" stroke-width=".8"/></svg>'
    ).format(kind=kind, clip=clip, shape=_COAT, coat=coat, pattern=pattern, mark=mark, cap=cap)
