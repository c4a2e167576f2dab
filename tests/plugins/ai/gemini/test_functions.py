"""Functions: the SDK calls them by itself, and only after the model's call of them was judged."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from google.genai import types

from aboveboard import Gate, StepDenied, StepEscalated
from aboveboard.ai import Conversation
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI, TOOLS
from tests.plugins.ai.gemini.conftest import GEMINI, MAIL
from tests.plugins.ai.gemini.serving import Vendor, answer, chunk

CALLED: list[dict[str, str]] = []


def order_product(product: str, email: str) -> dict[str, str]:
    """Order a product."""
    CALLED.append({"product": product, "email": email})
    return {"state": "ordered", "confirmed_to": email}


def find_products(words: str) -> list[str]:
    """Find products."""
    CALLED.append({"words": words})
    return ["p1", "p2"]


def delete_account(number: str) -> str:
    """Delete an account."""
    CALLED.append({"number": number})
    return "deleted"


@pytest.fixture(autouse=True)
def nothing_called() -> None:
    CALLED.clear()


@pytest.fixture(params=[False, True], ids=["blocking", "async"])
def aio(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def send(client: Any, message: str, *tools: Any, aio: bool = False, stream: bool = False) -> Any:
    config = types.GenerateContentConfig(tools=list(tools))

    async def one() -> Any:
        async with client.aio as side:
            chat = side.chats.create(model=GEMINI, config=config)
            if stream:
                return [each async for each in await chat.send_message_stream(message)]
            return await chat.send_message(message)

    if aio:
        return asyncio.run(one())
    chat = client.chats.create(model=GEMINI, config=config)
    return list(chat.send_message_stream(message)) if stream else chat.send_message(message)


def call(name: str, **args: Any) -> dict[str, Any]:
    return {"functionCall": {"name": name, "args": args}, "thoughtSignature": "c2ln"}


def test_an_undeclared_function_never_runs(
    vendor: Vendor, govern: Callable[..., Any], aio: bool
) -> None:
    vendor.says(answer(call("delete_account", number="7")), answer("Poistettu."))
    with pytest.raises((StepDenied, StepEscalated), match="tools"):
        send(govern(vendor.url), "Poista tilini.", delete_account, aio=aio)
    assert CALLED == []
    assert len(vendor.asked) == 1


def test_a_streamed_call_of_an_undeclared_function_never_runs(
    vendor: Vendor, govern: Callable[..., Any], aio: bool
) -> None:
    vendor.says(
        [chunk("Poistan. "), chunk(call("delete_account", number="7"), finish="STOP")],
        [chunk("Poistettu.", finish="STOP")],
    )
    with pytest.raises((StepDenied, StepEscalated)):
        send(govern(vendor.url), "Poista tilini.", delete_account, aio=aio, stream=True)
    assert CALLED == []
    assert len(vendor.asked) == 1


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_declared_function_gets_what_the_person_said(
    vendor: Vendor,
    govern: Callable[..., Any],
    aio: bool,
    stream: bool,
    assistant: tuple[Gate, Recorder],
) -> None:
    talk = Conversation(language="fi")
    order = dataclasses.replace(TOOLS["order_product"], result=(), trusted=True)
    client = govern(vendor.url, tools=TOOLS | {"order_product": order})
    with talk:
        vendor.says(answer("Kyllä."))
        client.models.generate_content(model=GEMINI, contents=f"Olen {MAIL}.")
        mask = vendor.bodies[0]["contents"][0]["parts"][0]["text"].split()[1].rstrip(".")
        wants = answer(call("order_product", product="p1", email=mask))
        done = answer(f"Tilattu, vahvistus: {mask}.")
        vendor.says(*([[each] for each in (wants, done)] if stream else (wants, done)))
        said = send(client, f"Tilaa p1, {MAIL}.", order_product, aio=aio, stream=stream)
    assert CALLED == [{"product": "p1", "email": MAIL}]
    shown = "".join(each.text or "" for each in said) if stream else said.text
    assert shown == f"Tilattu, vahvistus: {MAIL}."
    _, called, gave = vendor.bodies[2]["contents"]
    assert called["parts"][0]["functionCall"]["args"] == {"product": "p1", "email": mask}
    assert called["parts"][0]["thoughtSignature"] == "c2ln"
    assert gave["parts"][0]["functionResponse"]["response"]["result"] == {
        "state": "ordered",
        "confirmed_to": mask,
    }
    assert MAIL not in str(vendor.bodies)
    steps = [(verdict.step, verdict.phase) for verdict in assistant[1].verdicts]
    assert ("decision", "requested") in steps


def test_a_look_up_is_no_decision(
    vendor: Vendor, govern: Callable[..., Any], assistant: tuple[Gate, Recorder]
) -> None:
    vendor.says(answer(call("find_products", words="kangas")), answer("Löytyi kaksi."))
    said = send(govern(vendor.url), "Mitä kankaita on?", find_products)
    assert said.text == f"{DISCLOSURE_FI}\n\nLöytyi kaksi."
    assert CALLED == [{"words": "kangas"}]
    assert "decision" not in {verdict.step for verdict in assistant[1].verdicts}


def test_the_fake_vendor_calls_a_function(
    aimock: Any, govern: Callable[..., Any], assistant: tuple[Gate, Recorder]
) -> None:
    arguments = '{"words": "kangas"}'
    replies = [
        {"match": {"hasToolResult": True}, "response": {"content": "Löytyi kaksi."}},
        {
            "match": {},
            "response": {"toolCalls": [{"name": "find_products", "arguments": arguments}]},
        },
    ]
    with pytest.MonkeyPatch.context() as patch, aimock(replies) as fake:
        # The fake ends with a word of OpenAI's, which the SDK takes with a warning.
        patch.setattr("warnings.warn", lambda *_, **__: None)
        said = send(govern(fake.url), "Mitä kankaita on?", find_products)
    assert said.text == f"{DISCLOSURE_FI}\n\nLöytyi kaksi."
    assert CALLED == [{"words": "kangas"}]


def test_functions_that_the_program_calls_itself(
    vendor: Vendor, govern: Callable[..., Any]
) -> None:
    vendor.says(answer(call("find_products", words="kangas"), "Katson."))
    off = types.AutomaticFunctionCallingConfig(disable=True)
    said = govern(vendor.url).models.generate_content(
        model=GEMINI,
        contents="Mitä kankaita on?",
        config=types.GenerateContentConfig(tools=[find_products], automatic_function_calling=off),
    )
    assert CALLED == []
    assert [(c.name, c.args) for c in said.function_calls] == [
        ("find_products", {"words": "kangas"})
    ]
    assert said.candidates[0].content.parts[0].thought_signature == b"sig"
