"""Every public name of LiteLLM is governed, harmless or refused; what a new version adds is refused."""

from __future__ import annotations

import enum
import inspect
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import litellm
import pytest
from litellm import _lazy_imports_registry as lazy
from pydantic import BaseModel

from aboveboard import StepDenied
from aboveboard.ai import Conversation
from aboveboard_litellm.calls import MARK
from aboveboard_litellm.routes import FUNCTIONS, HARMLESS, ROUTER, ROUTER_HARMLESS
from tests.assistant import DISCLOSURE_FI
from tests.plugins.ai.litellm.conftest import ADDRESS, Ask, Vendor, run
from tests.plugins.ai.litellm.test_completion import ANSWER, Wrap


@pytest.fixture
def router(wrap: Wrap, vendor: Vendor) -> Any:
    params = {"model": "openai/x", "api_key": "key", "api_base": vendor.url}
    return wrap(litellm.Router(model_list=[{"model_name": "chat", "litellm_params": params}]))


def public(router: Any) -> Iterator[tuple[str, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in dir(router):
            if not name.startswith("_") and callable(value := getattr(router, name, None)):
                yield name, value


def test_every_method_of_a_router_is_known(router: Any) -> None:
    found = dict(public(router))
    assert len(found) > 250
    loose = [name for name, value in found.items() if not hasattr(value, MARK)]
    assert set(loose) <= ROUTER_HARMLESS
    assert {name for name in ROUTER if name not in found} == {"moderation"}  # it has only the async
    assert sorted(ROUTER_HARMLESS - set(dir(router))) == []


def test_no_harmless_method_of_a_router_sends(router: Any) -> None:
    """None takes a prompt to a vendor, as far as its name and its arguments tell."""
    words = ("completion", "file", "image", "speech", "upload", "message")
    for name in ROUTER_HARMLESS:
        assert not any(word in name for word in words), name


def test_refused_methods_of_a_router(router: Any, vendor: Vendor) -> None:
    refused = [
        (name, value)
        for name, value in public(router)
        if hasattr(value, MARK) and name not in ROUTER
    ]
    assert len(refused) > 140
    for name, call in refused:
        with pytest.raises(StepDenied) as stopped:
            call(model="chat", messages=[], input="x")
        [finding] = stopped.value.verdict.findings
        assert (finding.rule, f"passing=['{name}']" in finding.remedy) == (
            "runtime.not_governed",
            True,
        )
    assert vendor.bodies() == []


def test_a_refused_call_may_be_let_through(wrap: Wrap) -> None:
    router = wrap(litellm.Router(model_list=[]), passing=["search"])
    with pytest.raises(Exception) as failed:  # noqa: PT011  (LiteLLM's own: no tool is configured)
        router.search(query="x")
    assert not isinstance(failed.value, StepDenied)


def names() -> set[str]:
    """Names of `litellm`, those that it loads when they are asked for too."""
    found = set(dir(litellm))
    for held in vars(lazy).values():
        if isinstance(held, tuple | list | set | frozenset):
            found |= {name for name in held if isinstance(name, str) and name.isidentifier()}
    return {name for name in found if not name.startswith("_")}


def test_every_name_of_the_module_is_known(wrap: Wrap) -> None:
    llm = wrap(litellm)
    governed, refused, passed = [], [], {}
    for name in names():
        try:
            value = getattr(llm, name)
        except (StepDenied, AttributeError):
            refused.append(name)
            continue
        except ImportError:
            continue  # an extra of LiteLLM that is not installed
        if hasattr(value, MARK):
            (governed if name in FUNCTIONS else refused).append(name)
        else:
            passed[name] = value
    assert sorted(governed) == sorted(FUNCTIONS)
    assert {"Router", "image_generation", "speech", "acreate_file", "OpenAI", "main"} <= set(
        refused
    )
    for name, value in passed.items():
        if isinstance(value, ModuleType):
            assert name in ("exceptions", "types")
        elif inspect.isclass(value):
            assert issubclass(value, BaseException | BaseModel | dict) or _is_data(name, value), (
                name
            )
        elif callable(value):
            assert name in HARMLESS, name


def _is_data(name: str, value: type) -> bool:
    return issubclass(value, enum.Enum) or name in (
        "Cache",
        "CustomLogger",
        "CustomStreamWrapper",
        "TextCompletionStreamWrapper",
    )


def test_harmless_functions_are_there() -> None:
    assert [name for name in sorted(HARMLESS) if not hasattr(litellm, name)] == []


def test_the_module_as_a_client(wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation) -> None:
    llm = wrap(litellm)
    assert llm.completion(**ask()).choices[0].message.content == f"{DISCLOSURE_FI}\n\n{ANSWER}"
    said = run(llm.acompletion(**ask()))
    assert said.choices[0].message.content == ANSWER
    assert ADDRESS not in str(vendor.bodies())
    assert llm.completion is llm.completion
    assert isinstance(llm, ModuleType)
    llm.drop_params = True
    assert litellm.drop_params is True
    llm.drop_params = False
    assert issubclass(llm.exceptions.Timeout, Exception)
    assert llm.RateLimitError is litellm.RateLimitError
    assert litellm.completion is not llm.completion
    with pytest.raises(StepDenied, match="Router"):
        llm.Router(model_list=[])
    with pytest.raises(StepDenied):
        llm.image_generation(prompt=ADDRESS)
    with pytest.raises(StepDenied):
        _ = llm.main
