"""The four steps as `with` blocks, for what is no function of its own.

    with profiling(purpose="lead_scoring", subject=lead.id, facts={...}) as step:
        score = model.predict(lead)
        return step.complete(score)

Entering decides on what would be done. `complete` decides on what came out and gives it back with
the obligations done; it may be called for each of several results. A block that is left without it
is judged all the same, with nothing more known; an exception passes unchanged and judges nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from aboveboard.errors import SignatureError
from aboveboard.facts.merging import EACH, as_mapping, merge
from aboveboard.nesting import enter, leave
from aboveboard.steps.facts_function import FactsFunction
from aboveboard.steps.judging import Judge
from aboveboard.steps.signature import RESULT, Field, Signature, read_result
from aboveboard.steps.telling import Call, Options, empty_fields

if TYPE_CHECKING:
    from types import FrameType

    from aboveboard.events import StepEvent
    from aboveboard.facts import Phase, Step
    from aboveboard.verdicts import Verdict

__all__ = ["AsyncStepBlock", "Blocks", "StepBlock"]

T = TypeVar("T")

_NOTHING = Signature(
    parameters={},
    arguments=(),
    result=(),
    subject=None,
    many=(),
    models=(),
    result_models=(),
)


class StepBlock:
    """What `with profiling(...) as step:` gives.

    Attributes:
        verdict: of entering the block.
        completed: of the last `complete`, or None.
    """

    def __init__(self, judge: BlockJudge, call: Call, verdict: Verdict) -> None:
        self._judge = judge
        self._call = call
        self._used = False
        self.verdict = verdict
        self.completed: Verdict | None = None

    @overload
    def complete(self, result: T, *, facts: Mapping[str, Any] | None = None) -> T: ...
    @overload
    def complete(self, *, facts: Mapping[str, Any] | None = None) -> None: ...
    def complete(self, result: Any = None, *, facts: Mapping[str, Any] | None = None) -> Any:
        """Decide on what came out.

        Args:
            result: what came out. The fields of a model, or of a list of one, are read from its
                class and cut where a policy asks for it.
            facts: what is known of it, nested or dotted.

        Returns:
            The result, with the obligations done.

        Raises:
            StepDenied, StepEscalated: it must not be used.
        """
        call, fields = self._begin(result)
        try:
            if fields and self._judge.collect(call, fields, facts):
                self._judge.before(call)
            self._judge.give(call, fields)
            return self._judge.after(call, result, facts)
        finally:
            self.completed = call.verdict

    def _begin(self, result: Any) -> tuple[Call, list[dict[str, Any]]]:
        self._used = True
        call = replace(
            self._call,
            known=dict(self._call.known),
            cut_from_result=list(self._call.cut_from_result),
        )
        return call, self._judge.fields_of(result)

    def _leave(self) -> None:
        if not self._used:
            self.complete()


class AsyncStepBlock(StepBlock):
    """What `async with profiling(...) as step:` gives; `complete` is awaited."""

    @overload  # type: ignore[override]
    async def complete(self, result: T, *, facts: Mapping[str, Any] | None = None) -> T: ...
    @overload
    async def complete(self, *, facts: Mapping[str, Any] | None = None) -> None: ...
    async def complete(self, result: Any = None, *, facts: Mapping[str, Any] | None = None) -> Any:
        """`StepBlock.complete`, awaiting engine and handlers."""
        call, fields = self._begin(result)
        try:
            if fields and self._judge.collect(call, fields, facts):
                await self._judge.abefore(call)
            self._judge.give(call, fields)
            return await self._judge.aafter(call, result, facts)
        finally:
            self.completed = call.verdict

    async def _aleave(self) -> None:
        if not self._used:
            await self.complete()


class BlockJudge(Judge):
    """Judges a block: no arguments, and a result whose class says what it holds."""

    def __init__(self, step: Step, options: Options) -> None:
        super().__init__(step, options.purpose or step, options)
        if options.on_stopped != "raise":
            msg = f"A 'with {step}' block gives out no items: on_stopped is for generators."
            raise SignatureError(msg)
        self._facts: FactsFunction | None = None
        if callable(options.facts):
            self._facts = FactsFunction(options.facts, (), f"with {step}")

    def signature(self) -> Signature:
        return _NOTHING

    def identifier(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ARG002
        return self.options.subject

    def fields_facts(self, phase: Phase) -> dict[str, Any]:  # noqa: ARG002
        return {}  # nothing says which data the block uses, unless facts= does

    def ask(self, call: Call, event: StepEvent) -> Any:
        if self._facts is None:
            return None
        try:
            return self._facts({})
        except Exception as error:
            raise self.no_facts(call, event, self.options.facts, error) from None

    def fields_of(self, result: Any) -> list[dict[str, Any]]:
        """The fields of a result that its class names and that hold something."""
        if result is None:
            return []
        fields = self._read(result)
        empty = empty_fields(fields, lambda _: result)
        return [item.as_fact() for item in fields if item.path not in empty]

    def collect(
        self, call: Call, fields: list[dict[str, Any]], facts: Mapping[str, Any] | None
    ) -> bool:
        """True for data collection: only its result says what is collected.

        It is then decided on as a function's is before it runs, whose annotation says as much.
        """
        if self.step != "data_collection":
            return False
        known: dict[str, Any] = {}
        with contextlib.suppress(Exception):  # what is wrong with the facts `after` will say
            known = as_mapping(facts or {})
        call.known["fields"] = fields
        merge(call.known, {name: known[name] for name in ("fields", EACH) if name in known})
        return True

    def give(self, call: Call, fields: list[dict[str, Any]]) -> None:
        """The fields that are left, for the event of what came out."""
        call.known.pop("fields", None)
        left = [item for item in fields if item["name"] not in call.cut_from_result]
        if left:
            call.known["fields"] = left

    def _read(self, result: Any) -> tuple[Field, ...]:
        kind: Any = type(result)
        if isinstance(result, list | tuple | set | frozenset):
            if not result:
                return ()
            kinds = {type(item) for item in result}
            kind = list[kinds.pop()] if len(kinds) == 1 else Any  # type: ignore[misc]
        found = read_result(kind, self.name, needed=False)
        if self.step != "data_collection" and all(item.path == RESULT for item in found):
            return ()  # a score or a text: what it is only facts can say
        return found


class Blocks:
    """The `with` forms of one decorator object, which any number of blocks may use at once."""

    def __init__(self, step: Step, options: Options) -> None:
        self._judge = BlockJudge(step, options)
        self._open: list[_Opened[Any]] = []
        self._lock = threading.Lock()

    def enter(self, frame: FrameType) -> StepBlock:
        """Decide, and open a block for the `with` statement in a frame."""
        call = self._judge.begin((), {})
        block = StepBlock(self._judge, call, self._judge.before(call))
        self._push(frame, block)
        return block

    def exit(self, frame: FrameType, error: BaseException | None) -> None:
        """Close the block of that frame; judge what was not."""
        opened = self._pop(frame)
        leave(opened.block.verdict.decision_id)
        if error is None:
            opened.block._leave()  # noqa: SLF001  (of this module)

    async def aenter(self, frame: FrameType) -> AsyncStepBlock:
        """`enter`, awaiting engine and handlers."""
        call = self._judge.begin((), {})
        block = AsyncStepBlock(self._judge, call, await self._judge.abefore(call))
        self._push(frame, block)
        return block

    async def aexit(self, frame: FrameType, error: BaseException | None) -> None:
        """`exit`, awaiting engine and handlers."""
        opened = self._pop(frame)
        leave(opened.block.verdict.decision_id)
        if error is None:
            await opened.block._aleave()  # noqa: SLF001

    def _push(self, frame: FrameType, block: StepBlock) -> None:
        enter(block.verdict.decision_id)
        opened = _Opened(frame, _owner(), block)
        with self._lock:
            self._open.append(opened)

    def _pop(self, frame: FrameType) -> _Opened[Any]:
        """The block that this `with` opened: the last of its frame, else of its thread and task.

        Frames tell apart threads, tasks, recursion and interleaved generators. An ExitStack enters
        and leaves from frames of its own. Each is kept until then: the next one in its place in
        memory is another.
        """
        owner = _owner()
        with self._lock:
            newest = range(len(self._open) - 1, -1, -1)
            here = next((i for i in newest if self._open[i].frame is frame), None)
            if here is None:
                here = next((i for i in newest if self._open[i].owner == owner), -1)
            return self._open.pop(here)


class _Opened(Generic[T]):
    """One open block, and who opened it."""

    __slots__ = ("block", "frame", "owner")

    def __init__(self, frame: FrameType, owner: tuple[int, int], block: T) -> None:
        self.frame = frame
        self.owner = owner
        self.block = block


def _owner() -> tuple[int, int]:
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    return threading.get_ident(), 0 if task is None else id(task)
