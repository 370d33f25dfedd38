"""Brings the demo's knowledge base to life: owners, days to read again, stores, products, votes, and what answers took from it."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select, text

from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.words import Channel, Language
from hub.demo.codes import GESTURE_POOL
from hub.knowledge.actions import save_standard_reply
from hub.knowledge.models import Article, ArticleProduct, ArticleStore, ArticleVote
from hub.knowledge.rows import ReplyActs
from hub.knowledge.words import AfterSending, ArticleState, VoteReason
from hub.loyalty.queries import list_pools
from hub.reasons.queries import find_reason_by_key
from hub.staff.queries import list_agents_with
from hub.staff.words import Permission
from hub.stores.queries import list_stores

OF_STORES = {"retrait-en-magasin": ("Lyon", "Paris", "Lille")}
OF_PRODUCTS = {"entretenir-le-bois": ("TABLE-CHE", "CHAISE-HET"), "notice-de-montage": ("ETAG-MET",)}
OVERDUE_DAYS, REVIEW_DAYS = 12, 90
WRITTEN_BEFORE = timedelta(days=45)
VOTES = (True, True, True, False, True, True, True, True, False)
UNHAPPY = (
    (VoteReason.INCOMPLETE, "Il manque le délai pour les meubles."),
    (VoteReason.UNCLEAR, ""),
    (VoteReason.OUTDATED, "Le lien de la notice ne s’ouvre plus."),
)
APOLOGY = (
    "Toutes nos excuses pour ce contretemps. Voici un bon d’achat, à utiliser sur votre prochaine commande : "
    "{{promo.code}} ({{promo.terms}}, jusqu’au {{promo.ends_on}})."
)

# Two answers in three of a reason with a reply and an article; one in four is changed before it leaves.
USES = text(
    """
    INSERT INTO knowledge_uses (ticket_id, message_id, article_id, standard_reply_id, likeness, used_at, solved_at)
    SELECT t.id, m.id, CASE WHEN m.id % 5 = 0 THEN a.id END, CASE WHEN m.id % 5 <> 0 THEN r.id END,
           CASE WHEN m.id % 4 = 0 THEN 60 + m.id % 38 ELSE 100 END, m.happened_at,
           CASE WHEN t.state IN ('solved', 'closed') AND m.id % 7 <> 0 THEN t.solved_at END
    FROM ticket_messages m
    JOIN tickets t ON t.id = m.ticket_id
    JOIN standard_replies r ON r.reason_id = t.reason_id AND r.language = 'fr'
    JOIN articles a ON a.reason_id = t.reason_id AND a.language = 'fr' AND a.state = 'published'
    WHERE m.kind = 'agent' AND m.id % 3 <> 1 AND r.gives_pool_id IS NULL AND m.happened_at > :since
    ON CONFLICT DO NOTHING
    """
)
COUNTS = (
    text(
        """
        UPDATE standard_replies r SET used_count = u.count
        FROM (SELECT standard_reply_id AS id, count(*) AS count FROM knowledge_uses GROUP BY 1) u WHERE u.id = r.id
        """
    ),
    text(
        """
        UPDATE articles a SET inserted_count = u.count
        FROM (SELECT article_id AS id, count(*) AS count FROM knowledge_uses GROUP BY 1) u WHERE u.id = a.id
        """
    ),
)


def live_with_the_base(*, now: datetime) -> None:
    """Part of the demo's one transaction; needs the staff, the tickets and the promo codes."""
    articles = {row.key: row for row in db.session.scalars(select(Article).order_by(Article.id))}
    _own(articles, now)
    _narrow(articles)
    _vote(list(articles.values()), now)
    _write_replies(now=now - WRITTEN_BEFORE)
    db.session.execute(USES, {"since": now - timedelta(days=365)})
    for statement in COUNTS:
        db.session.execute(statement)


def _own(articles: dict[str, Article], now: datetime) -> None:
    """Two editors share the base; one article should have been read again, which its owner was told."""
    editors = [agent.id for agent in list_agents_with(Permission.EDIT_KNOWLEDGE)][:2]
    for place, row in enumerate(articles.values()):
        days = -OVERDUE_DAYS if place == 0 else REVIEW_DAYS + 7 * place
        row.owner_id = editors[place % len(editors)] if editors else None
        row.review_on = (now + timedelta(days=days)).date()
        row.review_told_on = row.review_on if place == 0 else None
    db.session.flush()


def _narrow(articles: dict[str, Article]) -> None:
    towns = {row.id: row.town for row in list_stores()}
    stores = [
        {"article_id": articles[key].id, "store_id": store_id}
        for key, names in OF_STORES.items()
        for store_id, town in towns.items()
        if key in articles and town in names
    ]
    known = set(db.session.execute(text("SELECT sku FROM products")).scalars())
    products = [
        {"article_id": articles[key].id, "sku": sku}
        for key, skus in OF_PRODUCTS.items()
        for sku in skus
        if key in articles and sku in known
    ]
    for model, rows in ((ArticleStore, stores), (ArticleProduct, products)):
        if rows:
            db.session.execute(insert(model), rows)


def _vote(articles: list[Article], now: datetime) -> None:
    """Readers of the last two months; one in four is not helped, and some say why."""
    rows = [
        {
            "article_id": row.id,
            "version_number": row.version_number,
            "is_helpful": is_helpful,
            "reason": None if is_helpful else UNHAPPY[(row.id + number) % len(UNHAPPY)][0],
            "words": "" if is_helpful else UNHAPPY[(row.id + number) % len(UNHAPPY)][1],
            "voted_at": now - timedelta(days=1 + (7 * row.id + 11 * number) % 58, hours=number),
        }
        for row in articles
        if row.state is ArticleState.PUBLISHED
        for number, is_helpful in enumerate(VOTES[: 2 + row.id % len(VOTES)])
    ]
    db.session.execute(insert(ArticleVote), rows)


def _write_replies(*, now: datetime) -> None:
    """One that gives a promo code and solves the ticket, and one for text messages."""
    pool_id = next((row.id for row in list_pools() if row.name == GESTURE_POOL), None)
    late, pickup = find_reason_by_key("delivery.late"), find_reason_by_key("store.pickup")
    if pool_id is not None and late is not None:
        save_standard_reply(
            reply_id=None,
            key="late-with-code",
            language=Language.FRENCH,
            title="Retard de livraison\N{NO-BREAK SPACE}: bon d’achat",
            body=APOLOGY,
            reason_id=late.id,
            acts=ReplyActs(reason_id=late.id, state=AfterSending.SOLVED, pool_id=pool_id),
            by=SYSTEM,
            now=now,
        )
    save_standard_reply(
        reply_id=None,
        key="pickup-by-sms",
        language=Language.FRENCH,
        title="Commande à retirer (SMS)",
        body="Votre commande {{order.number}} vous attend à {{store.name}}. Vous pouvez nous appeler au {{store.phone}}.",
        reason_id=pickup.id if pickup else None,
        channels=[Channel.SMS, Channel.WHATSAPP],
        by=SYSTEM,
        now=now,
    )
