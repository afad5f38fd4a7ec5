"""Keys as pages show them, and what their forms say."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec import Struct, structs

from darkhorse.accounts.desk import SHORT, is_expired
from darkhorse.base.errors import ConfigError
from darkhorse.catalog.limits import Limits, short_limits
from darkhorse.storage.accounting import NOTHING_USED, KeyUse
from darkhorse.storage.ports import KeyKind, KeyRecord
from darkhorse.web.desk.forms import moment_us
from darkhorse.web.desk.upkeep.turning import Turn
from darkhorse.web.views.moments import Moment, minute

__all__ = [
    "LIMITS",
    "KeyRow",
    "KeysPage",
    "chosen",
    "given_limits",
    "key_row",
    "keys_page",
    "kind_of",
    "limits_of",
    "when_of",
]

LIMITS = {
    "requests_per_minute": "Requests in any minute",
    "requests_per_day": "Requests in a UTC day",
    "tokens_per_minute": "Tokens in any minute",
    "concurrent": "At once",
    "spend_usd": "US dollars in all",
}
_MOST = 10**12


class KeyRow(Struct, frozen=True, kw_only=True):
    """A key, and what it used. `label` is somebody's text."""

    hash: str
    short: str
    label: str
    kind: KeyKind
    state: str
    badge: str
    created: Moment
    expires: Moment | None
    used: Moment | None
    limits: str
    today: int
    month: int
    month_tokens: int
    is_disabled: bool


class KeysPage(Struct, frozen=True, kw_only=True):
    """The list. `given`: what the form to make one had, where it comes back."""

    rows: tuple[KeyRow, ...]
    turn: Turn
    asked: str
    given: Mapping[str, str]
    problem: str = ""


def keys_page(
    records: Sequence[KeyRecord],
    uses: Mapping[str, KeyUse],
    now_us: int,
    turn: Turn,
    *,
    asked: str = "",
    given: Mapping[str, str] | None = None,
    problem: str = "",
) -> KeysPage:
    """`records`: those that are shown, with their `uses`; `turn`: where they stand."""
    rows = tuple(key_row(each, uses.get(each.hash, NOTHING_USED), now_us) for each in records)
    names = ("label", "kind", "expires", *LIMITS)
    kept = {name: (given or {}).get(name, "")[:300] for name in names}
    return KeysPage(rows=rows, turn=turn, asked=asked[:200], given=kept, problem=problem)


def chosen(records: Sequence[KeyRecord], asked: str) -> list[KeyRecord]:
    """Those whose label or hash has it, newest first; `records` are oldest first."""
    words = asked.strip().casefold()
    return [
        each
        for each in reversed(records)
        if words in each.label.casefold() or each.hash.startswith(words)
    ]


def key_row(record: KeyRecord, use: KeyUse, now_us: int) -> KeyRow:
    """A line of the list, and the head of a key's own page."""
    state = "disabled" if record.disabled else "works"
    if is_expired(record, now_us):
        state = "expired"
    return KeyRow(
        hash=record.hash,
        short=record.hash[:SHORT],
        label=record.label,
        kind=record.kind,
        state=state,
        badge="good" if state == "works" else "bad",
        created=minute(record.created_us),
        expires=None if record.expires_us is None else minute(record.expires_us),
        used=None if use.last_used_us is None else minute(use.last_used_us),
        limits=short_limits(record.limits),
        today=use.today.requests,
        month=use.month.requests,
        month_tokens=use.month.prompt_tokens + use.month.completion_tokens,
        is_disabled=record.disabled,
    )


def given_limits(limits: Limits) -> dict[str, str]:
    """For the fields of a form."""
    values = structs.asdict(limits)
    return {name: "" if value is None else str(value) for name, value in values.items()}


def limits_of(fields: Mapping[str, str]) -> Limits:
    """What the form says; an empty field is no limit. Raises ConfigError."""
    values = {name: fields.get(name, "").strip() for name in LIMITS}
    counts = {name: _count(name, text) for name, text in values.items() if name != "spend_usd"}
    limits = Limits(**counts, spend_usd=_dollars(values["spend_usd"]))
    limits.check("limits")
    return limits


def _count(name: str, text: str) -> int | None:
    if not text:
        return None
    if re.fullmatch(r"[0-9]{1,13}", text) and 1 <= int(text) <= _MOST:
        return int(text)
    raise ConfigError(
        f"{LIMITS[name]}: give a whole number from 1 to {_MOST:,}, or leave it empty."
    )


def _dollars(text: str) -> Decimal | None:
    if not text:
        return None
    if re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,6})?", text):
        return Decimal(text)
    raise ConfigError("US dollars: give an amount like 12.50, or leave it empty.")


def when_of(text: str, now_us: int) -> int | None:
    """A moment to come, in UTC; None for an empty field: never. Raises ConfigError."""
    text = text.strip()
    return moment_us(text, now_us) if text else None


def kind_of(fields: Mapping[str, str]) -> KeyKind:
    """Raises ConfigError."""
    kind = fields.get("kind", "developer")
    if kind == "developer":
        return "developer"
    if kind == "management":
        return "management"
    raise ConfigError("A key is for a developer or for management; choose one.")
