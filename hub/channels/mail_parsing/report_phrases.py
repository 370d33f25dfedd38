"""Phrases of mail servers about the receiver: mailbox full, suspended, unknown, or unreachable for now.

All are matched against one line in lower case, without addresses and links (`report_class.plain_diagnostic`).
"""

import re

_BE = r"(?:is|are|was|has been|have been|had been|being|est|a [ée]t[ée])"
_WHO = (
    r"\b(?:users?|recipients?|mail ?box(?:es)?|addres+(?:es)?|accounts?|alias(?:es)?|e-?mails?|customers?|box|employee|"
    r"rcpt|destination|local-?part|subscriber|userid|user ?name|account name|addressee|person|mail ?drop|inbox)\b"
)
_BOX = r"\b(?:mail ?box|mail ?drop|inbox|account|maildir|mail ?folder|disk|storage|recipient|user)\b"
_QUI = r"\b(?:adresses?|destinataires?|utilisateurs?|comptes?|bo[iî]tes?|usagers?|correspondants?|clients?|domaines?|abonn[ée]s?)\b"


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases))


FULL = _any_of(
    rf"{_BOX}(?:'s mailbox)?(?: \S+){{0,3}}? (?:{_BE} )?(?:too |now |temporarily )?(?:full|over ?quota|out of space)\b",
    r"\b(?:full|quota) (?:mail|in)box",
    r"over[ -]?quota|quotaexceeded",
    r"quota (?:has been |is |was |would be )?(?:exceeded|full|reached|violation)",
    r"exceed(?:s|ed|ing)?(?: \S+){0,6} (?:quota|mailbox size|storage|mailbox limit|mailbox maximum|allocation)",
    r"mailbox (?:has )?exceed|mailbox size limit|maximum (?:mailbox|storage|disk)",
    r"(?:storage|disk|mailbox) (?:quota|space|limit|allocation)s? (?:has been |is |was )?(?:exceeded|reached|full)",
    r"(?:insufficient|not enough|no) (?:disk |system |free |mailbox )?(?:storage|space)",
    r"out of (?:storage|disk|space|quota)|exhausted allowed storage|recipient over ",
    r"bo[iî]te .{0,40}(?:pleine|satur[ée]e|quota)|quota (?:\S+ ){0,4}(?:d[ée]pass[ée]|atteint)",
    r"espace (?:disque |de stockage )?(?:insuffisant|satur)|\b(?:ofr|sfr)_?417",
    # "quota" alone is the receiver's, unless it is about how much one may send
    r"(?<!sending )(?<!relay )(?<!relaying )(?<!daily )(?<!hourly )(?<!smtp )(?<!message )(?<!mail )(?<!rate )\bquota\b(?! of (?:messages|mails))",
    r"space has been used up|used up (?:\S+ ){0,3}space|too much mail data|(?:user|mailbox|account|recipient) has too many messages",
    r"mail file size exceeds",
    r"postfach\b.{0,40}\b(?:voll|überfüllt)|speicher\S* (?:\S+ ){0,3}(?:voll|erschöpft|überschritten)",
    r"casella\b.{0,40}\bpiena|buz[oó]n\b.{0,40}\b(?:llen[oa]|supera|exced)|caixa\b.{0,40}\bcheia",
    r"メールボックスが(?:一杯|いっぱい)|容量を超え|容量(?:オーバー|超過)",
)

