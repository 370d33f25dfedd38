"""Tickets and customers taken over from another helpdesk or from mail files."""
