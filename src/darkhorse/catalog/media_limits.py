"""Which images, sounds, videos and files a listing takes; the server's max_body_bytes bounds all.

Formats are those that wire/media_formats.py can tell by a part's bytes.
"""

from typing import Annotated, Literal, Protocol

from msgspec import Meta, Struct

__all__ = ["Audio", "Files", "Images", "Media", "Taken", "Videos"]

MaxBytes = Annotated[
    int, Meta(ge=1, le=1_000_000_000, description="Bytes of the largest one, as decoded.")
]
MaxCount = Annotated[int, Meta(ge=1, le=10_000, description="The most in one request.")]
FORMATS = Meta(min_length=1, description="Formats it takes, told by the bytes.")

ImageFormat = Literal["png", "jpeg", "gif", "webp", "avif", "heic", "bmp", "tiff"]
AudioFormat = Literal["wav", "mp3", "flac", "ogg", "m4a", "aac", "aiff", "webm", "pcm16", "pcm24"]
VideoFormat = Literal["mp4", "webm", "mov", "mpeg", "mkv", "avi", "3gp", "ogg"]
FileFormat = Literal["pdf", "text", "zip", "png", "jpeg", "gif", "webp"]


class Taken(Protocol):
    """What of one kind is taken, whatever the kind."""

    @property
    def max_bytes(self) -> int: ...
    @property
    def max_count(self) -> int: ...
    @property
    def formats(self) -> tuple[str, ...]: ...


class Images(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[public.media.image]: `image_url` parts, where `input` has `image`."""

    max_bytes: MaxBytes = 20_000_000
    max_count: MaxCount = 32
    formats: Annotated[tuple[ImageFormat, ...], FORMATS] = ("png", "jpeg", "gif", "webp")


class Audio(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[public.media.audio]: `input_audio` parts, where `input` has `audio`."""

    max_bytes: MaxBytes = 25_000_000
    max_count: MaxCount = 8
    formats: Annotated[tuple[AudioFormat, ...], FORMATS] = (
        "wav",
        "mp3",
        "flac",
        "ogg",
        "m4a",
        "aac",
    )


class Videos(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[public.media.video]: `video_url` parts, where `input` has `video`."""

    max_bytes: MaxBytes = 100_000_000
    max_count: MaxCount = 2
    formats: Annotated[tuple[VideoFormat, ...], FORMATS] = ("mp4", "webm", "mov", "mpeg")


class Files(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[public.media.file]: `file` parts, where `input` has `file`."""

    max_bytes: MaxBytes = 32_000_000
    max_count: MaxCount = 8
    formats: Annotated[tuple[FileFormat, ...], FORMATS] = ("pdf", "text")


class Media(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """[public.media]: only of the kinds that `input` names."""

    urls: Annotated[
        bool,
        Meta(description="Are http(s) URLs taken? They are passed on; the router fetches none."),
    ] = True
    image: Annotated[Images, Meta(description="Images.")] = Images()
    audio: Annotated[Audio, Meta(description="Sounds.")] = Audio()
    video: Annotated[Videos, Meta(description="Videos.")] = Videos()
    file: Annotated[Files, Meta(description="Files.")] = Files()
