"""One snapshot of all launches: who answers to which name at a moment, and who is gone."""

import pytest

from darkhorse.base.errors import ConfigError, ModelDeprecated, UnknownModel
from darkhorse.catalog import moves
from darkhorse.catalog.catalogue import Catalogue, check_names
from darkhorse.catalog.endpoint import Endpoint, Private
from darkhorse.catalog.launch import Definition
from darkhorse.catalog.listing import Listing, Window
from darkhorse.catalog.moves import By

DAY = 86_400_000_000
T0 = 1_770_336_000_000_000


def by(at_us=T0):
    return By(who="ann", at_us=at_us)


def draft(name, *aliases, days=5):
    listing = Listing(
        slug=f"stealth/{name}",
        aliases=aliases,
        title=name.title(),
        context=1000,
        max_output=500,
        window=Window(days=days),
    )
    endpoint = Endpoint(name="east", url="http://127.0.0.1:1/v1")
    private = Private(maker="Example Lab", model="Example-5", endpoint=(endpoint,))
    definition = Definition(public=listing, private=private)
    return moves.create(f"lch-{name}", definition, by(T0 - DAY), source="").launch


def live(name, *aliases, since=T0, **more):
    return moves.go_live(draft(name, *aliases, **more), by(since)).launch


def retired(name, *aliases):
    return moves.retire(live(name, *aliases), by(T0 + DAY)).launch


def revealed(name, *aliases, successor=""):
    return moves.reveal(retired(name, *aliases), by(T0 + DAY), successor=successor).launch


def slugs(launches):
    return [each.listing.slug for each in launches]


def test_the_newest_is_listed_first_and_only_what_is_live():
    old, new = live("old", since=T0), live("new", since=T0 + 1)
    catalogue = Catalogue([draft("draft"), old, retired("over"), new, revealed("told")])
    assert slugs(catalogue.live(T0 + DAY)) == ["stealth/new", "stealth/old"]
    assert catalogue.live(T0 + DAY) == [new.public(), old.public()]
    assert "stealth/draft" not in slugs(catalogue.launches)
    assert len(catalogue.launches) == 4


def test_each_name_of_it_finds_it():
    mule, pony = live("mule", "mule", "x/mule"), live("pony")
    catalogue = Catalogue([mule, pony])
    for name in ("stealth/mule", "mule", "x/mule"):
        assert catalogue.find(name, T0) is mule
        assert catalogue.seen(name) == mule.public()
    assert catalogue.find("stealth/pony", T0) is pony


@pytest.mark.parametrize("name", ["stealth/none", "Mule", "", "stealth/draft"])
def test_a_name_that_nobody_has_and_a_drafts_are_the_same(name):
    catalogue = Catalogue([live("mule", "mule"), draft("draft")])
    with pytest.raises(UnknownModel):
        catalogue.find(name, T0)
    with pytest.raises(UnknownModel):
        catalogue.seen(name)


def test_a_window_that_has_ended_is_over_with_nobody_writing():
    mule = live("mule", "mule")
    catalogue = Catalogue([mule])
    end = T0 + 5 * DAY
    assert catalogue.find("mule", end - 1) is mule
    assert slugs(catalogue.live(end - 1)) == ["stealth/mule"]
    assert catalogue.live(end) == []
    with pytest.raises(ModelDeprecated, match=r"^The trial of Mule ended on 11 February 2026\."):
        catalogue.find("mule", end)
    assert catalogue.seen("mule") == mule.public()  # its page stays


@pytest.mark.parametrize("successor", ["", "example/example-5"])
def test_after_the_reveal_it_says_who_and_what_instead(successor):
    catalogue = Catalogue([revealed("mule", "mule", successor=successor)])
    with pytest.raises(ModelDeprecated) as gone:
        catalogue.find("mule", T0 + DAY)
    assert gone.value.message.startswith("Mule was Example-5 by Example Lab.")
    assert ("instead" in gone.value.message) == bool(successor)
    assert gone.value.fallbacks == ((successor,) if successor else ())


@pytest.mark.parametrize("make", [draft, live, retired, revealed])
def test_a_name_is_taken_whatever_became_of_it(make):
    other = make("mule", "mule", "donkey")
    for names in (("donkey",), ("stealth/mule",), ("donkey", "mule")):
        new = live("new", *names)
        with pytest.raises(ConfigError) as refused:
            check_names(new, [live("free"), other])
        assert str(refused.value).startswith(f"`{min(names)}` is a name of the launch stealth/mule")
        assert f"({other.life.state})" in str(refused.value)


def test_its_own_names_are_its_own():
    mule = live("mule", "mule")
    check_names(mule, [draft("mule", "mule"), live("free")])
