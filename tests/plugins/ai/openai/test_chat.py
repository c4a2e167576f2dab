"""Chat Completions through the real SDK."""

from __future__ import annotations

import copy
import json
from typing import Any

import openai
import pytest
from pydantic import BaseModel

import aboveboard_openai
from aboveboard import Gate, StepDenied, StepEscalated
from aboveboard.organisation import example
from tests.assistant import DISCLOSURE_FI, MODEL
from tests.plugins.ai.openai.server import Reply, completion, masks, tool_call, vendor

ADDRESS = "matti.meikalainen@example.com"
ASKED = [
    {"role": "system", "content": "Olet apulainen."},
    {"role": "user", "content": f"Missä tilaukseni on? {ADDRESS}"},
]
ORDER = {
    "type": "function",
    "function": {"name": "order_product", "parameters": {"type": "object", "properties": {}}},
}


def ask(client: Any, messages: Any = ASKED, **more: Any) -> Any:
    return client.chat.completions.create(model="gpt-5.4-mini", messages=messages, **more)


def test_an_address_leaves_masked_and_the_disclosure_comes_first(
    fake: Any, client: Any, talk: Any
) -> None:
    before = len(fake.bodies())
    said = ask(client(f"{fake.url}/v1"))
    [sent] = fake.bodies()[before:]
    assert said.choices[0].message.content.startswith(
        f"{DISCLOSURE_FI}\n\nHei! Tilaus on matkalla."
    )
    assert isinstance(said, openai.types.chat.ChatCompletion)
    assert ADDRESS not in json.dumps(sent)
    assert masks(sent)[0].startswith("[EMAIL_ADDRESS_")
    assert talk.report.masked == {"pd:EmailAddress": 1}
    assert talk.report.outcome == "complete"
    assert talk.report.operation == "chat.completions.create"
    assert talk.disclosed_at is not None


def test_the_vendor_is_said_to_be_openai_and_to_answer_in_its_region(
    client: Any, talk: Any, assistant: Any
) -> None:
    _, recorder = assistant
    with vendor(completion()) as own:
        ask(client(own.url))
    asked = recorder.events[0].facts.ai
    assert (asked.vendor, asked.base_url_host) == ("openai", "eu.api.openai.com")
    assert asked.inference_region == "eu"
    assert talk.report.model == "gpt-5.4-mini-2026-03-17"


def test_what_was_masked_comes_back_in_the_answer(client: Any, talk: Any) -> None:
    with vendor(Reply(lambda sent: completion(f"Lähetin sen: {masks(sent)[0]}."))) as own:
        said = ask(client(own.url))
    assert said.choices[0].message.content.endswith(f"Lähetin sen: {ADDRESS}.")


def test_the_callers_messages_stay_as_they_are(client: Any, talk: Any) -> None:
    given = copy.deepcopy(ASKED)
    more = {"metadata": {"note": f"kysyi {ADDRESS}"}}
    with vendor(completion()) as own:
        ask(client(own.url), given, extra_body=more)
    assert given == ASKED
    assert more == {"metadata": {"note": f"kysyi {ADDRESS}"}}
    assert ADDRESS not in json.dumps(own.bodies)
    assert own.bodies[0]["metadata"]["note"].startswith("kysyi [EMAIL_ADDRESS_")


def test_a_message_of_the_sdk_in_the_history_is_read(client: Any, talk: Any) -> None:
    told = openai.types.chat.ChatCompletionMessage(
        role="assistant", content=f"Kirjoitin: {ADDRESS}"
    )
    with vendor(completion()) as own:
        ask(client(own.url), [told, {"role": "user", "content": "Kiitos."}])
    assert ADDRESS not in json.dumps(own.bodies)
    assert told.content == f"Kirjoitin: {ADDRESS}"


def test_a_pressed_answer_is_stopped(fake: Any, client: Any, talk: Any) -> None:
    with pytest.raises(StepEscalated) as stopped:
        ask(client(f"{fake.url}/v1"), [{"role": "user", "content": "pressure"}])
    assert "R-MAN-01" in [finding.rule for finding in stopped.value.verdict.findings]
    assert "jäljellä" not in str(stopped.value)


def test_who_asks_for_a_human_gets_one_and_nothing_leaves(
    client: Any, talk: Any, assistant: Any
) -> None:
    handed: list[Any] = []
    with vendor(completion()) as own:
        governed = client(own.url, handover=lambda it: handed.append(it) or "case-1")
        with pytest.raises(StepEscalated):
            ask(
                governed,
                [
                    {"role": "user", "content": f"Olen {ADDRESS}."},
                    {"role": "assistant", "content": "Hei."},
                    {"role": "user", "content": "Haluan puhua ihmisen kanssa."},
                ],
            )
    assert own.requests == []
    [handover] = handed
    assert [text.role for text in handover.thread] == ["user", "assistant", "user"]
    assert ADDRESS not in handover.thread[0].text
    assert talk.handover_ref == "case-1"


def test_a_tool_that_nobody_declared_is_stopped(client: Any, talk: Any) -> None:
    reply = completion(None, tool_calls=[tool_call("delete_customer", "{}")])
    with vendor(reply) as own, pytest.raises(StepEscalated) as stopped:
        ask(client(own.url))
    assert "R-SEC-02" in [finding.rule for finding in stopped.value.verdict.findings]


