"""The public names of the package, and that importing it builds no validators."""

import subprocess
import sys

import aboveboard.facts


def test_public_names_are_sorted_and_there() -> None:
    names = aboveboard.facts.__all__
    ranks = [(not n.isupper(), n[0].islower(), n) for n in names]
    assert ranks == sorted(ranks)
    assert all(hasattr(aboveboard.facts, name) for name in names)


def run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True
    ).stdout


def test_import_builds_no_validators() -> None:
    code = (
        "from aboveboard.facts import STEP_FACTS\n"
        "print(any(m.__pydantic_complete__ for m in STEP_FACTS.values()))"
    )
    assert run(code) == "False\n"


def test_first_use_by_many_threads_at_once() -> None:
    code = f"{RACE}\nprint(len(set(map(repr, results))), len(results))"
    assert run(code) == "1 16\n"


RACE = """
import threading
from aboveboard.facts import STEP_FACTS
results, barrier = [], threading.Barrier(16)
def first():
    barrier.wait()
    facts = STEP_FACTS["profiling"].model_validate({"consent": [{"granular": True}]})
    results.append(facts.model_dump_json(exclude_none=True))
threads = [threading.Thread(target=first) for _ in range(16)]
[t.start() for t in threads]
[t.join() for t in threads]
"""
