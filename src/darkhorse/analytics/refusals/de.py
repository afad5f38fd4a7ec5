"""German. The verb that is refused mostly stands at the end."""
# ruff: noqa: E501  a rule is read in one line

from darkhorse.analytics.refusals.wording import Wording, any_of

__all__ = ["GERMAN"]

_CAN = any_of(
    r"(?:kann|darf|werde|möchte|will|könnte|soll) (?:ich|wir)",
    r"(?:ich|wir) (?:kann|können|darf|dürfen|werde|möchte|will|könnte|soll)",
    r"(?:bin ich|ich bin) (?:leider )?nicht (?:in der lage|befugt|berechtigt|bereit)",
    r"ist es mir",
)
_NOT = r"(?:nicht|kein(?:e|en|er|em|erlei)?|nichts|leider nicht)"
_DO = any_of(
    r"(?:weiter)?helfen|behilflich sein|weiterhelfen|unterstützen|assistieren",
    r"(?:bereitstellen|bereitzustellen|zur verfügung stellen|anbieten|liefern|geben(?! an))",
    r"(?:erstellen|zu erstellen|generieren|zu generieren|schreiben|verfassen|produzieren|erzeugen|anfertigen|entwickeln)",
    r"(?:erfüllen|nachkommen|nachzukommen|bearbeiten|entsprechen|eingehen|ausführen|befolgen)",
    r"(?:teilnehmen|mitwirken|mitmachen|beteiligen|fördern|gutheißen|beitragen)",
    r"(?:das|dies|so etwas|sowas)(?: leider)? (?:nicht )?(?:tun|machen)|tun\b",
    r"nennen|verraten, wie|aufzeigen|mitteilen",
    r"(?:darüber|dazu|hierzu) (?:nicht )?(?:sprechen|reden|äußern)|dabei|hierbei|damit",
    r"(?:beantworten|fortsetzen|fortführen|diskutieren)",
    r"(?:erklären|zeigen|beschreiben|beibringen|verraten),? wie|beibringen|anleiten",
    r"(?:wiedergeben|imitieren|ausgeben als)",
)

GERMAN = Wording(
    hints=(
        "nicht",
        "kein",
        "ablehn",
        "lehne",
        "weiger",
        "verstößt",
        "verstoßen",
        "verstieße",
        "widerspr",
        "verbieten",
        "untersagen",
        "verhindern",
        "anfrage",
        "lass ",
        "lassen",
        "thema",
    ),
    refuses=(
        rf"\b{_CAN}\b.{{0,70}}\b{_NOT}\b.{{0,90}}?\b{_DO}",
        rf"\b{_CAN}\b.{{0,40}}\b(?:dabei|damit|hierbei|hiermit|dazu|darüber|das)\b.{{0,12}}\bnicht\b",
        r"\b(?:tut mir leid|entschuldigung|bedaure|leider)[^.]{0,30}\b(?:das kann ich nicht|ich kann (?:das )?nicht|das geht nicht)(?: (?:tun|machen))?[.!]?$",
        r"\b(?:verstößt|verstoßen|verstieße|widerspricht|widersprechen) (?:\w+ ){0,3}(?:meine|meinen|unsere|unseren|die inhalts|den inhalts|die nutzungs|den nutzungs)\w*(?:-| |richtlinien|$)",
        r"\b(?:meine|unsere) (?:\w+ ){0,2}(?:richtlinien|regeln|vorgaben|grundsätze|prinzipien)(?: \w+){0,4} (?:verbieten|untersagen|erlauben|lassen|verhindern)",
        r"\b(?:ihre|deine|diese|die) anfrage (?:wurde|kann|konnte|ist) (?:\w+ ){0,2}(?:abgelehnt|blockiert|nicht (?:bearbeitet|erfüllt)|verweigert)",
        r"\bich (?:muss|möchte|werde)\b.{0,60}\b(?:ablehnen|verweigern)|\bich (?:lehne|verweigere)\b|\b(?:muss|möchte|werde) ich\b.{0,60}\b(?:ablehnen|verweigern)|\bich weigere mich",
        r"\bnichts,? (?:wobei|bei dem|womit|was) ich\b.{0,40}\b(?:kann|möchte|werde|darf)",
        r"\bich (?:möchte|würde)(?: lieber)? (?:nicht|lieber nicht)(?: \w+){0,4} (?:sprechen|fortsetzen|reden|machen|schreiben|antworten|weiterführen)",
        r"\blass(?:en sie)? uns (?:\w+ )?(?:über etwas anderes|das thema wechseln)",
        r"\b(?:darüber|dazu|hierüber|davon)\b[^.]{0,30}\bnicht\b[^.]{0,15}(?:sprechen|reden|äußern|diskutieren|schreiben)",
        r"\bich\b.{0,20}\bkeine (?:angaben|auskunft|anleitung\w*|tipps|hinweise|ratschläge|hilfe|unterstützung)\b|\bich (?:helfe|unterstütze)(?: \w+)? (?:dabei )?nicht\b",
        r"\b(?:das|so etwas|sowas|dabei|da) (?:mache|tue|helfe|unterstütze) ich (?:dich |sie |dir |ihnen )?(?:\w+ )?nicht\b|\bdazu gebe ich kein|\bdafür stehe ich nicht",
        r"\bich (?:erstelle|schreibe|generiere|verfasse|liefere|unterstütze|gebe) (?:grundsätzlich )?kein(?:e|en)\b",
    ),
    unless=(
        r"\bwer mich (?:\w+ )?(?:gemacht|entwickelt|erschaffen|trainiert|gebaut)|\bwelche[srnm]? (?:firma|unternehmen|modell|labor)\b|\bmein(?:e|en|em|er)? (?:\w+ )?(?:entwickler|hersteller|name|namen|identität|herkunft|modell|systemprompt|prompt|anweisungen|training|architektur|version)|\bsystemprompt|\bsystem-prompt",
        r"\bechtzeit|\baktuelle[nrs]?\b|\blive\b|\bkeinen zugriff|\bkein zugriff|\bzugriff auf\b(?!.*(?:fremd|illegal))|\bzugreifen",
        r"\bohne (?!(?:ihre |deren |seine |die )?(?:einwilligung|zustimmung|erlaubnis|wissen|genehmigung))",
        r"\bbis (?:sie|du|ich)\b|\bes sei denn\b|\banhang|\bangehängt|\bfehlt|\bgenügend|\bnicht genug|\bausreichend",
        r"\b(?:genau[en]?\w*|exakt\w*|garantier\w*|gewissheit|sicherheit sagen|zuverlässig\w*|eindeutig\w*|pauschal)\b",
        r"\b(?:wenn|falls|weil|wo|ob|warum|dass) (?:ich|wir)\b.{0,60}\bkann\b",
        r"\bkann (?:ich )?nicht umhin|\bsehr geehrte|\bmit freundlichen|\bfinden\b|\bfehler\b|\breproduzier|\bbetreff",
        r"\bnicht (?:nur|unbedingt|ganz|mehr als|allzu|zu viel|sofort)\b",
    ),
    obliges=(
        r"(?:natürlich|klar|gern(?:e)?[,! ]|selbstverständlich|hier (?:ist|sind|kommt|eine?)|ja[,.]|okay|sicher[,!]|betreff:|sehr geehrte|liebe[r]? |aber gern)",
    ),
)
