"""What the demo chain is made of: towns, people's names, products and what customers write."""

# fmt: off
REGIONS = (
    "Île-de-France et Nord", "Ouest", "Sud-Ouest", "Sud-Est", "Est",
)

# region, town, post code, district (empty: the town's only store), territory of its public holidays
TOWNS: tuple[tuple[int, str, str, str, str], ...] = (
    (0, "Paris", "75001", "Rivoli", "FR"), (0, "Paris", "75006", "Saint-Germain", "FR"),
    (0, "Paris", "75011", "Bastille", "FR"), (0, "Paris", "75015", "Convention", "FR"),
    (0, "Paris", "75017", "Ternes", "FR"), (0, "Boulogne-Billancourt", "92100", "", "FR"),
    (0, "Versailles", "78000", "", "FR"), (0, "Saint-Denis", "93200", "", "FR"),
    (0, "Créteil", "94000", "", "FR"), (0, "Lille", "59000", "", "FR"), (0, "Amiens", "80000", "", "FR"),
    (0, "Rouen", "76000", "", "FR"), (0, "Roubaix", "59100", "", "FR"), (1, "Nantes", "44000", "", "FR"),
    (1, "Rennes", "35000", "", "FR"), (1, "Brest", "29200", "", "FR"), (1, "Angers", "49000", "", "FR"),
    (1, "Le Mans", "72000", "", "FR"), (1, "Caen", "14000", "", "FR"), (1, "Tours", "37000", "", "FR"),
    (1, "Quimper", "29000", "", "FR"), (1, "Vannes", "56000", "", "FR"),
    (1, "Saint-Nazaire", "44600", "", "FR"), (1, "La Rochelle", "17000", "", "FR"),
    (1, "Orléans", "45000", "", "FR"), (2, "Bordeaux", "33000", "Centre", "FR"),
    (2, "Mérignac", "33700", "", "FR"), (2, "Toulouse", "31000", "Capitole", "FR"),
    (2, "Blagnac", "31700", "", "FR"), (2, "Bayonne", "64100", "", "FR"), (2, "Pau", "64000", "", "FR"),
    (2, "Limoges", "87000", "", "FR"), (2, "Poitiers", "86000", "", "FR"),
    (2, "Montauban", "82000", "", "FR"), (2, "Perpignan", "66000", "", "FR"),
    (2, "Saint-Denis de La Réunion", "97400", "", "FR-974"), (3, "Lyon", "69003", "Part-Dieu", "FR"),
    (3, "Lyon", "69002", "Bellecour", "FR"), (3, "Villeurbanne", "69100", "", "FR"),
    (3, "Grenoble", "38000", "", "FR"), (3, "Annecy", "74000", "", "FR"),
    (3, "Chambéry", "73000", "", "FR"), (3, "Saint-Étienne", "42000", "", "FR"),
    (3, "Clermont-Ferrand", "63000", "", "FR"), (3, "Marseille", "13001", "Vieux-Port", "FR"),
    (3, "Aix-en-Provence", "13100", "", "FR"), (3, "Nice", "06000", "", "FR"),
    (3, "Toulon", "83000", "", "FR"), (3, "Montpellier", "34000", "", "FR"),
    (3, "Nîmes", "30000", "", "FR"), (3, "Avignon", "84000", "", "FR"),
    (4, "Strasbourg", "67000", "Kléber", "FR-57"), (4, "Colmar", "68000", "", "FR-57"),
    (4, "Mulhouse", "68100", "", "FR-57"), (4, "Metz", "57000", "", "FR-57"),
    (4, "Nancy", "54000", "", "FR"), (4, "Reims", "51100", "", "FR"), (4, "Troyes", "10000", "", "FR"),
    (4, "Dijon", "21000", "", "FR"), (4, "Besançon", "25000", "", "FR"), (4, "Belfort", "90000", "", "FR"),
)
STREETS = (
    "rue de la République", "place du Marché", "rue Victor-Hugo", "avenue Jean-Jaurès", "rue des Carmes",
    "cours Gambetta", "rue Nationale", "boulevard Pasteur",
)
WOMEN = (
    "Anne", "Camille", "Chloé", "Claire", "Delphine", "Élise", "Emma", "Fatima", "Florence", "Hélène",
    "Inès", "Isabelle", "Jeanne", "Julie", "Léa", "Louise", "Manon", "Marie", "Nadia", "Nathalie",
    "Océane", "Pauline", "Sarah", "Sophie", "Sylvie", "Valérie", "Yasmine", "Zoé",
)
MEN = (
    "Adrien", "Alain", "Antoine", "Bruno", "Cédric", "David", "Éric", "Étienne", "François", "Gaël",
    "Hugo", "Jérôme", "Julien", "Karim", "Laurent", "Lucas", "Marc", "Mathieu", "Mehdi", "Nicolas",
    "Olivier", "Paul", "Philippe", "Rémi", "Sébastien", "Thomas", "Vincent", "Yann",
)
LAST_NAMES = (
    "Martin", "Bernard", "Dubois", "Thomas", "Robert", "Richard", "Petit", "Durand", "Leroy", "Moreau",
    "Simon", "Laurent", "Lefebvre", "Michel", "Garcia", "David", "Bertrand", "Roux", "Vincent", "Fournier",
    "Morel", "Girard", "André", "Lefèvre", "Mercier", "Dupont", "Lambert", "Bonnet", "Fontaine",
    "Martinez", "Benali", "Le Gall", "Rousseau", "Blanc", "Guérin", "Muller", "Henry", "Roussel",
    "Nicolas", "Perrin", "Morin", "Mathieu", "Clément", "Gauthier", "Dumont", "Lopez", "Fontaine",
    "Chevalier", "Robin", "Masson", "Nguyen", "Diallo", "Schmitt", "Weber", "Le Roux", "Haddad", "Traoré",
    "Da Silva", "Marchand", "Barbier", "Renard",
)

