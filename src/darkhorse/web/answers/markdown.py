"""Markdown to HTML that may stand in our pages: made without HTML in it, and then cleaned anyhow.

Links lead to the web only, and tell nobody where from. An image is a link: loaded, it would tell a
stranger's server who reads.
"""

import re
from collections.abc import Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from darkhorse.base.clock import Clock
from darkhorse.web.answers.code import CLASSES, Colours

__all__ = ["MOST", "answer_html"]

MOST = 64 * 1024
"""Characters that are read as Markdown; a longer text is shown as it is, and one of too many
brackets or columns, which cost most. Measured: the worst that is read takes 0.6 s."""

_BRACKETS = 4_000
_COLUMNS = 100

_NESTING = 20
_STEERING = dict.fromkeys(
    (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C),
    "\N{REPLACEMENT CHARACTER}",
)
_WEB = re.compile(r"https?://[^/]", re.IGNORECASE)
_LANGUAGE = re.compile(r"[\w+#-]{1,30}")
_ARTEFACTS = {"html": "html", "htm": "html", "svg": "svg"}
_TAGS = {
    *("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("span", "em", "strong", "s", "table", "thead", "tbody", "tr", "th", "td", "a", "div"),
}
_ATTRIBUTES = {
    "*": set(),
    "a": {"href"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "div": {"tabindex", "role", "aria-label", "data-what", "data-artefact"},
    **{tag: {"dir"} for tag in ("p", "li", "h3", "h4", "h5", "h6", "td", "th")},
}
_CLASSES = {
    "div": {"scroll", "copied"},
    "span": set(CLASSES),
    "th": {"number"},
    "td": {"number"},
    "p": {"prose"},
}
_VALUES = {
    "dir": {"auto"},
    "tabindex": {"0"},
    "role": {"group"},
    "data-what": {"the code"},
    "data-artefact": {"html", "svg"},
}


def answer_html(text: str, clock: Clock) -> Markup:
    """A model's text as HTML. Blocks, up to seconds where the text is hostile: call it in a thread.

    Its page needs static/code.css. Headings begin at h3.
    """
    text = text.encode("utf-8", "replace").decode().translate(_STEERING)
    if _costs_too_much(text):
        return _cleaned(Markup('<p class="prose" dir="auto">{}</p>').format(text))
    return _cleaned(_MARKDOWN.render(text, {"colours": Colours(clock)}))


def _costs_too_much(text: str) -> bool:
    if len(text) > MOST or text.count("[") > _BRACKETS:
        return True
    return any(line.count("|") > _COLUMNS for line in text.splitlines())


def _cleaned(html: str) -> Markup:
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https"},
        link_rel="nofollow noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )
    return Markup(cleaned)  # noqa: S704 (what nh3 lets through, and nothing else)


def _kept(_tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if _WEB.match(value) else None
    if name in _VALUES:
        return value if value in _VALUES[name] else None
    return value


# --- how each piece is written ---


class _Writer(RendererHTML):
    """Rules of ours in place of markdown-it's, by the name of the token."""

    def fence(self, tokens: Sequence[Token], at: int, _options: OptionsDict, env: EnvType) -> str:
        """Code in colours; HTML and SVG are marked, for a button that shows them."""
        token = tokens[at]
        found = _LANGUAGE.match(token.info.strip()) if token.type == "fence" else None
        language = found[0].lower() if found else ""
        code = env["colours"].html(token.content, language)
        shows = _ARTEFACTS.get(language, "")
        mark = Markup(' data-artefact="{}"').format(shows) if shows else ""
        return Markup(
            '<div class="copied" data-what="the code"{}><pre tabindex="0"><code>{}</code></pre>'
            "</div>"
        ).format(mark, code)

    def code_block(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        return self.fence(tokens, idx, options, env)

    def image(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """A link in its place."""
        token = tokens[at]
        alt = self.renderInlineAsText(token.children or [], options, env)
        return Markup('<a href="{}">Image: {}</a>').format(
            token.attrGet("src") or "", alt or "without a title"
        )

    def table_open(self, *_: Any) -> str:
        return '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>'

    def table_close(self, *_: Any) -> str:
        return "</table></div>"

    def _cell(self, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType) -> str:
        """Alignment comes as a style, which no page of ours may have."""
        token = tokens[at]
        kind = ' class="number"' if "right" in str(token.attrGet("style") or "") else ""
        return f'<{token.tag}{kind} dir="auto">'

    th_open = td_open = _cell

    def paragraph_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return _directed(tokens[idx])

    def list_item_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return _directed(tokens[idx])

    def heading_open(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        return f'<{_heading(tokens[at])} dir="auto">'

    def heading_close(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        return f"</{_heading(tokens[at])}>\n"


def _directed(token: Token) -> str:
    """Each block reads from where its own first letter says."""
    return "" if token.hidden else f'<{token.tag} dir="auto">'


def _heading(token: Token) -> str:
    """The page has the first two levels."""
    return f"h{min(6, int(token.tag[1]) + 2)}"


def _made() -> MarkdownIt:
    made = MarkdownIt(
        "commonmark", {"html": False, "maxNesting": _NESTING}, renderer_cls=_Writer
    ).enable(["table", "strikethrough"])
    made.disable(["html_block", "html_inline"])
    return made


_MARKDOWN = _made()
