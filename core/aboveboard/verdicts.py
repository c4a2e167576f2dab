"""What the policies answered: effect, findings, obligations.

A verdict is one JSON object, the same for engineer, auditor and the person concerned:

    {"id": event id, "decision_id": …, "step": …, "phase": …, "effect": "allow" | "escalate" | "deny",
     "findings": [{"rule", "effect", "message", "law", "remedy", "facts", "args"}],
     "obligations": [{"kind", "rule", "paths", "notice"}],
     "policy_revision": …, "engine": …, "duration_ms": …, "enforced": true | false}
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NoReturn

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from aboveboard.facts import Phase, Step

__all__ = [
    "MAX_MS",
    "Arguments",
    "Effect",
    "Finding",
    "FindingEffect",
    "Obligation",
    "Verdict",
    "worst",
]

Effect = Literal["allow", "escalate", "deny"]
FindingEffect = Literal["deny", "escalate", "warn", "oblige"]

# Declared here because Pydantic resolves the annotation of `args` at run time.
Argument = str | int | bool | tuple[str, ...]


class Arguments(dict[str, Argument]):
    """A dict that stays as it is: a sink reads it while the decided step does."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        msg = "A finding's args cannot be changed."
        raise TypeError(msg)

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> Any:
        return Arguments, (dict(self),)

    def __copy__(self) -> Arguments:
        return self

    def __deepcopy__(self, _: object) -> Arguments:
        return self


_RANK: dict[str, int] = {"deny": 0, "escalate": 1, "oblige": 2, "warn": 3}
MAX_MS = 86_400_000.0
"""A day in milliseconds: no decision takes so long, and what is derived of it stays a number."""

_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class Obligation(BaseModel):
    """Something that has to be done for the step to go on.

    Attributes:
        kind: `redact`, `disclose`, `mark`, `notify`, `erase` …
        rule: the rule that asks for it.
        paths: for `redact`: the fields to cut, as the event's `fields[].name` has them.
        notice: for `disclose`: which notice to show.
    """

    model_config = _STRICT

    kind: str
    rule: str
    paths: tuple[str, ...] = ()
    notice: str | None = None


class Finding(BaseModel):
    """What one rule says of an event.

    Attributes:
        rule: id of the rule, such as `R-DM-01`, or a reserved reason such as `runtime.timeout`.
        effect: `deny`, `escalate`, `warn` or `oblige`.
        message: a sentence, in the language asked for.
        law: where the rule comes from; empty for a reserved reason.
        remedy: what would make it pass.
        facts: dotted paths that the finding rests on, without values.
        args: ids, enums and integers that the message was rendered with.
    """

    model_config = _STRICT

    rule: str
    effect: FindingEffect
    message: str
    law: str = ""
    remedy: str = ""
    facts: tuple[str, ...] = ()
    args: Annotated[dict[str, Argument], AfterValidator(Arguments)] = Field(
        default_factory=Arguments
    )


class Verdict(BaseModel):
    """The answer for one event.

    Attributes:
        id: id of the event.
        decision_id: id of this decision; the same event asked twice has two.
        effect: `deny` over `escalate` over `allow`.
        findings: most severe first, then by rule: the order is stable.
        obligations: what the gate's caller does before the step goes on.
        policy_revision: hash of the policy bundle that answered; empty when none did.
        engine: `embedded` or `opa`.
        duration_ms: from the question to this answer, in milliseconds; from 0 to `MAX_MS`.
        enforced: False in monitor mode: the step goes on as it is, whatever the effect, and no
            obligation is done; the verdict records what would have happened.
    """

    model_config = _STRICT

    id: str
    decision_id: str
    step: Step
    phase: Phase
    effect: Effect
    findings: tuple[Finding, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    policy_revision: str
    engine: str
    duration_ms: Annotated[float, Field(strict=True, ge=0, le=MAX_MS, allow_inf_nan=False)]
    enforced: StrictBool = True

    @property
    def allowed(self) -> bool:
        """True when the policies let the step go on, once the obligations are done.

        Monitor mode does not change what they say: see `stops`.
        """
        return self.effect == "allow"

    @property
    def stops(self) -> bool:
        """True when the step must not go on: not allowed, and not merely monitored."""
        return self.enforced and self.effect != "allow"

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the rules that found something, each once, most severe first."""
        return tuple(dict.fromkeys(finding.rule for finding in self.findings))

    def cuts(self) -> tuple[str, ...]:
        """The paths that have to be cut, each once; none where nothing is enforced."""
        if not self.enforced:
            return ()
        paths = (path for o in self.obligations if o.kind == "redact" for path in o.paths)
        return tuple(dict.fromkeys(paths))

    def stopping(self) -> tuple[Finding, ...]:
        """The findings that gave the verdict its effect; empty when it is `allow`."""
        return tuple(f for f in self.findings if f.effect == self.effect)

    def as_dict(self) -> dict[str, Any]:
        """The JSON object of the module's docstring."""
        return self.model_dump(mode="json")


def worst(findings: tuple[Finding, ...]) -> Effect:
    """`deny` if any finding denies, else `escalate` if any escalates, else `allow`."""
    effects = {finding.effect for finding in findings}
    if "deny" in effects:
        return "deny"
    return "escalate" if "escalate" in effects else "allow"


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Most severe first, then by rule, facts and message, so that engines agree byte for byte."""
    return tuple(sorted(findings, key=lambda f: (_RANK[f.effect], f.rule, f.facts, f.message)))
