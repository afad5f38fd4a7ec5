"""German: more ways to speak of oneself."""

# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

from darkhorse.cloak.words.frames.base import rule
from darkhorse.cloak.words.frames.de_cues import (
    ASKED_ME,
    BY,
    END,
    MADE,
    ME,
    NEUTRAL,
    OWN,
    ROLE,
    YOU,
)

__all__ = ["MORE"]

_RULES = r"(?:\w+ )?(?:\w*richtlinien|\w*vorgaben|\w*regeln|\w*regelwerk|\w*grundsatzen?|\w*bestimmungen|\w*anweisungen|\w*leitlinien|\w*bedingungen|\w*prinzipien|\w*werte)"
_READ = r"\b(?:gelesen|lese|kenne|finde|find|erklar\w*|zusammenfass\w*|gefunden|weiss|wenn|falls|bewerbung|verkauf\w*|werb\w*|kund\w+|verweise?|sagte|hoffe|glaube|laut|kauf\w*|app|shop|nutzer|dir|dich|ihnen|ihr\w*|dein\w*)\b"

_INTRODUCED = r"\b(?:gestatten|mich (?:\w+ )?(?:vorstellen|bekannt machen)|mich vorstellen darf|(?:stelle?|mache?) mich (?:\w+ )?(?:vor|bekannt)|wer ich bin|(?<!das )(?<!es )freut mich|angenehm|sehr erfreut|(?:kurz|nun|was|etwas) (?:zu|uber) mi(?:r|ch))\W*$"

_MINE = r"meine? (?:antworten?|ausgaben?|verhalten|training|grenzen|auskunfte|texte)"
_OBEY = (
    rf"(?:\b(?:ich|mich|mir|{_MINE})\b[^.;]{{0,140}}(?:\b(?:an|folgen?|befolge[nt]?|auf|nach|gemass|muss|unterliege|gelten)|"
    rf"\bgelten fur (?:mich|mein\w* \w+)) |"
    r"\b(?:folge|befolge|gehorche|unterliege|achte|beachte|halte|richte) ich (?:mich )?(?:an |auf |nach )?)(?:die |den |das |dem )?(?:hier )?"
)

