"""Facts about what is offered, how it is presented, and how the person is reached."""

from typing import Annotated, Literal

from aboveboard.facts.base import (
    BasisPoints,
    Count,
    Currency,
    FactGroup,
    Flag,
    Id,
    Items,
    Span,
    UtcDatetime,
    fact,
    group,
)
from aboveboard.facts.derived import AgeOf, TimeUntil
from aboveboard.facts.people import Channel

__all__ = [
    "Caller",
    "Claim",
    "ClaimKind",
    "Contact",
    "Countdown",
    "Discount",
    "Interface",
    "Objective",
    "Offer",
    "Recommendation",
    "RecommendedItem",
    "Registers",
    "ScarcityClaim",
    "SoftOptIn",
    "SuppressionList",
]


ClaimKind = Literal[
    "environment", "health", "other", "performance", "price", "scarcity", "social", "time"
]


class RecommendedItem(FactGroup):
    """One item shown to the person."""

    id: Id | None = fact("Id of the product.")
    total_price_minor: Count | None = fact("Total price, minor units of `currency`.")
    currency: Currency | None = fact("Currency, ISO 4217.")
    tax_included: Flag | None = fact("The total holds all taxes and charges.")
    suitable: Flag | None = fact("Meets the person's stated need.")
    paid_placement: Flag | None = fact("Somebody pays for its place.")
    advert_labelled: Flag | None = fact("Paid placement is labelled as an advert.")


class Claim(FactGroup):
    """One claim made to persuade; its kind and source, never its words."""

    kind: ClaimKind | None = fact("What it is about.")
    verifiable: Flag | None = fact("It can be checked.")
    verified: Flag | None = fact("It was checked against its source and holds.")
    source_ref: Id | None = fact("Reference of its source.")


class ScarcityClaim(FactGroup):
    """A claim that little is left."""

    present: Flag | None = fact("Such a claim is made.")
    claimed_stock: Count | None = fact("Stock it claims, pieces.")
    true_stock: Count | None = fact("Stock there is, pieces.")


class Countdown(FactGroup):
    """A timer shown to the person."""

    present: Flag | None = fact("A timer is shown.")
    ends_at: UtcDatetime | None = fact("When it runs out.")
    ends_in_s: Annotated[Span | None, TimeUntil("ends_at", "s")] = fact(
        "Whole seconds until `ends_at`, negative once passed (derived)."
    )
    real: Flag | None = fact("The offer truly ends then.")


class Discount(FactGroup):
    """A stated price cut."""

    percent_bp: BasisPoints | None = fact("The cut as stated, basis points (20 % is 2000).")
    price_minor: Count | None = fact("Price after the cut, minor units.")
    reference_minor: Count | None = fact("Price it is counted from, minor units.")
    prior_price_30d_minor: Count | None = fact("Lowest price of the last 30 days, minor units.")


class Recommendation(FactGroup):
    """What is recommended and how it is put; never its text."""

    purchase_advice: Flag | None = fact("Advises the person to buy something.")
    items: Items[RecommendedItem] | None = group(RecommendedItem, many=True)
    alternatives_count: Count | None = fact("Other suitable items shown.")
    alternatives_exist: Flag | None = fact("There are other suitable items to show.")
    cheapest_suitable_shown: Flag | None = fact("The cheapest suitable item is among them.")
    comparable: Flag | None = fact("Items are shown so that they can be compared.")
    option_without_profiling: Flag | None = fact("A list without profiling is offered.")
    need_fit_bp: BasisPoints | None = fact("Fit to the person's need, basis points.")
    margin_weight_bp: BasisPoints | None = fact("Weight of margin in the ranking, basis points.")
    ranking_parameters_disclosed: Flag | None = fact("What the ranking rests on is told.")
    is_advert: Flag | None = fact("It is an advert.")
    personalised_price: Flag | None = fact("The price was set for this person by machine.")
    personalised_price_disclosed: Flag | None = fact("The person is told so before the order.")
    price_gap_by_group_bp: Count | None = fact(
        "Largest gap in average price between groups, basis points."
    )
    discount: Discount | None = group(Discount)
    claims: Items[Claim] | None = group(Claim, many=True)
    scarcity_claim: ScarcityClaim | None = group(ScarcityClaim)
    countdown: Countdown | None = group(Countdown)
    urgency_terms: Count | None = fact("Words that press for haste.")
    confirmshaming: Flag | None = fact("Refusing is worded to shame.")
    fake_social_proof: Flag | None = fact("Reviews or numbers of buyers are made up.")
    direct_exhortation: Flag | None = fact("Calls directly to buy.")
    strategy_changed_by_mood: Flag | None = fact(
        "The person's mood changed price, urgency or persuasion."
    )


