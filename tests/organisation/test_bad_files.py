"""Every way a file can be wrong, and the whole message for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from aboveboard.errors import ConfigurationError, OrganisationError
from aboveboard.organisation import load_organisation, parse_organisation

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
name: Esimerkki Oy
country: FI
owner: head_of_sales
dated: 2026-10-01
"""
# Lines 5 to 8.
PURPOSE = """\
purposes:
  lead_scoring:
    title: Score leads
    purposes: [dpv:Marketing]
"""
FILE = HEAD + PURPOSE
TEXT = "expected text; put it in quotes if it looks like a number or like true"
MOMENT = "expected a day (2026-03-01) or an RFC 3339 time with its offset (2026-03-01T09:00:00Z)"

PROBLEMS = {
    "missing": (HEAD, ["1: purposes: missing, and required"]),
    "empty register": (HEAD + "purposes: {}\n", ["5: purposes: expected at least 1 item"]),
    "null register": (
        HEAD + "purposes:\n",
        ["5: purposes: expected keys with values below it"],
    ),
    "unknown key, near": (
        FILE + "    notce: a\n",
        ["9: purposes.lead_scoring.notce: unknown key. Did you mean 'notice'?"],
    ),
    "unknown key, far": (
        FILE + "controller: {qqq: 1}\n",
        ["9: controller.qqq: unknown key. Known here: is_online_platform."],
    ),
    "unknown key, no word": (
        FILE + "controller: {<<: {a: b}}\n",
        ["9: controller['<<']: unknown key. Known here: is_online_platform."],
    ),
    "long key": (
        FILE + f"controller: {{{'k' * 100}: 1}}\n",
        [f"9: controller['{'k' * 61}...']: unknown key. Known here: is_online_platform."],
    ),
    "unknown purpose, near": (
        HEAD + PURPOSE.replace("Marketing", "Marketting"),
        [
            (
                "8: purposes.lead_scoring.purposes[0]: DPV has no 'dpv:Marketting'."
                " Did you mean 'dpv:Marketing'?"
            ),
        ],
    ),
    "unknown purpose, far": (
        HEAD + PURPOSE.replace("dpv:Marketing", "dpv:Qqqqqqqqqqqqqqqqq"),
        [
            (
                "8: purposes.lead_scoring.purposes[0]: DPV has no 'dpv:Qqqqqqqqqqqqqqqqq'; expected"
                " a purpose, such as 'dpv:DirectMarketing'"
            ),
        ],
    ),
    "another kind of term": (
        HEAD + PURPOSE.replace("Marketing", "Profiling"),
        [
            (
                "8: purposes.lead_scoring.purposes[0]: expected a purpose;"
                " 'dpv:Profiling' is another kind of term (processing)"
            ),
        ],
    ),
    "unknown category": (
        FILE + "    allowed_categories:\n      - pd:Name\n      - pd:EmailAdress\n",
        [
            (
                "11: purposes.lead_scoring.allowed_categories[1]: DPV has no 'pd:EmailAdress'."
                " Did you mean 'pd:EmailAddress'?"
            ),
        ],
    ),
    "unknown operation": (
        FILE + "    operations: [dpv:Profilling]\n",
        [
            (
                "9: purposes.lead_scoring.operations[0]: DPV has no 'dpv:Profilling'."
                " Did you mean 'dpv:Profiling'?"
            ),
        ],
    ),
    "no list": (
        HEAD + PURPOSE.replace("[dpv:Marketing]", "dpv:Marketing"),
        ["8: purposes.lead_scoring.purposes: expected a list"],
    ),
    "too many items": (
        FILE + "opening_hours:\n  time_zone: UTC\n  monday: [" + "09:00-10:00, " * 5 + "]\n",
        ["11: opening_hours.monday: expected at most 4 items"],
    ),
    "a zone like no other": (
        FILE + "opening_hours: {time_zone: qqqqqqq}\n",
        ["9: opening_hours.time_zone: expected a time zone such as Europe/Helsinki"],
    ),
    "empty list": (
        HEAD + PURPOSE.replace("[dpv:Marketing]", "[]"),
        ["8: purposes.lead_scoring.purposes: expected at least 1 item"],
    ),
    "no short name": (
        FILE + "  Lead-Scoring: {title: A, purposes: [dpv:Marketing]}\n",
        [
            "9: purposes.Lead-Scoring: expected a short name in lower case, such as lead_scoring",
        ],
    ),
    "legal basis": (
        FILE + "    legal_basis: eu-gdpr:A6-1-g\n",
        [
            (
                "9: purposes.lead_scoring.legal_basis: expected 'eu-gdpr:A6-1-a', 'eu-gdpr:A6-1-b', "
                "'eu-gdpr:A6-1-c', 'eu-gdpr:A6-1-d', 'eu-gdpr:A6-1-e' or 'eu-gdpr:A6-1-f'."
                " Did you mean 'eu-gdpr:A6-1-f'?"
            ),
        ],
    ),
    "yes is text": (
        FILE + "    personal_data: yes\n",
        ["9: purposes.lead_scoring.personal_data: expected true or false"],
    ),
    "numbers": (
        FILE + "    retention_days: -1\n    records: 1.5\n",
        [
            "9: purposes.lead_scoring.retention_days: expected a whole number of at least 0",
            "10: purposes.lead_scoring.records: expected a whole number",
        ],
    ),
    "text in place of a number": (
        FILE + "    retention_days: '30'\n",
        ["9: purposes.lead_scoring.retention_days: expected a whole number"],
    ),
    "an owner who is a person": (
        FILE + "    owner: matti@esimerkki.example\n",
        ["9: purposes.lead_scoring.owner: expected a role, such as head_of_sales, and no address"],
    ),
    "days and times": (
        FILE + "    dated: 1.10.2026\naudit: {last_report_at: soon, next_due_at: 2026-02-30}\n",
        [
            "9: purposes.lead_scoring.dated: expected a day, such as 2026-03-01",
            f"10: audit.last_report_at: {MOMENT}",
            f"10: audit.next_due_at: {MOMENT}",
        ],
    ),
    "a time without an offset": (
        FILE + "audit: {last_report_at: 2026-03-01T09:00:00}\n",
        [f"9: audit.last_report_at: {MOMENT}"],
    ),
    "a version that is a number": (
        FILE + "models:\n  propensity-3.1:\n    version: 3.10\n",
        [f"11: models['propensity-3.1'].version: {TEXT}"],
    ),
    "country in lower case": (
        FILE.replace("country: FI", "country: no"),
        ["2: country: expected a country as two capital letters (ISO 3166-1), such as FI"],
    ),
    "hosts": (
        FILE + "processors:\n  crm: {hosts: ['https://api.example.com/v1']}\n",
        [
            (
                "10: processors.crm.hosts[0]: expected a host name in lower case, such as"
                " api.example.com, without https:// and path"
            ),
        ],
    ),
    "addresses": (
        FILE + "contact: {dpo: tietosuoja@esimerkki.example}\n",
        ["9: contact.dpo: expected an address that begins with https://, mailto: or tel:+"],
    ),
    "opening hours": (
        FILE
        + "opening_hours:\n  time_zone: Europe/Helsinky\n  monday: 9-17\n  tuesday: [9-17]\n"
        + "  wednesday: [17:00-09:00]\n  thursday: [09:00-24:30]\n",
        [
            "10: opening_hours.time_zone: expected a time zone. Did you mean 'Europe/Helsinki'?",
            "11: opening_hours.monday: expected a list",
            "12: opening_hours.tuesday[0]: expected hours as 09:00-17:00",
            (
                "13: opening_hours.wednesday[0]: expected the end after the start, on the same day"
                " (24:00 at the latest)"
            ),
            (
                "14: opening_hours.thursday[0]: expected the end after the start, on the same day"
                " (24:00 at the latest)"
            ),
        ],
    ),
    "unknown references": (
        FILE
        + "    notice: privcy\n    lia: a\n    dpia: b\n    compatibility: c\n"
        + "notices:\n  privacy: {}\n"
        + "processors:\n  crm: {transfer: {tia: d}}\n"
        + "models:\n  m: {processor: crn}\n",
        [
            (
                "9: purposes.lead_scoring.notice: no notice 'privcy' under 'notices'."
                " Did you mean 'privacy'?"
            ),
            (
                "10: purposes.lead_scoring.lia: no legitimate interests assessment 'a' under"
                " 'assessments.lia'."
            ),
            (
                "11: purposes.lead_scoring.dpia: no data protection impact assessment 'b' under"
                " 'assessments.dpia'."
            ),
            (
                "12: purposes.lead_scoring.compatibility: no assessment 'c' under"
                " 'assessments.compatibility'."
            ),
            (
                "16: processors.crm.transfer.tia: no transfer impact assessment 'd' under"
                " 'assessments.tia'."
            ),
            "18: models.m.processor: no processor 'crn' under 'processors'. Did you mean 'crm'?",
        ],
    ),
    "nobody answers for it": (
        "name: A\ncountry: FI\n" + PURPOSE + "audit: {owner: head_of_it}\n",
        [
            (
                "4: purposes.lead_scoring.dated: missing: give this entry its own, or the file one at"
                " its top"
            ),
            (
                "4: purposes.lead_scoring.owner: missing: give this entry its own, or the file one at"
                " its top"
            ),
            "7: audit.dated: missing: give this entry its own, or the file one at its top",
        ],
    ),
    "a key twice": (
        FILE + "country: SE\n",
        ["9: 'country' is given twice (first on line 2)"],
    ),
    "another format": (FILE + "version: 2\n", ["9: version: expected 1"]),
}

