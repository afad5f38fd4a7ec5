"""The public side of a launch holds nothing of the private one."""

import pytest
from msgspec import json, structs

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.endpoint import Endpoint, Private
from darkhorse.catalog.launch import Definition, Launch, Life
from darkhorse.catalog.listing import Listing

LISTING = Listing(slug="x/y", title="Y", context=1000, max_output=100)
EAST = Endpoint(name="east", url="http://127.0.0.1:1/v1")
PRIVATE = Private(maker="Frobnic", model="Quux-7", aliases=("Zebulon",), endpoint=(EAST,))


@pytest.mark.parametrize("word", ["frobnic", "QUUX 7", "Zebu-lon"])
def test_no_private_word_stands_in_public(word):
    told = structs.replace(LISTING, description=f"Like {word}, and better.")
    with pytest.raises(ConfigError, match=r"public\.description: it says"):
        Definition(public=told, private=PRIVATE).check()
    Definition(public=LISTING, private=PRIVATE).check()


def test_what_the_public_may_see_has_no_salt_before_the_reveal():
    launch = Launch(
        id="lch-1",
        listing=LISTING,
        private=PRIVATE,
        life=Life(state="live", created_us=1, live_us=1),
        commitment="c0ffee",
        salt="5a17",
        source="maker = 'Frobnic'",
    )
    seen = json.decode(json.encode(launch.public()))
    assert set(seen) == {"listing", "life", "changes", "reveal", "commitment", "opening"}
    assert (seen["commitment"], seen["opening"], seen["reveal"]) == ("c0ffee", "", None)
