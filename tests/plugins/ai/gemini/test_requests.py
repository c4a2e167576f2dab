"""Requests, read: who says what, what nobody can read, where it goes."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from typing import Any

import pytest
from google.genai import types

from aboveboard import Gate, StepDenied, StepEscalated
from aboveboard.ai import Guard, GuardOptions, ModelCall
from aboveboard.testing.recorder import Recorder
from aboveboard_gemini.requests import read_request, where
from aboveboard_gemini.routes import find
from tests.plugins.ai.gemini.conftest import GEMINI, MAIL, make
from tests.plugins.ai.gemini.serving import Vendor, answer

GENERATE = f"https://generativelanguage.googleapis.com/v1/models/{GEMINI}:generateContent"

VERTEX = "projects/p/locations/{}/publishers/google/models/m:generateContent"


def read(body: dict[str, Any], url: str = GENERATE, *, vertex: bool = False) -> ModelCall:
    call = read_request(find("post", url, body), body)
    where(call, url, vertex=vertex)
    return call


def said(call: ModelCall) -> list[tuple[str, str, bool, str | None]]:
    return [(text.role, text.text.value, text.latest, text.tool) for text in call.texts]


def test_each_text_has_who_says_it() -> None:
    call = read(
        {
            "systemInstruction": {"parts": [{"text": "Be kind."}]},
            "contents": [
                {"role": "user", "parts": [{"text": "one"}]},
                {
                    "role": "model",
                    "parts": [
                        {"text": "hm", "thought": True},
                        {"functionCall": {"name": "find", "id": "c1", "args": {"words": ["two"]}}},
                        {"executableCode": {"language": "PYTHON", "code": "three"}},
                        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "four"}},
                        {"toolCall": {"id": "t", "toolType": "URL_CONTEXT", "args": {"u": "five"}}},
                        {"toolResponse": {"toolType": "URL_CONTEXT", "response": {"r": "six"}}},
                    ],
                },
                {
                    "role": "user",
                    "parts": [
                        {"functionResponse": {"name": "find", "response": {"result": ["seven"]}}},
                        {"text": "eight"},
                    ],
                },
                {"role": "user", "parts": [{"text": "nine"}]},
            ],
            "tools": [
                {"functionDeclarations": [{"name": "find", "description": "ten"}]},
                {"googleSearch": {}, "codeExecution": {}},
                {"mcpServers": [{"name": "shop"}]},
            ],
            "labels": {"team": "eleven"},
        }
    )
    assert said(call) == [
        ("system", "Be kind.", False, None),
        ("system", "ten", False, None),
        ("system", "eleven", False, None),
        ("user", "one", False, None),
        ("assistant", "hm", False, None),
        ("assistant", "two", False, None),
        ("assistant", "three", False, None),
        ("tool", "four", False, "code_execution"),
        ("assistant", "five", False, None),
        ("tool", "six", False, "url_context"),
        ("tool", "seven", False, "find"),
        ("user", "eight", True, None),
        ("user", "nine", True, None),
    ]
    assert call.tools == ("find", "google_search", "code_execution", "shop")
    assert call.unread == ()
    assert (call.operation, call.model) == ("models.generate_content", GEMINI)
    assert call.answers
    assert call.plain


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ({"inlineData": {"mimeType": "image/png", "data": "eA=="}}, "image"),
        ({"inlineData": {"mimeType": "audio/wav", "data": "eA=="}}, "audio"),
        ({"inline_data": {"mime_type": "video/mp4", "data": "eA=="}}, "video"),
        ({"inlineData": {"mimeType": "application/pdf", "data": "eA=="}}, "file"),
        ({"inlineData": {}}, "file"),
        ({"fileData": {"fileUri": "https://x/files/1"}}, "stored"),
        ({"functionResponse": {"name": "f", "parts": [{"inlineData": {}}]}}, "file"),
        ({"somethingNew": {"text": "x"}}, "other"),
        ({"text": "x", "partMetadata": {"source": "crm"}}, "other"),
    ],
)
def test_parts_that_nobody_can_read(part: dict[str, Any], kind: str) -> None:
    assert read({"contents": [{"role": "user", "parts": [part]}]}).unread == (kind,)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"cachedContent": "cachedContents/1"}, "stored"),
        ({"toolConfig": {"retrievalConfig": {"latLng": {"latitude": 60.2}}}}, "location"),
        ({"system_instruction": {"parts": [{"text": "x"}]}}, "other"),
        ({"somethingNew": "x"}, "other"),
        ({"contents": "x"}, "other"),
        ({"contents": ["x"]}, "other"),
        ({"contents": [{"role": "user", "parts": ["x"]}]}, "other"),
    ],
)
def test_settings_that_nobody_can_read(more: dict[str, Any], kind: str) -> None:
    body = {"contents": [{"role": "user", "parts": [{"text": "Hei"}]}]}
    assert read(body | more).unread == (kind,)


@pytest.mark.parametrize(
    "config",
    [
        {"responseMimeType": "application/json"},
        {"responseMimeType": "text/x.enum", "responseSchema": {"type": "STRING"}},
        {"responseJsonSchema": {"type": "object"}},
    ],
)
def test_json_is_not_plain(config: dict[str, Any]) -> None:
    assert not read({"contents": [], "generationConfig": config}).plain


def test_settings_hold_texts_too() -> None:
    config = {"stopSequences": ["one"], "speechConfig": {"voice": ["two"]}, "new": "three"}
    call = read({"contents": [], "generationConfig": config, "toolConfig": {"x": {"y": "four"}}})
    assert [text.text.value for text in call.texts] == ["one", "two", "three", "four"]


def test_words_of_schemas_are_read() -> None:
    schema = {
        "type": "OBJECT",
        "description": "one",
        "properties": {"title": {"type": "STRING", "enum": ["two", "three"]}},
    }
    call = read({"contents": [], "generationConfig": {"responseSchema": schema}})
    assert [text.text.value for text in call.texts] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (
            "https://h/v1/models/e:batchEmbedContents",
            {"requests": [{"model": "models/e", "content": {"parts": [{"text": "a"}]}}]},
        ),
        ("https://h/v1/models/e:embedContent", {"content": {"parts": [{"text": "a"}]}}),
        ("https://h/v1/publishers/google/models/e:predict", {"instances": [{"content": "a"}]}),
    ],
)
def test_embeddings_have_three_forms(url: str, body: dict[str, Any]) -> None:
    call = read(body, url)
    assert said(call) == [("user", "a", False, None)]
    assert (call.operation, call.model, call.answers) == ("models.embed_content", "e", False)
    assert call.unread == ()


@pytest.mark.parametrize(
    ("url", "vertex", "host", "region", "encrypted"),
    [
        (GENERATE, False, "generativelanguage.googleapis.com", None, True),
        (
            f"https://europe-west1-aiplatform.googleapis.com/v1beta1/{VERTEX}".format("europe-west1"),
            True, "europe-west1-aiplatform.googleapis.com", "europe-west1", True,
        ),
        (
            "https://aiplatform.eu.rep.googleapis.com/v1/publishers/google/models/m:generateContent",
            True, "aiplatform.eu.rep.googleapis.com", "eu", True,
        ),
        (
            f"https://aiplatform.googleapis.com/v1/{VERTEX}".format("global"),
            True, "aiplatform.googleapis.com", "global", True,
        ),
        ("http://GATEWAY.example:8080/models/m:generateContent", False, "gateway.example", None,
         False),
        ("http://127.0.0.1:4010/models/m:generateContent", False, "127.0.0.1", None, None),
        ("http://[::1]:4010/models/m:generateContent", False, "::1", None, None),
    ],
)  # fmt: skip
def test_where_it_goes(
    url: str, vertex: bool, host: str, region: str | None, encrypted: bool | None
) -> None:
    call = read({"contents": []}, url, vertex=vertex)
    assert (call.host, call.region, call.encrypted) == (host, region, encrypted)
    assert call.vendor == ("google_vertex" if vertex else None)


class _Sent(Exception):
    """In place of the net."""


def test_a_client_of_vertex_ai_goes_to_its_location(assistant: tuple[Gate, Recorder]) -> None:
    from google import genai
    from google.auth.credentials import AnonymousCredentials

    from aboveboard_gemini.transport import govern

    seen: list[ModelCall] = []

    class Watching(Guard):
        def begin(self, call: ModelCall) -> Any:
            seen.append(copy.copy(call))
            raise _Sent

    client = genai.Client(
        vertexai=True,
        project="p",
        location="europe-west1",
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
    )
    govern(
        client._api_client,
        Watching("gemini", GuardOptions(purpose="service_chat", gate=assistant[0])),
    )
    for ask in (
        lambda: client.models.generate_content(model=GEMINI, contents="Hei"),
        lambda: client.models.embed_content(model="text-embedding-005", contents="Hei"),
        lambda: client.models.embed_content(model="gemini-embedding-2", contents="Hei"),
        lambda: client.models.count_tokens(model=GEMINI, contents="Hei"),
        lambda: client.models.compute_tokens(model=GEMINI, contents="Hei"),
    ):
        with pytest.raises(_Sent):
            ask()
    assert [(call.operation, call.answers) for call in seen] == [
        ("models.generate_content", True),
        ("models.embed_content", False),
        ("models.embed_content", False),
        ("models.count_tokens", False),
        ("models.compute_tokens", False),
    ]
    for call in seen:
        assert call.host == "europe-west1-aiplatform.googleapis.com"
        assert (call.vendor, call.region, call.encrypted) == ("google_vertex", "europe-west1", True)
        assert [text.text.value for text in call.texts] == ["Hei"]
        assert call.unread == ()
    client.close()


def test_every_setting_of_the_sdk_is_described(assistant: tuple[Gate, Recorder]) -> None:
    """What the SDK sends of its own settings leaves nothing that nobody can read."""
    config = types.GenerateContentConfig(
        system_instruction="Be kind.",
        temperature=0.5,
        top_p=0.5,
        top_k=3,
        candidate_count=1,
        max_output_tokens=9,
        stop_sequences=["END"],
        presence_penalty=0.1,
        frequency_penalty=0.1,
        seed=1,
        safety_settings=[
            types.SafetySetting(
                category=types.HarmCategory.HARM_CATEGORY_HARASSMENT,
                threshold=types.HarmBlockThreshold.BLOCK_ONLY_HIGH,
            )
        ],
        tools=[types.Tool(google_search=types.GoogleSearch())],
        thinking_config=types.ThinkingConfig(include_thoughts=True),
    )
    seen: list[ModelCall] = []

    class Watching(Guard):
        def begin(self, call: ModelCall) -> Any:
            seen.append(call)
            raise _Sent

    from aboveboard_gemini.transport import govern

    client = make("http://127.0.0.1:1")
    govern(
        client._api_client,
        Watching("gemini", GuardOptions(purpose="service_chat", gate=assistant[0])),
    )
    with pytest.raises(_Sent):
        client.models.generate_content(model=GEMINI, contents="Hei", config=config)
    (call,) = seen
    assert call.unread == ()
    assert [text.text.value for text in call.texts] == ["Be kind.", "END", "Hei"]
    client.close()


def test_what_the_sdk_adds_to_a_body_is_judged_too(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    vendor.says(answer("Selvä."))
    more = {"contents": [{"role": "user", "parts": [{"text": f"Olen {MAIL}."}]}]}
    config = types.GenerateContentConfig(http_options=types.HttpOptions(extra_body=more))
    client = govern(vendor.url)
    client.models.generate_content(model=GEMINI, contents="Hei", config=config)
    assert MAIL not in str(vendor.bodies)
    assert "[EMAIL_ADDRESS_" in str(vendor.bodies)
    assert more["contents"][0]["parts"][0]["text"] == f"Olen {MAIL}."


def test_a_body_that_a_program_gives_itself_stays_its_own(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    vendor.says(answer("Selvä."))
    body = {"contents": [{"role": "user", "parts": [{"text": f"Olen {MAIL}."}]}]}
    given = copy.deepcopy(body)
    govern(vendor.url)._api_client.request("post", f"models/{GEMINI}:generateContent", given)
    assert given == body
    assert MAIL not in str(vendor.bodies)


def test_embeddings_and_counts_are_judged_and_masked(
    vendor: Vendor, govern: Callable[..., Any], assistant: tuple[Gate, Recorder]
) -> None:
    vendor.says({"embeddings": [{"values": [0.1]}]})
    client = govern(vendor.url)
    found = client.models.embed_content(model="gemini-embedding-001", contents=[f"Olen {MAIL}."])
    assert found.embeddings[0].values == [0.1]
    vendor.says({"totalTokens": 4})
    assert client.models.count_tokens(model=GEMINI, contents=f"Olen {MAIL}.").total_tokens == 4

    async def count() -> Any:
        async with client.aio as side:
            return await side.models.count_tokens(model=GEMINI, contents=f"Olen {MAIL}.")

    assert asyncio.run(count()).total_tokens == 4
    assert MAIL not in str(vendor.bodies)
    assert len(vendor.asked) == 3
    assert {v.step for v in assistant[1].verdicts} == {"profiling"}


def test_an_image_is_stopped_where_a_rule_wants_texts_read(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    image = types.Part.from_bytes(data=b"x", mime_type="image/png")
    with pytest.raises((StepDenied, StepEscalated), match=r"prompt\.image"):
        govern(vendor.url).models.generate_content(model=GEMINI, contents=["Mikä tämä on?", image])
    assert vendor.asked == []
