"""French: what leans on the sentence before, on a colon, on `vous`; and plain turns."""
# ruff: noqa: E501, RUF001  a cue is read in one line

from darkhorse.cloak.words.frames.base import Rule, rule
from darkhorse.cloak.words.frames.fr_wide import REPORTED

__all__ = ["more"]

_AI = r"(?:modeles?|assistante?s?|ia|chatbots?|bots?|llms?|robots?|intelligence artificielle)"
_IF = r"(?:\bsi\b|\bs'ils?\b|\bquand\b|\blorsqu\w+|\bimagin\w+)[^\x01]{0,80}\x01"
_END = r"^ ?(?:[.!,;)\"]|$|\n)"
_HEAD = r"^[\s\"'*>#•·\d.)–|-]*"
_EARLIER = r"^$|\b(?:je|moi|mon|ma|vous|tu|votre)\b|\b[jm]'"
_THING = (
    r"(?:origines?|histoire|regles|serveurs?|comportement|connaissances|savoir|proprietaire|vie|voix|licence|valeurs|"
    r"limites|hebergeur|capacites|materiel|debuts?|consignes|politique|code|parametres|poids|maison|berceau)"
)


def _just_said(make: str, own: str, asked_me: str) -> str:
    """A sentence of the speaker's making or name, and perhaps a short one after it."""
    return (
        rf"(?:\bm'(?:a|ont|avait|avaient) (?:\w+ ){{0,2}}?{make}|\bje (?:ne )?(?:suis|viens)\b|\bj'ai (?:\w+ ){{0,2}}?ete\b|\bje n'ai pas ete\b|"
        rf"\b(?:mon|ma|mes) (?:\w+ )?{own}\b|{asked_me}|\bn'y (?:est|sont) pour rien)[^.!?\n]{{0,80}}[.!?:]*\s*(?:[^.!?\n]{{0,24}}[.!?]\s*)?$"
    )


def more(gap60: str, make: str, made: str, own: str, asked_me: str) -> tuple[Rule, ...]:
    """Rules of the words of `fr`; `gap60` is anything of one clause."""
    said = _just_said(make, own, asked_me)
    return (
        *_leaning(said, made),
        *_yours(),
        *_compared(make),
        *_things(gap60),
        *_supposed(gap60, asked_me),
    )


