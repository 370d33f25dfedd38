"""Phrases of mail servers that blame us: authentication, reputation, relaying, rates; or what we wrote."""

import re

_BE = r"(?:is|are|was|has been|have been|being)"


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases))


SENDER_FAULT = _any_of(
    # authentication of the domain or the account
    r"\bdmarc\b|\bdkim\b|\bspf\b|sender policy framework|unauthenticated (?:email|senders?|mail)|sender authentication",
    r"authenticat(?:ion|e)[^.]{0,30} (?:required|fail|error|problem|credential)|not authenticated",
    # the envelope sender
    r"(?:sender|mail from|return|envelope|originator|originating)(?: \S+)? (?:e-?mail )?(?:address|domain|verif\S+|mx)"
    r"(?: \S+){0,5} (?:reject|fail|does ?n[o']t|not (?:exist|found|valid|allowed|verified)|invalid|could not|denied|refused|must)",
    r"sender (?:rejected|refused|verif|denied|address rejected)|senders? (?:\S+ )?(?:must|not allowed|is not authori[sz]ed)",
    r"(?:bad|invalid|rejected|refused|fake|forged|unknown|unresolvable|unroute?able) (?:return[- ]path|sender|envelope from|mail from)",
    r"(?:invalid|unknown|bad|unresolvable) (?:\S+ ){0,3}(?:sender|from (?:address|header|field|domain))\b|from (?:address|header) domain",
    r"(?:sending|originating|sender'?s|connecting|your) (?:host ?name|host|domain|server)(?: \S+){0,4} (?:unknown|invalid|does ?n[o']t|has no|no mx|not )",
    r"host ?name does ?n[o']t match|(?:cannot|can't|could not|unable to) verify your|backscatter|\bbatv\b",
    r"(?:exp[ée]diteur|[ée]metteur|remitente|mittente|remetente|absender\w*|afzender|отправител\w*)(?: \S+){0,5}? (?:inconnue?|inexistante?|"
    r"invalide|introuvable|n'existe|incorrecte?|unbekannt|existiert nicht|ung[üu]ltig|abgelehnt|gesperrt|desconocid[oa]|no existe|rechazad[oa]|"
    r"inv[áa]lid[oa]|sconosciut[oa]|inesistente|rifiutat[oa]|desconhecid[oa]|n[ãa]o existe|onbekend|не существует|неизвест\w*)",
    r"domain of sender address|from: domain is|callback (?:setup )?fail|verify callout fail",
    r"(?:could not|cannot|can't|unable to) (?:verify|validate|resolve) (?:the )?sender",
    # the name of our server
    r"reverse[ -](?:dns|lookup|mapping|hostname)|\brdns\b|\bptr\b|no reverse|fcrdns|missing dns record|mismatch\w* client",
    r"helo (?:command )?(?:reject|name|hostname)|\behlo\b.{0,30}(?:reject|invalid|not)|(?:bad|invalid) helo|my name was rejected",
    r"client host rejected|cannot find your (?:reverse )?hostname|hostname .{0,40}(?:not found|could not be resolved|does not resolve|forged)",
    r"dns (?:a-)?record.{0,30}(?:\bip\b|your|connecting)|static ip|dynamic (?:ip|address|pool)|generic (?:ip|host)|dial-?up",
    # lists and reputation
    r"black[ -]?list|block[ -]?list|deny[ -]?list|sperrliste|lista (?:negra|nera)|blocked (?:by|using|for|because|due)(?!.{0,25}(?:spam|content|virus))|\b(?:dns|r)bls?\b|spamhaus|spamcop|barracudacentral|sorbs",
    r"\bsnds\b|cloudmark|senderscore|(?<!not )listed (?:in|at|by|on)|\bbanned\b(?! (?:content|file))|blocked ip|reputation|invalid ip",
    rf"(?:\bip\b|server|host|network|domain|address)(?: \S+){{0,3}} {_BE} (?:\S+ )?(?:blocked|black-?listed)",
    r"your (?!message|mail|e-mail|email)(?:\S+ ){1,5}(?:blocked|listed|rejected|refused)|network not allowed|part of (?:their|your) network|complain|abus[ei]|unexpected volume",
    r"initial connection:.{0,80}access denied|access denied.{0,80}(?:\bip\b|sending|sender|banned|policy|block)",
    # relaying and permission
    r"relay(?:ing)?(?: \S+){0,4} (?:denied|prohibited|not (?:permitted|allowed)|reject|forbidden|access|quota|limit|restrict)",
    r"(?:not|n't|no|unable to|denied to|forbidden to|refused to) (?:\S+ ){0,3}relay|anti-?relay|unauthori[sz]ed relay|mail relay",
    r"allowed rcpthosts|in my rcpthosts|not a (?:gateway|registered gateway)|(?:permission|not have the permission) to (?:send|post)",
    r"not (?:authorized|permitted|allowed) to (?:send|post|mail|deliver|use)|cannot send (?:mail|messages)|does not support tls",
    r"tls (?:is )?required|must (?:issue|use) (?:a )?starttls|encryption (?:is )?(?:needed|required)|secure (?:connection|channel)",
    r"not accept(?:ed|ing)? (?:any )?(?:mail|messages|e-?mail) from (?:you|your|this)|(?:mail|messages|e-?mail) from (?:this|your) (?:\S+ )?\S+ (?:is|are) not accepted",
    r"(?:non-?members?|members?[ -]only|not a (?:\S+ )?member|only members)|your access |invalid (?:login|credentials)",
    r"need(?:s)? fully[- ]qualified|not authori[sz]ed|5\.7\.(?:6\d\d|5\d\d|2[0-9]|1[35]\d)(?!\d)",
    # rates
    r"too many (?:connection|message|mail|e-?mail|recipient|session|concurrent|smtp|error|invalid|unknown)|rate[ -]?limit",
    r"frequen(?:cy|tly)|throttl|daily (?:sending |relay |smtp )?(?:quota|limit)|at a rate|(?<!line )(?<!size )limits? (?:exceeded|reached)",
    r"(?:sending|hourly|message|connection|transaction|relay) (?:limit|quota|rate)",
    # French providers
    r"exp[ée]diteur (?:\S+ ){0,3}(?:refus|rejet|invalide|bloqu|non autoris)|adresse ip.{0,60}(?:bloqu|refus|blacklist)",
    r"trop de (?:connexions|messages|mails|destinataires)|service refus|liste noire|r[ée]putation|connexion refus[ée]e pour",
    r"\bofr_?(?:999|50[1-6]|10[3-9]|519|00[5-9])|\blpn\d{3}_(?!4(?:05|16))\d+",
)

