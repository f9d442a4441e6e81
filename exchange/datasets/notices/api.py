"""Notices over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from exchange.core.requests import get_session, now
from exchange.datasets.notices import queries, service
from exchange.datasets.notices.schemas import FindNoticesSchema, NoticeSchema, PublishNoticeSchema
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import BUYER, PROVIDER

blueprint = Blueprint(
    "notices", __name__, url_prefix="/api/v1", description="What the buyers of data sets are told"
)


@blueprint.get("/notices")
@requires()
@blueprint.arguments(FindNoticesSchema, location="query")
@blueprint.response(200, NoticeSchema(many=True))
def find_notices(filters: dict[str, Any]) -> Any:
    """List the notices for you"""
    return queries.find_notices(get_session(), actor=current_actor(), **filters)


@blueprint.get("/notices/<notice_id>")
@requires()
@blueprint.response(200, NoticeSchema)
def get_notice(notice_id: str) -> Any:
    """Show a notice"""
    return queries.get_notice(get_session(), notice_id, actor=current_actor())


@blueprint.post("/notices/<notice_id>/reading")
@requires(PROVIDER, BUYER)
@blueprint.response(200, NoticeSchema)
def read_notice(notice_id: str) -> Any:
    """Say that your organisation has read a notice"""
    return service.read_notice(get_session(), actor=current_actor(), notice_id=notice_id, now=now())


@blueprint.post("/datasets/<dataset_id>/notices")
@requires(PROVIDER)
@blueprint.arguments(PublishNoticeSchema)
@blueprint.response(201, NoticeSchema)
def publish_notice(notice: dict[str, Any], dataset_id: str) -> Any:
    """Tell the buyers of a data set what is planned, delayed or corrected"""
    return service.publish_notice(
        get_session(), actor=current_actor(), dataset_id=dataset_id, now=now(), **notice
    )