_STOPPED = r"(?:suspended|disabled|inactive|inactivated|deactivated|locked|blocked by|frozen|on hold|dormant|expired|barred)"
SUSPENDED = _any_of(
    rf"{_WHO}(?: \S+){{0,6}}? (?:{_BE} )?(?:currently |temporarily |now |administratively )?{_STOPPED}\b",
    rf"(?:\bdomain|@) {_BE} (?:\S+ )?{_STOPPED}\b",
    rf"\b{_STOPPED} (?:mailbox|account|user|recipient|address|customer)",
    r"account is (?:temporarily )?(?:unavailable|out of service)|mailbox (?:is )?unavailable for delivery",
    r"status: (?:suspended|inactive|locked)|user suspended|\bnot active\b|temporarily (?:locked|frozen)|\bon hold\b",
    r"(?:recipient|user|mailbox|account|address) (?:\S+ )?(?:is )?not accepting (?:mail|messages|e-?mail)",
    r"not accepting (?:any )?(?:mail|messages) (?:from|at)|google (?:groups?|-?gruppe|群組|网上论坛|グループ|समूह)",
    r"google-gruppe|groupes? google|grupos? de google|مجموعات google",
    r"compte (?:\S+ ){0,3}(?:suspendu|d[ée]sactiv[ée]|inactif|bloqu[ée])",
    r"bo[iî]te.{0,30}(?:d[ée]sactiv[ée]e|suspendue|bloqu[ée]e|inactive|archiv[ée]e)",
    r"(?:utilisateur|usager|abonn[ée]|conta|cuenta|usuario|casella|utente|konto|postfach)\b(?: \S+){0,3} "
    r"(?:suspend(?:u|id[oa])|suspens[ao]|sospes[oa]|d[ée]sactiv[ée]e?|desactivad[oa]|disattivat[oa]|gesperrt|deaktiviert)",
    # the receiver's own choice
    r"extended inactivity|only accept(?:s|ing) (?:mail|messages|e-?mail) from|not accepting any (?:mail|messages)",
    r"(?:user|recipient)(?:'s)? (?:rules|preferences)|blocked by the (?:recipient|user)|account is protected by",
    r"receiving (?:mail|messages|e-?mail) (?:at a rate|too (?:quickly|fast|often|many))",
)

LOCAL_FAULT = _any_of(
    r"command output|command died|command time limit|procmail|local configuration error",
    r"loops? back|too many hops|hop count|mail loop|routing loop|loop detected|message loop",
    r"can'?t create (?:user )?output|system config(?:uration)? error|internal (?:server )?error",
    r"error in processing|\bi/o error|cannot (?:open|read|write|append)|unable to contact ldap",
    r"not found,? try again|host name lookup failure: try|gr[ea]y-?list",
)

GONE_USER = _any_of(
    r"\b(?:no such|unknown|invalid|non-?existe?[ai]?nt|unrecogni[sz]ed|undefined|no valid|bad|incorrect|illegal)"
    r" (?:\S+ )?(?:user\w*|recipients?|mail ?box\w*|person|address\w*|account|alias|local[ -]part|mail-?name|customer|rcpt|"
    r"destination|subscriber|employee)\b",
    rf"{_WHO}\S{{0,3}}(?: \S+){{0,6}}? (?:is |was |are |has |were |name )?"
    r"(?:unknown|invalid|unrouteable|undeliverable|non-?existent|does ?n[o']t (?:exist|have)|cannot be found|"
    r"(?:isn'?t|wasn'?t|not) (?:found|a? ?(?:known|valid|local|registered)|exist\w*|recogni[sz]ed|listed|here|present|"
    r"on (?:this )?(?:server|system)|in (?:our|the|my)|be found|registered))\b",
    rf"{_WHO}\S{{0,3}}(?: \S+){{0,6}}? (?:does|do|did|could|can|would)(?: not|n'?t) (?:exist|be found|match|have)",
    rf"{_WHO}\S{{0,3}}(?: \S+){{0,6}}? no longer (?:exist|valid|on|active|in use|available|here|with|used|works|at)",
    rf"{_WHO}\S{{0,3}}(?: \S+){{0,3}} (?:has been |was |is |been )?(?:deleted|removed|closed|cancell?ed|discontinued|terminated)",
    r"user[ -]?unknown|unknown[ -]user|unknown in (?:local|virtual|relay|remote)|unknown to (?:address|us|this)",
    r"\bno (?:mail ?box|account|user|one|addressee|recipient)s? (?:\S+ ){0,3}(?:here|by that name|with that|named|found|called|under)",
    r"\bno (?:valid recipients|such (?:\S+ ){0,2}(?:here|recipient|mailbox|user))|not like recipient|nobody here",
    r"not (?:our|a known|a valid|a local|a deliverable) (?:customer|user|recipient|mailbox|address|employee)",
    r"does(?:n'?t| not) have (?:an? )?(?:\S+ )?(?:account|mailbox|user)|name (?:is )?not recogni[sz]ed",
    r"unrout(?:e)?able address|recipnotfound|addressunknown|recipientnotfound|unknown or illegal alias",
    r"recipient (?:address(?:es)? )?rejected ?: (?:access denied|undeliverable|unverified|user|no such|invalid|unknown)",
    r"(?:address(?:es)?|recipient) rejected\.?(?: \(in reply to rcpt|[ @]*\Z)|not listed in (?:domino|public|the)",
    r"\bwasn'?t found at|retired|left the (?:company|organi)|user (?:has )?moved|has (?:been )?(?:moved|changed)|new address",
    r"misspelled|mailbox unavailable or access denied|not taken: mailbox unavailable|550 unknown|invalid (?:\S+ ){0,2}userid|wrong (?:address|recipient)",
    rf"{_QUI}(?: \S+){{0,8}}? (?:est |a |sont )?(?:inconnue?s?|inexistante?s?|invalides?|introuvables?|incorrecte?s?|"
    r"supprim[ée]e?s?|r[ée]sili[ée]e?s?|cl[ôo]tur[ée]e?s?|n'est (?:pas|plus) valide|n'existe(?:nt)? (?:pas|plus))",
    r"n'existe (?:pas|plus)|(?:inconnu|inexistant|introuvable)e? (?:sur|dans|chez|[àa]) |n'a pas [ée]t[ée] trouv",
    r"\b(?:ofr|sfr)_?416|\blpn\d{3}_(?:405|416)|pas de bo[iî]te|unbekannt|existiert nicht|nicht gefunden",
    r"not an? (?:\S+ )?(?:active|known|valid) (?:address|mailbox|account)|no mail ?box available|no ?(?:one|body) at (?:this|that) address",
    r"no longer (?:in use|an? (?:valid|active) (?:address|mailbox|account|user))|address no longer accepts|undeliverable address",
    r"not have (?:that|this|such an?) (?:user|mailbox|account|address)|bad-?(?:rcpt|recipient)-?to|valid-?rcpt-?to",
    r"ning[uú]n usuario|nessun utente|inexistente|nicht bekannt|\bukjent|\bonbekend|nieznan|не найден|okänd|tuntematon|ismeretlen|neznám",
    r"no se (?:encontró|ha encontrado|encuentra)|n[aã]o (?:foi possível encontrar|encontrad)|non (?:è|e) stato trovato|niet (?:worden )?gevonden|nie znaleziono|"
    r"desconhecido|desconocid|no existe|n[aã]o existe|sconosciut|inesistente|неизвестн|не существует",
    r"不存在|宛先不明|存在しません|見つかりません|リストにありません",
)

