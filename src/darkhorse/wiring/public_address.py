"""Where a name leads, looked up once; addresses of this house only where that is allowed.

A form that asks any address would let a page or a slip reach what only this machine can reach:
routers, databases, the metadata service of a cloud (169.254.169.254). So an address must be one of
the public internet (RFC 6890 and the IANA registries behind `ipaddress`), and the connection goes
to the very address that was looked at: a name asked twice could answer differently.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

from darkhorse.base.errors import ConfigError

__all__ = ["LookUp", "is_public", "public_address", "system_look_up"]

LookUp = Callable[[str, int], Awaitable[Sequence[str]]]
"""Addresses of a name, as text. Raises OSError."""

_PATIENCE_S = 10.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_PUBLIC_V6 = ipaddress.ip_network("2000::/3")
_NOBODYS_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "192.0.0.0/24",  # of protocols; clouds keep services there
            "192.88.99.0/24",  # relays of 6to4
            "168.63.129.16/32",  # the inside of a cloud, under an address of the internet
        ),
    )
)
_NOBODYS_V6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # of protocols, Teredo among them
            "2001:db8::/32",  # of documentation
            "3fff::/20",  # of documentation, since RFC 9637
        ),
    )
)
"""What `is_global` knows in some versions of Python only, or does not tell at all."""


async def system_look_up(host: str, port: int) -> Sequence[str]:
    """As the system resolves it: also `127.1`, `0x7f000001` and `2130706433`."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


async def public_address(
    host: str, port: int, *, allow_private: bool, look_up: LookUp = system_look_up
) -> str:
    """The address to connect to. Raises ConfigError where there is none that may be asked.

    One private address among several is enough to refuse: honest names do not have it.
    """
    try:
        async with asyncio.timeout(_PATIENCE_S):
            found = await look_up(host, port)
    except (OSError, UnicodeError, TimeoutError):
        found = ()
    if not found:
        raise ConfigError(f"{host} cannot be looked up; check the URL.")
    if not allow_private and not all(map(is_public, found)):
        raise ConfigError(
            f"{host} leads into this machine or its network, which this desk does not ask; "
            "`darkhorse desk --allow-private` does."
        )
    return found[0]


def is_public(text: str) -> bool:
    """Is it an address of the public internet, and none that hides another one?"""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        return _is_public_v6(address)
    is_odd = address.is_multicast or address.is_reserved
    return address.is_global and not is_odd and not any(address in each for each in _NOBODYS_V4)


def _is_public_v6(address: ipaddress.IPv6Address) -> bool:
    inner = _inner(address)
    if inner is not None:
        return is_public(str(inner))
    is_nobodys = any(address in each for each in _NOBODYS_V6)
    return address in _PUBLIC_V6 and address.is_global and not is_nobodys


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that it stands for: mapped, 6to4, or behind a NAT64."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
