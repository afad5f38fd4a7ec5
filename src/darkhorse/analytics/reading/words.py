"""A user's own words, taken out of what a coding agent or an editor wraps around them. Pure.

Agents put reminders, the state of an editor and results of tools into messages of the user's. Such
wrappers are known by the names of their tags; any other tag is the user's own. Linear in the text.
"""

import re
from collections.abc import Iterable

__all__ = ["own_words", "preview"]

_AROUND = frozenset(
    {
        *("additional_data", "attached_files", "available_skills", "command-message"),
        *("command-name", "current_file", "editorContext", "environment_context"),
        *("environment_details", "environment_info", "git_status", "ide_diagnostics"),
        *("ide_opened_file", "ide_selection", "INSTRUCTIONS", "local-command-caveat"),
        *("local-command-stderr", "local-command-stdout", "open_and_recently_viewed_files"),
        *("project_layout", "reminderInstructions", "system-reminder", "system_reminder"),
        *("user_info", "user_instructions", "workspace_info"),
    }
)
"""Nothing inside is the user's."""
_QUERY = frozenset({"user_query", "userRequest"})
"""Where there is one, all else is not the user's."""
_REPLY = frozenset({"answer", "feedback", "user_message"})
"""What the user said in a message that is a tool's result otherwise."""
_LEADING = frozenset({"task", "command-args", *_REPLY})
"""Only the tags go."""

_TAG = re.compile(r"<([A-Za-z][\w-]{2,40})(?: [^<>]{0,200})?>")
_RESULT = re.compile(
    r"\[[\w.-]{1,60}(?: for [^\n]{0,400})?\] Result:|OBSERVATION:|Observation:"
    r"|EXECUTION RESULT of \["
    r"|\[ERROR\] You did not use a tool|<returncode>|<output>|<function_results>|<tool_response>"
)
_HEADING = re.compile(r"# AGENTS\.md instructions for [^\n]{0,400}\n?")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{512,}={0,2}")  # base64 inside a text
_LONG = 512
_JOINERS = "\u200c\u200d"  # of Persian letters, and of emoji
_SHOWN, _LOOKED_AT = 160, 4000  # characters


def own_words(text: str) -> str:
    """What of a user's message the user wrote; "" where that is nothing."""
    if len(text) >= _LONG:
        text = _ENCODED.sub(" ", text)
    if "<" in text:
        text = _without(text, _AROUND)
        if queries := "\n".join(_inside(text, _QUERY)):
            return queries
    text = _HEADING.sub("", text, count=1).strip()
    if _RESULT.match(text):
        return "\n".join(_inside(text, _REPLY))
    return _unwrapped(text)


def _without(text: str, names: frozenset[str]) -> str:
    """The text without these elements. One that is never closed is no wrapper."""
    kept, done = [], 0
    for start, _, _, end in _elements(text, names):
        kept.append(text[done:start])
        done = end
    return "".join([*kept, text[done:]]) if kept else text


def _inside(text: str, names: frozenset[str]) -> Iterable[str]:
    for _, first, last, _ in _elements(text, names):
        if found := text[first:last].strip():
            yield found


def _elements(text: str, names: frozenset[str]) -> Iterable[tuple[int, int, int, int]]:
    """Of each: where it begins, its inside begins, its inside ends, it ends. Not one in another."""
    at, unclosed = 0, set()
    while tag := _TAG.search(text, at):
        at = tag.end()
        if tag[1] not in names or tag[1] in unclosed:
            continue
        closing = f"</{tag[1]}>"
        last = text.find(closing, at)
        if last < 0:
            unclosed.add(tag[1])
            continue
        yield tag.start(), at, last, last + len(closing)
        at = last + len(closing)


def _unwrapped(text: str) -> str:
    tag = _TAG.match(text)
    if tag is None or tag[1] not in _LEADING:
        return text
    inner, _, rest = text[tag.end() :].partition(f"</{tag[1]}>")
    return f"{inner.strip()}\n{rest.strip()}".strip()


def preview(text: str) -> str:
    """Its beginning in one line of at most 160 characters, as it came but for what cannot be seen.

    Left out are control characters, halves of surrogate pairs and marks that turn the direction of
    what stands around them.
    """
    line = " ".join(text[:_LOOKED_AT].split())
    shown = (each for each in line[: _SHOWN * 4] if each.isprintable() or each in _JOINERS)
    return "".join(shown)[:_SHOWN].strip()
