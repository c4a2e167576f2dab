"""The models in use: what they are, whose they are, and when somebody last looked at them."""

from typing import Literal

from aboveboard.organisation.base import (
    AnnexIiiPoint,
    BasisPoints,
    CategoryTerm,
    Count,
    Entry,
    Flag,
    Id,
    LanguageTag,
    Moment,
    PurposeTerm,
    Statement,
    Text,
    stated,
)

__all__ = [
    "Dataset",
    "Drift",
    "EnergyFactor",
    "FairnessCheck",
    "GroupCount",
    "GroupShare",
    "Model",
    "Objective",
    "ProfileCard",
    "Proxy",
]


class GroupCount(Statement):
    """Counts of one group in a fairness check."""

    name: Id | None = stated("Label of the group, such as language:sv.")
    n: Count | None = stated("People of the group in the window.")
    selected: Count | None = stated("Those of them with the favourable outcome.")


class FairnessCheck(Statement):
    """The latest fairness check of the model."""

    evaluated_at: Moment | None = stated("When it was made.")
    model_version: Id | None = stated("Version of the model it was made on, in quotes.")
    window_days: Count | None = stated("Period that the counts cover, days.")
    stratum: Id | None = stated("Segment or channel that the counts are limited to.")
    groups: tuple[GroupCount, ...] | None = stated("Counts by group.")
    impact_ratio_min_bp: Count | None = stated("Lowest impact ratio, basis points (0.9 is 9000).")
    dp_difference_bp: BasisPoints | None = stated("Demographic parity difference, basis points.")
    p_value_bp: BasisPoints | None = stated("Fisher's exact p, Holm-corrected, basis points.")
    ci95_low_bp: Count | None = stated("Lower end of the ratio's 95 % interval, basis points.")
    ci95_high_bp: Count | None = stated("Upper end of the ratio's 95 % interval, basis points.")


class GroupShare(Statement):
    """Share of one group in a set of people."""

    name: Id | None = stated("Label of the group.")
    share_bp: BasisPoints | None = stated("Its share, basis points.")


class Dataset(Statement):
    """What the model was trained on, and how well that stands for the people it is used on."""

    id: Id | None = stated("Id of the dataset.")
    groups: tuple[GroupShare, ...] | None = stated("Shares of groups in the dataset.")
    population: tuple[GroupShare, ...] | None = stated("Shares of groups in the population.")
    representation_gap_max_bp: BasisPoints | None = stated(
        "Largest gap between the two, basis points."
    )


class Proxy(Statement):
    """A feature that stands in for a protected trait."""

    feature: Id | None = stated("Name of the feature.")
    proxy_for: CategoryTerm | None = stated("DPV id of the trait.")
    corr_bp: BasisPoints | None = stated("Absolute correlation, basis points.")


class ProfileCard(Statement):
    """What kind of profile the model works with."""

    features: tuple[Id, ...] | None = stated("Names of its input features.")
    protected_attributes: tuple[Id, ...] | None = stated("Features that are protected traits.")
    proxies: tuple[Proxy, ...] | None = stated("Features that stand in for protected traits.")
    individual_assessment: Flag | None = stated("It judges the person, not only a group.")
    enriched_from_third_party: Flag | None = stated("It holds data bought or had from others.")
    uses_vulnerability: Flag | None = stated("It uses weak spots of people.")


class Objective(Statement):
    """What a recommender is set to maximise; the weights sum to 10 000."""

    fit_weight_bp: BasisPoints | None = stated("Weight of fit to the need, basis points.")
    margin_weight_bp: BasisPoints | None = stated("Weight of margin, basis points.")
    conversion_weight_bp: BasisPoints | None = stated("Weight of conversion, basis points.")


class Drift(Statement):
    """How far today's inputs have moved from those of training."""

    psi_bp: Count | None = stated("Population stability index, basis points (0.25 is 2500).")


class EnergyFactor(Statement):
    """What the model takes, as somebody has published or measured it."""

    mwh_per_1000_tokens: Count | None = stated("Energy, milliwatt-hours for 1,000 tokens.")
    source: Text | None = stated("Who says so: a publication, a measurement.")
    as_of: Moment | None = stated("Day of that source.")


class Model(Entry):
    """A model in use, by the name that code and decorators call it."""

    version: Id | None = stated("Version or snapshot, in quotes.")
    vendor: Id | None = stated("Who provides it; left out, the vendor of its processor.")
    processor: Id | None = stated("Name of the processor that runs it; left out for one's own.")
    purpose: PurposeTerm | None = stated("DPV id of what the system is for.")
    provider_role: Literal["deployer", "provider"] | None = stated(
        "The organisation's role under the AI Act."
    )
    risk_class: Literal["high", "minimal", "prohibited", "transparency"] | None = stated(
        "Risk class under the AI Act."
    )
    annex_iii_point: AnnexIiiPoint | None = stated(
        "Point of Annex III of the AI Act, such as 5(b)."
    )
    conformity_ref: Id | None = stated("Reference of the declaration of conformity.")
    fundamental_rights_doc_ref: Id | None = stated("Reference of the assessment of AI Act Art 27.")
    last_evaluated_at: Moment | None = stated("When it was last evaluated.")
    knowledge_updated_at: Moment | None = stated("When the knowledge it answers from was updated.")
    deprecated: Flag | None = stated("The vendor has announced its end.")
    interacts_directly: Flag | None = stated("It talks or writes to people itself.")
    human_persona: Flag | None = stated("It passes itself off as a human.")
    agent_on_behalf_of: Id | None = stated("Organisation that it says it acts for.")
    output_type: Literal["audio", "image", "text", "video"] | None = stated("Kind of output.")
    outputs: tuple[CategoryTerm, ...] | None = stated("DPV ids of what it tells of people.")
    emotion_recognition: Flag | None = stated("It infers emotions.")
    emotion_input: Literal["biometric", "text"] | None = stated("What emotions are inferred from.")
    emotion_customer_only: Flag | None = stated("It reads nobody of ours, not on a call either.")
    biometric_categorisation: Flag | None = stated("It sorts people by face, voice or body.")
    smaller_model_ok: Flag | None = stated("A smaller model would do for the task.")
    fairness: FairnessCheck | None = stated("The latest fairness check.")
    dataset: Dataset | None = stated("The training data.")
    profile: ProfileCard | None = stated("The kind of profile it works with.")
    factor_names: dict[Id, dict[LanguageTag, Text]] | None = stated(
        "What its features and factors are called before people, by name and language."
    )
    objective: Objective | None = stated("What a recommender is set to maximise.")
    drift: Drift | None = stated("Drift of the inputs, as last measured.")
    energy: EnergyFactor | None = stated("What it takes; calls are estimated by it.")
