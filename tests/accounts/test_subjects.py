"""Who is held to what."""

from darkhorse.accounts.subjects import Subject, who_asks
from darkhorse.catalog.limits import UNLIMITED, Limits, LimitSettings
from darkhorse.catalog.listing import Listing, ListingLimits
from darkhorse.storage.ports import KeyRecord


def whose(own=UNLIMITED, defaults=None, **on_listing):
    record = KeyRecord(hash="f" * 64, kind="developer", label="", created_us=0, limits=own)
    listing = Listing(
        slug="x/y", title="Y", context=9, max_output=9, limits=ListingLimits(**on_listing)
    )
    return who_asks(
        key=record, address="addr", listing=listing, defaults=defaults or LimitSettings()
    )


def test_five_subjects_are_counted_and_only_the_limited_are_held():
    n = [Limits(concurrent=number) for number in range(1, 6)]
    defaults = LimitSettings(address=n[1])
    who = whose(n[0], defaults, total=n[2], key=n[3], address=n[4])
    assert who.subjects == (
        Subject("key", "f" * 64),
        Subject("address", "addr"),
        Subject("listing", "x/y"),
        Subject("listing/key", "x/y " + "f" * 64),
        Subject("listing/address", "x/y addr"),
    )
    assert who.limited == tuple(zip(who.subjects, n, strict=True))
    assert whose().limited == whose(Limits(), LimitSettings(key=Limits())).limited == ()
    assert whose().subjects == who.subjects
    assert whose(total=n[0]).limited == ((Subject("listing", "x/y"), n[0]),)


def test_a_keys_own_limit_wins_over_the_default_field_by_field():
    own = Limits(concurrent=9, spend_usd=0)
    defaults = LimitSettings(key=Limits(concurrent=2, requests_per_day=5, spend_usd=7))
    ((_, merged),) = whose(own, defaults).limited
    assert merged == Limits(concurrent=9, requests_per_day=5, spend_usd=0)
    ((_, alone),) = whose(UNLIMITED, defaults).limited
    assert alone == defaults.key
