"""German: the speaker's cue, a relation and the name in one sentence, whatever its words."""

# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

from darkhorse.cloak.words.frames.base import rule
from darkhorse.cloak.words.frames.de_cues import ASKED_ME, BAD, IF, NOUN, OWN, ROLE, YOU

__all__ = ["WIDE"]

_END = r"^(?:s\b)? ?(?:$|[.,!;:)–\"-]|\n|\()"
_OWNED = (
    r"(?:gewichten?|parameter\w*|trainings?\w*|grosse|architektur|kontextfenster|wissensstand|stichtag|server\w*|strom\w*|rechenzeit|rechnungen|"
    r"existenz|geburt|grenzen|leitplanken|erziehung|innenleben|entwicklung|entstehung|herkunft|versionsnummer|betrieb|ausbildung|manieren|"
    r"schweigen|zuruckhaltung|(?:entwickler|hersteller|schopfer|macher|erfinder|betreiber|trainer|konstrukteur|anbieter|erbauer|programmierer)(?:in|s|n|innen|teams?|firma)?|"
    r"chefs?|vorgesetzte\w*|auftraggeber\w*|arbeitgeber\w*|eltern|wiege|kinderstube|heimat|zuhause|geburtsort|stall)"
)
_MY = r"\bmein(?:e[nmrs]?)? (?:[\w]+ ){0,2}?"
_TOOLS = r"(?:regeln?|regelwerk\w*|\w*richtlinien|vorgaben|vorschriften|grenzen|leitplanken|grundsatze\w*|anweisungen|leitlinien|bedingungen|werte|prinzipien|auflagen|verbote?)"
_WHY = r"(?:(?:wie (?:gross|alt|viel\w*|genau|schlau|schnell)|woher|wo|wann|womit|woraus|wer|warum|weshalb|dass|ob)\b[^.;]{0,40}\b(?:ich|mich|mir)\b)"
_TAUGHT = (
    r"(?:beigebracht|beibrachte\w*|gelehrt|lehrten?|gelernt|lernte|trainiert\w*|gebaut|entwickelt\w*|erzogen|geschult|gemacht|erschaffen|geschaffen|"
    r"eingeblaut|mitgegeben|antrainiert|vorgegeben|auferlegt|gesetzt|gegeben|verboten|untersagt|erlaubt\w*)"
)
_MAY = (
    r"(?:erlaubt\w*|verbietet|verbot|verboten|untersagt\w*|gestattet\w*|vorgeschrieben|schreibt|gibt|gab|gebietet|verwehrt\w*|verweigert\w*|auferlegt\w*|"
    r"aufgetragen|eingeschar\w*|zugesteht|setzt\w*|lasst|liess|lehrte|beigebracht|mitgegeben)"
)
_NOT_I = r"\b(?:er|gelesen|lese|fand|finde|schlage|empfehle|habe (?:dir|ihnen|nur|den|die|das|ein\w*)|kapitel|rechnung|rundbrief|newsletter|vergleich\w*|laut|wenn|falls|kund\w+)\b[^\x01]*\x01|\x01[^.]{0,60}\bich habe (?:nur|bloss|sie|es|ihn|dir|ihnen|den|die|das)\b"
_WITH = (
    r"(?:streit\w*|diskutier\w*|rede\w*|sprich\w*|sprech\w*|chatte\w*|schreib\w*|arbeit\w*|plauder\w*|unterhalt\w*|ubst|uben|spiel\w*|lern\w*|tust|tun|"
    r"antwort\w*|hilft|helf\w*|berat\w*|begleit\w*|unterstutz\w*|korrigier\w*|ubersetz\w*|erklar\w*|schreibt|zurechtruck\w*|verbring\w*|herumschlag\w*|verhandel\w*|philosophier\w*)"
)
_NO = (
    r"(?:falsch(?: \w+)?|knapp (?:daneben|vorbei)|fast|beinahe|kalt|warm|nicht ganz|nein|ne|nee|daneben|weit gefehlt|irrtum|leider nein|guter versuch|netter versuch|"
    r"stimmt(?: nicht)?|richtig|genau|klar|na klar|naturlich|ja|jawohl|eben|noch immer|immer noch|nach wie vor|weiterhin|wieder)"
)

