"""The terms of an agreement: one structured document whose canonical bytes the parties sign."""

from contracts.terms.document import TERMS_FORMAT, Party, Terms, build_terms, suite_of

__all__ = ["TERMS_FORMAT", "Party", "Terms", "build_terms", "suite_of"]
