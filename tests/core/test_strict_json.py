"""JSON that two readers could read in two ways is refused, and no value is quoted."""

from __future__ import annotations

import pytest

from aboveboard.strict_json import NotJson, loads

REFUSED = {
    "twice": ('{"id": "a", "id": "b"}', "id: given twice; expected each key once."),
    "twice, below": ('{"a": [{"b": 1, "b": 2}]}', "b: given twice; expected each key once."),
    "twice, odd key": (
        '{"\\u001b": 1, "\\u001b": 2}',
        "a key: given twice; expected each key once.",
    ),
    "nan": ('{"a": NaN}', "expected JSON; NaN is no JSON number."),
    "infinity": ("[-Infinity]", "expected JSON; -Infinity is no JSON number."),
    "large float": ("[1e999]", "expected numbers that a 64-bit float can hold."),
    "huge integer": (f"[{'9' * 100_000}]", "expected integers of at most 18 digits."),
    "deep": ("[" * 200_000, "expected JSON that is nested less deeply."),
    "half a pair": (
        '{"a": "\\ud800"}',
        "expected whole characters; half of a surrogate pair is none.",
    ),
    "half a key": (
        '{"\\uDC00": 1}',
        "expected whole characters; half of a surrogate pair is none.",
    ),
    "not UTF-8": ('{"a": "\udcff"}', "expected UTF-8 text."),
    "raw NUL": ('{"a": "\x00"}', "expected JSON: invalid control character at column 8."),
    "nothing": ("", "expected JSON: expecting value at column 1."),
    "word": ("secret", "expected JSON: expecting value at column 1."),
    "more": ("{} {}", "expected JSON: extra data at column 4."),
    "comma": ('{"a": 1,}', None),
    "comment": ("{} // no", "expected JSON: extra data at column 4."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    text, message = REFUSED[case]
    with pytest.raises(NotJson) as caught:
        loads(text)
    if message is not None:
        assert str(caught.value) == message
    assert "secret" not in str(caught.value)


def test_the_line_of_an_error() -> None:
    with pytest.raises(NotJson) as caught:
        loads('{\n"a": 1,\n"b" 2}')
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        ('{"a": "\\\\ud800"}', {"a": "\\ud800"}),
        (' \r\n{"a": [1, -2, 1.5, true, null]}\t', {"a": [1, -2, 1.5, True, None]}),
        ("9007199254740991", 9007199254740991),
        ('"ä"', "ä"),
    ],
)
def test_read(text: str, value: object) -> None:
    assert loads(text) == value