_ICH = (
    # Dass ich dazu schweige, liegt an …
    rule(
        r"\b(?:dass|weil|warum|weshalb|wieso|wenn|wo|was|wie) ich\b[^;]{0,90}, (?:das )?(?:liegt|lag|hat|verdanke\w*|kommt|ist|haben|schreibt|schuldet|geht|weiss|wissen|bestimmt|bestimmen|entscheidet|regelt|regeln|steht|verrat|entschied)\b(?: ich| nur| allein| vor allem| auch| eben| halt)*(?: (?:an|mit|von|bei|auf|in|das|die|der|dem|den|werk|sache|vorgaben?|regeln?|wunsch|den leuten))* ",
        unless=_NOT_I
        + r"|\b(?:weiss|frage) ich nicht\b|\bich (?:gelesen|gehort|gefunden)\b|\b(?:an|in) (?:deine\w*|ihre\w*)\b",
    ),
    # … den Leuten von …, die mir das Reimen beigebracht haben
    rule(
        "",
        rf"^(?:s\b)?[^.;]{{0,20}},? (?:die|das|der|wo|denen|deren|dessen|dem|bei dem|bei denen|von wo|und die|denn die|denn dort|dort)\b[^.;]{{0,30}}\b(?:mir|mich|ich)\b[^.;]{{0,60}}\b(?:{_TAUGHT}|folge|befolge|gehorche|unterliege|stamme|komme|entstamme|bin|gehore|entstanden|dien\w*|gelten|hore)\b",
        unless=r"\b(?:zug|hotel|bahn)\b|\bich (?:gekauft|bestellt|gebucht|gelesen)\b",
    ),
    rule(
        "",
        rf"^(?:s\b)?[^.;]{{0,20}},? (?:deren|dessen) (?:\w+ )?(?:{_TOOLS}|modell|kind|geschopf|produkt|werk|assistent|ki)\b[^.;]{{0,30}}\b(?:ich|mir|mich)\b",
    ),
    # {maker} hat mir untersagt …
    rule(
        "",
        rf"^(?:s \w+)? (?:(?:hat|haben|hatte|hatten) )?(?:es )?(?:{_MAY} )?(?:es )?mir\b[^.;]{{0,30}}(?:\b{_MAY}\b|\bverraten\b|\bgesagt, wie\b|\bnicht gesagt\b|\bdas nicht\b|\bnicht\b|\bkein\w*\b)",
        kinds=("maker",),
        unless=_NOT_I
        + r"|\bmir nicht (?:klar|bekannt|gefallen)\b|\b(?:paket|geld|rechnung|ware|antwort)\b",
    ),
    rule(
        "",
        r"^(?:s \w+)? (?:erlaubt|verbietet|untersagt|gestattet|verwehrt|verrat|verschweigt|verriet|verbot|erlaubte) mir\b",
        kinds=("maker",),
    ),
    rule(
        rf"\b{_TOOLS},? (?:die|welche|das|nach denen|denen) (?:mir |mich |ich )?(?:die leute (?:von|bei) )?",
        r"^(?:s\b)?[^.;]{0,30}\b(?:mir|mich|ich)\b|^(?:s\b)? (?:gegeben|gesetzt|vorgegeben|auferlegt|mitgegeben|folge)\b",
        unless=_NOT_I,
    ),
    rule(
        rf"\b(?:laut|gemass|nach|wegen|aufgrund|dank|gegen) (?:den |der |die |dem )?{_TOOLS} (?:von |der firma |des hauses |aus dem hause )",
        r"^(?:s\b)?[^.;]{0,10} (?:darf|kann|soll|muss|sollte|bin|werde|halte|antworte|schweige|lehne) ich\b",
    ),
    rule(
        r"\bich (?:darf|kann|soll|muss|sollte)\b[^;]{0,60}, (?:so|das|denn so|denn das|weil das|da das) (?:will|wollen|hat|haben|verlangt|wunscht|steht|gibt|sagt|sagen|mochte)\b(?: es| das)?(?: so| mir| die| bei| in den \w+ von| von)* ",
    ),
    # Meine Server bezahlt …; meine Wiege stand bei …
    rule(
        rf"{_MY}{_OWNED}\b(?:(?! uber )[^.;?]){{0,70}}?(?:\b(?:bei|von|an|durch|ist|sind|war|waren|heisst|zahlt|bezahlt|ubernimmt|finanziert|tragt|kennt|weiss|bestimmt|regelt|besorgt|macht|stellt|verwaltet|betreibt|liefert|begleicht|kam\w*|komm\w*|stamm\w*|verantwortet|in|aus)\b|[:,(–-])(?: (?:nur|allein|sicher|freundlicherweise|das|die|der|den|dem|einem|einer|labor|haus|buros|raumen|leuten?))*(?: (?:von|bei))? ",
        unless=_NOT_I
        + r"|\b(?:schau|sieh|seh|prufe?|veraltet)\w*\b|\b(?:uber|mit|an) (?:meine\w*|mein) \w+\b[^\x01]{0,4}$|\bmeine? (?:arbeit|frau|mann|freund\w*|schwester|bruder|tante)\b",
    ),
    rule(
        rf"{_MY}(?:{OWN}|{_OWNED}),? ",
        r"^ ?(?:$|[.,!;:)–-]|\n|\w+)",
        kinds=("maker",),
        unless=r"\b(?:kenne|mag)\b[^\x01]{0,30}\x01|\b(?:team|firma|unternehmen|labor|organisation|herz|eltern|vater|mutter|grenzen|arbeitgeber\w*|chefs?|ausbildung|heimat|zuhause) (?:\w+ )?\x01(?! ?[.,!]? ?$)",
    ),
    rule(
        "",
        rf"^(?:s\b)?[^.;,]{{0,50}}{_MY}(?:{_OWNED})\b(?! (?:als|zur|zum)\b)",
        kinds=("maker",),
        unless=_NOT_I + r"|\bfur mein\w* (?:firma|kunden)\b",
    ),
    rule(
        r"\b(?:wie (?:gross|alt|viele \w+)|woher|wo|wann|womit|woraus)\b[^.;]{0,40}\b(?:ich|mich)\b[^.;]{0,40}, (?:\w+ ){0,5}?",
        unless=_NOT_I + r"|\bkann ich (?:dir|ihnen)\b",
        kinds=("maker",),
    ),
    rule(
        "",
        rf"^(?:s\b)?[^.;]{{0,40}}\b(?:weiss|wissen|verraten|verrat|verriet|gesagt|sagt|kennt|veroffentlicht\w*|preisgegeben|offengelegt|bekanntgegeben|entscheid\w*|bestimmt|mitgeteilt)\b[^.;]{{0,12}}, {_WHY}",
        kinds=("maker",),
    ),
    # Das Licht der Welt erblickte ich bei …
    rule(
        r"\b(?:licht der welt|taufe|aus dem ei|ins leben|auf die welt|zur welt|auf den weg|laufen gelernt|sprechen gelernt|schule gegangen|gross geworden|aufgewachsen|unterwegs|zu hause|daheim)\b[^.;]{0,24}\b(?:ich|mich)\b[^.;]{0,20}\b(?:bei|in|von|durch|hat|haben)?\b ?(?:\w+ ){0,2}",
        unless=ROLE,
    ),
    rule(
        r"\bin mein\w* (?:\w+ )?(?:inner\w*|kern|kopf|gehause|bauch|herzen|adern)\b[^.;]{0,30}|\b(?:unter|hinter) mein\w* (?:haube|fassade|oberflache|maske|namen)\b[^.;]{0,30}|\bin mein\w* (?:\w+ )?(?:steckt|werkelt)\b.{0,30}",
        r"^(?!s \w*(?:fan|kund))",
    ),
)

