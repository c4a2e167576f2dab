"""A small policy set, to be compared with another."""

from __future__ import annotations

from typing import Any

from aboveboard.policy.bundle import PolicyBundle, read_blocks, revision_of
from aboveboard.policy.catalogue import Catalogue
from aboveboard.policy.reference import load_reference
from aboveboard.policy.syntax import parse
from aboveboard.policy.translations import load_translations
from tests.policies.writing import Directory

__all__ = ["Small"]


class Small(Directory):
    """A directory that is read without the bundled policies, and without their checks: in no time."""

    def load(self) -> PolicyBundle:
        problems: list[Any] = []
        modules = [
            parse(f"policies/{path.relative_to(self.path)}", path.read_text())
            for path in sorted(self.path.rglob("*.rego"))
        ]
        blocks = {module.file: read_blocks(module, problems) for module in modules}
        places = [(self.path, "policies")]
        reference, schemas = load_reference(places, problems)
        translations = load_translations(places, blocks, problems)
        assert problems == []
        catalogue = Catalogue.from_blocks(modules, blocks, translations)
        revision = revision_of(modules, reference, catalogue)
        return PolicyBundle(tuple(modules), reference, catalogue, revision, schemas)
