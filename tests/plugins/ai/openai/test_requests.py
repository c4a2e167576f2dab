"""What of a request is text, who says it, and what nobody can read."""

from __future__ import annotations

from typing import Any

import pytest

from aboveboard_openai.apis import API_OF

TEXT = {"type": "text", "text": "Katso."}


def read(name: str, body: dict[str, Any]) -> Any:
    return API_OF[name].call(body)


def texts(call: Any) -> list[tuple[str, str, bool]]:
    return [(text.role, text.text.value, text.latest) for text in call.texts]


def chat(*messages: Any, **more: Any) -> Any:
    return read("chat.completions.create", {"model": "m", "messages": list(messages), **more})


def respond(given: Any, **more: Any) -> Any:
    return read("responses.create", {"model": "m", "input": given, **more})


def test_who_says_what_in_a_chat() -> None:
    call = chat(
        {"role": "developer", "content": "Ole ystävällinen."},
        {"role": "user", "content": "Hei", "name": "Matti"},
        {
            "role": "assistant",
            "content": None,
            "refusal": "En voi.",
            "tool_calls": [
                {"id": "1", "type": "function", "function": {"name": "find", "arguments": "{}"}},
                {"id": "2", "type": "custom", "custom": {"name": "draw", "input": "talo"}},
            ],
        },
        {"role": "tool", "tool_call_id": "1", "content": [{"type": "text", "text": "kaappi"}]},
        {"role": "tool", "tool_call_id": "2", "content": "piirros"},
        {"role": "user", "content": [TEXT, {"type": "image_url", "image_url": {"url": "data:"}}]},
        {"role": "oracle", "content": "Kuka minä olen?"},
    )
    assert texts(call) == [
        ("system", "Ole ystävällinen.", False),
        ("user", "Hei", False),
        ("user", "Matti", False),
        ("assistant", "{}", False),
        ("assistant", "talo", False),
        ("assistant", "En voi.", False),
        ("tool", "kaappi", False),
        ("tool", "piirros", False),
        ("user", "Katso.", True),
        ("user", "Kuka minä olen?", True),
    ]
    assert [text.tool for text in call.texts if text.role == "tool"] == ["find", "draw"]
    assert call.unread == ("image",)


def test_every_other_text_of_a_chat_is_read() -> None:
    function = {
        "name": "find",
        "description": "Etsii.",
        "parameters": {"type": "object", "properties": {"id": {"description": "Numero."}}},
    }
    call = chat(
        tools=[
            {"type": "function", "function": function},
            {"type": "custom", "custom": {"name": "c"}},
        ],
        functions=[{"name": "old"}],
        web_search_options={"user_location": {"approximate": {"city": "Oulu"}}},
        metadata={"id": "matti@example.com"},
        safety_identifier="abc",
        prediction={"type": "content", "content": "Ennuste."},
        stop=["loppu"],
        service_tier="flex",
        reasoning_effort="low",
    )
    found = {text for _, text, _ in texts(call)}
    assert found >= {"Etsii.", "Numero.", "Oulu", "matti@example.com", "abc", "Ennuste.", "loppu"}
    assert not found & {"flex", "low", "m", "object", "function"}
    assert call.tools == ("find", "c", "old", "web_search")


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        ({"type": "image_url"}, "image"),
        ({"type": "input_audio"}, "audio"),
        ({"type": "file"}, "file"),
        ({"type": "smell"}, "other"),
        ({"type": "text", "text": 5}, "other"),
        (5, "tokens"),
    ],
)
def test_parts_that_nobody_can_read(part: Any, kind: str) -> None:
    assert chat({"role": "user", "content": [part]}).unread == (kind,)


def test_speech_that_lies_at_the_vendor() -> None:
    assert chat({"role": "assistant", "audio": {"id": "audio_1"}}).unread == ("stored",)


@pytest.mark.parametrize(
    ("kind", "plain"),
    [(None, True), ("text", True), ("json_object", False), ("json_schema", False)],
)
def test_json_has_no_room(kind: str | None, plain: bool) -> None:
    asked = {} if kind is None else {"response_format": {"type": kind}}
    assert chat(**asked).plain is plain
    asked = {} if kind is None else {"text": {"format": {"type": kind}}}
    assert respond("Hei", **asked).plain is plain


def test_who_says_what_in_a_response() -> None:
    call = respond(
        [
            {"role": "user", "content": "Hei"},
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Mietin."}]},
            {"type": "function_call", "call_id": "1", "name": "find", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "1", "output": "kaappi"},
            {"type": "custom_tool_call_output", "call_id": "9", "output": [{"type": "input_text", "text": "x"}]},
            {"type": "mcp_call", "name": "look", "arguments": "[]", "output": "löytyi"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Löytyi."}]},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Kiitos"}]},
            "Vielä yksi.",
        ],
        instructions="Ole lyhyt.",
    )  # fmt: skip
    assert texts(call) == [
        ("system", "Ole lyhyt.", False),
        ("user", "Hei", False),
        ("assistant", "Mietin.", False),
        ("assistant", "{}", False),
        ("tool", "kaappi", False),
        ("tool", "x", False),
        ("tool", "löytyi", False),
        ("assistant", "[]", False),
        ("assistant", "Löytyi.", False),
        ("user", "Kiitos", True),
        ("user", "Vielä yksi.", True),
    ]
    tools = [text.tool for text in call.texts if text.role == "tool"]
    assert tools == ["find", None, "look"]


