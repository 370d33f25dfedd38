"""What is done in the inbox, by verb family; other rooms import from here."""

from hub.inbox.actions.acknowledging import lock_addresses, post_acknowledgements
from hub.inbox.actions.answers import open_ticket_from_answer, withdraw_answer_ticket
from hub.inbox.actions.asking_experts import ask_experts, save_group, switch_group
from hub.inbox.actions.attaching import Upload, discard_files, keep_files, remove_file
from hub.inbox.actions.bridging import confirm_delivery, give_up_delivery
from hub.inbox.actions.bulk import choose_plain, receive_new_contacts
from hub.inbox.actions.calls import CallDraft, CallResult, add_call, drop_call, give_call, log_attempt
from hub.inbox.actions.changing import (
    add_note,
    assign,
    change_priority,
    change_reason,
    free_tickets_of,
    free_tickets_out_of_reach,
    transfer,
)
from hub.inbox.actions.chat_setting import change_chat, change_store_chat
from hub.inbox.actions.chatting import (
    Said,
    Visitor,
    leave_chat,
    leave_note,
    note_visitor,
    open_chat,
    say,
)
from hub.inbox.actions.choosing import change_store_alert, choose_alerts
from hub.inbox.actions.contacts import open_contact
from hub.inbox.actions.counter import CounterEntry, CounterNoted, note_at_counter
from hub.inbox.actions.ending import mark_spam, reopen, set_pending, solve
from hub.inbox.actions.finding import belongs_to_ticket, continues_ticket, lock_names
from hub.inbox.actions.following import follow, unfollow
from hub.inbox.actions.giving import (
    change_ceilings,
    decide_gesture,
    note_refund_made,
    offer_refund,
    offer_voucher,
)
from hub.inbox.actions.handing_out import change_assignment, hand_out, note_absence
from hub.inbox.actions.looping import mark_loop_seen
from hub.inbox.actions.many import BulkAct, act_on_many
from hub.inbox.actions.many_undone import undo_bulk_run
from hub.inbox.actions.merging import merge, unmerge
from hub.inbox.actions.noticing import mark_read, notify
from hub.inbox.actions.people import add_copy, change_order, change_requester, remove_party
from hub.inbox.actions.questionnaires import open_ticket_from_remark
from hub.inbox.actions.rating import (
    answer_rating,
    ask_rating,
    change_rating_setting,
    sign_page,
    withdraw_rating,
)
from hub.inbox.actions.rebuilding import rebuild_batch, rebuild_waits
from hub.inbox.actions.receiving import receive_message
from hub.inbox.actions.remarks import note_delivery_remark
from hub.inbox.actions.replying import log_call, reply
from hub.inbox.actions.scheduling import cancel_scheduled, change_scheduled, schedule_reply
from hub.inbox.actions.setting import change_alert_policy, change_routing_order, change_target
from hub.inbox.actions.snoozing import snooze, wake
from hub.inbox.actions.splitting import MOVING, Split, split
from hub.inbox.actions.tagging import (
    add_tag,
    change_tag_setting,
    make_tag,
    remove_tag,
    rename_tag,
    switch_tag,
)
from hub.inbox.actions.undoing import undo_reply
from hub.inbox.actions.views import (
    ViewDraft,
    change_view,
    choose_default_view,
    delete_view,
    move_view,
    save_view,
)
from hub.inbox.actions.whys import open_ticket_from_why
from hub.inbox.actions.working import has_due, next_due_at, work_tickets
from hub.inbox.actions.writing import leave, note_presence, save_draft
from hub.inbox.directory import Directory
from hub.inbox.values import Contact, Incoming, IncomingFile, Received, Replied

__all__ = [
    "MOVING",
    "BulkAct",
    "CallDraft",
    "CallResult",
    "Contact",
    "CounterEntry",
    "CounterNoted",
    "Directory",
    "Incoming",
    "IncomingFile",
    "Received",
    "Replied",
    "Said",
    "Split",
    "Upload",
    "ViewDraft",
    "Visitor",
    "act_on_many",
    "add_call",
    "add_copy",
    "add_note",
    "add_tag",
    "answer_rating",
    "ask_experts",
    "ask_rating",
    "assign",
    "belongs_to_ticket",
    "cancel_scheduled",
    "change_alert_policy",
    "change_assignment",
    "change_ceilings",
    "change_chat",
    "change_order",
    "change_priority",
    "change_rating_setting",
    "change_reason",
    "change_requester",
    "change_routing_order",
    "change_scheduled",
    "change_store_alert",
    "change_store_chat",
    "change_tag_setting",
    "change_target",
    "change_view",
    "choose_alerts",
    "choose_default_view",
    "choose_plain",
    "confirm_delivery",
    "continues_ticket",
    "decide_gesture",
    "delete_view",
    "discard_files",
    "drop_call",
    "follow",
    "free_tickets_of",
    "free_tickets_out_of_reach",
    "give_call",
    "give_up_delivery",
    "hand_out",
    "has_due",
    "keep_files",
    "leave",
    "leave_chat",
    "leave_note",
    "lock_addresses",
    "lock_names",
    "log_attempt",
    "log_call",
    "make_tag",
    "mark_loop_seen",
    "mark_read",
    "mark_spam",
    "merge",
    "move_view",
    "next_due_at",
    "note_absence",
    "note_at_counter",
    "note_delivery_remark",
    "note_presence",
    "note_refund_made",
    "note_visitor",
    "notify",
    "offer_refund",
    "offer_voucher",
    "open_chat",
    "open_contact",
    "open_ticket_from_answer",
    "open_ticket_from_remark",
    "open_ticket_from_why",
    "post_acknowledgements",
    "rebuild_batch",
    "rebuild_waits",
    "receive_message",
    "receive_new_contacts",
    "remove_file",
    "remove_party",
    "remove_tag",
    "rename_tag",
    "reopen",
    "reply",
    "save_draft",
    "save_group",
    "save_view",
    "say",
    "schedule_reply",
    "set_pending",
    "sign_page",
    "snooze",
    "solve",
    "split",
    "switch_group",
    "switch_tag",
    "transfer",
    "undo_bulk_run",
    "undo_reply",
    "unfollow",
    "unmerge",
    "wake",
    "withdraw_answer_ticket",
    "withdraw_rating",
    "work_tickets",
]
