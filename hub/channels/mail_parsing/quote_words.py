"""The words by which mail programs announce quotes, heads of mails, mobile signatures and notices, by language."""

# What comes before the colon of "Le 3 février, X a écrit :". French: not what somebody wrote to me, to us or to him.
WROTE = (
    "wrote", "writes", r"(?<!m['’])(?<!nous\s)(?<!lui\s)(?<!vous\s)a\s+[ée]crit", "écrivait",
    "schrieb", "hat\\b.{0,160}\\bgeschrieben", "folgendes\\s+geschrieben", "escribió", r"va\s+escriure", r"ha\s+scritto", "scrisse", "escreveu",
    r"napisał\(a\)", "napisała", "napisał", "pisze", "napísala?", r"napísal\(a\)", r"napsal\(a\)", "napsala?", r"napisao(?:/la)?\s+je", r"napisala\s+je",
    "schreef", r"het\s+volgende\s+geschreven", "skrev", r"kirjoitti", r"ezt\s+írta", r"a\s+scris", r"şunu\s+yazdı", "yazdı", "έγραψε",
    "пишет?", "пише", r"написал(?:а|\(а\))?", r"написа(?:в|ла)", "写道", "寫道", "님이\\s*작성", "작성", "のメッセージ",
)  # fmt: skip

# What an attribution may begin with, besides a date, a weekday or a name with its address.
OPENERS = (
    "on", "le", "at", "am", "el", "il giorno", "il", "in data", "em", "no dia", "às", "a", "op", "den", "w dniu", "dnia", "dňa", "dne",
    "pe", "în", "in", "στις", "wiadomość napisana przez", "missatge de", "в", "于", "在",
)  # fmt: skip

# The names of the lines at the head of a quoted mail, by what they say.
FROM_NAMES = (
    "from", "de", "de la", "von", "da", "van", "od", "från", "fra", "lähettäjä", "feladó", "kimden", "от", "від", "από", "expéditeur",
    "发件人", "寄件者", "差出人", "보낸 사람",
)  # fmt: skip
SENT_NAMES = (
    "sent", "date", "envoyé", "envoyé le", "gesendet", "datum", "enviado", "enviado el", "enviada", "enviada em", "enviado em", "enviat",
    "data", "fecha", "inviato", "data invio", "verzonden", "wysłano", "wysłane", "data wysłania", "skickat", "sendt", "dato", "lähetetty", "päivämäärä",
    "odesláno", "odoslané", "dátum", "küldve", "elküldve", "trimis", "gönderildi", "tarih", "отправлено", "дата", "надіслано", "στάλθηκε", "ημερομηνία",
    "发送时间", "日期", "送信日時", "日時", "보낸 날짜",
)  # fmt: skip
SUBJECT_NAMES = (
    "subject", "objet", "sujet", "betreff", "oggetto", "asunto", "assunto", "assumpte", "onderwerp", "temat", "ämne", "emne", "aihe", "předmět", "predmet",
    "tárgy", "subiect", "konu", "тема", "θέμα", "主题", "主旨", "件名", "제목",
)  # fmt: skip
OTHER_NAMES = (
    "to", "à", "a", "an", "para", "per a", "aan", "do", "till", "til", "vastaanottaja", "komu", "címzett", "către", "kime", "кому", "προς", "收件人", "宛先", "받는 사람",
    "cc", "cci", "copie", "copie à", "bcc", "kopie", "kopia", "kopi", "dw", "udw", "copia", "cópia", "másolat", "копия", "копія", "κοιν", "抄送", "참조",
    "reply-to", "répondre à", "importance", "risposta", "organization", "pièces jointes", "attachments", "anlagen", "adjuntos", "allegati", "bijlagen",
    "priority", "wichtigkeit", "mailed-by", "destinataire",
)  # fmt: skip

