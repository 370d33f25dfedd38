"""Customers, their addresses and consents."""
