"""What the first stage brings: participants, data sets, the catalogue, the log and the portal."""

import exchange.audit.api
import exchange.audit.cli
import exchange.audit.jobs
import exchange.audit.pages
import exchange.catalogue.api
import exchange.catalogue.cli
import exchange.catalogue.codes.api
import exchange.catalogue.codes.cli
import exchange.catalogue.disclosure.api
import exchange.catalogue.disclosure.service
import exchange.catalogue.exports.api
import exchange.catalogue.exports.cli
import exchange.catalogue.exports.pages
import exchange.catalogue.jobs
import exchange.catalogue.pages
import exchange.catalogue.replay
import exchange.catalogue.search.api
import exchange.catalogue.search.cli
import exchange.catalogue.search.pages
import exchange.datasets.api
import exchange.datasets.cli
import exchange.datasets.keys.cli
import exchange.datasets.notices.api
import exchange.datasets.notices.cli
import exchange.datasets.notices.pages
import exchange.datasets.revisions.api
import exchange.datasets.revisions.cli
import exchange.datasets.revisions.jobs
import exchange.datasets.revisions.pages
import exchange.datasets.revisions.replay
import exchange.datasets.uploads.api
import exchange.datasets.uploads.jobs
import exchange.demands.api
import exchange.demands.cli
import exchange.demands.jobs
import exchange.demands.pages
import exchange.demands.replay
import exchange.hosted.api
import exchange.hosted.cli
import exchange.hosted.replay
import exchange.housekeeping
import exchange.messages.api
import exchange.messages.cli
import exchange.messages.jobs
import exchange.messages.mail.api
import exchange.messages.mail.jobs
import exchange.messages.mail.pages
import exchange.messages.metrics
import exchange.messages.pages
import exchange.messages.queries
import exchange.messages.webhooks.api
import exchange.messages.webhooks.cli
import exchange.messages.webhooks.jobs
import exchange.messages.webhooks.pages
import exchange.participants.api
import exchange.participants.cli
import exchange.participants.keys.api
import exchange.participants.keys.cli
import exchange.participants.keys.jobs
import exchange.participants.keys.pages
import exchange.participants.keys.replay
import exchange.participants.replay
import exchange.participants.service
import exchange.portal.event_words
import exchange.portal.pages
import exchange.registry.api
import exchange.registry.cli
import exchange.registry.jobs
import exchange.registry.pages
import exchange.registry.queries
import exchange.registry.replay
import exchange.registry.service
import exchange.telling
from exchange import catalogue, datasets
from exchange.catalogue import search
from exchange.core.i18n import lazy
from exchange.core.stage import NavigationItem, Stage
from exchange.participants.actors import BUYER, PROVIDER

