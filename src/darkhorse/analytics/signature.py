"""What a failure says, without what is of this one alone: a thousand of one cause say the same.

Private: it is made of what an endpoint said. Pure.
"""

import json
import re

from darkhorse.storage.records import Attempt, EndRecord

__all__ = ["LONGEST", "signature", "without_particulars"]

LONGEST = 120
"""Characters of one."""
_LOOKED_AT = 2000  # characters of what was said

_MESSAGE = re.compile(
    r"""["'](?:message|detail|error|error_message|msg)["']\s*:\s*(?:"((?:[^"\\]|\\.){1,600})|'((?:[^'\\]|\\.){1,600}))"""
)
_TAG = re.compile(r"<[!/]?[a-z][^<>]{0,200}>", re.IGNORECASE)
_PARTICULARS = (
    (re.compile(r"\b[a-z][a-z0-9+.-]{1,12}://[^\s\"'<>)\]}]+", re.IGNORECASE), "<url>"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+"), "<address>"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?)?"), "<time>"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b|\[[0-9a-f:]{3,40}\](?::\d+)?"), "<host>"),
    (re.compile(r'"[^"\n]{1,300}"?|`[^`\n]{1,300}`|“[^”\n]{1,300}”|«[^»\n]{1,300}»'), "…"),
    (re.compile(r"(?<!\w)'[^'\n]{1,300}'(?!\w)"), "…"),
    (re.compile(r"(?<!\w)/(?:[\w.@%+-]+/)+[\w.@%+-]*"), "<path>"),
    (re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[\w-]*\d[\w-]*\d[\w-]*(?<=[\w-]{10})"), "<id>"),
    (re.compile(r"\b(?:0x)?[0-9a-f]*\d[0-9a-f]*(?<=[0-9a-f]{8})\b", re.IGNORECASE), "<id>"),
    (re.compile(r"\b[A-Za-z]{1,12}[_-](?=\w*\d)\w{6,}"), "<id>"),
    (re.compile(r"(?<![A-Za-z])[-+]?\d[\d.,:]*(?<![.,:])"), "N"),
)


def signature(end: EndRecord) -> str:
    """Of a generation that failed or was interrupted; "" of any other.

    The kind of its last attempt's fault and the status behind it, then what was said.
    """
    if end.outcome == "interrupted":
        return "interrupted"
    if end.outcome != "failed":
        return ""
    last = end.attempts[-1] if end.attempts else None
    if last is None:
        return f"no attempt, {end.status}"
    said = without_particulars(_message(last))
    head = _head(last)
    return (f"{head}: {said}" if said else head)[:LONGEST].rstrip()


def _head(last: Attempt) -> str:
    return f"{last.outcome} {last.status}" if last.status else last.outcome


def _message(attempt: Attempt) -> str:
    """What was said, of JSON the message; a broken promise is told without the answer."""
    said = attempt.detail[:_LOOKED_AT]
    if attempt.outcome == "broken_promise":
        return ": ".join(said.split(": ")[:2])
    if found := _MESSAGE.search(said):
        return _unescaped(found[1] or found[2])
    return _TAG.sub(" ", said)


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def without_particulars(text: str) -> str:
    """Quotations, addresses, paths, ids, times and numbers replaced; one line, small letters."""
    plain = text[:_LOOKED_AT]
    for pattern, stand_in in _PARTICULARS:
        plain = pattern.sub(stand_in, plain)
    line = " ".join(plain.lower().split())
    return "".join(each for each in line if each.isprintable()).strip(" .:")
