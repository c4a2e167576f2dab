"""A step event: who does what with whose data, as far as it is known.

On the wire it is a CloudEvents 1.0 JSON object:

    {"specversion": "1.0", "id": …, "type": "io.aboveboard.recommendation.requested.v1",
     "source": "/hubspot/146012345", "subject": "k1:9f86d081884c7d659a2feaa0c55ad015",
     "time": "2026-11-02T09:30:00Z", "datacontenttype": "application/json",
     "dataschema": "urn:io.aboveboard:schema:recommendation:v1", "data": {facts}}

Unknown facts are left out or null there; what an engine is given leaves them out. Two extension
attributes say where an event stands: `parentdecisionid`, the decision of the step that it happened
in, and `traceparent`, as CloudEvents' distributed-tracing extension has it.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from aboveboard.errors import EventError
from aboveboard.facts import PHASES, STEP_FACTS, STEPS, Phase, Step, StepFacts, derive
from aboveboard.facts.merging import EACH, as_mapping, fill, of_each
from aboveboard.facts.paths import known_path, nearest_path
from aboveboard.nesting import TRACEPARENT
from aboveboard.strict_json import NotJson, loads

__all__ = [
    "SCHEMA_VERSION",
    "StepEvent",
    "event_time",
    "fact_message",
    "facts_of",
    "is_pseudonym",
    "schema_id",
]

SCHEMA_VERSION = "v1"
"""Facts are only added to it: an event of an earlier day is an event of today."""
MAX_DEPTH = 32
_MAX_PROBLEMS = 10

_TYPE = re.compile(
    r"io\.aboveboard\.(?P<step>[a-z_]+)\.(?P<phase>[a-z]+)\.v(?P<version>[0-9]{1,4})"
)
_SOURCE = re.compile(r"/[\w.~@+-]+(/[\w.~@+-]+)*")
_SUBJECT = re.compile(r"[A-Za-z0-9_-]{1,32}:[0-9a-f]{16,128}")
# No control characters (they would forge lines in logs) and no lone surrogates (no JSON writer
# takes them).
_ID = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_SCHEMA = re.compile(r"[A-Za-z0-9_.:/#-]{1,128}")
# What every event of ours bears; `create` knows more of them than CloudEvents does.
_ATTRIBUTES = {
    "specversion",
    "id",
    "source",
    "type",
    "datacontenttype",
    "dataschema",
    "subject",
    "parentdecisionid",
    "traceparent",
}
_SCALARS = frozenset((str, int, bool, float, type(None)))
_CONTENT = re.compile(r"application/([\w.-]+\+)?json(\s*;.*)?", re.IGNORECASE)
_MAX_ATTRIBUTE = 256
_NO_TIME = "time: expected an RFC 3339 time with its offset from UTC, such as 2026-11-02T09:00:00Z."


def schema_id(step: Step) -> str:
    """The `dataschema` of a step's events and the `$id` of their exported JSON Schema."""
    return f"urn:io.aboveboard:schema:{step}:{SCHEMA_VERSION}"


def is_pseudonym(text: str) -> bool:
    """Whether a text has the form of a subject: `<key id>:<hexadecimal digits>`."""
    return _matches(_SUBJECT, text)


def facts_of(question: str) -> str:
    """The facts alone, as JSON, of what `StepEvent.engine_input` wrote."""
    start = question.index('"time":"') + 8
    rest = question[question.index('"', start) + 1 :]
    return "{}" if rest == "}" else "{" + rest[1:]


