"""The person behind a request, as far as rules need to know them."""

from dataclasses import dataclass

from exchange.core.errors import NotPermitted

PROVIDER = "provider"
BUYER = "buyer"
OPERATOR = "operator"
REGULATOR = "regulator"
ROLES = (PROVIDER, BUYER, OPERATOR, REGULATOR)

#: What a person does inside the organisation.
ADMIN = "admin"
EDITOR = "editor"
APPROVER = "approver"
DUTIES = (ADMIN, APPROVER, EDITOR)


@dataclass(frozen=True)
class Actor:
    """A signed-in person acting for an organisation, with the roles the organisation has been given."""

    person_id: str
    person_name: str
    organisation_id: str
    organisation_name: str
    roles: frozenset[str]
    is_verified: bool
    organisation_name_en: str = ""
    duties: frozenset[str] = frozenset()

    def has_role(self, *roles: str) -> bool:
        """Whether the actor's verified organisation has one of the roles."""
        return self.is_verified and not self.roles.isdisjoint(roles)

    def require_role(self, *roles: str) -> None:
        """Refuse an actor who has none of the roles.

        Raises:
            NotPermitted: says which role is needed, or that the organisation is not verified yet.
        """
        if not self.is_verified:
            raise NotPermitted(
                "the organisation is not verified yet", remedy="Wait for the operator's verification."
            )
        if self.roles.isdisjoint(roles):
            raise NotPermitted(f"this needs the role {' or '.join(roles)}")

    def require_duty(self, duty: str) -> None:
        """Refuse a person whose organisation has not given them the duty.

        Raises:
            NotPermitted: says which duty is needed, or that the organisation is not verified yet.
        """
        if not self.is_verified:
            raise NotPermitted(
                "the organisation is not verified yet", remedy="Wait for the operator's verification."
            )
        if duty not in self.duties:
            raise NotPermitted(
                f"this needs the duty of {duty} in your organisation",
                remedy="Ask a person of your organisation who has it.",
            )

    @property
    def oversees(self) -> bool:
        """Whether the actor may read every deal: the operator and the regulator."""
        return self.has_role(OPERATOR, REGULATOR)