CONTENT_FAULT = _any_of(
    r"\bspam|unsolicited|bulk (?:e?-?mail|message)|\bjunk|virus|malware|phish|trojan|infected|\bworm\b|suspicious",
    r"banned (?:content|file)|clamav|surbl|uribl|\burls?\b.{0,40}(?:block|list|blacklist)|content conversion",
    r"(?:message|mail|e-?mail|size|content|body)(?: (?!queue|for|in)\S+){0,5} (?:too (?:large|big|long)|larger than)\b",
    r"(?:message|mail|size|content|body)(?: \S+){0,5} exceed\S*(?: \S+){0,4} (?:limit|size|maximum|length)",
    r"size (?:limit )?exceed|too (?:large|big) (?:message|mail|to)|exceeds (?:the )?(?:maximum|fixed|size|administrative|limit)",
    r"maximum (?:message )?size|message (?:length|size)|message (?:is )?(?:too big|trop)|line (?:too long|length|limit)",
    r"(?:message|mail|e-?mail|transmission|transaction|delivery)(?: \S+){0,4} (?:rejected|refused|blocked|denied|declined)"
    r"(?: \S+){0,5} (?:content|polic|filter|reason|score|administrative|security|due|for)",
    r"content (?:rejected|reject|filter|not allowed|restriction|denied|error)|\bpolic(?:y|ies)\b|not rfc|not accepted for .{0,20}reasons",
    r"\brfc ?(?:2822|5322|822|5321|1652|2821)|\bheader (?:error|field|is missing|syntax|line)|(?:bare|stray) (?:lf|cr|newline)",
    r"\battachments?\b(?! contains)|mime (?:error|structure)|8-?bit|character set|administrative(?:ly)? prohibit|prohibited",
    r"security (?:policy|reason|violation|error)|looks like|message filtered|protocol violation|unwanted message|rejected by header|blocked senders",
    r"contenu (?:refus|rejet|ind[ée]sirable|interdit)|message (?:refus|rejet)|ind[ée]sirable|pi[eè]ce jointe|pourriel",
    r"courrier non sollicit|taille (?:maximale|du message)",
    r"missing (?:\S+ ){0,2}(?:message-id|header|date|subject|from)|subject (?:line )?contains|invalid characters|(?:invalid|malicious|bad) urls?\b",
    r"(?:unknown|unsupported|invalid) (?:\S+ )?(?:charset|character set|encoding|attachment|command)",
    r"mandatory key|(?:bad )?syntax|unrecogni[sz]ed (?:command|parameter)|command (?:not )?(?:unrecogni|implemented)|bad sequence",
    r"pipelining|improper (?:command|use)",
)