# "Original message" and "forwarded message" between dashes.
MARKERS = (
    r"(?:message|mail|courriel|e-?mail)\s+(?:d['’]\s*origine|original|initial|transf[ée]r[ée]|r[ée]exp[ée]di[ée])", r"courriel\s+original",
    r"(?:original|reply|forwarded)\s+(?:message|mail|e-?mail)", r"(?:ursprüngliche|weitergeleitete|original)[\s-]*nachricht", r"mensaje\s+(?:original|reenviado)",
    r"messaggio\s+(?:originale|inoltrato)", r"mensagem\s+(?:original|encaminhada|reencaminhada)", r"(?:oorspronkelijk|doorgestuurd)\s+bericht",
    r"(?:oryginalna|przekazana)\s+wiadomość", r"wiadomość\s+oryginalna", r"(?:ursprungligt|vidarebefordrat)\s+meddelande",
    r"(?:oprindelig|opprinnelig|videresendt)\s+(?:meddelelse|besked|melding)", r"alkuperäinen\s+viesti", r"původní\s+(?:zpráva|e-?mail)", r"eredeti\s+üzenet",
    r"mesaj(?:ul)?\s+(?:original|inițial|iniţial)", r"orijinal\s+(?:mesaj|ileti)", r"(?:исходное|пересылаемое|пересланное)\s+сообщение", r"αρχικό\s+μήνυμα",
    r"missatge\s+(?:original|reenviat)", "原始邮件", "元のメッセージ", "원본\\s+메시지",
)  # fmt: skip

# "Quoting X <x@y>:", "X <x@y> on Monday 14:03 from": what says whose words follow without saying "wrote".
QUOTING = (
    r"quoting",
    r"citando(?:\s+a)?",
    r"zitat\s+von",
    r"zitiere",
    r"citation\s+de",
    r"citazione\s+da",
    r"citat\s+från",
    r"en\s+citant",
)
BY = (r"from", r"by", r"da", r"de", r"von", r"van", r"par", r"od", r"от")

FORWARDS = (
    r"begin\s+forwarded\s+message", r"d[ée]but\s+du\s+message\s+(?:r[ée]exp[ée]di[ée]|transf[ée]r[ée])", r"anfang\s+der\s+weitergeleiteten\s+nachricht",
    r"inicio\s+del\s+mensaje\s+reenviado", r"inizio\s+messaggio\s+inoltrato", r"início\s+da\s+mensagem\s+(?:re)?encaminhada", r"begin\s+doorgestuurd\s+bericht",
)  # fmt: skip

# "Envoyé de mon", "Sent from": what a phone puts below a mail, before the name of the phone or of the program.
SENT_FROM = (
    r"envoy[ée]e?\s+(?:depuis|de(?!\s+la\s+commande)|[àa]\s+partir\s+d(?:e|['’])|avec|par|via)", r"[ée]crit\s+depuis", r"provenance\s*:",
    r"sent\s+(?:from|via|with|using|by|on)", r"gesendet\s+(?:von|mit|über|via|aus)", r"von\s+mein(?:em|er)", r"diese\s+(?:nachricht|mail|e-mail)\s+wurde\s+von",
    r"enviado\s+(?:desde|con|com|do|pelo|pela|no|via|a\s+partir\s+d[eo]|através\s+d[eo])", r"enviad[ao]\s+desde", r"enviat\s+(?:des\s+d(?:e|el)|amb)",
    r"inviat[oa]\s+(?:da(?:l|lla|i)?|con|tramite|dall['’])", r"(?:verstuurd|verzonden)\s+(?:vanaf|vanuit|met|via|van)", r"wysłan[oe]\s+(?:z|za\s+pomocą|przez)",
    r"skickat\s+från", r"sendt\s+fra", r"lähetetty", r"odesláno\s+z(?:e)?", r"odoslané\s+z", r"trimis\s+(?:de\s+pe|din)", r"отправлено\s+(?:с|из)", r"надіслано\s+(?:з|із)",
    r"στάλθηκε\s+από", r"εστάλη\s+από", r"küldve", r"发自我的", r"從我的", r"poslan[oe]\s+(?:z|sa)",
)  # fmt: skip
SENT_FROM_LAST = (r"gesendet", r"gönderildi", r"から送信", r"에서\s*보냄", r"küldve", r"傳送")
GET_APP = (
    r"get", r"download", r"obtenez", r"obtenir", r"t[ée]l[ée]charge[rz]", r"obtener", r"obtén(?:ga)?", r"descarga(?:r)?", r"scarica", r"ottieni", r"obter",
    r"obtenha", r"baixe", r"hent", r"hämta", r"skaff(?:a)?", r"lataa", r"pobierz", r"stáhnout", r"holen\s+sie\s+sich", r"aktiver", r"installe[rz]",
)  # fmt: skip
GET_APP_LAST = (r"beziehen", r"downloaden", r"herunterladen", r"laden")
DEVICES = (
    "iphone", "ipad", "ipod", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi", "oppo", "pixel", "nokia", "blackberry", "fairphone", "wiko", "honor",
    "oneplus", "xperia", "motorola", "smartphone", "mobile", "mobil", "móvil", "móvel", "telemóvel", "celular", "cellulare", "handy", "t[ée]l[ée]phone", "telefon", "telefono",
    "teléfono", "telefoon", "phone", "tablette?", "tablet", "tableta", "outlook", "gmail", "yahoo", "proton", "windows", "aol", "gmx", "web\\.de", "bluemail", "k-9",
    "thunderbird", "airmail", "typeapp", "courrier", "correo", "messagerie", "application\\s+mail", "app\\s+mail", "mail\\s+(?:orange|for|für|pour|per|para|voor|app)", "orange",
    "sfr", "free\\b", "bouygues", "la\\s?poste", "libero", "appareil", "gerät", "device", "dispositivo", "apparaat", "ordinateur", "icloud", "iphonu", "iphonie", "zoho", "t-online", "spark\\b", "canary", "mailbird", "superhuman", "edison mail", "tuta",
)  # fmt: skip
VIRUS_NOTES = (
    r"garanti\s+sans\s+virus", r"virus-?free", r"sans\s+virus\.?\s*(?:www|<|$)", r"l['’]absence\s+de\s+virus\s+dans\s+ce\s+courrier", r"virenfrei", r"libre\s+de\s+virus",
    r"privo\s+di\s+virus", r"virusvrij", r"livre\s+de\s+vírus", r"wolny\s+od\s+wirusów",
)  # fmt: skip
REPLY_ABOVE = (
    r"(?:please\s+)?(?:reply|type\s+your\s+reply|write)\s+above\s+this\s+line", r"r[ée]pon(?:dre|dez|se)\s+(?:ci-dessus|au-dessus)\s+de\s+cette\s+ligne",
    r"(?:veuillez|merci\s+de)\s+r[ée]pondre\s+au-dessus\s+de\s+cette\s+ligne", r"(?:bitte\s+)?(?:antworten\s+sie\s+)?oberhalb\s+dieser\s+(?:zeile|linie)(?:\s+antworten)?",
    r"(?:por\s+favor,?\s+)?(?:responda|escriba\s+su\s+respuesta)\s+por\s+encima\s+de\s+esta\s+línea", r"rispondi\s+sopra\s+questa\s+riga",
)  # fmt: skip

