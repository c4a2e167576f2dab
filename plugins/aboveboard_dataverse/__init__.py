"""Dynamics 365 (Dataverse), governed."""
