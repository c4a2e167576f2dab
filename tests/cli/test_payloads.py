"""`aboveboard check --from`: payloads as a vendor sends them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from click.testing import Result

Run = Callable[..., "Result"]
RECORD = {"id": "7", "properties": {"firstname": "Aino", "shoe_size": "43"}}
HOOK = {
    "eventId": 1, "portalId": 2, "subscriptionType": "contact.propertyChange", "objectId": 7,
    "propertyName": "jobtitle", "propertyValue": "x", "occurredAt": 1791802961000,
}  # fmt: skip


def test_a_record_is_one_event(run: Run) -> None:
    result = run("check", "--from", "hubspot", "--format", "json", "-", input=json.dumps(RECORD))
    assert (result.exit_code, result.stderr) == (1, "")
    (verdict,) = json.loads(result.stdout)
    assert (verdict["step"], verdict["phase"], verdict["effect"]) == (
        "data_collection", "requested", "deny")  # fmt: skip
    assert "Aino" not in result.stdout


def test_an_array_is_one_payload_with_many_events(run: Run, tmp_path: Path) -> None:
    (tmp_path / "hook.json").write_text(json.dumps([HOOK, {**HOOK, "eventId": 2}], indent=2))
    result = run("check", "--from", "hubspot", "hook.json")
    assert "2 events: 0 allowed" in result.stdout
    assert result.exit_code == 1


def test_lines_are_payloads_each_with_its_place(run: Run, tmp_path: Path) -> None:
    lines = [json.dumps(RECORD), "", json.dumps([HOOK]), "{oops", json.dumps({"x": 1})]
    (tmp_path / "p.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    result = run("check", "--from", "hubspot", "p.jsonl.gz")
    assert "2 events" in result.stdout
    assert "p.jsonl.gz:4: " in result.stderr
    assert "p.jsonl.gz:5: HubSpot payload: expected" in result.stderr
    assert result.exit_code == 2


def test_a_payload_kept_with_its_note_is_unpacked(run: Run) -> None:
    kept = {"_meta": {"vendor": "hubspot"}, "payload": RECORD}
    assert run("check", "--from", "hubspot", "-", input=json.dumps(kept)).exit_code == 1


def test_the_purpose_fills_in_what_the_register_knows(run: Run) -> None:
    bare = run("check", "--from", "hubspot", "-", input=json.dumps(RECORD))
    filled = run(
        "check", "--from", "hubspot", "--purpose", "contact_management", "-",
        input=json.dumps(RECORD),
    )  # fmt: skip
    assert "R-LB-01" in bare.stdout
    assert "R-LB-01" not in filled.stdout
    wrong = run("check", "--from", "hubspot", "--purpose", "x", "-", input=json.dumps(RECORD))
    assert (wrong.exit_code, "Unknown purpose 'x'" in wrong.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no payload; expected JSON"),
        ("  \n", "no payload; expected JSON"),
        ("[]", "the array is empty"),
        ("[1]", r"HubSpot webhook [0]: expected an object"),
        ('{"results": []}', "a payload of hubspot that concerns no step"),
        ("{oops", "stdin:1: "),
        ("7", "HubSpot: expected"),
        ("[" * 5000, "stdin"),
        (b"\xff\xfe", "expected UTF-8"),
        (gzip.compress(b"{}")[:8], "damaged or cut off"),
    ],
)
def test_what_is_not_understood_is_bad_input(run: Run, text: Any, problem: str) -> None:
    result = run("check", "--from", "hubspot", "-", input=text)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_of_the_wrong_vendor_is_never_allowed(run: Run) -> None:
    assert run("check", "--from", "nobody", "-", input="{}").exit_code == 2
    assert "No plugin reads payloads of 'nobody'" in run(
        "check", "--from", "nobody", "-", input="{}").stderr  # fmt: skip


def test_a_purpose_is_for_payloads(run: Run) -> None:
    result = run("check", "--purpose", "contact_management", "-", input="{}")
    assert (result.exit_code, "name it with --from" in result.stderr) == (2, True)


def test_too_much_is_refused_without_reading_it(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "big.json").open("wb") as file:
        file.truncate(11 << 20)
    result = run("check", "--from", "hubspot", "big.json")
    assert (result.exit_code, "longer than 10 MiB" in result.stderr) == (2, True)
