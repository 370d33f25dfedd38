"""The phone account of the demo: settings that point Twilio's own client to the carrier that the demo's web plays."""


def phone_settings(base_url: str) -> dict[str, str]:
    """The environment that makes SMS and WhatsApp arrive in the demo's phone. The token opens nothing else."""
    return {
        "TWILIO_ACCOUNT_SID": f"AC{'de' * 16}",
        "TWILIO_AUTH_TOKEN": "demo",
        "TWILIO_SMS_FROM": "+33644600000",
        "TWILIO_WHATSAPP_FROM": "+33644600000",
        "TWILIO_API_URL": f"{base_url}/demo/carrier",
        "SMS_PRICES": "+33=0.0798",
    }
