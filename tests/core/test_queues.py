"""Queues: who comes first is first."""

from __future__ import annotations

from threading import Thread

from milepost.core.queues import Queue

PATIENCE = 60.0  # seconds


class TestQueue:
    def test_lets_in_who_came_first(self):
        """Those who wait get it in the order in which they came."""
        queue, came = Queue(), []

        def work(number: int) -> None:
            queue.acquire(seconds=PATIENCE)
            came.append(number)
            queue.release()

        queue.acquire(seconds=PATIENCE)
        threads = [Thread(target=work, args=(number,)) for number in range(5)]
        for number, thread in enumerate(threads, 1):
            thread.start()
            while queue.waiting < number:
                pass
        queue.release()
        for thread in threads:
            thread.join()

        assert came == [0, 1, 2, 3, 4]

    def test_is_left_by_who_has_waited_long_enough(self):
        """Whoever gives up is not handed it later."""
        queue = Queue()
        queue.acquire(seconds=0)

        assert not queue.acquire(seconds=0.01)

        queue.release()
        assert queue.acquire(seconds=0)

    def test_has_so_many_places(self):
        """As many as there are places have it at once; the next one waits."""
        queue = Queue(2)

        with queue, queue:
            assert not queue.acquire(seconds=0)

        assert queue.acquire(seconds=0)
