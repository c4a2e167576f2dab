"""`aboveboard check`: verdicts, formats, exit codes, and what becomes of bad input."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.organisation import load_organisation
from aboveboard.testing import compliant_facts, make_event

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from click.testing import Result

KEYS = ["id", "step", "phase", "effect", "findings", "obligations", "policy_revision", "engine"]
FINDING = ["rule", "effect", "message", "law", "remedy", "facts"]


def test_all_allowed(
    run: Callable[..., Result], recorded: Callable[..., str], revision: str
) -> None:
    result = run("check", "-", input=recorded())
    assert result.stdout == (
        "EFFECT  EVENT  STEP            REASONS\n"
        "allow   e1     recommendation\n"
        "\n"
        "1 event: 1 allowed, 0 escalated, 0 denied.\n"
        f"Policies: {revision[:19]} on embedded.\n"
    )
    assert (result.exit_code, result.stderr) == (0, "")


def test_every_effect(
    run: Callable[..., Result], recorded: Callable[..., str], revision: str, tmp_path: Path
) -> None:
    weighty = {"decision.effect": "legal", "decision.automation": "dpv:FullAutomation"}
    lines = [
        recorded(),
        recorded("decision", "e2", weighty),
        recorded(id="e3", changes={"objections.direct_marketing": None}),
        recorded("decision", "e4", weighty, phase="completed"),
    ]
    (tmp_path / "events.jsonl").write_text("\n".join(lines))
    result = run("check", "events.jsonl")
    assert result.stdout == (
        "EFFECT    EVENT  STEP                REASONS\n"
        "allow     e1     recommendation\n"
        "escalate  e2     decision            R-ADM-01 A decision that weighs on the person would "
        "be made by a machine alone.\n"
        "deny      e3     recommendation      R-DM-01 Nobody looked up whether the person has "
        "objected to direct marketing.\n"
        "escalate  e4     decision completed  R-ADM-01 A decision that weighs on the person would "
        "be made by a machine alone.\n"
        "\n"
        "4 events: 1 allowed, 2 escalated, 1 denied.\n"
        "Rules: R-ADM-01 2, R-DM-01 1.\n"
        f"Policies: {revision[:19]} on embedded.\n"
        "\n"
        "Missing facts that stopped most events, and where to state them:\n"
        "\n"
        "FACT                         EVENTS  STATE IT IN\n"
        "decision.art22_exception     2       facts function\n"
        "objections.direct_marketing  1       CRM plugin or facts function\n"
    )
    assert (result.exit_code, result.stderr) == (1, "")


def test_a_denied_event_names_the_next_step(
    run: Callable[..., Result], objected: Callable[[str], str]
) -> None:
    result = run("check", "-", input=objected("e1"))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "See 'aboveboard policies show R-DM-01'."


def test_json_of_an_event(
    run: Callable[..., Result], objected: Callable[[str], str], revision: str
) -> None:
    result = run("check", "-", "--format", "json", input=objected("e1"))
    assert (result.exit_code, result.stderr) == (1, "")
    (found,) = json.loads(result.stdout)
    assert list(found) == KEYS
    assert found == {
        "id": "e1",
        "step": "recommendation",
        "phase": "requested",
        "effect": "deny",
        "findings": [
            {
                "rule": "R-DM-01",
                "effect": "deny",
                "message": "The person has objected to direct marketing.",
                "law": "GDPR Art. 21(2)-(3)",
                "remedy": "Leave the person out of direct marketing; no ground outweighs the "
                "objection, and only the person can take it back (objections.direct_marketing). "
                "Advice to buy is no marketing where the person asked for it (contact.asked_for) "
                "or looks for it on the organisation's own pages (contact.channel 'web').",
                "facts": ["objections.direct_marketing", "processing.purposes"],
            }
        ],
        "obligations": [],
        "policy_revision": revision,
        "engine": "embedded",
    }


def test_obligations_in_json(run: Callable[..., Result], recorded: Callable[..., str]) -> None:
    event = recorded("profiling", changes={"fields.0.categories": ["pd:Religion"]})
    (found,) = json.loads(run("check", "-", "--format", "json", input=event).stdout)
    assert {"kind": "redact", "rule": "R-MIN-01", "paths": ["lead.job"], "notice": None} in (
        found["obligations"]
    )
    assert all(list(finding) == FINDING for finding in found["findings"])


def test_formats_agree_and_runs_repeat(
    run: Callable[..., Result], recorded: Callable[..., str], objected: Callable[[str], str]
) -> None:
    text = f"{recorded()}\n{objected('e2')}\n"
    lines = run("check", "-", "--format", "jsonl", input=text)
    array = run("check", "-", "--format", "json", input=text)
    assert [json.loads(line) for line in lines.stdout.splitlines()] == json.loads(array.stdout)
    assert run("check", "-", "--format", "jsonl", input=text).stdout == lines.stdout


@pytest.mark.parametrize("shape", ["lines", "array", "pretty", "zipped", "marked"])
def test_shapes_of_input(
    run: Callable[..., Result],
    recorded: Callable[..., str],
    objected: Callable[[str], str],
    tmp_path: Path,
    shape: str,
) -> None:
    events = [recorded(), objected("e2"), recorded("profiling", "e3")]
    lines = "\r\n\r\n".join(events)
    data = {
        "lines": lines.encode(),
        "array": f"[{','.join(events)}]".encode(),
        "pretty": "\n".join(json.dumps(json.loads(e), indent=2) for e in events).encode(),
        "zipped": gzip.compress(lines.encode()),
        "marked": f"\ufeff{lines}".encode(),
    }[shape]
    (tmp_path / "events").write_bytes(data)
    for arguments, options in ((("events",), {}), (("-",), {"input": data})):
        result = run("check", *arguments, "--format", "jsonl", **options)
        found = [json.loads(line) for line in result.stdout.splitlines()]
        assert [(f["id"], f["effect"]) for f in found] == [
            ("e1", "allow"),
            ("e2", "deny"),
            ("e3", "allow"),
        ]
        assert (result.exit_code, result.stderr) == (1, "")


def test_many_events_show_the_stopped_ones(
    run: Callable[..., Result], recorded: Callable[..., str], objected: Callable[[str], str]
) -> None:
    allowed, stopped = json.loads(recorded()), json.loads(objected("x"))
    lines = [json.dumps({**(stopped if i % 2 else allowed), "id": f"e{i}"}) for i in range(60)]
    result = run("check", "-", input="\n".join(lines))
    rows = result.stdout.split("\n\n")[0].splitlines()
    assert rows[0] == "EFFECT  EVENT  STEP            REASONS"
    assert [row.split()[1] for row in rows[1:]] == [f"e{i}" for i in range(1, 40, 2)]
    assert result.stdout.split("\n\n")[1].splitlines()[:3] == [
        "10 more events stopped.",
        "60 events: 30 allowed, 0 escalated, 30 denied.",
        "Rules: R-DM-01 30.",
    ]


@pytest.fixture
def bare() -> str:
    """An event that names its purpose and leaves the rest to the organisation."""
    return make_event("profiling", changes={"processing.purpose": "lead_scoring"}).to_json()


def organisation_file(path: Path) -> str:
    import importlib.resources

    shipped = importlib.resources.files("aboveboard.organisation").joinpath("esimerkki.yaml")
    path.write_text(shipped.read_text("utf-8"), "utf-8")
    return str(path)


def test_an_organisation_fills_events(
    run: Callable[..., Result], bare: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = organisation_file(tmp_path / "organisation.yaml")
    unfilled = run("check", "-", "--format", "jsonl", input=bare)
    filled = run("check", "-", "--format", "jsonl", "--organisation", file, input=bare)
    assert "R-LB-01" in unfilled.stdout
    assert "R-LB-01" not in filled.stdout
    monkeypatch.setenv("ABOVEBOARD_ORGANISATION", file)
    assert run("check", "-", "--format", "jsonl", input=bare).stdout == filled.stdout


def test_an_event_that_contradicts_the_organisation_is_denied(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = organisation_file(tmp_path / "organisation.yaml")
    event = make_event(
        "profiling",
        facts=compliant_facts("profiling", organisation=load_organisation(Path(file))),
        changes={"processing.legal_basis": "eu-gdpr:A6-1-b"},
    )
    result = run("check", "-", "--format", "json", "--organisation", file, input=event.to_json())
    (found,) = json.loads(result.stdout)
    assert (result.exit_code, found["effect"]) == (1, "deny")
    assert found["findings"] == [
        {
            "rule": "runtime.facts_conflict",
            "effect": "deny",
            "message": "The event contradicts the organisation's register or profile on "
            "processing.legal_basis.",
            "law": "",
            "remedy": "Correct the event, or the organisation's file.",
            "facts": [],
        }
    ]


def test_an_unknown_purpose_is_bad_input(run: Callable[..., Result], tmp_path: Path) -> None:
    file = organisation_file(tmp_path / "organisation.yaml")
    event = make_event("profiling", changes={"processing.purpose": "lead_scorin"}).to_json()
    result = run("check", "-", "--organisation", file, input=event)
    assert result.exit_code == 2
    assert result.stderr == (
        "stdin:1: data: Unknown purpose 'lead_scorin'. Did you mean 'lead_scoring'? "
        "See 'aboveboard policies purposes'.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--organisation", "gone.yaml"), "Error: gone.yaml: no such file. 'aboveboard init'"),
        (("--policies", "gone"), "Error: gone: no such directory of policies."),
        (
            ("--engine", "opa", "--opa-url", "nowhere"),
            "Error: The URL of the OPA server is not one.",
        ),
        (("--engine", "nowhere"), "Error: There is no engine 'nowhere'. Built in are embedded, "),
        (("--timeout-s", "0"), "Error: Setting 'timeout_s': "),
        (("--language", "Finnish!"), "Error: Setting 'language': "),
    ],
)
def test_wrong_options(
    run: Callable[..., Result], recorded: Callable[..., str], arguments: Any, message: str
) -> None:
    result = run("check", "-", *arguments, input=recorded())
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(message)


def test_policies_and_opa_contradict_each_other(run: Callable[..., Result]) -> None:
    result = run("check", "-", "--engine", "opa", "--policies", "policies", input="")
    assert result.exit_code == 2
    assert "aboveboard bundle build --policies DIR" in result.stderr


def test_no_opa_is_a_deny(run: Callable[..., Result], recorded: Callable[..., str]) -> None:
    result = run(
        "check", "-", "--engine", "opa", "--opa-url", "http://127.0.0.1:9", input=recorded()
    )
    assert result.stdout == (
        "EFFECT  EVENT  STEP            REASONS\n"
        "deny    e1     recommendation  runtime.engine_unavailable The OPA server cannot be "
        "reached.\n"
        "\n"
        "1 event: 0 allowed, 0 escalated, 1 denied.\n"
        "Rules: runtime.engine_unavailable 1.\n"
        "runtime.engine_unavailable: Start it ('opa run --server --bundle FILE') or correct "
        "opa_url.\n"
    )
    assert result.exit_code == 1


@pytest.mark.opa
def test_an_opa_of_its_own(
    run: Callable[..., Result],
    recorded: Callable[..., str],
    opa_binary: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ABOVEBOARD_OPA_BINARY", str(opa_binary))
    result = run("check", "-", "--format", "jsonl", "--engine", "managed", input=recorded())
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["engine"] == "managed"


@pytest.mark.opa
def test_both_engines_say_the_same(
    run: Callable[..., Result],
    recorded: Callable[..., str],
    objected: Callable[[str], str],
    opa_server: Callable[..., AbstractContextManager[str]],
    tmp_path: Path,
) -> None:
    assert run("bundle", "build").exit_code == 0
    text = f"{recorded()}\n{objected('e2')}\n{recorded('decision', 'e3')}\n"
    embedded = run("check", "-", "--format", "jsonl", input=text)
    with opa_server(tmp_path / "bundle.tar.gz", bundle=True) as url:
        served = run(
            "check", "-", "--format", "jsonl", "--engine", "opa", "--opa-url", url, input=text
        )
        bad = run("check", "-", "--engine", "opa", "--opa-url", url, input="{}")
    assert served.stdout.replace('"engine": "opa"', '"engine": "embedded"') == embedded.stdout
    assert served.exit_code == embedded.exit_code == 1
    assert bad.exit_code == 2


def test_verbose_logs_to_standard_error(
    run: Callable[..., Result], objected: Callable[[str], str]
) -> None:
    quiet = run("check", "-", "--format", "jsonl", input=objected("e1"))
    loud = run("check", "-", "--format", "jsonl", "-v", input=objected("e1"))
    assert quiet.stderr == ""
    assert loud.stdout == quiet.stdout
    logged = json.loads(loud.stderr)
    assert (logged["event"], logged["event_id"]) == ("step.denied", "e1")
    assert logged["rules"] == ["R-DM-01"]


def test_language_falls_back_to_english(
    run: Callable[..., Result], objected: Callable[[str], str]
) -> None:
    result = run("check", "-", "--language", "mt", "--format", "jsonl", input=objected("e1"))
    assert "The person has objected to direct marketing." in result.stdout