STAGE = Stage(
    api_blueprints=(
        exchange.participants.api.blueprint,
        exchange.participants.keys.api.blueprint,
        exchange.datasets.api.blueprint,
        exchange.datasets.uploads.api.blueprint,
        exchange.datasets.revisions.api.blueprint,
        exchange.datasets.notices.api.blueprint,
        exchange.catalogue.api.blueprint,
        exchange.catalogue.search.api.blueprint,
        exchange.hosted.api.blueprint,
        exchange.hosted.api.products,
        exchange.registry.api.blueprint,
        exchange.registry.api.handles,
        exchange.catalogue.codes.api.blueprint,
        exchange.catalogue.disclosure.api.blueprint,
        exchange.catalogue.exports.api.blueprint,
        exchange.demands.api.blueprint,
        exchange.messages.api.blueprint,
        exchange.messages.webhooks.api.blueprint,
        exchange.messages.mail.api.blueprint,
        exchange.audit.api.blueprint,
    ),
    page_blueprints=(
        exchange.portal.pages.blueprint,
        exchange.participants.keys.pages.blueprint,
        exchange.participants.keys.pages.authority_blueprint,
        exchange.catalogue.pages.blueprint,
        exchange.catalogue.exports.pages.blueprint,
        exchange.datasets.revisions.pages.blueprint,
        exchange.datasets.notices.pages.blueprint,
        exchange.registry.pages.blueprint,
        exchange.demands.pages.blueprint,
        exchange.messages.pages.blueprint,
        exchange.messages.webhooks.pages.blueprint,
        exchange.messages.mail.pages.blueprint,
        exchange.audit.pages.blueprint,
        exchange.audit.api.log_blueprint,
    ),
    commands=(
        exchange.participants.cli.participants,
        exchange.participants.cli.people,
        exchange.participants.keys.cli.authority,
        exchange.datasets.cli.dataset,
        exchange.datasets.revisions.cli.revision,
        exchange.datasets.notices.cli.notices,
        exchange.catalogue.codes.cli.codes,
        exchange.catalogue.cli.listing,
        exchange.catalogue.search.cli.search,
        exchange.catalogue.search.cli.catalogue,
        exchange.catalogue.exports.cli.export,
        exchange.datasets.keys.cli.storage,
        exchange.hosted.cli.hosted,
        exchange.registry.cli.handle,
        exchange.registry.cli.certificate,
        exchange.demands.cli.demand,
        exchange.messages.cli.inbox,
        exchange.messages.webhooks.cli.webhook,
        exchange.audit.cli.audit,
    ),
    jobs=(
        exchange.audit.jobs.SEQUENCE,
        exchange.participants.keys.jobs.REFRESH_LISTS,
        exchange.catalogue.jobs.EXPIRE_LISTINGS,
        exchange.datasets.revisions.jobs.COMPARE_REVISIONS,
        exchange.datasets.uploads.jobs.READ_UPLOADS,
        exchange.datasets.uploads.jobs.SWEEP_UPLOADS,
        exchange.datasets.uploads.jobs.SWEEP_STORAGE,
        exchange.registry.jobs.ISSUE_CERTIFICATES,
        exchange.demands.jobs.WATCH,
        exchange.messages.jobs.TELL,
        exchange.messages.webhooks.jobs.SEND_WEBHOOKS,
        exchange.messages.mail.jobs.SEND_MAILS,
        exchange.housekeeping.FORGET_OLD,
    ),
    reactions={
        # Every event that may change what is on offer reaches the search index.
        catalogue.ListingVersionDecided: (
            exchange.registry.service.apply_for_registration,
            search.follow_listing,
        ),
        catalogue.ListingSuspended: (search.follow_listing,),
        catalogue.ListingResumed: (search.follow_listing,),
        catalogue.ListingDelisted: (search.follow_listing,),
        catalogue.ListingExpired: (search.follow_listing,),
        datasets.RevisionRevoked: (search.follow_revision,),
    },
    answerers={datasets.OnOffer: (exchange.catalogue.disclosure.service.answer_on_offer,)},
    tellers=exchange.telling.TELLERS,
    constraint_errors=exchange.participants.service.CONSTRAINT_ERRORS,
    replay_rules=(
        exchange.participants.replay.RULES,
        exchange.hosted.replay.RULES,
        exchange.participants.keys.replay.RULES,
        exchange.datasets.revisions.replay.RULES,
        exchange.catalogue.replay.RULES,
        exchange.registry.replay.RULES,
        exchange.demands.replay.RULES,
    ),
    navigation=(
        NavigationItem(lazy("Catalogue"), "catalogue.show_catalogue"),
        NavigationItem(lazy("Demands"), "demands.show_board"),
        NavigationItem(
            lazy("Inbox"),
            "inbox.show_inbox",
            count=exchange.messages.queries.count_unread,
            is_on_the_way=False,
        ),
        NavigationItem(lazy("Notices"), "notice_pages.show_notices", is_on_the_way=False),
        NavigationItem(
            lazy("Signing keys"), "keys_pages.show_keys", frozenset({PROVIDER, BUYER}), is_on_the_way=False
        ),
        NavigationItem(lazy("Evidence log"), "audit.show_log", is_on_the_way=False),
    ),
    page_parts={
        "home": (exchange.demands.pages.demands_part,),
        "metrics": (exchange.messages.metrics.message_metrics,),
        "listing.deals": (exchange.registry.pages.registration_part,),
        "exports.identifiers": (exchange.registry.queries.find_exported_identifiers,),
        "log.words": (
            exchange.portal.event_words.event_words,
            exchange.demands.pages.event_words,
        ),
        "log.subjects": (exchange.catalogue.pages.subject_url, exchange.demands.pages.subject_url),
    },
)
