"""The form of a demand: from the fields of a page to the content of the API, and back."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from exchange.core.i18n import gettext
from exchange.core.money import AmountInvalid, parse_yuan
from exchange.demands.schemas import RISKS, DemandContentSchema

_PLAIN = ("title_zh", "title_en", "description", "kind", "sector", "scenario", "region", "valid_to")
_FEN_PER_YUAN = 100


def RISK_HINTS() -> dict[str, tuple[str, str]]:  # noqa: N802 - a constant that depends on the reader's language
    """The five risks of the self-assessment: name, and what to say about it."""
    return {
        "cross_border": (gettext("Cross-border"), gettext("How do you keep the data in the country?")),
        "over_use": (gettext("Over-use"), gettext("How do you keep to purpose and extent?")),
        "inference": (
            gettext("Inference back to the source"),
            gettext("How do you prevent that persons, plants or meters are found out?"),
        ),
        "leak_tamper_delete": (
            gettext("Leak, tampering, deletion"),
            gettext("How are the data protected where you keep them?"),
        ),
        "management": (gettext("Management"), gettext("Who answers for it, by which rules?")),
    }


def read_form(form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The content of a demand, and per field what is wrong with it."""
    values = {name: form.get(name, "").strip() for name in form}
    content: dict[str, Any] = {name: values.get(name, "") for name in _PLAIN}
    content["columns"] = [item for item in _listed(values.get("columns", "")) if item]
    content["granularity"] = values.get("granularity") or None
    content["delivery_modes"] = [mode for mode in ("query", "file") if values.get(f"delivery_{mode}")]
    content["risks"] = {name: values.get(f"risk_{name}", "") for name in RISKS}
    errors: dict[str, str] = {}
    content["budget"] = _budget(values, errors)
    if errors:
        return {}, errors
    try:
        return dict(DemandContentSchema().load(content)), {}
    except ValidationError as error:
        return {}, dict(_flat(error.messages_dict))


def values_of(content: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the form that would give this content."""
    values = {name: content[name] for name in _PLAIN}
    values["columns"] = "，".join(content["columns"])
    values["granularity"] = content["granularity"] or ""
    values |= {f"delivery_{mode}": "yes" for mode in content["delivery_modes"]}
    values |= {f"risk_{name}": content["risks"][name] for name in RISKS}
    for name in ("min", "max") if content["budget"] else ():
        fen = content["budget"][f"{name}_fen"]
        values[f"budget_{name}"] = f"{fen // _FEN_PER_YUAN}.{fen % _FEN_PER_YUAN:02d}"
    return values


def _budget(values: Mapping[str, str], errors: dict[str, str]) -> dict[str, int] | None:
    least, most = (_fen(values, f"budget_{name}", errors) for name in ("min", "max"))
    if most is None:
        if least is not None:
            errors["budget_max"] = gettext("A budget needs its most.")
        return None
    return {"min_fen": least or 0, "max_fen": most}


def _fen(values: Mapping[str, str], name: str, errors: dict[str, str]) -> int | None:
    """Yuan with up to two decimals as fen; None when nothing is written, or nothing that can be read."""
    text = values.get(name, "")
    if not text:
        return None
    try:
        return parse_yuan(text, field=name)
    except AmountInvalid:
        errors[name] = gettext("Write an amount in yuan, such as 5000 or 5000.50.")
        return None


def _listed(text: str) -> list[str]:
    for sign in "，、;；\n":
        text = text.replace(sign, ",")
    return [item.strip() for item in text.split(",")]


def _flat(messages: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        return [
            pair for name, inner in messages.items() for pair in _flat(inner, f"{path}_{name}".strip("_"))
        ]
    return [(path.replace("risks_", "risk_"), " ".join(str(item) for item in messages))]