# A notice has a word of both, or one of the last: what is secret, and what a wrong receiver should do.
SECRET_WORDS = (
    "confiden",
    "vertrauliche",
    "vertrouwelijk",
    "riservat",
    "poufn",
    "privilegi",
    "privileged",
    "geheim",
    "luottamuksell",
    "fortrolig",
    "konfidentiell",
    "důvěrn",
)
RECEIVER_WORDS = (
    "destinataire", "pièces jointes", "à l'intention exclusive", "intended recipient", "intended only", "addressee", "to whom it is addressed", "attachments",
    "in error", "adressat", "empfänger", "destinatari", "por error", "por engano", "per errore", "geadresseerde", "adresat", "anexos", "adjuntos",
    "mottagare", "modtager", "mottaker", "vastaanottaja", "příjemc",
)  # fmt: skip
NOTICE_WORDS = (
    "pensez à l'environnement", "pensez à l’environnement", "before printing", "avant d'imprimer", "avant d’imprimer", "bevor sie diese e-mail ausdrucken",
    "antes de imprimir", "prima di stampare", "voordat u deze e-mail",
)  # fmt: skip

GREETINGS = (
    "bonjour", "bonsoir", "salut", "coucou", "cher", "chère", "madame", "monsieur", "mesdames", "messieurs", "hello", "hi", "hey", "dear", "good morning", "good afternoon",
    "hallo", "guten tag", "guten morgen", "sehr geehrte", "sehr geehrter", "liebe", "lieber", "moin", "hola", "buenos días", "buenas tardes", "buenas", "estimado", "estimada",
    "ciao", "buongiorno", "buonasera", "salve", "gentile", "spett", "beste", "geachte", "dag", "goedemorgen", "goedemiddag", "olá", "ola", "bom dia", "boa tarde", "caro",
    "cara", "prezado", "prezada", "dzień dobry", "witam", "cześć", "szanowni", "hej", "hei", "god dag", "bună", "dobrý den", "ahoj",
)  # fmt: skip