@pytest.mark.parametrize(
    ("item", "kinds"),
    [
        ({"type": "item_reference", "id": "1"}, ("stored",)),
        ({"type": "image_generation_call", "result": "aGVp"}, ("image",)),
        ({"type": "compaction", "encrypted_content": "xyz"}, ("stored",)),
        ({"type": "computer_call_output", "output": {"type": "computer_screenshot"}}, ("image",)),
        ({"role": "user", "content": [{"type": "input_file"}, {"type": "input_image"}]}, ("file", "image")),
    ],
)  # fmt: skip
def test_items_that_nobody_can_read(item: Any, kinds: tuple[str, ...]) -> None:
    call = respond([item])
    assert call.unread == kinds
    assert call.texts == []


@pytest.mark.parametrize(
    "more",
    [
        {"previous_response_id": "resp_1"},
        {"conversation": "conv_1"},
        {"prompt": {"id": "pmpt_1"}},
        {"tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}]},
        {"tools": [{"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["f"]}}]},
    ],
)
def test_what_lies_at_the_vendor_already(more: Any) -> None:
    assert respond("Hei", **more).unread == ("stored",)


def test_values_of_a_stored_prompt_are_read() -> None:
    prompt = {
        "id": "pmpt_1",
        "variables": {"id": "Matti", "b": {"type": "input_text", "text": "Oulu"}},
    }
    call = respond(None, prompt=prompt)
    assert [text for role, text, _ in texts(call) if role == "user"][:1] == ["Matti"]
    assert "Oulu" in [text for _, text, _ in texts(call)]


def test_tools_of_a_response() -> None:
    call = respond(
        [{"type": "additional_tools", "role": "developer", "tools": [{"type": "function", "name": "more"}]}],
        tools=[
            {"type": "function", "name": "find"},
            {"type": "web_search"},
            {"type": "mcp", "server_label": "shop", "authorization": "secret"},
            {"type": "namespace", "name": "ns", "tools": [{"type": "function", "name": "inner"}]},
        ],
    )  # fmt: skip
    assert call.tools == ("find", "web_search", "shop", "inner", "more")
    assert "secret" not in [text for _, text, _ in texts(call)]


def test_places_are_those_of_the_body() -> None:
    body: dict[str, Any] = {"model": "m", "input": ["a", "b"], "user": "c"}
    call = read("embeddings.create", body)
    for text in call.texts:
        text.text.value = text.text.value.upper()
    assert body == {"model": "m", "input": ["A", "B"], "user": "C"}
    assert (call.answers, call.texts[0].latest) == (False, False)


def test_tokens_in_place_of_a_text_cannot_be_read() -> None:
    assert read("embeddings.create", {"input": [[1, 2]]}).unread == ("tokens",)
    assert read("completions.create", {"prompt": [1, 2]}).unread == ("tokens",)
    mixed = read("embeddings.create", {"input": ["a", 5]})
    assert (texts(mixed), mixed.unread) == ([("user", "a", False)], ("tokens",))


@pytest.mark.parametrize(
    ("item", "name", "key"),
    [
        ({"type": "computer_call", "action": {"type": "click"}}, "computer", "action"),
        ({"type": "computer_call", "actions": [{"type": "click"}]}, "computer", "actions"),
        ({"type": "local_shell_call", "action": {}}, "local_shell", "action"),
        ({"type": "shell_call", "action": {}}, "shell", "action"),
        ({"type": "apply_patch_call", "operation": {}}, "apply_patch", "operation"),
        ({"type": "mcp_approval_request", "name": "pay", "arguments": "{}"}, "pay", "arguments"),
        ({"type": "custom_tool_call", "name": "draw", "input": "x"}, "draw", "input"),
    ],
)
def test_what_a_response_wants_the_program_to_run(item: Any, name: str, key: str) -> None:
    answer = API_OF["responses.create"].answer({"status": "completed", "output": [item]})
    [wanted] = answer.tool_calls
    assert (wanted.name, wanted.arguments.key, answer.outcome) == (name, key, "tool_calls")


def test_what_the_vendor_ran_is_no_call_for_the_program() -> None:
    hosted = {"type": "shell_call", "action": {}, "environment": {"type": "container_reference"}}
    items = [{"type": "web_search_call"}, {"type": "mcp_call", "name": "x"}, hosted]
    answer = API_OF["responses.create"].answer({"status": "completed", "output": items})
    assert (answer.tool_calls, answer.outcome) == ([], "complete")


def test_what_an_answer_cites_and_holds() -> None:
    note = {"type": "url_citation", "url": "https://example.com/a", "title": "Tarjous"}
    part = {"type": "output_text", "text": "Katso.", "annotations": [note]}
    items = [{"type": "message", "content": [part, part]}, {"type": "image_generation_call"}]
    answer = API_OF["responses.create"].answer({"output": items})
    assert answer.sources == ("https://example.com/a",) * 2
    assert [quote.value for quote in answer.quotes] == ["Tarjous", "Tarjous"]
    assert (answer.candidates, answer.unread) == ([2], ("image",))
    message = {
        "content": "Katso.",
        "annotations": [{"url_citation": note}],
        "audio": {"transcript": "t"},
    }
    answer = API_OF["chat.completions.create"].answer({"choices": [{"message": message}]})
    assert answer.sources == ("https://example.com/a",)
    assert [quote.value for quote in answer.quotes] == ["Tarjous"]
    assert (answer.candidates, answer.unread) == ([2], ("audio",))
