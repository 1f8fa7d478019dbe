"""What stands before and after names: the places in which a word is likely one."""

from __future__ import annotations

import re

IS = r"(?:\s?(?:is|are|was|will\sbe)\b|['’]?s\b|\s?[:=]|\s?-\s|,)"
# What is sure to be followed by a name.
STRONG = re.compile(
    rf"(?<![\w(])(?:(?:(?:first|last|middle|maiden|full|given|family|legal|real|whole|patient)\s?"
    rf"names?|surname)(?:{IS}|(?=\s))|names?(?:{IS})|my\s(?:names?|nam|nmae|naem|anme|nme)(?:\sis)?(?=\s)"
    r"|(?:i['’]?m|i\sam|he['’]?s|she['’]?s)\s(?:called|named)|they\scall\sme|i\sgo\sby"
    r"|(?:patient|pt|insured|subscriber|guarantor|(?:policy|account|card)\s?holder|spouse|contact"
    r"|emergency\scontact|next\sof\skin|dependent|beneficiary|guardian|parent|mother|father|husband"
    r"|wife|son|daughter|caregiver|provider|surgeon|doctor|physician|nurse|referred\sby|poa|proxy"
    r"|caller|signed|re|from|for|to|attn|sender|client|member|(?:sub|trans)mitted\sby|written\sby"
    r"|typed\sby|requested\sby|completed\sby|para|de|atenci[oó]n)\s?:|signed,?(?=\s)"
    r"|(?:people|folks|friends|family|every(?:one|body)|(?:you|u)\s(?:can|may)|they)\s(?:all\s|just\s)?calls?"
    r"\sme|(?:nick\s?name|alias)(?:\s(?:is|was)|\s?:)"
    r"|(?:guy|man|woman|lady|nurse|girl|boy|person|rep|somebody|someone|friend)\s(?:named|called)"
    r"|me\sllamo|(?:mi\s|su\s)?nombre(?:\scompleto)?(?:\ses|\s?:)|se\sllama|ll[aá]mame"
    r"|(?:mi\s|su\s)?apellidos?(?:\ses|\sson|\s?:)|paciente\s?:"
    r"|firmado\s?:?)[\s\"“'‘]{1,3}"
    r"(?:(?:is|it['’]?s|called|mr\.?|mrs\.?|ms\.?|miss|dr\.?)\s){0,2}",
    re.IGNORECASE,
)
FAMILY = (
    r"(?:husband|wife|spouse|partner|son|daughter|mother|father|mom|mum|dad|brother|sister|grandson"
    r"|granddaughter|grandmother|grandfather|grandma|grandpa|aunt|uncle|cousin|niece|nephew|friend"
    r"|neighbou?r|boyfriend|girlfriend|fianc[eé]e?|caregiver|esposo|esposa|hijo|hija|madre|padre"
    r"|mam[aá]|pap[aá]|hermano|hermana|kid|boy|girl|baby|twin|momma|mama|mommy|daddy|granny|nana|papa"
    r"|auntie|hubby|hubs|wifey|bf|gf|bro|sis|pops|gran|nan|ex|oldest|eldest|youngest|step(?:son|daughter|mother|father|mom|dad)|roommate|room\s?mate"
    r"|landlord|landlady|co-?worker|buddy|boss|t[ií]a|t[ií]o|abuel[oa]|suegr[oa]|cu[nñ]ad[oa]|niet[oa]"
    r"|sobrin[oa]|prim[oa]|novi[oa]|marido|mujer|vecin[oa]|amig[oa]|comadre|compadre)"
    r"(?:[\s-]in[\s-]law)?"
)
# "my late husband", "my oldest son".
_WHICH = (
    r"(?:(?:late|older|younger|little|big|oldest|eldest|youngest|middle|twin|baby|step|half|ex|dear"
    r"|sweet|poor|own|good|best|adult|grown|only|next[\s-]door)[\s-])?"
)
OF_MINE = rf"(?:my|our|his|her|their|mi|su|nuestr[oa]|[^\W\d_]{{3,15}}['’]s)\s{_WHICH}{FAMILY}"
# After these anything may follow.
WEAK = re.compile(
    r"(?<!\w)(?:i['’]?m|i\sam|this\sis|it['’]?s(?:\sme)?|it\sis(?:\sme)?|soy|habla|les\shabla|call\sme|named?|called"
    rf"|ask\sfor|speak\s(?:to|with)|{OF_MINE}(?:\sis|\ses)?|patient(?:\sis)?|goes\sby|calls?\sme|known\sas|knows\sme\sas|(?:de\sparte|a\snombre)\sde|i,|sent\sfrom|regarding|behalf\sof"
    r"|(?:appointment|appt|appointed|surgery|visit|referral|records?|chart)\s(?:for|under)"
    r"|(?:listed|registered|booked|filed|saved|scheduled|enrolled|entered|signed\sup)\s(?:as|under)"
    r"|(?:it['’]?s|is|look)\sunder|maiden\sname,?|cita\s(?:para|de)|yours\struly|es"
    rf"|{FAMILY}\s(?:of|de)|(?:\A|(?<=[.!?,;\n]\s))am|c/o|(?:le|les|te)\s(?:escribe|saluda)|aqu[ií])(?:\s?\(\s?|\s?,?\s{{1,2}})"
    r"(?:(?:mr|mrs|ms|dr|sister|brother|father|prof|rev|pastor|coach|nurse|deacon|sgt|capt)\.?\s)?",
    re.IGNORECASE,
)
# Verbs and greetings before somebody's first name, where it has a capital: "tell Linda".
MET = re.compile(
    r"(?<!\w)(?:tell|told|ask|asked|met|meet|thank|saw|love|call|called|texted|emailed|visited|with"
    r"|seen\sby|signed\sby|dear|hi|hello|hey|yo|hola|querid[oa]|estimad[oa]|spoke(?:n)?\s(?:to|with)"
    r"|(?:message|note|letter|e-?mail|text|call|this|referral)\s(?:is\s|was\s)?from|(?:they|parents)\snamed\sme"
    r"|speaking\s(?:to|with)|talk(?:ed|ing)?\s(?:to|with)|poor|named)\s{1,2}(?=(?-i:[A-Z]))",
    re.IGNORECASE,
)
# Who treats a patient, before a surname with a capital: "my surgeon Patel", "Nurse Ratliff".
STAFF = re.compile(
    r"(?<!\w)(?:(?:my|our|his|her|the|mi|el|la)\s(?:\w{3,12}\s)?(?:nurse|surgeon|doctor|doc|therapist|pt"
    r"|physician|chiropractor|pastor|attorney|lawyer|case\s?manager|coordinator|interpreter|aide"
    r"|receptionist|doctora?|enfermer[oa]|cirujan[oa]|terapeuta)|nurse|pastor|coach|reverend|deacon"
    r"|sergeant|captain|judge|officer|chief|aunt|auntie|uncle|grandma|grandpa|t[ií]a|t[ií]o"
    r"|(?:appointment|appt|listed|booked|filed|registered|is|was|it['’]?s)\s(?:as|for|under)|maiden\sname,?|n[eé]e|formerly)"
    r"\s{1,2}(?=(?-i:[A-Z][a-z]))",
    re.IGNORECASE,
)
# "put jo beth down for friday"
PUT_DOWN = re.compile(
    r"\b(?:put|pencil|mark|sign|book)\s{1,2}((?:[^\W\d_][\w'’.-]{0,20}\s{1,2}){1,4}?)(?:down|in|up)\b",
    re.IGNORECASE,
)
TITLE = re.compile(
    r"(?<!\w)(?:drs|dra?|doctora?|mrs?|ms|miss|sra?|srta|se[nñ]or(?:a|ita)?|don|do[nñ]a)\b\.?\s{1,2}",
    re.IGNORECASE,
)
OWN_FAMILY = re.compile(OF_MINE, re.IGNORECASE)
# A person says who they are: two capitalised words are a name, even if they are words too.
MYSELF = re.compile(r"(?:i['’]?m|i\sam|this\sis|soy)\s", re.IGNORECASE)
# After a weak cue and a name in small letters: who ends there has said their name.
END = re.compile(
    r"\s{0,2}(?:\Z|[.,;:!?\n(\-–—]|(?:calling|speaking|here|again|and|from|i|i['’]?m|i['’]?ve|my|y"
    r"|aqu[ií]|de|with|date|dob|phone|at|the)\b)",
    re.IGNORECASE,
)
CALLING = re.compile(
    r"\b(?:this\sis|it['’]?s|habla|les\shabla)\s{1,2}([^\W\d_][\w'’.-]{0,20}(?:\s[^\W\d_][\w'’.-]{0,20}){0,3}?)"
    r"\s{1,2}(?:calling|speaking|here|again|from|writing|llamando|aqu[ií])\b",
    re.IGNORECASE,
)
# "Hi, Maria here", "bob smith calling".
HERE = re.compile(
    r"(?:\A|(?<=[.!?,;\n])|\b(?:hi|hello|hey|hola|morning|afternoon|evening|dias|días|tardes)\b)"
    r"[\s,!.]{0,3}(?=((?:[^\W\d_][\w'’.-]{0,20}\s{1,2}){1,4}?)(?:here|again|calling|speaking|writing|checking\sin"
    r"|following\sup|with\sa\s(?:quick\s)?question|reporting\sin|and\si|aqu[ií])\b)",
    re.IGNORECASE,
)
BYE = (
    r"thanks(?:\s(?:so\smuch|again|a\slot|in\sadvance|a\smillion|everyone|all|for\s[\w\s']{2,40}))?"
    r"|thank\s(?:you|u)(?:\s(?:so\smuch|very\smuch|again|all|kindly|in\sadvance|for\s[\w\s']{2,40}))?"
    r"|thx|tks|tnx|ty|many\sthanks|(?:best|kind|warm|kindest|warmest)?\s?(?:regards|wishes)|best"
    r"|sincerely(?:\syours)?|(?:yours|yrs|very)\s(?:truly|sincerely|faithfully)|respectfully|cordially"
    r"|yours|warmly|fondly|gratefully|hugs|love\salways|stay\swell|be\swell|ttyl|in\schrist"
    r"|con\s(?:cari[nñ]o|afecto|mucho\scari[nñ]o)|abrazos|bendiciones|(?:un\s)?cordial\ssaludo"
    r"|cheers|love|blessings|god\sbless(?:\syou)?|take\scare|bye(?:\sbye|\sfor\snow)?|goodbye"
    r"|appreciate\s(?:it|you|your\shelp)|(?:muchas\s|mil\s)?gracias(?:\sde\santemano)?|(?:un\s)?saludos?"
    r"|atentamente|cordialmente|atte\.?|talk\ssoon|have\sa\s(?:good|great|nice|blessed)\s(?:day|one"
    r"|evening|night|weekend)|waiting\sto\shear|peace|later|xoxo|xx"
)
SIGNED = re.compile(
    rf"(?<!\w)(?:{BYE})(?:[\s,.!;:~*\-\u2010-\u2015]{{1,4}}|$)|(?:\s|\A|(?<=[.!?,]))[~\-\u2010-\u2015]{{1,2}}\s?"
    r"|\n\s{0,3}",
    re.IGNORECASE,
)
INSTITUTION = re.compile(
    r"(?:['’]s)?\s(?:hospital|clinic|medical|center|centre|institute|university|health|memorial|foundation"
    r"|county|syndrome|disease|procedure|drain|rods?|test|sign|frame|collar|brace|method|technique|scale)"
    r"\b",
    re.IGNORECASE,
)
RANK = re.compile(
    r"\b(?:(?-i:Sister|Brother|Father)|prof|professor|rev|reverend|pastor|rabbi|imam|deacon|sgt|sergeant|capt"
    r"|captain|col|colonel|lt|lieutenant|maj|major|judge|officer|coach|big|lil|mrs?|ms|miss|dra?|sra?|srta)\b"
    r"\.?\s{1,2}",
    re.IGNORECASE,
)
# A name in small letters, before a date of birth: "shania whitlow, 06-11-1999".
BEFORE_DATE = re.compile(
    r"(?<!\w)(?=([^\W\d_]{2,20}\s[^\W\d_][\w'’-]{1,20})"
    r"[\s,;:-]{1,3}(?:d\.?o\.?b|born|date\sof\sbirth|\d{1,2}[/-]\d{1,2}[/-]\d))",
    re.IGNORECASE,
)
SEGMENT = re.compile(
    r"(?:\A|[.,!?;:\n(\u2013\u2014-])\s{0,3}"
    r"([^\W\d_][\w'’-]{1,20}(?:\s[^\W\d_][\w'’.-]{0,20}){1,2})\s{0,3}(?=\Z|[.,!?;:\n)\u2013\u2014-])"
)
# What may stand after a signature: a number that is masked, an age, a mark.
AFTER = re.compile(r"[\s.,!)~*:;\-\u2010-\u2015/<3❤]{0,4}(?:[\d(+#@]|\Z)", re.IGNORECASE)
SPELLED = re.compile(
    r"\b(?:spell(?:ed|ing|s|t)?|that['’]?s|name\sis|as\sin)(?:\s(?:it|is|as|like|my\sname|last"
    r"\sname|it['’]?s)){0,3}[\s:,]{1,2}((?:[^\W\d_][\s.,\-]{1,2}){2,20}[^\W\d_])\b",
    re.IGNORECASE,
)
SURNAME_FIRST = re.compile(r"\b([A-Z][\w'’-]{1,20}),\s([A-Z][\w'’-]{1,20})\b")
# Names that are no patient's: of diseases, procedures, hospitals.
KNOWN = re.compile(
    r"(?:tommy\sjohn|johns?\shopkins|mayo|cedars|st\.?\s|saint|santa|san\s|parkinson|crohn|hodgkin"
    r"|lou\sgehrig|ehlers|jackson\spratt|charcot|tiger\swoods|peyton\smanning|henry\sford|barnes"
    r"|ben\staub|john\speter\ssmith|m\.?d\.?\sanderson|mass\sgeneral|sloan|walter\sreed|jackson\smemorial"
    r"|forrest\sgump|robert\swood|virginia\smason|uncle\ssam|mary\swashington|mount|fort|los|las|el\spaso"
    r"|guillain|barre|charl(?:ie|ey)\shorse|tylenol|advil|aleve|motrin|kaiser)",
    re.IGNORECASE,
)
# "they took me to Ben Taub": a place that bears a person's name.
PLACE_BEFORE = re.compile(
    r"\b(?:at|into|near|inside|(?:took|taken|sent|rushed|drove|driven|brought|moved|transferred"
    r"|admitted|airlifted|went|go|going|gone|get|got|flown)(?:\s(?:me|him|her|us|them|over|back))?\sto)\s\Z",
    re.IGNORECASE,
)
# Letters spelled one by one: "N as in Nancy, G as in George".
SPELLED_OUT = re.compile(
    r"\b[a-z]\s(?:as\sin|for|like)\s[a-z]{3,12}(?:[\s,.]{1,2}[a-z]\s(?:as\sin|for|like)\s[a-z]{3,12}){1,20}\b",
    re.IGNORECASE,
)
# One word between two stops, neither of which is the text's end: "im new, Xiomara, how do i".
ONE_WORD = re.compile(r"[,;.!?]\s([A-Z][a-z]{2,15})(?=[,;]\s)")
WORD_BEFORE = re.compile(r"(?<!\w)([^\W\d_]{2,12})\s\Z")
# A first name that begins a sentence about its bearer, or ends a text after a comma.
SUBJECT = re.compile(
    r"(?:\A|(?<!St)(?<!Mt)(?<!Ft)(?<!Dr)(?<!Mr)(?<!Ms)(?<!rs)[.!?\n]\s{1,2})([A-Z][a-z]{2,15})(?=['’]s\s|\s(?:wants?|needs?|has|had|is|was|said|says|asked|fell"
    r"|can|can['’]?t|cannot|could|couldn['’]?t|will|won['’]?t|takes|took|told|got|gets|feels|felt|thinks"
    r"|broke|hurt|hurts|still|just|and\s(?:i|me))\b)"
)
LAST_WORD = re.compile(r",\s{1,2}([A-Z][a-z]{2,15})\s?[.!]?\Z")
# Names of places as well, where they are likelier.
PLACES = frozenset(
    """
    georgia virginia carolina dakota austin madison charlotte israel jordan chelsea houston dallas
    tyler jackson savannah florence sydney london paris brooklyn phoenix denver orlando lincoln
    cleveland chester kent asia china india ireland holland troy eugene lourdes medina montana
    nevada alexandria arlington aurora augusta santiago valencia cordoba
    """.split()
)
# After these a word with a capital is a name, wherever the sentence goes on.
NAMING = re.compile(
    r"named|known\sas|knows\sme\sas|goes\sby|calls?\sme|call\sme|patient\s", re.IGNORECASE
)
# "Darlene's husband here"
WHOSE = re.compile(
    rf"(?<!\w)(?:([^\W\d_]{{3,15}})['’]s\s(?:{FAMILY}|house|appointment|surgery)|([^\W\d_]{{5,15}})s\s{FAMILY})\b",
    re.IGNORECASE,
)
# "Whitfield is my last name"
TURNED = re.compile(
    r"(?<!\w)(?=([^\W\d_][\w'’-]{1,20})\sis\s(?:what\s(?:they|people)\scall|my\s(?:\w{3,8}\s)?name\b))",
    re.IGNORECASE,
)
# "W-h-i-t-f-i-e-l-d"
HYPHENED = re.compile(r"(?<![\w-])(?:[A-Za-z]-){4,15}[A-Za-z](?![\w-])")
# A first name with a capital that stands alone within a sentence: "can Anita call me back".
AMID = re.compile(r"(?<=[^\W\d_,)(][ (])([A-Z][a-z]{2,15})(?![\w.-]|\s[A-Z]|['’][^s])")
CAPITAL_BEFORE = re.compile(
    r"(?:[A-Z][\w'’.-]{0,20}|\b(?:in|at|near|to|into|from|of|the|an?))\s\(?\Z"
)
# "Sasha, your PA, saw me"
ADDRESS = re.compile(r"\A([A-Z][a-z]{2,15}),\s(?=[a-z])")
INITIAL = re.compile(r"(?<![\w.])[A-Z]\.\s?([A-Z][a-z]{2,20})\b")
# A title of courtesy in small letters, before a surname that no list has: "ms petrakis".
COURTESY = re.compile(
    r"(?<!\w)(?:mrs?|ms|miss|sra?|srta|se[nñ]or(?:a|ita)?)\.?\s(?=[^\W\d_]{5})", re.IGNORECASE
)
