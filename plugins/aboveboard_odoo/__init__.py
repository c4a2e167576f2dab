"""Odoo, governed."""
