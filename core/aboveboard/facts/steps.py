"""The facts of the four steps: each holds only the groups that some rule of the step reads.

A group's name here is the root of its dotted path under Rego's `input`: `input.subject.country`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from aboveboard.facts.ai import (
    Ai,
    Answer,
    Drift,
    Energy,
    Explanation,
    KnowledgeBase,
    Prompt,
    Tokens,
    Usage,
)
from aboveboard.facts.base import FactGroup, Items, group
from aboveboard.facts.data import (
    Compatibility,
    DataField,
    DeviceAccess,
    Processing,
    Profile,
    Score,
    Source,
)
from aboveboard.facts.decisions import (
    Contest,
    Conversation,
    Decision,
    Feedback,
    Handover,
    Human,
    HumanReview,
    Message,
    Rollout,
    Task,
    Translation,
)
from aboveboard.facts.fairness import Dataset, Fairness, Population
from aboveboard.facts.governance import (
    Audit,
    Breach,
    Controller,
    Dpia,
    Dpo,
    Lia,
    PolicyApproval,
    Recipient,
    Security,
    Transfer,
)
from aboveboard.facts.offer import (
    Caller,
    Contact,
    Interface,
    Objective,
    Offer,
    Recommendation,
    Registers,
    SoftOptIn,
    SuppressionList,
)
from aboveboard.facts.people import (
    Actor,
    Admt,
    Ccpa,
    Consent,
    Notice,
    Objections,
    Restriction,
    RightsRequest,
    Signals,
    Subject,
)

__all__ = [
    "PHASES",
    "STEPS",
    "STEP_FACTS",
    "DataCollectionFacts",
    "DecisionFacts",
    "Phase",
    "ProfilingFacts",
    "RecommendationFacts",
    "Step",
    "StepFacts",
]

Step = Literal["data_collection", "profiling", "recommendation", "decision"]
Phase = Literal["requested", "completed"]

STEPS: tuple[Step, ...] = get_args(Step)
PHASES: tuple[Phase, ...] = get_args(Phase)


class StepFacts(FactGroup):
    """Facts that rules of every step read."""

    subject: Subject | None = group(Subject)
    processing: Processing | None = group(Processing)
    fields: Items[DataField] | None = group(DataField, many=True)
    consent: Items[Consent] | None = group(Consent, many=True)
    rights_requests: Items[RightsRequest] | None = group(RightsRequest, many=True)
    restriction: Restriction | None = group(Restriction)
    notice: Notice | None = group(Notice)
    contact: Contact | None = group(Contact)
    ai: Ai | None = group(Ai)
    transfer: Transfer | None = group(Transfer)
    security: Security | None = group(Security)
    breach: Breach | None = group(Breach)
    audit: Audit | None = group(Audit)
    policy: PolicyApproval | None = group(PolicyApproval)


class DataCollectionFacts(StepFacts):
    """Facts of taking data in: forms, imports, enrichment, transcripts."""

    signals: Signals | None = group(Signals)
    ccpa: Ccpa | None = group(Ccpa)
    admt: Admt | None = group(Admt)
    source: Source | None = group(Source)
    device_access: DeviceAccess | None = group(DeviceAccess)
    lia: Lia | None = group(Lia)
    interface: Interface | None = group(Interface)
    recipient: Recipient | None = group(Recipient)


class ProfilingFacts(StepFacts):
    """Facts of building or using a profile: scoring, segmenting, inferring."""

    objections: Objections | None = group(Objections)
    signals: Signals | None = group(Signals)
    ccpa: Ccpa | None = group(Ccpa)
    admt: Admt | None = group(Admt)
    source: Source | None = group(Source)
    compatibility: Compatibility | None = group(Compatibility)
    lia: Lia | None = group(Lia)
    dpia: Dpia | None = group(Dpia)
    dpo: Dpo | None = group(Dpo)
    profile: Profile | None = group(Profile)
    score: Score | None = group(Score)
    dataset: Dataset | None = group(Dataset)
    population: Population | None = group(Population)
    fairness: Fairness | None = group(Fairness)
    prompt: Prompt | None = group(Prompt)
    usage: Usage | None = group(Usage)
    tokens: Tokens | None = group(Tokens)
    energy: Energy | None = group(Energy)
    drift: Drift | None = group(Drift)
    kb: KnowledgeBase | None = group(KnowledgeBase)
    offer: Offer | None = group(Offer)
    decision: Decision | None = group(Decision)
    explanation: Explanation | None = group(Explanation)
    recipient: Recipient | None = group(Recipient)
    actor: Actor | None = group(Actor)


class RecommendationFacts(StepFacts):
    """Facts of what a person is shown, told or offered."""

    objections: Objections | None = group(Objections)
    compatibility: Compatibility | None = group(Compatibility)
    profile: Profile | None = group(Profile)
    fairness: Fairness | None = group(Fairness)
    prompt: Prompt | None = group(Prompt)
    usage: Usage | None = group(Usage)
    tokens: Tokens | None = group(Tokens)
    energy: Energy | None = group(Energy)
    drift: Drift | None = group(Drift)
    kb: KnowledgeBase | None = group(KnowledgeBase)
    recommendation: Recommendation | None = group(Recommendation)
    objective: Objective | None = group(Objective)
    offer: Offer | None = group(Offer)
    soft_opt_in: SoftOptIn | None = group(SoftOptIn)
    caller: Caller | None = group(Caller)
    registers: Registers | None = group(Registers)
    suppression_list: SuppressionList | None = group(SuppressionList)
    interface: Interface | None = group(Interface)
    answer: Answer | None = group(Answer)
    message: Message | None = group(Message)
    translation: Translation | None = group(Translation)
    conversation: Conversation | None = group(Conversation)
    human: Human | None = group(Human)
    handover: Handover | None = group(Handover)
    task: Task | None = group(Task)
    explanation: Explanation | None = group(Explanation)
    feedback: Feedback | None = group(Feedback)
    contest: Contest | None = group(Contest)
    controller: Controller | None = group(Controller)
    recipient: Recipient | None = group(Recipient)
    actor: Actor | None = group(Actor)


class DecisionFacts(StepFacts):
    """Facts of a decision about a person."""

    objections: Objections | None = group(Objections)
    signals: Signals | None = group(Signals)
    ccpa: Ccpa | None = group(Ccpa)
    admt: Admt | None = group(Admt)
    compatibility: Compatibility | None = group(Compatibility)
    dpia: Dpia | None = group(Dpia)
    dpo: Dpo | None = group(Dpo)
    profile: Profile | None = group(Profile)
    score: Score | None = group(Score)
    fairness: Fairness | None = group(Fairness)
    drift: Drift | None = group(Drift)
    kb: KnowledgeBase | None = group(KnowledgeBase)
    message: Message | None = group(Message)
    translation: Translation | None = group(Translation)
    conversation: Conversation | None = group(Conversation)
    human: Human | None = group(Human)
    handover: Handover | None = group(Handover)
    task: Task | None = group(Task)
    rollout: Rollout | None = group(Rollout)
    decision: Decision | None = group(Decision)
    human_review: HumanReview | None = group(HumanReview)
    explanation: Explanation | None = group(Explanation)
    feedback: Feedback | None = group(Feedback)
    contest: Contest | None = group(Contest)
    actor: Actor | None = group(Actor)


STEP_FACTS: Mapping[Step, type[StepFacts]] = MappingProxyType(
    {
        "data_collection": DataCollectionFacts,
        "profiling": ProfilingFacts,
        "recommendation": RecommendationFacts,
        "decision": DecisionFacts,
    },
)
