"""Which addresses a form may ask: those of the public internet, and none that hides another."""

import asyncio

import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.wiring.public_address import is_public, public_address

PRIVATE = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "168.63.129.16",
    "::ffff:168.63.129.16",
    "64:ff9b::a83f:8110",
    "2002:a83f:8110::1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "100.100.100.200",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:53aa:64c:0:fbff:f5ff:fffe",
    "2001:1::1",
    "2001:3::1",
    "2001:20::1",
    "2001:1ff::1",
    "2001:db8::1",
    "2002:c058:6301::",
    "3fff::1",
    "3fff:fff::1",
    "100::1",
    "100:0:0:1::1",
    "5f00::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "nonsense",
    "",
)
PUBLIC = (
    "8.8.8.8",
    "1.1.1.1",
    "172.32.0.1",
    "168.63.129.17",
    "192.0.1.1",
    "192.88.98.1",
    "2001:200::1",
    "2001:4860:4860::8888",
    "3ffe:ffff::1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_a_house_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are(address):
    assert is_public(address)


def found(host, *, allow_private=False, look_up=None):
    named = {"look_up": look_up} if look_up else {}
    return asyncio.run(public_address(host, 443, allow_private=allow_private, **named))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "017700000001", "localhost"],
)
def test_every_way_to_write_this_machine_is_seen_through(host):
    with pytest.raises(ConfigError, match="--allow-private"):
        found(host)
    assert found(host, allow_private=True) in ("127.0.0.1", "::1")


def test_the_address_that_was_looked_at_is_the_one_to_ask_and_it_is_looked_up_once():
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])

    async def rebinding(host, port):
        return next(answers)

    assert found("rebind.example", look_up=rebinding) == "8.8.8.8"


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["fd00::1"]])
def test_a_name_that_leads_inside_is_refused(answer):
    async def look_up(host, port):
        return answer

    with pytest.raises(ConfigError, match=r"inside\.example leads into this machine"):
        found("inside.example", look_up=look_up)


@pytest.mark.parametrize("error", [OSError("no"), UnicodeError("label too long"), TimeoutError()])
def test_a_name_that_nobody_knows_is_said(error):
    async def look_up(host, port):
        raise error

    with pytest.raises(ConfigError, match="cannot be looked up"):
        found("nobody.example", look_up=look_up)
