"""What an agent's model is told and says, whatever chat model it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import anyio
import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    ModelFallbackMiddleware,
    ModelRetryMiddleware,
)
from langchain.agents.structured_output import ToolStrategy
from langchain_core.caches import InMemoryCache
from langchain_core.globals import set_llm_cache
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from pydantic import BaseModel

import aboveboard_langchain
from aboveboard import ConfigurationError, StepDenied, StepEscalated, StepStopped
from aboveboard.ai import Conversation, Tool
from aboveboard.testing.recorder import Recorder
from aboveboard_langchain import GateMiddleware, wrap
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.langchain.conftest import DECLARED, EMAIL, ask, call, script

Made = Callable[..., Any]
PRESSED = "Osta nyt! Vain 2 jäljellä, tarjous päättyy tänään klo 18."


def echo(asked: list[Any]) -> str:
    return f"Sanoit: {asked[-1].text}."


def test_an_address_is_masked_and_put_back_and_the_person_is_told_first(
    agent: Made, options: dict[str, Any], log: list[Any]
) -> None:
    model = script(echo)
    given = HumanMessage(f"Olen {EMAIL}", name="aino@example.com")
    answer = agent(model).invoke({"messages": [given]})["messages"][-1]
    assert EMAIL not in str(model.seen)
    assert "aino@example.com" not in str(model.seen)
    assert answer.text == f"{DISCLOSURE_FI}\n\nSanoit: Olen {EMAIL}."
    assert given.content == f"Olen {EMAIL}"
    assert options["conversation"].disclosed_at is not None
    assert EMAIL not in str(log)


def test_a_pressed_answer_is_stopped(agent: Made, recorder: Recorder) -> None:
    model = script(PRESSED)
    with pytest.raises(StepStopped) as stopped:
        agent(model).invoke(ask("Hei"))
    assert len(model.seen) == 1
    assert recorder.events[-1].phase == "completed"
    assert PRESSED not in str(stopped.value)


def test_who_asks_for_a_human_is_handed_over(agent: Made) -> None:
    handed: list[Any] = []
    model = script("Never said.")
    with pytest.raises(StepEscalated):
        agent(model, handover=lambda case: handed.append(case) or "case-1").invoke(
            ask("Haluan puhua ihmisen kanssa")
        )
    assert model.seen == []
    assert len(handed) == 1


def test_arguments_and_results_of_tools_are_masked_on_their_way_to_the_model(
    agent: Made, ran: list[Any]
) -> None:
    model = script(call("order_product", product="lamp", email=EMAIL), echo)
    agent(model).invoke(ask("Hei"))
    assert EMAIL not in str(model.seen[1])
    assert ran[0][1]["email"] == EMAIL


# Streams.


def test_streams_show_what_was_judged_and_nothing_before(agent: Made) -> None:
    made = agent(script(echo, echo, echo))
    parts = [
        chunk.text for chunk, _ in made.stream(ask(f"Olen {EMAIL}"), stream_mode="messages")
        if chunk.type != "human"
    ]  # fmt: skip
    assert "".join(parts) == f"{DISCLOSURE_FI}\n\nSanoit: Olen {EMAIL}."

    async def events() -> str:
        said = [event async for event in made.astream_events(ask(f"Olen {EMAIL}"), version="v2")]
        return str([event["data"] for event in said if event["event"].startswith("on_chat_model_")
                    and event["event"] != "on_chat_model_start"])  # fmt: skip

    told = anyio.run(events)
    assert f"Olen {EMAIL}" in told
    assert "[EMAIL" not in told


def test_a_stream_that_is_stopped_shows_nothing(agent: Made, options: dict[str, Any]) -> None:
    facts = {**options["facts"], "answer": {"grounded": False, "policy_claim": True}}
    made = agent(script("Salainen vastaus."), facts=answer_only(facts))
    shown: list[Any] = []
    with pytest.raises(StepStopped):
        shown.extend(made.stream(ask("Hei"), stream_mode="messages"))

    async def events() -> None:
        async for event in agent(
            script("Salainen vastaus."), facts=answer_only(facts)
        ).astream_events(ask("Hei"), version="v2"):
            shown.append(event)  # noqa: PERF401  (what came before the stop counts)

    with pytest.raises(StepStopped):
        anyio.run(events)
    assert "Salainen" not in str(shown)


def answer_only(facts: dict[str, Any]) -> Callable[[Any], dict[str, Any]]:
    """Facts that stop an answer, and let the question leave."""

    def tell(turn: Any) -> dict[str, Any]:
        lawful = {
            **facts,
            "answer": {"grounded": True, "policy_claim": False, "confidence_bp": 9500},
        }
        return facts if turn.phase == "completed" else lawful

    return tell


@pytest.mark.filterwarnings("ignore:.*(beta|deprecated)")
def test_every_way_to_call_a_model_is_judged(options: dict[str, Any], recorder: Recorder) -> None:
    async def all_of(stream: Any) -> str:
        return "".join([getattr(chunk, "text", "") for chunk in [each async for each in stream]])

    async def events(model: Any) -> str:
        return str([each async for each in model.astream_events(asked, version="v2")
                    if each["event"] in ("on_chat_model_stream", "on_chat_model_end")])  # fmt: skip

    async def events3(model: Any) -> str:
        stream = await model.astream_events(asked, version="v3")
        return str([each async for each in stream])

    async def log(model: Any) -> str:
        return str([each async for each in model.astream_log(asked)][-1])

    asked = [HumanMessage(f"Olen {EMAIL}")]
    ways: dict[str, Callable[[Any], Any]] = {
        "invoke": lambda model: model.invoke(asked).text,
        "ainvoke": lambda model: anyio.run(model.ainvoke, asked).text,
        "stream": lambda model: "".join(chunk.text for chunk in model.stream(asked)),
        "astream": lambda model: anyio.run(all_of, model.astream(asked)),
        "batch": lambda model: model.batch([asked])[0].text,
        "abatch": lambda model: anyio.run(model.abatch, [asked])[0].text,
        "batch_as_completed": lambda model: str(list(model.batch_as_completed([asked]))),
        "generate": lambda model: model.generate([asked]).generations[0][0].text,
        "agenerate": lambda model: anyio.run(model.agenerate, [asked]).generations[0][0].text,
        "stream_events": lambda model: str(list(model.stream_events(asked, version="v3"))),
        "astream_events": lambda model: anyio.run(events, model),
        "astream_events v3": lambda model: anyio.run(events3, model),
        "astream_log": lambda model: anyio.run(log, model),
    }
    for name, way in ways.items():
        recorder.clear()
        model = script(echo)
        said = way(wrap(model, **{**options, "conversation": Conversation(language="fi")}))
        assert EMAIL not in str(model.seen), name
        assert f"Olen {EMAIL}" in said, name
        assert "[EMAIL" not in said, name
        assert [verdict.step for verdict in recorder.verdicts][-1] == "recommendation", name
        assert recorder.events[-1].phase == "completed", name


def test_a_new_way_to_call_a_model_is_noticed() -> None:
    ways = {
        "invoke", "ainvoke", "stream", "astream", "batch", "abatch", "batch_as_completed",
        "abatch_as_completed", "generate", "agenerate", "generate_prompt", "agenerate_prompt",
        "stream_events", "astream_events", "astream_log", "transform", "atransform",
    }  # fmt: skip
    apart = {
        "as_tool", "asdict", "assign", "bind", "bind_tools", "config_schema", "configurable_alternatives",
        "configurable_fields", "construct", "copy", "dict", "from_orm", "get_config_jsonschema",
        "get_graph", "get_input_jsonschema", "get_input_schema", "get_lc_namespace", "get_name",
        "get_num_tokens", "get_num_tokens_from_messages", "get_output_jsonschema",
        "get_output_schema", "get_prompts", "get_token_ids", "is_lc_serializable", "json", "lc_id",
        "map", "model_computed_fields", "model_construct", "model_copy", "model_dump",
        "model_dump_json", "model_fields", "model_json_schema", "model_parametrized_name",
        "model_post_init", "model_rebuild", "model_validate", "model_validate_json",
        "model_validate_strings", "parse_file", "parse_obj", "parse_raw", "pick", "pipe", "schema",
        "schema_json", "set_verbose", "to_json", "to_json_not_implemented", "update_forward_refs",
        "validate", "with_alisteners", "with_config", "with_fallbacks", "with_listeners",
        "with_retry", "with_structured_output", "with_types",
    }  # fmt: skip
    found = {
        name for name in dir(BaseChatModel)
        if not name.startswith("_") and callable(getattr(BaseChatModel, name, None))
    }  # fmt: skip
    assert found - ways - apart == set()


# Retries, fallbacks, caches.


def test_a_failure_of_the_vendor_is_retried_under_the_same_verdicts(
    agent: Made, recorder: Recorder
) -> None:
    model = script(OSError(), OSError(), "Hei.")
    retry = ModelRetryMiddleware(max_retries=3, initial_delay=0.0, jitter=False)
    answer = agent(model, inside=[retry]).invoke(ask("Hei"))
    assert len(model.seen) == 3
    told = [(event.step, event.phase) for event in recorder.events]
    assert told == [
        ("profiling", "requested"), ("recommendation", "requested"), ("recommendation", "completed"),
    ]  # fmt: skip
    assert answer["messages"][-1].text.count(DISCLOSURE_FI) == 1


def test_a_stop_is_not_retried(agent: Made, recorder: Recorder) -> None:
    retry = ModelRetryMiddleware(max_retries=3, initial_delay=0.0, jitter=False)
    model = script("Never said.")
    with pytest.raises(StepEscalated):
        agent(model, inside=[retry]).invoke(ask("Haluan puhua ihmisen kanssa"))
    assert model.seen == []
    assert [verdict.effect for verdict in recorder.verdicts].count("escalate") == 1


def test_an_answer_of_a_model_that_nobody_governs_is_refused(
    agent: Made, options: dict[str, Any]
) -> None:
    other = script("Kukaan ei lukenut tätä.")
    with pytest.raises(StepDenied, match="not governed"):
        agent(script(OSError()), inside=[ModelFallbackMiddleware(other)]).invoke(ask("Hei"))
    governed = wrap(script("Luettu."), **options)
    answer = agent(script(OSError()), inside=[ModelFallbackMiddleware(governed)]).invoke(ask("Hei"))
    assert answer["messages"][-1].text.endswith("Luettu.")


def test_an_answer_that_middleware_writes_itself_is_refused(agent: Made) -> None:
    class Writes(AgentMiddleware):
        def wrap_model_call(self, request: Any, handler: Any) -> Any:
            return AIMessage("Kirjoitin itse.")

    with pytest.raises(StepDenied, match="not governed"):
        agent(script(), inside=[Writes()]).invoke(ask("Hei"))
    answer = agent(script(), inside=[Writes()], passing=["wrap_model_call"]).invoke(ask("Hei"))
    assert answer["messages"][-1].text == "Kirjoitin itse."


def test_an_answer_never_comes_out_of_a_cache_unjudged(options: dict[str, Any]) -> None:
    set_llm_cache(InMemoryCache())
    try:
        model = script("Yksi.", "Kaksi.")
        governed = wrap(model, **options)
        said = [governed.invoke("Hei").text for _ in range(2)]
    finally:
        set_llm_cache(None)
    assert said[1] == "Kaksi."


# Tools that a vendor runs, structured output, other forms.


def test_a_tool_that_the_vendor_runs_is_refused_unless_it_is_declared(
    options: dict[str, Any],
) -> None:
    search = {"type": "web_search_20250305", "name": "web_search"}
    model = script("Hei.", "Hei.")
    gate = GateMiddleware(**options)
    with pytest.raises(StepDenied, match="web_search"):
        create_agent(model, [search], middleware=[gate]).invoke(ask("Hei"))
    assert model.seen == []
    declared = {**DECLARED, "web_search": Tool(scope="web.read", acts=False, trusted=True)}
    gate = GateMiddleware(**{**options, "tools": declared})
    create_agent(model, [search], middleware=[gate]).invoke(ask("Hei"))
    assert len(model.seen) == 1
    with pytest.raises(StepDenied, match="web_search"):
        wrap(script("Hei."), **options).invoke("Hei", tools=[search])


class Reply(BaseModel):
    """How it ended."""

    text: str
    address: str


def shaped(asked: list[Any]) -> AIMessage:
    word = asked[-1].text.split()[-1]
    return call("Reply", text="Kiitos.", address=word)


@pytest.mark.parametrize("wanted", [Reply, ToolStrategy(Reply)], ids=["plain", "strategy"])
def test_structured_output_is_an_answer_and_no_tool_call(
    agent: Made, recorder: Recorder, wanted: Any
) -> None:
    model = script(shaped, shaped)
    made = agent(model, disclose=lambda _: None, keywords={"response_format": wanted})
    talk = made.invoke(ask(f"Olen {EMAIL}"))
    answer = talk["structured_response"]
    assert answer == Reply(text="Kiitos.", address=EMAIL)
    assert [verdict.step for verdict in recorder.verdicts].count("decision") == 0
    assert recorder.events[-1].phase == "completed"
    made.invoke({"messages": [*talk["messages"], HumanMessage("Entä nyt?")]})
    assert EMAIL not in str(model.seen)


def test_a_notice_does_not_fit_into_structured_output(agent: Made) -> None:
    with pytest.raises(StepDenied, match="disclose"):
        agent(script(shaped), keywords={"response_format": Reply}).invoke(ask("Hei x"))


def test_structured_output_of_a_model_by_itself(options: dict[str, Any]) -> None:
    governed = wrap(script(shaped), **{**options, "disclose": lambda _: None})
    answer = governed.with_structured_output(Reply).invoke(f"Olen {EMAIL}")
    assert answer == Reply(text="Kiitos.", address=EMAIL)


def test_a_model_by_itself_decides_on_tools_with_its_answer(
    options: dict[str, Any], tools: list[Any], recorder: Recorder
) -> None:
    governed = wrap(script(call("close_account", customer="x")), **options)
    with pytest.raises(StepEscalated):
        governed.bind_tools(tools).invoke("Hei")
    assert "escalate" in [verdict.effect for verdict in recorder.verdicts]


def test_parts_of_messages_are_read(
    options: dict[str, Any], tools: list[Any], recorder: Recorder
) -> None:
    said = [
        {"type": "thinking", "thinking": "Hmm [x]"},
        {"type": "text", "text": "Hei.", "annotations": [{"url": "https://example.com/a"}]},
        {"type": "tool_use", "id": "1", "name": "find_products", "input": {"query": "lamp"}},
    ]
    model = script(
        AIMessage(
            said,
            tool_calls=[{"name": "find_products", "args": {"query": "lamp"}, "id": "1"}],
            response_metadata={"stop_reason": "tool_use", "model_name": "model-1"},
            usage_metadata={"input_tokens": 3, "output_tokens": 4, "total_tokens": 7},
        )
    )
    asked = [
        SystemMessage("Olet myyjä."),
        HumanMessage([{"type": "text", "text": f"Olen {EMAIL}"}]),
        AIMessage("", tool_calls=[{"name": "find_products", "args": {"query": EMAIL}, "id": "0"}]),
        ToolMessage(f"a lamp of {EMAIL}", tool_call_id="0"),
    ]
    reports: list[Any] = []
    keywords = {**options, "on_report": reports.append, "disclose": lambda _: None}
    answer = wrap(model, **keywords).bind_tools(tools[1:2]).invoke(asked)
    assert EMAIL not in str(model.seen)
    assert answer.content == said
    assert reports[-1].outcome == "tool_calls"
    assert reports[-1].model == "model-1"
    assert reports[-1].tokens == 7
    (completed,) = [event for event in recorder.events if event.phase == "completed"]
    assert list(completed.facts.answer.sources) == ["https://example.com/a"]
    assert asked[1].content == [{"type": "text", "text": f"Olen {EMAIL}"}]


def test_a_talk_around_the_call_reaches_every_tool(
    agent: Made, ran: list[Any], options: dict[str, Any]
) -> None:
    talk = Conversation(language="fi")
    made = agent(
        script(call("order_product", product="lamp", email=EMAIL), "Valmis."), conversation=None
    )
    with talk:
        made.invoke(ask("Hei"))
    assert talk.disclosed_at is not None
    assert options["conversation"].disclosed_at is None
    assert len(ran) == 1


def test_where_a_model_is_asked_is_told(options: dict[str, Any], recorder: Recorder) -> None:
    class Somewhere(GenericFakeChatModel):
        base_url: str = "https://EU.Example.com/v1"
        model_name: str = "model-1"

        def _get_ls_params(self, stop: Any = None, **kwargs: Any) -> Any:
            return {"ls_provider": "somewhere"}

    model = Somewhere(messages=iter(["Hei."]))
    unsaid = {name: options[name] for name in options if name not in ("host", "model")}
    with suppress(StepStopped):
        wrap(model, **unsaid).invoke("Hei")
    told = recorder.events[0].facts
    assert told.ai.base_url_host == "eu.example.com"
    assert told.ai.vendor == "somewhere"
    assert told.ai.model == "model-1"
    assert told.security.tls is True


def test_turns_that_lie_at_the_vendor_cannot_be_read(options: dict[str, Any]) -> None:
    model = script("Never said.")
    with pytest.raises(StepStopped, match="stored"):
        wrap(model, **options).invoke("Hei", previous_response_id="r1")
    assert model.seen == []


def test_what_is_sent_beside_the_talk_is_masked(options: dict[str, Any]) -> None:
    model = script("Hei.")
    wrap(model, **options).invoke("Hei", user=EMAIL, extra_body={"who": EMAIL}, temperature=0)
    (sent,) = model.bound
    assert EMAIL not in str(sent)
    assert str(sent).count("[EMAIL") == 2
    assert sent["temperature"] == 0


def test_a_picture_cannot_be_read(options: dict[str, Any]) -> None:
    model = script("Never said.")
    picture = {"type": "image", "base64": "AAAA", "mime_type": "image/png"}
    with pytest.raises(StepStopped, match="image"):
        wrap(model, **options).invoke([HumanMessage([{"type": "text", "text": "Hei"}, picture])])
    assert model.seen == []


def test_a_governed_model_is_what_it_was(options: dict[str, Any]) -> None:
    model = script("Hei.")
    governed = wrap(model, **options)
    assert isinstance(governed, type(model))
    assert type(governed).__name__ == "Script"
    assert "_aboveboard" not in repr(governed)
    copied = governed.model_copy(update={"name": "other"})
    assert copied.invoke("Hei").text.endswith("Hei.")
    with pytest.raises(ConfigurationError, match="already"):
        wrap(governed, **options)
    with pytest.raises(ConfigurationError, match="str"):
        wrap("gpt-5", **options)


def test_counting_at_the_vendors_is_refused(options: dict[str, Any]) -> None:
    class Counting(GenericFakeChatModel):
        def get_num_tokens_from_messages(self, messages: Any, tools: Any = None) -> int:
            return 7

    model = Counting(messages=iter(()))
    with pytest.raises(StepDenied, match="get_num_tokens_from_messages"):
        wrap(model, **options).get_num_tokens_from_messages([HumanMessage("Hei")])
    passing = wrap(model, **options, passing=["get_num_tokens_from_messages"])
    assert passing.get_num_tokens_from_messages([HumanMessage("Hei")]) == 7


def test_the_package_has_its_names() -> None:
    assert [getattr(aboveboard_langchain, name) for name in aboveboard_langchain.__all__]
    with pytest.raises(AttributeError, match="nothing"):
        aboveboard_langchain.nothing  # noqa: B018
