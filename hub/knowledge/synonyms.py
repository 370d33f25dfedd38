"""Words that customers use for one another, in the words of a shop. Data only; a group is one line."""

from functools import lru_cache

from hub.core.stemming import cut, stem
from hub.core.words import Language

FRENCH = """
colis paquet carton commande
rembourser remboursement argent avoir récupérer
livraison livrer livreur transporteur acheminement expédition expédier envoi envoyer
retard tard attendre attente délai
abîmé cassé endommagé fendu brisé rayé fissuré défectueux
panne marche fonctionne défaut
rendre retourner retour rapporter renvoyer rétractation
échanger échange remplacer remplacement changer
horaire heure ouvert ouverture fermé fermeture
magasin boutique
facture justificatif reçu ticket
payer paiement régler règlement carte
prix tarif coût coûter frais montant
promotion promo réduction remise solde code
mail email courriel message newsletter
désabonner désinscrire désinscription désabonnement
mot passe identifiant connexion connecter
compte profil espace
adresse coordonnées domicile déménager déménagement
téléphone appeler joindre contacter contact numéro
fidélité points avantage
garantie sav réparer réparation
montage monter assembler notice
entretien nettoyer laver entretenir
stock disponible disponibilité dispo rupture
annuler annulation
modifier modification changer
suivi suivre tracking
retrait retirer récupérer collecte
meuble canapé fauteuil
travail boulot emploi job travailler bosser
enfant fils fille gamin
médecin docteur
voiture auto véhicule
supprimer effacer effacement suppression
pièce vis élément
cadeau offrir
perdu égaré oublié
"""
ENGLISH = """
parcel package box order
refund money reimburse
delivery deliver shipping ship shipment courier
late delay wait
damaged broken cracked scratched faulty defective
return bring send
exchange replace swap
hours open opening closed closing
store shop branch
invoice receipt bill
pay payment card
price cost fee charge
promotion promo discount voucher code
mail email message newsletter
unsubscribe unsubscription
password login sign
account profile
address move moving
phone call contact number
loyalty points reward
warranty guarantee repair
assembly assemble mount instructions
care clean wash
stock available availability
cancel cancellation
change modify amend
track tracking follow
pickup collect collection
delete erase erasure
part screw piece
gift present
lost forgotten
"""
LISTS = {Language.FRENCH: FRENCH, Language.ENGLISH: ENGLISH}


@lru_cache(maxsize=8)
def table(language: Language, own: str = "") -> dict[str, frozenset[str]]:
    """Stem → the stems of its groups, itself left out. `own`: further groups, one a line, of the chain."""
    found: dict[str, frozenset[str]] = {}
    for line in (*LISTS[language].strip().splitlines(), *own.splitlines()):
        group = frozenset(stem(word, language) for word in cut(line))
        for each in group:
            found[each] = found.get(each, frozenset()) | (group - {each})
    return found
