"""Every setting of the service: name, type, default and help, read once from `WDX_*`."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

PREFIX = "WDX_"
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


class BadSettings(Exception):
    """One or more settings cannot be used; the message lists all of them."""


def _setting(default: Any, help_text: str, *, secret: bool = False, minimum: int | None = None) -> Any:
    return field(default=default, metadata={"help": help_text, "secret": secret, "minimum": minimum})


@dataclass(frozen=True)
class Settings:
    """The whole configuration; nothing else reads the environment."""

    home: Path = _setting(
        None, "Folder of the embedded size: database file, data sets, keys. Default: the user data folder."
    )
    database_url: str = _setting(
        "", "SQLAlchemy address of the database. Default: a SQLite file in WDX_HOME.", secret=True
    )
    storage_dir: Path = _setting(
        None, "Folder of the stored data-set revisions. Default: `storage` in WDX_HOME."
    )
    storage_url: str = _setting(
        "",
        "Where revisions lie instead: `s3://bucket/prefix` or `file:///folder`. Default: WDX_STORAGE_DIR.",
    )
    s3_endpoint: str = _setting("", "Address of an S3-compatible server; empty for Amazon's.")
    s3_region: str = _setting("", "Region of the bucket, where the server asks for one.")
    s3_access_key: str = _setting(
        "", "Access key of the bucket. Default: the role or profile of the machine.", secret=True
    )
    s3_secret_key: str = _setting("", "Secret key that belongs to WDX_S3_ACCESS_KEY.", secret=True)
    storage_timeout_s: int = _setting(
        20, "Seconds without an answer after which a request to the object store is given up.", minimum=1
    )
    storage_attempts: int = _setting(
        4, "How often a request to the object store is tried before it is given up.", minimum=1
    )
    incoming_dir: Path = _setting(
        None,
        "Local folder of plain files under way; every node has its own. Default: `incoming` in WDX_HOME.",
    )
    keys_dir: Path = _setting(
        None,
        "Folder of the exchange's own private keys; all nodes share them. Default: `keys` in WDX_HOME.",
    )
    master_key_file: Path | None = _setting(
        None,
        "File of the master key that wraps the data keys. Default: `master.key` in WDX_KEYS_DIR, made once.",
    )
    secret_key: str = _setting(
        "", "Key of form tokens and cookies. Default: made once and kept in WDX_KEYS_DIR.", secret=True
    )
    host: str = _setting("127.0.0.1", "Address the server listens on.")
    port: int = _setting(8420, "Port the server listens on; 0 takes a free one.", minimum=0)
    public_url: str = _setting(
        "",
        "Address under which the world knows the exchange; names in exported documents begin with it. "
        "Default: the address of the request.",
    )
    threads: int = _setting(8, "Request threads of one server process.", minimum=1)
    https_only: bool = _setting(
        False, "Send cookies over HTTPS only and announce HSTS; switch on behind a TLS proxy."
    )
    trusted_proxies: int = _setting(
        0, "Number of proxies in front whose X-Forwarded headers are believed.", minimum=0
    )
    jobs_inside: bool = _setting(
        True, "Run the scheduler inside the (single) server process; off where `wdx jobs run` runs it."
    )
    log_origin: str = _setting(
        "wuhan-data-exchange.example/log", "Origin line of the evidence log's checkpoints."
    )
    log_format: str = _setting("json", "Form of log lines: `json` or `text`.")
    sequence_interval_ms: int = _setting(
        250, "How often committed events are numbered into the evidence log.", minimum=10
    )
    egress_hosts: str = _setting(
        "",
        "Hosts, as host:port separated by commas, that may be called although they are private or without TLS.",
    )
    handle_prefix: str = _setting(
        "88.118.27",
        "The exchange's prefix in the handle system; the default is made up and resolves only here.",
    )
    area_code: str = _setting(
        "420100", "GB/T 2260 code of the exchange's area, in national product numbers."
    )
    public_notice_days: int = _setting(
        0,
        "Days for which a listed version is in public notice before its certificate is issued.",
        minimum=0,
    )
    certificate_years: int = _setting(3, "Years for which a registration certificate is valid.", minimum=1)
    key_certificate_days: int = _setting(
        1095, "Days for which the certificate of a member's signing key is valid.", minimum=1
    )
    revocation_list_days: int = _setting(
        7,
        "Days for which a list of revoked certificates is valid; a new one is made every day.",
        minimum=2,
    )
    platform_fee_bp: int = _setting(
        500, "Platform fee offered in new terms, in basis points of the amount.", minimum=0
    )
    answer_days: int = _setting(
        14,
        "Days within which a request, an offer or a counter-offer is to be answered, unless it says another number.",
        minimum=1,
    )
    end_notice_days: str = _setting(
        "30,7,1", "Days before the end of an agreement at which both parties are told of it."
    )
    review_days: int = _setting(
        3, "Working days of the operator's review of a data set, an API or a report.", minimum=1
    )
    review_days_application: int = _setting(
        5, "Working days of the operator's review of an application.", minimum=1
    )
    review_days_model: int = _setting(8, "Working days of the operator's review of a model.", minimum=1)
    price_notice_days: int = _setting(
        90,
        "Days between the notice of a price increase and the first day of a month on which it may begin.",
        minimum=0,
    )
    max_upload_bytes: int = _setting(8 * 1024**3, "Largest upload of a data set in bytes.", minimum=1)
    upload_part_bytes: int = _setting(
        64 * 1024**2,
        "Largest part of an upload in parts; a broken connection costs one part.",
        minimum=1024,
    )
    upload_hours: int = _setting(
        48, "Hours until an upload in parts is removed to which nobody added a part.", minimum=1
    )
    uploads_at_once: int = _setting(20, "Most uploads that a person has under way.", minimum=1)
    upload_quota_bytes: int = _setting(
        64 * 1024**3, "Most bytes of all uploads that a person has under way.", minimum=1
    )
    upload_lease_s: int = _setting(
        60, "Seconds after which another node reads an uploaded file whose reader died.", minimum=2
    )
    max_body_bytes: int = _setting(1024**2, "Largest body of any other request in bytes.", minimum=1024)
    max_page_rows: int = _setting(10_000, "Most rows in one page of a query.", minimum=1)
    change_notice_days: int = _setting(
        30, "Days between a notice and the breaking revision that it may let in.", minimum=0
    )
    diff_inline_cells: int = _setting(
        5_000_000,
        "Cells of two revisions that a request compares itself; larger pairs are left to the job.",
        minimum=0,
    )
    message_days: int = _setting(
        400,
        "Days for which messages to organisations are kept; the evidence log keeps what they tell of.",
        minimum=30,
    )
    webhook_days: int = _setting(
        3, "Days for which a message is tried at a webhook, and for which an endpoint may fail.", minimum=1
    )
    webhook_timeout_s: int = _setting(
        10, "Seconds within which the receiver of a webhook is to answer.", minimum=1
    )
    webhook_threads: int = _setting(
        4, "Webhook endpoints to which one node sends at the same time.", minimum=1
    )
    smtp_host: str = _setting("", "Mail server that sends messages on; without one no mail is sent.")
    smtp_port: int = _setting(587, "Port of the mail server.", minimum=1)
    smtp_security: str = _setting(
        "starttls", "How the way to the mail server is protected: `starttls`, `tls`, or `none` on loopback."
    )
    smtp_ca_file: Path | None = _setting(
        None, "Certificates that the mail server's own is checked with. Default: those of the machine."
    )
    smtp_user: str = _setting("", "Name under which to sign in to the mail server; empty for none.")
    smtp_password: str = _setting("", "Password that belongs to WDX_SMTP_USER.", secret=True)
    mail_from: str = _setting("", "Sender's address of mails; needed where WDX_SMTP_HOST is set.")
    session_hours: int = _setting(12, "Hours until a portal session ends.", minimum=1)
    idempotency_days: int = _setting(
        30,
        "Days for which the answer to an Idempotency-Key is kept; a retry after that is a new request.",
        minimum=7,
    )
    token_days: int = _setting(90, "Days until an access token ends.", minimum=1)
    lock_timeout_ms: int = _setting(10_000, "How long a transaction waits for a lock.", minimum=100)

    def __post_init__(self) -> None:
        home = self.home or user_data_path("wuhan-data-exchange", appauthor=False)
        derived: dict[str, Any] = {
            "home": home,
            "database_url": self.database_url or f"sqlite:///{home / 'exchange.db'}",
            "storage_dir": self.storage_dir or home / "storage",
            "incoming_dir": self.incoming_dir or home / "incoming",
            "keys_dir": self.keys_dir or home / "keys",
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)
        if self.log_format not in {"json", "text"}:
            raise BadSettings(f"WDX_LOG_FORMAT is {self.log_format!r}; it takes json or text")
        if not all(item.strip().isdecimal() for item in self.end_notice_days.split(",")):
            raise BadSettings(
                f"WDX_END_NOTICE_DAYS is {self.end_notice_days!r}; it takes days separated by commas"
            )
        if self.smtp_security not in {"starttls", "tls", "none"}:
            raise BadSettings(
                f"WDX_SMTP_SECURITY is {self.smtp_security!r}; it takes starttls, tls or none"
            )
        if self.smtp_security == "none" and self.smtp_host not in {"", "localhost", "127.0.0.1", "::1"}:
            raise BadSettings("WDX_SMTP_SECURITY=none is for a mail server on the loopback interface only")
        if self.smtp_host and "@" not in self.mail_from:
            raise BadSettings("WDX_SMTP_HOST needs WDX_MAIL_FROM, the sender's address")

    @property
    def end_notice_marks(self) -> tuple[int, ...]:
        """The days of `end_notice_days`."""
        return tuple(int(item) for item in self.end_notice_days.split(",") if item.strip())

    @property
    def egress_allowed(self) -> frozenset[str]:
        """The hosts of `egress_hosts`."""
        return frozenset(item.strip() for item in self.egress_hosts.split(",") if item.strip())

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the embedded SQLite file, with its single server process."""
        return self.database_url.startswith("sqlite")

    def shown(self) -> dict[str, str]:
        """Every setting as text, secrets masked: what `wdx config show` prints."""
        return {
            f"{PREFIX}{item.name.upper()}": "(set)"
            if item.metadata["secret"] and getattr(self, item.name)
            else str(getattr(self, item.name))
            for item in fields(self)
        }


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Build the settings from `WDX_*` and `WDX_*_FILE` variables.

    Raises:
        BadSettings: unknown names, unreadable files and bad values, all in one message.

    """
    source = os.environ if environment is None else environment  # noqa: TID251 - the one place
    known = {f"{PREFIX}{item.name.upper()}": item for item in fields(Settings)}
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, text in source.items():
        if not name.startswith(PREFIX) or name.startswith(f"{PREFIX}TEST_"):
            continue
        setting = known.get(name) or known.get(name.removesuffix("_FILE"))
        if setting is None:
            problems.append(f"{name} is not a setting; see `wdx config show`")
            continue
        try:
            raw = text if name in known else Path(text).read_text(encoding="utf-8").strip()
            values[setting.name] = _converted(setting.type, raw, setting.metadata["minimum"])
        except (ValueError, OSError) as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise BadSettings("\n".join(problems))
    return Settings(**values)


def _converted(kind: Any, raw: str, minimum: int | None) -> Any:
    if kind is bool:
        if raw.lower() not in _TRUE | _FALSE:
            raise ValueError(f"{raw!r} is neither true nor false")
        return raw.lower() in _TRUE
    if kind is int:
        number = int(raw)
        if minimum is not None and number < minimum:
            raise ValueError(f"{number} is below the least value {minimum}")
        return number
    return Path(raw) if kind == Path | None else kind(raw)


def terminal_locale(environment: Mapping[str, str] | None = None) -> str:
    """The locale the terminal asks for, whether or not this machine has it installed."""
    source = os.environ if environment is None else environment  # noqa: TID251 - the one place
    # As POSIX orders them; an empty variable counts as unset.
    return next((source[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if source.get(name)), "")


def kept_secret_key(settings: Settings) -> str:
    """Return the configured form-token key, or one made once and kept beside the other keys."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.keys_dir / "secret_key"
    settings.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass  # an earlier start, or another node a moment ago, made it
    else:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii")


def settings_table() -> list[tuple[str, str, str]]:
    """Name, default and help of every setting, for the generated reference page."""
    return [
        (
            f"{PREFIX}{item.name.upper()}",
            "" if item.default in {MISSING, None, ""} else str(item.default),
            item.metadata["help"],
        )
        for item in fields(Settings)
    ]
