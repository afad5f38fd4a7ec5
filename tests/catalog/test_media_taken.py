"""Which media a listing takes, at its edges."""

from typing import get_args

import msgspec
import pytest
from msgspec import structs

from darkhorse.base.errors import UnsupportedByListing
from darkhorse.catalog import media_limits
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.media import check
from darkhorse.catalog.media_limits import Audio, Files, Images, Media, Videos
from darkhorse.wire import media_formats
from darkhorse.wire.media import MediaPart

LISTING = Listing(
    slug="x/y",
    title="Y",
    context=1000,
    max_output=100,
    input=("text", "image", "audio", "video", "file"),
    media=Media(
        image=Images(max_bytes=100, max_count=2, formats=("png", "jpeg")),
        audio=Audio(max_bytes=50, max_count=1, formats=("wav",)),
        video=Videos(max_bytes=500),
        file=Files(max_count=1),
    ),
)
TYPES = {"image": "image_url", "audio": "input_audio", "video": "video_url", "file": "file"}


def part(kind, form="data", *, at=0, **fields):
    place = f"messages[0].content[{at}]"
    return MediaPart(kind=kind, type=TYPES[kind], place=place, form=form, **fields)


def refused(*parts, **listing):
    with pytest.raises(UnsupportedByListing) as error:
        check(parts, structs.replace(LISTING, **listing))
    return error.value.message


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (part("image", format="png", size=100), part("image", format="jpeg", size=1)),
        (part("audio", format="wav", size=50), part("image", format="png", size=9)),
        (part("video", format="mov", size=500), part("video", "url")),
        (part("file", format="pdf", size=9),),
        (part("file", "url"),),
    ],
)
def test_what_is_taken(parts):
    check(parts, LISTING)


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        (part("image", format="gif", size=9), "its format is gif; this model takes png, jpeg."),
        (part("image", format="png", size=101), "has 101 bytes; this model takes images of 100."),
        (part("audio", format="wav", size=51), "has 51 bytes; this model takes sounds of 50."),
        (part("video", format="avi", size=1), "its format is avi; this model takes mp4, webm,"),
        (part("file", format="zip", size=1), "its format is zip; this model takes pdf, text."),
        (part("file", "id"), "send it in `file_data`."),
    ],
)
def test_what_is_not_taken_is_named_with_what_is(part, problem):
    message = refused(part)
    assert message.startswith("messages[0].content[0]: ")
    assert problem in message


def test_one_too_many():
    pictures = [part("image", "url", at=at) for at in range(3)]
    check(pictures[:2], LISTING)
    assert refused(*pictures) == (
        "messages[0].content[2]: this model takes 2 images a request, no more."
    )


def test_a_listing_that_takes_no_urls():
    message = refused(part("image", "url"), media=Media(urls=False))
    assert message == (
        "messages[0].content[0]: this model takes no URLs; send images as base64 data."
    )


def test_a_kind_that_it_does_not_read_comes_first():
    message = refused(
        part("image", format="gif"), part("audio", at=4), input=("text", "audio"), media=Media()
    )
    assert message == (
        "This model takes text and audio only; leave out the `image_url` parts "
        "(the first is messages[0].content[0])."
    )


def test_formats_are_those_that_can_be_told():
    """A format that no bytes are ever found to be would refuse everything."""
    named = {
        "image": media_limits.ImageFormat,
        "audio": media_limits.AudioFormat,
        "video": media_limits.VideoFormat,
    }
    for kind, words in named.items():
        assert set(get_args(words)) == set(media_formats.KINDS[kind])
    assert set(get_args(media_limits.FileFormat)) <= set(media_formats.KINDS["file"])


def test_an_old_listing_takes_what_is_usual():
    old = b'{"slug":"x/y","title":"Y","context":10,"max_output":5}'
    listing = msgspec.json.decode(old, type=Listing)
    assert (listing.media, listing.structured) == (Media(), "held")
