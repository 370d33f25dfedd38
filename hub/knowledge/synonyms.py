"""Words that people use for one another, as they talk and as it is written: a shop first, then everyday life. Data; a group is one line."""

from collections.abc import Iterable
from functools import lru_cache

from hub.core.stemming import cut, stem
from hub.core.words import Language

FRENCH = """
colis paquet carton commande
rembourser remboursement argent avoir récupérer restituer
livraison livrer livreur transporteur acheminement expédition expédier envoi envoyer
retard tard attendre attente délai
abîmé cassé endommagé fendu brisé rayé fissuré défectueux détérioré déchiré
panne marche fonctionne défaut bug bloqué
rendre retourner retour rapporter renvoyer rétractation
échanger échange remplacer remplacement changer
horaire heure ouvert ouverture fermé fermeture
magasin boutique commerce commerçant
facture justificatif reçu ticket
payer paiement régler règlement verser débourser acquitter
prix tarif coût coûter frais montant cher
promotion promo réduction remise solde code rabais
mail email courriel message newsletter
désabonner désinscrire désinscription désabonnement résilier
mot passe identifiant connexion connecter
compte profil espace
adresse coordonnées domicile déménager déménagement
téléphone appeler joindre contacter contact numéro portable mobile
fidélité points avantage
garantie sav réparer réparation
montage monter assembler notice
entretien nettoyer laver entretenir
stock disponible disponibilité dispo rupture
annuler annulation annulé
modifier modification changer changement
suivi suivre tracking
retrait retirer récupérer collecte
meuble canapé fauteuil
travail boulot emploi job travailler bosser métier profession activité
patron employeur chef entreprise boîte
salaire paie rémunération revenu gagner toucher
enfant fils fille gamin mineur ado bébé gosse môme
bébé naissance enceinte grossesse accoucher accouchement maternité nourrisson
parent père mère papa maman
époux épouse conjoint mari femme concubin compagne
divorce séparation ex
mort décès décédé veuf veuve défunt obsèques
héritage hériter succession héritier
médecin docteur toubib soignant généraliste
hôpital hosto clinique hospitalisation
malade maladie arrêt souffrant
médicament pharmacie ordonnance
avortement avorter ivg
handicap handicapé invalide invalidité
vieux âgé personne senior retraité
voiture auto véhicule bagnole automobile
moto scooter cyclomoteur mobylette
vélo bicyclette cycliste
camion camionnette utilitaire fourgon
essence carburant gazole diesel
conduire rouler conducteur
garer stationner stationnement parking
train sncf gare
avion vol aérien aéroport
voyage vacances séjour
bateau plaisance navire
rater louper manquer raté
pv amende contravention procès
police gendarmerie commissariat flic policier
voler dérober piquer cambriolage cambrioler
perdu égaré oublié perte disparu paumé
arme fusil carabine pistolet
chien chat animal bête
mairie commune ville municipal
préfecture administration
propriétaire bailleur proprio
locataire louer location bail loyer
logement maison appartement appart domicile habitation studio
immeuble bâtiment copropriété copro résidence
colocation coloc colocataire
caution dépôt garantie
expulser expulsion dehors virer
voisin voisinage riverain
bruit nuisance sonore tapage vacarme
travaux rénovation rénover chantier bricolage
jardin terrain parcelle
eau fuite inondation dégât
chauffage chaudière radiateur
électricité courant énergie gaz
piscine jacuzzi spa
banque bancaire banquier
crédit prêt emprunt emprunter
dette impayé surendettement endetté devoir
mensualité échéance traite
virement virer transférer transfert
épargne livret économiser placement
carte bancaire bleue cb
chèque chéquier
impôt fisc fiscal imposable taxe imposition
assurance assureur mutuelle assuré
accident accrochage sinistre collision
médiateur conciliateur litige réclamation plainte contester
avocat juge tribunal justice
huissier saisie saisir
sécu sécurité cpam assurance ameli
chômage chômeur indemnité are
indemnité allocation aide prestation prime
allocs allocation caf
retraite pension
fonctionnaire agent public
étudiant étude fac université
école scolaire classe collège lycée
prof enseignant professeur instituteur
diplôme examen certificat
gratuit gratuitement gratis offert
internet web ligne site
wifi connexion réseau
box fournisseur opérateur abonnement
ordinateur ordi pc
photo image
lettre courrier recommandé
papier document pièce justificatif
double copie duplicata
formulaire dossier demande
scanner numériser photocopie
signer signature
étranger hors européen expatrié
obligatoire obligé forcer contraindre obligation
interdit interdire autorisé permis défense
autorisation permission accord
périmé expiré valable validité
commencer démarrer
arrêter cesser stopper suspendre suspension
prolonger renouveler renouvellement
augmenter augmentation hausse
baisser diminuer diminution
délai échelonner étaler report
dater date calendrier
choisir choix différence comparer
vendre vente vendeur céder revendre
acheter achat acheteur acquérir
construire construction bâtir
protéger protection prévention
déclarer déclaration signaler prévenir avertir informer
expliquer motiver justifier raison motif
mentir fraude frauder tricher
sanction punition peine risquer
supprimer effacer effacement suppression
désactiver désactivation
pièce vis élément
cadeau offrir
blessé blesser corporel dommage
foyer hébergement héberger rue sdf
resto restaurant
nettoyage propreté hygiène
poubelle déchet jeter ordure
jeu pari loto
musée exposition monument
nom patronyme
prénom état civil
vote voter élection électoral
mariage marier noce
pacs pacsé
pièce détachée accessoire
taille pointure dimension mesure
vêtement habit fringue textile
chaussure basket soulier
couleur coloris teinte
matelas literie lit sommier
frigo réfrigérateur congélateur
télé télévision téléviseur écran
ourlet retouche couture
vendeur conseiller personnel équipe
caisse encaisser caissier
file queue affluence
neuf occasion reconditionné seconde
allergie allergène intolérance
ingrédient composition contient
origine provenance fabriqué
devis estimation
acompte arrhes avance
rdv rendez créneau
étage escalier ascenseur
relais consigne casier
digicode interphone
parrain filleul parrainage
avis commentaire note étoile
donnée rgpd personnelle confidentialité
accessible accessibilité pmr fauteuil roulant
service client assistance sav
pro professionnel entreprise société
arnaque escroquerie fraude hameçonnage phishing
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


Kin = dict[str, frozenset[str]]


@lru_cache(maxsize=8)
def table(language: Language, own: str = "") -> Kin:
    """Stem → the stems of its groups, itself left out. `own`: further groups, one a line, of the chain."""
    return groups((*LISTS[language].splitlines(), *own.splitlines()), language)


def groups(lines: Iterable[str], language: Language) -> Kin:
    """Of groups of words, one a line, by stems: each with those it stands together with."""
    found: Kin = {}
    for line in lines:
        group = frozenset(stem(word, language) for word in cut(line))
        for each in group:
            found[each] = found.get(each, frozenset()) | (group - {each})
    return found
