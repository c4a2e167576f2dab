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
from aboveboard.events import StepEvent, facts_of, schema_id
from aboveboard.pseudonyms import Pseudonymiser
from aboveboard.reasons import REASONS
from aboveboard.records.minimising import (
    Mask,
    address_free,
    minimised,
    telling_id,
    telling_source,
    tokens_by,
)
from aboveboard.records.opa_log import from_opa, is_opa
from aboveboard.records.upgrading import upgraded
from aboveboard.strict_json import NotJson, loads
from aboveboard.verdicts import Verdict

__all__ = ["VERSION", "Record", "mask_of", "parse_record", "record_line"]

VERSION = 1
_quoted = json.encoder.encode_basestring_ascii
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
    question: str | None = None,
) -> str:
    """The record of a decision, minimised: one line of JSON, without its end.

    Args:
        event: what was decided on, all facts in.
        verdict: the answer.
        beyond: ids of rules among its findings that the policies did not give.
        mask: makes the tokens that stand for what may not be on record; those of one mask agree
            with each other. One of this process when left out.
        question: the event's `engine_input()`, when somebody has just written it.
    """
    tokens: dict[str, str] = {}
    token = tokens_by(mask or _own_mask(), tokens)
    if _TOO_LARGE in beyond:
        facts = "{}"  # no engine has seen it, and it would be as large here
    else:
        if question is None:
            facts = event.facts.model_dump_json(exclude_none=True)
        else:
            facts = facts_of(question)
        facts = minimised(event, facts, token)
        if "@" in facts:
            clean = address_free(json.loads(facts), token)
            facts = json.dumps(clean, ensure_ascii=False, separators=(",", ":"))
    name = telling_id(event.id, token)
    attributes = _attributes_text(event, name, token)
    answer = _verdict_text(verdict, name, beyond, tokens)
    end = f',"beyond":{json.dumps(sorted(set(beyond)))}}}' if beyond else "}"
    return f'{{"record":{VERSION},"event":{attributes},"data":{facts}}},"verdict":{answer}{end}'


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
        newer = "Unknown fact" in str(error)
        hint = " If a newer Aboveboard wrote it, update this one." if newer else ""
        msg = f"event: {error}{hint}"
        raise RecordError(msg, "newer" if newer else "malformed") from None
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


def _attributes_text(event: StepEvent, name: str, token: Mask) -> str:
    """What `StepEvent.to_json` writes beside the facts, in a fifth of the time; the bracket stays open."""
    step = event.step
    time = event.time.isoformat().replace("+00:00", "Z")
    parts = [
        f'{{"specversion":"1.0","id":{_quoted(name)}',
        f'"type":"io.aboveboard.{step}.{event.phase}.v1"',
        f'"source":{_quoted(telling_source(event.source, token))}',
        f'"time":"{time}","datacontenttype":"application/json","dataschema":"{schema_id(step)}"',
    ]
    if event.subject is not None:
        parts.append(f'"subject":{_quoted(event.subject)}')
    if event.parent_decision_id is not None:
        parts.append(f'"parentdecisionid":{_quoted(telling_id(event.parent_decision_id, token))}')
    if event.traceparent is not None:
        parts.append(f'"traceparent":{_quoted(event.traceparent)}')
    return ",".join(parts)


def _verdict_text(
    verdict: Verdict, name: str, beyond: Collection[str], tokens: Mapping[str, str]
) -> str:
    if verdict.id == name and not beyond and not (verdict.findings and tokens):
        return verdict.model_dump_json()
    raw = verdict.model_dump(mode="json")
    raw["id"] = name
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
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))


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
