"""The listing as a file that a provider edits, checks offline and publishes."""

from exchange.catalogue.listing_file.reading import ListingFile, ListingFileInvalid, check_file, read_file
from exchange.catalogue.listing_file.template import write_hosted_template, write_template

__all__ = [
    "ListingFile",
    "ListingFileInvalid",
    "check_file",
    "read_file",
    "write_hosted_template",
    "write_template",
]
