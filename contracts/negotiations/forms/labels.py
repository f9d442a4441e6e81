"""What the members of a draft, their groups and their codes are called on a form."""

from typing import Final

from exchange.core.i18n import gettext, lazy

#: The headings of the form, in its order; the first group is always open.
GROUP_LABELS: Final = {
    "": lazy("What is asked for"),
    "rights": lazy("Rights"),
    "delivery": lazy("Handover and service"),
    "acceptance": lazy("Inspection"),
    "quality": lazy("Promised quality"),
    "payment": lazy("Payment and tax"),
    "security": lazy("How the data are kept"),
    "end": lazy("At the end"),
    "confidentiality": lazy("Confidentiality"),
    "liability": lazy("Liability"),
    "change": lazy("Change and notice"),
    "dispute": lazy("Disputes"),
    "work": lazy("The task of a contract that is more than handing data over"),
}

MEMBER_LABELS: Final = {
    "kind": lazy("Kind of contract"),
    "binding_language": lazy("Binding language"),
    "required_suite": lazy("Signature algorithms"),
    "purpose": lazy("Purpose"),
    "scenario": lazy("Scenario of use"),
    "columns": lazy("Columns"),
    "delivery_modes": lazy("Ways of delivery"),
    "days": lazy("Days"),
    "max_rows": lazy("Rows granted"),
    "max_calls": lazy("Deliveries granted"),
    "calls_per_minute": lazy("Deliveries a minute"),
    "data_from": lazy("Data from"),
    "data_to": lazy("Data before"),
    "networks": lazy("Addresses, one range a line"),
    "special_terms": lazy("Other arrangements"),
    "rights.exclusive": lazy("Exclusive use"),
    "rights.derivation": lazy("Derived products"),
    "rights.derived_data": lazy("Derived data belong to"),
    "rights.ai_training": lazy("Training of models"),
    "rights.territory": lazy("Territory"),
    "delivery.completion": lazy("Handover is complete when"),
    "delivery.first_days": lazy("Days to the first delivery"),
    "delivery.availability_bp": lazy("Availability in hundredths of a percent"),
    "delivery.latency_ms": lazy("Latency in milliseconds"),
    "delivery.freshness": lazy("Freshness, as an ISO 8601 duration"),
    "delivery.support": lazy("Support"),
    "acceptance.days": lazy("Days of inspection"),
    "acceptance.redeliveries": lazy("Redeliveries"),
    "acceptance.silent": lazy("Silence accepts"),
    "quality.conformity": lazy("Conformity"),
    "quality.completeness": lazy("Completeness"),
    "quality.accuracy": lazy("Accuracy"),
    "quality.consistency": lazy("Consistency"),
    "quality.timeliness": lazy("Timeliness"),
    "quality.accessibility": lazy("Accessibility"),
    "quality.remedies": lazy("Remedies"),
    "payment.reconcile_days": lazy("Days to reconcile"),
    "payment.due_days": lazy("Days to pay"),
    "payment.tolerance_ppm": lazy("Tolerance in millionths"),
    "payment.late_interest_ppm": lazy("Late interest a day in millionths"),
    "payment.tax_rate_bp": lazy("Tax rate in hundredths of a percent"),
    "payment.tax_included": lazy("Tax is in the price"),
    "payment.invoice": lazy("Invoice"),
    "security.storage_region": lazy("Region of storage"),
    "security.encryption": lazy("Encryption at rest"),
    "security.subprocessors": lazy("Sub-processors"),
    "security.audit_right": lazy("Right to audit"),
    "security.incident_hours": lazy("Hours to report an incident"),
    "end.destruction_days": lazy("Days until deletion"),
    "end.confirmation": lazy("Deletion is confirmed"),
    "confidentiality.years": lazy("Years of confidentiality"),
    "liability.cap_percent": lazy("Limit of liability in percent"),
    "liability.penalty_percent": lazy("Penalty in percent"),
    "change.notice_days": lazy("Days of notice"),
    "change.cure_days": lazy("Days to cure a breach"),
    "dispute.negotiation_days": lazy("Days of talks"),
    "dispute.mediation": lazy("Mediation by the exchange"),
    "dispute.forum": lazy("Forum"),
    "dispute.body": lazy("Name of the court or arbitration body"),
    "work.task": lazy("Task"),
    "work.result": lazy("Result"),
    "work.result_owner": lazy("The result belongs to"),
    "work.provider_share_bp": lazy("Provider's share of the result in hundredths of a percent"),
}

_CODE_LABELS: Final = {
    "provision": lazy("Data provision"),
    "entrusted_processing": lazy("Entrusted processing"),
    "fusion_development": lazy("Fusion development"),
    "intermediary": lazy("Intermediary"),
    "zh": lazy("Chinese"),
    "en": lazy("English"),
    "default": lazy("The key that each party has (Ed25519 or P-256)"),
    "hybrid": lazy("Post-quantum hybrid (Ed25519 with ML-DSA-65)"),
    "sm": lazy("SM2 with SM3"),
    "query": lazy("Query"),
    "file": lazy("File download"),
    "buyer": lazy("Buyer"),
    "provider": lazy("Provider"),
    "shared": lazy("Both"),
    "available": lazy("it can be had"),
    "first_delivery": lazy("the first delivery is made"),
    "all_rows": lazy("all rows are delivered"),
    "redeliver": lazy("Deliver again"),
    "credit": lazy("Credit"),
    "refund": lazy("Refund"),
    "ordinary": lazy("Ordinary VAT invoice"),
    "special": lazy("Special VAT invoice"),
    "none": lazy("No invoice"),
    "court": lazy("Court"),
    "arbitration": lazy("Arbitration"),
    "true": lazy("Yes"),
    "false": lazy("No"),
}


def label_of(member: str) -> str:
    """The name of a member; its path where nobody has given it one yet."""
    return str(MEMBER_LABELS.get(member, member))


def code_label(code: str) -> str:
    """A code in words; the code itself where it is a listing's own word."""
    return str(_CODE_LABELS.get(code, code))


def group_label(group: str) -> str:
    """The heading of a group."""
    return str(GROUP_LABELS[group]) if group in GROUP_LABELS else gettext("Further members")
