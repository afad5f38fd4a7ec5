"""What was used, for whoever manages the server: credits, and activity day by day."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

from darkhorse.accounts.desk import KeyDesk, is_expired
from darkhorse.accounts.subjects import effective
from darkhorse.api.operation import Ask, Operation
from darkhorse.base.clock import Clock
from darkhorse.base.errors import InvalidRequest
from darkhorse.catalog.limits import LimitSettings
from darkhorse.storage.accounting import AccountFacts, ActivityRow

__all__ = ["account_operations", "today"]

_MILLION = 1_000_000
_DAYS = 30

Day = date
"""Its name, where a field is called `date`."""


class Credits(Struct, frozen=True):
    """US dollars. Nothing is prepaid: what was used, and what keys with a limit still may."""

    total_credits: float
    total_usage: float


class CreditsAnswer(Struct, frozen=True):
    """The whole server's."""

    data: Credits


class ActivityQuery(Struct, frozen=True):
    """Which day, and whose."""

    date: Annotated[Day | None, Meta(description="One of the last 30 completed UTC days.")] = None
    api_key_hash: Annotated[str | None, Meta(description="Of this key only.")] = None
    user_id: Annotated[str | None, Meta(description="Changes nothing: there are no members.")] = (
        None
    )
    group_by: Literal["workspace"] | None = None
    workspace_id: Annotated[str | None, Meta(description="Changes nothing: there is one.")] = None


class Activity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One listing's UTC day, in public tokens and US dollars."""

    date: str
    model: str
    model_permaslug: str
    endpoint_id: str
    provider_name: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    cached_tokens: int
    usage: float
    byok_usage_inference: float
    workspace_id: str | None = None


class ActivityAnswer(Struct, frozen=True):
    """Newest day first."""

    data: tuple[Activity, ...]


def today(clock: Clock) -> date:
    """By UTC."""
    return datetime.fromtimestamp(clock.now_us() / _MILLION, UTC).date()


def account_operations(
    desk: KeyDesk, facts: AccountFacts, settings: LimitSettings, clock: Clock
) -> list[Operation]:
    """`settings` are the server's limits on every key."""
    account = _Account(desk, facts, settings, clock)
    return [
        Operation(
            id="getCredits",
            method="GET",
            path="/credits",
            summary="Show what was used and what may still be",
            tag="Credits",
            access="management",
            answer=CreditsAnswer,
            handler=account.credits,
        ),
        Operation(
            id="getUserActivity",
            method="GET",
            path="/activity",
            summary="Show the last 30 completed UTC days, by listing",
            tag="Analytics",
            access="management",
            query=ActivityQuery,
            answer=ActivityAnswer,
            handler=account.activity,
        ),
    ]


class _Account:
    """The handlers."""

    def __init__(
        self, desk: KeyDesk, facts: AccountFacts, settings: LimitSettings, clock: Clock
    ) -> None:
        self._desk = desk
        self._facts = facts
        self._settings = settings
        self._clock = clock

    async def credits(self, _: Ask) -> CreditsAnswer:
        spent, left = await asyncio.to_thread(self._spent_and_left)
        return CreditsAnswer(Credits((spent + left) / _MILLION, spent / _MILLION))

    def _spent_and_left(self) -> tuple[int, int]:
        """Millionths of a dollar."""
        now_us = self._clock.now_us()
        limited = {
            key.hash: int(spend * _MILLION)
            for key in self._desk.all()
            if (spend := effective(key.limits, self._settings.key).spend_usd) is not None
            and not key.disabled
            and not is_expired(key, now_us)
        }
        used = self._facts.key_use([*limited], now_us)
        left = sum(max(0, most - used[key].total.micro_usd) for key, most in limited.items())
        return self._facts.spent_micro_usd(), left

    async def activity(self, ask: Ask) -> ActivityAnswer:
        query: ActivityQuery = ask.query
        last = today(self._clock) - timedelta(days=1)
        first = last - timedelta(days=_DAYS - 1)
        if query.date is not None:
            if not first <= query.date <= last:
                raise InvalidRequest(
                    f"In the query: a day from {first} to {last} is wanted - at `date`."
                )
            first = last = query.date
        rows = await asyncio.to_thread(self._facts.activity, first, last, query.api_key_hash)
        workspace = "default" if query.group_by else None
        return ActivityAnswer(tuple(_activity(row, workspace) for row in rows))


def _activity(row: ActivityRow, workspace: str | None) -> Activity:
    return Activity(
        date=row.day.isoformat(),
        model=row.listing,
        model_permaslug=row.listing,
        endpoint_id=row.listing,
        provider_name="Stealth",
        requests=row.requests,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        reasoning_tokens=row.reasoning_tokens,
        cached_tokens=0,
        usage=row.micro_usd / _MILLION,
        byok_usage_inference=0.0,
        workspace_id=workspace,
    )
