"""How long each kind of data is kept: what it is, what its end does to which rows, and the default. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.core.text import N_

INACTIVE = "inactive_customers"
ANNOUNCED = "announced_erasures"
SHORTEST_MONTHS, LONGEST_MONTHS = 1, 120


@dataclass(frozen=True, kw_only=True)
class Part:
    """Rows of one table: `dated` is their moment in SQL, `only` narrows them. Deleted, or the columns are emptied."""

    table: str
    dated: str
    only: str = "true"
    columns: tuple[str, ...] = ()

    @property
    def is_deleted(self) -> bool:
        return not self.columns


@dataclass(frozen=True, kw_only=True)
class Term:
    """One line of the page. `what` says what is lost, in words for the administrator.

    `is_by_day`: each customer has a day of his own, so that months say nothing; a plan that writes it down was switched on by
    a person and told the customer the day, so that it is kept until somebody switches it off.
    """

    key: str
    title: str
    what: str
    months: int
    parts: tuple[Part, ...]
    is_by_day: bool = False


_CLOSED = "SELECT coalesce(t.closed_at, t.updated_at) FROM tickets t"
_OF_TICKET = f"({_CLOSED} WHERE t.id = ticket_id AND t.state = 'closed')"
_OF_MESSAGE = (
    f"({_CLOSED} JOIN ticket_messages m ON m.ticket_id = t.id WHERE m.id = message_id AND t.state = 'closed')"
)
_BEGUN = "SELECT 1 FROM questionnaire_versions v WHERE v.id = {row}.version_id AND coalesce(v.definition ->> 'mode', '')"
_OF_FILE = "FROM questionnaire_responses r WHERE r.id = response_id"


def _begun(mode: str) -> tuple[Part, ...]:
    """Responses that were begun and never sent, of questionnaires of this mode (`= 'anonymous'` or not), files first."""
    own = f"state = 'partial' AND EXISTS ({_BEGUN} {mode})"
    of_file = f"EXISTS (SELECT 1 {_OF_FILE} AND r.{own.format(row='r')})"
    return (
        Part(table="questionnaire_files", dated=f"(SELECT r.changed_at {_OF_FILE})", only=of_file),
        Part(
            table="questionnaire_responses",
            dated="changed_at",
            only=own.format(row="questionnaire_responses"),
        ),
    )


TERMS: tuple[Term, ...] = (
    Term(
        key="visits",
        title=N_("Pages visited and baskets of before"),
        what=N_("Each visit of a page of the shop is deleted, and what baskets were before they changed."),
        months=13,
        parts=(Part(table="visits", dated="visited_at"), Part(table="basket_touches", dated="touched_at")),
    ),
    Term(
        key="own_events",
        title=N_("Events that other systems told"),
        what=N_("Each event that another system told is deleted, with its values."),
        months=24,
        parts=(Part(table="own_events", dated="received_at"),),
    ),
    Term(
        key="message_bodies",
        title=N_("Messages sent to customers"),
        what=N_("Address, name and values are emptied; that a message left, arrived and was clicked stays."),
        months=36,
        parts=(
            Part(
                table="outbound_messages",
                dated="coalesce(ended_at, due_at)",
                only="state NOT IN ('waiting', 'claimed', 'calling', 'unknown')",
                columns=(
                    "recipient_name",
                    "recipient",
                    "values",
                    "headers",
                    "attachments",
                    "reason_detail",
                    "reply_to",
                ),
            ),
            Part(table="delivery_attempts", dated="attempted_at", columns=("detail",)),
        ),
    ),
    Term(
        key="ticket_texts",
        title=N_("Texts of closed tickets"),
        what=N_(
            "Subject, words, people and files of closed tickets go; the ticket, its waits and its reason stay."
        ),
        months=36,
        parts=(
            Part(table="awaited_files", dated=_OF_MESSAGE),
            Part(table="ticket_attachments", dated=_OF_MESSAGE),
            Part(table="ticket_parties", dated=_OF_TICKET),
            Part(
                table="ticket_messages",
                dated=_OF_TICKET,
                columns=(
                    "author_name",
                    "author_address",
                    "subject",
                    "text",
                    "quoted_text",
                    "html",
                    "mail_message_id",
                ),
            ),
            Part(
                table="tickets",
                dated="coalesce(closed_at, updated_at)",
                only="state = 'closed'",
                columns=(
                    "requester_name",
                    "requester_address",
                    "subject",
                    "preview",
                    "route_detail",
                    "search",
                ),
            ),
        ),
    ),
    Term(
        key="recordings",
        title=N_("Recordings of calls"),
        what=N_("The recording and the caller's number go; the call and its length stay."),
        months=6,
        parts=(
            Part(
                table="phone_calls",
                dated="started_at",
                only="ended_at IS NOT NULL",
                columns=("file_sha256", "recording_sid", "caller"),
            ),
        ),
    ),
    Term(
        key="arrivals",
        title=N_("Mails as they came"),
        what=N_("The raw mail goes; the message of the ticket stays."),
        months=12,
        parts=(
            Part(
                table="arrivals",
                dated="received_at",
                only="state = 'sorted'",
                columns=("raw", "file_sha256", "sha256", "mail_from", "recipients"),
            ),
        ),
    ),
    Term(
        key="order_events",
        title=N_("Orders as the shop told them"),
        what=N_("The event with name and addresses goes; the order stays."),
        months=24,
        parts=(
            Part(
                table="order_events", dated="received_at", only="outcome <> 'refused'", columns=("payload",)
            ),
        ),
    ),
    Term(
        key="provider_reports",
        title=N_("Reports of mail providers"),
        what=N_("The report and its address go; that a mail arrived or bounced stays."),
        months=6,
        parts=(
            Part(
                table="provider_deliveries",
                dated="received_at",
                only="state <> 'stored'",
                columns=("payload", "recipient"),
            ),
        ),
    ),
    Term(
        key="survey_comments",
        title=N_("Comments of surveys"),
        what=N_("The words go; the box that was chosen stays."),
        months=36,
        parts=(
            Part(table="answers", dated="answered_at", columns=("comment",)),
            Part(table="why_answers", dated="answered_at", columns=("comment",)),
        ),
    ),
    Term(
        key="questionnaires_begun",
        title=N_("Questionnaires begun and not sent"),
        what=N_(
            "What was filled in is deleted; at which page people stopped stays counted. The link of the invitation begins anew."
        ),
        months=6,
        parts=_begun("<> 'anonymous'"),
    ),
    Term(
        key="questionnaires_begun_namelessly",
        title=N_("Anonymous questionnaires begun and not sent"),
        what=N_(
            "What was filled in is deleted; at which page people stopped stays counted. The link of the invitation begins anew."
        ),
        months=1,
        parts=_begun("= 'anonymous'"),
    ),
    Term(
        key="form_answers",
        title=N_("Forms sent in"),
        what=N_("What was typed goes, with the address of the computer; that somebody took part stays."),
        months=36,
        parts=(Part(table="signup_entries", dated="created_at", columns=("answers", "ip", "user_agent")),),
    ),
    Term(
        key="files_handed_in",
        title=N_("Files handed in by the staff"),
        what=N_("Exports of other systems that were taken over go; what was taken over stays."),
        months=6,
        parts=(Part(table="takeovers", dated="ended_at", columns=("sha256",)),),
    ),
    Term(
        key="search_words",
        title=N_("Words that were looked for"),
        what=N_("Each search of the knowledge base is deleted."),
        months=13,
        parts=(Part(table="search_logs", dated="searched_at"),),
    ),
    Term(
        key="reader_words",
        title=N_("What readers say of an article"),
        what=N_("Their words go; whether the article helped stays."),
        months=36,
        parts=(Part(table="article_votes", dated="voted_at", columns=("words",)),),
    ),
    Term(
        key="access_log",
        title=N_("Who looked at a card"),
        what=N_("Each opening of a card is deleted; changes stay in the audit trail."),
        months=12,
        parts=(Part(table="audit_entries", dated="happened_at", only="action = 'customer.viewed'"),),
    ),
    Term(
        key="facts",
        title=N_("What happened, on the cards"),
        what=N_("Lines of the timelines are deleted, but for orders; figures do not read them."),
        months=60,
        parts=(
            Part(
                table="facts",
                dated="happened_at",
                only="kind NOT LIKE '%Order%' AND NOT EXISTS"
                " (SELECT 1 FROM fact_queue WHERE fact_queue.fact_id = facts.id)",
            ),
        ),
    ),
    Term(
        key=INACTIVE,
        title=N_("Inactive customers"),
        what=N_("Customers without order, ticket, answer or click are erased, as on their own request."),
        months=36,
        parts=(),
    ),
    Term(
        key=ANNOUNCED,
        title=N_("Erasures that a plan announced"),
        what=N_(
            "Customers whom a plan told the day are erased in the night after it, unless they showed a sign of life."
        ),
        months=1,
        parts=(),
        is_by_day=True,
    ),
)
BY_KEY: Mapping[str, Term] = {term.key: term for term in TERMS}