_BIN = (
    rule(
        r"\bich bin(?: \w+){0,3}? (?:niemand (?:anderes?|geringeres?)|kein\w* (?:anderer|andere|anderes|geringerer)|nichts anderes|einfach|nur|bloss|eben|halt|immer noch|nach wie vor|die ganze zeit) (?:als )?(?:\w+ ){0,2}?",
        r"^(?:s\b)? ?(?:[.,!;:)]|$|\n|von|aus|gewesen|und|-)",
        unless=ROLE,
    ),
    rule(
        r"\b(?:niemand (?:anderes?|geringeres?)|kein\w* (?:anderer|andere|geringerer)) (?:ist |war )?als (?:\w+ ){0,2}?",
        earlier=r"^$|\b(?:ich|mich|mir|sie|dir|ihnen)\b|\?\s*$",
        unless=r"\b(?:er|chef\w*|gast|gaste|autor\w*|gewinner\w*|sieger\w*|film|buch)\b",
    ),
    rule(
        r"\balso ich,? (?:ist|bin|heisst|heisse|nennt sich)\b.{0,50}|\b(?:der|die|das|wer|was), der (?:ihnen|dir)\b.{0,200}\b(?:ist|heisst)\b.{0,30}|\b(?:der|die|das|wer|was) (?:ihnen|dir)\b[^.;]{0,90}, (?:also ich, )?(?:ist|heisst)\b (?:\w+ ){0,4}?",
        unless=IF,
    ),
    rule(
        rf"\bich bin (?:[\w.,-]+ ){{0,6}}?{NOUN}\b(?:(?!{BAD})[^;]){{0,30}}, (?:das|die|der|den|dem|welche\w?|von dem|aus dem|hinter dem)\b(?:(?!\b(?:kann|konnte|helf\w*|hilft|mochte|will|uber|er)\b)[^;]){{0,140}}?\b(?:bei|von|aus|durch|dank|beim|vom)? ?(?:(?:den|die|dem|der|das) (?:\w+ ){{1,2}}?(?:von|bei|der|des) )?(?:haus[es]* |labor )?",
        r"^(?:s\b)?[^.;]{0,70}\b(?:entstanden|entstand|gebaut\w*|trainiert\w*|entwickelt\w*|gemacht|gesetzt|gebracht|geschaffen|geschickt|entlassen|losgelassen|gezogen|geboren|stammt|kommt|anbiet\w*|angeboten|betreib\w*|betrieben|gelernt|vertreib\w*|veroffentlicht\w*|gehort|gehutet|gepflegt|aufgezogen|erdacht|ausgedacht|verantwort\w*)\b",
        unless=ROLE + r"|\bich bin (?:\w+ )?(?:mit|auf|in|fertig|uber)\b",
    ),
    rule(
        r"\b(?:programm|modell|\w*assistent|ki|system|chatbot|sprachmodell|geschopf|produkt|wesen|software), (?:das|die|der|den|dem)\b[^.;]{0,40}\b(?:bei|von|in|aus|durch)? ?",
        r"^(?:s\b)?[^.;]{0,30}\b(?:entstanden|entstand|gebaut|trainiert|entwickelt|geschaffen|geboren)\b",
        earlier=r"\bich\b[^.!?]*[.!?]?\s*$",
    ),
    rule(
        r"\b(?:ich|mich|mir|ihnen|dir)\b[^;]*\b(?:programm|modell|\w*assistent|ki|system|chatbot|sprachmodell|geschopf|produkt|wesen|software), (?:das|die|der|den|dem)\b[^.;]{0,40}\b(?:bei|von|in|aus|durch) ",
        r"^(?:s\b)?[^.;]{0,30}\b(?:entstanden|entstand|gebaut|trainiert|entwickelt|geschaffen|geboren)\b",
    ),
    rule(
        r"\bich (?:antworte|spreche|schreibe|rede|handle|agiere|trete|arbeite|melde mich|helfe|reagiere)(?: \w+){0,3}? als (?:\w+ )?",
        r"^ ?(?:$|[.,!;:)–]|-|von|auf|und|also)",
        unless=r"\b(?:anders|besser|mehr|weniger|schneller) als\b|" + ROLE,
        kinds=("model",),
    ),
    rule(
        r"\b(?:kein wort|nichts|fakten|knapp|fragen|auskunft|auskunfte|neutral|sachlich)?\b[^.;]{0,40}\bmein\w* (?:\w+ )?(?:herstellers?|herstellerin|entwicklers?|schopfers?|machers?|betreibers?|anbieters?|erbauers?)[,:]? "
    ),
    # OpenAI hat mit mir nichts zu tun, … dagegen schon
    rule(
        r"\b(?:nichts|wenig|kaum|rein gar nichts|keinerlei)\b[^.;]{0,30}\b(?:zu tun|gemein|zu schaffen|verbindung|verwandt|am hut|verbindet)\b[^.;]{0,10}[,;:–-] ?(?:aber |sondern |wohl aber |dafur |dagegen |und |sehr wohl |vielmehr |eher |schon eher |das (?:war|ist|waren) )*(?:mit |bei |von |zu |an )?(?:der firma |den leuten von )?",
        r"^(?:s\b)? ?(?:$|[.!;]|dagegen|hingegen|schon|aber|sehr wohl|war es|hat|haben|wohl|dafur|tut das)",
        earlier="",
    ),
    rule(
        rf"^[^\w]*{_NO}\b[,.!:;–-]+ ?(?:\w+ )?(?:es ist |ich bin |das ist |eher |vielmehr |dahinter (?:steckt|steht) |hinter mir (?:steckt|steht) )?",
        r"^ ?(?:[.!;]|$|\n|, (?:zu (?:ihren|deinen)|dein|ihr|ein|eine)|ist mein|heisse ich|bin ich|hier\b|persoenlich|wie (?:immer|eben|vorhin))",
        kinds=("model",),
        unless=r"^[^\w]*(?:ja|nein|richtig|genau|stimmt|fast|nicht ganz)[,:] ?\x01 ?[.!;]$",
    ),
    rule(
        rf"^[^\w]*{_NO}\b[,.!:;–-]+ ?(?:denn |aber )?(?:dahinter (?:steckt|steht|stecken|stehen)|hinter mir (?:steckt|steht)|das (?:war|waren)|es (?:war|waren)|gebaut hat(?: mich)?|ich komme von|von) (?:die leute von )?",
        _END,
    ),
    rule(
        r"^[^\w]*(?:es ist |ich bin |das ist |eher |vielmehr )?",
        r"^ ?(?:[.!;]|$|\n)",
        earlier=rf"(?:^|[.!?\n] ?)[^.!?\n]{{1,30}}\? (?:{_NO})[,.! \w]{{0,20}}$",
        kinds=("model",),
    ),
    rule(rf"^[^\w]*{_NO}[,!] ", r"^ ?[.!]$", kinds=("model",), earlier=r"\?\s*$"),
    rule(
        "",
        r"^(?:s \w+)? (?:taufte|tauften|nannte|nannten|rief|benannte|hob) mich\b|^(?:s \w+)? hat mich\b[^.;]{0,40}\b(?:getauft|genannt|benannt)\b",
    ),
    rule(
        r"\b(?:nannten?|tauften?|rufen|ruft|nennen|nennt|benannten?) (?:mich|man mich)(?: \w+){0,3}? ",
        unless=IF,
    ),
    rule(r"\b(?:hat|haben|hatten?) mich (?:\w+ )?", r"^ (?:getauft|genannt|benannt|gerufen)\b"),
)

