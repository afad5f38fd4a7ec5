"""The server around the scenarios: connections, the log of what it saw, parameters, the command."""

import json
from contextlib import closing

import httpx
import pytest
import xxhash
from scripted_client import (
    Raw,
    chat,
    chat_request,
    connect,
    get,
    read_to_end,
    send,
    wait_for,
)

from darkhorse.upstream.scripted import (
    DEFAULT_TEXT,
    ScenarioError,
    find,
)
from darkhorse.upstream.scripted.seen import Request, SeenLog


@pytest.fixture(autouse=True)
def forget(port):
    get(port, "/seen", "DELETE")


def seen(port) -> list[dict]:
    return get(port, "/seen").json()


class TestConnections:
    def test_keep_alive_answers_one_after_another(self, port):
        with closing(connect(port)) as connection:
            for model in ("ok", "slow?first_ms=1&delta_ms=1&deltas=2", "tools", "ok"):
                connection.sendall(chat_request(model, stream=True, close=False))
                data = b""
                while not data.endswith(b"\r\n0\r\n\r\n"):
                    data += connection.recv(65536)
                assert Raw(data, "fin").events()[-1] == "[DONE]"

    def test_pipelined_requests_are_answered_in_order(self, port):
        slow = chat_request("slow?first_ms=20&delta_ms=0&text=first", stream=False, close=False)
        quick = chat_request("ok?text=second", stream=False)
        raw = send(port, slow + quick)
        assert raw.data.index(b'"first"') < raw.data.index(b'"second"')
        assert raw.end == "fin"

    def test_a_body_split_over_writes_is_read_whole(self, port):
        request = chat_request("echo", stream=False, user="zwölf " * 1000)
        with closing(connect(port)) as connection:
            for start in range(0, len(request), 700):
                connection.sendall(request[start : start + 700])
            [choice] = read_to_end(connection).json()["choices"]
        assert choice["message"]["content"] == "zwölf " * 1000

    def test_expect_continue_is_answered(self, port):
        request = chat_request("ok", stream=False).replace(
            b"Authorization", b"Expect: 100-continue\r\nAuthorization"
        )
        assert send(port, request).data.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")

    def test_bytes_that_are_no_http_end_the_connection(self, port):
        assert send(port, b"\x16\x03\x01 hello\r\n\r\n").data == b""

    @pytest.mark.parametrize(
        "model", ["ok", "trailers", "early-hints", "dribble", "until-close", "split-events"]
    )
    def test_httpx_reads_the_legal_disguises(self, port, model):
        url = f"http://127.0.0.1:{port}/v1/chat/completions"
        answer = httpx.post(url, json={"model": model, "stream": True})
        assert answer.content.endswith(b"data: [DONE]\n\n")


class TestParameters:
    def test_text_is_url_decoded(self, port):
        raw = chat(port, "ok?text=a%20b%26%C3%A9&deltas=2", stream=True)
        assert raw.deltas() == "a b&é"
        assert len(raw.chunks()) == 5

    @pytest.mark.parametrize(
        ("model", "says"),
        [
            ("okk", "did you mean ok?"),
            ("slow?first=3", "did you mean first_ms?"),
            ("slow?first_ms=soon", "first_ms"),
            ("ok?deltas=0", "deltas"),
            ("wrong-types?case=upside-down", "case"),
            ("status-600", "code"),
            ("status-20", "no scenario is named 'status-20'"),
        ],
    )
    def test_a_mistake_is_a_404_that_says_so(self, port, model, says):
        with pytest.raises(ScenarioError, match=r"scenario|parameter") as caught:
            find(model)
        raw = chat(port, model, stream=True)
        assert raw.status == 404
        assert says in str(caught.value)
        assert says in raw.json()["error"]["message"]

    def test_a_body_that_is_no_chat_request_is_a_400(self, port):
        request = b"POST /v1/chat/completions HTTP/1.1\r\nConnection: close\r\nContent-Length: 2"
        assert send(port, request + b"\r\n\r\n[]").status == 400

    def test_usage_can_be_left_out(self, port):
        assert "usage" not in chat(port, "ok?usage=0", stream=False).json()
        assert "usage" in chat(port, "ok?usage=1", stream=False).json()

    def test_echo_joins_text_parts(self, port):
        content = [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]
        messages = [{"role": "user", "content": content}, {"role": "assistant", "content": "no"}]
        body = json.dumps({"model": "echo", "messages": messages}).encode()
        head = b"POST /v1/chat/completions HTTP/1.1\r\nConnection: close\r\nContent-Length: %d\r\n"
        raw = send(port, head % len(body) + b"\r\n" + body)
        assert raw.json()["choices"][0]["message"]["content"] == "one two"


