"""What leaves with a request: every text with who says it, and what nobody can read."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.ai import ModelCall
from aboveboard_anthropic.answers import answer_of
from aboveboard_anthropic.requests import message_call
from aboveboard_anthropic.streams import Reader


def call_of(*blocks: Any, role: str = "user", **more: Any) -> ModelCall:
    body = {"model": "m", "messages": [{"role": role, "content": list(blocks)}], **more}
    return message_call(body, "messages.create")


def told(call: ModelCall) -> list[tuple[str, str | None, str]]:
    return [(text.role, text.tool, text.text.value) for text in call.texts]


USE = {"type": "tool_use", "id": "t1", "name": "find", "input": {"name": "Anna", "n": [1, "two"]}}


@pytest.mark.parametrize(
    ("block", "texts", "unread"),
    [
        ({"type": "text", "text": "Hei"}, [("user", None, "Hei")], ()),
        ({"type": "image", "source": {"type": "base64", "data": "x"}}, [], ("image",)),
        ({"type": "container_upload", "file_id": "file_1"}, [], ("stored",)),
        ({"type": "thinking", "thinking": "Hm", "signature": "s"}, [], ()),
        ({"type": "redacted_thinking", "data": "s"}, [], ()),
        (USE, [("user", None, "Anna"), ("user", None, "two")], ()),
        (
            {"type": "document", "title": "T", "source": {"type": "text", "data": "D"}},
            [("tool", None, "T"), ("tool", None, "D")],
            (),
        ),
        (
            {
                "type": "document",
                "source": {"type": "content", "content": [{"type": "text", "text": "D"}]},
            },
            [("tool", None, "D")],
            (),
        ),
        ({"type": "document", "source": {"type": "base64", "data": "x"}}, [], ("file",)),
        ({"type": "document", "source": {"type": "url", "url": "u"}}, [], ("file",)),
        ({"type": "document", "source": {"type": "file", "file_id": "f"}}, [], ("stored",)),
        ({"type": "document"}, [], ("file",)),
        (
            {
                "type": "search_result", "title": "T", "source": "S",
                "content": [{"type": "text", "text": "C"}],
            },
            [("tool", None, "T"), ("tool", None, "S"), ("tool", None, "C")],
            (),
        ),
        (
            {
                "type": "web_search_tool_result", "tool_use_id": "s1",
                "content": [
                    {
                        "type": "web_search_result", "title": "T", "url": "U",
                        "encrypted_content": "E", "page_age": None,
                    }
                ],
            },
            [("tool", None, "T"), ("tool", None, "U")],
            (),
        ),
        (
            {
                "type": "web_fetch_tool_result", "tool_use_id": "s1",
                "content": {
                    "type": "web_fetch_result", "url": "U",
                    "content": {"type": "document", "source": {"type": "text", "data": "D"}},
                },
            },
            [("tool", None, "U"), ("tool", None, "D")],
            (),
        ),
        (
            {
                "type": "code_execution_tool_result", "tool_use_id": "s1",
                "content": {
                    "type": "code_execution_result", "stdout": "out", "stderr": "", "return_code": 0,
                    "content": [{"type": "code_execution_output", "file_id": "f"}],
                },
            },
            [("tool", None, "out"), ("tool", None, "")],
            (),
        ),
        (
            {"type": "mcp_tool_result", "tool_use_id": "s1", "content": "gave"},
            [("tool", None, "gave")],
            (),
        ),
        ({"type": "compaction", "content": "sum"}, [("assistant", None, "sum")], ()),
        ({"type": "compaction", "content": "sum", "signature": "s"}, [], ()),
        (
            {"type": "browser_state", "tabs": [{"title": "T", "url": "U", "tab_id": 1}]},
            [("tool", None, "T"), ("tool", None, "U")],
            (),
        ),
        ({"type": "hologram", "words": "secret"}, [], ("unknown",)),
        ({"words": "secret"}, [], ("unknown",)),
        (7, [], ("unknown",)),
    ],
)  # fmt: skip
def test_blocks_are_read(block: Any, texts: list[Any], unread: tuple[str, ...]) -> None:
    call = call_of(block)
    assert told(call) == texts
    assert call.unread == unread


def test_results_bear_the_name_of_their_tool() -> None:
    body = {
        "messages": [
            {"role": "assistant", "content": [USE]},
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "t1",
                        "content": [
                            {"type": "text", "text": "a"},
                            {"type": "image", "source": {}},
                        ],
                    },
                    {"type": "tool_result", "tool_use_id": "t1", "content": "b"},
                    {"type": "tool_result", "tool_use_id": "t1"},
                    {"type": "text", "text": "and?"},
                ],
            },
        ]
    }
    call = message_call(body, "messages.create")
    assert told(call)[2:] == [
        ("tool", "find", "a"), ("tool", "find", "b"), ("user", None, "and?")
    ]  # fmt: skip
    assert call.unread == ("image",)


@pytest.mark.parametrize(
    ("roles", "latest"),
    [
        (["user"], [0]),
        (["user", "assistant", "user", "user"], [2, 3]),
        (["user", "assistant", "user", "assistant"], [2]),  # the answer goes on
        (["user", "assistant", "system", "user"], [3]),
        (["assistant"], []),
    ],
)
def test_the_latest_message_is_what_came_after_the_answer(
    roles: list[str], latest: list[int]
) -> None:
    body = {"messages": [{"role": role, "content": str(at)} for at, role in enumerate(roles)]}
    call = message_call(body, "messages.create")
    assert [int(text.text.value) for text in call.texts if text.latest] == latest


def test_all_that_a_request_says_is_read() -> None:
    call = call_of(
        {"type": "text", "text": "Hei"},
        {"type": "tool_addition", "tool": {"type": "custom", "name": "late", "description": "L"}},
        system=[{"type": "text", "text": "S", "cache_control": {"type": "ephemeral"}}],
        metadata={"user_id": "anna@example.org"},
        stop_sequences=["STOP"],
        tools=[
            {
                "name": "find", "description": "D", "type": "custom",
                "input_schema": {"type": "object", "properties": {"name": {"enum": ["Anna"]}}},
            },
            {"type": "web_search_20260318", "name": "web_search", "user_location": {"city": "Oulu"}},
            {"type": "computer_toolset_20260801"},
            {"type": "mcp_toolset", "mcp_server_name": "crm"},
        ],
        mcp_servers=[{"type": "url", "name": "crm", "url": "https://crm.example", "authorization_token": "t"}],
        context_management={"edits": [{"type": "compact_20260112", "instructions": "I"}]},
        brand_new="N",
        top_p=1,
    )  # fmt: skip
    texts = {(role, said) for role, _, said in told(call)}
    assert {
        ("system", "S"), ("user", "Hei"), ("system", "D"), ("system", "Anna"), ("system", "Oulu"),
        ("user", "anna@example.org"), ("system", "STOP"), ("system", "I"), ("system", "N"),
        ("system", "L"),
    } <= texts  # fmt: skip
    assert not any(said in ("t", "m") for _, said in texts)
    assert call.tools == (
        "find", "web_search", "computer_toolset_20260801", "crm", "late"
    )  # fmt: skip
    assert call.unread == ()
    assert call.plain


@pytest.mark.parametrize(
    "more",
    [
        {"container": "container_1"},
        {"container": {"id": "container_1", "skills": []}},
        {"thread": {"type": "continue", "previous_message_id": "msg_1"}},
        {"thread": {"type": "create"}},
    ],
)
def test_what_the_vendor_keeps_is_not_read(more: dict[str, Any]) -> None:
    assert call_of("Hei", **more).unread == ("stored",)
    assert call_of("Hei", container={"skills": []}, thread=None).unread == ()


@pytest.mark.parametrize(
    "more", [{"output_config": {"format": {"type": "json_schema"}}}, {"output_format": {}, "x": 1}]
)
def test_an_answer_in_json_is_not_plain(more: dict[str, Any]) -> None:
    asked = "output_config" in more
    assert call_of("Hei", **more).plain is not asked


def test_fallbacks_are_places_that_the_prompt_may_reach() -> None:
    call = call_of("Hei", fallbacks=[{"model": "claude-sonnet-5"}, {"max_tokens": 1}])
    assert [place.model for place in call.elsewhere] == ["claude-sonnet-5"]
    assert call_of("Hei", fallbacks="default").elsewhere == ()


_BLOCKS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            [
                "type", "text", "content", "input", "source", "title", "citations", "tool", "id",
                "messages", "role", "system", "tools", "index", "delta", "content_block", "message",
                "usage", "stop_reason", "citation", "name", "container", "metadata", "mcp_servers",
            ]
        ),
        inner
        | st.sampled_from(
            [
                "text", "tool_use", "tool_result", "document", "search_result", "tool_addition",
                "content_block_start", "content_block_delta", "message_start", "message_delta",
                "text_delta", "citations_delta", "input_json_delta", "web_fetch_tool_result",
            ]
        ),
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from(["messages", "system", "tools", "x"]), _BLOCKS), _BLOCKS)
def test_no_json_confuses_the_readers(body: dict[str, Any], other: Any) -> None:
    kept = copy.deepcopy(body)
    call = message_call(body, "messages.create")
    assert body == kept
    for text in call.texts:
        assert isinstance(text.text.value, str)
    if isinstance(other, dict):
        answer_of({"content": [other], **other})
    reader = Reader()
    for event in other if isinstance(other, list) else [other]:
        reader(event)
