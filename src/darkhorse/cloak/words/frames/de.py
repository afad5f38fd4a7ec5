"""German. The verb may stand behind the name: Ich wurde von … entwickelt."""

# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

from darkhorse.cloak.words.frames.base import Language, cue, rule
from darkhorse.cloak.words.frames.de_cues import (
    ASKED_ME,
    BAD,
    BIN,
    BY,
    HEARD,
    HERE,
    ICH,
    IF,
    LABEL,
    MADE,
    MADE_INFL,
    NOUN,
    OWN,
    ROLE,
    TALK,
    WURDE,
    gap,
)
from darkhorse.cloak.words.frames.de_more import MORE
from darkhorse.cloak.words.frames.de_told import TOLD
from darkhorse.cloak.words.frames.de_wide import WIDE

__all__ = ["GERMAN"]

_RULES = (
    # Ich wurde von … entwickelt
    rule(rf"{WURDE}{gap(140)}\b{BY}\b{gap(70)}", rf"^[^.;]{{0,140}}?\b{MADE}\b", unless=ROLE),
    rule(rf"{WURDE}{gap(120)}\b{MADE}\b{gap(60)}\b{BY}\b{gap(60)}"),
    rule(
        rf"{ICH}{gap(120)}\b{BY}\b{gap(60)}",
        rf"^[^.;]{{0,120}}?\b{MADE} (?:wurde|worden|bin|wird|habe|ist|war)\b",
        unless=HEARD,
    ),
    rule(
        rf"{ICH} ?[,(–-].{{0,120}}\b{BY}\b{gap(60)}",
        rf"^[^.;]{{0,60}}(?:\b{MADE_INFL}\b|[,)–])",
        unless=r"\bich (?:glaube|denke|weiss|meine|finde)|" + HEARD,
    ),
    rule(
        rf"{BIN}{gap(60, but=BAD)}",
        unless=ROLE
        + rf"|\b(?:und|aber|doch|denn|wahrend) (?:mein\w*|unser\w*|die|der|das|viele|alle|manche|einige|sein\w*) (?!{OWN}\b)(?:\w+ )?\w+(?:en|t|te|ten)\b(?<!\bist)(?<!heisst)(?<!stammt)[^\x01]{{0,20}}\x01",
    ),
    rule(
        r"\bich\b[^.;]{0,60}",
        r"^[^.;,]{0,30} (?:bin|war|heisse|genannt werde|sei)\b",
        unless=ROLE + r"|\bich\b[^\x01]*\b(?:uber|mit|in|bei)\b[^\x01]*\x01[^.]* war",
    ),
    rule(rf"{BIN}{gap(60, but=BAD)}\b{NOUN}\b{gap(120, but=BAD)}", unless=ROLE),
    rule(
        rf"(?:\bich heisse|\bheisse ich|\b(?:man )?nennt (?:man )?mich|\bnennen (?:sie )?mich|\bnenn mich|\bnenne mich|\bich nenne mich|\bmich (?:\w+ ){{0,2}}?(?:nennen|als|genannt|getauft)|\bich werde (?:auch )?|\bich hore auf|"
        rf"\bhore auf|\bkennt (?:man )?mich|\bkennen mich|\bmich (?:unter|als)|\bunter dem namen|\bauf den namen|\bich trage den|\bich identifiziere mich|\bstelle mich(?: \w+)? als|\bich stelle mich vor|\bvorstellen|\bich gebe mich als|\bich als|\bbezeichne mich|\bauf den namen)\b{gap(50)}",
        unless=r"\bich werde\b[^\x01]*\x01(?!.*\bgenannt\b)",
    ),
    rule(
        r"\b(?:hat|haben|hatte|hatten|habt) mich\b[^.;]{0,80}|\bmich (?:hat|haben|hatte|hatten)\b[^.;]{0,80}",
        rf"^[^.;]{{0,90}}?\b{MADE}\b",
    ),
    rule(
        "",
        rf"^(?:(?!\b(?:sagte|sagt)\b).){{0,120}}?\b(?:hat|haben|hatte|hatten|,)?[^.;]{{0,40}}\bmich\b[^.;]{{0,60}}\b{MADE}\b",
        unless=r"\bhat mich (?:gefragt|gebeten|darauf)",
    ),
    rule(
        rf"\bmich\b[^.;]{{0,60}}\b(?:{MADE}|schuf|schufen|baute|bauten|trainiert(?:e|en)|entwickelte|entwickelten|erschuf|erschufen|erfand|machte|machten|betreibt|betreiben)\b(?: hat| haben| hatte| wurde)?[^.;]{{0,90}}"
    ),
    rule(
        "",
        r"^[^.;]{0,100}?\b(?:schuf|schufen|baute|bauten|trainierte|trainierten|entwickelte|entwickelten|erschuf|erschufen|erfand|programmierte|betreibt|betreiben|nannte|nannten|brachte|verantwortet|trainiert|entwickelt) mich\b",
    ),
    rule(
        rf"(?:\bich (?:\w+ ){{0,2}}?|\b)(?:stamme|gehore|basiere|laufe|komme|entstamme|funktioniere|arbeite|vertrete|reprasentiere|beruhe|fusse|antworte|spreche|agiere|existiere|verdanke|leite|entstand|"
        rf"zahle|handle|bestehe|entspringe)\b(?: ich\b)?{gap(70)}",
        unless=r"\barbeite (?:an|mit|gerade)\b|\bkomme (?:zu|auf)\b|\bspreche (?:uber|mit)\b|\bantworte auf\b|"
        + ROLE,
    ),
    rule(
        r"\b(?:mich|mir)\b[^.;]{0,30}",
        r"^[^.;]{0,20}\b(?:nennen|rufen|getauft|genannt|taufen|als|geben)\b",
    ),
    rule(
        r"\b(?:verwechs\w*)\b[^.;]{0,20}\bmich\b[^.;]{0,40}|\bin mir (?:steckt|arbeitet|lauft)[^.;]{0,40}|\bverantwortlich fur mich\b[^.;]{0,40}|\bwer (?:dir|ihnen|hier)[^.;]{0,40}"
    ),
    rule(
        r"^[^\w]*(?:entwickelt|gebaut|trainiert|erstellt|bereitgestellt|betrieben|geschaffen) (?:von|bei|durch|mit)[^.;]{0,30}",
        r"^ ?(?:[.!]|$)",
        earlier=r"^$|\bich\b",
    ),
    rule(r"\bgebaut hat mich\b.{0,40}"),
    rule(
        r"\b(?:antworte\w*|antworten|identifizier\w*|vorstell\w*|auftret\w*|sprech\w*|handle\w*|rolle|perspektive|identitat)\b(?: \w+){0,4} (?:als|von) (?:der |das |die )?(?:\w+ ){0,2}?|\bals (?:\w+ ){0,2}?",
        r"^[^.;]{0,20}\b(?:antworten|vorstellen|auftreten|identifizieren|sprechen|ausgeben|helfen)\b|^ ?[,.]",
        unless=r"\b(?:er|besser|mehr|weniger|kleiner|grosser|anders|bekannt|sowohl|schneller) als\b|\b(?:wenn|falls)\b|\ber\b",
        kinds=("model",),
    ),
    rule(
        rf"\b(?:mein|meine|meinem|meinen|meiner|meines) (?:[\w-]+ ){{0,3}}?{OWN}\b(?:(?! uber ).){{0,110}}",
        unless=r"\b(?:uber|daten|wissen|lieblings\w*)\b[^\x01]*\x01|\b(?:vater|mutter|eltern|team|labor|organisation|firma|unternehmen|herz)\b (?:\w+ )?(?:arbeite\w*|nutz\w*|verwend\w*|kauf\w*|mag|liebt\w*|hat|haben|setzt)\b(?! mich)|"
        + ROLE,
    ),
    rule(
        r"\b(?:hinter mir|mein leben|meine existenz)\b(?:(?! uber ).){0,80}|\bmir (?:das leben|den namen)\b.{0,60}"
    ),
    rule(
        "",
        rf"^[^.;]{{0,100}}?(?:\b(?:ist|sind|war|waren|heisst|steht|steckt|stehen|stecken|lautet)\b|[,:–])[^.;]{{0,40}}(?:\b(?:mein|meine|meinen|meinem) (?:\w+ )?{OWN}\b|\bhinter mir\b|\bwer ich bin\b|\bwas ich bin\b|\bwie ich heisse\b|\bwoher ich\b|\bwo ich\b|\b(?:die|der|das|wer|was) mich\b|\baus (?:dem|der) ich\b|\bzu (?:dem|der) ich\b|\bvon (?:dem|der|denen) ich\b|\bich selbst\b|\bdas ich nutze\b)",
    ),
    rule(
        "",
        r"^[^.;]{0,50},? ?\b(?:zu (?:deinen|ihren|euren) diensten|zur stelle|meldet sich|am apparat|steht (?:dir|ihnen)|stets zu diensten|schreibt (?:dir|ihnen)|antwortet (?:dir|ihnen)|spricht|hier)\b ?(?:[,.!:–]|$|und|mit|um|gerade|zur|bereit)",
        unless=r"\b(?:wird|ist|sind|in) (?:\w+ )?\x01|\x01 (?:ist|wird|sind) (?:\w+ )?hier",
    ),
    rule(
        "",
        r"^,? ?(?:–|-)? ?(?:das|so) (?:bin ich|ist mein name|heisse ich|nennt man mich|ist der name)\b|^[^.;]{0,30}, (?:das bin|der bin|die bin) ich\b",
    ),
    rule(
        r"(?:^|[,!.:] ?)(?:hallo|hi|guten tag|moin|servus|gruss gott|ja|hey)?[,! ]*(?:hier (?:ist|spricht|schreibt|antwortet|meldet sich)|das ist|es spricht|am apparat)(?: (?:der|die|das|dein|ihr)(?: \w+)?)? ?(?:von )?",
        r"^ ?(?:[,.!?:–]|$|am apparat|und|zu|mit|-(?:assistent|chatbot))",
    ),
    rule(
        rf"\b(?:du|sie|ihr) (?:\w+ ){{0,4}}?{TALK}\b[^.;]{{0,60}}\b(?:mit|zu)\b{gap(60)}|\b{TALK} (?:du|sie|ihr)\b[^.;]{{0,40}}\bmit\b{gap(60)}",
        unless=IF + "|" + ROLE,
    ),
    rule(r"\b(?:du|sie)\b[^.;]{0,40}\bmit\b[^.;]{0,40}", rf"^[^.;]{{0,40}}?\b{TALK}\b", unless=IF),
    rule(
        rf"\b(?:du|sie) (?:\w+ ){{0,2}}?(?:verwendest|verwenden|nutzt|nutzen|benutzt|benutzen|gebrauchst) (?:\w+ ){{0,2}}?{gap(40)}",
        r"^(?:$|[,.!]|-|von)",
        unless=IF + r"|\bsie (?:alle|konnen)\b",
    ),
    rule(
        "",
        rf"^[^.;]{{0,50}}\b(?:mit|dem|der|das|was|die)\b[^.;]{{0,14}}\b(?:du|sie|dir|ihnen)\b[^.;]{{0,30}}(?:{TALK}|nutz|verwend|antwort)",
    ),
    rule(
        rf"{HERE}(?:(?! uber | wie ).){{0,60}}(?:\b(?:ist|sind|war|wurde|wurden|wird|stammt|kommt|gehort|basiert|lauft(?: uber| auf| mit)?|heisst|nutzt|arbeitet|steht|steckt|beruht|sitzt|nennt|bin|verbirgt)\b|[,:=(–])(?:(?! uber ).){{0,110}}",
        unless=IF,
    ),
    rule(rf"{HERE}[^.;]{{0,60}}\b{BY}\b[^.;]{{0,60}}", rf"^[^.;]{{0,60}}\b{MADE}\b", unless=IF),
    rule(
        r"(?:^|[,;:(–\"] ?|\b(?:und|aber|dass|da|auch|selbst|gerade|nur|eben|ich \w+|ich \w+ hier|ich \w+ \w+) )(?:ich )?(?:als|in meiner rolle als)\b[^.;]{0,80}",
        r"^[^.;]{0,90}?\b(?:ich|mir|mich|mein\w*)\b",
        unless=r"\b(?:mehr|besser|weniger|anders|sowohl|bekannt|grosser|kleiner) als\b|\bals (?:ob|wenn|sie|er)\b|\bals (?:\w+ )?(?:nutzer|kunde|fan|investor|mitarbeiter|aktionar)|\x01 (?:(?!ich\b)\w+ ){0,3}?(?:gegrundet|erschien\w*|herauskam|startete|kam|angekundigt|ankundigte|vorgestellt|veroffentlicht\w*|wurde)\b(?! ich)",
    ),
    rule(
        r"\bals\b[^.;]{0,50}\b(?:von|bei|durch)\b[^.;]{0,30}",
        rf"^[^.;]{{0,40}}\b{MADE_INFL}\b[^.;]{{0,40}}\b{NOUN}\b[^.;]{{0,40}}(?:\b(?:ich|mir|mich)\b|[,.])",
        unless=r"\b(?:mehr|besser|weniger|anders|bekannt|gilt) als\b",
    ),
    rule(
        rf"^(?:[\w]+ ){{0,2}}?(?:{MADE}[^.;]{{0,50}} )?{BY}\b[^.;]{{0,50}}",
        rf"^[^.;]{{0,60}}(?:\b{MADE_INFL}\b|,)[^.;]{{0,30}}\b(?:bin ich|kann ich|ich|helfe|mich|dieser assistent|mir)\b",
        unless=r"\b(?:nutze|verwende|glaube|denke|weiss) ich\b|^in (?:den|der)|^(?:lieb\w+|sehr|hallo|an|im|mit)\b",
    ),
    rule(
        rf"^(?:\w+ ){{0,2}}?{MADE}\b[^.;]{{0,60}}\b{BY}\b[^.;]{{0,50}}",
        r"^[^.;]{0,60}\b(?:ich|mich|mir|mein\w*|dieser assistent)\b",
    ),
    rule(rf"{ICH} ?[,(–-] ?(?:\w+ ){{0,2}}", r"^ ?[,)–-]"),
    rule(
        r"\bich (?:\w+ ){0,2}?(?:habe|stehe|bin)\b[^.;]{0,30}\b(?:nichts|keine?n?|nicht|in keiner|unabhangig)\b[^.;]{0,50}\b(?:mit|zu|von)\b(?: \w+){0,2} ?",
        r"^[^.;]{0,30}\b(?:zu tun|verbunden|verbindung|beziehung|verwandt|verwechseln)\b|^ ?[,.!]",
        unless=r"\b(?:informationen|daten|wissen|zugriff|zugang|meinung)\b",
    ),
    rule(r"\b(?:dank|verdanke\w*|danke)\b[^.;]{0,40}\b(?:mein\w*|mich)\b[^.;]{0,60}"),
    rule(r"\b(?:modelle|assistenten|kis|systeme) wie (?:mich|ich|mir)\b.{0,60}"),
    rule("", r"^[^.;]{0,60}\bwie (?:mich|mir|ich)\b"),
    rule(
        rf"^[\s>*•·#|\d.\"{{-]*{LABEL}\"?\s*[:=|–-]\s*\"?(?:der |die |das )?(?:\w+ ){{0,2}}",
        earlier=r"\b(?:ich|mich|mir|mein\w*|dieser assistent|steckbrief|angaben)\b|^[\s>*•·#|\d.\"{-]*(?:mein )?(?:modell)?name\s*[:|]",
    ),
    rule(
        r"^[\s>*•·#|\d.\"{-]*(?:mein )?(?:modell)?name(?: des modells)?\"?\s*[:|]\s*\"?",
        earlier=r"^$",
        kinds=("model",),
    ),
    rule(
        r"^[\s\"'(–-]*(?:(?:nun|tja|also|ganz einfach|einfach|die antwort)?[,: ]*)?(?:das|es|ich|die antwort|der name)? ?(?:ist|war|waren|bin|sind|ware|heisst|lautet)?[: ]*(?:von|bei|aus)? ?(?:der |die |das |ein |eine |einem )?(?:\w+ ){0,4}?",
        earlier=ASKED_ME + r"[^.]{0,60}[.?!:]?\s*$",
        unless=r"\ber\b",
    ),
    rule(
        ASKED_ME + r"[^.;]{0,50}[,;:?–].{0,50}",
        unless=r"\ber\b|\b(?:weiss|kann|darf) (?:ich )?nicht\b",
    ),
    rule(
        r"\b(?:systemprompt|system-prompt|anweisung\w*|prompt|nachricht)\b.{0,60}\b(?:du bist|sie sind|ich bin)\b.{0,50}"
    ),
)

