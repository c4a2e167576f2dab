"""Raw responses: headers and status are there, and every way to the body gives what was judged."""

from __future__ import annotations

import json
from typing import Any

import httpx
import openai
import pytest

import aboveboard_openai
from aboveboard import StepEscalated
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.openai.server import (
    Reply,
    chunks,
    completion,
    masks,
    message,
    response,
    vendor,
)

ADDRESS = "matti.meikalainen@example.com"
ASKED = [{"role": "user", "content": f"Missä tilaukseni on? {ADDRESS}"}]
WHOLE = f"{DISCLOSURE_FI}\n\nHei {ADDRESS}"
REPLY = Reply(lambda sent: completion(f"Hei {masks(sent)[0]}"), headers={"x-extra": "yes"})
PRESSED = completion("Enää 2 jäljellä, tilaa heti!")


def test_a_raw_response(client: Any, talk: Any) -> None:
    with vendor(REPLY) as own:
        raw = client(own.url).chat.completions.with_raw_response.create(
            model="gpt-5.4-mini", messages=ASKED
        )
    assert (raw.status_code, raw.headers["x-extra"], raw.request_id) == (200, "yes", "r1")
    assert raw.parse().choices[0].message.content == WHOLE
    for text in (raw.text, raw.content.decode(), raw.http_response.text):
        assert json.loads(text)["choices"][0]["message"]["content"] == WHOLE
    assert raw.parse(to=dict)["choices"][0]["message"]["content"] == WHOLE
    assert raw.elapsed.total_seconds() > 0
    assert int(raw.headers["content-length"]) == len(raw.content)


def test_a_raw_response_that_must_not_be_shown(client: Any, talk: Any) -> None:
    with vendor(PRESSED) as own, pytest.raises(StepEscalated):
        client(own.url).with_raw_response.chat.completions.create(model="m", messages=ASKED)


def test_a_raw_stream(client: Any, talk: Any) -> None:
    with vendor(Reply(lambda sent: chunks({"content": f"Hei {masks(sent)[0]}"}))) as own:
        raw = client(own.url).chat.completions.with_raw_response.create(
            model="m", messages=ASKED, stream=True
        )
        said = "".join(chunk.choices[0].delta.content or "" for chunk in raw.parse())
    assert said == WHOLE


def test_a_response_that_is_read_later(client: Any, talk: Any) -> None:
    with (
        vendor(REPLY) as own,
        client(own.url).chat.completions.with_streaming_response.create(
            model="m", messages=ASKED
        ) as raw,
    ):
        assert raw.headers["x-extra"] == "yes"
        assert json.loads("".join(raw.iter_text()))["choices"][0]["message"]["content"] == WHOLE
        assert raw.parse().choices[0].message.content == WHOLE
    with (
        vendor(PRESSED) as own,
        pytest.raises(StepEscalated),
        client(own.url).chat.completions.with_streaming_response.create(model="m", messages=ASKED),
    ):
        pass


def test_lines_of_a_stream_that_is_read_later(client: Any, talk: Any) -> None:
    with (
        vendor(Reply(lambda sent: chunks({"content": f"Hei {masks(sent)[0]}"}))) as own,
        client(own.url).chat.completions.with_streaming_response.create(
            model="m", messages=ASKED, stream=True
        ) as raw,
    ):
        lines = list(raw.iter_lines())
    said = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    assert "".join(one["choices"][0]["delta"].get("content") or "" for one in said) == WHOLE


def test_a_raw_parsed_response(client: Any, talk: Any) -> None:
    with vendor(response(message("Hei."))) as own:
        raw = client(own.url).responses.with_raw_response.parse(model="m", input="Hei")
    assert raw.parse().output_text == f"{DISCLOSURE_FI}\n\nHei."


def test_the_clients_own_methods_are_held_too(client: Any, talk: Any) -> None:
    """`client.post` is public; whatever it casts to is made of what was judged."""
    with vendor(REPLY) as own:
        governed = client(own.url)
        body = {"model": "m", "messages": ASKED}
        for cast_to in (dict, object, openai.types.chat.ChatCompletion, httpx.Response):
            made = governed.post("/chat/completions", cast_to=cast_to, body=body)
            text = getattr(made, "text", None) or json.dumps(
                made if isinstance(made, dict) else made.to_dict(), ensure_ascii=False
            )
            assert ADDRESS in text
    assert all(ADDRESS not in json.dumps(sent) for sent in own.bodies)


def test_an_older_http_client_is_held_alike(options: Any, talk: Any) -> None:
    """The SDK takes a client of httpx, too."""
    with vendor(REPLY) as own, httpx.Client() as http:
        governed = aboveboard_openai.wrap(
            openai.OpenAI(api_key="k", base_url=own.url, http_client=http), **options
        )
        said = governed.chat.completions.create(model="m", messages=ASKED)
        assert said.choices[0].message.content == WHOLE
    with (
        vendor(Reply(lambda sent: chunks({"content": f"Hei {masks(sent)[0]}"}))) as own,
        httpx.Client() as http,
    ):
        governed = aboveboard_openai.wrap(
            openai.OpenAI(api_key="k", base_url=own.url, http_client=http), **options
        )
        stream = governed.chat.completions.create(model="m", messages=ASKED, stream=True)
        said = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    assert said.endswith(f"Hei {ADDRESS}")