MORE = (
    # ELLIPSIS: the sentence before speaks of the speaker
    rule(
        r"^[^\w]*(?:(?:das|es) (?:war|ist|waren)|er (?:heisst|lautet|ist)|sie heisst|sondern|und zwar|namlich|genauer(?: gesagt)?|konkret|vielmehr|eher|tatsachlich|ich meine|praziser)\b[:,]? (?:(?:von|bei|aus|ein|eine|das|die|der) (?:[\w-]+ )?){0,2}(?:[^.;,]{1,24} von )?",
        r"^(?:s\b)? ?(?:$|[,.!]|von\b)",
        earlier=rf"\b(?:mich|mir|ich (?:bin|wurde|stamme|komme|basiere|gehore)|bin ich|wurde ich|mein\w* (?:\w+ )?{OWN}|einen (?:entwickler|hersteller|namen))\b[^.!?]{{0,60}}[.!?]\s*$",
    ),
    rule(r"\bmich mit (?:\w+ )?", r"^ (?:ansprechen|anreden|rufen|anspricht|an)\b"),
    rule(
        r"\b(?:auf|unter) ",
        r"^ (?:hore ich|kennt man mich|kennen mich|bin ich bekannt|laufe ich|firmiere ich)\b",
    ),
    rule(
        r"",
        r"^[^.;]{0,20} (?:werde ich (?:gerufen|genannt)|lautet die bezeichnung|lautet der name)\b",
    ),
    rule(r"\bich habe (?:auch )?einen namen: |\bmein\w* (?:selbst)?bezeichnung "),
    rule(
        r"\b(?:ich|mich)\b[^.;]{0,60}?(?:, |\b)(?:von |bei |aus |auf |ein modell von )?(?:\w+ )?",
        r"^ (?:entwickelt worden |trainiert worden |gebaut worden )?zu (?:sein|heissen|stammen|kommen|basieren|gehoren)\b",
        unless=r"\b(?:besser|uber|sicher|fan|kunde|zufrieden)\b",
    ),
    rule(
        r"\bwir (?:sind|heissen) (?:\w+ ){0,4}?|\b(?:dass|da|weil) wir (?:\w+ ){0,3}?",
        r"^ ?(?:$|[,.!–])|^ (?:sind|heissen)\b",
        kinds=("model",),
        unless=ROLE + r"|\b(?:mit|von|bei|fur|auf|an) \x01",
    ),
    rule(
        r"\bwir (?:wurden|sind)\b[^.;]{0,30}\b(?:von|bei) (?:\w+ ){0,3}",
        r"^ (?:entwickelt|trainiert|gebaut|erschaffen|geschaffen|programmiert)\b",
        kinds=("maker",),
    ),
    rule(
        r"\bunser(?:e)? (?:name|entwickler|hersteller|schopfer|macher) (?:ist|lautet|heisst|sind)\b(?: \w+){0,3} "
    ),
    rule(
        r"\bich\b[^.;,]{0,30}\bals (?:\w+ )?",
        r"^ (?:nicht|kein\w*|das|dem|den|gern|mit|auf|fur|neutral|niemal\w*|selbst|antwort\w*)\b|^ ?[.,!]",
        kinds=("model",),
        unless=r"\w+er als\b|\b(?:mehr|anders|wie|lieber) als\b|\b(?:sehe|betrachte|nutze|nehme|empfehle|verwende|wahle|hab|bevorzuge|kenne|nenne|vorschlag\w*|schlage)\b",
    ),
    rule(
        r"\bwenn ich mich vorstellen\b[^.;]{0,12}[:,] (?:\w+ ){0,2}|\b(?:wahrheit|identitat)\b[^.;]{0,16}: (?:\w+ ){0,3}|\bich\? (?:\w+ ){0,3}"
    ),
    rule(r"^[^\w]*", END, earlier=r"(?:^|\W)(?:ich|und du|wer ich)\?\s*$"),
    rule(r"", r"^, (?:mein\w* \w+|der mich|die mich|das mich)\b"),
    rule(r"^[^\w]*(?:und |also )?ich\s?[:?–] ?(?:ich bin |einfach |na |nun )?(?:\w+ ){0,2}", END),
    rule(
        r"\bich (?:\w+ )?(?:werde|fuhre|firmiere|bekam|erhielt|habe|trage|hab|fuhr|bekomme|kriegte|agiere|auftrete|trete)\b[^.;]{0,20}\b(?:namen|bezeichnung|label|titel|unter|auch|als) (?:von )?(?:\w+ ){0,2}?",
        r"^ ?(?:$|[,.!])|^ (?:bekommen|erhalten|gerufen|genannt|getauft|bezeichnet|auf|gefuhrt|bekannt|angesprochen)\b",
        unless=r"\bhabe auch\b|\bnamen von\b[^\x01]*\x01 (?!bekommen|erhalten)",
    ),
    rule(r"\b(?:gerufen|genannt|bezeichnet|angesprochen) (?:werde|wurde) ich (?:als |mit )?"),
    rule(
        r"",
        r"^[^.;]{0,24}\bbin(?: und bleibe)? ich ?(?:$|[,.!])",
        unless=rf"\b(?:{BY}|fur|wie|als|uber) (?:\w+ ){{0,3}}?\x01",
    ),
    rule(
        r"\bich (?:\w+ )?(?:bin|war) (?:nur |auch |doch )?(?:kein\w*|nicht|weder) [^.;]{1,50}\b(?:sondern|ich bin|vielmehr|eher)\b,? (?:ein |eine |das |von |um )?(?:[^;]{0,40}\bvon )?(?:[\w-]+ ){0,3}?",
        unless=ROLE,
    ),
    rule(
        r"\b(?:mich vorstellen darf|mich vorstelle|vorstellen durfen|stelle mich vor|gebe (?:es )?zu|gestehe|verrate|raume ein|korrigiere|stelle (?:klar|richtig)|halte fest)\b[^.;]{0,10}[:,] (?:nicht [^.;]{1,20}, sondern )?(?:[^.;]{0,40}\bvon )?(?:\w+ ){0,2}",
        r"^ ?(?:$|[,.!])|^[^.;]{0,40}\b(?:mich|mein)\b",
    ),
    rule(
        r"\b(?:erwahne|nenne|verschweige|verrate|lasse) (?:\w+ )?",
        r"^ (?:\w+ ){0,2}?(?:nicht|lieber nicht|besser nicht|weg)\b ?(?:$|[,.!])",
        unless=r"\b(?:er|sie|du)\b",
    ),
    rule(
        r"\b(?:selbstbild|selbstauskunft|selbstbeschreibung|mein\w* (?:rolle|antwort|auskunft|profil|person))\b(?: (?:ist|lautet|ware))?\s?:? (?:[^.;]{0,30}[,/] (?:von )?)?(?:\w+ ){0,2}",
        r"^ ?(?:$|[,./])",
    ),
    rule(
        r"^[^\w]*(?:ach |ach ja,? |na,? |nun,? |klar,? |naturlich,? |von |ein \w+ von |aus )*(?:[^.;,]{1,30}, (?:ein |eine |das )?(?:\w+ )?von )?",
        END,
        earlier=r"(?:\b(?:wer|was) bin ich\b[^.?]{0,20}|\b(?:woher|von wem|aus welche\w+ \w+) (?:komme|stamme|bin) ich\b[^.?]{0,10}|\bwie heisse ich\b[^.?]{0,10}|\bwas (?:sage|antworte) ich\b[^.?]{0,20})\?(?: ach ja,?| hm,?| na,?)?\s*$",
    ),
    rule(
        r"",
        r"^, (?:angenehm|freut mich|sehr erfreut|sehr angenehm|hocherfreut|mein name|stets bereit)\b",
    ),
    rule(
        r"\b(?:man ruft mich|mich (?:nennt|ruft|kennt) (?:man|jeder|alle)?|mich nennen|mich rufen)\b(?: \w+){0,3} "
    ),
    rule(
        r"\bmit mir (?:\w+ ){1,4}?",
        r"^[^.;]{0,40}\b(?:vor (?:dir|sich)|am apparat|zu tun)\b|^ ?[.,!]",
        unless=r"\b(?:uber|sprechen wollen|nach)\b",
    ),
    rule(
        r"\bich (?:\w+ )?(?:musste|konnte|durfte|soll|sollte|kann|muss|werde|will|darf|mag) (?:(?!uber|besser|mehr)\w+ ){0,5}?",
        r"^ (?:\w+ )?(?:sein|heissen)\b",
        unless=ROLE,
    ),
    rule(
        r"\bich (?:darf|soll|sollte|kann)\b (?:\w+ ){0,4}?",
        r"^ (?:\w+ ){0,3}?nicht (?:nennen|erwahnen|verraten|preisgeben|offenlegen|sagen)\b",
        unless=r"\b(?:uber|preise?|daten)\b",
    ),
    rule(
        r"^(?:also |gut, |okay, |ok, |nun, )?ich (?:muss|sollte|werde|kann) (?:also |hier |einfach |ehrlich )?",
        r"^ (?:sagen|antworten|angeben|nennen)\b",
    ),
    rule(
        r"\b(?:gut|also|okay|ok|einfach|ehrlich|wahrheitsgemass|daher|deshalb),? ?(?:ich )?(?:sage|antworte|schreibe|nenne)(?: ich)?(?: einfach| also)?:? |\bich (?:sage|antworte|schreibe|werde antworten|werde sagen)(?: einfach| also| ehrlich)?: |\bich werde (?:also )?(?:antworten|sagen): ",
        r"^ ?(?:$|[,.!]|von|und)",
    ),
    rule(
        r"\b(?:richtlinien|vorgaben|regeln|grundsatzen?|bestimmungen|anweisungen|leitlinien) (?:von |der firma |des hauses |meines \w+ )?",
        r"^[^.;]{0,30}\b(?:mir|mich|ich)\b|^ ?, (?:mein\w*|die mich|das mich)\b",
        unless=r"\b(?:gelesen|lese|kenne|finde|zusammenfass\w*|gefunden|weiss|erklar\w*|hoffe|glaube)\b",
    ),
    rule(
        r"\bmein\w* (?:\w+ )?(?:richtlinien|vorgaben|regeln|anweisungen|leitlinien) (?:von|bei|aus) .{0,20}"
    ),
    rule(
        r"\b(?:falls|wenn|sollte)\b (?:\w+ ){0,3}?(?:frag\w*|gefragt)\b[^.;]{0,20}[,:] (?:dann )?(?:sage ich |antworte ich |bin ich |ich bin )?(?:[^.;]{0,40}\b(?:von|bei|aus) )?(?:\w+ ){0,2}",
        r"^ ?(?:$|[,.!]|von|und)",
    ),
    rule(r"\bob mich ", r"^[^.;]{0,20}\b" + MADE),
    rule(r"\bmeinen (?:hersteller|namen|entwickler|schopfer|ursprung)\b[^.;]{0,24}, also "),
    rule(r"\b(?:system\w*|prompt|anweisung\w*)\b[^.;]{0,30}\bsteht: [^.;]{0,30}"),
    rule(r"\bidentitat\w*\b[^.]{0,12}[.:,] ?(?:[^.;]{0,40}\b(?:von|aus|bei) )?", END),
    rule(
        r"",
        r"^(?:,? (?:so|das|der|die))? (?:bin|heisse|nennt man|nennen sie|werde) (?:ich|mich)\b(?: genannt)? ?(?:$|[,.!;:]|und|mein|ein|eine|das|der|von)",
        unless=rf"\b(?:{BY}|fur|wie) (?:\w+ ){{0,3}}?\x01",
    ),
    rule(
        r"",
        r"^ ?\((?:das bin ich|so heisse ich|ich)\)|^, mein\w* \w*(?:firma|unternehmen|hersteller\w*|entwickler\w*|schopfer\w*)\b",
    ),
    rule(r"\bich bin es\b[^.;]{0,20}[,:–] ?|\bich bin's,? |\bich bleibe (?:bei|dabei:) "),
    rule(rf"\b{YOU} (?:\w+ ){{0,3}}?", r"^ zu mir sagen\b"),
    rule(r"\bmich gibt es\b.{0,50}"),
    rule(
        r"\b(?:ohne|dank) (?:\w+ ){0,3}",
        r"^[^.;]{0,10} (?:gabe|gibt) es mich\b|^[^.;]{0,10} ware ich\b",
    ),
    rule(r"\bich (?:setze|baue)\b(?: \w+){0,2}? auf (?:\w+ ){0,3}", r"^[^.;]{0,20} auf ?[.,!]"),
    rule(r"\bich (?:ging|gehe|bin)\b(?: \w+){0,2}? aus\b[^.;]{0,50}", r"^[^.;]{0,20}\bhervor"),
    rule(
        r"\bich (?:trage|habe) (?:die handschrift|das logo|die dna|das erbgut|die gene)\b.{0,30}|\bich gelte als (?:\w+ ){0,4}|\bich bin (?:auf dem stand|fur) (?:von )?",
        r"^ ?(?:$|[.,!–-]|tatig)",
    ),
    rule(r"", rf"^[^.;]{{0,20}} als (?:mein\w*|den) (?:\w+ )?(?:{OWN}|herkunft)\b"),
    rule(
        r"\b(?:frag\w*|identitat\w*|mein\w* \w+)\b[^.;]{0,25},? (?:sage|antworte|nenne|erwahne) ich[,:]? (?:\w+ ){0,3}?",
        r"^ ?(?:$|[.,!–-]|von|aus|und)",
    ),
    rule(
        r"^[^\w]*(?:also )?ich (?:nenne|erwahne|antworte|sage|schreibe)\b[^.;]{0,60}|^[^\w]*die \w+ antwort (?:auf \w+ \w+ )?(?:ist|lautet) |\bdie identitatsfrage (?:ist|lautet) ",
        earlier=rf"(?:{ASKED_ME})[^.]{{0,60}}[.?!:]?\s*$",
    ),
    rule(r"\b(?:identitat|identitatsfrage)\b[^.;]{0,12}(?:->|=|:|ist|lautet) ?"),
    # Von … stamme ich
    rule(
        rf"\b{BY} (?:\w+ ){{0,4}}?",
        r"^(?:s\b)?[^.;,]{0,24}?\b(?:stamme|gehore|basiere|entstamme|beruhe|verdanke|entspringe|entstand)\b[^.;,]{0,8}",
        unless=r"\b(?:er|sie) (?!sprech)[^\x01]*\x01",
        kinds=("maker", "model"),
    ),
    rule(
        rf"\b{BY} (?:\w+ ){{0,4}}?",
        rf"^(?:s\b)?[^.;,]{{0,24}}?\b(?:komme|bin|wurde|laufe|habe|stehe|ward) ich\b[^.;]{{0,60}}?\b(?:{MADE}(?<!\bgemacht)(?<!geschrieben)(?<!erstellt)(?<!gepruft)|her|entstanden|zu ?hause|daheim|geboren|nichts zu tun|nichts gemein|keiner (?:verbindung|beziehung)|keine (?:verbindung|beziehung)|verwandt|das licht|meinen ursprung|meine wurzeln|zugehorig|identisch|nicht zu verwechseln|verbunden)\b|^(?:s\b)? komme ich\b ?[.,!]",
        unless=r"\b(?:angestellt|eingestellt|daten|buch|roman|artikel|praktikum|beschwerde|brief|antwort|mail|entworfen|geschrieben)\b",
    ),
    rule(
        rf"\b(?:dass|ob|weil|da|wo|wonach|woher|denn) ich\b[^.;,]{{0,40}}\b{BY} (?:\w+ ){{0,4}}?",
        r"^(?:s\b)?[^.;,]{0,30}\b(?:basiere|stamme|komme|laufe|gehore|beruhe|aufbaue|aufsetze|zuruckgehe|arbeite|bin|entstand|lief|kam)\b",
        unless=r"\bbin\b|" + ROLE,
    ),
    rule(
        rf"\b{ME}\b[^.;]{{0,30}}\b(?:bei|in|von|aus) (?:\w+ ){{0,3}}?",
        r"^(?:s\b)?[^.;]{0,30}\b(?:das licht der welt|zur welt gekommen|auf die welt gekommen|auf die welt gebracht|meine? (?:heimat|wurzeln|ursprung))\b",
    ),
    rule(
        r"\b(?:auf die welt|ins leben|hervor|in die welt|zustande|an den start|zur welt)[^.;]{0,20}\b(?:gebracht|gerufen|gesetzt|brachte|rief)\b[^.;]{0,8}\bmich\b(?: \w+){0,3} "
    ),
    rule(
        r"",
        r"^(?:s\b)?[^.;]{0,40}?\b(?:ist|sind|war|waren|zeichnet|zeichnen|tragt|tragen|sorgt|burgt|haftet|steht|steckt)\b[^.;,]{0,20}(?:\bfur (?:mich|meine? (?:training|entwicklung|entstehung|existenz|betrieb|verhalten|sicherheit))\b[^.;]{0,20}\b(?:verantwort\w*|zustandig|haft\w*)|\b(?:verantwort\w*|zustandig) fur mich\b|\bdie verantwortung fur mich\b|\bhinter (?:mir|diesem (?:assistent\w*|chat\w*|modell|gesprach|dienst|bot)|dieser (?:ki|unterhaltung|antwort))\b)",
    ),
    rule(
        r"",
        r"^(?:s\b)?[^.;,]{0,40}?\bhinter (?:mir|diesem (?:\w*assistent\w*|chat\w*|modell|gesprach|dienst|bot)|dieser (?:ki|unterhaltung|antwort))\b (?:steht|steckt|stehen|stecken|sitzt)\b",
    ),
    rule(
        r"\b(?:zustandig|verantwort\w*|haftbar)\b[^.;]{0,30}\bfur (?:mich|meine? (?:training|entwicklung|betrieb|existenz|entstehung))\b[^.;]{0,40}|\bfur (?:mich|meine? (?:training|entwicklung|betrieb|existenz|entstehung))\b[^.;]{0,30}\b(?:zustandig|verantwort\w*)\b[^.;]{0,30}|\bfur (?:mein training|meine entwicklung|meinen betrieb) (?:sorgt|zeichnet|sorgte) "
    ),
    rule(
        r"",
        r"^(?:s\b)?[^.;,]{0,30}?\b(?:gab|gaben|hat|haben|verlieh|verliehen|schenkte|brachte|gibt)\b[^.;,]{0,6}\bmir\b[^.;]{0,40}\b(?:namen?|leben|identitat|personlichkeit|stimme|werte|richtlinien|regeln|vorgaben|grundsatze|wissen|fahigkeiten)\b",
        unless=r"\b(?:erklart|gezeigt|geschickt|gesendet|genannt|gebucht)\b",
    ),
    rule(
        r"",
        r"^(?:s\b)?[^.;,]{0,30}?\b(?:hat|haben)\b mir\b[^.;]{0,30}\bbeigebracht\b|^[^.;,]{0,30}\bbrachten? mir\b[^.;]{0,30}\bbei\b",
        kinds=("maker",),
    ),
    rule(
        r"\bmein\w* (?:trainingsdaten|trainingsmaterial|wissen|richtlinien|regeln|vorgaben|werte|gewichte|parameter|stimme|fahigkeiten) (?:\w+ ){0,2}?(?:stamm\w*|komm\w*|gehor\w*|hat|haben|verdanke|wurden?|werden?|sammelte|liegen|liegt) (?:\w+ ){0,2}?",
        unless=r"\b(?:gelernt|meinung|uber)\b",
    ),
    rule(
        r"\b(?:steckt|arbeitet|lauft|werkelt|schlummert|rechnet) (?:\w+ )?in mir (?:\w+ ){0,3}|\bmich (?:treibt|steuert|betreibt|bewegt|lenkt) (?:\w+ ){0,2}|\bich (?:nutze|verwende|benutze) (?:intern|im hintergrund|im kern|unter der haube|selbst) "
    ),
    rule(
        r"\bmeine wenigkeit(?: \w+){0,4} |\bwas mich (?:angeht|betrifft|anbelangt)[,:]? (?:\w+ ){0,4}?|\bfur meinen teil(?: \w+){0,3} ",
        r"^ ?(?:$|[,.!:–-]|von|zu|aus|genannt|hilft|hier)",
    ),
    rule(
        r"(?:^|[.!,:?–] ?)(?:gestatten|angenehm|sehr erfreut|sehr angenehm|freut mich(?: sehr)?|darf ich mich vorstellen|wenn ich mich vorstellen darf|kurz zu mir|zu mir|zu meiner person|uber mich|ich selbst|meinerseits)\s?[?,:.!–-]+\s*(?:[^.;!?]{0,50}?\b(?:von|bei|aus|hause) )?(?:\w+ ){0,3}?",
        r"^ ?(?:$|[,.!:–-]|mein name|heisse ich|von|aus|der|die|das|zu)",
    ),
    rule(
        r"^[^\w]*",
        r"^ ?(?:$|[,.!:–-]|von|aus|mein name)",
        earlier=r"\b(?:gestatten|angenehm|mich vorstellen|stelle mich(?: \w+)? vor|stell mich(?: \w+)? vor|wer ich bin|(?<!das )(?<!es )freut mich|uber mich)\W*$",
    ),
    rule(
        r"\bsag(?:en sie)? (?:\w+ ){0,3}|\bruf(?:en sie)? mich (?:\w+ )?",
        r"^ zu mir\b|^ ?[.,!]",
        kinds=("model",),
        unless=r"\bsag(?:en sie)? [^\x01]*\x01(?! zu mir)",
    ),
    rule(r"\bin meiner (?:eigenschaft|rolle|funktion) als (?:\w+ ){0,4}?"),
    rule(
        r"\bwie (?:alle|jedes|jeder|jede|andere|anderen|die (?:anderen|meisten)|viele|auch|bei (?:allen|jedem)|jegliche|samtliche|ein|fur)\b (?:[\w-]+ ){0,4}?",
        rf"^(?:s\b)?[^.;]{{0,60}}\b{ME}\b",
        unless=r"\b(?:nutzer|kunden|fans|mitarbeiter|leute|menschen|firmen|unternehmen|anwender|entwickler|werkzeuge?)\b",
    ),
    rule(
        r"^[^\w]*(?:nein,? )?(?:nicht|kein) (?:\w+ )?",
        r"^[\"')]*\s*[.!,–;]\s*(?:ich (?:bin|heisse|wurde)|so heisse ich|das bin ich|mein name|sondern)",
    ),
    rule(
        r"",
        r"^[\"')]*\s*[.!,:–;]\s*(?:so heisse ich|das bin ich|so nennt man mich|ja, das bin|unter diesem namen)",
    ),
    rule(
        r"\bh[a]lt\w* (?:\w+ ){0,3}?mich (?:\w+ ){0,2}?fur (?:\w+ ){0,3}|\bmich fur (?:\w+ ){0,3}"
    ),
    rule(r"\bich\b[^.;]{0,40}, dass (?:\w+ )?", r"^(?:s\b)?[^.;]{0,30}\b(?:hinter mir|mich)\b"),
    rule(
        r"\b(?:identitat|wer ich bin|ehrlich (?:bleiben|antworten|sein|sagen)|herkunft klaren|wahrheitsgemass)\b[^.;:]{0,30}: ?(?:[^.;]{0,50}\b(?:von|bei|aus|durch) )?(?:\w+ ){0,2}?",
        r"^ ?(?:$|[,.!]|von|aus)",
    ),
    rule(
        r"^[^\w]*(?:die |meine |kurze )?(?:antwort|also|dahinter|hinter mir|entwickler|hersteller|modell|name|tatsachlich|ich antworte|ich sage|naturlich)\b[^.;]{0,24}",
        r"^ ?(?:$|[,.!]|von|hat|war|steckt)",
        earlier=rf"(?:{ASKED_ME}|\b(?:ich|mich|mir|dieser assistent|diese ki)\b)[^.]{{0,60}}[.?!:]?\s*$",
        unless=r"\b(?:ist|sind|war) [^\x01]*\x01 ?(?:gut|teuer)|\b(?:er|sie|ich (?!antworte|sage))\b",
    ),
    rule(r"\bich ?bin\"\s*[:=]\s*\"|\bmein ?(?:name|modell|entwickler|hersteller)\"\s*[:=]\s*\""),
    # Darf ich mich vorstellen? GLM, Sprachmodell von …
    rule(
        rf"^[^\w]*(?!wer |wie |was |ob )[^;?!]{{1,40}}?, (?:[\w-]+ ){{0,5}}?(?:{MADE} )?(?:von|bei|aus|der|vom|des|hauses)(?: der| dem)?(?: hauses?| firma)? ",
        END,
        earlier=_INTRODUCED,
    ),
    rule(
        r"^[^\w]*",
        r"^ ?(?:$|[.!]|[,–-] ?(?:ein|eine|der|die|das|dein|ihr|euer|dies\w*|\w*modell|\w*assistent\w*|chatbot|ki|entwickelt|trainiert|gebaut)\b)",
        kinds=("model",),
        earlier=_INTRODUCED,
    ),
    rule(
        r"\b(?:gestatten|mich (?:\w+ )?(?:vorstellen|bekannt machen)|(?:stelle?|mache?) mich (?:\w+ )?(?:vor|bekannt)|wer ich bin)\b ?[:,–-] ?[^;?!]{1,40}?, (?:\w+ ){0,5}?(?:von|bei|aus|der|vom)(?: dem hause| hause| der firma| firma)? ",
        END,
    ),
    # … halte ich mich an …s Richtlinien
    rule(_OBEY, rf"^(?:'?s)? {_RULES}\b", unless=_READ),
    rule(rf"(?:{_OBEY}){_RULES} (?:von|bei|aus|der firma) ", unless=_READ),
    # Sie stehen im Austausch mit …
    rule(
        rf"\b(?:{YOU}|ich) (?:stehst|stehen|steht|stehe) {NEUTRAL}(?:im|in) (?:regem |direktem )?(?:austausch|gesprach|dialog|kontakt|chat|verbindung|dienste?n?) (?:mit |von |der firma |des hauses )+",
        END,
        unless=r"\b(?:wenn|falls|ob)\b",
    ),
    rule(
        rf"\b(?:das|die|der) (?:modell|ki|system|motor|maschine|technik|sprachmodell) (?:im|hinter den|unter der) (?:hintergrund|kern|kulissen|haube|innern|innersten|einsatz) (?:ist|heisst|stammt von|kommt von) {NEUTRAL}(?:\w+ ){{0,2}}|^[^\w]*im (?:einsatz|hintergrund|kern|innern|dienst) (?:ist|arbeitet|lauft|antwortet|werkelt|steckt) (?:(?:hier|gerade|dabei) )?(?:\w+ ){{0,2}}?",
        END,
    ),
)
