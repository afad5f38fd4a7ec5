"""Formats by their first bytes, and which claims go with them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.wire.media_formats import KINDS, agrees, detect, headerless

FTYP = b"\x00\x00\x00\x20ftyp"
HEADS = [
    (b"\x89PNG\r\n\x1a\n....", "image", "png"),
    (b"\xff\xd8\xff\xe1....", "image", "jpeg"),
    (b"GIF89a....", "image", "gif"),
    (b"RIFF....WEBPVP8 ", "image", "webp"),
    (FTYP + b"avif....", "image", "avif"),
    (FTYP + b"heic....", "image", "heic"),
    (b"BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00", "image", "bmp"),
    (b"II*\x00....", "image", "tiff"),
    (b"RIFF....WAVEfmt ", "audio", "wav"),
    (b"ID3\x04\x00....", "audio", "mp3"),
    (b"\xff\xfb\x90\x64....", "audio", "mp3"),
    (b"\xff\xf3\x44\xc4....", "audio", "mp3"),
    (b"fLaC....", "audio", "flac"),
    (b"OggS....", "audio", "ogg"),
    (FTYP + b"M4A ....", "audio", "m4a"),
    (FTYP + b"isom....", "audio", "m4a"),
    (b"\xff\xf1\x50\x80....", "audio", "aac"),
    (b"FORM....AIFFCOMM", "audio", "aiff"),
    (FTYP + b"isom....", "video", "mp4"),
    (FTYP + b"qt  ....", "video", "mov"),
    (b"\x00\x00\x00\x08wide\x00\x01", "video", "mov"),
    (FTYP + b"3gp5....", "video", "3gp"),
    (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "video", "webm"),
    (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "video", "mkv"),
    (b"\x00\x00\x01\xba\x44", "video", "mpeg"),
    (b"RIFF....AVI LIST", "video", "avi"),
    (b"%PDF-1.4\n", "file", "pdf"),
    (b"\xef\xbb\xbf\n%PDF-1.4\n", "file", "pdf"),
    (b"PK\x03\x04....", "file", "zip"),
    ("Grüße, 雨\n".encode(), "file", "text"),
    (b"BM is how this text begins\n", "file", "text"),
]


@pytest.mark.parametrize(("head", "kind", "name"), HEADS)
def test_each_format_is_told(head, kind, name):
    assert detect(head, kind) == name
    assert name in KINDS[kind]


def test_each_format_that_has_a_signature_is_tested():
    told = {name for _, _, name in HEADS}
    assert {name for names in KINDS.values() for name in names} - told == {"pcm16", "pcm24"}


@pytest.mark.parametrize("head", [b"\x00", bytes(100), b"\xff\xff\xff\xff", b"\x80abc", b"a\x00b"])
def test_what_is_nothing_known(head):
    assert detect(head, "file") == ""


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")), min_size=40, max_size=60))
def test_text_is_text_wherever_its_head_is_cut(piece):
    text = piece * 100
    head = text.encode()[:4096]
    if detect(text.encode()[:12], "file") == "text":  # it does not begin like something else
        assert detect(head, "file") in ("text", "pdf")


@given(st.binary(max_size=200), st.sampled_from(sorted(KINDS)))
def test_any_bytes_are_told_or_not(head, kind):
    assert detect(head, kind) in {"", *(name for names in KINDS.values() for name in names)}


@pytest.mark.parametrize(
    ("claimed", "found", "agreed"),
    [
        ("", "png", True),
        ("application/octet-stream", "pdf", True),
        ("image/*", "gif", True),
        ("image/png", "png", True),
        ("image/x-png", "png", True),
        ("image/png", "webp", False),
        ("image/unheard-of", "png", False),
        ("image/heif", "avif", True),
        ("audio/mpeg", "mp3", True),
        ("video/mpeg", "mpeg", True),
        ("video/mpeg", "mp3", False),
        ("audio/x-m4a", "m4a", True),
        ("audio/mp4", "m4a", True),
        ("video/mp4", "mp4", True),
        ("opus", "ogg", True),
        ("video/quicktime", "mov", True),
        ("video/x-matroska", "mkv", True),
        ("video/x-msvideo", "avi", True),
        ("text/markdown", "text", True),
        ("application/json", "text", True),
        ("application/x-yaml", "text", True),
        ("application/pdf", "text", False),
        ("image/svg+xml", "text", False),
        ("video/mp4", "text", False),
        ("text/plain", "zip", False),
        ("application/json", "zip", False),
        ("application/zip", "zip", True),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "zip", True),
    ],
)
def test_claims(claimed, found, agreed):
    assert agrees(claimed, found) is agreed


def test_only_raw_sound_needs_no_signature():
    assert headerless("pcm16", "audio") == "pcm16"
    assert headerless("pcm16", "video") == headerless("png", "image") == ""
