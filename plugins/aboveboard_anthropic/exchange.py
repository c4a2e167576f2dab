"""What blocking and async requests have in common: routes, calls, and responses of what was judged."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from aboveboard.ai import Guard, ModelCall
from aboveboard_anthropic.places import is_a, is_whole, origin, where
from aboveboard_anthropic.requests import message_call
from aboveboard_anthropic.responses import whole
from aboveboard_anthropic.routes import Route, route_of

__all__ = ["Exchange", "message_of", "result_of"]

_RAW = "X-Stainless-Raw-Response"  # how the SDK marks a call that wants the response itself
_WITHOUT_ANSWER = ("canceled", "errored", "expired")
_CAST = "____stainless_override_cast_to"


class Exchange:
    """Stands in place of the `request` of one client.

    Args:
        client: of the SDK.
        guard: judges.
    """

    def __init__(self, client: Any, guard: Guard) -> None:
        self.client = client
        self.guard = guard
        self.send = client.request

    def route(self, options: Any) -> Route:
        """What becomes of a request.

        Raises:
            StepDenied: nobody governs it.
        """
        base = self.client.base_url
        route = route_of(options, base.path)
        if route.handling == "refuse":
            self.guard.refuse(route.name)
            return Route("plain", route.name)
        if is_whole(url := str(options.url)) and origin(url) != origin(str(base)):
            # What `host` says of the client does not hold there.
            name = f"{route.name}.elsewhere"
            self.guard.refuse(name, f"'{name}': it goes to another host than the client's own.")
        if route.handling != "plain" and (options.content or options.files):
            name = f"{route.name}.raw"
            self.guard.refuse(name, f"'{name}': nobody reads a body that is given as bytes.")
            return Route("plain", name)
        return route

    def calls(self, route: Route, sent: Any) -> list[ModelCall]:
        """What a request sends, to be judged before it leaves. Its texts stand in `sent`.

        Args:
            route: of the request.
            sent: its options, prepared: a copy of what the program gave.
        """
        if route.handling == "results":
            return []
        place = where(self.client, str(sent.url))
        body = sent.json_data if isinstance(sent.json_data, dict) else {"messages": sent.json_data}
        if route.handling != "batch":
            return [message_call(body, route.name, place, answers=route.handling == "message")]
        # The answers are asked for, and judged, when the results are.
        return [message_call(item, route.name, place, answers=False) for item in _items(body)]

    def result_call(self, message: dict[str, Any], url: str) -> ModelCall:
        """Asks for one answer of a batch. What it answers was judged when it left."""
        asked = {"model": message.get("model")}
        return message_call(asked, "messages.batches.results", where(self.client, url))

    def asking(self, sent: Any) -> Any:
        """The options of the same request, for whose answer the SDK gives the response itself."""
        asked = copy.copy(sent)
        headers = dict(_headers(sent))
        headers.pop(_CAST, None)
        asked.headers = {**headers, _RAW: "raw"}
        return asked

    def wants_response(self, options: Any) -> bool:
        """The program asked for the response itself, by `with_raw_response` or its like."""
        return bool(_headers(options).get(_RAW))

    def unread(self, route: Route, answer: Any) -> Any:
        """The response that the SDK gave.

        Raises:
            TypeError: a middleware of the client gave something else in its place.
        """
        if not hasattr(answer, "http_response"):
            msg = (
                f"A middleware answered {route.name} by itself, with a {type(answer).__name__}: nobody "
                "judges that. Let it give the response of the next one."
            )
            raise TypeError(msg)
        return answer

    def response(self, answer: Any, raw: Any, cast_to: Any, sent: Any, **how: Any) -> Any:
        """The SDK's response of what was judged.

        Args:
            answer: the SDK's response of what the vendor sent.
            raw: the HTTP response that holds what was judged.
            cast_to: what the SDK makes of it.
            sent: the options of the request.
            how: whether it is a stream, and of which class.
        """
        client = self.client
        if is_a(client, "AnthropicBedrock"):
            client = _ReadsEvents(client)
        return type(answer)(
            raw=raw,
            cast_to=cast_to,
            client=client,
            options=sent,
            retries_taken=answer.retries_taken,
            **how,
        )


class _ReadsEvents:
    """A client of Bedrock that reads server-sent events: what was judged comes as these."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def _make_sse_decoder(self) -> Any:
        from anthropic._streaming import SSEDecoder

        return SSEDecoder()


def message_of(raw: Any) -> dict[str, Any]:
    """The message that a response holds.

    Raises:
        anthropic.APIResponseValidationError: it holds none, so nobody can judge it.
    """
    try:
        message = raw.json()
    except ValueError:
        message = None
    return _message(message, raw)


def result_of(line: str, raw: Any) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """A line of a batch's results, and the message in it; None where the request came to nothing.

    Raises:
        anthropic.APIResponseValidationError: it is no such line, so nobody can judge it.
    """
    try:
        item = json.loads(line)
    except ValueError:
        item = None
    result = item.get("result") if isinstance(item, dict) else None
    if isinstance(result, dict) and result.get("type") in _WITHOUT_ANSWER:
        return item, None
    message = result.get("message") if isinstance(result, dict) else None
    return item, _message(message, raw)


def _message(message: Any, raw: Any) -> dict[str, Any]:
    if isinstance(message, dict) and isinstance(message.get("content"), list):
        return message
    from anthropic import APIResponseValidationError

    msg = "The vendor's answer is no message, so nobody can judge it."
    raise APIResponseValidationError(response=whole(raw, None), body=None, message=msg)


def _items(body: dict[str, Any]) -> list[dict[str, Any]]:
    requests = body.get("requests")
    given = requests if isinstance(requests, list) else [requests]
    params = [item.get("params") if isinstance(item, dict) else item for item in given]
    return [item if isinstance(item, dict) else {"params": item} for item in params]


def _headers(options: Any) -> Mapping[str, Any]:
    return options.headers if isinstance(options.headers, Mapping) else {}
