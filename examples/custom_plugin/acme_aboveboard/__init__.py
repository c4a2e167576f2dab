"""Acme's plugin for Aboveboard."""
