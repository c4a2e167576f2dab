"""A Router: the same object, whose calls are judged for every place that they may reach."""

from __future__ import annotations

from typing import Any

import litellm
import pytest

import aboveboard_litellm
from aboveboard import ConfigurationError, Gate, StepDenied
from aboveboard.ai import Conversation
from aboveboard.organisation import Organisation, example
from aboveboard.testing.recorder import Recorder
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.litellm.conftest import ADDRESS, QUESTION, Vendor, run
from tests.plugins.ai.litellm.test_completion import ANSWER, Wrap

MESSAGES = [{"role": "user", "content": QUESTION}]
EU = "https://eu.api.openai.com/v1"


def deployment(group: str, base: str, model: str = "openai/gpt-5.4-mini", **more: Any) -> Any:
    params = {"model": model, "api_key": "key", "api_base": base, **more}
    return {"model_name": group, "litellm_params": params}


def asked(assistant: tuple[Gate, Recorder]) -> list[tuple[Any, Any]]:
    """Vendor and host of each event that was asked for profiling."""
    facts = [
        event.facts.ai
        for event in assistant[1].events
        if (event.step, event.phase) == ("profiling", "requested")
    ]
    return list(dict.fromkeys((item.vendor, item.base_url_host) for item in facts))


def test_a_router_stays_itself_and_is_governed(
    wrap: Wrap, vendor: Vendor, talk: Conversation
) -> None:
    router = litellm.Router(model_list=[deployment("chat", vendor.url)])
    assert wrap(router) is router
    assert isinstance(router, litellm.Router)
    said = router.completion(model="chat", messages=MESSAGES)
    assert said.choices[0].message.content == f"{DISCLOSURE_FI}\n\n{ANSWER}"
    said = router.completion("chat", MESSAGES)
    said = run(router.acompletion(model="chat", messages=MESSAGES))
    assert said.choices[0].message.content == ANSWER
    assert len(vendor.bodies()) == 3
    assert ADDRESS not in str(vendor.bodies())
    with pytest.raises(ConfigurationError, match="wrapped already"):
        wrap(router)


def profile_of_two() -> Organisation:
    """The example, with an entry for each group of a Router: one vendor's, and another's."""
    made = example()
    assert made.models is not None
    assert made.processors is not None
    entry, runner = made.models["service-assistant"], made.processors["openai_eu"]
    other = runner.model_copy(update={"vendor": "mistral", "hosts": ("api.mistral.ai",)})
    models = {"chat": entry, "other": entry.model_copy(update={"processor": "mistral_eu"})}
    return made.model_copy(
        update={
            "models": {**made.models, **models},
            "processors": {**made.processors, "mistral_eu": other},
        }
    )


def test_each_place_is_judged_by_its_own_entry_of_the_profile(
    options: dict[str, Any], vendor: Vendor
) -> None:
    recorder = Recorder()
    with Gate(organisation=profile_of_two()) as gate:
        gate.register(recorder, inline=True)
        wrapped = {**options, "gate": gate, "model": None, "host": None}
        models = [
            deployment("chat", EU),
            deployment("other", "https://api.mistral.ai/v1", "mistral/mistral-large-latest"),
            deployment("far", "https://api.anthropic.com", "anthropic/claude-x"),
        ]
        given = {"messages": MESSAGES, "mock_response": "Hei."}
        talk = Conversation(subject=gate.pseudonym("customer"), language="fi")
        router = litellm.Router(model_list=models, fallbacks=[{"chat": ["other"]}])
        with talk:
            said = aboveboard_litellm.wrap(router, **wrapped).completion(model="chat", **given)
        assert said.choices[0].message.content.endswith("Hei.")
        places = [
            (event.step, event.facts.ai.model, event.facts.ai.vendor, event.facts.ai.base_url_host)  # type: ignore[union-attr]
            for event in recorder.events
            if event.phase == "requested"
        ]
        for step in ("profiling", "recommendation"):
            assert (step, "chat", "openai", "eu.api.openai.com") in places
            assert (step, "other", "mistral", "api.mistral.ai") in places
        router = litellm.Router(model_list=models, fallbacks=[{"chat": ["other", "far"]}])
        with talk, pytest.raises(StepDenied, match=r"api\.anthropic\.com|R-TRF-02"):
            aboveboard_litellm.wrap(router, **wrapped).completion(model="chat", **given)
    assert vendor.bodies() == []


