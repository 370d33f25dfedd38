"""Sends questionnaires out: waves to segments, one reminder, single invitations."""
