"""A listing's `created` is one moment for its whole life."""

from darkhorse.catalog import public
from darkhorse.catalog.launch import Life, PublicLaunch
from darkhorse.catalog.listing import Listing

LISTING = Listing(slug="x/y", title="Y", context=1000, max_output=100)
AT = {"created_us": 1_000_000, "live_us": 7_000_000}


def test_created_is_the_moment_it_went_live_whatever_came_after():
    lives = (
        Life(state="live", **AT),
        Life(state="retired", retired_us=9_000_000, **AT),
        Life(state="revealed", retired_us=9_000_000, revealed_us=11_000_000, **AT),
    )
    for life in lives:
        launch = PublicLaunch(listing=LISTING, life=life)
        assert public.model_card(launch, 12_000_000).created == 7
        assert public.endpoints_page(launch, 12_000_000).data.created == 7
