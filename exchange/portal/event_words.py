"""The log's events of the first stage in words; later stages bring the words for theirs."""

from exchange.core.i18n import gettext


def event_words() -> dict[str, str]:
    """Event types in words, for people who read the log."""
    return {
        "exchange_key.registered": gettext("The exchange stated a key of its own"),
        "organisation.registered": gettext("An organisation registered"),
        "organisation.decided": gettext("The operator decided on an organisation"),
        "person.added": gettext("An organisation named a further person"),
        "signing_key.enrolled": gettext("An organisation enrolled a signing key"),
        "signing_key.certified": gettext("The authority certified a signing key"),
        "signing_key.revoked": gettext("A signing key was ended for good"),
        "authority.established": gettext("The exchange stated a key of its certificate authority"),
        "revocation_list.issued": gettext("The authority published its list of revoked certificates"),
        "dataset.created": gettext("A provider brought a data set"),
        "dataset.revision_added": gettext("A revision was stored"),
        "dataset.quality_assessed": gettext("The quality of a revision was assessed"),
        "hosted.api_described": gettext("A provider described its API"),
        "hosted.connection_tested": gettext("The exchange tried a provider's API"),
        "dataset.breaking_change_declared": gettext("A breaking revision was let in"),
        "dataset.revision_revoked": gettext("A revision was revoked"),
        "notice.published": gettext("The buyers of a data set were told something"),
        "listing.version_written": gettext("The provider wrote the listing"),
        "listing.version_submitted": gettext("The provider submitted the listing for review"),
        "listing.version_approved": gettext("A second person of the provider decided on it"),
        "listing.version_decided": gettext("The operator decided on the listing"),
        "listing.version_withdrawn": gettext("The provider withdrew a version of the listing"),
        "listing.suspended": gettext("The operator suspended the listing"),
        "listing.resumed": gettext("The operator resumed the listing"),
        "listing.delisted": gettext("The listing was delisted"),
        "listing.expired": gettext("The last day of the listing is past"),
    }