@dataclass(frozen=True, slots=True)
class StepEvent:
    """One event. Make it with `create`, which validates and derives; read it with `from_json`.

    Attributes:
        id: unique with `source`.
        step: `data_collection`, `profiling`, `recommendation` or `decision`.
        phase: `requested` (before: what would be used) or `completed` (after: what came out).
        source: `/<plugin>/<account or app>`.
        subject: pseudonym of the person, or None when it is nobody in particular.
        time: when it was made, UTC; every derived age counts from it.
        facts: the facts model of the step.
        parent_decision_id: decision of the step in which this one happens, or None.
        traceparent: the trace that it belongs to, as W3C Trace Context has it, or None.
    """

    id: str
    step: Step
    phase: Phase
    source: str
    subject: str | None
    time: datetime
    facts: StepFacts
    parent_decision_id: str | None = None
    traceparent: str | None = None

    @classmethod
    def create(
        cls,
        step: Step,
        phase: Phase = "requested",
        facts: Mapping[str, Any] | StepFacts | None = None,
        *,
        source: str = "/aboveboard/app",
        subject: str | None = None,
        time: datetime | None = None,
        id: str | None = None,  # noqa: A002  (the attribute's name)
        parent_decision_id: str | None = None,
        traceparent: str | None = None,
    ) -> StepEvent:
        """Make an event from facts.

        Args:
            step: one of the four steps.
            phase: `requested` or `completed`.
            facts: nested mapping, or dotted keys, or the step's facts model.
            source: `/<plugin>/<account or app>`.
            subject: a pseudonym, never a raw identifier (see `Gate.pseudonym`).
            time: with an offset from UTC; now when left out.
            id: a new random one when left out.
            parent_decision_id: decision of the step in which this one happens.
            traceparent: the trace that it belongs to, as W3C Trace Context has it.

        Raises:
            EventError: something is not as it should be; names the place, never the value.
        """
        if step not in STEPS:
            msg = f"There is no step {step!r}; there are {', '.join(STEPS)}."
            raise EventError(msg)
        if phase not in PHASES:
            msg = f"There is no phase {phase!r}; there are {', '.join(PHASES)}."
            raise EventError(msg)
        if id is not None and not _matches(_ID, id):
            msg = f"id: expected 1 to {_MAX_ATTRIBUTE} printable characters."
            raise EventError(msg)
        if parent_decision_id is not None and not _matches(_ID, parent_decision_id):
            msg = f"parentdecisionid: expected 1 to {_MAX_ATTRIBUTE} printable characters."
            raise EventError(msg)
        if traceparent is not None and not _matches(TRACEPARENT, traceparent):
            msg = "traceparent: expected a W3C trace context, '00-<trace id>-<span id>-<flags>'."
            raise EventError(msg)
        if subject is not None and not _matches(_SUBJECT, subject):
            msg = "subject: expected a pseudonym such as 'k1:9f86d081…', never a raw identifier."
            raise EventError(msg)
        if not _matches(_SOURCE, source):
            msg = "source: expected '/<plugin>/<account or app>'."
            raise EventError(msg)
        now = datetime.now(UTC) if time is None else _utc(time)
        return cls(
            id=str(uuid.uuid4()) if id is None else id,
            step=step,
            phase=phase,
            source=source,
            subject=subject,
            time=now,
            facts=derive(_validated(step, facts), now),
            parent_decision_id=parent_decision_id,
            traceparent=traceparent,
        )

    def engine_input(self) -> str:
        """What Rego sees as `input`, as JSON: step, phase, time and the known facts at the root."""
        time = self.time.isoformat().replace("+00:00", "Z")
        head = f'{{"step":"{self.step}","phase":"{self.phase}","time":"{time}"'
        facts = self.facts.model_dump_json(exclude_none=True)
        return f"{head},{facts[1:]}" if len(facts) > 2 else head + "}"

    def with_facts(self, more: Mapping[str, Any]) -> tuple[StepEvent, list[str]]:
        """Fill what is unknown with further facts.

        Returns:
            The new event, and the dotted paths on which the two contradict each other.

        Raises:
            EventError: the further facts are not facts of this step.
        """
        try:
            facts, conflicts = fill(self.facts, as_mapping(more))
        except ValidationError as error:
            raise EventError(fact_message(self.step, error)) from None
        except (ValueError, TypeError) as error:
            raise EventError(str(error)) from None
        return replace(self, facts=derive(facts, self.time)), conflicts

    @classmethod
    def from_json(cls, text: str | bytes) -> StepEvent:
        """Read a CloudEvents 1.0 JSON object.

        Raises:
            EventError: it is not one of ours; names the field and what was expected.
        """
        return cls.from_dict(_load(text))

    @classmethod
    def from_dict(cls, raw: Any) -> StepEvent:
        """Read a CloudEvents object that is parsed already. Raises EventError."""
        if not isinstance(raw, dict):
            msg = "Expected a JSON object with the CloudEvents attributes id, type, source, data."
            raise EventError(msg)
        if raw.get("specversion") != "1.0":
            msg = "specversion: expected '1.0' (CloudEvents 1.0)."
            raise EventError(msg)
        # Null is "not set" there (CloudEvents JSON format, section 2.2).
        attributes = {k: v for k, v in raw.items() if k != "data" and v is not None}
        if "data_base64" in attributes:
            msg = "data_base64: expected the facts as a JSON object in 'data'."
            raise EventError(msg)
        for name in ("id", "source", "type", "time"):
            if name not in attributes:
                msg = f"{name}: is missing; every event has it."
                raise EventError(msg)
        time = event_time(attributes.pop("time"))
        for name, value in attributes.items():
            if not isinstance(value, str | int) or len(str(value)) > _MAX_ATTRIBUTE:
                msg = f"{_shown(name)}: expected a text of at most {_MAX_ATTRIBUTE} characters."
                raise EventError(msg)
        if not _CONTENT.fullmatch(str(attributes.get("datacontenttype", "application/json"))):
            msg = "datacontenttype: expected 'application/json'."
            raise EventError(msg)
        if attributes.keys() - _ATTRIBUTES or not all(map(_is_text, attributes.values())):
            _check_cloudevent({**attributes, "time": time})
        step, phase = _step_and_phase(attributes["type"])
        if not isinstance(raw.get("data"), dict):
            msg = "data: expected a JSON object of facts."
            raise EventError(msg)
        if _too_deep(raw["data"]):
            msg = f"data: nested more than {MAX_DEPTH} deep."
            raise EventError(msg)
        try:
            return cls.create(
                step,
                phase,
                # Dotted keys are for people who write Python: on the wire a fact has one place.
                _modelled(step, raw["data"]),
                source=attributes["source"],
                subject=attributes.get("subject"),
                time=time,
                id=attributes["id"],
                parent_decision_id=attributes.get("parentdecisionid"),
                traceparent=attributes.get("traceparent"),
            )
        except EventError as error:
            schema = attributes.get("dataschema")
            if schema in (None, schema_id(step)) or "Unknown fact" not in str(error):
                raise
            theirs = f"'{schema}'" if _matches(_SCHEMA, schema) else "another one"
            msg = (
                f"{error} The event says that its schema is {theirs}; this version knows "
                f"'{schema_id(step)}'. Update Aboveboard, or send the event in that schema."
            )
            raise EventError(msg) from None

    def to_dict(self) -> dict[str, Any]:
        """The CloudEvents 1.0 JSON object, unknown facts left out."""
        return json.loads(self.to_json())  # type: ignore[no-any-return]

    def to_json(self) -> str:
        """The CloudEvents 1.0 JSON text, unknown facts left out."""
        from cloudevents.core.formats.json import JSONFormat
        from cloudevents.core.v1.event import CloudEvent

        attributes: dict[str, Any] = {
            "id": self.id,
            "type": f"io.aboveboard.{self.step}.{self.phase}.v1",
            "source": self.source,
            "time": self.time,
            "datacontenttype": "application/json",
            "dataschema": schema_id(self.step),
        }
        if self.subject is not None:
            attributes["subject"] = self.subject
        if self.parent_decision_id is not None:
            attributes["parentdecisionid"] = self.parent_decision_id
        if self.traceparent is not None:
            attributes["traceparent"] = self.traceparent
        data = self.facts.model_dump(mode="json", exclude_none=True)
        return JSONFormat().write(CloudEvent(attributes=attributes, data=data)).decode()


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _check_cloudevent(attributes: dict[str, Any]) -> None:
    """Have attributes that are not ours, or not as ours are, judged by the package."""
    from cloudevents.core.v1.event import CloudEvent

    try:
        CloudEvent(attributes=attributes, data=None)
    except Exception as error:  # the package's tree of errors names attributes, not values
        msg = f"Not a CloudEvents 1.0 event: {_cloudevents_message(error)}"
        raise EventError(msg) from None


