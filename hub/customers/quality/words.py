"""The names of the reports in the two languages of the mails. Pages translate the reports' titles."""

from collections.abc import Mapping

from hub.core.words import Language

_FR, _EN = Language.FRENCH, Language.ENGLISH
FAULTS: Mapping[str, Mapping[Language, str]] = {
    "mistyped_domains": {_FR: "Domaines mal tapés", _EN: "Mistyped mail domains"},
    "name_case": {_FR: "Noms en capitales ou en minuscules", _EN: "Names in capitals or small letters"},
    "bounced": {_FR: "Adresses en échec", _EN: "Addresses that bounced"},
    "invalid_mails": {_FR: "Adresses e-mail invalides", _EN: "Invalid mail addresses"},
    "invalid_phones": {_FR: "Numéros de téléphone invalides", _EN: "Invalid phone numbers"},
    "duplicates": {_FR: "Doublons possibles", _EN: "Possible duplicates"},
    "no_name": {_FR: "Sans nom", _EN: "Without a name"},
    "no_address": {_FR: "Sans aucune adresse", _EN: "Without any address"},
    "no_postcode": {_FR: "Sans code postal", _EN: "Without a post code"},
    "never_opened": {_FR: "Jamais ouvert, jamais cliqué", _EN: "Never opened, never clicked"},
    "inactive": {_FR: "Inactifs", _EN: "Inactive"},
}
