"""Committed to at go-live, opened by the reveal, and nothing of it in between."""

import msgspec
import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.catalog import moves
from darkhorse.catalog.commitment import digest
from darkhorse.catalog.endpoint import Endpoint, Private
from darkhorse.catalog.launch import Definition
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.moves import By

SALT = "5a" * 32
BY = By(who="ada", at_us=10, why="because")
FILE = Definition(
    public=Listing(slug="stealth/mule", title="Mule", context=1000, max_output=100),
    private=Private(
        maker="Example Lab",
        model="Example-5",
        weights="sha256:00",
        endpoint=(Endpoint(name="east", url="http://127.0.0.1:1/v1"),),
    ),
)


def live(salt=SALT):
    draft = moves.create("lch-1", FILE, BY, source="").launch
    return moves.go_live(draft, BY, salt=salt).launch


def test_the_public_sees_the_digest_and_no_more():
    launch = live()
    assert len(launch.commitment) == 64
    assert launch.changes[-1].text == f"Listed. Committed to SHA-256 {launch.commitment}."
    shown = msgspec.json.encode(launch.public()).decode()
    assert launch.commitment in shown
    assert not [word for word in (SALT, "Example", "sha256:00") if word in shown]


def test_the_reveal_publishes_what_was_committed_to():
    launch = live()
    retired = moves.retire(launch, BY).launch
    assert retired.opening == ""
    revealed = moves.reveal(retired, BY).launch
    assert digest(revealed.opening) == launch.commitment == revealed.commitment
    assert "maker: Example Lab\nmodel: Example-5\nweights: sha256:00\n" in revealed.opening
    assert revealed.public().opening == revealed.opening


def test_what_is_committed_to_stays():
    other = msgspec.structs.replace(FILE.private, weights="sha256:11")
    changed = msgspec.structs.replace(FILE, private=other)
    with pytest.raises(ConfigError, match="private weights must stay"):
        moves.edit(live(), changed, BY, source="")
    assert moves.edit(live(salt=""), changed, BY, source="").launch.private == other


def test_without_a_salt_nothing_is_committed_to():
    launch = live(salt="")
    assert launch.commitment == ""
    assert launch.changes[-1].text == "Listed."
    assert moves.reveal(moves.retire(launch, BY).launch, BY).launch.opening == ""
