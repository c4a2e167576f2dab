"""A judged answer as the events of a stream."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

__all__ = ["events"]


def events(response: Any, model: str | None) -> Iterator[Any]:
    """The events of an answer that is there as a whole.

    Args:
        response: a `ModelResponse`.
        model: its name, as far as known.
    """
    from openai.types.responses import (
        Response,
        ResponseCompletedEvent,
        ResponseOutputItemDoneEvent,
        ResponseTextDeltaEvent,
    )

    number = 0
    for place, item in enumerate(response.output):
        if item.type == "message":
            for index, part in enumerate(item.content):
                if part.type == "output_text" and part.text:
                    yield ResponseTextDeltaEvent(
                        content_index=index,
                        delta=part.text,
                        item_id=item.id,
                        logprobs=[],
                        output_index=place,
                        sequence_number=number,
                        type="response.output_text.delta",
                    )
                    number += 1
        yield ResponseOutputItemDoneEvent(
            item=item, output_index=place, sequence_number=number, type="response.output_item.done"
        )
        number += 1
    whole = Response(
        id=response.response_id or "judged",
        created_at=time.time(),
        model=model or "unknown",
        object="response",
        output=response.output,
        tool_choice="auto",
        tools=[],
        parallel_tool_calls=True,
        usage=_usage(response.usage),
    )
    yield ResponseCompletedEvent(response=whole, sequence_number=number, type="response.completed")


def _usage(used: Any) -> Any:
    from openai.types.responses import ResponseUsage

    return ResponseUsage(
        input_tokens=used.input_tokens,
        input_tokens_details=used.input_tokens_details,
        output_tokens=used.output_tokens,
        output_tokens_details=used.output_tokens_details,
        total_tokens=used.total_tokens,
    )
