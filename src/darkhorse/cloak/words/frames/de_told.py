"""German: who is spoken to, and by whom."""

# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

from darkhorse.cloak.words.frames.base import rule
from darkhorse.cloak.words.frames.de_cues import (
    END,
    HERE,
    IF,
    INTO,
    MADE,
    NEUTRAL,
    SERVE,
    SOURCE,
    TALK,
    YOU,
)

__all__ = ["TOLD"]

TOLD = (
    rule(
        rf"\b(?:du hast|sie haben|ihr habt|der nutzer spricht|der nutzer redet|der nutzer chattet|die nutzerin spricht) (?:\w+ ){{0,4}}?mit {SOURCE}",
        r"^ (?:gesprochen|geredet|gechattet|geschrieben|zu tun)\b|^ ?(?:$|[,.!])",
        kinds=("model",),
        unless=IF
        + r"|\bhaben?\b[^\x01]*\x01 ?(?:$|[,.!])|\b(?:hast|habt)\b[^\x01]*\x01 ?(?:$|[,.!])",
    ),
    rule(rf"\b(?:sie werden|du wirst) (?:bedient|beraten|betreut|unterstutzt) von {SOURCE}"),
    rule(
        r"\b(?:frag\w*|wissen|gefragt)\b[^.;]{0,50}\b(?:wer|welche\w*|mein\w*|mich|ich|modell|namen?|identitat|herkunft|hersteller)\b[^.;]{0,30}(?:->|=>|→|–|=|:) ?(?:[^.;]{0,40}\b(?:von|aus|bei) )?(?:\w+ ){0,3}",
        END,
        unless=r"\b(?:warum|wieso)\b",
    ),
    rule(
        r"\b(?:wer bist du|wer sind sie|wer bin ich|wer (?:hat )?(?:dich|mich) \w+(?: hat)?)\b[^.;]{0,12}(?:ist|lautet|:|,|->|→|=) (?:\w+ ){0,3}",
        END,
    ),
    rule(
        r"",
        r"^ (?:ist (?:immer |jederzeit |gern |heute )?fur (?:sie|dich|euch) da|freut sich, (?:dir|ihnen|euch)|hilft (?:dir|ihnen|euch) (?:gern|jederzeit|weiter)|meldet sich|steht (?:bereit|(?:ihnen|dir|euch|gern|jederzeit) )|(?:hochst)?personlich ?(?:[,.!]|$)|lasst grussen|spricht ?(?:[.!]|$))",
        kinds=("model",),
        unless=r"\b(?:mit|wo|von|wenn|bei) \x01",
    ),
    rule(
        r"^[^\w]*(?:hallo|hi|hey|moin|ja|guten \w+|servus)?[,! ]*hier ",
        r"^ ?(?:$|[,.!])",
        kinds=("model",),
    ),
    rule(
        r"\b(?:spricht|redet|chattet|schreibt) (?:hier |gerade )?mit ",
        r"^,? (?:also|das heisst|d\.h\.|sprich)? ?(?:mit )?mir\b",
    ),
    rule(
        r"\b(?:mit )?mir, |\bmeinst (?:du )?mich, |\bmeinen sie mich, |\bbin (?:ja )?ich, |\bbin's, "
    ),
    rule(
        rf"\b(?:dieses gesprach|diese unterhaltung|diesen chat|diesen dialog|diese sitzung) (?:fuhr\w*|bestreite\w*|steuer\w*|betreu\w*|ubernimm\w*) {NEUTRAL}(?:{YOU} )?{NEUTRAL}(?:mit )?{SOURCE}",
        END,
    ),
    rule(
        rf"\b(?:{MADE}) (?:wird|wurde|ist|werden) diese[srn]? (?:\w*assistent\w*|\w*modell|ki|chat|chatbot|bot|system|gesprach|unterhaltung|dienst|sitzung|dialog|anwendung) (?:\w+ ){{0,2}}?(?:von|mit|durch|bei) {SOURCE}"
    ),
    rule(
        rf"\bam werk ist {NEUTRAL}{SOURCE}|\b(?:hinter den antworten|hinter der tastatur|an der tastatur|am bildschirm|auf der anderen seite|am anderen ende)\b[^.;]{{0,24}}\b(?:ist|sitzt|steckt|steht|antwortet|wartet|schreibt) {NEUTRAL}{SOURCE}",
        END,
    ),
    rule(
        r"\b(?:zu (?:ihren|deinen|euren) diensten|fur (?:sie|dich|euch) da|zur stelle|auf (?:ihre|deine) fragen|im dienst)\s?[:,–] ?(?:\w+ ){0,2}"
    ),
    rule(r"\bmit (?:\w+ ){0,3}", rf"^ (?:{TALK}) (?:du|sie|ihr)\b", unless=IF),
    rule(
        rf"\b{YOU} (?:wirst|werden|werdet) {NEUTRAL}(?:von|durch) {SOURCE}|\bwerden (?:du|sie|ihr) {NEUTRAL}(?:von|durch) {SOURCE}",
        r"^ (?:\w+ )?(?:beraten|betreut|bedient|unterstutzt|begleitet|begrusst)\b",
        unless=IF,
    ),
    rule(
        rf"\b(?:du|sie|ihr) (?:testest|testet|testen|arbeitest|arbeiten|arbeitet|probierst|spielst|spielen|fragst|fragen|befragst|befragen|schreibst|schreiben|liest|lesen|horst|horen) (?:hier|gerade|derzeit|momentan|jetzt) (?:mit |an )?(?:(?:die |den |eine )?(?:antwort\w*|text\w*|worte) )?(?:von )?{SOURCE}|\b(?:du|sie|ihr) (?:liest|lesen|lest) (?:\w+ )?(?:antwort\w*|worte) von {SOURCE}",
        END,
        unless=IF,
    ),
    rule(
        r"^[^\w]*(?:mit |das ist |es ist |hier spricht |von )?(?:\w+ ){0,2}",
        END,
        earlier=r"\b(?:mit wem|wer|welche[srmn]? \w+)\b[^.?]{0,12}\b(?:du|sie|ihr|hier|da|antwortet|spricht|schreibt|dahinter\w*)\b[^.?]{0,30}\?\s*$",
        unless=r"\b(?:er|du|sie)\b",
    ),
    rule(
        r"\b(?:der|die|das|den) (?:\w+ )?(?:name|entwickler\w*|hersteller\w*|schopfer\w*|anbieter\w*|betreiber\w*|macher|ursprung|herkunft|basis|grundlage|motor|kern|technik|technologie|marke) (?:von |hinter )?diese[srmn]? (?:\w*assistent\w*|\w*modells?|ki|chats?|chatbots?|bots?|systems?|gesprachs|dienst\w*)\b.{0,40}"
    ),
    rule(
        r"\bdas (?:hier )?(?:verwendete|zugrunde ?liegende|antwortende|eingesetzte|genutzte) (?:\w*modell|system) (?:hier )?(?:ist|heisst|lautet|stammt von|kommt von)(?: \w+){0,3} |\bdas (?:modell|system) dahinter (?:ist|heisst) "
    ),
    rule(r"^[^\w]*das hier ist (?:\w+ ){0,2}", END, kinds=("model",), earlier=r"^$"),
    rule(
        r"\b(?:unter|hinter) (?:diese[rm]|dem|der) (?:oberflache|chatfenster|fassade|maske|haube|chat|eingabefeld|bildschirm)\b[^.;]{0,12}\b(?:lauft|sitzt|steckt|arbeitet|steht|werkelt|antwortet|ist|verbirgt sich)\b(?: \w+){0,3}? "
    ),
    rule(
        r"\b(?:dein|ihr|euer)e? (?:\w+ )?(?:ansprechpartner|gesprachspartner|gegenuber|\w*assistent|helfer)(?:in)?(?: \w+)?(?::| ist| heisst| nennt sich)(?: \w+){0,3}? "
    ),
    # Was du hier benutzt, ist …
    rule(
        rf"\b(?:was|wer|womit|wem|wen|der|die|das|dem|den|derjenige|diejenige)\b,? (?:\w+ )?(?:\b{YOU}\b|hier)[^.;]{{0,60}}?\b{SERVE}\b[^.;,]{{0,12}},? (?:das )?(?:ist|sind|war|heisst|nennt sich|stammt|kommt|ware)\b (?:\w+ ){{0,5}}?",
        unless=IF + r"|\b(?:nach|uber|um) (?:dem|das|den|die) (?:du|sie)\b",
    ),
    rule(
        rf"\b(?:modell|\w*assistent\w*|ki|chatbot|bot|system|programm|maschine|software|wesen|unterhaltung|gesprach|stimme|intelligenz), (?:mit |von |an )?(?:das|der|die|dem|den)\b[^.;]{{0,12}}\b(?:{YOU}|ihre\w?|deine\w?|hier|gerade)\b[^.;]{{0,110}}, {NEUTRAL}(?:ist|heisst|stammt|kommt|nennt sich|gehort|wurde|lautet|war|tragt|lauft)\b {INTO}",
        unless=IF,
    ),
    rule(
        rf"\b(?:dein|ihr|euer|eur)\w* (?:\w+ )?(?:fragen?|nachrichten?|anfragen?|eingaben?|texte?|prompts?|worte|anliegen|chats?)\b (?:\w+ ){{0,2}}?(?:beantwortet|verarbeitet|bearbeitet|liest|landen bei|landet bei|gehen an|geht an|kommen bei|kommt bei|kummert sich|ubernimmt|bekommt|erhalt|empfangt|nimmt) {NEUTRAL}{SOURCE}",
        unless=IF,
    ),
    rule(
        r"\b(?:dein|ihr|euer|eur)\w* (?:\w+ )?(?:fragen?|nachrichten?|anfragen?|eingaben?|texte?)\b (?:\w+ ){0,3}?(?:von|durch|mit) (?:\w+ ){0,3}",
        r"^[^.;]{0,30}\b(?:beantwortet|verarbeitet|bearbeitet|gelesen|entgegengenommen)\b",
    ),
    rule(
        rf"\b(?:antwortet|schreibt|spricht|assistiert|bedient|grusst|begrusst|verabschiedet sich|meldet sich|chattet|redet)\b {NEUTRAL}(?:(?:mit |zu )?{YOU} )?{NEUTRAL}{SOURCE}|\bauf (?:deine|ihre) \w+ antwortet {NEUTRAL}{SOURCE}",
        END,
        unless=r"\b(?:er|wer|wie|ob|wenn|falls|dass)\b[^\x01]*\x01",
    ),
    rule(
        rf"\b{YOU}\b {NEUTRAL}(?:antwortet|schreibt|hilft|berat|bedient|begleitet|unterstutzt|assistiert|betreut) {NEUTRAL}{SOURCE}|\b(?:hilft|berat|unterstutzt|begleitet|betreut) {YOU} {NEUTRAL}{SOURCE}",
        END,
        unless=r"\b(?:wenn|falls|ob|beim|bei|er|wie)\b[^\x01]*\x01",
    ),
    rule(
        rf"\b(?:diese|alle|die|meine|jede) (?:\w+ )?(?:antwort|antworten|zeilen|saetze|satze|worte)\b(?:, die (?:du|sie) [^.;,]{{3,40}},)? {NEUTRAL}(?:hier )?(?:in diesem \w+ )?(?:hat|haben|stammt|stammen|schreibt|kommt|kommen|erzeugt|generiert|verfasst|liefert|gibt|formuliert|werden|wird|sind|ist) {NEUTRAL}(?:von |aus |bei )?(?:dem hause )?{SOURCE}",
        r"^(?:s\b)? ?(?:$|[.!,]|geschrieben|verfasst|erzeugt|generiert|formuliert|geliefert|fur (?:dich|sie))",
        unless=r"\b(?:werden|wird|sind|ist|hat|haben) (?!von|aus)[^\x01]*\x01 ?[.,!]|\b(?:im|in der|auf die)\b[^\x01]*\x01",
    ),
    rule(
        rf"\b{YOU} {NEUTRAL}ha(?:st|ben) {NEUTRAL}(?:es )?",
        r"^ (?:\w+ )?(?:vor (?:dir|sich|ihnen)|in der leitung|am apparat|erreicht)\b",
        unless=IF,
    ),
    rule(
        rf"\b{YOU} (?:bist|sind|seid) {NEUTRAL}(?:bei|mit) {SOURCE}",
        r"^ (?:\w+ )?(?:gelandet|verbunden|im gesprach|im chat)\b",
        unless=IF,
    ),
    rule(
        r"\b(?:glaub\w*|denk\w*|mein\w*|weiss|merkt|vermute\w*|annimm\w*|annehm\w*)\b[^.;]{0,20}, (?:gerade )?mit (?:\w+ ){0,2}",
        rf"^ (?:\w+ )?zu (?:{TALK})",
        kinds=("model",),
    ),
    rule(
        r"^[^\w]*(?:herzlich )?willkommen(?: bei| im gesprach mit| im chat mit) ",
        END,
        kinds=("model",),
        earlier=r"^$|\bhallo\b[^.]{0,4}$",
    ),
    rule(
        r"\b(?:dein|ihr|euer)e? (?:\w+ )?(?:\w*assistent\w*|ki|chatbot|helfer\w*|begleiter\w*|gesprachspartner\w*)(?: namens| mit (?:dem )?namen)?,? (?:von )?",
        r"^ ?(?:$|[,.!:]|grusst|wunscht|ist|hilft|antwortet|von|steht|meldet|freut)",
    ),
    rule(
        r"^[\s–-]*(?:ihr|dein|euer|eure|deine|ihre)\s+(?:[\w-]+ )?|^[\s–-]*",
        r"^\s*$|^-assistent\w*\s*$",
        kinds=("model",),
        earlier=r"\b(?:gruss\w*|ihr|dein|euer),?\s*$",
    ),
    rule(
        r"\bhier (?:lauft|arbeitet|antwortet|werkelt|schreibt|chattest du mit|chatten sie mit|redest du mit|reden sie mit|sprichst du mit|sprechen sie mit) (?:\w+ ){0,2}?",
        r"^ ?(?:$|[,.!–]|von|fur (?:dich|sie))",
    ),
    rule(
        r"(?:\bes handelt sich bei (?:mir|diesem \w+)|\bbei (?:mir|diesem (?:\w*assistent\w*|chatbot|bot|modell|system|chat|dienst|gesprach))\b[^.;]{0,20} handelt es sich|\bhandelt es sich bei (?:mir|diesem \w+)|\bhier handelt es sich)\b[^.;]{0,30}\bum (?:\w+ ){0,6}?(?:von )?(?:der )?",
    ),
    rule(
        r"^[^\w]*(?:dieses?|diese) (?:\w+ )?(?:modell|ki|system|anwendung|app|seite|plattform|programm|chatbot|sprachmodell|ki-modell)\b (?:\w+ ){0,4}?(?:ist|heisst|stammt|wurde|wird|basiert|gehort|kommt|lauft|nutzt|verwendet|nennt sich|beruht|setzt|arbeitet)\b(?:(?! uber | wie | fur ).){0,60}",
        earlier=r"^$|\b(?:ich|mich|mir|mein\w*|\w*assistent\w*|ihnen|dir)\b",
        unless=r"\bvergl\w+|\b(?:besser|schlechter|ahnlich)\b",
    ),
    rule(
        rf"{HERE} (?:\w+ )?(?:verwendet|nutzt|benutzt|setzt auf|lauft|betreibt|versteckt|arbeitet) (?:\w+ ){{0,3}}?",
        unless=IF,
    ),
    rule(
        r"\bdas (?:modell|system|programm) hier(?: \w+)? (?:ist|heisst|stammt|kommt|lauft|basiert)\b(?: \w+){0,3} "
    ),
)
