"""Many at once: threads as a server has them, each with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from django.db import connection

from milepost.ledger import sight


def at_once(count: int, deed: Callable[[int], object]) -> None:
    """Run a deed in so many threads at the same time; each is told its number."""

    def run(number: int) -> None:
        try:
            # A thread of its own sees nothing until it says what.
            with sight.everywhere():
                deed(number)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
