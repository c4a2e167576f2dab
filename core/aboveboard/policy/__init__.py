"""Policies: load and check a bundle of Rego, and ask an engine about an event."""
