"""The tree of contact reasons a new chain starts with; the head office edits it afterwards. Data only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BuiltinReason:
    """`key` is stable; `parent` is the key of the reason above. A grievance pauses promotion and surveys."""

    key: str
    parent: str | None
    name_fr: str
    name_en: str
    is_grievance: bool = False


def _group(
    key: str, name_fr: str, name_en: str, *parts: tuple[str, str, str, bool]
) -> tuple[BuiltinReason, ...]:
    """A reason and those below it; a part whose key has a dot stands below the part of that name."""
    rows = [BuiltinReason(key, None, name_fr, name_en)]
    for part, part_fr, part_en, is_grievance in parts:
        above, _, _ = part.rpartition(".")
        parent = f"{key}.{above}" if above else key
        rows.append(BuiltinReason(f"{key}.{part}", parent, part_fr, part_en, is_grievance))
    return tuple(rows)


BUILTIN: tuple[BuiltinReason, ...] = (
    *_group(
        "order",
        "Commande",
        "Order",
        ("status", "Suivi de commande", "Order status", False),
        ("change", "Modifier ou annuler", "Change or cancel", False),
        ("payment", "Paiement ou facture", "Payment or invoice", False),
        ("payment.charge", "Montant contesté", "Disputed amount", True),
        ("payment.invoice", "Demande de facture", "Invoice request", False),
        ("promo_code", "Code promotionnel", "Promo code", False),
    ),
    *_group(
        "delivery",
        "Livraison",
        "Delivery",
        ("date", "Date ou créneau", "Date or time slot", False),
        ("late", "Retard", "Late", True),
        ("missing", "Colis ou article manquant", "Missing parcel or item", True),
        ("damaged", "Arrivé abîmé", "Arrived damaged", True),
        ("crew", "Équipe de livraison", "Delivery team", False),
        ("crew.praise", "Remerciement", "Praise", False),
        ("crew.complaint", "Mécontentement", "Dissatisfaction", True),
    ),
    *_group(
        "product",
        "Produit",
        "Product",
        ("advice", "Conseil avant achat", "Advice before buying", False),
        ("availability", "Disponibilité", "Availability", False),
        ("use", "Utilisation ou montage", "Use or assembly", False),
        ("defect", "Défaut ou panne", "Defect or breakdown", True),
        ("warranty", "Garantie et pièces", "Warranty and parts", False),
    ),
    *_group(
        "return",
        "Retour et remboursement",
        "Return and refund",
        ("how", "Comment retourner", "How to return", False),
        ("exchange", "Échange", "Exchange", False),
        ("refund", "Remboursement", "Refund", False),
        ("refund.pending", "Remboursement en attente", "Refund pending", True),
        ("refund.amount", "Montant remboursé contesté", "Disputed refund", True),
    ),
    *_group(
        "store",
        "Magasin",
        "Store",
        ("hours", "Horaires et accès", "Hours and access", False),
        ("pickup", "Retrait en magasin", "Store pick-up", False),
        ("welcome", "Accueil et service", "Welcome and service", False),
        ("welcome.praise", "Remerciement", "Praise", False),
        ("welcome.complaint", "Mécontentement", "Dissatisfaction", True),
        ("lost", "Objet trouvé", "Lost property", False),
    ),
    *_group(
        "loyalty",
        "Fidélité",
        "Loyalty",
        ("card", "Carte et compte", "Card and account", False),
        ("points", "Points ou avantage manquant", "Missing points or reward", True),
        ("offer", "Offre reçue", "Offer received", False),
    ),
    *_group(
        "account",
        "Compte et données",
        "Account and data",
        ("access", "Accès au compte", "Account access", False),
        ("details", "Changer ses coordonnées", "Change contact details", False),
        ("unsubscribe", "Ne plus recevoir de messages", "Stop receiving messages", False),
        ("privacy", "Données personnelles", "Personal data", False),
        ("privacy.copy", "Copie des données", "Copy of the data", False),
        ("privacy.erase", "Effacement des données", "Erasure of the data", False),
    ),
    *_group(
        "other",
        "Autre",
        "Other",
        ("idea", "Idée ou suggestion", "Idea or suggestion", False),
        ("job", "Emploi et partenariat", "Jobs and partnership", False),
        ("wrong", "Ne nous concerne pas", "Not for us", False),
        ("survey", "Avis négatif", "Negative review", True),
    ),
)
