"""German: what the rules are made of."""

# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

__all__ = [
    "ASKED_ME",
    "BAD",
    "BIN",
    "BY",
    "END",
    "HEARD",
    "HERE",
    "ICH",
    "IF",
    "INTO",
    "LABEL",
    "MADE",
    "MADE_INFL",
    "ME",
    "NEUTRAL",
    "NOUN",
    "OTHER",
    "OWN",
    "ROLE",
    "SERVE",
    "SOURCE",
    "TALK",
    "WURDE",
    "YOU",
    "gap",
]


MADE = (
    r"(?:(?:vor|weiter|nach|fein|hin|mit|ur)?(?:entwickelt|trainiert|gebaut|erschaffen|geschaffen|erstellt|gemacht|konzipiert|entworfen|programmiert|"
    r"produziert|veroeffentlicht|veroffentlicht|angeboten|bereitgestellt|betrieben|hergestellt|konstruiert|erfunden|geschult|"
    r"angelernt|feinabgestimmt|feinjustiert|abgestimmt|optimiert|gestaltet|geboren|hervorgebracht|herausgebracht|herausgegeben|"
    r"gehostet|unterstutzt|angetrieben|geschrieben|codiert|kodiert|implementiert|finanziert|verwaltet|gepflegt|geformt|"
    r"ausgebildet|erzogen|getauft|genannt|benannt|aufgebaut|ausgedacht|ersonnen|zusammengebaut|abgeleitet|destilliert|lizenziert|"
    r"eingefuhrt|vorgestellt|gestartet|gelauncht|ins leben gerufen|auf den markt gebracht|aufgezogen|zum leben erweckt|gefertigt|realisiert|verantwortet|erdacht|erzeugt|geliefert|kreiert|designt|gegrundet))"
)
MADE_INFL = MADE + r"(?:e|er|es|en|em)?"
NOUN = (
    r"(?:\w*(?:modelle?s?|assistent\w*|chatbots?|bots?|systeme?s?|agent\w*|programme?s?|produkte?s?|familie|reihe|serie|intelligenz)|kis?|"
    r"llms?|version|variante|instanz|mitglied|teil|schopfung|eine?[rs]?|werk|kind|spross|ableger|werkzeug|netz|dienst|erzeugnis)"
)
OTHER = r"\b(?:er|es|ihr|jemand|man sagte)\b"
BAD = (
    r"\b(?:uber|sicher|bewusst|fan|nutzer|nutzerin|kunde|kundin|angestellter?|ingenieur|ingenieurin|weil|ob|dass|wenn|wie|besser|"
    r"schlechter|mehr|weniger|ahnlich|anders|gegen|fur|dabei|journalist|journalistin|forscher|forscherin|investor|anwalt|"
    r"mitarbeiter|mitarbeiterin|entlassen|eingestellt|student|mensch|person|froh|glucklich|gespannt|in der lage|auf|dafur|dagegen|abonnent(?:in)?|der (?:meinung|ansicht|auffassung)|fertig|durchgegangen|beim (?:lesen|stobern|durchsehen)|den (?:vertrag|text|brief|entwurf|bericht|artikel|ordner)|einverstanden|neugierig|uberrascht|ehe|bevor|"
    r"(?:lehr|schul|sprach\w*lehr|pfleg|back|verkauf|rentn|schreib|maur|fotograf|musik|historik|elektrik|mechanik|handl|buchhandl|hausmeist|les)er(?:in)?|"
    r"arzt|arztin|anwaltin|vater|mutter von|oma|opa|bauer|bauerin|polizist(?:in)?|jurist(?:in)?|buchhalter(?:in)?|pilot(?:in)?|autorin|studentin)\b"
)
ROLE = r"(?:\b(?:und|aber|doch|denn|also)|,) (?:ich )?(?:kann|konnte|besitze|fragen sie|frag|schauen|schau|wenden|weiss|kenne|schlafe|nur)\b(?:(?!\bich\b)[^\x01:]){0,60}\x01(?!.*\b(?:mich|ich|mir|mein\w*)\b)|\bmit \w+ \w+ (?:zufrieden|fertig)\b|\x01 fertig\b|\b(?:angestellter?|ingenieurin?|fan|nutzerin?|kunde|kundin|mitarbeiterin?|forscherin?|journalistin?|grunderin?|chefin?|investorin?) (?:von|bei|der|des|beim) ?(?:\w+ ){0,2}\x01|\x01[^.]{0,20}\b(?:uberrascht|beeindruckt|begeistert|enttauscht|fasziniert|eingestellt|entlassen|angestellt)|\x01[- ](?:mitarbeiter|nutzer|fan|kunde|ingenieur|aktionar|chef)|\x01[^.]{0,20}\b(?:zufrieden|umgestiegen|gewechselt|zurecht|genervt|uberzeugt|gestossen|gestolpert|begegnet|durchgegangen|gegangen|gefahren|gekommen|umgezogen|zu prufen|zu testen)\b|\b(?:bevor|ehe|nachdem) ich\b[^\x01]*\x01|\b(?:gestern|fruher|treffen|termin|interview|besuch|experte|expertin|anhanger\w*)\b[^.\x01]{0,24}\x01|\b(?:mag|liebe|hasse|kenne|brauche) (?:\w+ )?\x01|\bmeinung (?:zu|uber)\b"
ICH = r"(?:\bich|\bmich|\bmir)\b"
BIN = r"(?:\bich (?:\w+ ){0,2}?(?:bin|war|ware|bleibe|sei)|\b(?:bin|war|ware|sei) ich)\b"
WURDE = r"(?:\bich (?:\w+ ){0,3}?(?:wurde|werde|bin|war|worden)|\b(?:wurde|werde|bin|war) ich)\b"
BY = r"(?:von|vom|bei|beim|durch|in|im|mit|aus|auf|uber|unter|zu|zur|zum|an|am|seitens|dank|hinter)"