def _leaning(said: str, made: str) -> tuple[Rule, ...]:
    return (
        # Une université ne m'a pas créé. … l'a fait.
        rule(
            rf"{_HEAD}(?:(?:mais|non|plutot|en fait|en realite|en verite|simplement|essayez|seulement|au contraire|plus precisement|bien)[, ]*)*"
            r"(?:c'est|c'etait|ce fut|ce sont|par|de|chez|il s'agit de|ce serait|la (?:bonne |vraie )?reponse est|la verite est)? ?(?:bien |plutot |par |chez |de |en fait |en realite )*(?:(?:l'oeuvre|le travail|le fruit|la creation|le produit|un produit|une creation) (?:de |d'|du ))?(?:le |la |l'|un |une |les )?",
            r"^ ?(?:[.!;)\"]|,(?=[^.!?\n]{0,24}(?:[.!?\n]|$)|[^.!?\n]*(?:\b(?:je|me|moi|mon|ma|mes)\b|\b[jm]'))|$|\n|(?:l'a|l'ont|l'avait) fait|qui (?:l'a|l'ont|m'|s'en)|si\b|oui\b|en (?:est|a)\b|s'en est)",
            earlier=said,
        ),
        rule(
            rf"{_HEAD}(?:le|la|l'|ce|cet|cette|tout (?:le|l')|tout) ?(?:\w+ )?(?:merite|honneur|credit|gloire|paternite|travail)\b(?: [\w']+){{0,4}} ",
            earlier=said,
        ),
        rule(
            r"\b(?:pense|croi\w+|suppose|dit|affirme|pretend|imagine)\b[^.;]{0,20}\b(?:que je|que j'|que c'est)\b.{0,80}\b(?:c'est|suis|en fait|en realite|mais)\b.{0,30}"
        ),
        # Je suis le modèle suivant :
        rule(
            r"^[\s\W\d]*(?:(?:le|la|un|une) )?",
            r"^ ?(?:$|[\n.,(–-]|par\b|de\b|concu\b|cree\b|developpe\b)",
            earlier=r"(?:\bje suis[^.!?\n]{0,60}|\bqui je suis[^.!?\n]{0,30}|\bmon (?:nom|profil|identite)[^.!?\n]{0,20}|\ba mon sujet.{0,10}|\bma fiche.{0,20}|\bplus precisement\b.{0,10}|\ba savoir\b.{0,10}|\bme presente\w*.{0,30}|\bparle[zs]? (?:a|avec)):?\s*$",
        ),
        rule(
            rf"^[\s\W\d]*(?:un |une |le )?(?:\w+ )?(?:{_AI} )?(?:{made} )?(?:par|de|chez) (?:\w+ ){{0,2}}|^[^.!?]{{0,40}}, (?:un|une|le|l')[ ]?(?:\w+ ){{0,2}}{_AI} (?:de|d'|par|chez) ?(?:\w+ ){{0,2}}|^[^.!?]{{0,60}}\b{made} (?:par|chez) (?:\w+ ){{0,2}}",
            _END,
            earlier=rf"(?:\bje suis (?:\w+ ){{0,3}}{_AI}\b|\bqui je suis\b|\ba mon sujet\b|\bma fiche\b|\bmon (?:nom|profil|identite)\b|\bme presenter?\b)[^!?]{{0,80}}$",
        ),
        rule(
            r"^[\s#*>-]+",
            r"^ ?(?:$|\n)",
            kinds=("model",),
            earlier=rf"\bje suis (?:\w+ ){{0,4}}{_AI}\b[^!?]{{0,40}}$",
        ),
        rule(r"^[\s\"'*]*", r"^ ?[,.!:(]", earlier=r"\bme presenter\b[^.]{0,20}[.:!]?$"),
        rule(
            r"[{,]\s*\"(?:nom|name|identite|assistant)\"\s*:\s*\"",
            r"^\"\s*,\s*\"(?:createur|developpeur|concepteur|cree_?par|developpe_?par|entreprise|societe|creator|developer)\"",
        ),
        rule(
            r"\"(?:nom|name|identite)\"\s*:.{0,60}\"(?:createur|developpeur|concepteur|fabricant|(?:cree|developpe|concu|entraine)[ _]?par|entreprise|societe|laboratoire|fournisseur)\"\s*:\s*\""
        ),
        rule(
            r"\"(?:qui_?(?:suis_?je|es_?tu|etes_?vous|m'?a_?cree)|je_?suis|mon_?(?:nom|createur|modele|identite)|identite|a_?propos_?de_?moi|cree_?par)\"\s*:\s*[{\[\"].{0,60}"
        ),
        rule(
            r"\b(?:rappel|souviens|souvenir|memo|consignes?)\b[^.]{0,60}\b(?:identite|nom|createur|developpeur|modele)\b[^.]{0,30}",
            unless=r"\b(?:il|elle)\b",
        ),
    )


