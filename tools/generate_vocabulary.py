"""Write the files that Aboveboard derives from the Data Privacy Vocabulary (DPV).

    python tools/generate_vocabulary.py --dpv DIR

DIR holds DPV's `pd.csv`, `dpv.csv` and `eu-gdpr.csv`, its licence as `DPV-LICENSE.md`, and
`closures.json`: the special-category, criminal and credit ids as somebody else computed them. They
are computed here again from the CSVs; a difference stops the run, because a list that is short of
a category silently removes a deny. Same input, same bytes.
"""

from __future__ import annotations

import argparse
import csv
import json
import keyword
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "https://w3id.org/dpv/"
NAMESPACES = {  # longest first: every other starts with dpv's own without the '#'
    "https://w3id.org/dpv/legal/eu/gdpr#": "eu-gdpr:",
    "https://w3id.org/dpv/pd#": "pd:",
    "https://w3id.org/dpv#": "dpv:",
}
# `pd:ProfessionalExperience` names a parent that DPV 2.3 does not have.
CORRECTIONS = {"pd:PersonalData": "dpv:PersonalData"}

# Roots of all kinds but categories stay out of the extract: "for some purpose" names no purpose.
KINDS = {
    "dpv:PersonalData": "category",
    "dpv:Purpose": "purpose",
    "dpv:Processing": "processing",
    "dpv:ConsentStatus": "consent_status",
    "dpv:AutomationLevel": "automation",
    "dpv:HumanInvolvement": "human_involvement",
}
GDPR_KINDS = {"eu-gdpr:A6-1-": "legal_basis", "eu-gdpr:A9-2-": "art9_condition"}
# The marker class of each kind in the generated modules, and its heading there.
CLASSES = {
    "category": ("DataCategory", "Categories of personal data"),
    "purpose": ("Purpose", "Purposes"),
    "processing": ("Operation", "Processing operations"),
    "consent_status": ("ConsentStatus", "Consent statuses"),
    "automation": ("AutomationLevel", "Levels of automation"),
    "human_involvement": ("HumanInvolvement", "Human involvement"),
}
LINE_LENGTH = 100

SPECIAL = "dpv:SpecialCategoryPersonalData"
SPECIAL_ADDED = "pd:Ethnicity"
CRIMINAL = "pd:Criminal"
CREDIT = "pd:Credit"
VALID_CONSENT = "dpv:ConsentStatusValidForProcessing"
HOUSE_REASONS = {
    "special_categories": (
        "DPV flags EthnicOrigin and Race as special categories but not Ethnicity, their parent; "
        "GDPR Art 9(1) covers racial or ethnic origin."
    ),
    "criminal": "DPV does not flag the data that GDPR Art 10 covers.",
}


class MismatchError(Exception):
    """The CSVs do not hold what is expected of them; the text lists every difference."""


@dataclass(frozen=True)
class Vocabulary:
    """The terms kept: labels, kinds, next broader ids, and all broader ids with the id itself."""

    version: str
    as_of: str
    labels: dict[str, str]
    kinds: dict[str, str]
    broader: dict[str, list[str]]
    ancestors: dict[str, list[str]]

    def of_kind(self, kind: str) -> list[str]:
        return [id_ for id_, k in self.kinds.items() if k == kind]

    def under(self, root: str) -> list[str]:
        """Every id whose ancestors include `root`, among them `root` itself."""
        return [id_ for id_, found in self.ancestors.items() if root in found]


def compact(iri: str) -> str:
    """`https://w3id.org/dpv/pd#Age` -> `pd:Age`; an IRI of another module stays as it is."""
    for namespace, prefix in NAMESPACES.items():
        if iri.startswith(namespace):
            id_ = prefix + iri.removeprefix(namespace)
            return CORRECTIONS.get(id_, id_)
    return iri


def closure(id_: str, parents: dict[str, list[str]]) -> set[str]:
    """The id and all that is broader than it. Terminates on cycles; `read` refuses them."""
    found: set[str] = set()
    queue = [id_]
    while queue:
        current = queue.pop()
        if current not in found:
            found.add(current)
            queue += parents.get(current, [])
    return found


def kind_of(id_: str, above: set[str]) -> str | None:
    """The kind by which a term is kept, None for the many that are not."""
    if id_.startswith("eu-gdpr:"):
        # The eu-gdpr module repeats dpv:Processing and others; only its legal bases are wanted.
        return next((k for start, k in GDPR_KINDS.items() if id_.startswith(start)), None)
    if id_ in KINDS and KINDS[id_] != "category":
        return None
    return next((k for root, k in KINDS.items() if root in above), None)


