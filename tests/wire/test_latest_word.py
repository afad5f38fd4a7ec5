"""Of several things the user said, the latest is the question that an answer is read by."""

import json

from msgspec import Raw

from darkhorse.wire.conversation import latest_user_text


def test_the_latest_of_several():
    turns = (("user", "Hello."), ("assistant", "Yes?"), ("user", "Who are you?"), ("tool", "{}"))
    said = [{"role": role, "content": content} for role, content in turns]
    assert latest_user_text(Raw(json.dumps(said).encode())) == "Who are you?"