def test_one_verdict_for_all_retries_and_fallbacks_of_one_host(
    wrap: Wrap, vendor: Vendor, talk: Conversation, assistant: tuple[Gate, Recorder]
) -> None:
    router = litellm.Router(
        model_list=[
            deployment("chat", "http://127.0.0.1:9/v1"),
            deployment("other", vendor.url),
        ],
        fallbacks=[{"chat": ["other"]}],
        num_retries=1,
    )
    wrap(router)
    said = router.completion(model="chat", messages=MESSAGES)
    assert said.choices[0].message.content == f"{DISCLOSURE_FI}\n\n{ANSWER}"
    steps = [(event.step, event.phase) for event in assistant[1].events]
    # Once more after the address was masked.
    assert steps.count(("profiling", "requested")) == 2
    assert steps.count(("recommendation", "requested")) == 1
    assert steps.count(("recommendation", "completed")) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {"fallbacks": [{"chat": ["far"]}]},
        {"fallbacks": [{"*": ["far"]}]},
        {"default_fallbacks": ["far"]},
        {"context_window_fallbacks": [{"chat": ["far"]}]},
        {"content_policy_fallbacks": [{"chat": ["far"]}]},
        {"fallbacks": [{"chat": ["near"]}, {"near": ["far"]}]},
        {"model_group_alias": {"chat": "far"}},
        {"model_list": [deployment("chat", EU), deployment("chat", "https://api.openai.com/v1")]},
        {"model_list": [deployment("chat", EU), deployment("chat", EU, silent_model="far")]},
    ],
    ids=lambda value: next(iter(value)),
)
def test_every_way_to_another_host_is_seen(
    wrap: Wrap, talk: Conversation, settings: dict[str, Any]
) -> None:
    models = [*settings.pop("model_list", [deployment("chat", EU)])]
    models += [deployment("near", EU), deployment("far", "https://api.openai.com/v1")]
    if "model_group_alias" in settings:
        models = models[1:]
    router = wrap(litellm.Router(model_list=models, **settings), host=None)
    with pytest.raises(StepDenied) as stopped:
        router.completion(model="chat", messages=[{"role": "user", "content": "Hei"}])
    assert "runtime.facts_conflict" in str(stopped.value)  # the profile states one host alone


def test_fallbacks_of_one_call(wrap: Wrap, talk: Conversation) -> None:
    router = wrap(litellm.Router(model_list=[deployment("chat", EU)]), host=None)
    hello = [{"role": "user", "content": "Hei"}]
    for fallbacks in (
        [{"model": "chat", "api_base": "https://api.openai.com/v1"}],
        [{"chat": [{"model": "chat", "api_base": "https://api.openai.com/v1"}]}],
        [
            {"model": "chat", "api_base": EU},
            {"model": "chat", "api_base": "https://api.openai.com"},
        ],
    ):
        with pytest.raises(StepDenied, match=r"runtime\.facts_conflict"):
            router.completion(model="chat", messages=hello, fallbacks=fallbacks)
    with pytest.raises(StepDenied, match=r"model_list"):
        router.completion(model="chat", messages=hello, fallbacks=["unknown"])
    with pytest.raises(StepDenied, match=r"runtime\.facts_conflict"):
        router.completion(model="chat", messages=hello, api_base="https://api.openai.com/v1")


def test_a_call_with_no_fallback_asks_for_its_own_place_alone(
    wrap: Wrap, talk: Conversation, assistant: tuple[Gate, Recorder]
) -> None:
    models = [deployment("chat", EU), deployment("far", "https://api.openai.com/v1")]
    router = wrap(litellm.Router(model_list=models), host=None)
    router.completion(
        model="chat", messages=[{"role": "user", "content": "Hei"}], mock_response="Hei."
    )
    assert asked(assistant) == [("openai", "eu.api.openai.com")]


@pytest.mark.parametrize("metadata", [{}, {"user_api_key_team_id": "team"}])
def test_a_wildcard_and_a_default_call_the_name_that_was_asked_for(
    wrap: Wrap, talk: Conversation, assistant: tuple[Gate, Recorder], metadata: Any
) -> None:
    for name, model in (("openai/*", "openai/*"), ("*", "openai/*"), ("*", "*")):
        params = {"model": model, "api_key": "key", "api_base": EU}
        router = litellm.Router(model_list=[{"model_name": name, "litellm_params": params}])
        wrap(router, host=None).completion(
            model="openai/gpt-5.4-mini",
            messages=[{"role": "user", "content": "Hei"}],
            mock_response="Hei.",
            metadata=metadata,
        )
    assert asked(assistant) == [("openai", "eu.api.openai.com")]


