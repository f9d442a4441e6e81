"""What the first stage brings: participants, data sets, the catalogue, the log and the portal."""

import exchange.audit.api
import exchange.audit.cli
import exchange.audit.jobs
import exchange.audit.pages
import exchange.catalogue.api
import exchange.catalogue.pages
import exchange.catalogue.queries
import exchange.catalogue.replay
import exchange.datasets.api
import exchange.datasets.notices.api
import exchange.datasets.notices.cli
import exchange.datasets.notices.pages
import exchange.datasets.revisions.api
import exchange.datasets.revisions.cli
import exchange.datasets.revisions.jobs
import exchange.datasets.revisions.pages
import exchange.datasets.revisions.replay
import exchange.participants.api
import exchange.participants.cli
import exchange.participants.replay
import exchange.participants.service
import exchange.portal.event_words
import exchange.portal.pages
from exchange.core.i18n import lazy
from exchange.core.stage import NavigationItem, Stage

STAGE = Stage(
    api_blueprints=(
        exchange.participants.api.blueprint,
        exchange.datasets.api.blueprint,
        exchange.datasets.revisions.api.blueprint,
        exchange.datasets.notices.api.blueprint,
        exchange.catalogue.api.blueprint,
        exchange.audit.api.blueprint,
    ),
    page_blueprints=(
        exchange.portal.pages.blueprint,
        exchange.catalogue.pages.blueprint,
        exchange.datasets.revisions.pages.blueprint,
        exchange.datasets.notices.pages.blueprint,
        exchange.audit.pages.blueprint,
        exchange.audit.api.log_blueprint,
    ),
    commands=(
        exchange.participants.cli.participants,
        exchange.audit.cli.audit,
        exchange.datasets.revisions.cli.revision,
        exchange.datasets.notices.cli.notices,
    ),
    jobs=(exchange.audit.jobs.SEQUENCE, exchange.datasets.revisions.jobs.COMPARE_REVISIONS),
    answerers={exchange.datasets.OnOffer: (exchange.catalogue.queries.answer_on_offer,)},
    constraint_errors=exchange.participants.service.CONSTRAINT_ERRORS,
    replay_rules=(
        exchange.participants.replay.RULES,
        exchange.datasets.revisions.replay.RULES,
        exchange.catalogue.replay.RULES,
    ),
    navigation=(
        NavigationItem(lazy("Catalogue"), "catalogue.show_catalogue"),
        NavigationItem(lazy("Notices"), "notice_pages.show_notices"),
        NavigationItem(lazy("Evidence log"), "audit.show_log"),
    ),
    page_parts={
        "log.words": (exchange.portal.event_words.event_words,),
        "log.subjects": (exchange.catalogue.pages.subject_url,),
    },
)
