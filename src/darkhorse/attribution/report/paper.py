"""Pages that stand by themselves: no script, nothing from elsewhere, and strangers' text is text.

Reports of cases and of audits are made with it.
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from darkhorse.base.plain import plain

__all__ = ["PAGES", "environment", "harmless", "ticked"]

PAGES = Path(__file__).parent / "page"
"""What pages share: `paper.css`."""


def environment(*folders: Path) -> Environment:
    """Templates of these folders, and what all pages share."""
    made = Environment(
        loader=FileSystemLoader([*folders, PAGES]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters |= {"ticked": ticked, "grouped": "{:,}".format}
    return made


def harmless(value: Any) -> Any:
    """Text of strangers may not steer a reader's eyes either: no marks of direction."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def ticked(text: str) -> Markup:
    """What stands between `backticks` as code."""
    parts = [escape(part) for part in plain(text).split("`")]
    return Markup("").join(  # nosec: every part is escaped
        Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts)
    )
