"""Who a request comes from, without keeping who that is: keyed hashes of addresses and users.

The key of the hashes is made once for each data directory, so that a list of all addresses there
are cannot be held against a ledger that got out without it.
"""

import hashlib
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

__all__ = ["People"]

_BYTES = 12
_KEPT = 65_536


class People:
    """Hashes under one installation's secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.address = lru_cache(_KEPT)(self._address)
        self.person = lru_cache(_KEPT)(self._person)
        self.session = lru_cache(_KEPT)(self._session)

    def _address(self, host: str) -> str:
        """24 hex digits for a network address; an IPv6 subscriber is one /64. Empty for none."""
        return self._hash("address", _network(host)) if host else ""

    def _person(self, *, key: str, user: str, address: str) -> str:
        """24 hex digits for whoever asks: the key's `user` if it names one, else key and address.

        `key` and `address` are hashes already.
        """
        return self._hash("user", key, user) if user else self._hash("place", key, address)

    def _session(self, *, key: str, session: str) -> str:
        """24 hex digits for the key's conversation of that name; empty for none."""
        return self._hash("session", key, session) if session else ""

    def _hash(self, *words: str) -> str:
        text = "\0".join(words).encode("utf-8", "replace")
        return hashlib.blake2b(text, digest_size=_BYTES, key=self._secret).hexdigest()


def _network(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> 64 << 64))
