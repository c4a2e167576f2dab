"""What LiteLLM's callbacks get, and why they cannot stand in the place of a wrap."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import litellm
import pytest
from litellm.integrations.custom_logger import CustomLogger

from aboveboard import StepEscalated
from aboveboard.ai import Conversation
from tests.plugins.ai.litellm.conftest import ADDRESS, Ask, Vendor, run
from tests.plugins.ai.litellm.test_completion import Wrap


class Blocking(CustomLogger):  # type: ignore[misc]
    def log_pre_api_call(self, *_: Any, **__: Any) -> None:
        msg = "do not send this"
        raise RuntimeError(msg)


class Keeping(CustomLogger):  # type: ignore[misc]
    """Keeps all that it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Any] = []
        self.done = threading.Event()

    def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
        self.told += [messages, kwargs]

    def log_success_event(self, kwargs: Any, response_obj: Any, *_: Any, **__: Any) -> None:
        self.told += [kwargs, response_obj]
        whole = ("complete_streaming_response", "async_complete_streaming_response")
        if not kwargs.get("stream") or any(kwargs.get(key) for key in whole):
            self.done.set()

    async def async_log_success_event(
        self, kwargs: Any, response_obj: Any, *_: Any, **__: Any
    ) -> None:
        self.log_success_event(kwargs, response_obj)


def test_a_callback_that_raises_does_not_block_and_a_wrap_does(
    wrap: Wrap, ask: Ask, vendor: Vendor, talk: Conversation
) -> None:
    litellm.callbacks = [Blocking()]
    litellm.completion(**ask("hei"))
    assert len(vendor.bodies()) == 1  # it was sent all the same
    with pytest.raises(StepEscalated):
        wrap(litellm.completion)(**ask("Haluan puhua ihmisen kanssa."))
    assert len(vendor.bodies()) == 1


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("awaited", [False, True])
def test_callbacks_get_masks(
    wrap: Wrap, ask: Ask, talk: Conversation, *, stream: bool, awaited: bool
) -> None:
    completion = wrap(litellm.completion)
    completion(**ask())
    [mask] = talk._masks._value_of  # type: ignore[union-attr]
    kept = Keeping()
    litellm.callbacks = [kept]
    given = ask(stream=stream, mock_response=f"Lähetin sen: {mask}. Kiitos.")

    async def course() -> str:
        result = await wrap(litellm.acompletion)(**given)
        if stream:
            result = [chunk async for chunk in result]
        for _ in range(200):
            if kept.done.is_set():
                break
            await asyncio.sleep(0.02)
        return str(result)

    if awaited:
        shown = run(course())
    else:
        result = completion(**given)
        shown = str(list(result) if stream else result)
    assert kept.done.wait(10)
    assert ADDRESS in shown
    assert mask in str(kept.told)
    assert ADDRESS not in str(kept.told)