GONE_HOST = _any_of(
    r"\bhost (?:or domain name )?(?:\S+ )?(?:not found|unknown|is unknown|does not exist)(?!,? ?try)|unknown (?:mail )?host|host unknown",
    r"\bdomain(?: \S+){0,4} (?:is |name )?(?:not found|unknown|does ?n[o']t exist|could ?n[o']t be found|does not accept)",
    r"(?:no such|invalid|unknown|illegal|bad) (?:\S+ )?(?:mail )?domain|no such host|illegal host|bad destination",
    r"all relevant mx records point to non-?existent hosts|\bno (?:mx|a) (?:or|record|host|found)|no mx found",
    r"couldn'?t find any host|find a mail exchanger|null ?mx|no mail (?:server|exchanger)|unrouteable (?:mail )?domain",
    r"does(?:n'?t| not) (?:accept|receive|handle) (?:any )?(?:e?-?mail|mail)|name or service not known|\b5\d\d \S+\.[a-z]{2,} does not exist|nxdomain",
    r"(?:name|dns)(?: service)? (?:error|lookup).{0,60}(?:no data|not found(?!,? ?try))|host lookup did not complete",
)

PASSING = _any_of(
    r"try (?:again|later)|(?:will|to be) (?:be )?retr(?:y|ied)|retry (?:later|time)|temporar(?:y|ily)|transient",
    r"timed? ?out|time-?out|deferred|delayed|\bdelay\b|still (?:being )?(?:retr|trying|in)|expired",
    r"connection (?:refused|reset|lost|dropped|closed|failed|was dropped|error)|connect to|lost connection",
    r"unable to (?:connect|establish|contact)|wasn'?t able to establish|unreachable|no route|not find a gateway",
    r"too busy|server (?:busy|unavailable)|service (?:not |un)?available|\bresources\b|problem occurred",
    r"queue (?:too long|lifetime)|(?:in|on) (?:the )?queue (?:for )?too long|not going to try again|giving up",
    r"could not be delivered (?:for|within|after)|hosts have been failing|not respon[ds]|no answer|socket error",
    r"did not (?:respond|accept our requests)|d[ée]lai (?:d[ée]pass|expir)|r[ée]essa(?:yer|i)|temporaire|indisponible",
)
