"""Content parts besides text: what is claimed is what is there, to the last character."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.errors import InvalidRequest
from darkhorse.wire.media import inspect

PLACE = "messages[2].content[1]"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
WAV = b"RIFF\x40\x00\x00\x00WAVEfmt " + bytes(48)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(48)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(48)


def b64(data):
    return base64.b64encode(data).decode()


def data_url(mime, data):
    return f"data:{mime};base64,{b64(data)}"


def image(url):
    return {"type": "image_url", "image_url": {"url": url, "detail": "auto"}}


def audio(data, form):
    return {"type": "input_audio", "input_audio": {"data": data, "format": form}}


def file(**fields):
    return {"type": "file", "file": {"filename": "x", **fields}}


def video(url):
    return {"type": "video_url", "video_url": {"url": url}}


@pytest.mark.parametrize(
    ("part", "found"),
    [
        (image(data_url("image/png", PNG)), ("image", "data", "image/png", "png", len(PNG))),
        (image(data_url("image/jpg", JPEG)), ("image", "data", "image/jpg", "jpeg", len(JPEG))),
        (image(data_url("IMAGE/PNG", PNG)), ("image", "data", "image/png", "png", len(PNG))),
        (image(data_url("image/png;a=b", PNG)), ("image", "data", "image/png", "png", len(PNG))),
        (image("DATA:;BASE64," + b64(PNG)), ("image", "data", "", "png", len(PNG))),
        (image("https://example.org/x.png"), ("image", "url", "", "", 0)),
        (image("HTTP://example.org"), ("image", "url", "", "", 0)),
        (audio(b64(WAV), "WAV"), ("audio", "data", "wav", "wav", len(WAV))),
        (audio(data_url("audio/x-wav", WAV), "wav"), ("audio", "data", "audio/x-wav", "wav", 64)),
        (audio(b64(bytes(range(250)) * 2), "pcm16"), ("audio", "data", "pcm16", "pcm16", 500)),
        (audio(b64(MP4), "m4a"), ("audio", "data", "m4a", "m4a", len(MP4))),
        (video(data_url("video/mp4", MP4)), ("video", "data", "video/mp4", "mp4", len(MP4))),
        (video("https://example.org/v"), ("video", "url", "", "", 0)),
        (file(file_data=data_url("application/pdf", PDF)), ("file", "data", None, "pdf", len(PDF))),
        (file(file_data=b64(PDF)), ("file", "data", "", "pdf", len(PDF))),
        (file(file_data=data_url("text/x-python", b"x = 1\n")), ("file", "data", None, "text", 6)),
        (file(file_data="https://example.org/x.pdf"), ("file", "url", "", "", 0)),
        (file(file_id="file-1"), ("file", "id", "", "", 0)),
        (
            {"type": "input_video", "video_url": {"url": data_url("video/mp4", MP4)}},
            ("video", "data", "video/mp4", "mp4", len(MP4)),
        ),
    ],
)
def test_a_good_part_is_known_by_its_bytes(part, found):
    kind, form, claimed, real, size = found
    seen = inspect(part, PLACE)
    assert (seen.kind, seen.form, seen.format, seen.size) == (kind, form, real, size)
    assert claimed is None or seen.claimed == claimed
    assert (seen.type, seen.place) == (part["type"], PLACE)


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ({"type": "smell"}, "`smell` is no type of part; there are text, image_url, "),
        ({"type": 7}, "`int` is no type of part"),
        ({}, "`NoneType` is no type of part"),
        ({"type": "image_url"}, "it needs an object `image_url`."),
        ({"type": "image_url", "image_url": "https://x/y"}, "it needs an object `image_url`."),
        ({"type": "image_url", "image_url": {}}, "`url` must be a string."),
        (image(""), "`url` is empty."),
        (image(b64(PNG)), "its URL begins with neither data: nor https:."),
        (image("file:///etc/passwd"), "`file:` is not taken here, only data:, http: and https:."),
        (image("javascript:alert(1)"), "`javascript:` is not taken here"),
        (image("http://"), "its URL is not a valid one."),
        (image("https://exa mple.org/"), "its URL is not a valid one."),
        (image("data:image/png," + b64(PNG)), "must say `;base64,` before its data."),
        (image("data:image/png;base64"), "must say `;base64,`"),
        (image(f"data:{'x' * 2000};base64,AAAA"), "must say `;base64,`"),
        (image("data:image/png;base64,"), "its data is empty."),
        (image("data:image/png;base64,===="), "its data is not valid base64."),
        (image("data:image/png;base64,iVBORw0KGgo"), "its data is not valid base64."),
        (image("data:image/png;base64,iVBO\nRw0K"), "not valid base64: it holds line ends or"),
        (image("data:image/png;base64,iVBORw0K\r\n"), "encode it in one line, as `base64 -w0`"),
        (audio(base64.encodebytes(WAV).decode(), "wav"), "not valid base64: it holds line ends or"),
        (image("data:image/png;base64,iVBORw0K%2B%3D"), "it holds `%`; send it as it is, not"),
        (image("data:image/png;base64,iVBORw0KGg-_"), "use the standard alphabet, with `+` and"),
        (image("data:image/png;base64,é"), "its data is not valid base64."),
        (image(data_url("image/png", JPEG)), "it says image/png, but its bytes are jpeg."),
        (image(data_url("image/png", PDF)), "it says image/png, but its bytes are pdf."),
        (image(data_url("application/pdf", PDF)), "its bytes are pdf, which does not belong in"),
        (image(data_url("image/png", b"GIF")), "it says image/png, but its bytes are text."),
        (image(data_url("image/png", bytes(99))), "no image format known here (png, jpeg, "),
        (audio(b64(WAV), "mp3"), "it says mp3, but its bytes are wav."),
        (audio(b64(WAV), None), "`format` must be a string."),
        (audio(b64(PNG), "png"), "its bytes are png, which does not belong in"),
        (audio("https://example.org/x.wav", "wav"), "`https:` is not taken here, only base64."),
        (audio("", "wav"), "`data` is empty."),
        (audio(b64(bytes(99)), "wav"), "no audio format known here"),
        (video(data_url("video/webm", MP4)), "it says video/webm, but its bytes are mp4."),
        (file(), "`file_data` must be a string."),
        (file(file_id=""), "`file_id` is empty."),
        (file(file_data=data_url("application/pdf", b"text")), "it says application/pdf, but"),
    ],
)
def test_a_bad_part_is_named_with_what_is_wrong(part, problem):
    with pytest.raises(InvalidRequest) as refused:
        inspect(part, PLACE)
    assert refused.value.message.startswith(PLACE)
    assert problem in refused.value.message
    assert refused.value.message.endswith(".")


def test_a_clients_words_are_cut_and_made_printable():
    with pytest.raises(InvalidRequest) as refused:
        inspect({"type": "\x00\u2028" + "x" * 5000}, PLACE)
    assert len(refused.value.message) < 300
    assert refused.value.message.isprintable()


@given(st.binary(min_size=1, max_size=40), st.integers(0, 3))
def test_the_size_is_that_of_the_decoded_bytes(tail, repeat):
    data = PNG + tail * 10 ** (repeat * 2)
    assert inspect(image(data_url("image/png", data)), PLACE).size == len(data)


@pytest.mark.parametrize("at", [11, 1024 * 1024 - 1, 1024 * 1024, 3 * 1024 * 1024 - 1, -1])
@pytest.mark.parametrize("wrong", ["=", "!", " "])
def test_one_wrong_character_anywhere_is_found(at, wrong):
    """Pieces are decoded apart: padding inside is no more valid for falling on a border."""
    good = b64(PNG + bytes(3 * 1024 * 1024 - len(PNG)))
    assert inspect(image("data:;base64," + good), PLACE).size == 3 * 1024 * 1024
    start = at % len(good)
    bad = good[:start] + wrong + good[start + 1 :]
    if at == -1 and wrong == "=":  # the one place where it belongs
        assert inspect(image("data:;base64," + bad), PLACE).size == 3 * 1024 * 1024 - 1
        return
    with pytest.raises(InvalidRequest, match="not valid base64"):
        inspect(image("data:;base64," + bad), PLACE)


@given(st.text(max_size=60))
def test_whatever_the_url_it_is_a_part_or_a_sentence(url):
    try:
        form = inspect(image(url), PLACE).form
    except InvalidRequest as e:
        form = e.message.partition(":")[0].removesuffix(".image_url")
    assert form in ("url", "data", PLACE)
