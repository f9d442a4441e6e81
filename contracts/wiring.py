"""What the second stage brings: negotiations, agreements and metered deliveries."""

import contracts.agreements.api
import contracts.agreements.cli  # adds to `wdx contract`
import contracts.agreements.life.api
import contracts.agreements.life.cli  # adds to `wdx contract`
import contracts.agreements.life.jobs
import contracts.agreements.life.order_replay
import contracts.agreements.life.pages
import contracts.agreements.life.replay
import contracts.agreements.life.telling
import contracts.agreements.pages
import contracts.agreements.renewal_pages  # adds to the deals' pages
import contracts.agreements.replay
import contracts.agreements.signing_cli  # adds to `wdx contract`
import contracts.agreements.story
import contracts.agreements.telling
import contracts.declarations.api
import contracts.declarations.pages
import contracts.declarations.parts
import contracts.declarations.replay
import contracts.declarations.telling
import contracts.deliveries.api
import contracts.deliveries.parts
import contracts.deliveries.replay
import contracts.negotiations.api
import contracts.negotiations.cli
import contracts.negotiations.jobs
import contracts.negotiations.opening_pages  # adds to the negotiations' pages
import contracts.negotiations.pages
import contracts.negotiations.replay
import contracts.negotiations.telling
from contracts import agreements, declarations, deliveries, negotiations
from contracts.agreements import life
from exchange import catalogue, datasets
from exchange.core.i18n import lazy
from exchange.core.stage import NavigationItem, Stage

STAGE = Stage(
    api_blueprints=(
        contracts.negotiations.api.blueprint,
        contracts.agreements.api.blueprint,
        contracts.agreements.life.api.orders_blueprint,
        contracts.agreements.life.api.blueprint,
        contracts.deliveries.api.blueprint,
        contracts.declarations.api.blueprint,
    ),
    page_blueprints=(
        contracts.negotiations.pages.blueprint,
        contracts.agreements.pages.blueprint,
        contracts.agreements.life.pages.blueprint,
        contracts.declarations.pages.blueprint,
    ),
    reactions={
        negotiations.AccessRequested: (negotiations.link_demand,),
        negotiations.PrivateOfferMade: (negotiations.link_demand,),
        negotiations.OfferAccepted: (agreements.freeze_agreed_offer,),
        agreements.AgreementExecuted: (deliveries.open_meter, agreements.close_demand),
        life.SuspensionOrdered: (deliveries.follow_order,),
        life.SuspensionLifted: (deliveries.follow_lifting,),
        life.AgreementEndMoved: (deliveries.follow_end,),
        catalogue.ListingSuspended: (deliveries.follow_listing,),
        catalogue.ListingResumed: (deliveries.follow_listing,),
        catalogue.ListingDelisted: (deliveries.follow_listing,),
    },
    answerers={
        datasets.AgreementsOnData: (agreements.find_agreements_on_data,),
        life.LastUse: (deliveries.answer_last_use,),
        life.HoldsOver: (deliveries.answer_holds,),
    },
    tellers={
        negotiations.AccessRequested: (contracts.negotiations.telling.tell_requested,),
        negotiations.PrivateOfferMade: (contracts.negotiations.telling.tell_privately_offered,),
        negotiations.TermsOffered: (contracts.negotiations.telling.tell_offered,),
        negotiations.TermsCountered: (contracts.negotiations.telling.tell_countered,),
        negotiations.OfferAccepted: (contracts.negotiations.telling.tell_accepted,),
        negotiations.NegotiationEnded: (contracts.negotiations.telling.tell_ended,),
        negotiations.NegotiationExpired: (contracts.negotiations.telling.tell_expired,),
        agreements.AgreementFrozen: (contracts.agreements.telling.tell_frozen,),
        agreements.AgreementSigned: (contracts.agreements.telling.tell_signed,),
        agreements.AgreementExecuted: (contracts.agreements.telling.tell_executed,),
        life.SuspensionOrdered: (contracts.agreements.life.telling.tell_ordered,),
        life.SuspensionLifted: (contracts.agreements.life.telling.tell_lifted,),
        life.StepTaken: (contracts.agreements.life.telling.tell_step,),
        life.AgreementEndNear: (contracts.agreements.life.telling.tell_end_near,),
        life.AgreementEnded: (contracts.agreements.life.telling.tell_ended,),
        life.DestructionDue: (contracts.agreements.life.telling.tell_destruction_due,),
        deliveries.QuotaReached: (contracts.agreements.life.telling.tell_quota,),
        declarations.RevenueDeclared: (contracts.declarations.telling.tell_declared,),
        catalogue.ListingSuspended: (contracts.agreements.telling.tell_listing_stopped,),
        catalogue.ListingDelisted: (contracts.agreements.telling.tell_listing_stopped,),
        catalogue.ListingResumed: (contracts.agreements.telling.tell_listing_resumed,),
    },
    jobs=(
        contracts.negotiations.jobs.EXPIRE,
        contracts.agreements.life.jobs.LAPSE,
        contracts.agreements.life.jobs.REMIND,
    ),
    commands=(contracts.negotiations.cli.negotiation,),
    replay_rules=(
        contracts.negotiations.replay.RULES,
        contracts.agreements.replay.RULES,
        contracts.agreements.life.order_replay.RULES,
        contracts.agreements.life.replay.RULES,
        contracts.deliveries.replay.RULES,
        contracts.declarations.replay.RULES,
    ),
    navigation=(
        NavigationItem(lazy("Negotiations"), "negotiation_pages.show_negotiations"),
        NavigationItem(lazy("Deals"), "deals.show_deals"),
    ),
    page_parts={
        "home": (contracts.negotiations.pages.negotiations_part, contracts.agreements.pages.deals_part),
        "deal.timeline": (
            contracts.deliveries.parts.timeline_of_deliveries,
            contracts.declarations.parts.timeline_of_declarations,
        ),
        "deal.usage": (contracts.deliveries.parts.usage_of_deal,),
        "deal.revenue": (contracts.declarations.parts.revenue_of_deal,),
        "listing.deals": (
            contracts.negotiations.opening_pages.opening_part,
            contracts.agreements.pages.deals_of_listing,
        ),
        "log.words": (
            contracts.agreements.story.event_words,
            contracts.declarations.parts.event_words,
        ),
        "log.subjects": (
            contracts.negotiations.pages.subject_url,
            contracts.agreements.pages.subject_url,
        ),
    },
)
