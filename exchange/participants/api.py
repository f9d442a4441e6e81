"""Participants over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from exchange.context import get_context
from exchange.core.requests import get_session, gives_secret, now
from exchange.participants import queries, service
from exchange.participants.access import current_actor, public, requires
from exchange.participants.actors import OPERATOR, REGULATOR
from exchange.participants.schemas import (
    AccessTokenSchema,
    AddPersonSchema,
    DecideOrganisationSchema,
    IssueAccessTokenSchema,
    MeSchema,
    OrganisationSchema,
    PersonSchema,
    RegisterOrganisationSchema,
)

blueprint = Blueprint(
    "participants", __name__, url_prefix="/api/v1", description="Organisations, people and tokens"
)


@blueprint.post("/organisations")
@public
@blueprint.arguments(RegisterOrganisationSchema)
@blueprint.response(201, OrganisationSchema)
def register_organisation(registration: dict[str, Any]) -> Any:
    """Register an organisation and its first person"""
    return service.register_organisation(get_session(), now=now(), **registration)


@blueprint.get("/organisations")
@requires(OPERATOR, REGULATOR)
@blueprint.response(200, OrganisationSchema(many=True))
def find_organisations() -> Any:
    """List all organisations"""
    return queries.find_organisations(get_session())


@blueprint.get("/organisations/<organisation_id>")
@requires()
@blueprint.response(200, OrganisationSchema)
def get_organisation(organisation_id: str) -> Any:
    """Look an organisation up"""
    return queries.get_organisation(get_session(), organisation_id)


@blueprint.post("/organisations/<organisation_id>/decision")
@requires(OPERATOR)
@blueprint.arguments(DecideOrganisationSchema)
@blueprint.response(200, OrganisationSchema)
def decide_organisation(decision: dict[str, str], organisation_id: str) -> Any:
    """Verify or reject an organisation"""
    return service.decide_organisation(
        get_session(), actor=current_actor(), organisation_id=organisation_id, now=now(), **decision
    )


@blueprint.post("/access-tokens")
@public
@gives_secret
@blueprint.arguments(IssueAccessTokenSchema)
@blueprint.response(201, AccessTokenSchema)
def issue_access_token(credentials: dict[str, str]) -> Any:
    """Sign in with login and password and get a bearer token"""
    with get_context().database.reading() as session:
        person = service.check_password(
            session, login=credentials["login"], password=credentials["password"]
        )
    token, secret = service.issue_access_token(
        get_session(),
        person_id=person.id,
        label=credentials["label"],
        days=get_context().settings.token_days,
        now=now(),
    )
    return {"id": token.id, "token": secret, "expires_at": token.expires_at}


@blueprint.delete("/access-tokens/<token_id>")
@requires()
@blueprint.response(204)
def revoke_access_token(token_id: str) -> None:
    """Revoke one of your own tokens at once"""
    service.revoke_access_token(get_session(), actor=current_actor(), token_id=token_id, now=now())


@blueprint.get("/me")
@requires()
@blueprint.response(200, MeSchema)
def get_me() -> Any:
    """Say who the token belongs to"""
    return current_actor()


@blueprint.post("/people")
@requires()
@blueprint.arguments(AddPersonSchema)
@blueprint.response(201, PersonSchema)
def add_person(person: dict[str, Any]) -> Any:
    """Let a further person act for your organisation"""
    return service.add_person(get_session(), actor=current_actor(), now=now(), **person)


@blueprint.get("/people")
@requires()
@blueprint.response(200, PersonSchema(many=True))
def find_people() -> Any:
    """List the people of your organisation"""
    return queries.find_people(get_session(), current_actor().organisation_id)
