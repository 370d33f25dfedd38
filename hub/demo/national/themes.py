"""Themes of the demo's comments, and what customers write in questionnaires, by subject: content, no code."""

from collections.abc import Mapping

# fmt: off
THEMES: tuple[tuple[str, str, str, str], ...] = (
    ("Prix", "Prices", "prix, cher, chère, tarif, promotion", "order.promo_code"),
    ("Attente en caisse", "Waiting at the till", "caisse, attente, attendre, file", "store.welcome"),
    ("Accueil et conseil", "Welcome and advice", "accueil, vendeur, vendeuse, conseil, conseillère, aimable, souriant", "store.welcome"),
    ("Choix et stock", "Choice and stock", "rupture, stock, choix, rayon, disponible, gamme", "product.availability"),
    ("Qualité des produits", "Quality of products", "qualité, solide, finition, abîmé, cassé", "product.defect"),
    ("Livraison et colis", "Delivery and parcels", "livraison, livreur, colis, retard, transporteur", "delivery"),
    ("Site et commande en ligne", "Website and ordering", "site, application, commander en ligne, paiement, panier", "order"),
    ("Horaires et accès", "Hours and access", "horaires, ouvert, ouverture, parking, fermé", "store.hours"),
)
"""French and English name, keywords, key of the contact reason."""

PRAISE = (
    "Accueil souriant et vendeuses qui connaissent leurs produits.",
    "Le conseil pour ma lampe était juste, je reviendrai.",
    "Beau choix de vaisselle, on trouve toujours une idée de cadeau.",
    "Bonne qualité, mes coussins ont cinq ans et sont comme neufs.",
    "La livraison est arrivée le jour dit, colis bien emballé.",
    "Prix corrects pour la qualité, et de vraies promotions.",
    "Le site est clair, commander en ligne prend deux minutes.",
    "Le magasin est agréable, bien rangé, on s’y retrouve.",
    "Un vendeur m’a rappelé le lendemain comme promis.",
    "Retrait en magasin prêt en une heure, parfait.",
)
FAIR = (
    "Bien dans l’ensemble, un peu cher pour la décoration.",
    "Beaux produits, mais l’attente en caisse le samedi décourage.",
    "Le rayon luminaires est beau, le linge de lit manque de choix.",
    "Vendeurs aimables quand on en trouve un.",
    "Horaires trop courts pour ceux qui travaillent.",
    "Site pratique, mais le stock affiché n’est pas toujours juste.",
    "Correct, rien de plus.",
    "Il faudrait plus de tailles disponibles pour les rideaux.",
)
BLAME: Mapping[str, tuple[str, ...]] = {
    "price": ("Les prix ont beaucoup augmenté depuis un an.", "Trop cher pour ce que c’est, on trouve le même tapis ailleurs.",
              "Le prix en caisse n’était pas celui de l’étiquette."),
    "stock": ("Trois visites, trois ruptures de stock pour la même chaise.", "Le rayon salle de bain est à moitié vide.",
              "Produit annoncé disponible sur le site, absent en magasin."),
    "quality": ("La qualité baisse : le vernis de la table s’écaille déjà.", "Verre cassé au deuxième lavage.",
                "Finition décevante pour un meuble de cette gamme."),
    "welcome": ("Accueil froid, j’ai eu l’impression de déranger.", "Personne ne dit bonjour.",
                "Une vendeuse m’a répondu sans lever les yeux."),
    "advice": ("Le vendeur ne connaissait pas le produit.", "Aucun conseil possible, il n’y a plus personne en rayon.",
               "On m’a conseillé une ampoule qui ne va pas sur la lampe."),
    "wait": ("Vingt minutes d’attente en caisse pour une bougie.", "Une seule caisse ouverte le samedi après-midi.",
             "La file au retrait ne bouge pas."),
    "delivery": ("Livraison reportée deux fois sans prévenir.", "Le colis est arrivé abîmé et le livreur est reparti.",
                 "Le transporteur n’a jamais appelé, retard de dix jours."),
    "returns": ("Un mois pour être remboursé d’un retour.", "Le magasin refuse de reprendre un achat fait sur le site."),
    "hours": ("Fermé entre midi et deux, impossible pour moi.", "Les horaires affichés sur le site étaient faux."),
    "other": ("Le parking est devenu payant.", "La musique est trop forte."),
}
BESIDE = ("Le parking", "La musique du magasin", "Le sac payant", "Trop de plastique")
WISHES = (
    "Continuez ainsi.", "Plus de produits fabriqués en France.", "Une vraie carte de fidélité avec des avantages.",
    "Ouvrez un rayon seconde main.", "Merci de me demander mon avis.", "Moins d’e-mails.",
    "Remettez des vendeurs en rayon plutôt que des écrans.", "Des ateliers comme l’an passé.",
)
ENGLISH = (
    "Friendly staff, good advice.", "A little expensive, but good quality.", "The queue at the till is too long on Saturdays.",
    "The delivery was late and nobody told me.", "Nice choice, the website is easy to use.",
)
# fmt: on
