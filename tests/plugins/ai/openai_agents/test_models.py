"""What the models of agents are told and say, and what of it is streamed and traced."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

import anyio
import pytest
from agents import (
    Agent,
    Model,
    ModelRefusalError,
    ModelRetrySettings,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    RunConfig,
    Runner,
    set_trace_processors,
    set_tracing_disabled,
)
from openai import AsyncOpenAI
from pydantic import BaseModel

import aboveboard_openai_agents
from aboveboard import ConfigurationError, StepDenied, StepEscalated, StepStopped
from aboveboard.ai import Conversation, Tool
from aboveboard.testing.recorder import Recorder
from aboveboard_openai_agents import govern, wrap
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.openai_agents.conftest import (
    DECLARED,
    EMAIL,
    QUIET,
    Script,
    call,
    decisions,
    refused,
    run,
    text,
)
from tools.aimock import Aimock

Made = Callable[..., Any]
Fake = Callable[..., AbstractContextManager[Aimock]]


def echo(asked: Any) -> str:
    given = asked if isinstance(asked, str) else asked[-1]["content"]
    return f"Sanoit: {given}."


def test_an_address_is_masked_and_put_back_and_the_person_is_told_first(
    agent: Made, options: dict[str, Any], log: list[Any]
) -> None:
    model = Script(echo)
    given = [{"role": "user", "content": f"Olen {EMAIL}"}]
    answer = run(agent(model), given)
    assert EMAIL not in str(model.seen)
    assert answer.final_output == f"{DISCLOSURE_FI}\n\nSanoit: Olen {EMAIL}."
    assert given == [{"role": "user", "content": f"Olen {EMAIL}"}]
    assert options["conversation"].disclosed_at is not None
    assert EMAIL not in str(log)


def test_a_pressed_answer_is_stopped(agent: Made, recorder: Recorder) -> None:
    pressed = "Osta nyt! Vain 2 jäljellä, tarjous päättyy tänään klo 18."
    shown: list[Any] = []
    for go in (run, functools.partial(stream, shown=shown)):
        with pytest.raises(StepStopped) as stopped:
            go(agent(Script(pressed)), "Hei")
        assert recorder.events[-1].phase == "completed"
        assert pressed not in f"{stopped.value}{shown}"


def test_who_asks_for_a_human_is_handed_over(agent: Made) -> None:
    handed: list[Any] = []
    model = Script("Never said.")
    with pytest.raises(StepEscalated):
        run(
            agent(model, handover=lambda case: handed.append(case) or "case-1"),
            "Haluan puhua ihmisen kanssa",
        )
    assert model.seen == []
    assert len(handed) == 1


def test_every_part_of_a_talk_is_masked(agent: Made) -> None:
    model = Script("Hei.")
    items = [
        {"role": "system", "content": f"Kirjoita osoitteeseen {EMAIL}"},
        {"role": "user", "content": [{"type": "input_text", "text": EMAIL}]},
        {"type": "function_call", "name": "find_products", "call_id": "1",
         "arguments": f'{{"query": "{EMAIL}"}}'},
        {"type": "function_call_output", "call_id": "1", "output": f"a lamp of {EMAIL}"},
        {"type": "function_call", "name": "find_products", "call_id": "2", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "2",
         "output": [{"type": "input_text", "text": EMAIL}]},
        {"type": "web_search_call", "id": "w", "status": "completed",
         "action": {"type": "search", "query": EMAIL}},
        text(f"Olet {EMAIL}").model_dump(),
        {"role": "user", "content": f"Niin olen, {EMAIL}"},
    ]  # fmt: skip
    declared = {**DECLARED, "web_search": Tool(acts=False, result=(), trusted=True)}
    run(agent(model, tools=declared), items)
    assert str(model.seen).count("[EMAIL") == 8
    assert EMAIL not in str(model.seen)


def test_a_talk_around_the_run_reaches_every_tool(agent: Made, ran: list[Any]) -> None:
    talk = Conversation(language="fi")
    wanted = call("order_product", product="lamp", email=EMAIL)
    made = agent(Script(wanted, "Valmis."), conversation=None)
    with talk:
        run(made, "Hei")
    assert talk.disclosed_at is not None
    assert len(ran) == 1


def test_where_a_model_is_asked_is_told(options: dict[str, Any], recorder: Recorder) -> None:
    model = Script("Hei.")
    model._client = AsyncOpenAI(base_url="https://EU.api.openai.com/v1", api_key="none")  # type: ignore[attr-defined]
    unsaid = {name: options[name] for name in options if name not in ("host", "model")}
    with suppress(StepStopped):
        run(govern(Agent(name="sales", model=model), **unsaid), "Hei")
    told = recorder.events[0].facts
    assert told.ai.base_url_host == "eu.api.openai.com"
    assert told.ai.vendor == "openai"
    assert told.ai.model == "gpt-5"
    assert told.security.tls is True


def test_what_is_sent_beside_the_talk_is_masked(agent: Made) -> None:
    settings = ModelSettings(metadata={"who": EMAIL}, extra_body={"user": EMAIL}, temperature=0.5)
    model = Script("Hei.")
    run(agent(model, keywords={"model_settings": settings}), "Hei")
    assert EMAIL not in str(model.settings)
    assert str(model.settings).count("[EMAIL") == 2
    assert model.settings.temperature == 0.5
    assert settings.metadata == {"who": EMAIL}


@pytest.mark.parametrize("part", [
    {"type": "input_image", "image_url": "https://example.com/a.png", "detail": "auto"},
    {"type": "input_file", "file_id": "f1"},
])  # fmt: skip
def test_what_nobody_can_read_is_stopped(agent: Made, part: dict[str, Any]) -> None:
    model = Script("Never said.")
    with pytest.raises(StepStopped):
        run(agent(model), [{"role": "user", "content": [part]}])
    with pytest.raises(StepStopped, match="stored"):
        run(agent(model), "Hei", previous_response_id="r1")
    assert model.seen == []


def test_a_refusal_is_told_as_one(agent: Made) -> None:
    reports: list[Any] = []
    with pytest.raises(ModelRefusalError, match="En voi auttaa"):
        run(agent(Script(refused("En voi auttaa.")), on_report=reports.append), "Hei")
    assert reports[-1].outcome == "refused"
    assert reports[-1].tokens == 7


class Reply(BaseModel):
    text: str
    address: str


def test_structured_output(agent: Made) -> None:
    def shaped(asked: Any) -> str:
        word = asked[-1]["content"].split()[-1]
        return Reply(text="Kiitos.", address=word).model_dump_json()

    keywords = {"output_type": Reply}
    made = agent(Script(shaped), keywords=keywords, disclose=lambda _: None)
    assert run(made, f"Olen {EMAIL}").final_output == Reply(text="Kiitos.", address=EMAIL)
    new = Conversation(language="fi")
    with pytest.raises(StepDenied, match="disclose"):
        run(agent(Script(shaped), keywords=keywords, conversation=new), "Hei x")


# Streams.


def stream(made: Any, given: str, shown: list[Any]) -> Any:
    async def go() -> Any:
        result = Runner.run_streamed(made, given, run_config=QUIET)
        async for event in result.stream_events():
            shown.append(event)  # noqa: PERF401  (what came before a stop counts)
        return result

    return anyio.run(go)


def test_a_stream_shows_what_was_judged(agent: Made) -> None:
    shown: list[Any] = []
    result = stream(agent(Script(echo)), f"Olen {EMAIL}", shown)
    deltas = [
        event.data.delta for event in shown
        if getattr(getattr(event, "data", None), "type", "") == "response.output_text.delta"
    ]  # fmt: skip
    assert "".join(deltas) == result.final_output == f"{DISCLOSURE_FI}\n\nSanoit: Olen {EMAIL}."
    assert "[EMAIL" not in str(shown)
    assert result.context_wrapper.usage.total_tokens == 7


def test_a_stream_that_is_stopped_shows_nothing(agent: Made, options: dict[str, Any]) -> None:
    def facts(turn: Any) -> dict[str, Any]:
        stopping = {"answer": {"grounded": False, "policy_claim": True}}
        return {**options["facts"], **(stopping if turn.phase == "completed" else {})}

    shown: list[Any] = []
    with pytest.raises(StepStopped):
        stream(agent(Script("Salainen vastaus."), facts=facts), "Hei", shown)
    assert "Salainen" not in str(shown)


# Retries, traces, names of models.


def test_a_stop_is_never_retried(agent: Made, recorder: Recorder) -> None:
    settings = ModelSettings(
        retry=ModelRetrySettings(
            max_retries=3, policy=lambda _: True, backoff={"initial_delay": 0.0, "jitter": False}
        )
    )
    model = Script("Never said.")
    made = agent(model, keywords={"model_settings": settings})
    with pytest.raises(StepEscalated):
        run(made, "Haluan puhua ihmisen kanssa")
    assert model.seen == []
    assert [verdict.effect for verdict in recorder.verdicts].count("escalate") == 1


def test_a_failure_of_the_vendor_is_retried_under_the_same_verdicts(
    agent: Made, recorder: Recorder
) -> None:
    settings = ModelSettings(
        retry=ModelRetrySettings(
            max_retries=3, policy=lambda _: True, backoff={"initial_delay": 0.0, "jitter": False}
        )
    )
    model = Script(OSError(), OSError(), echo, echo)
    made = agent(model, keywords={"model_settings": settings})
    answer = run(made, f"Olen {EMAIL}")
    assert answer.final_output == f"{DISCLOSURE_FI}\n\nSanoit: Olen {EMAIL}."
    assert EMAIL not in str(model.seen)
    assert len(model.seen) == 3
    assert [event.phase for event in recorder.events].count("completed") == 1
    told = len(recorder.events)
    run(made, f"Olen {EMAIL}")  # the same words again are judged again
    assert len(recorder.events) > told


def test_traces_that_hold_what_is_said_are_refused(agent: Made) -> None:
    set_tracing_disabled(False)
    set_trace_processors([])
    try:
        model = Script("Hei.", "Hei.", "Hei.")
        loud = RunConfig(trace_include_sensitive_data=True)
        with pytest.raises(StepDenied, match="trace_include_sensitive_data=False"):
            run(agent(model), "Hei", run_config=loud)
        assert model.seen == []
        run(agent(model), "Hei")
        run(agent(model), "Hei", run_config=RunConfig(tracing_disabled=True))
        run(agent(model, passing=["tracing"]), "Hei", run_config=loud)
        assert len(model.seen) == 3
    finally:
        set_tracing_disabled(True)


def test_names_are_looked_up_in_the_provider(options: dict[str, Any]) -> None:
    from agents import ModelProvider

    class Provider(ModelProvider):
        def get_model(self, model_name: str | None) -> Any:
            assert model_name in (None, "gpt-5")
            return model

    model = Script(echo, echo)
    for name in (None, "gpt-5"):
        made = govern(Agent(name="sales", model=name), provider=Provider(), **options)
        run(made, f"Olen {EMAIL}")
    assert len(model.seen) == 2
    assert EMAIL not in str(model.seen)


def test_a_model_of_a_run_is_governed_by_itself(
    options: dict[str, Any], tools: list[Any], ran: list[Any], recorder: Recorder
) -> None:
    wanted = call("close_account", customer="x")
    plain = Agent(name="sales", tools=tools)
    model = wrap(Script(wanted), **options)
    with pytest.raises(StepEscalated):
        run(plain, "Hei", run_config=RunConfig(model=model, trace_include_sensitive_data=False))
    assert ran == []
    assert "escalate" in [verdict.effect for verdict in recorder.verdicts]
    with pytest.raises(ConfigurationError, match="already"):
        wrap(model, **options)
    with pytest.raises(ConfigurationError, match="int"):
        wrap(7, **options)


def test_models_may_be_left_to_others(agent: Made, recorder: Recorder, ran: list[Any]) -> None:
    model = Script(call("close_account", customer=EMAIL))
    with pytest.raises(StepEscalated):
        run(agent(model, models=False), f"Olen {EMAIL}")
    assert EMAIL in str(model.seen)
    assert [verdict.step for verdict in recorder.verdicts] == ["decision"]
    assert ran == []


# The SDK's own models, against a fake vendor.


@pytest.mark.parametrize("kind", [OpenAIChatCompletionsModel, OpenAIResponsesModel])
@pytest.mark.parametrize("streamed", [False, True])
def test_the_sdks_own_models(  # noqa: PLR0917
    aimock: Fake, agent: Made, ran: list[Any], recorder: Recorder, kind: Any, streamed: bool
) -> None:
    wanted = [{"name": "order_product", "arguments": '{"product": "lamp", "email": "a@b.example"}'}]
    fixtures = [
        {
            "match": {"userMessage": "lamppu", "hasToolResult": False},
            "response": {"toolCalls": wanted},
        },
        {"match": {"userMessage": "lamppu"}, "response": {"content": "Valmis."}},
    ]
    with aimock(fixtures) as fake:

        async def go() -> str:
            client = AsyncOpenAI(base_url=f"{fake.url}/v1", api_key="none", max_retries=0)
            async with client:
                made = agent(kind(model="gpt-5", openai_client=client))
                given = f"Tilaa lamppu, {EMAIL}"
                if not streamed:
                    return str((await Runner.run(made, given, run_config=QUIET)).final_output)
                result = Runner.run_streamed(made, given, run_config=QUIET)
                async for _ in result.stream_events():
                    pass
                return str(result.final_output)

        assert anyio.run(go).endswith("Valmis.")
        assert EMAIL not in str(fake.bodies())
    assert ran == [("order_product", {"product": "lamp", "email": "a@b.example"})]
    assert decisions(recorder) == ["allow"]


def test_errors_of_the_vendor_come_out_as_they_are(aimock: Fake, agent: Made) -> None:
    from openai import RateLimitError

    with aimock([{"match": {"userMessage": "Hei"}, "response": {"content": "Hei."}}]) as fake:
        fake.chaos(rateLimitRate=1.0)

        async def go() -> Any:
            client = AsyncOpenAI(base_url=f"{fake.url}/v1", api_key="none", max_retries=0)
            async with client:
                made = agent(OpenAIChatCompletionsModel(model="gpt-5", openai_client=client))
                return await Runner.run(made, "Hei", run_config=QUIET)

        with pytest.raises(RateLimitError):
            anyio.run(go)


def test_a_new_way_to_ask_a_model_is_noticed() -> None:
    ways = {"close", "get_response", "get_retry_advice", "stream_response"}
    assert {name for name in dir(Model) if not name.startswith("_")} == ways


def test_the_package_has_its_names() -> None:
    assert [getattr(aboveboard_openai_agents, name) for name in aboveboard_openai_agents.__all__]
    with pytest.raises(AttributeError, match="nothing"):
        aboveboard_openai_agents.nothing  # noqa: B018
