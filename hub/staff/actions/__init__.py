"""What may be done in the staff room, by family: sessions, people, profile, keys."""

from hub.staff.actions.attendance import note_attendance
from hub.staff.actions.keys import make_api_key, revoke_api_key
from hub.staff.actions.people import (
    Person,
    add_administrator,
    deactivate_agent,
    edit_agent,
    invite_agent,
    reinvite_agent,
)
from hub.staff.actions.profile import (
    accept_invitation,
    ask_password_reset,
    change_password,
    reset_password,
    save_profile,
    set_pin,
)
from hub.staff.actions.sessions import (
    Admission,
    check_setup_code,
    confirm_password,
    get_setup_code,
    sign_by_pin,
    sign_in,
    switch_person,
)

__all__ = [
    "Admission",
    "Person",
    "accept_invitation",
    "add_administrator",
    "ask_password_reset",
    "change_password",
    "check_setup_code",
    "confirm_password",
    "deactivate_agent",
    "edit_agent",
    "get_setup_code",
    "invite_agent",
    "make_api_key",
    "note_attendance",
    "reinvite_agent",
    "reset_password",
    "revoke_api_key",
    "save_profile",
    "set_pin",
    "sign_by_pin",
    "sign_in",
    "switch_person",
]