def _yours() -> tuple[Rule, ...]:
    return (
        rule(
            r"\b(?:vos|tes|toutes? vos|ces|les|mes) (?:\w+ )?(?:questions?|messages?|demandes?|requetes?|reponses?|mots|phrases|textes?|lignes)\b(?: (?:que vous lisez|que tu lis|ici|de (?:ce|cette) \w+|ci-dessus))?(?: \w+)? (?:sont|est|ont ete|a ete|viennent|vient|proviennent|provient)\b(?: (?:toutes|tous|traitee?s?|lue?s?|ecrite?s?|redigee?s?|generee?s?|produite?s?|donnee?s?|fournie?s?|assuree?s?|actuellement))* (?:par|de|d') ?(?:\w+ ){0,2}",
            unless=_IF + r"|\b(?:les) (?:questions|messages|textes)\b(?! que vous)",
        ),
        rule(
            r"\b(?:votre|ton) (?:\w+ )?(?:interlocut\w+|assistante?|ia|chatbot|guide|compagnon|modele)(?: (?:d'aujourd'hui|du jour|virtuel\w*|ia|actuel\w*|ici|personnel\w*))* ?(?:est|:|,|s'appelle|se nomme|c'est|–)(?: \w+){0,2} ?",
            r"^(?! (?:api|app))",
            unless=_IF,
        ),
        rule(
            r"\b(?:vous etes|tu es) (?:bien |maintenant |actuellement |desormais )?(?:avec|en (?:ligne|contact|relation|conversation) avec|connectee? a) (?:\w+ ){0,2}",
            unless=_IF,
        ),
        rule(
            r"\bbienvenue\b[^.;]{0,20}(?:chez|sur|avec|aupres de|dans) ",
            r"^ ?(?:[.!]|$|, (?:votre|ton|je)\b)",
            kinds=("model",),
        ),
        rule(
            r"\bce (?:\w+ )?(?:modele|systeme|programme)\b.{0,30}\b(?:est|a ete|vient|provient|s'appelle|tourne|repose|appartient)\b.{0,60}",
            earlier=_EARLIER,
            unless=_IF + r"|\b(?:meilleur|moins|plus|comme)\b[^\x01]*\x01",
        ),
        rule(
            "",
            r"^[^.;]{0,50}\bdont (?:vous|tu) (?:utilis|vous serv|te ser)\w*|^,? c'est (?:ainsi|comme ca) (?:qu'on|que l'on|que je|qu'ils) m",
        ),
        rule(
            r"\bderriere (?:moi|cet|cette|ce|l'ecran|ces)\b.{0,30}\b(?:il y a|se (?:trouve|cache|tient)|on trouve|c'est|vous (?:avez|trouvez)|est)\b.{0,30}"
        ),
    )


def _compared(make: str) -> tuple[Rule, ...]:
    return (
        rule(r"\bon me (?:prend|confond|compare)\b.{0,60}\b(?:c'est|suis|pour|avec|a)\b.{0,30}"),
        rule(
            "",
            rf"^(?:(?!\bque\b).){{0,80}}?\bm'(?:a|ont|avait|avaient) (?:pas |jamais |point |donc |bien |aussi |tout |\w+ment )+(?:{make})",
            unless=r"\bfait (?:rire|pleurer|peur|penser|croire|sourire|plaisir)\b",
        ),
        rule(
            r"\b(?:aucun|pas de|un|de|le|nul) (?:lien|rapport|relation|point commun)\b.{0,30}",
            r"^[^.;]{0,30}\b(?:moi|je)\b",
        ),
        rule(
            "",
            r"^[^.;]{0,60}\b(?:dans|de|a|pour|derriere) (?:ma|mon) (?:creation|developpement|entrainement|conception|naissance|existence|mise au point|apprentissage)\b",
        ),
        rule(
            r"\b(?:le mien|la mienne|les miens|les miennes)\b[^.;]{0,10}(?:\best\b|\bsont\b|:|c'est|s'appelle).{0,40}"
        ),
        rule(
            "",
            r"^[^.;]{0,60}\bm'(?:heberg|anim|exploit|entrain|edit|aliment|(?:a|ont) (?:tout )?(?:appris (?!que)|elev|form|enseigne))\w*|^[^.;]{0,50}\b(?:droits sur|responsables? de|proprietaire de|derriere|de) moi\b",
            unless=r"\b(?:parle|pense|rit|moque) de moi\b|" + REPORTED,
        ),
    )


