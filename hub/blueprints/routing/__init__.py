"""Doors of routing: rules with their trial, who gets the new tickets, experts, suggestions of reasons."""

from hub.blueprints.routing import assignment, experts, rules, suggestions
from hub.blueprints.routing.base import blueprint

__all__ = ["assignment", "blueprint", "experts", "rules", "suggestions"]
