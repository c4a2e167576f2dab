"""The facts of an event that the organisation states once, not each event anew.

Nothing here is derived from a person or a clock: whether a notice was delivered, or whether humans
are there now, is for others to fill in (`open_at` answers the latter).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboveboard.errors import VocabularyError
from aboveboard.nearest import nearest
from aboveboard.organisation.hours import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel

    from aboveboard.facts import Step
    from aboveboard.organisation.models import Organisation
    from aboveboard.organisation.processors import Processor
    from aboveboard.organisation.purposes import PurposeEntry
    from aboveboard.organisation.systems import Model

__all__ = ["facts_for"]

_SEE_PURPOSES = "See 'aboveboard policies purposes'."
_SEE_PROCESSORS = "Recipients stand under 'processors' in the organisation's file."


def facts_for(
    organisation: Organisation,
    step: Step,
    *,
    purpose: str | None,
    model: str | None = None,
    recipient: str | None = None,
) -> dict[str, Any]:
    """What the register and the profile know about a step.

    Args:
        organisation: register and profile.
        step: the step; groups that its facts do not have are left out.
        purpose: short name in the register, or the DPV id of a purpose, of which nothing but
            itself is known.
        model: name of the model, which may be one that the profile does not know.
        recipient: name under `processors` of who gets the data; without it, the processor that
            runs the model.

    Returns:
        Plain groups of facts as `STEP_FACTS[step].model_validate` takes them; what is unknown is
        left out, at every depth.

    Raises:
        VocabularyError: nobody registered the purpose or the recipient.
    """
    from aboveboard.facts import STEP_FACTS  # the facts cost more than this module

    entry = _entry(organisation, purpose)
    system = (organisation.models or {}).get(model or "")
    processors = organisation.processors or {}
    runner_name = system.processor if system and system.processor else None
    runner = processors.get(runner_name or "")
    if recipient is not None and recipient not in processors:
        raise VocabularyError(_unknown("recipient", recipient, processors, _SEE_PROCESSORS))
    recipient = recipient or (runner_name if runner else None)

    facts: dict[str, dict[str, Any]] = {}
    facts |= _of_organisation(organisation)
    if purpose is not None:
        facts["processing"] = _processing(purpose, entry)
    if entry is not None:
        facts |= _of_purpose(organisation, entry)
    facts["ai"] = _ai(model, system, runner)
    if system is not None:
        facts |= _of_model(system)
    if recipient is not None:
        facts |= _of_recipient(organisation, recipient, processors[recipient])
    known = STEP_FACTS[step].model_fields
    kept = {name: _without_unknown(group) for name, group in facts.items() if name in known}
    # A group that every step carries would else say "contest here" where nothing is decided.
    if step != "decision":
        kept.pop("decision", None)
    return {name: group for name, group in kept.items() if group}


def _entry(organisation: Organisation, purpose: str | None) -> PurposeEntry | None:
    if purpose is None:
        return None
    entry = organisation.purposes.get(purpose)
    if entry is not None:
        return entry
    from aboveboard.vocab import ids, is_known, term  # only a DPV id or an error needs it

    terms = ids("purpose")
    if purpose in terms:
        return None
    if is_known(purpose):
        kind = term(purpose).kind.replace("_", " ")
        msg = f"Unknown purpose {purpose!r}: another kind of DPV term ({kind}). {_SEE_PURPOSES}"
        raise VocabularyError(msg)
    choices = terms if ":" in purpose else organisation.purposes
    raise VocabularyError(_unknown("purpose", purpose, choices, _SEE_PURPOSES))


def _unknown(noun: str, name: str, choices: Iterable[str], see: str) -> str:
    hint = nearest(name, choices)
    meant = f" Did you mean {hint!r}?" if hint else ""
    return f"Unknown {noun} {name!r}.{meant} {see}"


def _of_organisation(organisation: Organisation) -> dict[str, dict[str, Any]]:
    """What holds for every step of the organisation."""
    contact = organisation.contact
    hours = organisation.opening_hours
    return {
        "controller": _plain(organisation.controller),
        "caller": {"sector": organisation.sector},
        "objections": {"channel": contact.objection_channel if contact else None},
        "decision": {"contest_channel": contact.contest_channel if contact else None},
        "human": {"opening_hours": in_words(hours) if hours else None},
        "human_review": _plain(organisation.human_review),
        "interface": _plain(organisation.interface),
        "policy": _plain(organisation.policies),
        "audit": _plain(organisation.audit),
        "security": _plain(organisation.security),
    }


def _processing(purpose: str, entry: PurposeEntry | None) -> dict[str, Any]:
    if entry is None:
        return {"purposes": [purpose]}
    names = (
        "personal_data",
        "purposes",
        "operations",
        "legal_basis",
        "art9_condition",
        "art10_authorisation",
        "allowed_categories",
        "retention_days",
        "large_scale",
        "records",
        "national_id_ground",
        "credit_permission_ref",
        "ropa_ref",
    )
    return {"purpose": purpose} | _some(entry, names)


def _of_purpose(organisation: Organisation, entry: PurposeEntry) -> dict[str, dict[str, Any]]:
    """What hangs on the purpose: its notice, its assessments, who runs it."""
    assessments = organisation.assessments
    # An organisation built by hand may name what it does not have: that stays unknown.
    lia = ((assessments and assessments.lia) or {}).get(entry.lia or "")
    dpia = ((assessments and assessments.dpia) or {}).get(entry.dpia or "")
    compatibility = ((assessments and assessments.compatibility) or {}).get(
        entry.compatibility or ""
    )
    literacy = _plain(organisation.literacy)
    return {
        "notice": _notice(organisation, entry),
        "lia": {
            "ref": entry.lia if lia else None,
            "outcome": lia.outcome if lia else None,
            "covers_purposes": _listed(lia.purposes) if lia else None,
            "done_at": lia.done_at if lia else None,
        },
        "dpia": {
            "ref": entry.dpia if dpia else None,
            "required": entry.dpia_required,
            "outcome": dpia.outcome if dpia else None,
            "done_at": dpia.done_at if dpia else None,
        },
        "dpo": {"consulted_at": dpia.dpo_consulted_at if dpia else None},
        "compatibility": {
            "outcome": compatibility.outcome if compatibility else None,
            "covers_purposes": _listed(compatibility.purposes) if compatibility else None,
            "assessed_at": compatibility.assessed_at if compatibility else None,
        },
        "actor": {
            "role": entry.run_by,
            "literacy_measures": literacy.get(entry.run_by or ""),
        },
        "rollout": _plain(entry.rollout),
        "task": {"type": entry.task},
        "recommendation": {"option_without_profiling": entry.option_without_profiling},
    }


def _notice(organisation: Organisation, entry: PurposeEntry) -> dict[str, Any]:
    notice = (organisation.notices or {}).get(entry.notice or "")
    if notice is None:
        return {}
    names = (
        "version",
        "covers_purposes",
        "states_recipients",
        "states_third_countries",
        "states_rights",
        "states_retention",
        "states_adm_logic",
        "reading_grade_tenths",
        "length_words",
        "layered",
    )
    languages = notice.languages or ()
    return {
        "id": entry.notice,
        # Of several languages only the caller knows which one this person was given.
        "language": languages[0] if len(languages) == 1 else None,
    } | _some(notice, names)


def _ai(model: str | None, system: Model | None, runner: Processor | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"model": model}
    if runner is not None:
        hosts = runner.hosts or ()
        facts |= {
            "vendor": runner.vendor,
            # Of several hosts only the call knows which one it goes to.
            "base_url_host": hosts[0] if len(hosts) == 1 else None,
            "inference_region": runner.region,
            "trains_on_data": runner.trains_on_data,
            "retention_days": runner.retention_days,
        }
    if system is not None:
        names = (
            "purpose",
            "provider_role",
            "risk_class",
            "annex_iii_point",
            "conformity_ref",
            "fundamental_rights_doc_ref",
            "last_evaluated_at",
            "deprecated",
            "interacts_directly",
            "human_persona",
            "agent_on_behalf_of",
            "output_type",
            "outputs",
            "emotion_recognition",
            "emotion_input",
            "emotion_customer_only",
            "biometric_categorisation",
            "smaller_model_ok",
        )
        facts |= {"model_version": system.version} | _some(system, names)
        # The profile names who runs a model, unless it is the organisation itself.
        facts["own"] = True if system.processor is None else None
        facts["vendor"] = system.vendor or facts.get("vendor")
    return facts


def _of_model(system: Model) -> dict[str, dict[str, Any]]:
    dataset = _plain(system.dataset)
    return {
        "fairness": _plain(system.fairness),
        "population": {"groups": dataset.pop("population", None)},
        "dataset": dataset,
        "profile": _plain(system.profile),
        "objective": _plain(system.objective),
        "drift": _plain(system.drift),
        "kb": {"updated_at": system.knowledge_updated_at},
    }


def _of_recipient(
    organisation: Organisation,
    name: str,
    processor: Processor,
) -> dict[str, dict[str, Any]]:
    terms = processor.transfer
    assessments = organisation.assessments
    tias = (assessments.tia if assessments else None) or {}
    tia = tias.get(terms.tia or "") if terms else None
    transfer = _plain(terms)
    transfer.pop("tia", None)
    return {
        "recipient": {"id": name} | _some(processor, ("role", "dpa_ref", "ropa_ref")),
        "transfer": {
            "leaves_organisation": True,
            "recipient": name,
            "recipient_country": processor.country,
            "tia_done_at": tia.done_at if tia else None,
        }
        | transfer,
    }


def _plain(statement: BaseModel | None) -> dict[str, Any]:
    """A statement as plain values, without who answers for it."""
    if statement is None:
        return {}
    dumped = statement.model_dump(exclude_none=True, exclude={"owner", "dated"})
    return {name: _listed(value) for name, value in dumped.items()}


def _some(statement: BaseModel, names: Iterable[str]) -> dict[str, Any]:
    return {name: _listed(getattr(statement, name)) for name in names}


def _listed(value: Any) -> Any:
    """Lists for tuples, at every depth."""
    if isinstance(value, tuple):
        return [_listed(item) for item in value]
    if isinstance(value, dict):
        return {name: _listed(item) for name, item in value.items()}
    return value


def _without_unknown(group: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in group.items() if value is not None}