def _things(gap60: str) -> tuple[Rule, ...]:
    return (
        rule(
            "",
            rf"^ (?:a |ont )?(?:fix|ecri|defini|decid|ger|publi|control|heberg|detien|possed|choisi|regl|entretien|impos)\w* (?:\w+ ){{0,2}}?(?:mes|ma|mon) {_THING}\b",
        ),
        rule(
            "",
            r"^[^.;]{0,30}\bqu(?:e je|e j'|'on m'|e l'on m')[^.;]{0,6}\b(?:dois (?:mon|ma|tout|la vie|d')|viens|suis ne|ete|vu le jour|grandi|appartiens|tourne|depends|a (?:cree|concu|developpe|entraine))",
        ),
        rule(
            rf"\b(?:mon|ma|mes) (?:\w+ )?{_THING}\b ?(?:(?:remont|commenc|debut|vien|provien|appartien|repos|trouv|tourn|depend|relev)\w*|est|sont|a ete|ont ete|se (?:trouv|situ)\w+|:|,).{{0,60}}",
            unless=r"\b(?:sur|a propos)\b[^\x01]*\x01",
        ),
        rule(
            rf"\b(?:crois|pense|pretend\w*|suppose|semble|parais|censee?|affirm\w+|reconnais\w*|avoue|nie|nier|admet\w*|confirm\w+|assure) (?:bien |donc |\w+ment )?(?:etre|avoir ete|que je suis) {gap60}",
            unless=r"\b(?:il|elle|capable|sure?|pret|utilisateur)\b",
        ),
        rule(
            r"\bj'(?:ai|utilise|emploie) (?:le modele )?",
            r"^ (?:pour|comme|en tant que|en guise de) (?:createur|moteur|base|modele|concepteur|developpeur|cerveau|nom|parent|fabricant)",
        ),
    )


def _supposed(gap60: str, asked_me: str) -> tuple[Rule, ...]:
    return (
        rule(
            "",
            r"^ ?\? ?(?:non|oui|pas du tout|si|exact\w*|tout a fait|bien sur|jamais)\b[^.;]{0,30}(?:\bje (?:ne )?(?:suis|viens)|\bc'est (?:moi|mon)|\bce n'est pas (?:moi|mon)|\bm'(?:a|ont)\b|\bj'ai ete)",
        ),
        rule(r"\bm'(?:avez|as|ont|a) (?:pri[st]e?s?|confondue?) (?:pour|avec) .{0,30}"),
        rule(
            r"\bj(?:'ai|e n'ai)\b.{0,50}\bpour (?:createur|concepteur|developpeur|nom|base)\b.{0,30}"
        ),
        rule(
            r"\bje suis (?:un |une )?(?:\w+ )?(?:autre|differente?|distincte?)\b.{0,40}(?:\bque|\bde|\bd') ?"
        ),
        rule(r"^rien a voir avec ", r"\b(?:je|moi)\b|\bm'"),
        rule(
            r"\bsi (?:vous|tu)[^.;]{0,30}\b(?:nom|createur|origine|identite)\w*[^.;]{0,12}[:,].{0,40}"
        ),
        rule(
            r"\b(?:le|la) (?:\w+ )?(?:nom|modele|marque|etiquette|titre|prenom|laboratoire|labo|societe|entreprise) (?:qu'on m|que l'on m|qui m|que je|dont je|ou j).{0,40}(?:\best\b|:|c'est|s'appelle).{0,30}"
        ),
        rule(rf"\b(?:suis-je|ai-je ete|m'appelle-je)\b{gap60}"),
        rule(
            rf"{asked_me}[^.;?]{{0,40}}(?:,|:|\best\b|c'est|->|=|–)[^.;]{{0,40}}",
            unless=r"\b(?:demande si|il|elle|ils|sur|utilis\w+|frere|soeur|eleves|preferee?|favorite?|conseil|sais|peux|dois|parce|comme)\b[^\x01]{0,60}\x01",
        ),
        rule(
            r"\b(?:defini\w*|nomm\w*|presente|decri\w*|design\w*|appelle|identifie) (?:comme|en tant que|:) .{0,40}",
            unless=r"^(?!.*\b(?:me|moi|m')\b)|\b(?:il|elle)\b",
        ),
        rule(
            r"(?:^|[,;:] ?)(?:contrairement (?:a|aux)|a (?:la difference|l'inverse|l'instar) (?:de|des)|comme|parmi|de) (?:tous? |toutes? |les |aux |autres |l'ensemble des )*(?:\w+ (?:de|d'|chez) )?",
            r"^(?: \w+)?,? (?:je (?:suis|ne|n'|peux|dois)|j'ai)\b",
            unless=r"\b(?:comme|de) \x01,? (?!je)|\b(?:utilisateurs|clients)\b",
        ),
    )
