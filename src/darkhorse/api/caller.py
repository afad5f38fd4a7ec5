"""Who calls: the key, the address behind any proxies we trust, and what a client says of itself."""

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from darkhorse.accounts.people import People
from darkhorse.api.asgi import Scope, header
from darkhorse.base.errors import ConfigError
from darkhorse.router.router import Caller
from darkhorse.storage.ports import KeyRecord

__all__ = ["Callers"]

_WITH_PORT = re.compile(r"([0-9.]+):[0-9]+|\[([^\]]+)\](?::[0-9]+)?")
_TEXT = 512  # characters of a header that the ledger keeps


class Callers:
    """Makes the Caller of a request. `proxies` are addresses or networks in front of us."""

    def __init__(self, people: People, proxies: Sequence[str]) -> None:
        self._people = people
        self._proxies = tuple(map(_network, proxies))
        self._is_proxy = lru_cache(1024)(self._lies_in_proxies)

    def caller(self, scope: Scope, key: KeyRecord, user: str, session: str = "") -> Caller:
        """`user` and `session` are the request's own words for whom it asks and what it is of."""
        title = _said(scope, b"x-openrouter-title") or _said(scope, b"x-title")
        address = self.address(scope)
        return Caller(
            key=key,
            address=address,
            person=self._people.person(key=key.hash, user=user, address=address),
            session=self._people.session(key=key.hash, session=session),
            app_url=_said(scope, b"http-referer") or _said(scope, b"referer"),
            app_title=title,
            user_agent=_said(scope, b"user-agent"),
        )

    def address(self, scope: Scope) -> str:
        """A keyed hash of where the request comes from; empty where that is not known."""
        return self._people.address(self._address(scope))

    def _address(self, scope: Scope) -> str:
        """The nearest address that is no proxy of ours: what stands left of it is hearsay."""
        client = scope.get("client")
        peer = _host(str(client[0])) or "" if client else ""
        if not self._proxies or not self._is_proxy(peer):
            return peer
        for hop in reversed(_hops(scope)):
            if (host := _host(hop)) is None:
                break  # whoever wrote that is no proxy to be believed
            peer = host
            if not self._is_proxy(peer):
                break
        return peer

    def _lies_in_proxies(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)


def _said(scope: Scope, name: bytes) -> str:
    """What a client says of itself: clients write UTF-8, where HTTP knows Latin-1 alone."""
    text = header(scope, name)
    with suppress(UnicodeDecodeError):
        text = text.encode("latin-1").decode()
    return text[:_TEXT]


def _hops(scope: Scope) -> list[str]:
    """Every X-Forwarded-For line, in order: a proxy may add one of its own below the client's."""
    lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return str(b",".join(lines), "latin-1").split(",") if lines else []


@lru_cache(4096)
def _host(hop: str) -> str | None:
    """The address in a hop, without the port that some proxies write; None where it is none."""
    text = hop.strip()
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ConfigError(
            f"server.trusted_proxies: `{text}` is neither an address nor a network; "
            'write for example "10.0.0.0/8".'
        ) from None
