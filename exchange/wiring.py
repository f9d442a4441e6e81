"""What the first stage brings: participants, data sets, the catalogue, the log and the portal."""

import exchange.audit.api
import exchange.audit.cli
import exchange.audit.jobs
import exchange.audit.pages
import exchange.catalogue.api
import exchange.catalogue.pages
import exchange.catalogue.replay
import exchange.datasets.api
import exchange.datasets.cli
import exchange.datasets.keys.cli
import exchange.datasets.uploads.api
import exchange.datasets.uploads.jobs
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
        exchange.datasets.uploads.api.blueprint,
        exchange.catalogue.api.blueprint,
        exchange.audit.api.blueprint,
    ),
    page_blueprints=(
        exchange.portal.pages.blueprint,
        exchange.catalogue.pages.blueprint,
        exchange.audit.pages.blueprint,
        exchange.audit.api.log_blueprint,
    ),
    commands=(
        exchange.participants.cli.participants,
        exchange.datasets.cli.dataset,
        exchange.datasets.keys.cli.storage,
        exchange.audit.cli.audit,
    ),
    jobs=(
        exchange.audit.jobs.SEQUENCE,
        exchange.datasets.uploads.jobs.READ_UPLOADS,
        exchange.datasets.uploads.jobs.SWEEP_UPLOADS,
        exchange.datasets.uploads.jobs.SWEEP_STORAGE,
    ),
    constraint_errors=exchange.participants.service.CONSTRAINT_ERRORS,
    replay_rules=(exchange.participants.replay.RULES, exchange.catalogue.replay.RULES),
    navigation=(
        NavigationItem(lazy("Catalogue"), "catalogue.show_catalogue"),
        NavigationItem(lazy("Evidence log"), "audit.show_log"),
    ),
    page_parts={
        "log.words": (exchange.portal.event_words.event_words,),
        "log.subjects": (exchange.catalogue.pages.subject_url,),
    },
)
