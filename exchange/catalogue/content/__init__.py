"""The content of a listing version: what a provider says, the rules it keeps, and the facts added to it.

Pure: the server and the offline check of a listing file run the same code.
"""

from exchange.catalogue.content.checking import Circumstances, check_offer, recheck_content
from exchange.catalogue.content.facts import build_content, build_hosted_content, says_the_same

__all__ = [
    "Circumstances",
    "build_content",
    "build_hosted_content",
    "check_offer",
    "recheck_content",
    "says_the_same",
]