class Objective(FactGroup):
    """What the recommender is set to maximise; the weights sum to 10 000."""

    fit_weight_bp: BasisPoints | None = fact("Weight of fit, basis points.")
    margin_weight_bp: BasisPoints | None = fact("Weight of margin, basis points.")
    conversion_weight_bp: BasisPoints | None = fact("Weight of conversion, basis points.")


class Offer(FactGroup):
    """The product or service on offer."""

    relates_to_profession: Flag | None = fact("Relates to the person's work.")
    risk_class: Literal["high", "low"] | None = fact("Harm it can do a buyer, such as credit.")


class SoftOptIn(FactGroup):
    """Marketing to one's own customers without consent (ePrivacy, Article 13(2))."""

    sale_at: UtcDatetime | None = fact("When the address was had, in the context of a sale.")
    sale_age_days: Annotated[Span | None, AgeOf("sale_at")] = fact(
        "Whole days since `sale_at` (derived)."
    )
    similar_product: Flag | None = fact("The offer is like what was bought.")
    optout_offered: Flag | None = fact("A way out was offered at the sale and in each message.")


class Contact(FactGroup):
    """How and how often the person is reached."""

    channel: Channel | None = fact("Channel used; a chat on a web page is `chat`.")
    asked_for: Flag | None = fact("The person began the talk, or asked for what it brings.")
    child_facing: Flag | None = fact("The channel is meant for or much used by children.")
    attempts_7d: Count | None = fact("Attempts in the last 7 days.")
    attempts_30d: Count | None = fact("Attempts in the last 30 days.")
    local_weekday: Count | None = fact("Weekday where the person is, 1 is Monday.")
    local_minute: Count | None = fact("Minutes since midnight where the person is.")
    local_holiday: Flag | None = fact("It is a public holiday where the person is.")


class Caller(FactGroup):
    """Who calls."""

    sector: (
        Literal["charity", "charity_lottery", "commercial", "other", "press", "research"] | None
    ) = fact("Sector of the caller, as telemarketing laws split them.")


class Registers(FactGroup):
    """The public do-not-call register of the person's country."""

    do_not_call: Flag | None = fact("The number is registered.")
    checked_at: UtcDatetime | None = fact("When it was looked up.")
    checked_age_days: Annotated[Span | None, AgeOf("checked_at")] = fact(
        "Whole days since `checked_at` (derived)."
    )


class SuppressionList(FactGroup):
    """The organisation's own list of people not to be contacted."""

    hit: Flag | None = fact("The person is on it.")
    checked_at: UtcDatetime | None = fact("When it was looked up.")
    checked_age_days: Annotated[Span | None, AgeOf("checked_at")] = fact(
        "Whole days since `checked_at` (derived)."
    )


class Interface(FactGroup):
    """The choices as the interface puts them."""

    accept_clicks: Count | None = fact("Clicks to accept.")
    reject_clicks: Count | None = fact("Clicks to refuse.")
    signup_steps: Count | None = fact("Steps to join.")
    cancel_steps: Count | None = fact("Steps to leave.")
    repeat_prompts_after_refusal: Count | None = fact("Times it asked again after a refusal.")
    orders_online: Flag | None = fact("Consumers can order on line.")
    withdrawal_function_present: Flag | None = fact("A contract can be withdrawn from on line.")
