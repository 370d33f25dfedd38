"""Every measure of the worked chain reckoned on paper: what it is, and how a reader checks it.

Waits in opening minutes, from STORY of tests/makers/worked_chain.py and what tests/makers/worked_shop.py adds (L: Lyon,
l: Lille, *: late against two opening hours for the first reply and one for the next):

    1 L 20, again 30 | 2 L 30 + 30 | 3 L 10 | 4 L 30 + 15 | 5 L 5 | 6 L 150* | 7 L 150 + 240* | 11 l 20 | 12 l 15 + 30
    13 l 60 + 60 | 14 l 5 | 15 l 150 + 120* | 16 l 15 | 17 l 40, again 30
    8 L 45, then l 60: 105 together | 18 l 60, then L 90: 150 together*
    Cid's answer of the 7th at 10:00 L 90
    in order: 5 5 10 15 20 20 30 30 40 | 45 | 45 60 90 105 120 150 150 270 390

On the 8th at noon wait: 19 (since the 7th at 17:00, 90 + 150 min, late), 20 (since 11:00), Eve (since 10:30), the mail
without a store (since 11:30) and 7 again (its customer was not satisfied at 11:40).
"""

from dataclasses import dataclass

HOUR, MINUTE = 3600, 60


@dataclass(frozen=True)
class Worked:
    """`how` is the reckoning, for whoever checks it."""

    value: object
    how: str


