"""Starting work at the same moment, on connections of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def at_once():
    """Run the works at the same moment, each in a thread; give their results or exceptions in order."""

    def run(*works):
        barrier = threading.Barrier(len(works))

        def start(work):
            barrier.wait(60)
            return work()

        with ThreadPoolExecutor(len(works)) as pool:
            futures = [pool.submit(start, work) for work in works]
        return [future.exception() or future.result() for future in futures]

    return run