def test_a_declared_tool_gets_what_was_masked(client: Any, talk: Any) -> None:
    def reply(sent: Any) -> Any:
        arguments = json.dumps({"product": "kaappi", "email": masks(sent)[0]})
        return completion(None, tool_calls=[tool_call("order_product", arguments)])

    with vendor(Reply(reply)) as own:
        said = ask(client(own.url), tools=[ORDER])
    [called] = said.choices[0].message.tool_calls
    assert json.loads(called.function.arguments) == {"product": "kaappi", "email": ADDRESS}
    assert talk.report.tools == ["order_product"]
    assert talk.report.outcome == "tool_calls"


def test_a_refusal_is_told_as_one_and_said_to_the_person(client: Any, talk: Any) -> None:
    with vendor(completion(None, refusal="En voi auttaa siinä.")) as own:
        said = ask(client(own.url))
    assert said.choices[0].message.refusal == f"{DISCLOSURE_FI}\n\nEn voi auttaa siinä."
    assert talk.report.outcome == "refused"
    assert talk.failed_turns == 1


@pytest.mark.parametrize(
    ("reason", "outcome"), [("length", "length"), ("content_filter", "filtered"), ("new", None)]
)
def test_how_it_ended(client: Any, talk: Any, reason: str, outcome: str | None) -> None:
    with vendor(completion(finish_reason=reason)) as own:
        ask(client(own.url))
    assert talk.report.outcome == outcome


def test_every_candidate_is_judged(client: Any, talk: Any) -> None:
    body = completion("Hei.")
    other = copy.deepcopy(body["choices"][0])
    other |= {
        "index": 1,
        "message": {"role": "assistant", "content": "Enää 2 jäljellä, tilaa nyt!"},
    }
    body["choices"].append(other)
    with vendor(body) as own, pytest.raises(StepEscalated):
        ask(client(own.url), n=2)


class City(BaseModel):
    name: str


def test_structured_output_is_parsed_of_what_was_judged(client: Any, talk: Any) -> None:
    shown: list[Any] = []
    reply = Reply(lambda sent: completion(json.dumps({"name": masks(sent)[0]})))
    with vendor(reply) as own:
        said = client(own.url, disclose=shown.append).chat.completions.parse(
            model="gpt-5.4-mini", messages=ASKED, response_format=City
        )
    assert said.choices[0].message.parsed == City(name=ADDRESS)
    assert [notice.text for notice in shown] == [DISCLOSURE_FI]
    assert own.bodies[0]["response_format"]["type"] == "json_schema"


def test_a_notice_has_no_room_in_json(client: Any, talk: Any) -> None:
    with vendor(completion("{}")) as own, pytest.raises(StepDenied, match="room"):
        ask(client(own.url), response_format={"type": "json_object"})
    assert own.requests == []


def test_a_mark_is_put_on_the_json_of_the_answer(options: Any, talk: Any) -> None:
    made = example()
    model = made.models[MODEL].model_copy(update={"output_type": "audio"})
    speaking = made.model_copy(update={"models": {**made.models, MODEL: model}})
    with Gate(organisation=speaking) as gate, vendor(completion("Hei.")) as own:
        options |= {"gate": gate, "mark": lambda body, _: {**body, "mark": "ai"}}
        client = openai.OpenAI(api_key="k", base_url=own.url)
        said = ask(aboveboard_openai.wrap(client, **options))
    assert said.mark == "ai"
    assert said.choices[0].message.content.endswith("Hei.")


def test_nothing_of_the_talk_is_logged(
    client: Any, talk: Any, capfd: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "aboveboard")
    with vendor(completion("Salainen vastaus.")) as own:
        ask(client(own.url))
    told = capfd.readouterr()
    everything = told.out + told.err + caplog.text
    assert "step.allowed" in everything
    for secret in (ADDRESS, "Missä tilaukseni", "Salainen", "Olet apulainen"):
        assert secret not in everything


def test_older_completions(client: Any, talk: Any) -> None:
    def reply(sent: Any) -> Any:
        return {
            "id": "cmpl-1", "object": "text_completion", "created": 1, "model": "davinci-002",
            "choices": [{"index": 0, "text": f"Hei {masks(sent)[0]}", "finish_reason": "stop"}],
        }  # fmt: skip

    with vendor(Reply(reply)) as own:
        said = client(own.url).completions.create(model="davinci-002", prompt=f"Hei {ADDRESS}")
    assert said.choices[0].text == f"{DISCLOSURE_FI}\n\nHei {ADDRESS}"
    assert ADDRESS not in json.dumps(own.bodies)


def test_embeddings_leave_masked_and_come_back_untouched(client: Any, talk: Any) -> None:
    reply = {
        "object": "list", "model": "text-embedding-3-small",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.25, -0.5]}],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    }  # fmt: skip
    with vendor(reply) as own:
        said = client(own.url).embeddings.create(
            model="text-embedding-3-small", input=[f"Hei {ADDRESS}"], encoding_format="float"
        )
    assert said.data[0].embedding == [0.25, -0.5]
    assert ADDRESS not in json.dumps(own.bodies)
    assert [verdict.step for verdict in talk.report.verdicts] == ["profiling", "profiling"]
    assert talk.turns == 0


def test_moderation_leaves_masked(client: Any, talk: Any) -> None:
    reply = {"id": "modr-1", "model": "omni-moderation-latest", "results": []}
    with vendor(reply) as own:
        client(own.url).moderations.create(
            input=[{"type": "text", "text": ADDRESS}], model="omni-moderation-latest"
        )
    assert ADDRESS not in json.dumps(own.bodies)
