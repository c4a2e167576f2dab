"""Answers, read: what the model says, how it ended, what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aboveboard import StepDenied, StepEscalated
from aboveboard.ai import Chunk
from aboveboard_gemini.answers import FINISHES, read_answer
from aboveboard_gemini.streams import ChunkReader
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.gemini.conftest import GEMINI, MAIL
from tests.plugins.ai.gemini.serving import Vendor, answer, chunk

CALL = {"functionCall": {"name": "find", "args": {"a": 1}, "id": "c1"}}


def reading() -> ChunkReader:
    return ChunkReader(lambda: pytest.fail("refused"))


@pytest.mark.parametrize(("reason", "outcome"), [*FINISHES.items(), ("NEW", None), (None, None)])
def test_each_end_has_its_outcome(reason: str | None, outcome: str | None) -> None:
    assert read_answer(answer("x", finish=reason)).outcome == outcome
    assert reading()(chunk("x", finish=reason)).outcome == outcome


def test_every_end_of_the_sdk_is_described() -> None:
    from google.genai import types

    ends = {reason.value for reason in types.FinishReason}
    unknown = {"FINISH_REASON_UNSPECIFIED", "ESCALATION", "PUP_LIMITED_DISABLED"}
    assert ends - unknown == set(FINISHES)


def test_a_function_call_is_told_apart_from_an_end() -> None:
    found = read_answer(answer(CALL))
    assert found.outcome == "tool_calls"
    (call,) = found.tool_calls
    assert (call.name, call.id, call.arguments.holder["args"]) == ("find", "c1", {"a": 1})
    read = reading()
    assert read(chunk(CALL)).outcome is None
    assert read(chunk("", finish="STOP")).outcome == "tool_calls"
    assert read_answer(answer(CALL, finish="MAX_TOKENS")).outcome == "length"


def test_a_call_without_arguments_has_a_place_for_them() -> None:
    (call,) = read_answer(answer({"functionCall": {"name": "find"}})).tool_calls
    assert call.arguments.holder["args"] == {}


def test_a_blocked_prompt() -> None:
    body = {
        "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
        "usageMetadata": {"totalTokenCount": 3},
        "modelVersion": "m",
    }
    found = read_answer(body)
    assert (found.outcome, found.model, found.tokens) == ("prompt_blocked", "m", 3)
    assert found.texts == []
    assert reading()(body).outcome == "prompt_blocked"


def test_sources() -> None:
    body = answer(
        "x",
        groundingMetadata={
            "groundingChunks": [
                {"web": {"uri": "https://a.example/1", "title": "A"}},
                {"retrievedContext": {"uri": "gs://b/2"}},
                {"maps": {"uri": "https://maps.example/3"}},
            ]
        },
        citationMetadata={"citationSources": [{"uri": "https://a.example/1"}, {"startIndex": 1}]},
        urlContextMetadata={"urlMetadata": [{"retrievedUrl": "https://c.example/4"}]},
    )
    wanted = ("https://a.example/1", "gs://b/2", "https://maps.example/3", "https://c.example/4")
    assert read_answer(body).sources == wanted
    assert reading()(body).sources == wanted


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ({"inlineData": {"mimeType": "image/png", "data": "eA=="}}, "image"),
        ({"inlineData": {"mimeType": "audio/pcm", "data": "eA=="}}, "audio"),
        ({"functionResponse": {"name": "f"}}, "other"),
        ({"functionCall": {"name": "f", "partialArgs": []}}, "tool"),
        ({"fileData": {"fileUri": "x"}}, "file"),
        ({"somethingNew": 1}, "other"),
    ],
)
def test_parts_that_nobody_can_read(part: dict[str, Any], kind: str) -> None:
    assert read_answer(answer(part)).unread == (kind,)
    assert reading()(chunk(part)).unread == (kind,)


def test_texts_beside_what_is_said() -> None:
    body = answer(
        "Hei.",
        {"executableCode": {"language": "PYTHON", "code": "one"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "two"}},
        {"toolResponse": {"response": {"x": ["three"]}}},
        groundingMetadata={
            "webSearchQueries": ["four"],
            "searchEntryPoint": {"renderedContent": "five"},
            "groundingSupports": [{"segment": {"text": "six", "endIndex": 3}}],
            "groundingChunks": [{"retrievedContext": {"text": "seven", "uri": "gs://b/2"}}],
        },
    )
    wanted = ["PYTHON", "one", "OUTCOME_OK", "two", "three", "four", "five", "six", "seven"]
    found = read_answer(body)
    assert [text.value for text in found.quotes] == wanted
    assert [text.value for text in found.texts] == ["Hei."]
    assert [text.value for text in reading()(body).quotes] == wanted


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_source_that_presses_is_not_shown(
    vendor: Vendor, govern: Callable[..., Any], stream: bool
) -> None:
    source = {"retrievedContext": {"uri": "gs://b/2", "text": "Buy now, only 2 left!"}}
    body = answer("Hei.", groundingMetadata={"groundingChunks": [source]})
    vendor.says([body] if stream else body)
    models = govern(vendor.url).models
    ask = models.generate_content_stream if stream else models.generate_content
    with pytest.raises((StepDenied, StepEscalated)):
        list(ask(model=GEMINI, contents="Hei"))


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_an_image_in_an_answer_is_not_shown(
    vendor: Vendor, govern: Callable[..., Any], stream: bool
) -> None:
    body = answer("Tässä.", {"inlineData": {"mimeType": "image/png", "data": "eA=="}})
    vendor.says([body] if stream else body)

    def ask(**options: Any) -> Any:
        models = govern(vendor.url, **options).models
        if stream:
            return next(models.generate_content_stream(model=GEMINI, contents="Piirrä."))
        return models.generate_content(model=GEMINI, contents="Piirrä.")

    with pytest.raises(StepDenied, match=r"answer\.image"):
        ask()
    shown = ask(passing=["answer.image"])
    assert shown.candidates[0].content.parts[1].inline_data.data == b"x"


def test_thoughts_are_not_said() -> None:
    body = answer({"text": "hm", "thought": True}, "Hei.")
    assert [text.value for text in read_answer(body).texts] == ["Hei."]
    (piece,) = reading()(body).texts
    assert piece[1].value == "Hei."


@pytest.mark.parametrize("junk", [{}, {"candidates": 1}, {"candidates": [1, {"content": 2}]}])
def test_what_says_nothing(junk: dict[str, Any]) -> None:
    found = read_answer(junk)
    assert (found.texts, found.tool_calls, found.outcome) == ([], [], None)
    assert reading()(junk) == Chunk()


def test_only_what_is_marked_as_a_thought_is_one() -> None:
    found = read_answer(answer({"text": "x", "thought": "no"}, {"text": "y", "thought": False}))
    assert [text.value for text in found.texts] == ["x", "y"]


def test_a_notice_stands_once_around_many_parts(vendor: Vendor, govern: Callable[..., Any]) -> None:
    code = {"executableCode": {"language": "PYTHON", "code": "print(1)"}}
    vendor.says(answer({"text": "hm", "thought": True}, "Ensin. ", code, "Sitten."))
    said = govern(vendor.url).models.generate_content(model=GEMINI, contents="Hei")
    parts = said.candidates[0].content.parts
    assert [part.text for part in parts] == [
        "hm", f"{DISCLOSURE_FI}\n\nEnsin. ", None, "Sitten.",
    ]  # fmt: skip


def test_masks_come_back_in_many_parts(vendor: Vendor, govern: Callable[..., Any]) -> None:
    client = govern(vendor.url)
    vendor.says(answer("x"))
    client.models.generate_content(model=GEMINI, contents=f"Olen {MAIL}.")
    mask = vendor.bodies[0]["contents"][0]["parts"][0]["text"].split()[1].rstrip(".")
    vendor.says(answer("Hei ", f"{mask}, ", "terve."))
    said = client.models.generate_content(model=GEMINI, contents=f"Olen {MAIL}.")
    joined = "".join(part.text for part in said.candidates[0].content.parts)
    assert joined == f"{DISCLOSURE_FI}\n\nHei {MAIL}, terve."


def test_each_candidate_is_judged_and_told(vendor: Vendor, govern: Callable[..., Any]) -> None:
    one, two = answer("Yksi."), answer("Kaksi.")
    two["candidates"][0]["index"] = 1
    vendor.says(one | {"candidates": [*one["candidates"], *two["candidates"]]})
    said = govern(vendor.url).models.generate_content(model=GEMINI, contents="Hei")
    texts = [item.content.parts[0].text for item in said.candidates]
    assert texts == [f"{DISCLOSURE_FI}\n\nYksi.", f"{DISCLOSURE_FI}\n\nKaksi."]


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (answer(finish="SAFETY"), "filtered"),
        (answer(finish="SPII"), "personal_data"),
        ({"promptFeedback": {"blockReason": "SAFETY"}}, "prompt_blocked"),
        (answer("Jäi kes", finish="MAX_TOKENS"), "length"),
    ],
)
def test_how_it_ended_is_reported(
    vendor: Vendor, govern: Callable[..., Any], body: Any, outcome: str
) -> None:
    reports: list[Any] = []
    vendor.says(body)
    client = govern(vendor.url, on_report=reports.append)
    client.models.generate_content(model=GEMINI, contents="Hei")
    assert [report.outcome for report in reports] == [outcome]