UNREADABLE = {
    "empty": ("", "1: empty. 'aboveboard init' writes a file to start from."),
    "comments only": ("# a\n", "1: empty. 'aboveboard init' writes a file to start from."),
    "null": ("null\n", "1: empty. 'aboveboard init' writes a file to start from."),
    "list": ("\n- a\n", "2: expected keys with values, such as 'name: Esimerkki Oy'."),
    "text": ("Esimerkki\n", "1: expected keys with values, such as 'name: Esimerkki Oy'."),
    "aliases": (
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "2: an alias (*name): aliases are not read here; repeat the value.",
    ),
    "tag": ("a: !!python/name:os.system\n", "1: a tag (!name): tags are not read here."),
    "two documents": (
        FILE + "---\n" + FILE,
        "9: a second document: one file describes one organisation.",
    ),
    "list as key": ("? [a]\n: b\n", "1: a list or mapping as a key: keys are text."),
    "deep flow": ("[" * 17, "1: more than 16 levels below each other."),
    "deepest flow": ("[" * 500_000, "1: more than 16 levels below each other."),
    "deep blocks": (
        "".join(f"{' ' * n}a:\n" for n in range(100)),
        "17: more than 16 levels below each other.",
    ),
    "control character": (
        "a: b\nc: \x07\n",
        "2: not valid YAML: a character that cannot be printed.",
    ),
}


