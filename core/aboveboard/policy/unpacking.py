"""Read back what `policy.archive` writes: the same checks as of a directory, and the revision anew.

    read_archive(Path("bundle.tar.gz")).revision

The catalogue in the archive has the translations that no METADATA has; all else that it says must be
what the modules say, and the revision must be that of the content. A bundle that OPA has signed, or
written anew ('opa build'), is read as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aboveboard.errors import PolicyError
from aboveboard.policy import checks
from aboveboard.policy.archive import roots
from aboveboard.policy.bundle import (
    PolicyBundle,
    check_set,
    parse_module,
    read_blocks,
    revision_of,
)
from aboveboard.policy.catalogue import Catalogue
from aboveboard.policy.keys import Key
from aboveboard.policy.metadata import PLACEHOLDER, Block
from aboveboard.policy.problems import Problem, raise_if_any
from aboveboard.policy.reference import check_document
from aboveboard.policy.signing import SIGNATURES, verify
from aboveboard.policy.syntax import Module
from aboveboard.policy.tarball import unpack
from aboveboard.strict_json import NotJson, loads

__all__ = ["load_members", "read_archive"]

MANIFEST, DATA = ".manifest", "data.json"
_AGAIN = "Build it again with 'aboveboard bundle build'."
_TEXTS = ("messages", "remedies", "persons")


def read_archive(
    source: bytes | Path, *, keys: Sequence[Key] = (), scope: str = "", place: str | None = None
) -> PolicyBundle:
    """The policies that are in a bundle file.

    Args:
        source: the file's bytes, or its path.
        keys: one of them must have signed it; without any, nobody looks at a signature.
        scope: that the signature must have, with keys.
        place: what it goes by in messages; the path, or "The bundle", when left out.

    Raises:
        PolicyError: it cannot be read, is no bundle of Aboveboard, holds what `load_bundle` would
            refuse, is not what its revision says, or not signed by one of the keys.
    """
    if place is None:
        place = "The bundle" if isinstance(source, bytes) else str(source)
    members = unpack(source, place)
    if keys:
        verify(members, keys, scope, place)
    return load_members(members, place)


def load_members(members: Mapping[str, bytes], place: str) -> PolicyBundle:
    """The policies in an archive's members; see `read_archive`."""
    try:
        return _loaded(members, place)
    except RecursionError:
        msg = f"{place}: holds data that are nested too deeply. {_AGAIN}"
        raise PolicyError(msg) from None


def _loaded(members: Mapping[str, bytes], place: str) -> PolicyBundle:
    _refuse_others(members, place)
    manifest = _object(members[MANIFEST], MANIFEST, place)
    data = _object(members[DATA], DATA, place)
    stated, reference, schemas = _catalogue(manifest, data, place)
    problems: list[Problem] = []
    modules = _modules(members, problems)
    blocks = {module.file: read_blocks(module, problems) for module in modules}
    for bundled in (True, False):
        of_this_kind = [m for m in modules if (m.package[:1] == ("aboveboard",)) is bundled]
        problems.extend(checks.check_modules(of_this_kind, bundled=bundled))
    for name, document in sorted(reference.items()):
        check_document(document, f"{DATA}: reference.{name}", name, schemas, problems)
    check_set(modules, blocks, reference, problems)
    _raise(problems, place)
    catalogue = _same_catalogue(stated, modules, blocks, place)
    revision = revision_of(modules, reference, catalogue)
    if revision != manifest["revision"]:
        msg = (
            f"{place}: was changed after it was built: it says that it is {manifest['revision']}, "
            f"and what it holds is {revision}. {_AGAIN}"
        )
        raise PolicyError(msg)
    found = PolicyBundle(tuple(modules), reference, catalogue, revision, schemas)
    if manifest["roots"] != roots(found):
        msg = f"{place}: its manifest's roots are not those of what it holds. {_AGAIN}"
        raise PolicyError(msg)
    return found


def _refuse_others(members: Mapping[str, bytes], place: str) -> None:
    missing = [f"'{name}'" for name in (MANIFEST, DATA) if name not in members]
    if not any(name.endswith(".rego") for name in members):
        missing.append("Rego")
    if missing:
        msg = (
            f"{place}: is no bundle of Aboveboard: it has no {', no '.join(missing)}. "
            "'aboveboard bundle build' makes one."
        )
        raise PolicyError(msg)
    for name in sorted(members):
        if not name.endswith(".rego") and name not in (MANIFEST, DATA, SIGNATURES):
            msg = f"{place}: holds '{name}', which no bundle of Aboveboard has. {_AGAIN}"
            raise PolicyError(msg)


