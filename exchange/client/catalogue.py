"""The exchange's verbs about what is on offer: listings and their review, the register, exports, prices."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from exchange.client.calls import API, Calls, object_of
from exchange.client.connection import Refused


class CatalogueVerbs(Calls):
    """What providers, reviewers and readers do with listings."""

    def preview(self, listing_id: str) -> dict[str, Any]:
        """The masked sample and the public quality profile of a listing on offer."""
        return self._get(f"/listings/{listing_id}/preview")

    def create_listing(
        self,
        dataset_id: str | None,
        offer: dict[str, Any],
        *,
        hosted_id: str | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        """Draft the listing of a data set, or of a product whose data stay with the provider."""
        named = {"dataset_id": dataset_id, "hosted_id": hosted_id}
        given = {name: value for name, value in named.items() if value is not None}
        return self._post("/listings", {**given, **offer}, key=key)

    def edit_listing(
        self, listing_id: str, offer: dict[str, Any], *, key: str | None = None
    ) -> dict[str, Any]:
        """Write the next version of a listing."""
        return self._post(f"/listings/{listing_id}/versions", offer, key=key)

    def submit_version(
        self, listing_id: str, number: int, *, note: str = "", key: str | None = None
    ) -> dict[str, Any]:
        """Hand a version to your organisation's approver."""
        return self._post(f"/listings/{listing_id}/versions/{number}/submission", {"note": note}, key=key)

    def approve_version(
        self,
        listing_id: str,
        number: int,
        decision: str,
        reason: str,
        *,
        checklist: list[str],
        key: str | None = None,
    ) -> dict[str, Any]:
        """Approve or return a colleague's version."""
        body = {"decision": decision, "reason": reason, "checklist": checklist}
        return self._post(f"/listings/{listing_id}/versions/{number}/approval", body, key=key)

    def decide_version(
        self,
        listing_id: str,
        number: int,
        decision: str,
        reason: str,
        *,
        checklist: list[str],
        missing: list[str] | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        """List an approved version, ask for a supplement, or reject it (operator)."""
        body = {
            "decision": decision,
            "reason": reason,
            "checklist": checklist,
            "missing": missing or [],
        }
        return self._post(f"/listings/{listing_id}/versions/{number}/decision", body, key=key)

    def withdraw_version(self, listing_id: str, number: int, reason: str) -> dict[str, Any]:
        """Take a version out of the review."""
        return self._post(f"/listings/{listing_id}/versions/{number}/withdrawal", {"reason": reason})

    def suspend_listing(self, listing_id: str, effect: str, reason: str) -> dict[str, Any]:
        """Suspend a listing (operator)."""
        return self._post(f"/listings/{listing_id}/suspension", {"effect": effect, "reason": reason})

    def resume_listing(self, listing_id: str, reason: str) -> dict[str, Any]:
        """End a suspension (operator)."""
        return self._post(f"/listings/{listing_id}/resumption", {"reason": reason})

    def delist_listing(self, listing_id: str, effect: str, reason: str) -> dict[str, Any]:
        """End a listing for good (its provider, or the operator)."""
        return self._post(f"/listings/{listing_id}/delisting", {"effect": effect, "reason": reason})

    def listing(self, listing_id: str) -> dict[str, Any]:
        """A listing with its state."""
        return self._get(f"/listings/{listing_id}")

    def prices(self, listing_id: str) -> list[dict[str, Any]]:
        """What a listing asked for, version by version, newest first."""
        return self._list(f"/listings/{listing_id}/prices")

    def versions(
        self,
        listing_id: str | None = None,
        *,
        state: str | None = None,
        overdue: bool | None = None,
        offset: int | None = None,
    ) -> list[dict[str, Any]]:
        """The versions the caller works on: of one listing, or by their place in the review."""
        if listing_id is not None:
            return self._list(f"/listings/{listing_id}/versions")
        return self._list("/listings/versions", state=state, overdue=overdue, offset=offset)

    def version(self, listing_id: str, number: int) -> dict[str, Any]:
        """One version of a listing the caller works on."""
        return self._get(f"/listings/{listing_id}/versions/{number}")

    def reviews(self, listing_id: str, number: int) -> list[dict[str, Any]]:
        """The steps of a version's review."""
        return self._list(f"/listings/{listing_id}/versions/{number}/reviews")

    # Products whose data stay with the provider

    def describe_api(self, name: str, api: dict[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """Make a provider-hosted product of a described API."""
        return self._post("/hosted-products", {"name": name, "api": api}, key=key)

    def describe_api_anew(
        self, hosted_id: str, api: dict[str, Any], *, key: str | None = None
    ) -> dict[str, Any]:
        """Write the next description of a product; the same again changes nothing."""
        return self._post(f"/hosted-products/{hosted_id}/descriptions", {"api": api}, key=key)

    def described_apis(self, *, offset: int | None = None) -> list[dict[str, Any]]:
        """Provider-hosted products by their newest description, a hundred at a time."""
        return self._list("/hosted-products", offset=offset)

    def described_api(self, hosted_id: str, *, version: int | None = None) -> dict[str, Any]:
        """One description of a product, the newest unless another is named."""
        place = "" if version is None else f"/descriptions/{version}"
        return self._get(f"/hosted-products/{hosted_id}{place}")

    def connection_tests(self, *, api_sha256: str | None = None) -> list[dict[str, Any]]:
        """Earlier tests, newest first; of the description with this digest only."""
        return self._list("/connection-tests", api_sha256=api_sha256)

    def test_connection(
        self, api: dict[str, Any], *, arguments: dict[str, str], secret: str | None
    ) -> dict[str, Any]:
        """Have the exchange try a described API once; the secret is used for it and not kept."""
        body = {"api": api, "arguments": arguments} | ({"secret": secret} if secret else {})
        return self._post("/connection-tests", body)

    # The register

    def resolve_handle(self, handle: str, *, version: int | None = None) -> dict[str, Any]:
        """What anybody may know of a product; responseCode 100 when there is no such handle."""
        try:
            return object_of(self.connection.get(f"/api/handles/{handle}", version=version))
        except Refused as refusal:
            if "responseCode" in refusal.problem:
                return refusal.problem
            raise

    def certificate(self, number: str) -> dict[str, Any]:
        """A registration certificate and how it stands now."""
        return self._get(f"/certificates/{number}")

    def certificates(self, listing_id: str) -> list[dict[str, Any]]:
        """The certificates of a listing, newest first."""
        return self._list(f"/listings/{listing_id}/certificates")

    def registrations(self, *, state: str | None = None) -> list[dict[str, Any]]:
        """Registrations in public notice, and one's own."""
        return self._list("/registrations", state=state)

    def raise_objection(self, listing_id: str, version: int, reason: str) -> dict[str, Any]:
        """Object to a registration in public notice."""
        return self._post(f"/registrations/{listing_id}/{version}/objections", {"reason": reason})

    def objections(self, *, state: str | None = None) -> list[dict[str, Any]]:
        """Objections, for the operator and the regulator."""
        return self._list("/objections", state=state)

    def decide_objection(self, objection_id: str, decision: str, reason: str) -> dict[str, Any]:
        """Uphold or dismiss an objection, as the operator."""
        return self._post(f"/objections/{objection_id}/decision", {"decision": decision, "reason": reason})

    def revoke_certificate(self, number: str, reason: str) -> dict[str, Any]:
        """End a certificate before its time, as the operator."""
        return self._post(f"/certificates/{number}/revocation", {"reason": reason})

    # Exports in open formats

    def export_catalogue(self, form: str = "turtle") -> Iterator[bytes]:
        """Everything on offer as one DCAT-AP document, `turtle` or `jsonld`, in pieces of one page each."""
        pages = self._catalogue_pages(form)
        if form == "turtle":
            yield from pages
            return
        # The pages describe one graph; their nodes stand one after the other.
        before = b""
        for page in pages:
            document = json.loads(page)
            if not before:
                yield b'{"@context": ' + json.dumps(document["@context"]).encode() + b', "@graph": [\n'
            nodes = ",\n".join(json.dumps(node, ensure_ascii=False) for node in document["@graph"])
            yield before + nodes.encode()
            before = b",\n"
        yield b"\n]}\n"

    def _catalogue_pages(self, form: str) -> Iterator[bytes]:
        after: str | None = None
        while True:
            response = self.connection.get(f"{API}/exports/catalogue", format=form, after=after)
            yield response.content
            following = response.links.get("next")
            if following is None:
                return
            after = parse_qs(urlsplit(following["url"]).query)["after"][0]

    def export_listing(self, listing_id: str, standard: str, **options: str) -> bytes:
        """One listing as `odrl`, `odcs`, `datapackage` or `croissant`, or its open `sample`."""
        path = f"{API}/exports/listings/{listing_id}/{standard}"
        return bytes(self.connection.get(path, **options).content)