def _load(text: str | bytes) -> Any:
    try:
        return loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text)
    except UnicodeDecodeError:
        msg = "Not JSON: expected UTF-8 text."
    except NotJson as error:
        msg = f"Not JSON: {error}"
    raise EventError(msg)


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return (
        isinstance(value, str) and len(value) <= _MAX_ATTRIBUTE and bool(pattern.fullmatch(value))
    )


def _shown(name: object) -> str:
    """The name of a key, if it is one: a key may be anything, even a person's address."""
    return name if isinstance(name, str) and _NAME.fullmatch(name) else "(not a name)"


def _utc(time: object) -> datetime:
    if isinstance(time, datetime) and time.utcoffset() is not None:
        try:
            return time.astimezone(UTC)
        except OverflowError:
            pass
    raise EventError(_NO_TIME)


def _validated(step: Step, facts: Mapping[str, Any] | StepFacts | None) -> StepFacts:
    model = STEP_FACTS[step]
    if isinstance(facts, StepFacts):
        if type(facts) is not model:
            msg = f"The facts are of {type(facts).__name__}; step '{step}' takes {model.__name__}."
            raise EventError(msg)
        return facts
    if facts is not None and not isinstance(facts, Mapping | BaseModel):
        msg = f"The facts are no mapping but of type {type(facts).__name__}."
        raise EventError(msg)
    try:
        given = as_mapping(facts or {})
    except (ValueError, TypeError) as error:
        raise EventError(str(error)) from None
    except RecursionError:
        msg = f"data: nested more than {MAX_DEPTH} deep."
        raise EventError(msg) from None
    each = given.pop(EACH, None)
    found = _modelled(step, given)
    if each is None:
        return found
    try:
        return of_each(found, each)
    except ValidationError as error:
        raise EventError(fact_message(step, error)) from None


