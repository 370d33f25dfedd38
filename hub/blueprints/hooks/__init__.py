"""Doors for machines that report: mail providers, raw mails and Twilio, texts and calls, each by its signature."""

from hub.blueprints.hooks import mail_providers, raw_mails, twilio, twilio_voice
from hub.blueprints.hooks.base import blueprint

__all__ = ["blueprint", "mail_providers", "raw_mails", "twilio", "twilio_voice"]
