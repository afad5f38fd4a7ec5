"""Does a listing take the images, sounds, videos and files of a request? Pure."""

from collections import Counter
from collections.abc import Sequence

from darkhorse.base.errors import UnsupportedByListing
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.media_limits import Taken
from darkhorse.wire.media import MediaPart

__all__ = ["check"]

_NOUNS = {"image": "images", "audio": "sounds", "video": "videos", "file": "files"}


def check(parts: Sequence[MediaPart], listing: Listing) -> None:
    """Raises UnsupportedByListing, naming the first part that is not taken, and what is."""
    seen: Counter[str] = Counter()
    for part in parts:
        if part.kind not in listing.input:
            taken = " and ".join(listing.input)
            raise UnsupportedByListing(
                f"This model takes {taken} only; leave out the `{part.type}` parts "
                f"(the first is {part.place})."
            )
        seen[part.kind] += 1
        _check_part(part, listing, seen[part.kind])


def _check_part(part: MediaPart, listing: Listing, number: int) -> None:
    taken: Taken = getattr(listing.media, part.kind)
    nouns = _NOUNS[part.kind]
    if number > taken.max_count:
        raise _refused(part, f"this model takes {taken.max_count} {nouns} a request, no more.")
    if part.form == "id":
        raise _refused(part, "files named by an id are not kept here; send it in `file_data`.")
    if part.form == "url":
        if not listing.media.urls:
            raise _refused(part, f"this model takes no URLs; send {nouns} as base64 data.")
        return
    if part.format not in taken.formats:
        formats = ", ".join(taken.formats)
        raise _refused(part, f"its format is {part.format}; this model takes {formats}.")
    if part.size > taken.max_bytes:
        raise _refused(
            part, f"it has {part.size} bytes; this model takes {nouns} of {taken.max_bytes}."
        )


def _refused(part: MediaPart, problem: str) -> UnsupportedByListing:
    return UnsupportedByListing(f"{part.place}: {problem}")
