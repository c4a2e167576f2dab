"""A policy bundle: Rego modules, reference data and the catalogue of messages, under one revision."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from aboveboard.errors import PolicyError
from aboveboard.facts import Phase, Step
from aboveboard.policy import checks
from aboveboard.policy.catalogue import Catalogue
from aboveboard.policy.fact_checks import check_facts
from aboveboard.policy.finding_checks import check_findings, check_inclusion
from aboveboard.policy.linking import Linked, link
from aboveboard.policy.metadata import Block, MetadataError, blocks
from aboveboard.policy.problems import Problem, raise_if_any
from aboveboard.policy.reference import load_reference
from aboveboard.policy.syntax import Module, parse
from aboveboard.policy.translations import load_translations

__all__ = [
    "MAX_FILES",
    "MAX_FILE_BYTES",
    "PolicyBundle",
    "Survey",
    "bundled_directory",
    "check_set",
    "load_bundle",
    "located",
    "parse_module",
    "read_blocks",
    "revision_of",
    "survey",
]

MAX_FILE_BYTES = 1 << 20
MAX_FILES = 10_000


@dataclass(frozen=True)
class PolicyBundle:
    """Everything an engine needs to answer, and everything needed to explain the answer.

    Attributes:
        modules: the Rego files, in the order of their names.
        reference: documents below `data.reference`, by name.
        catalogue: what each rule says, by id.
        revision: `sha256:` and the hash of all of it; the same on every machine.
        schemas: the JSON Schemas that the reference documents pass, by name.
    """

    modules: tuple[Module, ...]
    reference: Mapping[str, Any]
    catalogue: Catalogue
    revision: str
    schemas: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def data(self) -> dict[str, Any]:
        """What Rego sees as `data`, beside the packages."""
        return {
            "reference": dict(self.reference),
            "catalogue": {
                "revision": self.revision,
                "reference": sorted(self.reference),
                "rules": self.catalogue.as_dict(),
            },
        }

    def packages_for(self, step: Step) -> tuple[str, ...]:
        """The packages that the step's answer can reach, the step's own first."""
        own = f"aboveboard.{step}"
        wanted = [
            own,
            *sorted(
                {
                    m.name
                    for m in self.modules
                    if m.package[0] == "organisation" and m.package[2] == step
                }
            ),
        ]
        known = {module.name for module in self.modules}
        for name in wanted:  # grows as it goes
            for module in self.modules:
                if module.name != name:
                    continue
                for rule in module.rules:
                    for reference in rule.references:
                        for length in (3, 4):
                            target = ".".join(reference.path[1:length])
                            if target in known and target not in wanted:
                                wanted.append(target)
        return tuple(wanted)

    def linked(self, package: str) -> str:
        """All files of one package as one module: many files cost the embedded engine dearly."""
        parts = [f"package {package}\n\nimport future.keywords.not\n"]
        for module in self.modules:
            if module.name == package:
                drop = {module.package_line, *(line for _, line in module.imports)}
                lines = module.text.split("\n")  # as Rego counts them
                kept = [text for number, text in enumerate(lines, 1) if number not in drop]
                parts.append(f"# {module.file}\n" + "\n".join(kept))
        return "\n".join(parts) + "\n"

    def origins(self, package: str) -> list[tuple[str, int]]:
        """File and line of each line of `linked`; line 0 for what the linking added."""
        found = [("", 0)] * 4
        for module in self.modules:
            if module.name == package:
                drop = {module.package_line, *(line for _, line in module.imports)}
                count = module.text.count("\n") + 1
                kept = [number for number in range(1, count + 1) if number not in drop]
                found += [(module.file, 0), *((module.file, number) for number in kept)]
        return found

    def linked_for(self, step: Step, phase: Phase) -> Linked | None:
        """What the step needs in one phase as one module, linked once; see `linking.link`."""
        if (step, phase) not in self._linked:
            self._linked[step, phase] = link(self, step, phase)
        return self._linked[step, phase]

    @cached_property
    def _linked(self) -> dict[tuple[Step, Phase], Linked | None]:
        return {}


@cache
def bundled_directory() -> Path:
    """Where the policies that ship with Aboveboard are."""
    return Path(str(files("aboveboard_policies")))


@cache
def _bundled() -> PolicyBundle:
    return _load(())


def load_bundle(directories: Sequence[Path] = (), library: Path | None = None) -> PolicyBundle:
    """Load the bundled policies and those of further directories.

    Args:
        directories: an organisation's policy directories: Rego below package
            `organisation.<name>.<step>`, reference data in `reference/`.
        library: takes the place of the bundled policies, such as those of another version.

    Raises:
        PolicyError: anything is wrong; every problem with its file and line.
    """
    if library is not None:
        return _load(tuple(Path(directory) for directory in directories), library)
    return _load(tuple(Path(directory) for directory in directories)) if directories else _bundled()


def _load(directories: tuple[Path, ...], library: Path | None = None) -> PolicyBundle:
    found = survey(directories, library)
    raise_if_any(list(found.problems))
    return found.bundle


@dataclass(frozen=True)
class Survey:
    """Policy directories as they are, with all that keeps them from loading.

    Attributes:
        places: the bundled directory and the others, each with the name that it goes by in messages.
        bundle: what could be read. It decides nothing while there are problems.
        blocks: METADATA blocks by file.
        problems: of all files, in the order in which they were found.
    """

    places: tuple[tuple[Path, str], ...]
    bundle: PolicyBundle
    blocks: Mapping[str, Sequence[Block]]
    problems: tuple[Problem, ...]


def survey(directories: Sequence[Path], library: Path | None = None) -> Survey:
    """Read the bundled policies and those of further directories, and judge them.

    Args:
        directories: as of `load_bundle`.
        library: likewise.

    Raises:
        PolicyError: there is no such directory.
    """
    problems: list[Problem] = []
    first = library or bundled_directory()
    places = [(first, "aboveboard_policies")]
    for directory in directories:
        if not directory.is_dir():
            msg = f"{directory}: no such directory of policies."
            raise PolicyError(msg)
        if all(directory.resolve() != place.resolve() for place, _ in places):
            places.append((directory, _label(directory, [label for _, label in places])))
    modules: list[Module] = []
    found_blocks: dict[str, list[Block]] = {}
    for directory, label in list(places):
        if not os.access(directory, os.R_OK | os.X_OK):
            problems.append(Problem(str(directory), 0, "cannot be read.", "AB-FILE-01"))
            places.remove((directory, label))
            continue
        bundled = directory is first
        own = _modules(directory, label, problems)
        for module in own:
            found_blocks[module.file] = read_blocks(module, problems)
        problems.extend(checks.check_modules(own, bundled=bundled))
        modules.extend(own)
    reference, schemas = load_reference(places, problems)
    check_set(modules, found_blocks, reference, problems)
    translations = load_translations(places, found_blocks, problems)
    # A text that nothing is known of has no place in a catalogue.
    catalogue = (
        Catalogue(()) if problems else Catalogue.from_blocks(modules, found_blocks, translations)
    )
    revision = revision_of(modules, reference, catalogue)
    bundle = PolicyBundle(tuple(modules), reference, catalogue, revision, schemas)
    return Survey(tuple(places), bundle, found_blocks, tuple(problems))


def check_set(
    modules: Sequence[Module],
    blocks: Mapping[str, Sequence[Block]],
    reference: Mapping[str, Any],
    problems: list[Problem],
) -> None:
    """What a whole set has to keep to, wherever it was read from; `check_modules` is apart.

    Args:
        modules: all of the set.
        blocks: their METADATA, by file.
        reference: documents by name.
        problems: what is wrong is added here; nothing is raised.
    """
    problems.extend(checks.check_across(modules))
    problems.extend(check_findings(modules, blocks))
    problems.extend(check_facts(modules, blocks))
    problems.extend(check_inclusion(modules, blocks))
    catalogued = {"revision": "", "reference": sorted(reference)}
    problems.extend(
        checks.check_data_paths(modules, {"reference": reference, "catalogue": catalogued})
    )


def _label(directory: Path, taken: Sequence[str]) -> str:
    """What a directory goes by in messages: its name, numbered when another has it."""
    name = directory.resolve().name
    label, number = name, 1
    while label in taken:
        number += 1
        label = f"{name}-{number}"
    return label


def _modules(directory: Path, label: str, problems: list[Problem]) -> list[Module]:
    paths = sorted(
        path for path in directory.rglob("*.rego") if not path.name.endswith("_test.rego")
    )
    if not paths and not (directory / "reference").is_dir():
        problems.append(
            Problem(str(directory), 0, "holds no Rego file and no reference data.", "AB-FILE-02")
        )
    if len(paths) > MAX_FILES:
        problems.append(
            Problem(str(directory), 0, f"holds over {MAX_FILES} Rego files.", "AB-FILE-02")
        )
        return []
    found: list[Module] = []
    for path in paths:
        name = f"{label}/{path.relative_to(directory).as_posix()}"
        if not name.isprintable():
            problems.append(
                Problem(repr(name), 0, "has a name that cannot be printed.", "AB-FILE-01")
            )
            continue
        try:
            if not path.is_file():  # a pipe would keep us waiting
                raise OSError
            with path.open("rb") as stream:
                raw = stream.read(MAX_FILE_BYTES + 1)
        except OSError:
            problems.append(Problem(name, 0, "cannot be read as UTF-8 text.", "AB-FILE-01"))
            continue
        module = parse_module(name, raw, problems)
        if module is not None:
            found.append(module)
    return found


# Who loads again, or several sets, has the same bundled files each time.
_parse = lru_cache(maxsize=512)(parse)


def parse_module(name: str, raw: bytes, problems: list[Problem]) -> Module | None:
    """One Rego file; None when something is wrong, which is then added to the problems."""
    if len(raw) > MAX_FILE_BYTES:
        problems.append(Problem(name, 0, f"is over {MAX_FILE_BYTES} bytes.", "AB-FILE-01"))
        return None
    try:
        return _parse(name, raw.decode("utf-8"))
    except UnicodeDecodeError:
        problems.append(Problem(name, 0, "cannot be read as UTF-8 text.", "AB-FILE-01"))
    except PolicyError as error:
        problems.append(located(name, str(error)))
    return None


def located(name: str, text: str) -> Problem:
    """The problem that a message of `syntax.parse` tells of."""
    rest = text.removeprefix(f"{name}:")
    line, colon, message = rest.partition(": ")
    if colon and line.strip().isdigit():
        return Problem(name, int(line), message, "AB-SYNTAX-01")
    return Problem(name, 0, rest.strip(), "AB-SYNTAX-01")


def read_blocks(module: Module, problems: list[Problem]) -> list[Block]:
    """The METADATA of a module; what is wrong with it is added to the problems."""
    found: list[Block] = []
    for block in blocks(module):
        if isinstance(block, MetadataError):
            problems.append(Problem(module.file, block.line, str(block), "AB-METADATA-01"))
        else:
            found.append(block)
    return found


def revision_of(
    modules: Sequence[Module], reference: Mapping[str, Any], catalogue: Catalogue
) -> str:
    """`sha256:` and the hash of what decides and what is said of it.

    Neither the names of directories nor the order of files are in it, so that what a bundle holds
    is enough to compute it: the same files are the same policies wherever they lie.
    """
    said = catalogue.as_dict()
    for entry in said.values():
        entry["file"] = entry["file"].partition("/")[2]
    digest = hashlib.sha256()
    for text in sorted(hashlib.sha256(module.text.encode()).digest() for module in modules):
        digest.update(text)
    for data in (reference, said):
        digest.update(json.dumps(data, sort_keys=True, ensure_ascii=True).encode())
    return f"sha256:{digest.hexdigest()}"