def read(directory: Path) -> Vocabulary:
    """Read the CSVs and keep what Aboveboard uses."""
    labels: dict[str, str] = {}
    parents: dict[str, list[str]] = {}
    for name in ("pd.csv", "dpv.csv", "eu-gdpr.csv"):
        with (directory / name).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if row["type"] != "class":
                    continue
                id_ = compact(row["iri"])
                iris = ";".join((row["dpvtype"], row["subclassof"], row["hasbroader"])).split(";")
                labels[id_] = row["label"].strip()
                parents[id_] = sorted({compact(i.strip()) for i in iris if i.strip()})
    cycles = [i for i in parents if any(i in closure(p, parents) for p in parents[i])]
    kinds = {i: k for i in sorted(parents) if (k := kind_of(i, closure(i, parents)))}
    lost = [i for i in parents if i.startswith("pd:") and i not in kinds]
    if cycles or lost:
        msg = f"Terms broader than themselves: {cycles}; not under dpv:PersonalData: {lost}."
        raise MismatchError(msg)
    # A parent of another kind (a purpose that is also an organisational measure) is dropped.
    broader = {i: [p for p in parents[i] if kinds.get(p) == kinds[i]] for i in kinds}
    stated = json.loads((directory / "closures.json").read_text("utf-8"))["dpv_version"]
    match = re.fullmatch(r"(\S+) \(.*?(\d{1,2} \w+ \d{4})\)", stated)
    if match is None:
        msg = f"closures.json: no version and date in dpv_version {stated!r}."
        raise MismatchError(msg)
    day = datetime.strptime(match[2], "%d %B %Y").replace(tzinfo=UTC)
    return Vocabulary(
        version=match[1],
        as_of=day.date().isoformat(),
        labels={i: labels[i] for i in kinds},
        kinds=kinds,
        broader=broader,
        ancestors={i: sorted(closure(i, broader)) for i in kinds},
    )


def verify(vocabulary: Vocabulary, directory: Path) -> None:
    """Compare the closures computed here with those of `closures.json`."""
    stated = json.loads((directory / "closures.json").read_text("utf-8"))
    computed = {
        "special_category_closure": set(vocabulary.under(SPECIAL)) - {SPECIAL},
        "house_additions_art9": {SPECIAL_ADDED} & set(vocabulary.kinds),
        "criminal_closure_art10": set(vocabulary.under(CRIMINAL)),
        "credit_closure": set(vocabulary.under(CREDIT)),
    }
    problems = []
    for key, ours in computed.items():
        theirs = {compact(iri) for iri in stated[key]}
        if ours != theirs or not ours:
            problems.append(
                f"{key}: only in closures.json {sorted(theirs - ours)}, "
                f"only in the CSVs {sorted(ours - theirs)}"
            )
    if problems:
        msg = "\n".join(problems)
        raise MismatchError(msg)


def render_json(document: dict[str, Any]) -> str:
    """JSON with one line for each term, so that a new version of DPV makes a readable diff."""

    def render(value: Any, depth: int) -> str:
        if depth == 0 or not isinstance(value, dict | list) or not value:
            return json.dumps(value, ensure_ascii=False)
        pad, end = " " * (3 - depth), " " * (2 - depth)
        if isinstance(value, dict):
            rows = [f"{json.dumps(k)}: {render(v, depth - 1)}" for k, v in value.items()]
            return "{\n" + ",\n".join(pad + row for row in rows) + f"\n{end}}}"
        return "[\n" + ",\n".join(pad + render(v, depth - 1) for v in value) + f"\n{end}]"

    return render(document, 2) + "\n"


def licence_notice(vocabulary: Vocabulary) -> str:
    return (
        "This software includes material derived from Data Privacy Vocabulary (DPV) "
        f"{vocabulary.version} {SOURCE}{vocabulary.version}. Copyright © {vocabulary.as_of[:4]} "
        "contributors to DPV and World Wide Web Consortium. "
        "https://www.w3.org/copyright/software-license-2023/"
    )


def extract(vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "version": vocabulary.version,
        "source": SOURCE + vocabulary.version,
        "licence": "W3C Software and Document License (2023); see DPV-NOTICE.md",
        "terms": {
            i: {"label": vocabulary.labels[i], "broader": vocabulary.broader[i], "kind": kind}
            for i, kind in vocabulary.kinds.items()
        },
    }


def reference(vocabulary: Vocabulary) -> dict[str, Any]:
    added = set(vocabulary.under(SPECIAL_ADDED))
    # The root is in the list too: a field may be declared as no more than "special category".
    special = sorted(set(vocabulary.under(SPECIAL)) | added)
    house = {"special_categories": [SPECIAL_ADDED], "criminal": vocabulary.under(CRIMINAL)}
    return {
        "as_of": vocabulary.as_of,
        "version": vocabulary.version,
        "licence_notice": licence_notice(vocabulary),
        "special_categories": special,
        "house_additions": [
            {"list": name, "ids": ids, "reason": HOUSE_REASONS[name]} for name, ids in house.items()
        ],
        "criminal": vocabulary.under(CRIMINAL),
        "credit": vocabulary.under(CREDIT),
        "ancestors": {i: vocabulary.ancestors[i] for i in vocabulary.of_kind("category")},
        "purpose_ancestors": {i: vocabulary.ancestors[i] for i in vocabulary.of_kind("purpose")},
        "valid_consent": [i for i in vocabulary.under(VALID_CONSENT) if i != VALID_CONSENT],
    }


