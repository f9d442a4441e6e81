"""The forms of requests, offers and counter-offers: built from the draft's schema, read back as changes."""

from contracts.negotiations.forms.building import FieldGroup, FormField, Listed, groups_of
from contracts.negotiations.forms.reading import faults_of_fields, read_changes, refilled

__all__ = ["FieldGroup", "FormField", "Listed", "faults_of_fields", "groups_of", "read_changes", "refilled"]
