"""One decision on record: the event that was decided on and its verdict, as one JSON line.

    {"record": 1, "event": {CloudEvents 1.0}, "verdict": {…}, "beyond": ["ACME-01", "runtime.timeout"]}

The event has all its facts, those of plugins and the derived ones too, so the policies of its verdict's
`policy_revision` say the same of it again; `beyond` names the rules that these policies did not give: those
of plugins' step hooks and the reserved reasons. It is left out when there are none.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError

from aboveboard.errors import EventError, RecordError
from aboveboard.events import StepEvent, schema_id
from aboveboard.pseudonyms import Pseudonymiser
from aboveboard.reasons import REASONS
from aboveboard.records.minimising import Mask, address_free, minimised
from aboveboard.records.opa_log import from_opa, is_opa
from aboveboard.records.upgrading import upgraded
from aboveboard.strict_json import NotJson, loads
from aboveboard.verdicts import Verdict

__all__ = ["VERSION", "Record", "mask_of", "parse_record", "record_line"]

VERSION = 1
_TOO_LARGE = "runtime.input_too_large"
_KEYS = {"record", "event", "verdict", "beyond"}


@dataclass(frozen=True, slots=True)
class Record:
    """A decision that was recorded.

    Attributes:
        event: what was decided on, minimised.
        verdict: the answer; None when the recording engine had none.
        beyond: ids of rules among the verdict's findings that the policies did not give.
    """

    event: StepEvent
    verdict: Verdict | None
    beyond: tuple[str, ...] = ()


def record_line(
    event: StepEvent,
    verdict: Verdict,
    beyond: Collection[str] = (),
    *,
    mask: Mask | None = None,
    facts: str | None = None,
) -> str:
    """The record of a decision, minimised: one line of JSON, without its end.

    Args:
        event: what was decided on, all facts in.
        verdict: the answer.
        beyond: ids of rules among its findings that the policies did not give.
        mask: makes the tokens that stand for what may not be on record; those of one mask agree
            with each other. One of this process when left out.
        facts: the event's facts as JSON, when somebody has just written them.
    """
    mask = mask or _own_mask()
    if _TOO_LARGE in beyond:
        # No engine has seen it, so there is nothing to try again, and it would be as large here.
        event, facts = StepEvent.create(event.step, event.phase, **_attributes(event)), None
    slim = minimised(event, mask)
    tokens = dict(slim.tokens)
    if slim.event.facts is not event.facts or facts is None:
        facts = slim.event.facts.model_dump_json(exclude_none=True)
    if "@" in facts:

        def token(value: str) -> str:
            return tokens.setdefault(value, mask(value))

        facts = json.dumps(address_free(json.loads(facts), token), separators=(",", ":"))
    answer = _verdict_text(verdict, slim.event, beyond, tokens)
    end = f',"beyond":{json.dumps(sorted(set(beyond)))}}}' if beyond else "}"
    return f'{{"record":{VERSION},"event":{_event_text(slim.event, facts)},"verdict":{answer}{end}'


def parse_record(line: str | bytes) -> Record:
    """Read a record, or a line of OPA's own decision log.

    Events of an older schema are brought up to today's.

    Raises:
        RecordError: it is neither; names the place and what was expected, never a value.
    """
    try:
        raw = loads(line.decode("utf-8-sig") if isinstance(line, bytes) else line)
    except UnicodeDecodeError:
        msg = "Not JSON: expected UTF-8 text."
        raise RecordError(msg) from None
    except NotJson as error:
        msg = f"Not JSON: {error}"
        raise RecordError(msg) from None
    if not isinstance(raw, dict):
        msg = "Expected a JSON object: a record, or a line of OPA's decision log."
        raise RecordError(msg)
    try:
        if "record" in raw:
            return _record(raw)
        if is_opa(raw):
            return Record(*from_opa(raw))
    except EventError as error:
        if isinstance(error, RecordError):
            raise
        msg = f"event: {error}"
        raise RecordError(msg) from None
    msg = "Expected a record ({'record': 1, 'event': …, 'verdict': …}) or a line of OPA's decision log."
    raise RecordError(msg, "foreign")


def _record(raw: dict[str, Any]) -> Record:
    version = raw["record"]
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        msg = "record: expected the version of the record, a whole number from 1."
        raise RecordError(msg)
    if version > VERSION:
        msg = (
            f"record: version {version} is newer than this Aboveboard knows ({VERSION}). "
            "Update Aboveboard to read it."
        )
        raise RecordError(msg, "newer")
    if unknown := raw.keys() - _KEYS:
        msg = f"Unknown key {_shown(unknown)}. A newer Aboveboard may have written it: update this one."
        raise RecordError(msg, "newer")
    for name in ("event", "verdict"):
        if name not in raw:
            msg = f"{name}: is missing; every record has it."
            raise RecordError(msg)
    event = StepEvent.from_dict(upgraded(raw["event"]))
    verdict = None if raw["verdict"] is None else _verdict(raw["verdict"])
    beyond = raw.get("beyond", [])
    if not isinstance(beyond, list) or not all(isinstance(rule, str) for rule in beyond):
        msg = "beyond: expected a list of rules' ids."
        raise RecordError(msg)
    if verdict is not None and (verdict.step, verdict.phase, verdict.id) != (
        event.step,
        event.phase,
        event.id,
    ):
        msg = "verdict: is of another event than the record's."
        raise RecordError(msg)
    return Record(event, verdict, tuple(beyond))


def _verdict(raw: Any) -> Verdict:
    try:
        return Verdict.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(_part(part) for part in ("verdict", *first["loc"]))
        if first["type"] == "extra_forbidden":
            msg = f"{place}: is not known here. Update Aboveboard to read it."
            raise RecordError(msg, "newer") from None
        msg = f"{place}: {first['msg'].removeprefix('Value error, ')}."
        raise RecordError(msg) from None


def _part(part: str | int) -> str:
    return str(part) if isinstance(part, int) or part.isidentifier() else "(not a name)"


def _shown(names: Collection[str]) -> str:
    first = min(names)
    return f"'{first}'" if first.isidentifier() and len(first) <= 40 else "(not a name)"


@cache
def _own_mask() -> Mask:
    return mask_of(Pseudonymiser())


def mask_of(pseudonym: Pseudonymiser) -> Mask:
    """Tokens by the key of the pseudonyms; a value and a person of the same name have two."""
    return lambda value: pseudonym(f"record\0{value}")


def _attributes(event: StepEvent) -> dict[str, Any]:
    return {
        "source": event.source,
        "subject": event.subject,
        "time": event.time,
        "id": event.id,
        "parent_decision_id": event.parent_decision_id,
        "traceparent": event.traceparent,
    }


def _event_text(event: StepEvent, facts: str) -> str:
    """`StepEvent.to_json` of a minimised event in a fifth of the time, around facts that are text."""
    attributes = {
        "specversion": "1.0",
        "id": event.id,
        "type": f"io.aboveboard.{event.step}.{event.phase}.v1",
        "source": event.source,
        "time": event.time.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "dataschema": schema_id(event.step),
        "subject": event.subject,
        "parentdecisionid": event.parent_decision_id,
        "traceparent": event.traceparent,
    }
    known = {name: value for name, value in attributes.items() if value is not None}
    return f'{json.dumps(known, separators=(",", ":"))[:-1]},"data":{facts}}}'


def _verdict_text(
    verdict: Verdict, event: StepEvent, beyond: Collection[str], tokens: Mapping[str, str]
) -> str:
    if verdict.id == event.id and not tokens and not beyond:
        return verdict.model_dump_json()
    raw = verdict.model_dump(mode="json")
    raw["id"] = event.id
    for finding in raw["findings"]:
        if finding["rule"] in beyond and finding["rule"] not in REASONS:
            # A plugin's words are its own: nobody checked what is in them.
            facts = [path for path in finding["facts"] if _is_path(path)]
            finding.update(message="", law="", remedy="", args={}, facts=facts)
        else:
            _clean(finding, tokens)
    for obligation in raw["obligations"]:
        obligation["paths"] = [tokens.get(path, path) for path in obligation["paths"]]
        if obligation["notice"] is not None:
            obligation["notice"] = tokens.get(obligation["notice"], obligation["notice"])
    return json.dumps(raw, separators=(",", ":"))


def _is_path(text: str) -> bool:
    return all(part.isidentifier() for part in text.replace("[]", "").split("."))


def _clean(finding: dict[str, Any], tokens: Mapping[str, str]) -> None:
    """Take out of a finding what a policy has copied into it although it may not stand on record."""
    for name, value in finding["args"].items():
        many = value if isinstance(value, list) else [value]
        clean = [_token_for(item, tokens) if isinstance(item, str) else item for item in many]
        if clean != many:
            finding["args"][name] = clean if isinstance(value, list) else clean[0]
            for old, new in zip(many, clean, strict=True):
                if old != new:
                    finding["message"] = finding["message"].replace(old, new)


def _token_for(text: str, tokens: Mapping[str, str]) -> str:
    found = tokens.get(text)
    if found is None:
        found = next((token for value, token in tokens.items() if value in text), text)
    return found
