"""Images, sounds, videos and files through the real relay: checked, passed on untouched, or 4xx."""

import base64
import json
import socket

import pytest

from .stage import Relay, chat_body

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
WAV = b"RIFF\x40\x00\x00\x00WAVEfmt " + bytes(48)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(48)
PDF = b"%PDF-1.7\n" + bytes(48)
ALL, BLIND, SMALL = "ok?seed=1", "ok?seed=2", "ok?seed=3"


def b64(data):
    return base64.b64encode(data).decode()


def image(mime, data):
    return {"type": "image_url", "image_url": {"url": f"data:{mime};base64,{b64(data)}"}}


def linked(url):
    return {"type": "image_url", "image_url": {"url": url}}


def audio(data, form="wav"):
    return {"type": "input_audio", "input_audio": {"data": b64(data), "format": form}}


def video(data):
    return {"type": "video_url", "video_url": {"url": f"data:video/mp4;base64,{b64(data)}"}}


def file(data, mime="application/pdf"):
    url = f"data:{mime};base64,{b64(data)}"
    return {"type": "file", "file": {"filename": "a.pdf", "file_data": url}}


PARTS = {
    "image": image("image/png", PNG),
    "linked image": linked("https://images.invalid/a.png"),
    "audio": audio(WAV),
    "video": video(MP4),
    "file": file(PDF),
    "text file": file("Zoë\n".encode(), "text/plain"),
}


def said(*parts):
    return [{"role": "user", "content": [{"type": "text", "text": "see"}, *parts]}]


def relay_of(scripted, folder, model, extra):
    return Relay(folder, {model: [(scripted.url, model)]}, listing_extra=extra).start()


@pytest.fixture(scope="module")
def seeing(scripted, tmp_path_factory):
    extra = "input = ['text', 'image', 'audio', 'video', 'file']\n"
    relay = relay_of(scripted, tmp_path_factory.mktemp("seeing"), ALL, extra)
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def blind(scripted, tmp_path_factory):
    relay = relay_of(scripted, tmp_path_factory.mktemp("blind"), BLIND, "")
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def small(scripted, tmp_path_factory):
    extra = (
        "input = ['text', 'image']\n[public.media]\nurls = false\n"
        "[public.media.image]\nmax_bytes = 100\nmax_count = 2\nformats = ['png']\n"
    )
    relay = relay_of(scripted, tmp_path_factory.mktemp("small"), SMALL, extra)
    yield relay
    relay.close()


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_taken_goes_on_as_it_came_and_is_recorded_once(
    scripted, seeing, name, stream
):
    messages = said(PARTS[name])
    body = chat_body(ALL, messages=messages, stream=stream)
    before = len(scripted.seen(ALL))
    reply = seeing.post(body)
    assert reply.status == 200
    (asked,) = scripted.seen(ALL)[before:]
    told, *sent = json.loads(asked["body"])["messages"]
    assert (told["role"], sent) == ("system", messages)
    kept = seeing.record(reply.id)
    assert kept.request == body
    assert kept.start.prompt_tokens == 4 + 1 + 1024
    assert b64(PNG).encode() not in kept.answer


def refusals(relay, *parts):
    """The error for these parts, which no engine and no journal hears of."""
    reply = relay.chat(next(iter(relay.listings)), messages=said(*parts))
    assert "x-generation-id" not in reply.headers
    return reply.status, reply.json["error"]["message"]


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        (image("image/png", JPEG), "it says image/png, but its bytes are jpeg."),
        (image("image/png", bytes(80)), "its bytes are of no image format known here"),
        (linked("data:image/png;base64,iVBORw0KGg"), "its data is not valid base64."),
        (linked("data:image/png;base64,"), "its data is empty."),
        (linked("ftp://images.invalid/a.png"), "`ftp:` is not taken here"),
        (linked("file:///etc/passwd"), "`file:` is not taken here"),
        ({"type": "image_url"}, "it needs an object `image_url`."),
        (audio(PDF), "it says wav, but its bytes are pdf."),
        (file(PNG), "it says application/pdf, but its bytes are png."),
        ({"type": "smell"}, "`smell` is no type of part"),
    ],
)
def test_a_part_that_is_not_what_it_says_is_named(seeing, part, problem):
    status, message = refusals(seeing, PARTS["image"], part)
    assert status == 400
    assert message.startswith("messages[0].content[2]")
    assert problem in message


@pytest.mark.parametrize("name", PARTS)
def test_a_listing_that_reads_text_alone(blind, name):
    status, message = refusals(blind, PARTS[name])
    assert status == 404
    assert "takes text only" in message
    assert PARTS[name]["type"] in message
    assert "messages[0].content[1]" in message


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (
            (image("image/png", PNG + bytes(40)),),
            "it has 112 bytes; this model takes images of 100",
        ),
        ((image("image/jpeg", JPEG),), "its format is jpeg; this model takes png."),
        ((PARTS["image"],) * 3, "messages[0].content[3]: this model takes 2 images a request"),
        ((PARTS["linked image"],), "this model takes no URLs; send images as base64 data."),
        ((PARTS["audio"],), "This model takes text and image only; leave out the `input_audio`"),
    ],
)
def test_the_listings_own_bounds(small, parts, problem):
    status, message = refusals(small, *parts)
    assert (status, problem in message) == (404, True), message
    assert small.chat(SMALL, messages=said(*[PARTS["image"]] * 2)).status == 200


def test_no_url_of_a_request_is_fetched(seeing):
    """A server whose address stands in every kind of reference is never called."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        parts = (
            linked(url),
            {"type": "video_url", "video_url": {"url": url}},
            {"type": "file", "file": {"filename": "x", "file_data": url}},
        )
        assert seeing.chat(ALL, messages=said(*parts)).status == 200
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_picture_of_many_megabytes(scripted, seeing):
    picture = image("image/png", PNG + bytes(15_000_000))
    reply = seeing.chat(ALL, messages=said(picture))
    assert (reply.status, reply.json["usage"]["prompt_tokens"]) == (200, 1029)
    status, message = refusals(seeing, image("image/png", PNG + bytes(20_000_000)))
    assert (status, "images of 20000000" in message) == (404, True)
    assert refusals(seeing, image("image/png", PNG + bytes(26_000_000)))[0] == 413