def _object(raw: bytes, name: str, place: str) -> dict[str, Any]:
    try:
        found = loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        msg = f"{place}: '{name}' is not UTF-8 text. {_AGAIN}"
        raise PolicyError(msg) from None
    except NotJson as error:
        msg = f"{place}: '{name}', line {error.line}: {error} {_AGAIN}"
        raise PolicyError(msg) from None
    if not isinstance(found, dict):
        msg = f"{place}: '{name}' holds no JSON object. {_AGAIN}"
        raise PolicyError(msg)
    return found


def _catalogue(
    manifest: dict[str, Any], data: dict[str, Any], place: str
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Rules as the catalogue states them, reference data and their schemas."""
    # `opa build` adds the version of Rego; 1 is the one that all of ours are in.
    fine = set(manifest) <= {"revision", "roots", "rego_version"}
    fine = fine and manifest.get("rego_version", 1) == 1
    fine = fine and isinstance(manifest.get("revision"), str)
    if not fine or not isinstance(manifest.get("roots"), list):
        msg = (
            f"{place}: its manifest is not one of Aboveboard, which has a revision and roots and "
            f"nothing else. {_AGAIN}"
        )
        raise PolicyError(msg)
    reference, catalogue = data.get("reference"), data.get("catalogue")
    if not isinstance(reference, dict) or not isinstance(catalogue, dict) or len(data) != 2:
        msg = (
            f"{place}: is no bundle of Aboveboard: its data are not 'reference' and 'catalogue'. "
            "'aboveboard bundle build' makes one."
        )
        raise PolicyError(msg)
    rules, schemas = catalogue.get("rules"), catalogue.get("schemas")
    if not isinstance(rules, dict) or not isinstance(schemas, dict) or len(catalogue) != 4:
        msg = f"{place}: was built by another version of Aboveboard. {_AGAIN}"
        raise PolicyError(msg)
    if catalogue.get("revision") != manifest["revision"] or catalogue.get("reference") != sorted(
        reference
    ):
        msg = f"{place}: its catalogue is of other policies than its manifest. {_AGAIN}"
        raise PolicyError(msg)
    return rules, reference, schemas


def _modules(members: Mapping[str, bytes], problems: list[Problem]) -> list[Module]:
    found = []
    for name in sorted(members):
        if name.endswith(".rego"):
            module = parse_module(name, members[name], problems)
            if module is not None:
                found.append(module)
    return found


def _raise(problems: list[Problem], place: str) -> None:
    try:
        raise_if_any(problems)
    except PolicyError as error:
        lines = (f"{place}: {line}" for line in str(error).splitlines())
        raise PolicyError("\n".join(lines)) from None


def _same_catalogue(
    stated: dict[str, Any],
    modules: Sequence[Module],
    blocks: Mapping[str, Sequence[Block]],
    place: str,
) -> Catalogue:
    """The catalogue of the archive, once it says of each rule what its METADATA say.

    Translations are texts in further languages, or other texts in the same; where the Rego files lay
    is told as it was.
    """
    try:
        found = Catalogue.from_dict(stated)
    except PolicyError:
        msg = f"{place}: its catalogue of rules cannot be read. {_AGAIN}"
        raise PolicyError(msg) from None
    made = Catalogue.from_blocks(modules, blocks).as_dict()
    fine = found.as_dict() == stated and made.keys() == stated.keys()
    placeholders: dict[tuple[str, str], frozenset[str]] = {
        (block.custom.id, block.custom.reason or "default"): block.placeholders
        for of_module in blocks.values()
        for block in of_module
    }
    for rule, entry in made.items():
        if not fine:
            break
        said = stated[rule]
        fine = all(entry[key] == said[key] for key in entry if key not in (*_TEXTS, "file"))
        for key in _TEXTS:
            fine = fine and entry[key].keys() == said[key].keys()
        for key in _TEXTS if fine else ():
            for reason, texts in said[key].items():
                words = {word for text in texts.values() for word in PLACEHOLDER.findall(text)}
                fine = fine and texts.keys() >= entry[key][reason].keys()
                fine = fine and words <= placeholders[rule, reason]
    if not fine:
        msg = f"{place}: its catalogue says of rules what their Rego does not. {_AGAIN}"
        raise PolicyError(msg)
    return found
