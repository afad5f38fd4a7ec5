"""A relay on a disk that can be told to fail, or to hang."""

from pathlib import Path

from live.stage import Process, Relay, Reply


class FailingRelay(Relay):
    """The disk is full while `full` is there, and answers nothing while `hanging` is."""

    @property
    def full(self) -> Path:
        return self.data / "full"

    @property
    def hanging(self) -> Path:
        return self.data / "hanging"

    def start(self):
        fd = self.listener.fileno()
        env = {"DARKHORSE_LISTEN_FD": str(fd), "UPSTREAM_KEY": "sk-x"}
        program = Path(__file__).with_name("failing_relay.py")
        given = (program, self.data, self.config, self.full, self.hanging)
        self.process = Process([str(each) for each in given], env, (fd,), self.log)
        self.process.wait_ready()
        return self

    def counted(self, outcome: str) -> bool:
        metrics = self.get("/metrics", f"authorization: Bearer {self.management_key}").body
        return f'outcome="{outcome}"'.encode() in metrics

    def refuses(self, model: str = "ok") -> bool:
        return self.chat(model).status == 503

    def serves(self, model: str = "ok") -> bool:
        return self.chat(model).status == 200

    def close(self) -> None:
        self.hanging.unlink(missing_ok=True)  # it could not be stopped
        super().close()


def assert_is_no_answer(reply: Reply, *, stream: bool) -> None:
    """The client has heard, in the way it asked, that what it got is not to be relied on."""
    if stream:
        assert b"[DONE]" not in reply.raw
        assert reply.chunks[-1]["error"]["code"] == 503
        assert reply.chunks[-1]["choices"][0]["finish_reason"] == "error"
    else:
        assert (reply.status, reply.json["error"]["code"]) == (503, 503)
