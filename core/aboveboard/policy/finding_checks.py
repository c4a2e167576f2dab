"""What findings must say, so that each can be explained: its METADATA, its phase, its topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from aboveboard.facts import PHASES, STEPS
from aboveboard.policy.metadata import Block
from aboveboard.policy.problems import Problem
from aboveboard.policy.syntax import Module, Rule

__all__ = ["check_findings", "check_inclusion"]

_KEYS = {"rule", "effect", "facts", "args", "obligation"}
_NEEDED = ("rule", "effect", "facts", "args")
_EFFECTS = ("deny", "escalate", "warn", "oblige")

Blocks = Mapping[str, Sequence[Block]]


def check_findings(modules: Sequence[Module], blocks: Blocks) -> Iterator[Problem]:
    """Every finding is an object with METADATA above it, and the two say the same.

    Args:
        modules: all modules of the set.
        blocks: METADATA blocks by file.
    """
    owners: dict[str, tuple[str, ...]] = {}
    primary: dict[str, Block] = {}
    for module in modules:
        for block in blocks[module.file]:
            rule_id = block.custom.id
            owner = owners.setdefault(rule_id, _owner(module))
            if owner != _owner(module):
                yield Problem(
                    module.file,
                    block.line,
                    f"'{rule_id}' is a rule of '{'.'.join(owner)}' already. Give yours an id of its "
                    "own: it would take over the other's messages.",
                    "AB-METADATA-04",
                )
            elif block.custom.reason is None:
                primary.setdefault(rule_id, block)
    for module in modules:
        by_line = {block.rule_line: block for block in blocks[module.file]}
        for rule in module.rules:
            if rule.name == "findings":
                yield from _check_shape(module, rule)
                if not rule.default and not _is_inclusion(rule):
                    yield from _check_metadata(module, rule, by_line.get(rule.line), primary)


def _owner(module: Module) -> tuple[str, ...]:
    return module.package[:1] if module.package[0] == "aboveboard" else module.package[:2]


def _check_shape(module: Module, rule: Rule) -> Iterator[Problem]:
    if rule.default:
        yield Problem(
            module.file, rule.line, "'findings' is a set and takes no default.", "AB-FINDING-01"
        )
        return
    head = rule.head
    if head is None:
        return  # an inclusion, or refused for want of a literal rule and effect
    for key in _NEEDED:
        if key not in head.keys:
            yield Problem(module.file, rule.line, f"The finding lacks '{key}'.", "AB-FINDING-01")
    for key in sorted(set(head.keys) - _KEYS):
        yield Problem(module.file, rule.line, f"A finding has no '{key}'.", "AB-FINDING-01")
    if head.effect is not None and head.effect not in _EFFECTS:
        yield Problem(
            module.file,
            rule.line,
            f"Effect '{head.effect}' is not one of {', '.join(_EFFECTS)}.",
            "AB-FINDING-01",
        )
    if head.effect == "oblige" and "obligation" not in head.keys:
        yield Problem(
            module.file,
            rule.line,
            "A finding that obliges names its 'obligation'.",
            "AB-FINDING-01",
        )


def _check_metadata(
    module: Module, rule: Rule, block: Block | None, primary: Mapping[str, Block]
) -> Iterator[Problem]:
    if block is None:
        yield Problem(
            module.file,
            rule.line,
            "A 'findings' rule needs a '# METADATA' block right above it, with title, "
            "custom.id, custom.message and custom.remedy.",
            "AB-METADATA-02",
        )
        return
    custom, head = block.custom, rule.head
    if head is None or head.rule is None or head.effect is None:
        yield Problem(
            module.file,
            rule.line,
            "Write the finding as an object with literal 'rule' and 'effect', "
            'as in {"rule": "…", "effect": "deny", "facts": […], "args": {…}}.',
            "AB-FINDING-02",
        )
        return
    if head.rule != custom.id:
        yield Problem(
            module.file,
            rule.line,
            f"The finding says '{head.rule}', METADATA '{custom.id}'.",
            "AB-METADATA-04",
        )
    if head.reason != custom.reason:
        yield Problem(
            module.file,
            rule.line,
            f"The finding's args.reason is {head.reason!r}, METADATA custom.reason "
            f"{custom.reason!r}.",
            "AB-METADATA-04",
        )
    if custom.reason == "default":
        yield Problem(
            module.file,
            block.line,
            "'default' is kept for the block without a reason.",
            "AB-METADATA-01",
        )
    for name in sorted(block.placeholders - set(head.args or ())):
        yield Problem(
            module.file,
            block.line,
            f"The text names {{{name}}}, which is not among 'args'.",
            "AB-MESSAGE-01",
        )
    yield from _check_texts(module, block)
    if custom.reason is None:
        yield from _check_complete(module, block)
    elif custom.id not in primary:
        yield Problem(
            module.file,
            block.line,
            f"Rule '{custom.id}' has no block without a reason: one of them carries "
            "description, related_resources, steps, phases, severity and unknown.",
            "AB-METADATA-03",
        )
    yield from _check_phases(module, rule, block, primary.get(custom.id))


def _check_texts(module: Module, block: Block) -> Iterator[Problem]:
    for texts, name in ((block.custom.message, "message"), (block.custom.remedy, "remedy")):
        if "en" not in texts:
            yield Problem(
                module.file, block.line, f"METADATA custom.{name} has no 'en'.", "AB-MESSAGE-02"
            )


def _check_complete(module: Module, block: Block) -> Iterator[Problem]:
    custom = block.custom
    wanted = {
        "description": block.description,
        "related_resources": block.law,
        "custom.steps": custom.steps,
        "custom.phases": custom.phases,
        "custom.severity": custom.severity,
        "custom.unknown": custom.unknown,
    }
    missing = [name for name, value in wanted.items() if not value]
    if missing:
        yield Problem(
            module.file, block.line, f"METADATA lacks {', '.join(missing)}.", "AB-METADATA-03"
        )


def _check_phases(
    module: Module, rule: Rule, block: Block, primary: Block | None
) -> Iterator[Problem]:
    """A rule of one phase says so in every body: one that did not would fire in both."""
    whole = (primary.custom.phases if primary else None) or ()
    phases = block.custom.phases or whole
    if not set(phases) <= set(whole):
        yield Problem(
            module.file,
            block.line,
            "METADATA names a phase that the rule's first block does not.",
            "AB-PHASE-01",
        )
    if len(set(phases)) == 1 and phases[0] not in rule.phase_guards:
        yield Problem(
            module.file,
            rule.line,
            f"METADATA says phase '{phases[0]}'; "
            f"the body must say 'input.phase == \"{phases[0]}\"'.",
            "AB-PHASE-01",
        )
    for phase in sorted(set(rule.phase_guards) - set(PHASES)):
        yield Problem(module.file, rule.line, f"There is no phase '{phase}'.", "AB-PHASE-01")


def _is_inclusion(rule: Rule) -> bool:
    return rule.head is None and any(
        ref.path[:3] == ("data", "aboveboard", "topic") for ref in rule.references
    )


def check_inclusion(modules: Sequence[Module], blocks: Blocks) -> Iterator[Problem]:
    """A step includes exactly the topics whose rules name it, and a topic's rules agree on steps.

    Args:
        modules: all modules of the set.
        blocks: METADATA blocks by file.
    """
    wanted: dict[str, dict[tuple[str, ...], tuple[str, int]]] = defaultdict(dict)
    included: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        for rule in module.rules:
            if rule.name == "findings" and _is_inclusion(rule) and len(module.package) == 2:
                included[module.package[1]] |= {
                    ref.path[3] for ref in rule.references if ref.path[2:3] == ("topic",)
                }
        for block in blocks[module.file]:
            steps = block.custom.steps
            if steps is None:
                continue
            if module.package[1:2] == ("topic",):
                named: tuple[str, ...] = tuple(sorted(steps))
                wanted[module.package[2]].setdefault(named, (module.file, block.line))
            elif steps != (module.package[-1],):
                yield Problem(
                    module.file,
                    block.line,
                    f"A rule of package '{module.name}' serves the step '{module.package[-1]}' "
                    "only; a rule of several steps belongs in 'aboveboard.topic.<name>'.",
                    "AB-TOPIC-01",
                )
    for topic, found in wanted.items():
        file, line = next(iter(found.values()))
        if len(found) > 1:
            yield Problem(
                file, line, f"The rules of topic '{topic}' name different steps.", "AB-TOPIC-01"
            )
            continue
        (named,) = found
        for step in STEPS:
            if (step in named) != (topic in included[step]):
                verb = "does not include" if step in named else "includes"
                yield Problem(
                    file,
                    line,
                    f"Step '{step}' {verb} topic '{topic}', against its METADATA.",
                    "AB-TOPIC-01",
                )
