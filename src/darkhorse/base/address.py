"""Where a reader of the page reaches us, from headers that anyone can write anything into."""

import re

__all__ = ["base_url"]

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?"
_IPV6 = r"\[[0-9A-Fa-f:.]{2,45}\]"
_HOST = re.compile(rf"(?:{_NAME}|{_IPV6})(?::[0-9]{{1,5}})?")


def base_url(host: str | None, forwarded_proto: str | None, fallback_host: str) -> str:
    """`https://example.org`; `fallback_host` stands in for a Host header that is not one."""
    scheme = "https" if forwarded_proto == "https" else "http"
    safe = host if host and _HOST.fullmatch(host) else fallback_host
    return f"{scheme}://{safe}"
