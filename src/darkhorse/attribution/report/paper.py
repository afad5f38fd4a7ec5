"""Pages that stand by themselves: no script, nothing from elsewhere.

Reports of cases and of audits are made with it.
"""

from pathlib import Path

from jinja2 import Environment

from darkhorse.base import templating

__all__ = ["PAGES", "environment"]

PAGES = Path(__file__).parent / "page"
"""What pages share: `paper.css`."""


def environment(*folders: Path) -> Environment:
    """Templates of these folders, and what all pages share."""
    made = templating.environment(*folders, PAGES)
    made.keep_trailing_newline = True
    return made
