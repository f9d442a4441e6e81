"""What one stage of the deal brings to the assembled service; each `wiring.py` states one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import click
from flask import Blueprint

from exchange.core.enquiries import Answerer
from exchange.core.jobs import Job
from exchange.core.telling import Teller

#: Called with the event's session, the event and `at`, inside the event's own transaction.
Reaction = Callable[..., None]


@dataclass(frozen=True)
class NavigationItem:
    """A place in the portal's main menu, shown to the roles that may go there."""

    label: str
    endpoint: str
    roles: frozenset[str] = frozenset()
    #: Whether a deal passes there; what is about all deals stands after these.
    is_on_the_way: bool = True
    #: How many things wait there for the actor; called with a reading session and the actor.
    count: Callable[..., int] | None = None


@dataclass(frozen=True)
class Stage:
    """The parts that `create_app` puts together; a stage that has none of a kind leaves it empty."""

    api_blueprints: tuple[Any, ...] = ()
    page_blueprints: tuple[Blueprint, ...] = ()
    commands: tuple[click.Command, ...] = ()
    jobs: tuple[Job, ...] = ()
    reactions: Mapping[type, tuple[Reaction, ...]] = field(default_factory=dict)
    #: Who answers what an earlier stage asks.
    answerers: Mapping[type, tuple[Answerer, ...]] = field(default_factory=dict)
    #: Who is told of an event once it is committed, and in which words.
    tellers: Mapping[type, tuple[Teller, ...]] = field(default_factory=dict)
    constraint_errors: Mapping[str, Callable[[], Exception]] = field(default_factory=dict)
    replay_rules: tuple[Any, ...] = ()
    navigation: tuple[NavigationItem, ...] = ()
    #: Parts of pages that an earlier stage owns: place -> functions that fill it.
    page_parts: Mapping[str, tuple[Callable[..., Any], ...]] = field(default_factory=dict)