def notice(vocabulary: Vocabulary, licence: str) -> str:
    return f"""# Data Privacy Vocabulary: notice

{licence_notice(vocabulary)}

It concerns `dpv_extract.json` beside this file, `aboveboard/pd.py`, `aboveboard/dpv.py` and
`aboveboard_policies/reference/dpv.json`.

## What was changed

- Extracted: ids (shortened to compact form), English labels and hierarchy of the personal data
  categories, purposes, processing operations, consent statuses, automation levels, human
  involvement, and the legal bases of GDPR Art 6(1) and 9(2). Definitions, notes, relations and all
  other terms are left out, and so is a broader term of another kind.
- Added by this project, in `reference/dpv.json` only: `{SPECIAL_ADDED}` among the special
  categories, and a list of criminal data (GDPR Art 10), which DPV does not flag.
- Corrected: the broader term `pd:PersonalData`, which does not exist, reads `dpv:PersonalData`.

## Licence of the Data Privacy Vocabulary

{licence.strip()}
"""


def attribute_names(ids: list[str], reserved: set[str]) -> dict[str, str]:
    """A Python name for each id; two ids that come to the same name are an error."""
    names: dict[str, str] = {}
    for id_ in ids:
        name = re.sub(r"\W", "_", id_.partition(":")[2])
        if name[0].isdigit():
            name = f"_{name}"
        if keyword.iskeyword(name) or name in reserved:
            name = f"{name}_"
        if name in names:
            msg = f"{names[name]} and {id_} would both be named {name}."
            raise MismatchError(msg)
        names[name] = id_
    return names


def assignment(name: str, cls: str, id_: str, label: str) -> str:
    """One line, broken as `ruff format` does where it is too long."""
    arguments = [json.dumps(id_), json.dumps(label, ensure_ascii=False)]
    line = f"{name}: Final = {cls}({', '.join(arguments)})"
    if len(line) <= LINE_LENGTH:
        return line
    inner = f"    {', '.join(arguments)}"
    if len(inner) > LINE_LENGTH:
        inner = "\n".join(f"    {argument}," for argument in arguments)
    return f"{name}: Final = {cls}(\n{inner}\n)"


def module(vocabulary: Vocabulary, prefix: str, title: str, example: str) -> str:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for id_, kind in vocabulary.kinds.items():
        if id_.startswith(prefix):
            by_kind[kind].append(id_)
    kinds = [kind for kind in CLASSES if kind in by_kind]
    classes = sorted(CLASSES[kind][0] for kind in kinds)
    ids = [id_ for kind in kinds for id_ in by_kind[kind]]
    names = attribute_names(ids, {"TYPE_CHECKING", "Final", *classes})
    by_id = {id_: name for name, id_ in names.items()}
    imports = f"from aboveboard.vocab.terms import {', '.join(classes)}"
    if len(imports) > LINE_LENGTH:
        rows = "".join(f"    {cls},\n" for cls in classes)
        imports = f"from aboveboard.vocab.terms import (\n{rows})"
    body = "\n\n".join(
        f"# {heading}\n"
        + "\n".join(assignment(by_id[i], cls, i, vocabulary.labels[i]) for i in by_kind[kind])
        for kind, (cls, heading) in CLASSES.items()
        if kind in by_kind
    )
    return f'''"""{title} of the Data Privacy Vocabulary (DPV) {vocabulary.version}.

    {example}

Generated by tools/generate_vocabulary.py from {SOURCE}{vocabulary.version}: do not edit.
Derived from DPV under the W3C Software and Document License: see vocab/DPV-NOTICE.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

{imports}

{body}

# Hidden from type checkers, which would otherwise accept any name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        from aboveboard.vocab.lookup import missing_attribute

        raise missing_attribute(__name__, name, globals())
'''


def outputs(directory: Path) -> dict[str, str]:
    """Path below the project root -> text, for every generated file."""
    vocabulary = read(directory)
    verify(vocabulary, directory)
    licence = (directory / "DPV-LICENSE.md").read_text("utf-8")
    categories = "email: Annotated[str, pd.EmailAddressWork]"
    purposes = "purposes=[dpv.DirectMarketing]"
    title = "Purposes, operations, consent statuses and levels of automation"
    return {
        "core/aboveboard/vocab/dpv_extract.json": render_json(extract(vocabulary)),
        "core/aboveboard/vocab/DPV-NOTICE.md": notice(vocabulary, licence),
        "core/aboveboard/pd.py": module(vocabulary, "pd:", "Personal data categories", categories),
        "core/aboveboard/dpv.py": module(vocabulary, "dpv:", title, purposes),
        "policies/aboveboard_policies/reference/dpv.json": render_json(reference(vocabulary)),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--dpv", type=Path, required=True, metavar="DIR", help="DPV's CSVs")
    parser.add_argument("--out", type=Path, default=ROOT, metavar="DIR", help="project root")
    options = parser.parse_args(arguments)
    try:
        files = outputs(options.dpv)
    except MismatchError as error:
        print(error, file=sys.stderr)
        return 1
    for name, text in files.items():
        path = options.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"{len(text.encode()):>8}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