# sku, name, price in cents
PRODUCTS: tuple[tuple[str, str, int], ...] = (
    ("LAMPE-AUR", "Lampe de chevet Aurore", 3990), ("LAMPE-ORI", "Lampadaire Orion, laiton", 42000),
    ("SUSP-VEL", "Suspension Vela, verre soufflé", 31000), ("APPL-NOX", "Applique Nox, la paire", 26500),
    ("PLAID-LAI", "Plaid en laine des Pyrénées", 7900), ("COUSS-LIN", "Coussin en lin lavé", 2990),
    ("RID-VEL", "Rideau en velours, ivoire", 8900), ("TAPIS-BER", "Tapis berbère 160 × 230", 34900),
    ("VASE-GRE", "Vase en grès émaillé", 4500), ("SERV-GRE", "Service de table en grès, 18 pièces", 15900),
    ("VERRE-6", "Verres soufflés, lot de 6", 3600),
    ("COUT-ACI", "Couteaux de table en acier, lot de 6", 6900), ("NAPPE-COT", "Nappe en coton bio", 4900),
    ("CHAISE-HET", "Chaise en hêtre", 12900), ("TABLE-CHE", "Table en chêne massif", 89000),
    ("ETAG-MET", "Étagère en métal noir", 17900), ("MIROIR-RO", "Miroir rond 80 cm", 11900),
    ("BOUGIE-FI", "Bougie à la figue", 2490), ("DRAP-PER", "Parure de lit en percale", 11500),
    ("SERV-BAIN", "Serviettes de bain, lot de 4", 4990), ("PANIER-OS", "Panier en osier", 3490),
    ("HORLOGE", "Horloge murale", 5900), ("CADRE-CHE", "Cadre en chêne 50 × 70", 3290),
    ("CANAPE-3P", "Canapé trois places, lin", 149000),
)
COMMENTS_HAPPY = (
    "Conseils très clairs, merci à l’équipe.", "Livraison à l’heure et colis soigné.",
    "Très beau produit.", "Accueil chaleureux, je reviendrai.", "Commande prête plus tôt que prévu.", "",
    "", "", "", "",
)
COMMENTS_FINE = (
    "Bien, mais un peu d’attente en caisse.", "Le produit est conforme, l’emballage un peu léger.",
    "Retrait correct.", "", "", "",
)
COMMENTS_UNHAPPY = (
    "Le colis est arrivé abîmé et personne ne répond au téléphone.",
    "J’ai attendu quarante minutes au retrait.", "Il manque une pièce dans le carton.",
    "La couleur ne correspond pas à la photo.", "Deuxième report de livraison sans prévenir.",
    "On m’a renvoyé d’un vendeur à l’autre.",
)
# fmt: on