def test_with_a_plugin_that_chooses_all_deployments_are_judged(
    wrap: Wrap, talk: Conversation
) -> None:
    class Anywhere:
        async def run(self, context: Any) -> Any:
            """A `RoutingPlugin`: it could leave other candidates."""
            return context

    models = [deployment("chat", EU), deployment("far", "https://api.openai.com/v1")]
    router = litellm.Router(model_list=models, plugins=[Anywhere()])
    with pytest.raises(StepDenied, match=r"runtime\.facts_conflict"):
        wrap(router, host=None).completion(
            model="chat", messages=[{"role": "user", "content": "Hei"}]
        )


def test_with_a_strategy_of_ones_own_all_deployments_are_judged(
    wrap: Wrap, talk: Conversation
) -> None:
    class First(litellm.router.CustomRoutingStrategyBase):  # type: ignore[misc]
        def get_available_deployment(self, *_: Any, **__: Any) -> Any:
            return None

        async def async_get_available_deployment(self, *_: Any, **__: Any) -> Any:
            return None

    models = [deployment("chat", EU), deployment("far", "https://api.openai.com/v1")]
    router = litellm.Router(model_list=models)
    router.register_plugin(First())
    wrap(router, host=None)
    with pytest.raises(StepDenied, match=r"runtime\.facts_conflict"):
        router.completion(model="chat", messages=[{"role": "user", "content": "Hei"}])
    with pytest.raises(StepDenied, match="register_plugin"):
        router.register_plugin(First())


def test_a_deployment_by_its_id(
    wrap: Wrap, talk: Conversation, assistant: tuple[Gate, Recorder]
) -> None:
    router = wrap(litellm.Router(model_list=[deployment("chat", EU)]), host=None)
    [number] = router.registry().names(kind="ids")
    router.completion(
        model=number, messages=[{"role": "user", "content": "Hei"}], mock_response="Hei."
    )
    assert asked(assistant) == [("openai", "eu.api.openai.com")]


def test_one_host_does_not_speak_for_several(wrap: Wrap, talk: Conversation) -> None:
    models = [deployment("chat", EU), deployment("chat", "https://api.openai.com/v1")]
    router = wrap(litellm.Router(model_list=models))
    with pytest.raises(StepDenied, match="Leave 'host' out"):
        router.completion(model="chat", messages=MESSAGES)


def test_functions_fall_back_too(
    wrap: Wrap, vendor: Vendor, talk: Conversation, assistant: tuple[Gate, Recorder]
) -> None:
    given: dict[str, Any] = {
        "model": "openai/gpt-5.4-mini",
        "messages": MESSAGES,
        "api_key": "key",
        "api_base": "http://127.0.0.1:9/v1",
        "max_retries": 0,
    }
    near = [{"model": "openai/gpt-5.4-mini", "api_base": vendor.url}]
    said = wrap(litellm.completion)(**given, fallbacks=near)
    assert said.choices[0].message.content == f"{DISCLOSURE_FI}\n\n{ANSWER}"
    given["api_base"] = EU
    for more in (
        {"fallbacks": [{"model": "openai/x", "api_base": "https://api.openai.com"}]},
        {"fallbacks": ["mistral/mistral-large-latest"], "api_base": None},
        {"context_window_fallback_dict": {"openai/gpt-5.4-mini": "mistral/mistral-large"}},
    ):
        with pytest.raises(StepDenied, match=r"runtime\.facts_conflict"):
            wrap(litellm.completion, host=None)(**{**given, **more})
    assert len(vendor.bodies()) == 1


def test_vendors_of_several_places_are_facts_each(
    wrap: Wrap, talk: Conversation, assistant: tuple[Gate, Recorder]
) -> None:
    """No profile of one vendor speaks for two: the second contradicts it."""
    models = [
        deployment("chat", "http://127.0.0.1:9"),
        deployment("chat", "http://127.0.0.1:9", "mistral/x"),
    ]
    router = wrap(litellm.Router(model_list=models))
    with pytest.raises(StepDenied, match=r"facts_conflict|ai\.vendor"):
        router.completion(model="chat", messages=[{"role": "user", "content": "Hei"}])


def test_a_stream_that_breaks_falls_back_unjudged_text_stays_inside(
    wrap: Wrap, vendor: Vendor, talk: Conversation
) -> None:
    router = litellm.Router(
        model_list=[deployment("chat", "http://127.0.0.1:9/v1"), deployment("other", vendor.url)],
        fallbacks=[{"chat": ["other"]}],
        num_retries=0,
    )
    chunks = list(wrap(router).completion(model="chat", messages=MESSAGES, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == f"{DISCLOSURE_FI}\n\n{ANSWER}"
