"""Who is told of the first stage's events; wiring.py hands it on."""

from collections.abc import Mapping

import exchange.catalogue.telling as listings
import exchange.datasets.telling as data
import exchange.demands.telling as demands
import exchange.messages.webhooks.telling as webhooks
import exchange.participants.telling as participants
import exchange.registry.telling as register
from exchange.catalogue import events as catalogue_events
from exchange.core.telling import Teller
from exchange.datasets import events as dataset_events
from exchange.demands import events as demand_events
from exchange.messages.webhooks import events as webhook_events
from exchange.participants import events as participant_events
from exchange.participants.keys import events as key_events
from exchange.registry import events as registry_events

TELLERS: Mapping[type, tuple[Teller, ...]] = {
    participant_events.OrganisationRegistered: (participants.tell_registered,),
    participant_events.OrganisationDecided: (participants.tell_decided,),
    participant_events.PersonAdded: (participants.tell_person_added,),
    key_events.SigningKeyEnrolled: (participants.tell_key_enrolled,),
    key_events.SigningKeyRevoked: (participants.tell_key_revoked,),
    dataset_events.NoticePublished: (data.tell_notice,),
    dataset_events.RevisionRevoked: (data.tell_revoked,),
    catalogue_events.ListingVersionSubmitted: (listings.tell_submitted,),
    catalogue_events.ListingVersionApproved: (listings.tell_approved,),
    catalogue_events.ListingVersionDecided: (listings.tell_decided,),
    catalogue_events.ListingSuspended: (listings.tell_stopped,),
    catalogue_events.ListingResumed: (listings.tell_stopped,),
    catalogue_events.ListingDelisted: (listings.tell_stopped,),
    catalogue_events.ListingExpired: (listings.tell_expired,),
    registry_events.RegistrationObjected: (register.tell_objected,),
    registry_events.ObjectionDecided: (register.tell_objection_decided,),
    registry_events.CertificateIssued: (register.tell_issued,),
    registry_events.CertificateRevoked: (register.tell_revoked,),
    demand_events.DemandSubmitted: (demands.tell_submitted,),
    demand_events.DemandReviewed: (demands.tell_reviewed,),
    demand_events.DemandClaimed: (demands.tell_claimed,),
    demand_events.DemandConfirmed: (demands.tell_confirmed,),
    demand_events.DemandClaimDeclined: (demands.tell_claim_declined,),
    demand_events.DemandExpired: (demands.tell_buyer,),
    demand_events.DemandUnclaimed: (demands.tell_buyer,),
    demand_events.DemandIntervened: (demands.tell_buyer,),
    webhook_events.WebhookRegistered: (webhooks.tell_webhook,),
    webhook_events.WebhookSecretRotated: (webhooks.tell_webhook,),
    webhook_events.WebhookDisabled: (webhooks.tell_webhook,),
    webhook_events.WebhookEnabled: (webhooks.tell_webhook,),
    webhook_events.WebhookRemoved: (webhooks.tell_webhook,),
}