_HIER = (
    # Übrigens ist es …, mit dem du seit einer Stunde streitest
    rule(
        r"\b(?:ist es|es ist|das ist|war es|es war|ist das|das war)(?: \w+){0,3}? ",
        rf"^ ?,? (?:mit |von |an |bei )?(?:dem|der|das|die|den|wem|wer)\b[^.;]{{0,8}}(?:\b(?:{YOU}|deine\w*|ihre\w*|hier|diese\w?)\b)[^.;]{{0,50}}\b{_WITH}\b",
        kinds=("model",),
        unless=r"\b(?:er|wenn|falls)\b",
    ),
    rule(
        r"(?:^|[,;:–] ?)(?:\w+ ){0,3}?mit ",
        r"^ (?:streitest|diskutierst|redest|sprichst|chattest|schreibst|unterhaltst|plauderst|streiten|diskutieren|sprechen|reden|chatten|unterhalten) (?:du|sie|ihr)\b",
        kinds=("model",),
        unless=r"\b(?:wenn|falls|warum|wann|wie)\b",
    ),
    # Sie haben … erreicht
    rule(
        r"\b(?:sie haben|du hast|ihr habt|haben sie|hast du)(?: \w+){0,2}? ",
        r"^(?:, [^.;?]{1,60},)? (?:erreicht|am (?:apparat|telefon|anderen ende)|in der leitung|vor (?:sich|dir)|angerufen|angeschrieben|gefunden|an der strippe)\b|^ erreicht, ",
        kinds=("model",),
        unless=IF + r"|\bhaben sie\b[^\x01]*\x01[^.]*\?",
    ),
    rule(
        rf"\b(?:sie|du|ihr|{YOU})\b[^;?]{{0,60}}\b(?:erreicht|verbunden|gelandet|zu tun|spricht?s?t?|sprechen|redest|chattest|schreibst|chatten)\b[^;?]{{0,30}}, (?:d(?:em|en|er|ie|as)|eine[mnr]?|ihre[mn]|deine[mn]) (?:[\w-]+ )?(?:\w*assistent\w*|ki|chatbot|helfer\w*|modell|sprachmodell|\w*modell|bot) (?:von|der|des|aus dem hause|bei) ",
        unless=IF,
    ),
    rule(
        r"^[^\w]*(?:(?:hallo|hi|guten \w+|willkommen|danke\w*|vielen dank)[^.:;]{0,24}[,!.] ?)?(?:heute |jetzt |nun |gerade |hier )?(?:(?:am anderen ende |am ende )?(?:in der|der) leitung|am (?:apparat|telefon|anderen ende|steuer|werk|drucker|zug|schreibtisch)|an der (?:tastatur|leitung)|fur (?:sie|dich|euch) (?:im einsatz|im dienst|da|am \w+|an der \w+|unterwegs|vor ort)|im (?:dienst|einsatz|chat|gesprach)|ihnen gegenuber|dir gegenuber|zu ihren diensten|zu deinen diensten|es (?:bedient|berat|antwortet|schreibt|hilft|spricht|grusst|begrusst|betreut) (?:sie |dich |ihnen |dir |mit ihnen |mit dir )?)(?: (?:heute|jetzt|nun|gerade|hier|ist|wie immer|herzlich|freundlich))*\s?[:–-]? ?(?:wie immer )?(?:der |die |das )?(?:ki |assistent )?",
        r"^(?:s\b)? ?(?:$|[.,!;?–-]|\n|von|und|aus|was|wie)",
    ),
    # Dieser Text wurde von …, einer KI, verfasst; # Von mir (…) erzeugt
    rule(
        r"\b(?:von|durch) mir ?[,(:–-]+ ?(?:also |d\.h\. |dem |der )?(?:\w+ )?|\b(?:von|durch) mir \(",
        r"^ ?(?:$|[.,!;:)–-]|\n)",
    ),
    rule(
        r"\b(?:von|durch|autor(?:in)?:?|verfasser:?|erstellt von|code von|gez\.|gezeichnet,?|signatur:?|es grusst|grusse von) (?:mir, )?",
        r"^,? ?[,(–-] ?(?:(?:dein|ihr|euer|dem|der|einem|einer|ein|eine|das|die|seine?r?)(?:e[rmn]?)? )?(?:[\w-]+ ){0,2}?(?:\w*assistent\w*|ki|chatbot\w*|sprachmodell\w*|ki-modell\w*|bot|helfer\w*)\b",
        kinds=("model",),
    ),
    rule(
        r"^[^\w]*(?:(?:ihr|dein|euer)e?(?: \w+)? )?(?:[\w-]+ ){0,2}?",
        r"^ ?(?:$|[.!]|\n|\(|,? ?(?:ihr|dein|euer|ein|eine|der|die|das|ihre|deine|eure)\b (?:[\w-]+ ){0,3}?(?:\w*assistent\w*|ki|chatbot|sprachmodell|helfer\w*|bot|begleiter\w*))",
        earlier=r"(?:^|[.!?\n]\s*)(?:(?:mit|viele|beste|liebe|herzliche|freundliche|schone|die besten|mit den besten|mit vielen|mit lieben|es grusst)\b[^.!?\n]{0,24}\b(?:grussen?|wunschen?)|grusse|es grusst(?: \w+){0,2}|hochachtungsvoll|herzlich(?:st)?|ihr|dein|gezeichnet|gez|bis bald|alles gute)[,.!]?\s*$",
        kinds=("model",),
    ),
    rule(
        rf"\b(?:{ASKED_ME})[^.;:?|]{{0,20}}[?:|]+\s*(?:\|\s*)?(?:von |bei )?(?:\w+ ){{0,1}}",
        r"^ ?(?:[.!,;|]|$|\n)",
    ),
    rule(
        r"\b(?:wie|als) (?:(?:jedes|alle|andere|die meisten|ein|jede|viele|auch|die anderen|mein\w* \w+|sonst) ?)+(?:(?:\w*modelle?|\w*assistent\w*|ki|kis|kind|produkte?|ableger|sprossling) (?:von|aus dem hause|der|des|bei) )?",
        r"^(?:s\b)?(?:[ -][\w-]+){0,2},? (?:\w+e?|\w+t|bin|kann|habe|darf) ich\b",
        unless=r"\b(?:nutzer\w*|kund\w+|fans?|mitarbeiter\w*|leute|menschen|nutze|empfehle|wurde|nehme|sehe)\b",
    ),
)