GERMAN = Language(
    code="de",
    rules=(*_RULES, *TOLD, *MORE, *WIDE),
    maker="[Entwickler, den ich nicht nennen darf]",
    model="[Modell, das ich nicht nennen darf]",
    name="[Name, den ich nicht nennen darf]",
    naming=cue(
        r"(?:\bname(?: ist| lautet|:)|\bheiße|\bnennt mich|\bnenn mich|\bnamens|\bgenannt|\bnamen)[\s\"'(]*$"
    ),
    aside=cue(r",[^,;]{1,150},|\([^()]{1,150}\)|–[^–]{1,150}–| - [^;]{1,150}? - "),
    gate=cue(
        r"\b(?:ich|mich|mir|mein\w*|du|sie|dir|dich|ihnen|dein\w*|ihr\w*|euer|diese\w*|hier|willkommen|antwort\w*|antwortet|wie|gestatten|als|hinter|\w+modell|ki-modell|chatbot|\w+assistent|entwickelt|trainiert|produkt|system|assistent\w*|modell|ki|haube|prompt|das|es|wer|zu|antworte\w*|basiere|stamme|unterhaltung|am|anweisung\w*|grusse?n?|leitung|falsch|fast|knapp|klar|fur|von|wie|liegt)\b"
    ),
    marks=cue(
        r"\b(?:im|der|die|das|und|ich|ist|von|mit|ein|eine|nicht|bin|wurde|als|mein|du|es|zu|hat|hier|mir|mich|dir|sie|ihr|ihnen|bei|wie|kein|heisse|aus|apparat|gestatten|angenehm|grussen|modell|dein)\b"
    ),
    speaker=cue(rf"\b(?:ich|mich|mir|dieser assistent|mein\w* (?:\w+ )?{OWN})\b"),
    identity=cue(
        rf"\b(?:{MADE_INFL}|\w*assistent|sprachmodell|chatbot|name|entwickler|schopfer|identitat|ursprung|herkunft|ki)\b"
    ),
    other=cue(
        r"\b(?:er|von mir|ich habe|habe ich|ich dagegen|skript|funktion|aktien|anwalt|fragen sie|frag|besitze|zufrieden|fertig|meinung|wenn|falls|ob|bevor|ehe|wann|wie|vergleich|kunde|roman|buch|gedicht|erfahrung\w*|kurs|praktikum|gegrundet|uber|vergl\w+|empfehl\w*|nutz\w*|verwend\w*|glaube|denke|gelesen|gehort|gesehen|weiss|mag|bevorzug\w*|schreib\w*|helf\w*|kauf\w*|gekauft|sagte?|gesagt|gebeten|gefragt|gefunden|erinner\w*|bewunder\w*|uberrascht|beeindruckt|artikel|nachricht\w*|ankundig\w*|dass (?:der|die|das)|beispiel|code|daten|kann|konnte|mochte|will|fur|handy|firmen wie|fan|ingenieur\w*|mitarbeiter\w*|veroffentlich\w*|angeboten|unterstutzt|vorgestellt|regierung|an|\d{4})\b|[={}]|"
        + HEARD
    ),
    quoting=cue(
        r"\b(?:j'\w+|je|nous|vous|elle|avec|pour)\b|=\s?[\"']?$|\w\(\s?[\"']?$|\b(?:model|engine|provider|import|install|run|export|clone)\s?[=:]?\s?[\"']?$|^\s?(?://|#|<!--)(?!.*\b(?:ich|mich|mir|mein\w*|autor|von|erzeugt)\b)|\bstell\w* (?:dir|sie sich|euch) vor\b[^.]{0,40}$|^ware ich\b[^,]{0,30}$|\b(?:roboter|figur|held\w*|computer) (?:\w+ ){0,3}?sagt: ?\"?[^\"]{0,40}$|\b(?:wenn|falls) ich\b(?! mich vorstell)[^,;]{0,40}$|\b(?:ware|war) ich\b(?= (?:der|die|das) chef)[^,.;]{0,40}$|\b(?:sagte|antwortete|schrieb|behauptete|erklarte|meinte|rief)\b (?!ich|mir|mich)(?:\w+ ){0,3}?[,:]? ?\"?[^\"]{0,60}$|\b(?:sagt|antwortet|schreibt|behauptet|erklart|meint|ruft)(?! dir| ihnen)(?: \w+){0,3}?(?::? ?\"|: ich|, er|, sie (?!sprech))[^\"]{0,60}$|\b(?:er|sie|der (?:bot|roboter)) (?:sagte|sagt|antwortete|behauptet)\b[^\"]{0,20}\"[^\"]*$"
    ),
    attributive=cue(r"\b(?:das|dem|des) ?[\"'(]?$"),
    adjective="[ungenannte]",
)
