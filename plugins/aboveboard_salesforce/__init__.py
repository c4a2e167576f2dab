"""Salesforce, governed."""
