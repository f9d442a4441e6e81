"""What the first stage brings: participants, data sets, the catalogue, the log and the portal."""

import exchange.audit.api
import exchange.audit.cli
import exchange.audit.jobs
import exchange.audit.pages
import exchange.catalogue.api
import exchange.catalogue.pages
import exchange.catalogue.replay
import exchange.catalogue.search.api
import exchange.catalogue.search.cli
import exchange.catalogue.search.pages
import exchange.datasets.api
import exchange.demands.api
import exchange.demands.cli
import exchange.demands.jobs
import exchange.demands.pages
import exchange.demands.replay
import exchange.participants.api
import exchange.participants.cli
import exchange.participants.replay
import exchange.participants.service
import exchange.portal.event_words
import exchange.portal.pages
from exchange.catalogue import search
from exchange.catalogue.events import ListingVersionDecided
from exchange.core.i18n import lazy
from exchange.core.stage import NavigationItem, Stage

STAGE = Stage(
    api_blueprints=(
        exchange.participants.api.blueprint,
        exchange.datasets.api.blueprint,
        exchange.catalogue.api.blueprint,
        exchange.catalogue.search.api.blueprint,
        exchange.demands.api.blueprint,
        exchange.audit.api.blueprint,
    ),
    page_blueprints=(
        exchange.portal.pages.blueprint,
        exchange.catalogue.pages.blueprint,
        exchange.demands.pages.blueprint,
        exchange.audit.pages.blueprint,
        exchange.audit.api.log_blueprint,
    ),
    commands=(
        exchange.participants.cli.participants,
        exchange.catalogue.search.cli.search,
        exchange.catalogue.search.cli.catalogue,
        exchange.demands.cli.demand,
        exchange.audit.cli.audit,
    ),
    jobs=(exchange.audit.jobs.SEQUENCE, exchange.demands.jobs.WATCH),
    # Every event that may change what is on offer.
    reactions={ListingVersionDecided: (search.follow_listing,)},
    constraint_errors=exchange.participants.service.CONSTRAINT_ERRORS,
    replay_rules=(
        exchange.participants.replay.RULES,
        exchange.catalogue.replay.RULES,
        exchange.demands.replay.RULES,
    ),
    navigation=(
        NavigationItem(lazy("Catalogue"), "catalogue.show_catalogue"),
        NavigationItem(lazy("Demands"), "demands.show_board"),
        NavigationItem(lazy("Evidence log"), "audit.show_log"),
    ),
    page_parts={
        "home": (exchange.demands.pages.demands_part,),
        "log.words": (
            exchange.portal.event_words.event_words,
            exchange.demands.pages.event_words,
        ),
        "log.subjects": (exchange.catalogue.pages.subject_url, exchange.demands.pages.subject_url),
    },
)