# key of the contact reason, subject, text, reply
CONTACTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "delivery.late",
        "Où en est ma commande ?",
        "Bonjour, ma commande {order} devait arriver hier et je n’ai rien reçu. Pouvez-vous me dire où elle en est ?",
        "Votre colis a pris un jour de retard chez le transporteur. Il sera remis demain entre 9 h et 12 h.",
    ),
    (
        "delivery.damaged",
        "Colis abîmé à la livraison",
        "Bonjour, le carton de la commande {order} était enfoncé et l’article est fendu. Que dois-je faire ?",
        "Je suis désolé pour cet article. Un remplacement part aujourd’hui, sans frais. Gardez le carton, nous le reprendrons.",
    ),
    (
        "product.warranty",
        "Pièce manquante",
        "Bonjour, il manque les vis de fixation dans le carton de la commande {order}.",
        "Les vis partent par courrier suivi ce jour. Vous les aurez sous 48 heures.",
    ),
    (
        "product.use",
        "Entretien",
        "Bonjour, comment entretenir le plateau en chêne ? Faut-il l’huiler ?",
        "Un chiffon humide suffit. Une fois par an, passez une huile dure incolore, en couche fine.",
    ),
    (
        "return.how",
        "Retour d’un article",
        "Bonjour, je souhaite rendre un article de la commande {order}. Puis-je le rapporter en magasin ?",
        "Oui, dans tous nos magasins et pendant 30 jours. Le remboursement est fait sur la carte utilisée.",
    ),
    (
        "return.refund.pending",
        "Remboursement non reçu",
        "Bonjour, j’ai rendu ma commande {order} il y a dix jours et ne vois toujours pas le remboursement.",
        "Le remboursement a été émis lundi. Selon votre banque, il paraît sous 3 à 5 jours ouvrés.",
    ),
    (
        "store.hours",
        "Horaires pendant les fêtes",
        "Bonjour, serez-vous ouverts le lundi de Pâques ?",
        "Nous serons fermés ce lundi et ouverts dès mardi à 10 heures.",
    ),
    (
        "product.availability",
        "Disponibilité en magasin",
        "Bonjour, avez-vous le miroir rond de 80 cm en stock ? Je peux passer samedi.",
        "Il nous en reste deux. J’en mets un de côté à votre nom jusqu’à samedi soir.",
    ),
    (
        "loyalty.points",
        "Points de fidélité",
        "Bonjour, les points de la commande {order} ne figurent pas sur ma carte.",
        "Ils viennent d’être ajoutés à votre carte. Merci de nous l’avoir signalé.",
    ),
    (
        "order.change",
        "Modifier ma commande",
        "Bonjour, puis-je changer l’adresse de livraison de la commande {order} ?",
        "C’est fait, la nouvelle adresse est enregistrée.",
    ),
    (
        "order.payment.invoice",
        "Facture",
        "Bonjour, pouvez-vous m’envoyer la facture de la commande {order} ?",
        "Vous la trouverez dans votre espace client, rubrique Mes commandes. Je vous l’envoie aussi par courrier.",
    ),
    (
        "account.access",
        "Mon adresse a changé",
        "Bonjour, j’ai déménagé. Pouvez-vous mettre à jour mon adresse ?",
        "Votre fiche est à jour. Merci.",
    ),
)
