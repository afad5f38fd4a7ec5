"""The listing an operator means."""

import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.launches import file
from darkhorse.launches.desk import Reason
from darkhorse.wiring.launches import open_desk
from darkhorse.wiring.listing_names import listing_of

LAUNCH = """
[public]
slug = "stealth/night-mare"
aliases = ["mare"]
title = "Night Mare"
context = 1000
max_output = 500

[private]
maker = "Our Lab"
model = "Secret-5"

[[private.endpoint]]
name = "east"
url = "http://127.0.0.1:1/v1"
model = "m"
"""


def test_a_slug_an_alias_and_nothing_of_ours(tmp_path):
    assert listing_of(tmp_path, "stealth/any") == "stealth/any"  # nobody to ask
    desk = open_desk(tmp_path)
    desk.create(file.parse(LAUNCH, "a test"), Reason("a test", "to be named"))
    for name in ("stealth/night-mare", "mare"):
        assert listing_of(tmp_path, name) == "stealth/night-mare"
    with pytest.raises(ConfigError, match="No launch is called nightmare"):
        listing_of(tmp_path, "nightmare")
