"""Surveys, invitations, touches and answers."""
