"""Chat Completions through the real SDK, to a fake vendor."""

from __future__ import annotations

from typing import Any

import openai

import aboveboard_openai
from aboveboard.ai import Conversation
from tests.assistant import DISCLOSURE_FI, HOST, MODEL, PURPOSE, TOOLS, chat_facts


def test_an_address_leaves_masked_and_the_disclosure_comes_first(
    aimock: Any, assistant: Any
) -> None:
    gate, _ = assistant
    answer = {"match": {}, "response": {"content": "Hei! Tilaus on matkalla."}}
    with aimock([answer]) as fake:
        client = aboveboard_openai.wrap(
            openai.OpenAI(api_key="key", base_url=f"{fake.url}/v1"),
            purpose=PURPOSE,
            model=MODEL,
            gate=gate,
            facts=chat_facts(),
            tools=TOOLS,
            host=HOST,
        )
        with Conversation(subject=gate.pseudonym("customer"), language="fi"):
            said = client.chat.completions.create(
                model="gpt-5.4-mini",
                messages=[{"role": "user", "content": "Missä tilaukseni on? matti@example.com"}],
            )
        [sent] = fake.bodies()
    assert said.choices[0].message.content == f"{DISCLOSURE_FI}\n\nHei! Tilaus on matkalla."
    assert "matti@example.com" not in str(sent)
    assert "[EMAIL_ADDRESS_" in str(sent)
