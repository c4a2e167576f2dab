"""The maintainer's script, on a DPV of a dozen terms."""

from __future__ import annotations

import csv
import importlib.util
import json
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "generate_vocabulary.py"
PD, DPV, GDPR = (f"https://w3id.org/dpv{m}#" for m in ("/pd", "", "/legal/eu/gdpr"))
COLUMNS = ["type", "iri", "label", "dpvtype", "subclassof", "hasbroader"]
PERSONAL = DPV + "PersonalData"
SPECIAL = DPV + "SpecialCategoryPersonalData"
TERMS = {
    "pd.csv": [
        ("Ethnicity", PERSONAL, ""),
        ("Race", f"{PERSONAL};{SPECIAL}", PD + "Ethnicity"),
        ("Criminal", PD + "PersonalData", ""),
        ("Credit", PERSONAL, ""),
        ("2ndName", PERSONAL, ""),
        ("None", PERSONAL, ""),
    ],
    "dpv.csv": [
        ("PersonalData", "", DPV + "Data"),
        ("SpecialCategoryPersonalData", "", PERSONAL),
        ("Purpose", "", ""),
        ("Marketing", DPV + "Purpose", DPV + "OrganisationalMeasure"),
        ("DirectMarketing", DPV + "Purpose", DPV + "Marketing"),
        ("Consent-Status", "", ""),
    ],
    "eu-gdpr.csv": [("A6-1-a", DPV + "LegalBasis", ""), ("A13", DPV + "Right", "")],
}


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_vocabulary", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def vocabulary(tmp_path: Path) -> Path:
    directory = tmp_path / "vocabulary"
    directory.mkdir()
    for (name, rows), space in zip(TERMS.items(), (PD, DPV, GDPR), strict=True):
        with (directory / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(
                ("class", space + term, term, kind, "", above) for term, kind, above in rows
            )
    closures(directory)
    (directory / "DPV-LICENSE.md").write_text("Licence text\n", encoding="utf-8")
    return directory


def closures(directory: Path, **changed: Any) -> None:
    document = {
        "dpv_version": "9.9 (Draft 1 March 2030)",
        "special_category_closure": [PD + "Race"],
        "house_additions_art9": [PD + "Ethnicity"],
        "criminal_closure_art10": [PD + "Criminal"],
        "credit_closure": [PD + "Credit"],
        **changed,
    }
    (directory / "closures.json").write_text(json.dumps(document), encoding="utf-8")


def test_writes_every_file_and_the_same_bytes_again(
    generator: ModuleType, vocabulary: Path, tmp_path: Path
) -> None:
    runs = []
    for name in ("one", "two"):
        out = tmp_path / name
        assert generator.main(["--dpv", str(vocabulary), "--out", str(out)]) == 0
        found = {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        runs.append(found)
    assert runs[0] == runs[1]
    assert len(runs[0]) == 5


def test_what_is_kept(generator: ModuleType, vocabulary: Path) -> None:
    files = generator.outputs(vocabulary)
    extract = json.loads(files["core/aboveboard/vocab/dpv_extract.json"])
    assert {i: e["broader"] for i, e in extract["terms"].items()} == {
        "dpv:DirectMarketing": ["dpv:Marketing"],
        "dpv:Marketing": [],
        "dpv:PersonalData": [],
        "dpv:SpecialCategoryPersonalData": ["dpv:PersonalData"],
        "eu-gdpr:A6-1-a": [],
        "pd:2ndName": ["dpv:PersonalData"],
        "pd:Credit": ["dpv:PersonalData"],
        "pd:Criminal": ["dpv:PersonalData"],
        "pd:Ethnicity": ["dpv:PersonalData"],
        "pd:None": ["dpv:PersonalData"],
        "pd:Race": ["dpv:PersonalData", "dpv:SpecialCategoryPersonalData", "pd:Ethnicity"],
    }
    reference = json.loads(files["policies/aboveboard_policies/reference/dpv.json"])
    assert reference["special_categories"] == [
        "dpv:SpecialCategoryPersonalData",
        "pd:Ethnicity",
        "pd:Race",
    ]
    assert (reference["version"], reference["as_of"]) == ("9.9", "2030-03-01")


def test_names_that_python_does_not_allow(
    generator: ModuleType, vocabulary: Path, tmp_path: Path
) -> None:
    module = tmp_path / "generated_pd.py"
    module.write_text(generator.outputs(vocabulary)["core/aboveboard/pd.py"], encoding="utf-8")
    namespace = runpy.run_path(str(module))
    assert namespace["_2ndName"].id == "pd:2ndName"
    assert namespace["None_"].id == "pd:None"
    assert repr(namespace["None_"]) == "term('pd:None')"


def test_a_clash_of_names_is_an_error(generator: ModuleType) -> None:
    with pytest.raises(generator.MismatchError, match="pd:A-B and pd:A_B would both be named A_B"):
        generator.attribute_names(["pd:A-B", "pd:A_B"], set())


def test_a_different_closure_stops_the_run(
    generator: ModuleType, vocabulary: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closures(vocabulary, special_category_closure=[PD + "Race", PD + "Religion"])
    out = tmp_path / "out"
    assert generator.main(["--dpv", str(vocabulary), "--out", str(out)]) == 1
    assert capsys.readouterr().err == (
        "special_category_closure: only in closures.json ['pd:Religion'], only in the CSVs []\n"
    )
    assert not out.exists()
