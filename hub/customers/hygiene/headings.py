"""What columns are called in files of customers, in French, English and the languages around. Pure data and one key."""

import re

from hub.core.text import fold
from hub.customers.hygiene.findings import Field

_NAMES: dict[Field, str] = {
    Field.TITLE: "civilite, civ, titre, title, salutation, m/mme, mme/m, genre, gender, sexe, sex, politesse",
    Field.FIRST_NAME: "prenom, prenoms, first name, firstname, given name, given names, forename, prenom client, prenom du client,"
    " customer first name, billing first name, prenom contact, contact first name, petit nom, first",
    Field.LAST_NAME: "nom, nom de famille, nom famille, last name, lastname, surname, family name, nom client, nom du client,"
    " customer last name, billing last name, patronyme, nom usuel, nom d'usage, nom usage, nom marital, nom de naissance, nom contact, contact last name, last",
    Field.FULL_NAME: "nom complet, nom et prenom, nom prenom, prenom nom, prenom et nom, nom/prenom, nom & prenom, full name,"
    " fullname, name, customer name, contact name, client, contact, customer, destinataire, titulaire, identite, nom prenoms",
    Field.COMPANY: "societe, entreprise, raison sociale, company, company name, organisation, organization, business, firme,"
    " etablissement, enseigne, nom societe, nom de la societe, nom entreprise, compagnie, billing company, structure, employeur",
    Field.MAIL: "mail, email, e-mail, courriel, adresse mail, adresse email, adresse e-mail, adresse courriel, mel, email address,"
    " e-mail address, mail address, adresse electronique, mail client, email client, e-mail client, customer email, adresse mel,"
    " courrier electronique, mail 1, email 1, e-mail 1, mail perso, email perso, email personnel, mail personnel, contact email,"
    " billing email, e mail, mail address 1, emailaddress",
    Field.PHONE: "telephone, tel, phone, phone number, numero de telephone, n° de telephone, no telephone, n° telephone,"
    " no de telephone, numero telephone, n° tel, no tel, num tel, tel client, telephone client, customer phone, billing phone,"
    " telephone 1, tel 1, phone 1, contact phone, phonenumber, telephone number, num telephone, numero, numero tel, tph",
    Field.MOBILE: "portable, mobile, gsm, tel portable, telephone portable, tel mobile, telephone mobile, cell, cell phone,"
    " cellphone, mobile phone, mobile number, n° portable, no portable, numero portable, numero de portable, numero mobile,"
    " numero de mobile, num portable, tel. portable, tel. mobile, port, sms, natel, whatsapp, cellulaire, n° mobile",
    Field.LANDLINE: "fixe, tel fixe, telephone fixe, landline, home phone, tel domicile, telephone domicile, numero fixe,"
    " ligne fixe, tel. fixe, telephone 2, tel 2, phone 2, tel bureau, telephone bureau, work phone, office phone,"
    " tel. domicile, numero de fixe",
    Field.BIRTH_ON: "date de naissance, date naissance, ne le, nee le, ne(e) le, naissance, anniversaire, birthday, birth date,"
    " birthdate, date of birth, dob, ddn, date naiss, date d'anniversaire, date anniversaire, born, date de naiss, birth, dt naissance",
    Field.STREET: "adresse, rue, address, street, adresse postale, adresse 1, address 1, address line 1, street address, voie,"
    " adresse ligne 1, n° et rue, numero et rue, billing address, adresse client, adresse1, address1, n° et voie, num et rue",
    Field.POSTCODE: "code postal, cp, codepostal, postcode, post code, zip, zip code, zipcode, postal code, cpostal, code post,"
    " c.p., npa, plz, postalcode, billing postcode, zip/postal code, cod postal",
    Field.TOWN: "ville, commune, town, city, localite, billing city, bureau distributeur, village, ville client, municipalite,"
    " nom de la ville, nom ville",
    Field.COUNTRY: "pays, country, code pays, country code, pays de residence, nation, billing country",
    Field.LANGUAGE: "langue, language, lang, locale, langue preferee, preferred language, langue client, code langue",
    Field.LOYALTY_CARD: "carte de fidelite, carte fidelite, n° carte, no carte, numero de carte, numero carte, n° carte fidelite,"
    " loyalty card, loyalty number, n° de carte, carte, card number, carte client, n° carte client, numero carte fidelite,"
    " numero de carte de fidelite, n° de carte de fidelite, no carte fidelite, num carte, card, loyalty, fidelite,"
    " loyalty card number, code carte, carte client n°",
    Field.EXTERNAL_ID: "id, identifiant, id client, code client, numero client, numero de client, n° client, no client,"
    " customer id, client id, external id, reference client, ref client, reference, customer number, externalid, customerid, ref,"
    " client no, customer no, num client, n°client, idclient, identifiant client, uid, matricule",
    Field.PREFERRED_STORE: "magasin, boutique, store, shop, magasin prefere, magasin de rattachement, preferred store, point de vente,"
    " pdv, code magasin, store code, home store, magasin favori, agence, magasin d'origine, boutique preferee",
    Field.CONSENT_EMAIL: "consentement, consentement newsletter, consentement email, consentement mail, consentement e-mail,"
    " opt-in, optin, opt in, opt-in email, optin email, opt-in mail, optin mail, newsletter, abonne newsletter, email optin,"
    " email opt-in, email consent, consent email, marketing consent, accepts marketing, accepts email marketing, opt-in e-mail,"
    " inscrit newsletter, accepte newsletter, inscription newsletter, consent, opt in email, optin newsletter, opt-in newsletter,"
    " accord email, accord mail, accord newsletter, accepte les emails, consent newsletter, newsletter consent, subscribed,"
    " consentement courriel, offres par email, offres par mail, rgpd, gdpr",
    Field.CONSENT_SMS: "consentement sms, opt-in sms, optin sms, opt in sms, sms opt-in, sms optin, sms consent, consent sms,"
    " accord sms, accepts sms marketing, accepte les sms, offres par sms, sms marketing, accepte sms, abonne sms",
    Field.CONSENT_AT: "date consentement, date de consentement, date du consentement, date opt-in, date optin, date d'opt-in,"
    " consent date, opt-in date, optin date, date opt in, consented at, date inscription, date d'inscription, signup date,"
    " date d'inscription newsletter, date accord, consent at, consent timestamp, date inscription newsletter, date rgpd",
    Field.CONSENT_SOURCE: "source consentement, source du consentement, origine du consentement, origine consentement, consent source,"
    " source opt-in, source optin, opt-in source, optin source, preuve, preuve de consentement, source, origine,"
    " canal consentement, collection point, point de collecte, consent proof, recueilli par, lieu de recueil, mode de recueil",
}
_ABROAD: dict[Field, str] = {
    Field.TITLE: "anrede, aanhef, tratamiento, titolo, tratamento",
    Field.FIRST_NAME: "vorname, voornaam, nombre, nombre de pila, nome di battesimo, nome proprio, primeiro nome",
    Field.LAST_NAME: "nachname, familienname, zuname, achternaam, familienaam, apellido, apellidos, cognome, apelido, sobrenome",
    Field.FULL_NAME: "kundenname, vollstandiger name, nombre completo, nome completo, nombre y apellidos, nome e cognome,"
    " volledige naam, naam",
    Field.COMPANY: "firma, firmenname, unternehmen, bedrijf, bedrijfsnaam, empresa, razon social, azienda, ragione sociale, ditta",
    Field.MAIL: "e-mail-adresse, email-adresse, mailadresse, mail-adresse, e-mailadres, emailadres, mailadres, correo,"
    " correo electronico, indirizzo email, indirizzo e-mail, posta elettronica, endereco de email, endereco de e-mail",
    Field.PHONE: "telefon, telefonnummer, rufnummer, telefoon, telefoonnummer, telefono, numero de telefono, numero di telefono,"
    " telefone, numero de telefone",
    Field.MOBILE: "handy, handynummer, mobil, mobilnummer, mobiltelefon, mobilfunknummer, mobiel, mobiele telefoon, movil,"
    " telefono movil, cellulare, telefono cellulare, telemovel, celular",
    Field.LANDLINE: "festnetz, festnetznummer, vaste telefoon, telefono fijo, telefono fisso, telefone fixo",
    Field.BIRTH_ON: "geburtsdatum, geburtstag, geboortedatum, fecha de nacimiento, fecha nacimiento, data di nascita,"
    " data de nascimento",
    Field.STREET: "strasse, straße, strasse und hausnummer, anschrift, straat, adres, direccion, calle, indirizzo, via, morada,"
    " endereco",
    Field.POSTCODE: "postleitzahl, codigo postal, cap, codice postale",
    Field.TOWN: "ort, stadt, wohnort, plaats, woonplaats, stad, ciudad, poblacion, localidad, citta, comune, cidade, localidade",
    Field.COUNTRY: "land, pais, paese, nazione",
    Field.LANGUAGE: "sprache, taal, idioma, lingua",
    Field.LOYALTY_CARD: "kundenkarte, kundenkartennummer, klantenkaart, tarjeta de fidelidad, carta fedelta, cartao de fidelidade",
    Field.EXTERNAL_ID: "kundennummer, kundennr, kunden-nr, klantnummer, numero de cliente, codigo de cliente, codice cliente",
}
_EDGES = re.compile(r"[\s_.:*?!,;\"'«»()\[\]]+$|^[\s_.:*?!,;\"'«»()\[\]]+")


def key_of(heading: str) -> str:
    """A heading as it is looked up: `E-MAIL *` gives `e-mail`, `first_name` gives `first name`, `firstName` too."""
    spaced = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z][a-zà-ÿ])", " ", heading.replace("’", "'").replace("\u00a0", " "))
    folded = fold(spaced.replace("_", " ").replace("№", "n°").replace("nº", "n°").replace("Nº", "n°"))
    return re.sub(r"\s*/\s*", "/", _EDGES.sub("", folded.replace("n °", "n°").replace("n° ", "n° ")))


HEADINGS = {
    key_of(name): field
    for listed in (_ABROAD, _NAMES)
    for field, names in listed.items()
    for name in names.split(",")
}
