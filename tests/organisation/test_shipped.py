"""The starter register and the example: they load, and show what there is to show."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

import aboveboard.organisation
from aboveboard.organisation import Organisation, example, parse_organisation, starter
from aboveboard.organisation.shipped import WRITTEN_FOR
from aboveboard.vocab import term

# The revision of a bundle is for its user to state.
NOT_SHOWN = {"Approval.approved_revision"}


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in {Annotated, Union, UnionType, dict, tuple}:
        for inner in get_args(annotation):
            yield from models_in(inner)


def keys_of(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[str]:
    if model in seen:
        return
    seen.add(model)
    for name, field in model.model_fields.items():
        yield f"{model.__name__}.{name}"
        for inner in models_in(field.annotation):
            yield from keys_of(inner, seen)


def stated_in(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        for name in value.model_fields_set:
            yield f"{type(value).__name__}.{name}"
            yield from stated_in(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from stated_in(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from stated_in(item)


def test_public_names() -> None:
    names = aboveboard.organisation.__all__
    assert names == sorted(names)
    assert all(hasattr(aboveboard.organisation, name) for name in names)


def test_example_shows_every_key() -> None:
    keys = set(keys_of(Organisation, set()))
    # An entry may take both from the top of the file.
    keys = {key for key in keys if not key.endswith((".owner", ".dated"))}
    assert keys - set(stated_in(example())) == NOT_SHOWN


def test_example_comments_on_every_section() -> None:
    text = files("aboveboard.organisation").joinpath("esimerkki.yaml").read_text("utf-8")
    sections = re.findall(r"(?m)^(?:#.*\n)+([a-z_]+):", text)
    bare = set(Organisation.model_fields) - set(sections)
    # Said by the comments of their own keys, or of the line above.
    assert bare == {"controller", "dated"}


def test_example_is_sound() -> None:
    organisation = example()
    assert organisation is example()
    assert (organisation.name, organisation.country) == ("Esimerkki Oy", "FI")
    assert organisation.notices is not None
    for name, entry in organisation.purposes.items():
        notice = organisation.notices[entry.notice or ""]
        assert set(entry.purposes) <= set(notice.covers_purposes or ()), name
        if entry.legal_basis == "eu-gdpr:A6-1-f":
            assert entry.lia, name
    lias = organisation.assessments.lia if organisation.assessments else None
    for entry in organisation.purposes.values():
        if entry.lia:
            assert lias is not None
            assert set(entry.purposes) <= set(lias[entry.lia].purposes or ())


def test_example_fairness_adds_up() -> None:
    for name, model in (example().models or {}).items():
        check = model.fairness
        if check is None:
            continue
        assert check.model_version == model.version, name
        rates = [(g.selected or 0) / (g.n or 1) for g in check.groups or ()]
        assert check.impact_ratio_min_bp == round(min(rates) / max(rates) * 10_000), name
        assert check.dp_difference_bp == round((max(rates) - min(rates)) * 10_000), name


def test_starter_states_no_facts_of_an_organisation() -> None:
    organisation = starter()
    assert organisation is starter()
    assert organisation.model_fields_set == {
        "version",
        "name",
        "country",
        "owner",
        "dated",
        "purposes",
    }
    for entry in organisation.purposes.values():
        assert entry.model_fields_set == {
            "title",
            "purposes",
            "operations",
            "legal_basis",
            "allowed_categories",
            "retention_days",
        }


def test_starter_purposes() -> None:
    assert {name: entry.purposes for name, entry in starter().purposes.items()} == {
        "contact_management": ("dpv:CustomerRelationshipManagement",),
        "direct_marketing": ("dpv:DirectMarketing",),
        "lead_scoring": ("dpv:CustomerRelationshipManagement",),
        "product_advice": ("dpv:ProvideProductRecommendations",),
        "advert_targeting": ("dpv:TargetedAdvertising",),
        "service_chat": ("dpv:CommunicationForCustomerCare",),
        "order_handling": (
            "dpv:CustomerOrderManagement",
            "dpv:FulfilmentOfContractualObligation",
        ),
        "complaint_handling": ("dpv:CustomerClaimsManagement",),
        "solvency_check": ("dpv:CustomerSolvencyMonitoring",),
        "fraud_prevention": ("dpv:FraudPreventionAndDetection",),
        "model_training": ("dpv:ResearchAndDevelopment",),
        "analytics": ("dpv:ServiceUsageAnalytics",),
    }


def test_example_has_the_starter_s_purposes() -> None:
    assert list(example().purposes) == list(starter().purposes)


def test_starter_allows_no_special_categories() -> None:
    for entry in starter().purposes.values():
        for category in entry.allowed_categories or ():
            labels = {category, *(broader.id for broader in term(category).broader)}
            assert "dpv:SpecialCategoryPersonalData" not in labels


def test_dates_are_days() -> None:
    assert example(WRITTEN_FOR).dated == date(2026, 10, 1)


def test_the_example_s_dates_keep_their_distance_to_the_day() -> None:
    written, later = example(WRITTEN_FOR), example(WRITTEN_FOR + timedelta(days=457))
    for before, after in zip(days_in(written), days_in(later), strict=True):
        assert after - before == timedelta(days=457)
    assert len(list(days_in(written))) > 40
    assert written == parse_organisation(
        files("aboveboard.organisation").joinpath("esimerkki.yaml").read_text("utf-8"),
        "esimerkki.yaml",
    )
    assert written.opening_hours == later.opening_hours  # holidays stay
    assert written.model_fields_set == later.model_fields_set
    today = datetime.now(UTC).date()
    assert example() is example(today) or datetime.now(UTC).date() != today


def days_in(value: Any) -> Iterator[date]:
    """Every day and time in the example, but holidays."""
    if isinstance(value, date):
        yield value
    elif isinstance(value, BaseModel):
        for name in sorted(value.model_fields_set - {"closed_on"}):
            yield from days_in(getattr(value, name))
    elif isinstance(value, Mapping | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from days_in(item)


def test_import_reads_no_yaml() -> None:
    code = (
        "import sys; import aboveboard.organisation;"
        "found = {'yaml', 'difflib', 'importlib.resources', 'aboveboard.pd'} & set(sys.modules);"
        "assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
