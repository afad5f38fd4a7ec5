"""What pages and reports call categories and languages."""

from collections.abc import Callable, Mapping
from typing import Final

__all__ = ["UNTOLD", "called", "category_name", "in_words", "language"]

UNTOLD = "not told"
"""A category or a language that is not known."""

_CATEGORIES: Final[Mapping[str, str]] = {
    "marketing/seo": "Marketing: SEO",
    "identity": "The model itself",
    "general": "General",
}

_LANGUAGES: Final[Mapping[str, str]] = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


def category_name(category: str) -> str:
    """`Marketing: SEO` for `marketing/seo`."""
    return _CATEGORIES.get(category) or category.replace("/", ": ").capitalize()


def language(code: str) -> str:
    """Its name; the code where we know none."""
    return _LANGUAGES.get(code, code) if code else UNTOLD


def called(name: str, facet: str) -> str:
    """What a value of a facet (`storage.traits.Facet`) is called; of most, the value itself."""
    say = _SAY.get(facet)
    return say(name) if say and name != UNTOLD else name


def in_words(category: str) -> str:
    """Its name inside a sentence."""
    name = category_name(category)
    return name[:1].lower() + name[1:]


_SAY: Final[Mapping[str, Callable[[str], str]]] = {"category": category_name, "language": language}