class TestCounting:
    @pytest.mark.parametrize("stream", [True, False])
    def test_flaky_fails_the_first_n_of_its_key(self, port, stream):
        for key in ("a", "b"):
            model = f"flaky?fail=2&status=502&key={key}"
            got = [chat(port, model, stream=stream).status for _ in range(4)]
            assert got == [502, 502, 200, 200]

    def test_down_then_up_closes_without_a_byte(self, port):
        got = [chat(port, "down-then-up?fail=1", stream=True).data[:12] for _ in range(2)]
        assert got == [b"", b"HTTP/1.1 200"]

    def test_cut_then_up_breaks_off_first(self, port):
        first, second = (chat(port, "cut-then-up", stream=True) for _ in range(2))
        assert b"[DONE]" not in first.data
        assert second.deltas() == DEFAULT_TEXT

    def test_forgetting_starts_the_count_again(self, port):
        assert chat(port, "flaky", stream=False).status == 503
        get(port, "/seen", "DELETE")
        assert chat(port, "flaky", stream=False).status == 503


class TestSeen:
    def test_a_request_is_shown_as_it_came(self, port):
        request = chat_request("ok", stream=True, user="grüße")
        send(port, request)
        [record] = seen(port)
        assert record["path"] == "/v1/chat/completions"
        assert record["headers"]["authorization"] == "Bearer sk-1"
        assert record["body"].encode() == request.partition(b"\r\n\r\n")[2]
        assert (record["done"], record["cancelled"]) == (True, False)
        assert record["at"] > 1_700_000_000_000_000

    @pytest.mark.parametrize(
        "model", ["hang", "hang-headers", "hang-mid", "slow?first_ms=60000", "endless"]
    )
    def test_a_client_that_goes_is_marked(self, port, model):
        with closing(connect(port)) as connection:
            connection.sendall(chat_request(model, stream=True))
            wait_for(lambda: len(seen(port)) == 1)
            assert not seen(port)[0]["cancelled"]
        wait_for(lambda: seen(port)[0]["cancelled"])
        assert not seen(port)[0]["done"]

    @pytest.mark.parametrize("model", ["ok", "refuse", "reset", "cut-mid-event", "until-close"])
    def test_an_answer_the_engine_broke_off_is_not_cancelled(self, port, model):
        chat(port, model, stream=True)
        wait_for(lambda: seen(port)[0]["done"])
        assert not seen(port)[0]["cancelled"]

    def test_a_large_body_is_kept_as_its_hash(self, port):
        request = chat_request("ok", stream=False, user="x" * 1_000_001)
        send(port, request)
        body = request.partition(b"\r\n\r\n")[2]
        [record] = seen(port)
        assert record["body"] == {"bytes": len(body), "xxh3": xxhash.xxh3_64_hexdigest(body)}

    def test_the_log_is_bounded_in_records_and_bytes(self):
        log = SeenLog()
        for n in range(1100):
            log.add(Request(b"POST", f"/{n}", (), b"", keep_alive=True), n)
        assert [s.at_us for s in log] == list(range(100, 1100))
        for n in range(100):
            log.add(Request(b"POST", "/", (), b"x" * 1_000_000, keep_alive=True), n)
        assert [s.at_us for s in log] == list(range(100 - 67, 100))
