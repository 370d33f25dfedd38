"""What Twilio is told to do with a call, written by its own library. Pure.

Every address is full: Twilio signs the address it calls, so it must be the public one.
"""

from dataclasses import dataclass
from typing import Any

from twilio.twiml import voice_response

_twiml: Any = voice_response  # it has no types

ENDED_PATH = "/hooks/twilio/voice/ended"
RECORDED_PATH = "/hooks/twilio/voice/recorded"
STATUS_PATH = "/hooks/twilio/voice/status"
SILENCE_SECONDS = 5
TONGUES = {"fr": "fr-FR", "en": "en-GB"}


@dataclass(frozen=True, slots=True)
class Machine:
    """The answering machine: what it says before the tone and after silence, in `language` ("fr", "en")."""

    language: str
    words: tuple[str, ...]
    silence: str
    longest_seconds: int


def write_ringing(*, base_url: str, language: str, greeting: str, number: str, seconds: int) -> str:
    """Greet, and let the store's telephone ring; what came of it is told to ENDED_PATH."""
    response = _twiml.VoiceResponse()
    response.say(greeting, language=TONGUES[language])
    dial = _twiml.Dial(action=f"{base_url}{ENDED_PATH}", method="POST", timeout=seconds)
    dial.number(
        number,
        status_callback=f"{base_url}{STATUS_PATH}",
        status_callback_event="answered completed",
        status_callback_method="POST",
    )
    response.append(dial)
    return str(response)


def write_machine(machine: Machine, *, base_url: str) -> str:
    """Ask for a message and record it; who says nothing is told so."""
    tongue, there = TONGUES[machine.language], f"{base_url}{RECORDED_PATH}"
    response = _twiml.VoiceResponse()
    for words in machine.words:
        response.say(words, language=tongue)
    response.record(
        action=there,
        method="POST",
        max_length=machine.longest_seconds,
        timeout=SILENCE_SECONDS,
        play_beep=True,
        trim="trim-silence",
        recording_status_callback=there,
        recording_status_callback_method="POST",
        recording_status_callback_event="completed absent",
    )
    response.say(machine.silence, language=tongue)
    response.hangup()
    return str(response)


def write_end() -> str:
    """Nothing more to say."""
    response = _twiml.VoiceResponse()
    response.hangup()
    return str(response)
