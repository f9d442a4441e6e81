"""The terms of an agreement: one structured document whose canonical bytes the parties sign."""

from contracts.terms.checking import check_terms, draft_of, says_what_was_agreed
from contracts.terms.clauses import Clause, clauses_of, sentences_of
from contracts.terms.contract_id import ContractIdInvalid, new_contract_id, require_contract_id
from contracts.terms.document import TERMS_FORMAT, Party, Terms, build_terms, draft_document
from contracts.terms.draft import (
    ChangesSchema,
    NotEnforceableYet,
    TermsInvalid,
    apply_changes,
    changed_members,
)
from contracts.terms.opening import bounded, open_draft
from contracts.terms.policy import describe_policy
from contracts.terms.redline import compare

__all__ = [
    "TERMS_FORMAT",
    "ChangesSchema",
    "Clause",
    "ContractIdInvalid",
    "NotEnforceableYet",
    "Party",
    "Terms",
    "TermsInvalid",
    "apply_changes",
    "bounded",
    "build_terms",
    "changed_members",
    "check_terms",
    "clauses_of",
    "compare",
    "describe_policy",
    "draft_document",
    "draft_of",
    "new_contract_id",
    "open_draft",
    "require_contract_id",
    "says_what_was_agreed",
    "sentences_of",
]
