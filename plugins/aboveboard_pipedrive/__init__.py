"""Pipedrive, governed."""
