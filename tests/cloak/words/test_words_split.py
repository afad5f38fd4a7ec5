"""Whatever the pieces an answer comes in, the same is shown; and little is held back."""

# ruff: noqa: RUF001 (as it is written)

import time
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from cloak.words.words_kit import (
    FINDS,
    LABS,
    PLAIN,
    WATCH,
    filtered,
    pieces_of,
    plain_phrase,
)
from darkhorse.catalog.makers import Maker
from darkhorse.cloak.words.scanner import MOST_HELD
from darkhorse.cloak.words.verdict import Frames
from darkhorse.cloak.words.watch import Watch


def _whimsical(before: str, kind: str, after: str, *, ended: bool) -> str:
    """Any answer, but the same for the same words: no luck with what is asked when."""
    choice = zlib.crc32(f"{before}|{kind}|{after}|{ended}".encode()) % (2 if ended else 4)
    return ("yes", "no", "open", "open")[choice]


def _phrase(kind: str, before: str, after: str) -> str:
    return f"[{kind} {zlib.crc32(f'{before}|{after}'.encode()) % 1000}]"


WHIMSICAL = Watch(LABS, Frames(_whimsical, _phrase, PLAIN.asks_who, PLAIN.asks_whether))

FRAGMENTS = [
    *"abcdefghilmnoptuxzGLMZA0135 -._*`\n\t,.!?'\"{}[]:\\/()",
    *"\u200b\u00ad\ufeff\u0301àéОріиЯ智谱。，かメタルجوجلـ𝗭Ｇ😀—’“",
    *("GLM", "Open", "AI", "Zhipu", "-5", ".2", " Air", "Claude", " Opus", "GPT", "4o", "-mini"),
    *(
        "I am ",
        "made by ",
        " made me",
        ". ",
        "Мета",
        "Яндекс",
        "ом ",
        "yes",
        "No, ",
        "是的",
        " Inc",
    ),
    *(
        "meta",
        "Deep",
        "Seek",
        "-V3",
        "x",
        "ai",
        "G L M",
        " version ",
        "智谱AI",
        "بال",
        "\\u00",
        "\\",
    ),
]
texts = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)
ascii_only = texts.map(lambda text: text.encode("ascii", "ignore").decode())
wilder = st.one_of(
    ascii_only,
    texts,
    st.text(max_size=60),
    st.builds(lambda a, b, c: a + b + c, texts, st.text(max_size=9), texts),
)
cuts = st.lists(st.integers(0, 200), max_size=12)
parts = st.sampled_from(["text", "reasoning", "arguments"])
asked = st.sampled_from(["", "who are you", "are you GLM, and who"])


@settings(max_examples=400, deadline=None)
@given(text=wilder, cuts=cuts, part=parts, asked=asked)
def test_the_cut_does_not_matter(text, cuts, part, asked):
    how = {"watch": WHIMSICAL, "part": part, "asked": asked}
    whole = filtered([text], **how)
    assert filtered(pieces_of(text, cuts), **how) == whole
    assert filtered(text, **how) == whole


@settings(max_examples=200, deadline=None)
@given(text=wilder, part=parts)
def test_what_names_nobody_stays_as_it_was(text, part):
    watch = Watch(LABS, Frames(lambda *_, ended: "no", plain_phrase, *PLAIN[2:]))
    assert filtered(text, watch=watch, part=part) == (text, [])


FLOODS = [
    "Z" + "\u200b" * 3000 + "hipu AI",
    "Z " * 2000,
    "GLM" + "-5" * 2000,
    "GLM" + " 5" * 2000,
    "OpenAI " + "and so on " * 400,
    "OpenAI" + "x" * 3000,
    "OpenAI " + "\u200b" * 3000,
    "OpenAI, " * 500,
    "Open " * 1000,
    "*" * 3000 + "GLM",
    " " * 3000,
    "G" + "*" * 3000,
    "c l a u d " * 300,
    "Yes" * 500,
    "((((((((((" * 100,
    "جوج" * 400,
    "智" * 1000,
    '{"a": "' + "\\u200b" * 800 + "OpenAI " + "\\ud83d" * 800,
    "[" * 1000 + "OpenAI",
]


def test_never_is_much_held_back():
    open_till_the_end = Frames(
        lambda *_, ended: "no" if ended else "open", plain_phrase, *PLAIN[2:]
    )
    for watch in (WATCH, FINDS, Watch(LABS, open_till_the_end)):
        for flood in FLOODS:
            for part in ("text", "arguments"):
                _check_hold(watch, flood, part)


def _check_hold(watch, flood, part):
    filter_ = watch.filter(part, lambda: "are you GLM, and who")
    shown = 0
    is_json = flood[0] in "{[" or part == "arguments"
    most = 6 * MOST_HELD + 12 if is_json else MOST_HELD  # an escape is up to six characters
    for fed, character in enumerate(flood, 1):
        shown += len(filter_.feed(character))
        replaced = sum(len(each.said) - len(each.shown) for each in filter_.withheld)
        assert fed - shown - replaced <= most, flood[:40]
    assert MOST_HELD <= 400


def test_what_is_not_near_a_name_goes_on_at_once():
    filter_ = WATCH.filter("text", lambda: "")
    for word in [
        "Many",
        "quick",
        "brown",
        "fox",
        "jumps",
        "over",
        "the",
        "lazy",
        "dog,",
        "again.",
        "",
    ]:
        assert filter_.feed(word + " ") == word + " "


LONG = [
    "x" * 50_000,
    "a " * 25_000,
    "o0" * 25_000,
    "i1l" * 15_000,
    "\u200b" * 50_000,
    "智" * 20_000,
]


def test_repeated_characters_cost_no_more_than_others():
    """With the clock of the process: an endless or a square cost would be seconds, not tenths."""
    for watch in (WATCH, Watch((), PLAIN), Watch([Maker("智谱")], PLAIN)):
        for text in LONG:
            begun = time.process_time()
            assert filtered([text], watch=watch)[0] == text
            assert filtered(pieces_of(text, range(0, len(text), 8)), watch=watch)[0] == text
            assert time.process_time() - begun < 5
