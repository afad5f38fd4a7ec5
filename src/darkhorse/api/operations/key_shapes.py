"""How a key is shown and asked for: OpenRouter's shapes over our records."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, structs

from darkhorse.accounts.desk import SHORT
from darkhorse.accounts.subjects import effective
from darkhorse.base.errors import InvalidRequest
from darkhorse.catalog.limits import Limits, LimitSettings
from darkhorse.catalog.listing import LAST_US
from darkhorse.storage.accounting import KeyUse
from darkhorse.storage.ports import KeyRecord

__all__ = [
    "CreateKey",
    "CurrentKey",
    "KeyData",
    "UpdateKey",
    "current_key",
    "expiry_us",
    "key_data",
    "limited",
]

_MILLION = 1_000_000
_ENDLESS = 1_000_000_000
"""What stands for "no limit" where OpenRouter's clients want a number."""

Amount = Annotated[float, Meta(ge=0, le=1_000_000_000, description="US dollars in all.")]
Reset = Annotated[
    Literal["daily", "weekly", "monthly"] | None,
    Meta(
        description="Limits on this server do not start anew.",
        extra_json_schema={"enum": [None]},
    ),
]
_STEERS = "\\x00-\\x1f\\x7f-\\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
"""What must be in no name: it would break a line, or turn the direction of the rest of it."""

Name = Annotated[str, Meta(max_length=200, pattern=f"^(?!\\s+\\Z)[^{_STEERS}]*\\Z")]


class CreateKey(Struct, frozen=True, kw_only=True):
    """A new key. Bring-your-own-key, workspaces and members are not known here."""

    name: Annotated[Name, Meta(min_length=1)]
    limit: Amount | None = None
    limit_reset: Reset = None
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
    include_byok_in_limit: bool = False


class UpdateKey(Struct, frozen=True, kw_only=True):
    """What is left out stays as it is; `limit` null takes the limit away."""

    name: Name | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
    limit: Amount | UnsetType | None = UNSET
    limit_reset: Reset | UnsetType = UNSET
    include_byok_in_limit: bool | UnsetType = UNSET


class _Used(Struct, frozen=True, kw_only=True):
    """US dollars. A day is a UTC day, a week begins on Monday."""

    limit: float | None
    limit_remaining: float | None
    limit_reset: str | None = None
    include_byok_in_limit: bool = False
    usage: float
    usage_daily: float
    usage_weekly: float
    usage_monthly: float
    byok_usage: float = 0
    byok_usage_daily: float = 0
    byok_usage_weekly: float = 0
    byok_usage_monthly: float = 0


class KeyData(_Used, frozen=True, kw_only=True):
    """A key as the operator sees it; `label` names it even where it has no name."""

    hash: str
    name: str
    label: str
    disabled: bool
    is_management_key: bool
    created_at: str
    updated_at: str | None
    last_used_at: str | None
    expires_at: str | None
    creator_user_id: str | None = None
    external_user: str | None = None
    workspace_id: str = "default"


class DailyRequests(Struct, frozen=True):
    """Requests of a UTC day; a billion stands for no limit."""

    limit: int
    used: int
    remaining: int


class RateLimit(Struct, frozen=True, kw_only=True):
    """-1: no limit."""

    requests: int
    interval: str = "1m"
    note: str = "Deprecated; X-RateLimit-* headers say what is left."


class CurrentKey(_Used, frozen=True, kw_only=True):
    """The calling key."""

    label: str
    expires_at: str | None
    is_free_tier: bool = False
    is_management_key: bool
    is_provisioning_key: bool
    free_model_daily_requests: DailyRequests
    rate_limit: RateLimit
    budgets: tuple[dict[str, Any], ...] = ()
    effective_budget: dict[str, Any] | None = None
    allowed_data_regions: tuple[str, ...] = ("global",)
    organization_id: str | None = None
    workspace_id: str | None = None
    creator_user_id: str | None = None


def key_data(record: KeyRecord, use: KeyUse, settings: LimitSettings) -> KeyData:
    """`settings` are the server's limits on every key: what the key is held to is shown."""
    return KeyData(
        hash=record.hash,
        name=record.label,
        label=_label(record),
        disabled=record.disabled,
        is_management_key=record.kind == "management",
        created_at=_iso(record.created_us) or "",
        updated_at=_iso(record.updated_us),
        last_used_at=_iso(use.last_used_us),
        expires_at=_iso(record.expires_us),
        **_used(effective(record.limits, settings.key), use),
    )


def current_key(record: KeyRecord, use: KeyUse, settings: LimitSettings) -> CurrentKey:
    """`settings` are the server's limits on every key."""
    manages = record.kind == "management"
    limits = effective(record.limits, settings.key)
    a_day = limits.requests_per_day or _ENDLESS
    used = use.today.requests
    return CurrentKey(
        label=_label(record),
        expires_at=_iso(record.expires_us),
        is_management_key=manages,
        is_provisioning_key=manages,
        free_model_daily_requests=DailyRequests(a_day, used, max(0, a_day - used)),
        rate_limit=RateLimit(requests=limits.requests_per_minute or -1),
        **_used(limits, use),
    )


def expiry_us(body: CreateKey) -> int | None:
    """Microseconds since the epoch. Raises InvalidRequest for a year that no clock here knows."""
    if body.expires_at is None:
        return None
    at_us = round(body.expires_at.timestamp() * _MILLION)
    if at_us >= LAST_US:
        raise InvalidRequest("In the body: a year before 9999 is wanted - at `expires_at`.")
    return at_us


def limited(limits: Limits, limit: float | UnsetType | None, reset: object) -> Limits:
    """The limits with that limit on spending. Raises InvalidRequest where it should reset."""
    if isinstance(reset, str):
        raise InvalidRequest(
            "Limits on this server do not start anew; leave `limit_reset` out, and raise `limit` "
            "when it is due."
        )
    if isinstance(limit, UnsetType):
        return limits
    spend = None if limit is None else Decimal(str(limit))
    return structs.replace(limits, spend_usd=spend)


def _used(limits: Limits, use: KeyUse) -> dict[str, Any]:
    total = use.total.micro_usd
    spend = limits.spend_usd
    left = None if spend is None else max(0.0, float(spend - Decimal(total) / _MILLION))
    return {
        "limit": None if spend is None else float(spend),
        "limit_remaining": left,
        "usage": total / _MILLION,
        "usage_daily": use.today.micro_usd / _MILLION,
        "usage_weekly": use.week.micro_usd / _MILLION,
        "usage_monthly": use.month.micro_usd / _MILLION,
    }


def _label(record: KeyRecord) -> str:
    return record.label or record.hash[:SHORT]


def _iso(at_us: int | None) -> str | None:
    if at_us is None:
        return None
    at = datetime.fromtimestamp(at_us / _MILLION, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
