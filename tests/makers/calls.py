"""What Twilio posts about one call of Anne to the store in Lyon, callback by callback."""

from tests.doubles.twilio import ACCOUNT

ANNE = "+33639980001"
LINE = "+33472990001"
CALL = "CA" + "1" * 32
RECORDING = "RE" + "2" * 32
SOUND = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\x00" * 400


def callbacks(
    sid: str = CALL, *, caller: str = ANNE, called: str = LINE, recording: str = RECORDING
) -> dict[str, tuple[str, dict[str, str]]]:
    """By name: the end of the address below /hooks/twilio/voice, and the fields."""
    call = {"CallSid": sid, "AccountSid": ACCOUNT, "From": caller, "To": called, "Direction": "inbound"}
    leg = {
        "CallSid": "CA" + "9" * 32,
        "ParentCallSid": sid,
        "AccountSid": ACCOUNT,
        "From": caller,
        "To": "+33472000001",
        "Direction": "outbound-dial",
    }
    going = {**call, "CallStatus": "in-progress"}
    url = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{recording}"
    spoken = {"RecordingUrl": url, "RecordingDuration": "35"}
    done = {**going, "DialCallStatus": "completed", "DialCallDuration": "120"}
    there = {**spoken, "RecordingSid": recording, "RecordingStatus": "completed"}
    return {
        "call": ("", {**call, "CallStatus": "ringing"}),
        "answered": ("/status", {**leg, "CallStatus": "in-progress"}),
        "leg_over": ("/status", {**leg, "CallStatus": "completed", "CallDuration": "120"}),
        "ended_answered": ("/ended", done),
        "ended_missed": ("/ended", {**going, "DialCallStatus": "no-answer"}),
        "ended_busy": ("/ended", {**going, "DialCallStatus": "busy"}),
        "ended_gone": ("/ended", {**call, "CallStatus": "completed", "DialCallStatus": "canceled"}),
        "recorded": ("/recorded", {**going, **spoken, "Digits": "hangup"}),
        "recording_there": ("/recorded", {"AccountSid": ACCOUNT, "CallSid": sid, **there}),
        "silent": ("/recorded", {"AccountSid": ACCOUNT, "CallSid": sid, "RecordingStatus": "absent"}),
        "over": ("/status", {**call, "CallStatus": "completed", "CallDuration": "140"}),
    }