def _modelled(step: Step, given: dict[str, Any]) -> StepFacts:
    try:
        return STEP_FACTS[step].model_validate(given)
    except ValidationError as error:
        raise EventError(fact_message(step, error)) from None


def _too_deep(value: Mapping[Any, Any]) -> bool:
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for here in level:
            kind = type(here)
            if kind is dict or (kind is not list and isinstance(here, Mapping)):
                items = here.values()
            elif kind is list or isinstance(here, list | tuple):
                items = here
            else:
                continue
            # Nearly all items are scalars: they cost a look at their type.
            below += [item for item in items if type(item) not in _SCALARS]
        if not below:
            return False
        level = below
    return any(level)


def _steps_with(group: str) -> list[str]:
    """The steps whose rules read a group of facts."""
    return [step for step in STEPS if group in STEP_FACTS[step].model_fields]


def fact_message(step: Step, error: ValidationError) -> str:
    """Every wrong fact, by its dotted path, with what was expected and never what was given."""
    lines: dict[str, str] = {}
    for item in error.errors(include_input=False, include_url=False, include_context=False):
        *above, last = item["loc"] or ("data",)
        path = "".join(f"{part}." for part in above)
        if item["type"] == "extra_forbidden":
            plain = re.sub(r"\.\d+", "[]", f"{path}{_shown(last)}")
            if plain not in lines:
                lines[plain] = f"Unknown fact '{plain}' for step '{step}'.{_hint(step, path, last)}"
        else:
            place = f"{path}{last}" if item["type"] != "invalid_key" else path.removesuffix(".")
            place = place or "data"
            lines[place] = f"{place}: {item['msg'].removeprefix('Value error, ')}."
        if len(lines) == _MAX_PROBLEMS:
            break
    return " ".join(lines.values())


def _hint(step: Step, path: str, name: str | int) -> str:
    if "." in str(name) and known_path(step, f"{path}{name}"):
        return f" Nest '{name}': a key is one name, without dots."
    if not path and (others := _steps_with(str(name))):
        return f" It is known in {', '.join(others)} only."
    close = nearest_path(step, f"{path}{name}") if _NAME.fullmatch(str(name)) else None
    return f" Did you mean '{close}'?" if close else ""


def event_time(value: Any) -> datetime:
    """A time as events have it, RFC 3339 with its offset from UTC; raises EventError for what is none."""
    if isinstance(value, str) and re.fullmatch(
        r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", value, re.ASCII
    ):
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise EventError(_NO_TIME)


def _step_and_phase(kind: str) -> tuple[Step, Phase]:
    found = _TYPE.fullmatch(kind)
    if found is None:
        msg = (
            "type: expected 'io.aboveboard.<step>.<phase>.v1', "
            "such as 'io.aboveboard.profiling.requested.v1'."
        )
        raise EventError(msg)
    if found["version"] != "1":
        msg = f"type: events of version {found['version']} are not known here. Update Aboveboard."
        raise EventError(msg)
    for step in STEPS:
        for phase in PHASES:
            if (found["step"], found["phase"]) == (step, phase):
                return step, phase
    msg = (
        f"type: there is no step '{found['step']}' with phase '{found['phase']}'; "
        f"steps are {', '.join(STEPS)}, phases {', '.join(PHASES)}."
    )
    raise EventError(msg)


def _cloudevents_message(error: Exception) -> str:
    errors = getattr(error, "errors", None)
    if isinstance(errors, dict):
        return f"check {', '.join(sorted(map(_shown, errors)))}."
    return "check id, source and type."
