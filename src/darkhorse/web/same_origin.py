"""Was a request sent by a page of ours? No tokens: every browser says where a form comes from."""

from starlette.requests import HTTPConnection

from darkhorse.base.same_origin import is_from

__all__ = ["is_from_here"]


def is_from_here(asked: HTTPConnection) -> bool:
    """By Sec-Fetch-Site and Origin: both where a browser tells both, one at least."""
    headers = asked.headers
    return is_from(headers.get("sec-fetch-site"), headers.get("origin"), headers.get("host", ""))
