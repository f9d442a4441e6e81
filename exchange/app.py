"""The roof: puts the three stages of a deal together into one service. Nothing else knows all three."""

from typing import Any

import click
from flask import Flask
from flask_smorest import Api
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import contracts.wiring
import exchange.wiring
import settlement.wiring
from exchange import health
from exchange.config import Settings, kept_secret_key, read_settings
from exchange.context import Context
from exchange.core import headers, i18n, logs, metrics, problems
from exchange.core.database import Database
from exchange.core.jobs import Job
from exchange.core.object_storage import S3Access, open_s3
from exchange.core.replay import ReplayRules, combine
from exchange.core.requests import run_views_in_transactions
from exchange.core.stage import Stage
from exchange.core.storage import FolderStorage, Storage, folder_of_url
from exchange.core.workspace import Workspace
from exchange.participants import access
from exchange.trust import Authority, Vault, load_or_create, load_or_create_all, open_master_keys

#: In the order of the deal: listed, agreed and delivered, paid.
STAGES: tuple[Stage, ...] = (exchange.wiring.STAGE, contracts.wiring.STAGE, settlement.wiring.STAGE)


def create_context(settings: Settings | None = None) -> Context:
    """Build what a command or a job needs: settings, database, storage and keys, without Flask."""
    settings = settings or read_settings()
    # Contracts, payloads and keys: nobody else on the machine needs to look inside.
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Context(
        settings=settings,
        database=Database(
            settings.database_url,
            reactions=_merged("reactions"),
            answerers=_merged("answerers"),
            lock_timeout_ms=settings.lock_timeout_ms,
            pool_size=settings.threads + 2,
        ),
        storage=Vault(
            open_storage(settings), open_master_keys(settings.keys_dir, settings.master_key_file)
        ),
        signing_keys=load_or_create_all(settings.keys_dir),
        log_key=load_or_create(settings.keys_dir / "log.pem"),
        authority=Authority(settings.keys_dir / "authority"),
        page_parts=_merged("page_parts"),
    )


def open_storage(settings: Settings) -> Storage:
    """The storage that the settings name; nothing is sent to it yet."""
    workspace = Workspace(settings.incoming_dir)
    if not settings.storage_url:
        return FolderStorage(settings.storage_dir, workspace)
    folder = folder_of_url(settings.storage_url)
    if folder is not None:
        return FolderStorage(folder, workspace)
    access = S3Access(
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        timeout_s=settings.storage_timeout_s,
        attempts=settings.storage_attempts,
    )
    return open_s3(settings.storage_url, workspace, access)


def create_app(settings: Settings | None = None, *, context: Context | None = None) -> Flask:
    """Assemble the web application."""
    context = context or create_context(settings)
    app = Flask("exchange", static_folder=None)
    app.url_map.strict_slashes = False
    app.config.update(_flask_config(context.settings))
    app.extensions["wdx"] = context
    app.extensions["wdx_navigation"] = tuple(item for stage in STAGES for item in stage.navigation)
    if context.settings.trusted_proxies:
        hops = context.settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    logs.init_app(app)
    metrics.init_app(app)
    headers.init_app(app, https_only=context.settings.https_only)
    i18n.init_app(app)
    access.init_app(app)
    problems.ProblemHandlers.init_app(app)
    _register_routes(app)
    run_views_in_transactions(app, _merged_dict("constraint_errors"))
    return app


def all_jobs() -> tuple[Job, ...]:
    """All scheduled work of all stages."""
    return tuple(job for stage in STAGES for job in stage.jobs)


def all_commands() -> tuple[click.Command, ...]:
    """The commands that features contribute to `wdx`."""
    return tuple(command for stage in STAGES for command in stage.commands)


def replay_rules() -> ReplayRules:
    """The offline verifier's rules, in the order of the deal."""
    return combine(*(rules for stage in STAGES for rules in stage.replay_rules))


class ExchangeApi(Api):  # type: ignore[misc]
    """flask-smorest with our one shape of refusal."""

    def handle_http_exception(self, error: Any) -> Any:
        return problems.from_http_exception(error)


def _register_routes(app: Flask) -> None:
    api = ExchangeApi(app)
    app.register_blueprint(health.blueprint)
    csrf = CSRFProtect(app)
    for stage in STAGES:
        for blueprint in stage.api_blueprints:
            api.register_blueprint(blueprint)
            csrf.exempt(blueprint)  # the API takes bearer tokens only; there is no cookie to abuse
        for blueprint in stage.page_blueprints:
            app.register_blueprint(blueprint)


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": kept_secret_key(settings),
        "MAX_CONTENT_LENGTH": settings.max_body_bytes,
        "MAX_FORM_MEMORY_SIZE": settings.max_body_bytes,
        "SESSION_COOKIE_SECURE": settings.https_only,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_HTTPONLY": True,
        "API_TITLE": "Wuhan Data Exchange",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {
            "security": [{"accessToken": []}],
            "components": {"securitySchemes": {"accessToken": {"type": "http", "scheme": "bearer"}}},
        },
    }


def _merged(name: str) -> dict[Any, tuple[Any, ...]]:
    merged: dict[Any, tuple[Any, ...]] = {}
    for stage in STAGES:
        for key, parts in getattr(stage, name).items():
            merged[key] = merged.get(key, ()) + parts
    return merged


def _merged_dict(name: str) -> dict[str, Any]:
    return {key: value for stage in STAGES for key, value in getattr(stage, name).items()}
