"""In which language is a text? Its script says so, or its most frequent words do.

Code, names and numbers alone are no language. Languages beyond the lists are taken for none of
them, or for the nearest: what is learnt from two words is not worth more.
"""

# ruff: noqa: RUF001 (as it is written)

import re
from functools import cache
from importlib import resources

from darkhorse.analytics.topics.features import view

__all__ = ["language_of"]

_QUOTED = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|</?\w[^<>\n]*>|\{\{?[^{}\n]*\}\}?", re.DOTALL)
_RUN = re.compile(r"[!-~]+")
_IS_CODE = re.compile(r"\w\.\w|[\w)\]]\(|[_/\\=<>{}@#$|;&^]|::|[a-z][A-Z]|\d[A-Za-z]|[A-Za-z]\d")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SCRIPTS = {
    "ja": r"぀-ヿ",
    "ko": r"가-힯ᄀ-ᇿ",
    "zh": r"㐀-鿿",
    "ru": r"Ѐ-ӿ",
    "el": r"Ͱ-Ͽἀ-῿",
    "he": r"֐-׿",
    "ar": r"؀-ۿݐ-ݿ",
    "hi": r"ऀ-ॿ",
    "bn": r"ঀ-৿",
    "pa": r"਀-੿",
    "gu": r"઀-૿",
    "ta": r"஀-௿",
    "te": r"ఀ-౿",
    "kn": r"ಀ-೿",
    "ml": r"ഀ-ൿ",
    "th": r"฀-๿",
    "lo": r"຀-໿",
    "my": r"က-႟",
    "ka": r"Ⴀ-ჿ",
    "hy": r"԰-֏",
    "km": r"ក-៿",
    "am": r"ሀ-፿",
    "": r"A-Za-zÀ-ɏḀ-ỿ",
}
_IN_SCRIPT = {code: re.compile(f"[{signs}]") for code, signs in _SCRIPTS.items()}
_WEIGHT = {"zh": 3.0, "ja": 3.0, "ko": 2.0}  # one sign says more than one letter
_OWN = {  # letters that only some of the languages of a script have
    "uk": re.compile(r"[іїєґ]"),
    "be": re.compile(r"ў"),
    "kk": re.compile(r"[әғқңөұүһ]"),
    "sr": re.compile(r"[ђћџљњј]"),
    "bg": re.compile(r"ъ(?=[^еёюя\W])|\b(?:как|какво|защо) (?:е|се|да|си)\b"),
    "fa": re.compile(r"[پچژگ]|ی|ک"),
    "ur": re.compile(r"[ٹڈڑےں]"),
}
_AMONG = {"ru": ("be", "uk", "kk", "sr", "bg"), "ar": ("ur", "fa")}
_LETTERS = {  # a letter of its own counts for as much as a frequent word
    "de": "ß",
    "es": "ñ¿¡",
    "pt": "ãõ",
    "pl": "łąęśżźćń",
    "cs": "ěřů",
    "tr": "ğış",
    "vi": "ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ",
    "ro": "șțăşţ",
    "hu": "őű",
    "da": "æø",
    "no": "æø",
    "fr": "œ",
    "sk": "ľĺŕ",
    "ca": "·",
}
_ENDINGS = {
    "en": ("ing", "tion", "ness", "ght", "ould"),
    "es": ("ción", "ciones", "dad", "ando", "iendo", "ándome", "ito", "illa"),
    "pt": ("ção", "ções", "ões", "dade", "inho", "agem"),
    "de": ("ung", "keit", "heit", "lich", "schaft", "chen"),
    "fr": ("eux", "ement", "aient", "ique", "eau"),
    "it": ("zione", "zioni", "mento", "ità", "ando", "issimo"),
    "pl": ("ość", "ego", "anie", "ować"),
    "tr": ("lar", "ler", "iyor", "ıyor", "dır"),
    "fi": ("ssa", "ssä", "sta", "nen", "ista"),
    "hu": ("ban", "ben", "nak", "nek", "ság"),
}
_COMMON = {"en": 0.9, "es": 0.8, "de": 0.6, "fr": 0.6, "pt": 0.5, "it": 0.5}  # breaks a near tie
_ENOUGH = 0.12  # of the words must be frequent ones


def language_of(text: str) -> str:
    """ISO 639-1, or empty where there is no prose or none that is known."""
    prose = _RUN.sub(_without_code, _QUOTED.sub(" ", view(text))).lower()
    counts = {
        code: len(letters.findall(prose)) * _WEIGHT.get(code, 1.0)
        for code, letters in _IN_SCRIPT.items()
    }
    script = max(counts, key=counts.__getitem__)
    if not counts[script]:
        return ""
    if script in {"zh", "ja"}:  # Japanese is written with both
        return "ja" if counts["ja"] * 5 > counts["zh"] else "zh"
    if not script:
        return _by_words(prose)
    return next((code for code in _AMONG.get(script, ()) if _OWN[code].search(prose)), script)


def _without_code(run: re.Match[str]) -> str:
    return " " if _IS_CODE.search(run[0]) else run[0]


@cache
def _frequent() -> dict[str, tuple[str, ...]]:
    """Word → languages in which it is frequent."""
    file = resources.files("darkhorse.analytics.topics") / "frequent.txt"
    found: dict[str, tuple[str, ...]] = {}
    for line in file.read_text("utf-8").splitlines():
        code, _, words = line.partition(": ")
        for word in set(words.split()):
            found[word] = (*found.get(word, ()), code)
    return found


def _by_words(prose: str) -> str:
    words = [word.replace("’", "'") for word in _WORDS.findall(prose)]
    scores: dict[str, float] = {}
    for word in words:
        codes = _frequent().get(word, ())
        for code in codes:
            scores[code] = scores.get(code, 0) + 1 + 1 / len(codes)
    for code, ends in _ENDINGS.items():
        scores[code] = scores.get(code, 0) + 0.6 * sum(word.endswith(ends) for word in words)
    for code, letters in _LETTERS.items():
        seen = sum(map(prose.count, letters))
        scores[code] = scores.get(code, 0) + min(seen, len(words))
    best = max(scores, key=lambda code: scores[code] + _COMMON.get(code, 0))
    return best if scores[best] > _ENOUGH * len(words) else ""
