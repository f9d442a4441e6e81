"""Limits of the terms that the gate keeps before anything is read: from where, and of which time."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from contracts.terms import Terms
from exchange import datasets
from exchange.core.errors import NotPermitted


class AddressNotGranted(NotPermitted):
    """The terms grant the data to other addresses."""

    code = "address-not-granted"


class RangeNotGranted(NotPermitted):
    """The terms grant another range of time."""

    code = "range-not-granted"


def require_address(address: str | None, terms: Terms) -> None:
    """Refuse an address from which the terms grant nothing.

    Raises:
        AddressNotGranted: the address is in none of the ranges.
    """
    if address is None or not terms.networks:
        return
    caller = _read_address(address)
    if caller is None or not any(caller in ipaddress.ip_network(network) for network in terms.networks):
        raise AddressNotGranted(
            f"the terms grant nothing to the address {caller or 'that nobody knows'}",
            remedy=f"Ask from one of {', '.join(terms.networks)}.",
        )


def _read_address(text: str) -> Any:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # A server that listens on both families sees an IPv4 caller as a mapped IPv6 address.
    return getattr(address, "ipv4_mapped", None) or address


def bounded_range(first: str | None, end: str | None, terms: Terms) -> tuple[str | None, str | None]:
    """The range to deliver: what is asked for, or the bound of the terms where nothing is.

    Raises:
        RangeNotGranted: it is asked for more than the terms grant; nothing is cut off silently.
    """
    granted_from, granted_to = terms.data_range
    asked = {"time_from": first or granted_from, "time_to": end or granted_to}
    if not _is_granted(asked, terms):
        raise RangeNotGranted(
            "the terms do not grant this range of time",
            field="from" if first else "to",
            remedy=f"They grant {granted_from or 'the beginning'} to before {granted_to or 'the end'}.",
        )
    return asked["time_from"], asked["time_to"]


def _is_granted(asked: Mapping[str, Any], terms: Terms) -> bool:
    try:
        return within_range(asked, terms)
    except (ValueError, TypeError):
        return False  # no time, or one without the zone that the series has


def within_range(question: Mapping[str, Any], terms: Terms) -> bool:
    """Whether a question asks for nothing outside the range that the terms grant."""
    granted_from, granted_to = terms.data_range
    first, end = question["time_from"], question["time_to"]
    if granted_from is not None and (first is None or datasets.is_before(first, granted_from)):
        return False
    return granted_to is None or (end is not None and not datasets.is_before(granted_to, end))
