"""Chat with the real SDK: what is judged, masked, shown and stopped."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from aboveboard import ConfigurationError, Gate, Settings, StepDenied, StepEscalated
from aboveboard.ai import Conversation, Report
from aboveboard.organisation import example
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI, HOST, MODEL, PURPOSE, chat_facts
from tests.plugins.ai.mistral.conftest import Reply, Server, completion, steps
from tools.aimock import Aimock

Governed = Callable[..., Any]
Assistant = tuple[Gate, Recorder]

ORDER = {"type": "function", "function": {"name": "order_product", "parameters": {}}}
MAIL = re.compile(r"\[EMAIL_ADDRESS_[0-9a-f]+\]")


def ask(client: Any, text: str, **more: Any) -> Any:
    return client.chat.complete(
        model="mistral-large-latest", messages=[{"role": "user", "content": text}], **more
    )


def said(answer: Any) -> Any:
    return answer.choices[0].message.content


def test_a_call_is_judged_before_and_after(
    fake: Aimock, governed: Governed, assistant: Assistant
) -> None:
    _, recorder = assistant
    answer = ask(governed(fake.url), "Mikä on hinta?")
    assert said(answer) == f"{DISCLOSURE_FI}\n\nHei. Kahvi maksaa 5 euroa."
    assert steps(recorder) == [
        ("profiling", "requested"),
        ("recommendation", "requested"),
        ("recommendation", "completed"),
    ]
    assert recorder.events[0].source == "/mistral/app"
    assert recorder.events[-1].facts.tokens.total == answer.usage.total_tokens


@pytest.mark.anyio
async def test_async_is_the_same_and_awaits_handlers(fake: Aimock, governed: Governed) -> None:
    shown: list[str] = []

    async def disclose(notice: Any) -> None:
        shown.append(notice.text)

    async with governed(fake.url, disclose=disclose) as client:
        answer = await client.chat.complete_async(
            model="mistral-large-latest", messages=[{"role": "user", "content": "hinta"}]
        )
    assert said(answer) == "Hei. Kahvi maksaa 5 euroa."
    assert shown == [DISCLOSURE_FI]


def echo(body: Any) -> Reply:
    """An answer that repeats what the person said last."""
    return Reply(completion({"content": f"Kirjaan: {body['messages'][-1]['content']}."}))


def test_an_address_leaves_masked_and_comes_back(server: Server, governed: Governed) -> None:
    server.give(Reply(of=echo))
    reports: list[Report] = []
    client = governed(server.url, on_report=reports.append)
    messages = [{"role": "user", "content": "Olen anna@esimerkki.example"}]
    kept = copy.deepcopy(messages)
    answer = client.chat.complete(model="mistral-large-latest", messages=messages)
    left = server.bodies[0]["messages"][0]["content"]
    assert MAIL.search(left)
    assert "anna" not in left
    assert "Kirjaan: Olen anna@esimerkki.example." in said(answer)
    assert messages == kept
    (report,) = reports
    assert dict(report.masked) == {"pd:EmailAddress": 1}
    assert (report.outcome, report.model, report.tokens) == ("complete", "mistral-large-2512", 12)


def test_the_objects_of_the_caller_stay_as_they_are(server: Server, governed: Governed) -> None:
    from mistralai.client.models import SystemMessage, TextChunk, UserMessage

    server.give(completion({"content": "Kiitos."}))
    message = UserMessage(content=[TextChunk(text="Soita 040 123 4567")])
    governed(server.url).chat.complete(
        model="m", messages=[SystemMessage(content="Ole avulias."), message]
    )
    assert message.content[0].text == "Soita 040 123 4567"
    assert "123 4567" not in json.dumps(server.bodies)


def test_what_presses_is_not_shown(fake: Aimock, governed: Governed) -> None:
    with pytest.raises(StepEscalated, match="R-MAN-01"):
        ask(governed(fake.url), "kiire")


def test_who_asks_for_a_human_gets_one(fake: Aimock, governed: Governed) -> None:
    taken: list[Any] = []

    def hand_over(handover: Any) -> str:
        taken.append(handover)
        return "case-7"

    talk = Conversation(language="fi")
    sent = len(fake.bodies())
    client = governed(fake.url, handover=hand_over)
    with talk, pytest.raises(StepEscalated, match="R-HUM-01"):
        ask(client, "Haluan puhua ihmiselle, olen anna@esimerkki.example")
    assert len(fake.bodies()) == sent
    assert talk.handover_ref == "case-7"
    assert "anna@" not in taken[0].thread[0].text


def test_a_tool_that_nobody_declared_is_stopped(fake: Aimock, governed: Governed) -> None:
    with pytest.raises(StepEscalated, match="R-SEC-02"):
        ask(governed(fake.url), "poista")


def order(body: Any) -> Reply:
    """A call of a tool with the address as the model saw it."""
    (mail,) = MAIL.findall(body["messages"][-1]["content"])
    arguments = json.dumps({"product": "kahvi", "email": mail})
    call = {"id": "t1", "function": {"name": "order_product", "arguments": arguments}}
    return Reply(completion({"content": "", "tool_calls": [call]}, "tool_calls"))


def test_a_declared_tool_gets_what_was_masked(
    server: Server, governed: Governed, assistant: Assistant
) -> None:
    _, recorder = assistant
    server.give(Reply(of=order))
    answer = ask(governed(server.url), "Tilaan kahvin: anna@esimerkki.example", tools=[ORDER])
    (call,) = answer.choices[0].message.tool_calls
    assert json.loads(call.function.arguments) == {
        "product": "kahvi",
        "email": "anna@esimerkki.example",
    }
    assert steps(recorder)[-1] == ("decision", "requested")
    assert recorder.events[-1].facts.security.tool_calls[0].name == "order_product"


def test_arguments_may_be_an_object(server: Server, governed: Governed) -> None:
    def reply(body: Any) -> Reply:
        made = order(body)
        function = made.body["choices"][0]["message"]["tool_calls"][0]["function"]
        function["arguments"] = json.loads(function["arguments"])
        return made

    server.give(Reply(of=reply))
    answer = ask(governed(server.url), "Tilaan: anna@esimerkki.example", tools=[ORDER])
    (call,) = answer.choices[0].message.tool_calls
    assert call.function.arguments["email"] == "anna@esimerkki.example"


def test_the_next_turn_is_masked_too(server: Server, governed: Governed) -> None:
    """History, results of tools and arguments of calls leave as well."""
    server.give(completion({"content": "Tilattu."}))
    call = {
        "id": "t1",
        "function": {"name": "find_products", "arguments": '{"email": "anna@esimerkki.example"}'},
    }
    governed(server.url).chat.complete(
        model="m",
        messages=[
            {"role": "user", "content": "Olen anna@esimerkki.example"},
            {"role": "assistant", "content": "Hei anna@esimerkki.example", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "t1", "content": "ok anna@esimerkki.example"},
        ],
        metadata={"customer": "anna@esimerkki.example"},
    )
    left = json.dumps(server.bodies[0])
    assert "anna" not in left
    assert len(set(MAIL.findall(left))) == 1
    assert json.loads(server.bodies[0]["messages"][1]["tool_calls"][0]["function"]["arguments"])


def test_notices_stand_once_around_the_parts_of_an_answer(
    server: Server, governed: Governed, assistant: Assistant
) -> None:
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "Osta nyt, vain 2 jäljellä!"}]},
        {"type": "text", "text": "Kahvi maksaa 5 euroa. "},
        {"type": "reference", "reference_ids": [3, "hinnasto"]},
        {"type": "text", "text": "Tee maksaa 4."},
    ]
    server.give(completion({"content": parts}))
    answer = ask(governed(server.url), "hinta")
    told = said(answer)
    assert [part.type for part in told] == [part["type"] for part in parts]
    assert told[0].thinking[0].text == "Osta nyt, vain 2 jäljellä!"  # for the developer
    assert told[1].text == f"{DISCLOSURE_FI}\n\nKahvi maksaa 5 euroa. "
    assert told[3].text == "Tee maksaa 4."
    assert assistant[1].events[-1].facts.answer.sources == ("3", "hinnasto")


def test_each_candidate_bears_the_notice(server: Server, governed: Governed) -> None:
    body = completion({"content": "Yksi."})
    body["choices"].append({**body["choices"][0], "index": 1})
    server.give(body)
    answer = ask(governed(server.url), "hinta", n=2)
    assert [choice.message.content for choice in answer.choices] == [
        f"{DISCLOSURE_FI}\n\nYksi."
    ] * 2


@pytest.mark.parametrize(
    ("finish", "outcome"),
    [
        ("stop", "complete"),
        ("length", "length"),
        ("model_length", "length"),
        ("error", "failed"),
        ("something_new", None),
    ],
)
def test_how_an_answer_ended(
    server: Server, governed: Governed, finish: str, outcome: str | None
) -> None:
    server.give(completion({"content": "Kahvi"}, finish))
    reports: list[Report] = []
    talk = Conversation()
    with talk:
        ask(governed(server.url, on_report=reports.append), "hinta")
    assert reports[0].outcome == outcome
    assert talk.failed_turns == (1 if outcome == "failed" else 0)


def test_an_image_is_named_as_what_nobody_reads(
    server: Server, governed: Governed, assistant: Assistant
) -> None:
    content = [
        {"type": "text", "text": "Mikä tämä on?"},
        {"type": "image_url", "image_url": "https://esimerkki.example/kuva.png"},
    ]
    with pytest.raises(StepEscalated, match=r"prompt\.image"):
        governed(server.url).chat.complete(
            model="m", messages=[{"role": "user", "content": content}]
        )
    assert server.paths == []


def test_nothing_of_the_talk_is_in_logs_or_errors(server: Server, governed: Governed) -> None:
    server.give(completion({"content": "Osta nyt, vain 2 jäljellä! anna@esimerkki.example"}))
    with capture_logs() as logged, pytest.raises(StepEscalated) as stopped:
        ask(governed(server.url), "Salainen anna@esimerkki.example")
    told = json.dumps(logged, default=str) + str(stopped.value) + repr(stopped.value)
    for text in ("anna", "Salainen", "jäljellä"):
        assert text not in told


def test_what_was_stopped_is_wrapped_into_nothing(server: Server, governed: Governed) -> None:
    from mistralai.client.utils import BackoffStrategy, RetryConfig

    retries = RetryConfig("backoff", BackoffStrategy(1, 10, 1.0, 2_000), True)
    server.give(completion({"content": "Osta nyt, vain 2 jäljellä!"}))
    with pytest.raises(StepEscalated) as stopped:
        ask(governed(server.url, sdk={"retry_config": retries}), "hinta")
    assert stopped.value.__cause__ is None
    assert len(server.paths) == 1


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "hologram", "text": "Osta nyt, vain 2 jäljellä!"}],
        [{"type": "text", "text": "Hei."}, {"type": "hologram", "data": "x"}],
    ],
)
def test_a_part_that_nobody_knows_is_stopped(
    server: Server, governed: Governed, content: Any
) -> None:
    server.give(completion({"content": content}))
    with pytest.raises(StepDenied, match=r"runtime\.not_governed"):
        ask(governed(server.url), "hinta")


def test_monitoring_changes_nothing(server: Server) -> None:
    from mistralai.client import Mistral

    import aboveboard_mistral
    from tests.assistant import assistant_gate

    server.give(completion({"content": "Osta nyt, vain 2 jäljellä!"}))
    with assistant_gate(settings=Settings(mode="monitor")) as (gate, recorder):
        client = aboveboard_mistral.wrap(
            Mistral(api_key="key", server_url=server.url), purpose=PURPOSE, gate=gate
        )
        answer = ask(client, "Olen anna@esimerkki.example")
    assert said(answer) == "Osta nyt, vain 2 jäljellä!"
    assert server.bodies[0]["messages"][0]["content"] == "Olen anna@esimerkki.example"
    assert recorder.verdicts


def test_a_mark_is_put_into_the_answer(server: Server) -> None:
    from mistralai.client import Mistral

    import aboveboard_mistral

    server.give(completion({"content": "Hei."}))
    made = example()
    speaking = made.models[MODEL].model_copy(update={"output_type": "audio"})
    organisation = made.model_copy(update={"models": {**made.models, MODEL: speaking}})
    with (
        Gate(organisation=organisation) as gate,
        Mistral(api_key="key", server_url=server.url) as client,
    ):
        aboveboard_mistral.wrap(
            client,
            purpose=PURPOSE,
            gate=gate,
            model=MODEL,
            facts=chat_facts(),
            host=HOST,
            conversation=Conversation(subject=gate.pseudonym("1"), language="fi"),
            mark=lambda answer, event: {**answer, "id": "made by AI"},
        )
        assert ask(client, "Hei").id == "made by AI"


def test_the_program_states_facts_of_a_turn(server: Server, governed: Governed) -> None:
    seen: list[Any] = []

    def facts(turn: Any) -> dict[str, Any]:
        seen.append((turn.operation, turn.phase, turn.question, turn.answer))
        return chat_facts()

    server.give(completion({"content": "5 €."}))
    ask(governed(server.url, facts=facts), "Mikä on hinta?")
    assert seen[-1] == ("chat.complete", "completed", "Mikä on hinta?", "5 €.")


def test_what_is_no_client_is_said_at_once(governed: Governed, assistant: Assistant) -> None:
    import aboveboard_mistral

    client = governed("http://127.0.0.1:1")
    for wrong in (object(), client.chat, None, "client"):
        with pytest.raises(ConfigurationError, match="client"):
            aboveboard_mistral.wrap(wrong, purpose=PURPOSE, gate=assistant[0])
    with pytest.raises(ConfigurationError, match="wrapped already"):
        aboveboard_mistral.wrap(client, purpose=PURPOSE, gate=assistant[0])
