"""schemathesis on every operation of our document: no 5xx, nothing that the document denies."""

import json
import subprocess
import sys

import pytest
from contract_kit import LISTING

EXAMPLES = 6  # beside some hundred that the schema's own bounds give each operation
HOT_EXAMPLES = 25
HOT = ("chat/completions", "completions", "responses", "messages", "embeddings")
PLACES = {"author": LISTING.partition("/")[0], "slug": LISTING.partition("/")[2], "name": "ok"}

# A valid body may still contradict itself (`tool_choice` without tools); and what only an engine
# reads of a conversation is described and not checked.
UNCHECKED_HERE = [f"/api/v1/{path}" for path in (*HOT, "messages/count_tokens")]
# Days have to lie in a window that moves, a key's end in the future; a form's refusal redirects.
# The document cannot say so.
BY_MEANING = {
    "positive_data_acceptance": [
        "/api/v1/activity",
        "/api/v1/datasets/app-rankings",
        "/api/v1/datasets/rankings-daily",
        "/api/v1/keys",
        *UNCHECKED_HERE,
    ],
    "negative_data_rejection": ["/api/v1/report", *UNCHECKED_HERE],
}


def aimed(house):
    """The document with names that are there in this house, so that handlers are reached."""
    document = house.json("/openapi.json")
    made = house.ask("POST", "/keys", {"name": "to be tried"}, management=True).json["data"]["hash"]
    there = {**PLACES, "hash": made, "id": house.generation}
    for path, item in document["paths"].items():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                if known := there.get(parameter["name"]):
                    parameter["schema"] = {"enum": [known, "nobody"]}
            if path in UNCHECKED_HERE:
                body = operation["requestBody"]["content"]["application/json"]["schema"]
                body["properties"]["model"] = {"enum": ["ok"]}
    return document


def configuration():
    """One check off at some paths, all others on everywhere; hot routes are left to chance alone.

    Their many fields would make four of five cases, most of which say what msgspec's bounds do.
    """
    hot = f"[[operations]]\ninclude-path = {json.dumps(UNCHECKED_HERE)}\n"
    hot += "phases.coverage.enabled = false\n"
    hot += f"phases.fuzzing.generation.max-examples = {HOT_EXAMPLES}\n\n"
    return hot + "".join(
        f"[[operations]]\ninclude-path = {json.dumps(paths)}\nchecks.{check}.enabled = false\n\n"
        for check, paths in BY_MEANING.items()
    )


@pytest.mark.timeout(300)
def test_every_operation_keeps_to_its_document(trampled_house, tmp_path):
    house = trampled_house
    (tmp_path / "openapi.json").write_text(json.dumps(aimed(house)))
    (tmp_path / "schemathesis.toml").write_text(configuration())
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml"),
        *("run", "openapi.json", "--url", f"http://127.0.0.1:{house.relay.port}"),
        *("--header", f"Authorization: Bearer {house.relay.management_key}"),
        *("--phases", "examples,coverage,fuzzing", "--continue-on-failure"),
        *("--max-examples", str(EXAMPLES), "--generation-deterministic", "--no-color"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    operations = sum(map(len, aimed(house)["paths"].values()))
    assert f"Tested: {operations}" in done.stdout