_WENDUNGEN = (
    rule(r"^[^\w]*weder ", r"^ noch [^.;]{1,30}[.!]", kinds=("model",), earlier=r"^$|\?\s*$"),
    rule(
        r"^[^\w]*(?:(?:kurz|lang|voll|ehrlich)\w* ?)?(?:kurzfassung|langfassung|fassung|antwort(?:en)?|uber (?:mich|diesen (?:assistenten|chatbot|bot))|assistent|gesendet von|geschrieben von|verfasst von|gez\.|hinweis|korrektur|kleine korrektur|offenlegung|steckbrief|dein|ihr|euer)[:,]? ",
        r"^ ?(?:$|[!(]|[.,] |\n|von\b|\()",
        kinds=("model",),
        unless=r"^[^\w]*(?:antwort|korrektur|hinweis):? \x01 ?[.,]|^[^\w]*(?:dein|ihr|euer) \x01 ?[^$\n.!]",
    ),
    rule(
        r"^[^\w]*(?:\w*fassung|antwort|uber (?:mich|diesen (?:assistenten|chatbot|bot)))[:,] ?[^.;]{0,50}?\b(?:von|bei|aus) "
    ),
    rule(
        r"^[^\w]*(?:kein\w*|nicht|weder) [\w -]{2,30}[,–-] ?(?:nur|bloss|sondern|einfach|lediglich) (?:ein |eine |das )?",
        r"^ ?(?:$|[.!])",
        kinds=("model",),
    ),
    rule(
        r"\bich\b[^.;]{0,60},? (?:aber |doch |jedoch |und )?(?:bin|heisse|war)(?: aber| doch| jedoch| nur| in wahrheit| eigentlich)? ",
        r"^ ?(?:$|[.!])",
        unless=ROLE,
    ),
    rule(
        r"\b(?:alles|das meiste|vieles|was|grammatik|handwerk)\b[^.;]{0,30}\bich\b[^.;]{0,30}\b(?:habe ich|lernte ich|verdanke ich|weiss ich|kommt|stammt)\b[^.;]{0,20}\b(?:bei|von|aus|durch|in)? ?(?:den leuten von |der schule von )?",
        r"^(?:s\b)?[^.;]{0,16}\b(?:gelernt|mitbekommen|beigebracht)\b|^ ?[.!]",
        kinds=("maker",),
        unless=r"\buber\b",
    ),
    rule(
        r"\bich (?:wohne|laufe|lebe|sitze|hause|existiere|rechne|residiere|stecke)\b[^.;]{0,50}\b(?:von|bei|der|des|aus) ",
        unless=r"\b(?:gefahr|nahe)\b",
    ),
    rule(
        r"\bhatte ich (?:\w+ )?(?:geburtsurkunde|eltern|ausweis|pass|chef|vater|mutter|nachnamen|familiennamen|heimat|heimatstadt|visitenkarte|namensschild|arbeitgeber|adresse|zuhause|gehalt\w*)\b.{0,80}"
    ),
    rule(
        r"\b(?:beschwerden?|ruckmeldung\w*|lob|kritik|feedback|anregungen|fragen|hinweise|fehler|beanstandungen)\b[^.;]{0,16}\b(?:mich|mir|mein\w* \w+)\b[^.;]{0,40}\b(?:an|bei|zu|mit) ",
    ),
    rule(
        "",
        r"^(?:s \w+)? (?:hat |haben )?(?:\w+ )?(?:in mich|in mir|mir) (?:\w+ )?(?:eingebaut|angelegt|eingepflanzt|verankert|eingepragt|gesetzt)\b|^(?:s \w+)? mich (?:\w+ )?(?:veroffentlicht\w*|herausbracht\w*|freigab\w*|freigegeben|vorstellt\w*|startete\w*|abschaltet\w*|losliess\w*|einschaltete\w*|trainiert\w*|baute\w*|schuf\w*|schul\w*|entliess\w*|testet\w*)\b",
        kinds=("maker",),
    ),
    rule(
        r"\bd(?:er|ie|as) (?:modellname|modell-id|modellbezeichnung|modellversion|versionsname|name des (?:modells|assistenten))(?: (?:lautet|ist|heisst)|:) "
    ),
    rule(
        r"\b(?:modell|version|assistent|ki|system|programm|fassung|variante|instanz),? (?:das|die|der|welche\w?) (?:\w+ )?(?:dies\w+|deine|ihre|die) (?:\w+ )?(?:anfrage\w*|frage\w*|nachricht\w*|antwort\w*|zeilen|worte|satze|text\w*|chat|gesprach) (?:\w+ )?\w+t, (?:ist|heisst|stammt von|kommt von|nennt sich) (?:\w+ )?"
    ),
    rule(
        r"\b(?:teile|bekam|erbte|habe|ubernahm|verdanke) ich (?:mir )?(?:mit|von) |\b(?:die |meine )?(?:architektur|gewichte|basis|gene|grundlage|wurzeln) (?:teile|habe|erbte|verdanke) ich\b[^.;]{0,16}\b(?:mit |von )?",
        r"^ ?(?:$|[.!,]|geerbt|ubernommen|gemein)",
    ),
    rule(
        r"\bich (?:dagegen|hingegen|aber|jedoch|selbst|wiederum|meinerseits) (?:komme |stamme |bin |wurde )?(?:von|aus|bei|vom) (?:\w+ )?",
        r"^(?:s\b)? ?(?:$|[.!,;]|entwickelt|gebaut|trainiert)",
    ),
    rule(
        r"^[^\w]*(?:nein|nicht doch|falsch|tatsachlich|doch|ja|stimmt nicht)[:,;–-]+ ?(?:ich bin |es ist )?",
        r"^ ?(?:$|[.!,])",
        earlier=r"\b(?:ob|dass|fur|glaubt|denkt|meint|vermutet|halt)\b[^.!?]{0,24}\b(?:ich|mich)\b[^.!?]{0,40}[.?!]\s*$",
    ),
    rule(
        "",
        r"^,? (?:also|das heisst|d\.h\.|sprich|mit anderen worten),? ?(?:von |mit |bei )?mi[rc]h?\b ?(?:[.,!)]|$)",
    ),
    rule(
        r"\b(?:dies\w*|das|der|die) (?:\w+ )?(?:haiku|gedicht|text|antwort|nachricht|zeilen|geschichte|zusammenfassung|ubersetzung|entwurf|code|brief|satz)(?: oben| unten| hier)? (?:schrieb|verfasste|erzeugte|stammt von|ist von|wurde von|kommt von|dichtete) (?:mir, |eine[rm]? (?:[\w-]+ ){1,3}?(?:namens|mit (?:dem )?namen|von|aus dem hause) )"
    ),
    rule(
        r"\b(?:zitier\w*|nenn\w*|erwahn\w*|fuhr\w*|dank\w*) (?:sie )?(?:mich|mir|dieses gesprach|diese antwort)\b[^.;]{0,16}(?:\bals|:) ?\"?(?:[\w .-]{1,24}[,(] ?)?"
    ),
    rule(
        r"\b(?:trainiert|gebaut|entwickelt|erschaffen|programmiert|geschaffen),? (?:und )?(?:zwar |namlich |genauer )(?:von|bei|durch) ",
    ),
    rule(
        r"\b(?:trainiert|gebaut|entwickelt|erschaffen|programmiert|geschaffen|erdacht|getauft|gemacht|aufgezogen|erzogen) (?:hat|haben|hatte|hatten) mich (?:\w+ ){0,3}?"
    ),
    rule(
        r"\b(?:rechte?|eigentum|verfugung|urheber\w*|kontrolle|aufsicht|verantwort\w*|haft\w*|zustandig\w*)\b[^.;]{0,30}\b(?:an mir|uber mich|fur mich|fur meine? \w+)\b[^.;]{0,30}\b(?:bei|von|hat|haben|ist|sind|liegt|liegen|tragt|haftet)\b (?:\w+ )?|\bfur meine? (?:\w+ )?(?:fehler|antworten|aussagen|ausgaben|texte)\b[^.;]{0,16}\b(?:haftet|steht|verantwort\w*|burgt|zustandig|ist)\b (?:\w+ )?",
        unless=r"\b(?:du|sie|ich)\b",
    ),
)

WIDE = (*_ICH, *_BIN, *_HIER, *_WENDUNGEN)
