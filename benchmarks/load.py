"""A small load generator: keep-alive connections from a few processes, as many requests as fit a time."""

import http.client
import multiprocessing
import statistics
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """What came of a load: requests per second, and milliseconds at the median and the 99th percentile."""

    rate: float
    p50_ms: float
    p99_ms: float
    errors: int


def hammer(
    url: str, path: str, *, token: str = "", seconds: float, processes: int = 2, threads: int = 8
) -> Load:
    """Send GET requests for some seconds."""
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    workers = [
        context.Process(target=_process, args=(url, path, token, seconds, threads, queue))
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    results = [queue.get() for _ in workers]
    for worker in workers:
        worker.join()
    times = sorted(item for taken, _ in results for item in taken)
    return Load(
        rate=len(times) / seconds,
        p50_ms=statistics.median(times) * 1000,
        p99_ms=times[int(len(times) * 0.99)] * 1000,
        errors=sum(errors for _, errors in results),
    )


def _process(
    url: str, path: str, token: str, seconds: float, threads: int, queue: multiprocessing.Queue
) -> None:
    times: list[float] = []
    errors = [0]
    until = time.monotonic() + seconds
    workers = [
        threading.Thread(target=_thread, args=(url, path, token, until, times, errors))
        for _ in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    queue.put((times, errors[0]))


def _thread(url: str, path: str, token: str, until: float, times: list[float], errors: list[int]) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    while time.monotonic() < until:
        began = time.perf_counter()
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            response.read()
        except OSError:
            connection.close()
            errors[0] += 1
            continue
        if response.status != 200:
            errors[0] += 1
        times.append(time.perf_counter() - began)
