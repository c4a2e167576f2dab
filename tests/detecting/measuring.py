"""How well the built-in detector does on labelled sentences: what to count, and what was missed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict

from aboveboard.detecting import detect

__all__ = ["LABELLED", "Half", "Score", "Sentence", "report", "score", "sentences"]

LABELLED = Path(__file__).parent / "labelled"
Half = Literal["tune", "held_out"]


class Sentence(TypedDict):
    """A sentence with what is to be found in it."""

    language: str
    text: str
    found: list[str]


@dataclass
class Score:
    """Counts of (sentence, category) pairs of one language."""

    sentences: int = 0
    harmless: int = 0
    right: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed))


def sentences(half: Half) -> list[Sentence]:
    lines = (LABELLED / f"{half}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def score(half: Half, *, told_language: bool = True) -> dict[str, Score]:
    """Scores by language; `told_language` False asks every lexicon of every sentence."""
    scores: dict[str, Score] = {}
    for item in sentences(half):
        each = scores.setdefault(item["language"], Score())
        language = item["language"] if told_language else None
        found = {hit.category for hit in detect(item["text"], language)}
        wanted = set(item["found"])
        each.sentences += 1
        each.harmless += not wanted
        each.right += len(found & wanted)
        each.missed += [(category, item["text"]) for category in sorted(wanted - found)]
        each.wrong += [(category, item["text"]) for category in sorted(found - wanted)]
    return scores


def report() -> str:
    """What docs/detecting.md shows of the held-out half: figures, then every miss."""
    scores = score("held_out")
    lines = [
        "| language | sentences | harmless | right | wrong | missed | precision | recall |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for language, each in scores.items():
        counts = (each.sentences, each.harmless, each.right, len(each.wrong), len(each.missed))
        row = " | ".join(map(str, counts))
        lines.append(f"| {language} | {row} | {each.precision:.3f} | {each.recall:.3f} |")
    lines += ["", "| language | what | category | sentence |", "|---|---|---|---|"]
    for language, each in scores.items():
        for what, items in (("missed", each.missed), ("wrong", each.wrong)):
            lines += [f"| {language} | {what} | `{name}` | {text} |" for name, text in items]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
