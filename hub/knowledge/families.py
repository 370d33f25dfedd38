"""Words of one family that a stemmer takes for strangers: irregular verbs, the noun of a verb. Data; a family is one line."""

from functools import cache

from hub.core.words import Language
from hub.knowledge.synonyms import Kin, groups

FRENCH = """
vendre vends vendu vente vendeur revendre revente
rendre rends rendu
perdre perds perdu perte
attendre attends attendu attente
répondre réponds répondu réponse
entendre entends entendu
descendre descends descendu
défendre défends défendu défense
suspendre suspends suspendu suspension
dépendre dépend
prendre prends prennent pris
apprendre apprends appris
comprendre comprends compris
reprendre reprends repris reprise
mettre mets mis
permettre permet
transmettre transmets transmis transmission
remettre remets remis remise
recevoir reçois reçoit reçoivent reçu réception
revoir revois revu
prévoir prévois prévu prévision
venir viens vient viennent venu
revenir reviens revient revenu
devenir deviens devient devenu
tenir tiens tient tenu
obtenir obtiens obtient obtenu obtention
retenir retiens retient retenu
maintenir maintiens maintenu
détenir détient détenu détention
contenir contient contenu
prévenir préviens prévient prévenu
intervenir intervient intervention
convenir convient convenu
ouvrir ouvert ouverture
couvrir couvert couverture
offrir offre offert
découvrir découvert
sortir sors
servir sers sert
sentir sens
mourir meurs meurt mort
conduire conduis conduit conducteur
construire construis construit construction constructeur
produire produit production
réduire réduis réduit réduction
traduire traduit traduction traducteur
détruire détruit destruction
inscrire inscris inscrit inscription
écrire écris écrit
souscrire souscris souscription
lire lis lit lecture
élire élu élection électeur électoral
interdire interdis interdiction
refaire refais
suivre suit suivi
poursuivre poursuis poursuivi poursuite
croire crois cru
connaître connais connu connaissance
paraître paraît paru
disparaître disparaît disparu disparition
naître né naissance
joindre joins joint
éteindre éteins éteint
résoudre résolu
valoir vaut valu valeur
payer paye
nettoyer nettoyage
employer employeur
acheter achat acheteur
assurer assureur
imposer impôt imposition
louer location locataire loyer
marier mariage marital
indemniser indemnité
endommager dommage
livrer livraison livreur
retirer retrait
demander demandeur
modifier modification
obliger obligatoire
supprimer suppression
former formation
travailler travail travailleur
décéder décès défunt
hériter héritage héritier
soigner soin
hospitaliser hôpital hospitalier
prêter prêteur
emprunter emprunteur
connecter connexion
imprimer impression
monter montage
fabriquer fabricant
voler voleur
cambrioler cambriolage cambrioleur
voyager voyageur
transporter transporteur
contrôler contrôleur
vérifier vérification
valider valable
légal loi
fiscal fisc
étudier étude
propriété propriétaire
copropriété copropriétaire
chauffer chauffage
bruit bruyant
an année annuel
mois mensuel mensualité
jour journée
"""
ENGLISH = """
buy bought buyer purchase
pay paid payment
send sent
sell sold seller sale
lose lost loss
break broke broken breakage
find found
forget forgot forgotten
get got
give gave given
take took taken
bring brought
keep kept
choose chose chosen choice
come came
go went gone
tell told
know knew known
write wrote written
wear wore worn
tear tore torn
steal stole stolen theft
deliver delivery
repair repairer
insure insurance insurer
subscribe subscription subscriber
confirm confirmation
cancel cancellation
reserve reservation
apply application
refuse refusal
arrive arrival
"""
LISTS = {Language.FRENCH: FRENCH, Language.ENGLISH: ENGLISH}


@cache
def families(language: Language) -> Kin:
    """Stem → the stems of its family, itself left out."""
    return groups(LISTS[language].split("\n"), language)
