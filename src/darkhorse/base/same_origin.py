"""Was a request sent by a page of this very origin? No tokens: every browser says where from."""

__all__ = ["is_from"]


def is_from(site: str | None, origin: str | None, host: str) -> bool:
    """By Sec-Fetch-Site and Origin: both where a browser tells both, one at least."""
    told = [site == "same-origin"] * (site is not None)
    told += [origin in (f"http://{host}", f"https://{host}")] * (origin is not None)
    return bool(told) and all(told)