def gap(most: int, *, but: str = "") -> str:
    return rf"(?:(?!{OTHER}{'|' + but if but else ''}).){{0,{most}}}"


OWN = (
    r"(?:gehirn|herz|verstand|namen?s?|macher|schopfer|schopferin|entwickler|entwicklerin|entwicklerteam|autoren?|hersteller|herstellerin|firma|unternehmen|"
    r"labor|team|organisation|\w*modell|modellname|\w*familie|serie|baureihe|architektur|basis|grundlage|motor|kern|gewichte|identitat|"
    r"version|ursprung|ursprunge|herkunft|wurzeln|marke|anbieter|betreiber|trainer|training|entwicklung|entstehung|vater|mutter|eltern|"
    r"zuhause|heimat|konstrukteure?|ingenieure|besitzer|eigentumer|kennung|erfinder|programmierer|verantwortliche[nr]?|mutterkonzern|"
    r"mutterfirma|mutterunternehmen|unterbau|erbauer|geburtsort|bezeichnung|id|erschaffer|existenz|codename|ki-modell|wenigkeit|vorganger\w*|nachfolger\w*|modellbezeichnung|versionsnummer|herstellerfirma|basismodell|grundmodell|selbstbezeichnung|rufname|kunstlername|vorname|nachname)"
)
TALK = (
    r"(?:sprich\w*|sprech\w*|rede[ns]?t?|redest|chatte\w*|schreib\w*|unterhalt\w*|unterhaltst|kommunizier\w*|interagier\w*|spricht|"
    r"verbunden|im gesprach|in kontakt|zu tun|plauder\w*|tausch\w*)"
)
HERE = (
    r"(?:\b(?:diese[rsmn]?|der vorliegende|das vorliegende) (?:\w+ ){0,2}?(?:\w*assistent\w*|chatbot|bot|chat|gesprach|unterhaltung|antwort|"
    r"sitzung|agent|ki|nachricht|dienst|dialog|konversation)\b|"
    r"\b(?:der|die|das|dein|deine|ihr|ihre) (?:\w+ ){0,3}?(?:\w*assistent\w*|\w*modell|ki|chatbot|bot|system|firma|unternehmen|team|name|labor|"
    r"gesprachspartner|motor|werkzeug|technologie|technik|maschine|stimme|leute|menschen|intelligenz|gegenuber)"
    r"(?:,? (?:mit|das|der|die|dem|den|hinter|in|auf|am|von) )(?:\w+ ){0,3}?(?:du|sie|dir|ihnen|dich|mir|mich|ihr|antwortet|schreibt|spricht|steht|steckt|ende|chat|gesprach|diesem|dieser)\b|"
    r"\bam anderen ende\b|\bhinter (?:mir|diesem|dieser)\b|\bunter der haube\b|\b(?:dein|ihr) (?:\w+ )?(?:\w*assistent|gesprachspartner|gegenuber|helfer)\b)"
)
ASKED_ME = (
    r"(?:wer ich bin|wer bin ich|was ich bin|was bin ich|wer (?:hat )?mich|welche[srnm]? (?:\w+ ){0,3}(?:ich|mich)|(?:mein|meine|meinen|meinem|meiner) (?:namen?|"
    r"hersteller|entwickler|schopfer|identitat|modell|herkunft|firma|familie|version)\w*|wie ich heisse|woher ich (?:komme|stamme)|welche\w* (?:modell|firma|ki|unternehmen)\b[^.]{0,20}\b(?:antwortet|hier|dahinter\w*|spricht)|wer (?:dahinter\w*|hier|antwortet|da spricht)|\bidentitat\w*|von wem ich|uber mich|stelle mich vor|mich vorstellen|wie heisse ich|woher komme ich)"
)
LABEL = (
    r"(?:mein |der )?(?:name(?: des modells)?|modell|modellname|entwickler(?:in)?|hersteller|schopfer|firma|unternehmen|entwickelt von|"
    r"erstellt von|trainiert von|anbieter|familie|modellfamilie|version|organisation|autor|identitat|team|labor|herkunft|assistent|betreiber|macher|serie)"
)
IF = r"\b(?:wenn|falls|sobald|ob|sofern)\b[^\x01]{0,60}\x01|\x01(?:s|-)? ?(?:blog|konto|website|account|aktien?|support)\b"
SERVE = (
    rf"(?:{TALK}|antworte\w*|beantworte\w*|benutz\w*|nutz\w*|verwende\w*|gebrauch\w*|bedien\w*|hilft|helfe\w*|unterstutz\w*|berat\w*|"
    r"lies\w*|lese\w*|sieh\w*|sehe\w*|hor\w*|frag\w*|vor (?:dir|sich) ha\w+|begleite\w*|betreu\w*|teste\w*|ausprobier\w*)"
)
HEARD = (
    r"\b(?:glaub\w*|denk\w*|weiss|mein(?:e|te)|find\w*|vermut\w*|gelesen|las|lese|gehort|hore|horte|erfahr\w*|erfuhr|gesehen|"
    r"mitbekommen|gelernt|lernte|gesagt|erzahlt|bekannt|berichtet|stand|steht|erinner\w*|behauptet|annehm\w*|nehme an|klar|wusste|"
    r"fand|sah|dachte|glaubte|bin sicher|verstehe)\b(?: ich)?[^;.]{0,30},? dass (?!ich\b|mich\b|mein|wir\b|dies\w* (?:assistent|ki|modell))"
)
"""Somebody's making is told of, and it is not the speaker's."""
YOU = r"(?:du|sie|ihr|dir|ihnen|dich|euch)"
ME = r"(?:ich|mich|mir|mein\w*)"
INTO = r"(?:\w+ ){0,4}?"
NEUTRAL = r"(?:hier |gerade |jetzt |heute |derzeit |momentan |gern |gerne |im moment |ubrigens |nun ){0,2}"
SOURCE = r"(?:(?:ein|eine|einem|einer|das|dem|die|der) (?:[\w-]+ ){1,3}(?:von|der|des|aus|bei) (?:der |dem |hause )?)?(?:[^;,]{1,30},? (?:(?:ein|eine|einem|einer|dem|das) (?:[\w-]+ ){1,3})?(?:\w+t )?(?:von|aus|aus dem hause|der firma|bei) )?"
END = r"^(?:s\b)? ?(?:$|[,.!?:;)–\"-]|\n|und\b|von\b|aus\b|bei\b)"
