"""The four parties of the demo and the provider's second person; their passwords and keys are made here and kept in the demo's folder."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from exchange.client import Exchange, Refused, load_or_create_key
from exchange.context import Context
from exchange.core import clock
from exchange.core.errors import Conflict
from exchange.demo.server import new_password
from exchange.participants.actors import OPERATOR, REGULATOR
from exchange.participants.service import register_organisation
from exchange.participants.uscc import check_character
from exchange.trust import PrivateKey

#: Role -> Chinese name, English name, body of a fictitious credit code, person.
PARTIES = {
    OPERATOR: (
        "武汉数据交易所（演示运营方）",
        "Exchange operator (demo)",
        "91420100MDEM0001A",
        "运营 Olivia",
    ),
    REGULATOR: ("湖北省数据监管机构（演示）", "Data regulator (demo)", "11420000MDEM0002B", "监管 Ren"),
    "provider": (
        "江城能源数据公司（演示供方）",
        "Jiangcheng Energy Data (demo)",
        "91420100MDEM0003C",
        "供方 Ping",
    ),
    "buyer": (
        "楚天负荷预测实验室（演示需方）",
        "Chutian Forecast Lab (demo)",
        "91420100MDEM0004D",
        "需方 Bo",
    ),
}
#: The provider's second person, who approves what the first one writes.
APPROVER = "approver"
APPROVER_NAME = "审批 An"


@dataclass
class Party:
    """One party of the demo, signed in."""

    role: str
    login: str
    password: str
    exchange: Exchange
    #: Where an upload in parts keeps what is needed to go on with it.
    uploads: Path
    key: PrivateKey | None = None
    organisation_id: str = ""


def assemble(context: Context, url: str, folder: Path, *, patience_s: float) -> dict[str, Party]:
    """Register the four parties, or sign them in again; enrol the keys of provider and buyer."""
    passwords = _kept_passwords(folder / "passwords.json")
    parties = {
        role: Party(
            role,
            f"{role}@demo",
            passwords[role],
            Exchange(url, patience_s=patience_s),
            folder / "uploads" / role,
        )
        for role in (*PARTIES, APPROVER)
    }
    for role in (OPERATOR, REGULATOR):
        _create_privileged(context, parties[role])
    for role in ("provider", "buyer"):
        _register(parties[role])
    for role in PARTIES:
        _sign_in(parties[role])
    for role in ("provider", "buyer"):
        party = parties[role]
        parties[OPERATOR].exchange.decide_organisation(
            party.organisation_id, "verified", "demo: licence and representative checked"
        )
        party.key = load_or_create_key(folder / "keys" / f"{role}.pem")
        party.exchange.enrol_key(party.key)
    _add_approver(parties["provider"], parties[APPROVER])
    return parties


def _sign_in(party: Party) -> None:
    party.exchange.sign_in(party.login, party.password)
    party.organisation_id = party.exchange.me()["organisation_id"]


def _kept_passwords(path: Path) -> dict[str, str]:
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if missing := [role for role in (*PARTIES, APPROVER) if role not in kept]:
        kept |= {role: new_password() for role in missing}
        partial = path.with_suffix(".partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file)
        partial.replace(path)
    return kept


def _create_privileged(context: Context, party: Party) -> None:
    # The same as `wdx participants create`: only somebody on the server makes these two.
    name_zh, name_en, code, person = PARTIES[party.role]
    try:
        context.database.write(
            lambda session: register_organisation(
                session,
                name_zh=name_zh,
                name_en=name_en,
                uscc=_with_check(code),
                roles=[party.role],
                person_name=person,
                login=party.login,
                password=party.password,
                privileged=True,
                now=clock.now(),
            )
        )
    except Conflict:
        return  # an earlier run made it


def _register(party: Party) -> None:
    name_zh, name_en, code, person = PARTIES[party.role]
    try:
        party.exchange.register_organisation(
            {
                "name_zh": name_zh,
                "name_en": name_en,
                "uscc": _with_check(code),
                "roles": [party.role],
                "person_name": person,
                "login": party.login,
                "password": party.password,
            }
        )
    except Refused as refusal:
        if refusal.kind != "conflict":
            raise  # a conflict says that an earlier run registered it


def _add_approver(provider: Party, approver: Party) -> None:
    try:
        provider.exchange.add_person(
            {
                "name": APPROVER_NAME,
                "login": approver.login,
                "password": approver.password,
                "duties": ["approver"],
            }
        )
    except Refused as refusal:
        if refusal.kind != "conflict":
            raise  # a conflict says that an earlier run added them
    _sign_in(approver)


def _with_check(body: str) -> str:
    return body + check_character(body)
