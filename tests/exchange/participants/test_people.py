import pytest

from exchange.core.errors import NotPermitted
from exchange.core.events import find_events
from exchange.participants import service
from tests.factories.participants import PASSWORD

PERSON = {
    "name": "Ai",
    "login": "ai@grid-co.example",
    "password": PASSWORD,
    "duties": ["editor", "approver"],
}


def test_an_admin_adds_a_person_who_signs_in_with_their_duties(market):
    added = market.api(market.grid_co).post("/people", PERSON)

    assert (added.status_code, added.json["duties"]) == (201, ["approver", "editor"])
    sign_in = {"login": PERSON["login"], "password": PASSWORD}
    token = market.api().post("/access-tokens", sign_in).json["token"]
    me = market.api().send("GET", "/me", headers={"Authorization": f"Bearer {token}"}).json
    assert me["organisation_id"] == market.grid_co.organisation_id
    assert me["duties"] == ["approver", "editor"]


def test_the_first_person_has_every_duty(market):
    assert market.api(market.rival).get("/me").json["duties"] == ["admin", "approver", "editor"]


def test_who_is_no_admin_adds_nobody(market):
    answer = market.api(market.grid_approver).post("/people", PERSON)

    assert (answer.status_code, "admin" in answer.json["detail"]) == (403, True)


def test_an_organisation_that_is_not_verified_adds_nobody(market):
    actor = type(market.grid_co.actor)(**{**vars(market.grid_co.actor), "is_verified": False})

    with pytest.raises(NotPermitted, match="not verified"):
        market.do(service.add_person, actor=actor, **PERSON)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"duties": []}, "duties"),
        ({"duties": ["director"]}, "duties.0"),
        ({"password": "short"}, "password"),
    ],
)
def test_a_wrong_member_is_named(market, changes, field):
    answer = market.api(market.grid_co).post("/people", {**PERSON, **changes})

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_a_login_that_somebody_has_is_refused(market):
    answer = market.api(market.grid_co).post("/people", {**PERSON, "login": market.rival.login})

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (409, "login")


def test_one_sees_the_people_of_ones_own_organisation(market):
    people = market.api(market.grid_approver).get("/people").json

    assert [person["login"] for person in people] == [market.grid_co.login, market.grid_approver.login]


def test_the_log_learns_the_duties_and_no_name(market):
    market.do(service.add_person, actor=market.grid_co.actor, **PERSON)

    event = market.read(find_events, [market.grid_co.organisation_id], ["person.added"])[-1]
    assert b"editor" in event.record
    assert b"Ai" not in event.record


def test_people_are_bounded(market, monkeypatch):
    monkeypatch.setattr(service, "MOST_PEOPLE", 2)

    assert market.api(market.grid_co).post("/people", PERSON).status_code == 429
