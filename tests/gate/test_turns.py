"""Tasks that decide without a pause leave the event loop to others, and each gets its turn."""

from __future__ import annotations

import asyncio

import pytest

from aboveboard.turns import AT_ONCE, turn


def test_a_task_that_never_waits_lets_others_on() -> None:
    async def main() -> int:
        passes = 0

        async def count() -> None:
            nonlocal passes
            while True:
                passes += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        for _ in range(100 * AT_ONCE):
            await turn()
        counting.cancel()
        return passes

    assert asyncio.run(main()) >= 99


def test_turns_are_taken_in_the_order_of_asking() -> None:
    async def main() -> list[int]:
        taken: list[int] = []

        async def take(number: int) -> None:
            for _ in range(3):
                await turn()
                taken.append(number)

        await asyncio.gather(*(take(number) for number in range(50)))
        return taken

    taken = asyncio.run(main())
    for number in range(50):
        # Nobody overtakes by more than those who begin in one pass.
        assert taken.index(number) <= number + 3 * AT_ONCE


def test_who_gives_up_waiting_takes_nobodys_turn() -> None:
    async def main() -> int:
        waiting = [asyncio.create_task(turn()) for _ in range(20 * AT_ONCE)]
        await asyncio.sleep(0)
        for task in waiting[AT_ONCE : 19 * AT_ONCE]:
            task.cancel()
        ended = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 5)
        await asyncio.wait_for(turn(), 5)
        return sum(isinstance(one, asyncio.CancelledError) for one in ended)

    assert asyncio.run(main()) == 18 * AT_ONCE


def test_a_lone_asker_does_not_wait() -> None:
    async def main() -> None:
        with pytest.raises(StopIteration):
            turn().send(None)

    asyncio.run(main())


def test_without_an_event_loop_there_is_nobody_to_wait_for() -> None:
    with pytest.raises(StopIteration):
        turn().send(None)


def test_each_loop_has_turns_of_its_own() -> None:
    async def main() -> None:
        await asyncio.gather(*(turn() for _ in range(3 * AT_ONCE)))

    for _ in range(3):
        asyncio.run(main())
