"""One question for a page, kept for a short time; a failing one leaves everything unknown."""

from __future__ import annotations

from structlog.testing import capture_logs

from aboveboard.crm import Lookups


class Source:
    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.fail = False
        self.now = 0.0

    def __call__(self, keys: list[str]) -> dict[str, object]:
        self.asked.append(keys)
        if self.fail:
            msg = "secret@example.com is not there"
            raise OSError(msg)
        return {key: key.upper() for key in keys if key != "nobody"}


def lookups(source: Source, **more: object) -> Lookups:
    return Lookups("acme.people", source, clock=lambda: source.now, **more)  # type: ignore[arg-type]


def test_one_question_for_all_that_are_missing() -> None:
    source = Source()
    found = lookups(source)
    assert found.get(["a", "b", "a", "nobody"]) == {"a": "A", "b": "B", "nobody": None}
    assert found.get(["b", "c"]) == {"b": "B", "c": "C"}
    assert source.asked == [["a", "b", "nobody"], ["c"]]
    assert found.get([]) == {}


def test_an_answer_counts_for_its_time_only() -> None:
    source = Source()
    found = lookups(source, ttl_s=30)
    found.get(["a"])
    source.now = 29
    found.get(["a"])
    source.now = 31
    found.get(["a"])
    assert source.asked == [["a"], ["a"]]
    never = lookups(source, ttl_s=0)
    never.get(["a"])
    never.get(["a"])
    assert len(source.asked) == 4


def test_what_was_said_to_be_forgotten_is_asked_anew() -> None:
    source = Source()
    found = lookups(source)
    found.get(["a", "b"])
    found.forget(["a"])
    found.get(["a", "b"])
    found.forget()
    found.get(["b"])
    assert source.asked == [["a", "b"], ["a"], ["b"]]


def test_a_failure_is_unknown_logged_and_not_kept() -> None:
    source = Source()
    found = lookups(source)
    found.get(["a"])
    source.fail = True
    with capture_logs() as logs:
        assert found.get(["a", "b"]) == {"a": "A"}
    assert logs == [
        {
            "event": "lookup.failed",
            "log_level": "warning",
            "lookup": "acme.people",
            "error": "OSError",
        }
    ]
    source.fail = False
    assert found.get(["b"]) == {"b": "B"}


def test_memory_is_bounded() -> None:
    source = Source()
    found = lookups(source, size=10)
    for number in range(100):
        found.get([str(number)])
    assert len(found._kept) <= 10
