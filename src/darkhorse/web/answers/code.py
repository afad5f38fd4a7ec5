"""Code in colours, by Pygments: spans with classes, for static/code.css.

Some of its lexers take time that grows with the square of hostile text, so only some are asked, for
so much code, and all of an answer's code shares one budget of time.
"""

from markupsafe import Markup, escape
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType

from darkhorse.base.clock import Clock

__all__ = ["CLASSES", "Colours"]

CLASSES = frozenset(STANDARD_TYPES.values()) - {""}
"""Every class that a span of code may have."""

_MOST = 24 * 1024  # characters of a block; a longer one is shown without colours
_BUDGET_S = 0.4
_SAME = {
    "py": "python", "python3": "python", "js": "javascript", "mjs": "javascript",
    "node": "javascript", "ts": "typescript", "sh": "bash", "shell": "bash", "zsh": "bash",
    "htm": "html", "svg": "xml", "c++": "cpp", "cc": "cpp", "h": "c", "hpp": "cpp", "cs": "csharp",
    "c#": "csharp", "golang": "go", "rs": "rust", "rb": "ruby", "yml": "yaml", "patch": "diff",
    "kt": "kotlin", "dockerfile": "docker", "postgres": "sql", "postgresql": "sql",
    "mysql": "sql", "sqlite": "sql", "jsonc": "json", "json5": "json", "ps1": "powershell",
}  # fmt: skip
_KNOWN = frozenset(
    {
        *("bash", "c", "cpp", "csharp", "css", "dart", "diff", "docker", "go", "haskell", "html"),
        *("ini", "java", "javascript", "json", "jsx", "kotlin", "lua", "perl", "php", "powershell"),
        *("python", "r", "ruby", "rust", "scala", "sql", "swift", "toml", "tsx", "typescript"),
        *("xml", "yaml"),
    }
)


class Colours:
    """For the code of one answer: when its time is over, the rest is shown as it is."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = clock.monotonic() + _BUDGET_S

    def html(self, source: str, language: str) -> Markup:
        """The code, escaped; in colours where its language is known and it is not too long."""
        name = _SAME.get(language.lower(), language.lower())
        if name not in _KNOWN or len(source) > _MOST:
            return escape(source)
        lexer = get_lexer_by_name(name, ensurenl=False, stripnl=False)
        pieces: list[Markup] = []
        shown = 0
        for at, kind, text in lexer.get_tokens_unprocessed(source):
            if self._clock.monotonic() > self._until:
                return Markup("").join(pieces) + escape(source[shown:])
            if at != shown:
                return escape(source)  # a lexer that leaves something out, or turns it round
            pieces.append(_span(kind, text))
            shown += len(text)
        return Markup("").join(pieces) + escape(source[shown:])


def _span(kind: _TokenType, text: str) -> Markup:
    name = _class(kind)
    return Markup('<span class="{}">{}</span>').format(name, text) if name else escape(text)


def _class(kind: _TokenType | None) -> str:
    """Of the nearest kind above it that has one."""
    while kind is not None:
        if kind in STANDARD_TYPES:
            return str(STANDARD_TYPES[kind])
        kind = kind.parent
    return ""
