"""What a prompt looks like, whatever its language: code, stage directions, formulas, length."""

# ruff: noqa: E501, RUF001 (one pattern a line; as people write)

import re
from collections.abc import Iterator

__all__ = ["shapes"]

_SEEN = {
    "#fence": r"```",
    "#brackets": r"[{}();] ?(?:\n|$)|=>|\) ?: ?$|</\w{1,20}>|::\w|-> ?\w",
    "#call": r"\b[a-z_][\w.]{1,40}\([^()\n]{0,60}\)",
    "#snake": r"\b[a-z]{1,30}_[a-z_]{1,30}\b",
    "#camel": r"\b[a-z]{1,30}[A-Z][a-z]{1,30}",
    "#file": r"\b[\w-]{1,60}\.(?:py|js|jsx|ts|tsx|go|rs|java|kt|c|h|cpp|cs|rb|php|sql|sh|ya?ml|json|toml|"
    r"md|html|css|vue|swift|lock|log|ini|cfg)\b",
    "#path": r"(?:^|\s)[~.]?/?(?:[\w.-]{1,40}/){2,}",
    "#trace": r"Traceback|Exception\b|\bat [\w.$]{1,80}\(|[a-z]Error\b|\berror\[|ERR!|panic:|fatal:",
    "#diff": r"^@@ |^[+-]{3} [ab]/|^[+-]\s{2,}\w",
    "#sql": r"\b(?:SELECT|INSERT|UPDATE|DELETE|JOIN|WHERE|FROM)\b",
    "#tag": r"</?[a-z]\w{0,20}[^<>\n]{0,80}>",
    "#url": r"https?://|\bwww\.",
    "#mustache": r"\{\{\w{1,40}\}\}",
    "#stage": r"\*[^*\n]{3,200}\*|（[^）\n]{3,60}）",
    "#said": r"^[ \t]?[\"“«—「]",
    "#quoted": r"[\"“«「][^\"”»」\n]{3,300}[\"”»」]",
    "#formula": r"\b\w\s?\^\s?\d|\bd[xy]\b|[→∫√≤≥∑]|->|\\frac|\b\d{0,6}x ?[+=-]",
    "#chemistry": r"\b(?:[A-Z][a-z]?\d{0,3}){2,12} ?(?:\+|->|→)",
    "#unit": r"\b\d{1,9}(?:[.,]\d{1,6})?\s?(?:kg|km|cm|m/s|mol|g|л|кг|м/с|м|mL|ml|°|N|J|Hz)\b",
    "#dose": r"\b\d{1,9}(?:[.,]\d{1,6})?\s?(?:mg|мг|mcg|kcal|ккал|毫克)\b",
    "#money": r"[$€£¥₽]\s?\d|\d\s?(?:€|\$|₽|руб|euros?|pesos|元|万|тыс|млн|USD)|\d%",
    "#question": r"[?？¿]",
    "#exclaimed": r"[!！]",
    "#year": r"\b(?:1[5-9]|20)\d\d\b",
    "#listed": r"^[ \t]?(?:\d{1,3}[.)]|[-*•])\s",
    "#json": r"\{\s?\"\w{1,40}\"\s?:",
}
_PATTERNS = {name: re.compile(pattern, re.MULTILINE) for name, pattern in _SEEN.items()}
_NEEDED = {  # a sign without which the pattern cannot be there: quicker to look for
    "#fence": "`",
    "#call": "(",
    "#snake": "_",
    "#file": ".",
    "#path": "/",
    "#tag": "<",
    "#mustache": "{{",
    "#json": "{",
}
_LENGTHS = (6, 12, 25, 50, 90, 160, 320, 700, 1400)
_SCRIPTS = {
    "latin": re.compile(r"[A-Za-z]{3,}"),
    "cyrillic": re.compile(r"[а-яё]{3,}", re.IGNORECASE),
    "han": re.compile(r"[一-鿿]{2,}"),
    "kana": re.compile(r"[ぁ-ヿ]{2,}"),
    "hangul": re.compile(r"[가-힯]{2,}"),
    "accented": re.compile(r"[äöüßàèêçãõøå]"),
}


def shapes(text: str) -> Iterator[str]:
    """Names of what is there; each begins with #."""
    for name, pattern in _PATTERNS.items():
        if _NEEDED.get(name, "") in text and pattern.search(text):
            yield name
    yield f"#length{sum(len(text) > border for border in _LENGTHS)}"
    yield f"#lines{min(text.count(chr(10)), 6)}"
    scripts = [name for name, pattern in _SCRIPTS.items() if pattern.search(text)]
    if len(scripts) > 1:
        yield "#scripts:" + "+".join(scripts)
        yield "#scripts"