@pytest.mark.parametrize(("text", "expected"), PROBLEMS.values(), ids=list(PROBLEMS))
def test_problems(text: str, expected: list[str]) -> None:
    with pytest.raises(OrganisationError) as caught:
        parse_organisation(text, "organisation.yaml")
    assert str(caught.value).splitlines() == [f"organisation.yaml:{line}" for line in expected]


@pytest.mark.parametrize(("text", "expected"), UNREADABLE.values(), ids=list(UNREADABLE))
def test_unreadable(text: str, expected: str) -> None:
    with pytest.raises(OrganisationError) as caught:
        parse_organisation(text, "organisation.yaml")
    assert str(caught.value) == f"organisation.yaml:{expected}"


def test_without_libyaml_the_same_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML has a C parser and one in Python; which one is there must not show."""
    monkeypatch.setattr(yaml, "CSafeLoader", yaml.SafeLoader, raising=False)
    parse_organisation(FILE, "organisation.yaml")
    for text, expected in PROBLEMS.values():
        test_problems(text, expected)
    for text, line in UNREADABLE.values():
        if len(text) < 10_000:
            test_unreadable(text, line)


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [\n", 2), ("a: b\nb: c: d\n", 2), ("a: b\n\tc: d\n", 2), ("a: 'b\n", 2), ("a: %\n", 1)],
)
def test_syntax_errors_name_the_line(text: str, line: int) -> None:
    with pytest.raises(OrganisationError, match=rf"^organisation\.yaml:{line}: not valid YAML: "):
        parse_organisation(text, "organisation.yaml")


def test_all_problems_at_once_sorted_by_line() -> None:
    text = (
        "name: 1\ncountry: fi\ndated: 2026-10-01\n"
        + PURPOSE.replace("dpv:Marketing", "dpv:Marketting")
        + "    notice: privacy\nname: Esimerkki Oy\naudit: {log_enabled: 1}\nqqq: 1\n"
    )
    with pytest.raises(OrganisationError) as caught:
        parse_organisation(text, "o.yaml")
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0] + " " + line.split(": ")[1] for line in lines] == [
        "o.yaml:2 country",
        "o.yaml:5 purposes.lead_scoring.owner",
        "o.yaml:7 purposes.lead_scoring.purposes[0]",
        "o.yaml:8 purposes.lead_scoring.notice",
        "o.yaml:9 'name' is given twice (first on line 1)",
        "o.yaml:10 audit.log_enabled",
        "o.yaml:10 audit.owner",
        "o.yaml:11 qqq",
    ]


def test_values_are_not_repeated() -> None:
    person = "Matti Meikäläinen 040-1234567"
    text = FILE.replace("dpv:Marketing", f"'{person}'").replace("FI", f"'{person}'") + (
        f"    legal_basis: {person}\n    notice: {person}\n    retention_days: {person}\n"
        f"    allowed_categories: ['tel:0401234567']\n"
        f"contact: {{dpo: {person}}}\nmodels: {{m: {{processor: m@e.example}}}}\n"
    )
    with pytest.raises(OrganisationError) as caught:
        parse_organisation(text, "o.yaml")
    message = str(caught.value)
    assert len(message.splitlines()) == 8
    assert "Matti" not in message
    assert "1234567" not in message
    assert "@" not in message


def test_a_file_of_faults_is_cut_short() -> None:
    text = FILE + "".join(f"k{n}:\n" for n in range(5_000))
    with pytest.raises(OrganisationError) as caught:
        parse_organisation(text, "o.yaml")
    lines = str(caught.value).splitlines()
    assert len(lines) == 501
    assert lines[-1] == "o.yaml: and more; this does not look like an organisation's file."


def test_norway_is_a_country_and_a_language() -> None:
    text = FILE.replace("country: FI", "country: NO") + (
        "home_languages: [no, en]\nnotices:\n  ai: {texts: {no: Du snakker med en KI., en: An AI.}}\n"
    )
    organisation = parse_organisation(text, "o.yaml")
    assert organisation.country == "NO"
    assert organisation.home_languages == ("no", "en")
    assert organisation.notices is not None
    assert organisation.notices["ai"].texts == {"no": "Du snakker med en KI.", "en": "An AI."}


def test_load(tmp_path: Path) -> None:
    path = tmp_path / "organisation.yaml"
    path.write_text(FILE, "utf-8")
    plain = load_organisation(path)
    assert plain.name == "Esimerkki Oy"
    path.write_text(FILE.replace("\n", "\r\n"), "utf-8-sig", newline="")
    assert load_organisation(path) == plain


def test_load_what_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "organisation.yaml"

    def message() -> str:
        with pytest.raises(OrganisationError) as caught:
            load_organisation(path)
        assert isinstance(caught.value, ConfigurationError)
        return str(caught.value)

    assert message() == f"{path}: no such file. 'aboveboard init' writes one to start from."
    path.write_bytes(b"name: A\nowner: \xff\xfe\n")
    assert message() == f"{path}:2: not UTF-8 text."
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    assert message() == f"{path}:1: not UTF-8 text."
    path.write_bytes(b"a: b\n\x00\n")
    assert message() == f"{path}:2: not valid YAML: a character that cannot be printed."
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    assert message() == f"{path}: larger than 1048576 bytes, which no organisation's file is."
    path.write_text("country: fi\n", "utf-8")
    assert f"{path}:1: country: " in message()
    path.unlink()
    path.mkdir()
    assert message() == f"{path}: cannot be read (Is a directory)."


def test_text_too_large() -> None:
    with pytest.raises(OrganisationError, match=r"^o\.yaml: larger than 1048576 characters, "):
        parse_organisation("#" * (1024 * 1024 + 1), "o.yaml")
