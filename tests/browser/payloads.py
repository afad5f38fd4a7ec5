"""Text that becomes more than text where a page is careless. Each says in which field it was."""

from collections.abc import Iterable, Iterator

__all__ = ["elsewhere", "in_header", "payload"]


def elsewhere(field: str) -> str:
    """An address that no page of ours may ask."""
    return f"http://evil.invalid/{field.replace(' ', '-')}"


def _ran(field: str) -> str:
    return f"globalThis.__pwned='{field}'"


def _short(field: str) -> tuple[str, ...]:
    run = _ran(field)
    return (
        f"<script>{run}</script>",
        f'<img src=x onerror="{run}">',
        f'"><svg onload="{run}">',
        f"</script><script>{run}</script>",
        f"' autofocus onfocus='{run}",
    )


def _long(field: str) -> tuple[str, ...]:
    run, away = _ran(field), elsewhere(field)
    return (
        f"[here](javascript:{run}) ![there]({away}.png)",
        f"<a href='javascript:{run}'>a</a><details open ontoggle={run}>b</details>",
        f"<iframe srcdoc='<script>parent.{run}</script>'></iframe><object data='{away}'></object>",
        f"<style>@import url({away}.css); body {{ background: url({away}.gif) }}</style>",
        f"<link rel=stylesheet href={away}><base href={away}>",
        f"<meta http-equiv=refresh content='0;url={away}'>",
        f"</textarea></title></style><math><mtext><img src={away} onerror={run}>",
        "X{{7*7}}X {% raise %} ${7*7} <%= 7*7 %>",
        "\u202eright to left\u202c \u2066isolated \u0007\u0000 \ufeff",
        f"```html\n<script>{run}</script>\n```\n```svg\n<svg onload={run}></svg>\n```",
        f"<!--[if IE]><script>{run}</script><![endif]--> &lt;script&gt;{run}&lt;/script&gt;",
        "w" * 3_000,
    )


def payload(field: str, most: int = 10_000) -> str:
    """All of them that fit into so many characters."""
    return "\n".join(_fitting((*_short(field), *_long(field)), most))


def in_header(field: str, most: int = 10_000) -> str:
    """What may stand in a header: ASCII, one line."""
    return " ".join(_fitting(_short(field), most))


def _fitting(texts: Iterable[str], most: int) -> Iterator[str]:
    for each in texts:
        if len(each) < most:
            most -= len(each) + 1
            yield each
