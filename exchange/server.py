"""The production server, used by the embedded size too: gunicorn, set up the way this service needs it."""

import gc
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from exchange.app import all_jobs, create_app, create_context
from exchange.config import Settings
from exchange.core import logs
from exchange.core.jobs import start_scheduler


class Server(BaseApplication):  # type: ignore[misc]
    """One or several request processes; the scheduler may live inside a single one."""

    def __init__(self, settings: Settings, *, workers: int) -> None:
        self.settings = settings
        self.workers = workers
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": self.workers,
            "worker_class": "gthread",
            "threads": self.settings.threads,
            "graceful_timeout": 20,
            "timeout": 600,  # an upload of gigabytes is no hung worker
            "limit_request_line": 8190,
            "control_socket_disable": True,  # two servers of one user would share its path
            "post_worker_init": self._start_jobs,
            "worker_exit": _stop_jobs,
            "accesslog": None,
            "loglevel": "warning",
            "forwarded_allow_ips": "",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        # Built in the worker, after the fork: database connections and threads do not survive one.
        logs.configure(self.settings.log_format)
        app = create_app(self.settings)
        keep_program_in_memory()
        return app

    def _start_jobs(self, worker: Any) -> None:
        if self.settings.jobs_inside and self.workers == 1:
            worker.wdx_scheduler = start_scheduler(all_jobs(), create_context(self.settings))


def _stop_jobs(_arbiter: Any, worker: Any) -> None:
    if scheduler := getattr(worker, "wdx_scheduler", None):
        scheduler.shutdown(wait=True)


def keep_program_in_memory() -> None:
    """Leave out of every later search for garbage what the program consists of, which is none.

    A full search went through all of it and held one request in a hundred up for a tenth of a second.
    """
    gc.collect()
    gc.freeze()


def serve(settings: Settings, *, workers: int) -> None:
    """Serve until a signal; SIGTERM and Ctrl-C finish the requests under way."""
    Server(settings, workers=workers).run()
