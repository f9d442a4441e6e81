"""The register: each listed version gets a certificate, each product identifiers that anybody can resolve."""

from exchange.registry.queries import CertificateCard, find_marks, get_certificate_card

__all__ = ["CertificateCard", "find_marks", "get_certificate_card"]
