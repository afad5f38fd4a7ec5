"""Templates in which strangers' text is text: every page and every report is made with these.

What is put in is escaped, a name that nothing stands for is an error, and marks that steer a
reader's eyes (the direction of writing) are taken out.
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from darkhorse.base.plain import plain

__all__ = ["environment", "harmless", "ticked"]


def environment(*folders: Path) -> Environment:
    """Templates of these folders, the first that has one."""
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=harmless,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"ticked": ticked, "grouped": "{:,}".format}
    return made


def harmless(value: Any) -> Any:
    """Without marks of direction, where it is text and not ours."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def ticked(text: str) -> Markup:
    """What stands between `backticks` as code."""
    parts = [escape(part) for part in plain(text).split("`")]
    return Markup("").join(  # nosec: every part is escaped
        Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts)
    )