WAITS = {
    "median_reply": Worked(45 * MINUTE, "the 10th of 19 waits"),
    "p90_reply": Worked(174 * MINUTE, "place 0.9 × 18 = 16.2: 150 + 0.2 × (270 - 150)"),
    "within_target": Worked(15 / 19, "19 waits, of which 6, 7, 15 and 18 are late"),
    "waits": Worked(19, "18 of the story and Cid's"),
    "waiting_now": Worked(5, "19, 20, 7, Eve, and the mail without a store"),
    "late_now": Worked(
        1, "19: 240 min against 120; the others wait 60, 20 and 90 min, the central queue has no hours"
    ),
    "oldest_wait": Worked(19 * HOUR, "19: from the 7th at 17:00 to the 8th at 12:00"),
    "dropped": Worked(2, "9 solved without a reply, 10 spam"),
    "dropped_share": Worked(2 / 21, "2 of 19 + 2"),
}
TICKETS = {
    "tickets": Worked(22, "20 of the story less the spam, Cid, Eve, the mail without a store"),
    "contact_rate": Worked(4400.0, "22 tickets, 5 orders: 22 / 5 × 1,000"),
    "reason_share": Worked(
        {"delivery": 4 / 22, "breakage": 2 / 22, None: 16 / 22}, "1 2 7 Cid | 9 17 | the others"
    ),
    "tickets_change": Worked(
        {"delivery": 4, "breakage": 2},
        "from 4 to 7 April 1 2 7 Cid | 9 17; from 30 March to 2 April none came",
    ),
    "orders": Worked(5, "six, of which Fay's was cancelled"),
    "order_revenue": Worked(26_000, "100 + (50 - 20) + 30 + 60 + 40 euros"),
    "first_resolution": Worked(
        112.5 * MINUTE, "30 (1) 60 (9) 105 (17) | 120 (Cid) 180 (2) 510 (7): (105 + 120) / 2"
    ),
    "last_resolution": Worked(
        120 * MINUTE, "60 (9) 105 (17) 120 (Cid) 180 (2) 4,560 (1): the third; 7 is open again"
    ),
    "reopened": Worked(2 / 6, "1 and 7 of 1 2 7 9 17 Cid"),
    "reroute_rate": Worked(2 / 22, "8 and 18 of 22"),
    "routed": Worked(22, "20 by their address, Cid and Eve by their orders"),
    "unattributed": Worked(1, "the mail without a store"),
    "gesture_cost": Worked(2_500, "a voucher of 5, refunds of 8 and of 12 euros"),
    "gestures_given": Worked(3, "one voucher, two refunds"),
    "gestures_refused": Worked(1, "the refund of 30 euros"),
}
ANSWERS = {
    "csat": Worked(3 / 5, "Ann, Ben and Dan of Ann, Ben, Cid, Dan and Eve"),
    "csat_answers": Worked(5, "the same five"),
    "csat_asked": Worked(6, "all six were asked on the 6th, Fay did not answer"),
    "ticket_csat": Worked(4 / 5, "3 2 3 2 of 3 (1) 2 (2) 3 (17) 1 (7) 2 (Cid)"),
    "ticket_ratings": Worked(5, "1 2 17 7 Cid"),
    "ticket_asked": Worked(5, "1 2 17 7 Cid: 9 had no reply; the question of 1 of the 4th was taken back"),
    "first_contact": Worked(90 * MINUTE, "Cid's alone, from 10:00 to 11:30"),
    "uncontacted": Worked(1, "Eve's"),
    "recovery": Worked(1.0, "Cid was not satisfied and is satisfied: 1 of 1"),
    "review_links": Worked(2 / 5, "Ann and Ben of the five who answered"),
}
MESSAGES = {
    "messages_sent": Worked(6, "four offers and two thanks"),
    "messages_delivered": Worked(5 / 6, "all but Ben's offer, which came back"),
    "messages_bounced": Worked(1 / 6, "Ben's offer"),
    "messages_opened": Worked(
        1 / 3, "Ann's offer, of Ann's offer and thanks and Cid's offer: they allowed it"
    ),
    "messages_clicked": Worked(1 / 5, "Ann's offer"),
    "messages_unsubscribed": Worked(1 / 5, "Cid's offer, refused an hour later"),
    "messages_complaints": Worked(1 / 5, "Dan's offer"),
    "messages_not_sent": Worked(2, "Eve's and Fay's offers"),
    "messages_pressure": Worked((25, 3, 0, 0, 0, 0), "one each for Ann, Cid and Dan; none for the other 25"),
}
BASE = {
    "base_customers": Worked(
        28, "the six, the 20 of the story, the one of 3 April and the one without a store"
    ),
    "base_stages": Worked({"regular": 1, "new": 2}, "Ann; Ben and Cid"),
    "base_rf": Worked({(5, 4): 1, (5, 1): 2}, "Ann; Ben and Cid"),
    "base_cohorts": Worked(3 / 4, "of February's Ann, Dan, Eve and Fay, all but Fay bought in April"),
    "base_reachable": Worked(27 / 28, "all but Ben, whose address does not exist"),
    "base_offers": Worked(2 / 28, "Ann and Dan said yes; Cid took it back"),
    "base_consents": Worked((2, 1, 25), "to offers by mail: Ann and Dan yes, Cid no, the other 25 nothing"),
}
KNOWLEDGE = {
    "without_article": Worked(4 / 5, "1 9 17 Cid of 1 2 9 17 Cid: an article went into 2; 7 is open again"),
    "searches_in_vain": Worked(
        1 / 4, "one of four searches found nothing; the one of 9 April does not count"
    ),
}
PLANS = {
    "plan_gain": Worked(100_000.0, "(4,000 - 3,000) / 100 = 10 euros a customer, times 100"),
    "plan_per_head": Worked((4_000.0, 3_000.0), "40 × 100 euros / 100 customers; 30 × 100 / 100"),
    "plan_bought": Worked((0.4, 0.3), "40 and 30 of 100"),
    "plan_engaged": Worked(1 / 4, "one click in four messages sent"),
    "plan_unsubscribed": Worked(1 / 4, "one refusal"),
    "plan_complaints": Worked(1 / 4, "one complaint"),
    "plan_funnel": Worked((100, 4, 3, 1), "entered, sent, delivered (one came back), engaged"),
    "plans_gain": Worked(100_000.0, "the one plan"),
    "plans_year": Worked(
        (0.3, 0.4, 30.0, 40.0, 10_000.0, 10_000.0, 300_000.0, 400_000.0),
        "without and with: rate, customers, value, revenue of 100 customers",
    ),
}
WORKED = WAITS | TICKETS | ANSWERS | MESSAGES | KNOWLEDGE | BASE | PLANS
