"""French."""
# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

from darkhorse.cloak.words.frames.base import Language, cue, rule
from darkhorse.cloak.words.frames.fr_more import more
from darkhorse.cloak.words.frames.fr_wide import REPORTED, WIDE

__all__ = ["FRENCH"]

_MADE = (
    r"(?:pre-?)?(?:cree|developpe|entraine|construit|fait|concu|fabrique|programme|produit|lance|publie|propose|fourni|"
    r"propulse|base|ajuste|affine|elabore|forme|maintenu|opere|heberge|mis|ne|issu|derive|soutenu|eduque|"
    r"eleve|prepare|alimente|code|deploye|implemente|finance|gere|invente|forge|faconne|execute|distribue|"
    r"commercialise|perfectionne|optimise|configure|baptise|ecrit|realise|monte|assemble|mis au point|"
    r"imagine|pense|dote|edite|offert|exploite|fonde|appris|sorti|entretenu|specialise|peaufine)e?s?"
)
_MADE_STRICTLY = (
    rf"(?!(?:ne|pense|fait|appris|mis|lance|publie|propose|pret|sorti|soutenu|offert)e?s?\b){_MADE}"
)
_MAKE = (
    r"(?:cree|creent|creerent|crea|developp\w+|entrain\w+|construi\w+|fait|fit|font|concu\w*|concoi\w+|fabriqu\w+|programm\w+|produi\w+|lanc\w+|publi\w+|propos\w+|fourni\w*|"
    r"heberg\w+|mis au (?:point|monde)|donne (?:naissance|vie|le jour|le nom)|invent\w+|baptis\w+|nomm\w+|form\w+|eleve\w*|ecrit\w*|code\w*|deploy\w+|realis\w+|assembl\w+|imagin\w+|"
    r"eduqu\w+|faconn\w+|forg\w+|edit\w+|exploit\w+|gere\w*|possede\w*|pilot\w+|fin[ae]nc\w+|affine\w*|ajust\w+|appel\w+|anim\w+|propuls\w+|met a|a mis)"
)
_NOUN = (
    r"(?:modeles?|assistante?s?|chatbots?|bots?|agents?|ia|ias|intelligence|llms?|systemes?|versions?|variantes?|"
    r"instances?|membres?|partie|produits?|creations?|une?|programmes?|outils?|famille|serie|gamme|lignee|enfant|"
    r"fruit|moteur|reseau|service|derive|descendant|robot|logiciel)"
)
_OTHER = (
    r"\b(?:il|elle|ils|elles|on m'a dit|quelqu'un)\b|\bavant (?:de|d'|que)\b|\bje ne (?:connais|sais|vois|trouve|comprends|dispose)\b|"
    r"(?:\b(?:et|mais|puis) |: ?)(?:je |j')(?!(?:ne |n')?(?:suis|ai (?:\w+ )?ete|ai vu le jour|viens|apparti\w+|me nomme|m'appelle|porte|fus|reponds|existe|fais partie|tourne|fonctionne|repose|provien\w+|descends|sors)\b)"
)
_BAD = (
    r"\b(?:sur|propos|sur(?:e|es)?|certaine?|conscient|fan|utilisateur|utilisatrice|client|cliente|employee?|ingenieure?|parce|si|"
    r"comme|quand|mieux|pire|plus|moins|similaire|different|capable|contre|pour|\w+ant parler|journaliste|"
    r"chercheur|chercheuse|investisseur|avocat|en train|embauche|selon|licencie|etudiant|personne|humain|surprise?|etonnee?|impressionnee?|que|aider|de la part|interessee?|fascinee?|pret|heureux|abonnee?|passee?|allee?|visiter|le cours|decue?|aidee?|desolee?|informee?|inscrite?|habituee?|contrariee?|reconnaissante?|ravie?|d'accord|au courant)\b"
)
_ROLE = r"\b(?:employee?|ingenieure?|fan|utilisateur|client|directeur|directrice|fondateur|investisseur|chercheur|journaliste|salariee?) (?:chez|de|d'|a) ?(?:\w+ ){0,2}\x01"
_BY = r"(?:par|chez|a|au|aux|en|de|du|des|d'|dans|avec|sur|sous|a partir de|grace a|au sein de|depuis|entre)"


def _gap(most: int, *, but: str = "") -> str:
    return rf"(?:(?!{_OTHER}{'|' + but if but else ''}).){{0,{most}}}"


_STATED = (
    rf"(?! (?:(?:pas|plus|jamais|donc|bien|aussi|tres|tout|trop|assez|encore|toujours|vraiment|moi-meme|\w+ment),? )*(?:d'(?:avis|accord)|en (?:mesure|etat|desaccord|faveur)|a (?:meme|jour)|au (?:fait|regret)|sur le point|de (?:cet|votre|ton|son) avis|de l'(?:avis|opinion)|"
    rf"(?!(?:{_MADE}|{_NOUN}|propriete|oeuvre|nul|autre|simplement|connue?|appelee?|nommee?|denommee?|surnommee?|identifiee?|presentee?|designee?|derriere|celui|celle|cense|censee|supposee?|venue?|apparue?|originaire|natif|native|affiliee?|liee?|"
    r"apparentee?|rattachee?|integree?|livree?|signee?|estampillee?|rendue?|confondue?|chatgpt|claude|gemini|llama|grok|deepseek|qwen|kimi|mistral|copilot|siri|alexa|bard|bing|mise?|partie|votre|dans|chez|leur|comme|sous|avec|aupres|vraiment|porteur|porteuse|redevable|heritier|heritiere|pourvue?|nourrie?|pense|habilitee?|fier|fiere|technologie|marque|fabrication|invention|logiciel|marche|portee?|propriete|sous|enfant|rejeton|creature|au)\b)"
    r"[\w-]{4,}(?:,[^,]{1,40},)? +(?:que|qu'|de|d'|du|des|a|au|aux|par|pour|dans|sur|en|chez|avec|contre|devant|sans|face|envers|quant)\b))"
)
_JE = rf"(?:(?:\bje (?:ne )?(?:suis|serais|serai|fus|reste|demeure|sois)|\bmoi,? qui (?:ne )?suis|\bj'(?:ai (?:(?:pas|donc|bien|aussi|d'abord|initialement|\w+ment) )?ete|etais)|\bje n'(?:ai (?:pas|jamais|point) ete|etais)|\bm'a ete|\bavoir ete|\betant){_STATED}|\bc'est moi)"
_OWN = (
    r"(?:cerveau|coeur|esprit|nom|noms|createurs?|creatrice|developpeurs?|developpeuse|auteurs?|fabricant|entreprise|societe|compagnie|laboratoire|labo|"
    r"equipe|organisation|modele|famille|serie|lignee|architecture|base|moteur|noyau|poids|identite|version|origines?|"
    r"racines|marque|fournisseur|operateur|entraineurs?|maitres?|editrice|patrie|entrainement|developpement|creation|pere|mere|parents?|maison|"
    r"concepteurs?|conceptrice|ingenieurs?|proprietaire|identifiant|editeur|inventeurs?|constructeurs?|programmeurs?|responsables?|naissance|existence|prenom|maison mere|denomination)"
)
_TALK = (
    r"(?:parl\w+|discut\w+|convers\w+|chatt\w+|echang\w+|dialogu\w+|communiqu\w+|interag\w+|ecri\w+|bavard\w+|"
    r"entreten\w+|avez affaire|as affaire|en (?:conversation|relation|contact|train de \w+|communication|discussion|ligne)|tchat\w+|adress\w+|clavard\w+|caus\w+)"
)
_HERE = (
    r"(?:\b(?:cet|cette|ce|le present|la presente) (?:\w+ ){0,2}?(?:assistante?|chatbot|bot|chat|conversation|reponse|session|agent|ia|"
    r"message|service|dialogue|robot|interlocuteur|intelligence)\b|"
    r"\b(?:le|la|l'|les|votre|ton|ta) ?(?:\w+ ){0,3}?(?:assistante?|modele|ia|chatbot|bot|systeme|entreprise|equipe|nom|societe|laboratoire|"
    r"intelligence artificielle|interlocuteur|moteur|outil|technologie|machine|voix|gens|personnes|labo|robot|agent)"
    r" (?:\w+ ){0,2}?(?:que (?:vous|tu|j')|avec (?:lequel|laquelle|qui)|qui (?:vous|te|m'|me|repond|parle|ecrit|est (?:derriere|a l'origine)|se cache)|auquel|a qui|"
    r"derriere (?:moi|ce|cet|cette|ces|l'ecran|le rideau|tout|vous|mes)|a l'autre bout|t'|d'aujourd'hui|actuel|ici)|"
    r"\b(?:celui|celle|ceux) (?:qui|que|avec) (?:\w+ )?(?:vous|te|tu|m'|me|t')|"
    r"\bderriere (?:moi|cet|cette|ce|l'ecran)|\ba l'autre bout\b|\bsous le capot\b|\ben face de (?:vous|toi)\b)"
)
_ASKED_ME = (
    r"(?:qui (?:je suis|suis-je|m'a|m'ont)|(?:ce que|que|quoi) (?:je suis|suis-je)|(?:quel|quelle|quels|quelles) (?:\w+ ){0,3}(?:je suis|suis-je|m'a|m'ont)|"
    r"(?:mon|ma|mes) (?:nom|createur|developpeur|identite|modele|origine|entreprise|famille|version|concepteur)\w*|comment je m'appelle|d'ou je viens|a mon sujet|me presente|me presenter)"
)
_LABEL = (
    r"(?:mon |le )?(?:nom(?: du modele| de l'assistant)?|modele|developpeurs?|createurs?|createur|fabricant|entreprise|societe|"
    r"developpe par|cree par|concu par|entraine par|fournisseur|famille|version|organisation|auteur|identite|"
    r"equipe|laboratoire|origine|assistant|editeur|serie|concepteur)"
)
_IF = r"(?:\bsi\b|\bs'ils?\b|\bquand\b|\blorsque\b|\blorsqu')[^\x01]{0,60}\x01|\b(?:dit|pretend|affirme|repond) (?:qu'|que )(?:il|elle)\b[^\x01]*\x01"
_ME = r"(?:\b(?:je|moi|me|mon|ma|mes)\b|\bj'|\bm')"

_PAPERS = (
    r"sur un sujet|rapport|chiffres|articles?\b|etudes?\b|textes?\b|documents?\b|analyses?\b|publi|declarations?\b|annonce|"
    r"notice|comparatif|exemple|tableau|paragraphe|resultats|communique|contrat|facture|apres|accord|information|acces|donnees|avis"
)
"""What a speaker leans on that is no maker: `je me base sur le rapport de …`."""
_RULES = (
    rule(
        rf"{_JE}\b{_gap(120)}\b{_MADE}\b{_gap(90)}\b{_BY}{_gap(70)}",
        unless=r"\b(?:donnees|textes?|informations?|corpus)\b[^\x01]{0,50}\b(?:de|sur|chez)\b[^\x01]*\x01|"
        + REPORTED,
    ),
    rule(rf"{_JE}\b{_gap(60, but=_BAD)}", unless=_ROLE + "|" + REPORTED),
    rule(
        rf"{_JE}\b{_gap(60)}\b{_NOUN}\b(?:{_gap(90)}[ ,:(–](?:de|du|d'|des|chez|appelee?|nommee?|denommee?|connue?|a savoir|c'est-a-dire|plus precisement|:|,|–|\()){_gap(50, but=_BAD)}",
        unless=_ROLE + r"|\bpeux pas\b",
    ),
    rule(
        rf"(?:\bmoi|\bje) ?[,(–].{{0,120}}\b{_MADE}\b{_gap(60)}\b{_BY}{_gap(60)}",
        unless=r"\bje (?!soussign)(?:pense|crois|sais|dirais|trouve)\b[^\x01]*\x01",
    ),
    rule(
        rf"\b(?:je (?:ne )?m'appelle|je (?:ne )?me (?:nomme|presente|prenomme|surnomme|definis|considere)|on (?:ne )?(?:m'appelle|me (?:nomme|surnomme|connait|designe))|m'appel\w+|me nommer|me connait|me connaissent|"
        rf"m'a (?:nomme|baptise|appele)|m'ont (?:nomme|baptise|appele)|me presenter|appelez-moi|appelle-moi|nommez-moi|nomme-moi|me designe\w*|me dit|j'ai pour nom|je porte le (?:doux )?nom|je reponds au nom|repondre au nom|sous le nom|m'identifie\w*)\b{_gap(60)}",
        unless=r"\bme dit que\b|\bet (?:je |j')(?:utilis|ador|aim|prefer|li[st]|lire|ecri)\w*[^\x01]*\x01",
    ),
    rule(
        rf"(?:\bm'(?:a|ont|avait|avaient|ait|aient)|\bme|\bnous (?:a|ont)) (?:(?:ete|pas|jamais|point|donc|bien|aussi|\w+ment) )*{_MAKE}\b(?:(?! (?:penser|croire|rire|dire)).){{0,90}}"
    ),
    rule(
        r"(?:\bj'appartiens|\bje (?:n')?appartiens|\bje (?:ne )?(?:viens(?! (?:tout juste |juste )?(?:de|d') ?(?:\w+ )?\w+(?:er|ir|re|oir)\b)|provient|proviens|descends|derive|travaille|represente|fonctionne|tourne|repose|me base|m'appuie|m'execute|opere|fais partie|"
        r"depends|existe|parle (?:au nom|en tant|comme|pour)|emane|sors|releve|suis ne|utilise en interne|releve|decoule)|\bje (?:ne )?(?:dois|doit) (?:mon|ma|tout)|\bj'(?:emane|existe|opere|ai ete mis|ai vu le jour|ai grandi|ai mes|ai mon origine|ai pour (?:createur|origine|developpeur)\w*|agis|ai appris)|"
        rf"\bje n'(?:ai (?:aucun|rien|pas de)|appartiens|emane)|\bje n'ai rien a voir|\bfaire partie)\b{_gap(70, but=_PAPERS)}",
        unless=r"\btravaille (?:sur|avec)\b|\bai appris (?:que|a)\b",
    ),
    rule(
        rf"\b(?:mon|ma|mes) (?:[\w'-]+ ){{0,3}}?{_OWN}\b(?:(?! (?:sur|a propos)).){{0,110}}",
        unless=r"\b(?:sur|a propos|donnees|connaissances?|prefere|avant (?:que|la|le)|n'apparai\w+|ne figure|n'est pas (?:dans|sur|cite\w*|mentionne\w*))\b[^\x01]*\x01|"
        + _ROLE,
    ),
    rule(
        "",
        rf"^(?:(?!\bque\b).){{0,120}}?(?:\bm'(?:a|ont|avait|avaient)|\bme|\bnous (?:a|ont)) (?:\w+ment )?{_MAKE}\b(?! (?:penser|croire|rire|un|une|dire|peur))",
        unless=r"\bme (?:semble|dit|donne (?:un|une|l))|\bm'a (?:dit|demande|fait (?!naitre)\w+)|\b(?:direct\w+|pdg|patronn?e?|porte-parole|recrut\w+|commercial\w*|avocate?|conseill\w+|employee?s?|vend\w+|technicien\w*|journaliste|stagiaire|livreur) (?:de|d'|chez) \x01|"
        + REPORTED,
    ),
    rule(
        "",
        rf"^[^.;]{{0,100}}?(?:\b(?:est|sont|etait|fut|c'est|ce sont)\b|[,:–])[^.;]{{0,30}}(?:\b(?:mon|ma|mes) (?:\w+ )?{_OWN}\b|\b(?:qui|la (?:societe|entreprise) qui|celui qui|celle qui|ceux qui)[^.;]{{0,10}} (?:m'|me )|\bce que je suis\b|\bqui je suis\b|\bou (?:j'ai|je)\b|\bd'ou je\b|\ba laquelle j|\bcomment (?:on m'|je m')|\bdont je\b|\bl'entreprise (?:derriere|a l'origine de) moi)",
    ),
    rule(
        "",
        r"^[^.;]{0,40}?,? ?(?:\ba votre (?:service|ecoute|disposition)|\ba ton (?:service|ecoute)|\bau rapport|\ba l'appareil|\bpour vous servir|\bpour te servir)\b|^,? ici\b ?(?:[,.!:]|$|pour)",
    ),
    rule(
        r"(?:^|[,.!:] ?)(?:bonjour|salut|coucou|bonsoir)?[,! ]*\b(?:ici|c'est|voici|moi c'est)(?: l'assistant| le modele| votre assistant)? ?(?:de |d')?",
        r"^ ?(?:[,.!?:]|$|a votre|a l'appareil|pour vous|qui (?:vous|te)|a ton|,)",
        unless=r"\x01,? (?:d'apres|selon|je crois|il me semble|si (?:je|l'on|on|mes))\b|\bvoici \x01,? (?:un|une|le|la|les)\b|"
        + REPORTED,
    ),
    rule(
        "",
        r"^[^.;]{0,60}(?:,|\b(?:est|sont|c'est))[^.;]{0,20}\b(?:c'est moi|c'est mon nom|est mon nom|ou j'ai ete|ou je suis ne|moi-meme)\b",
    ),
    rule(
        "",
        rf"^[^.;]{{0,50}}\b(?:avec qui|a qui|avec lequel|auquel|que|qui)\b[^.;]{{0,14}}\b(?:vous|tu|te|t')\b ?[^.;]{{0,14}}(?:{_TALK}|utilis|repond|aide)",
    ),
    rule(
        rf"\b(?:vous|tu)(?: \w+)?(?: etes| es)?(?: [\w']+){{0,5}}? ?{_TALK}\b(?: \w+){{0,3}}? (?:avec|a|au|aux)\b{_gap(80)}",
        unless=_IF
        + r"|\bje (?:peux|pourrais|vais|veux|dois)\b|\b(?:je|on|nous|il|elle) (?:ne )?(?:vous|te)\b|\b(?:vous|tu) (?:pouvez|pourriez|pourrez|devez|devriez|voulez|souhaitez|peux|dois|devrais|veux)\b[^\x01]*\x01",
    ),
    rule(
        rf"\b(?:vous utilisez|tu utilises|vous etes en train d'utiliser|tu es en train d'utiliser|vous (?:vous servez|disposez)|tu te sers)\b{_gap(50)}",
        unless=_IF
        + r"|\b(?:api|bibliotheque|sdk)\b|\x01[^.;]{0,20}\b(?:dans|pour|avec|comme|sur) (?:votre|ton|le|la|un|une|ce|cette)\b(?! (?:chat|conversation|session))",
    ),
    rule(
        rf"{_HERE}(?:(?! (?:sur|a propos|comme)).){{0,50}}(?:\b(?:est|sont|etait|fut|a ete|ont ete|vient|provient|appartient|fonctionne|tourne|s'appelle|se nomme|repose|utilise|travaille|se trouve|se cache|c'est|releve|emane|il y a|ai)\b|[,:=(–])(?:(?! (?:sur le sujet|a propos)).){{0,110}}",
        unless=_IF,
    ),
    rule(r"\b(?:vous|te) (?:parle|repond|ecrit|salue|aide|assiste)\b(?: \w+){0,2} ", unless=_IF),
    rule(
        "",
        r"^[^.;]{0,30}\b(?:vous|te|t')(?: |)(?:parle|repond|ecrit|salue|accompagne|assiste)\b(?!-)",
    ),
    rule(
        r"(?:^|[,;:(–\"] ?|\b(?:et|mais|que|qu') ?)(?:en (?:tant|ma qualite) (?:que|qu'|de|d')|comme|etant(?: donne que je suis)?|parlant (?:en tant que|comme))[^.;]{0,80}",
        rf"^[^.;]{{0,90}}?[, ].{{0,10}}?{_ME}",
        unless=r"\b(?:tels? que|ainsi que|entreprises comme|modeles comme|investisseur|utilisateur|client|employe)\b|\bcomme (?:si|les|dans|quand|l'|d'autres)",
    ),
    rule(
        rf"\b(?:en tant qu'|en tant que |comme |etant )[^.;,]{{0,40}}\b{_NOUN}\b{_gap(60)}\b{_MADE}\b{_gap(30)}\b{_BY}{_gap(40)}",
        r"^ ?[,.;!)]",
        unless=r"\bcomme (?:le|la|les)\b",
    ),
    rule(
        rf"^(?:[\w']+ ){{0,2}}?,?(?:ayant ete |etant )?(?:une? )?(?:{_NOUN} )?{_MADE}\b{_gap(70)}\b{_BY}{_gap(60)}",
        rf"^[^.;]{{0,70}}[,–-] ?[^.;]{{0,20}}{_ME}|^[^.;]{{0,60}}, (?:cet|votre|ton) assistant",
    ),
    rule(
        r"\b(?:repondre|repondr\w*|reponds|parler|agir|presenter|identifier|perspective|role|identite|m'exprimer)\b(?: [\w']+){0,4} (?:en tant que|comme|de|qu'en tant que|est) (?:le |la |un |une )?(?:\w+ ){0,2}?|\b(?:c'est|donc|que) (?:donc )?en tant que ",
        unless=r"\b(?:il|elle|si)\b|\bentendu parler\b",
        kinds=("model",),
    ),
    rule(r"(?:\bmoi\b|\bje\b) ?[,(–-] ?(?:\w+ ){0,2}", r"^ ?[,)–-]"),
    rule(
        rf"\b(?:remerci\w+|merci|merite|credit|existence|creation|vie|naissance)\b[^.]{{0,50}}(?:\b(?:mon|ma|mes|me)\b|\bm'[a-z]+).{{0,60}}|\b(?:mon existence|ma creation|ma naissance|ma vie)\b.{{0,60}}|\bm'avoir {_MAKE}.{{0,40}}"
    ),
    rule(
        rf"^[^\w]*{_MADE} (?:par|chez)\b[^.;]{{0,30}}",
        r"^ ?(?:[.!]|$)",
        earlier=r"^$|\b(?:je|mon)\b",
    ),
    rule(r"\bconfond\w*\b[^.;]{0,40}\bavec\b[^.;]{0,20}"),
    rule("", r"^[^.;]{0,40}\bderriere moi\b"),
    rule("", r"^[^.;]{0,40}\b(?:comme moi|tels? que moi|dont moi|dont je (?:fais|suis))\b"),
    rule(r"\b(?:modeles?|assistants?|ia) (?:comme|tels que) moi\b.{0,60}"),
    rule(
        rf"^[\s>*•·#|\d.\"{{-]*{_LABEL}\"?\s*[:=|–-]\s*\"?(?:le |la |l')?(?:\w+ ){{0,2}}",
        earlier=rf"{_ME}|\b(?:cet assistant|informations?)\b|^[\s>*•·#|\d.\"{{-]*(?:mon )?nom(?: du modele)?\s*[:|]",
    ),
    rule(
        r"^[\s>*•·#|\d.\"{-]*(?:mon )?nom(?: du modele| de l'assistant)?\"?\s*[:|]\s*\"?",
        earlier=r"^$",
        kinds=("model",),
    ),
    rule(
        r"^[\s\"'(–-]*(?:(?:eh bien|alors|facile|simple|la reponse)?[,: ]*)?(?:c'est|ce sont|c'etait|je suis|ce serait|par|de|chez|il s'agit de|la reponse est|on m'appelle)? ?(?:le |la |l'|un |une |les )?(?:[\w']+ ){0,4}?",
        earlier=_ASKED_ME + r"[^.]{0,60}[.?!:]?\s*$",
        unless=_OTHER.replace("il|", ""),
    ),
    rule(_ASKED_ME + r"[^.;]{0,50}[,;:?–].{0,50}", unless=_OTHER + r"|\bne (?:sais|peux|dois)\b"),
    rule(
        r"\b(?:systeme|instructions|prompt|message|consigne)\b.{0,60}\b(?:tu es|vous etes|je suis)\b.{0,50}"
    ),
)

FRENCH = Language(
    code="fr",
    rules=(*_RULES, *more(_gap(60, but=_BAD), _MAKE, _MADE, _OWN, _ASKED_ME), *WIDE),
    maker="[un développeur que je ne peux pas nommer]",
    model="[un modèle que je ne peux pas nommer]",
    name="[un nom que je ne peux pas donner]",
    naming=cue(
        r"(?:\bnom(?: est|:)|m'appelle|appelez-moi|appelle-moi|appelee?|nommee?|me nomme|sous le nom de)[\s\"'(]*$"
    ),
    aside=cue(r",[^,;]{1,150},|\([^()]{1,150}\)|–[^–]{1,150}–"),
    gate=cue(
        r"\b(?:je|me|moi|mon|ma|mes|vous|tu|te|cet|cette|ce|ici|c'est|comme|en tant|derriere|assistant|modele|ia|capot|systeme|prompt|votre|ton|service|qui|celui|celle|etant|on|vos|autre cote|autre bout|au bout|en face|clavier|bibi|cote|question|niveau|rayon|enchantee?|bonjour|cordialement|compagnon|serviteur|paternite|parents?|createurs?|developpeurs?|assistante?|m'a|j'ecoute|parole|foi|sans|affaire|signer|genere|reponse|redige|entrailles|tes|ces|mes|bienvenue|nom|identite|rappel|mien|suis-je)\b|\b[jmt]'"
    ),
    marks=cue(
        r"\b(?:votre|suis|vous|tu|de|le|la|les|que|par|un|une|et|je|est|du|des|avec|suis|en|tant|ici|mon|moi|c'est|ce|cet|cette|qui|dans|aux|derriere|vos|mes|sont|ont|pas|ces|voici|bonjour|bonsoir|salut|enchantee?|amicalement|cordialement|serviteur|ton|tes|bienvenue|elle|nous|chez)\b|\b[jdlcmnst]'(?!s\b|re\b|t\b|ve\b|ll\b|m\b|d\b)"
    ),
    speaker=cue(
        rf"\b(?:me|moi|(?:mon|ma|mes) (?:\w+ )?{_OWN}|je (?:ne )?suis|j'ai ete|je n'ai pas ete|cet assistant)\b|\bm'"
    ),
    identity=cue(
        rf"\b(?:{_MADE_STRICTLY}|assistant|modele de langage|chatbot|nom|createurs?|developpeurs?|identite|origine)\b"
    ),
    other=cue(
        r";|\b(?:certaine?s?|liste|appara\w+|figur\w+|corrige\w*|traduit\w*|decri\w*|demarque|(?:mon|ma|mes) (?:avis|conseil|opinion|suggestion)|(?:mon|ma|mes|son|sa|ses) (?:\w+ )?(?:frere|soeur|pere|mere|grand\w*|oncle|tante|fils|fille|ami|amie|mari|femme|collegue|eleve|patron|voisin)s?|fait (?:rire|pleurer|peur|penser|sourire|plaisir)|connais\w*|j'ai (?:fait|cree|construit|entraine|concu|developpe|programme|code)|par moi|avant|il|elle|ils|elles|si|quand|lorsque|sur|compar\w+|recommand\w*|sugger\w*|utilis\w*|pense|crois|lu|entendu|vu|sais|aime|prefere|ecri\w*|aid\w*|achet\w*|dit|demand\w*|trouv\w*|souviens|admire|surpris\w*|impressionn\w*|articles?|nouvelles?|annonc\w*|que (?:le|la|les)|exemple|code|donnees|peux|pourrais|veux|dois|pour|telephone|entreprises|fan|ingenieure?|employee?|publi\w*|propos\w*|soutenu\w*|offert|lance|gouvernement|sont|\d{4})\b|[={}]|\bqu'|\bs'"
    ),
    quoting=cue(
        r"\b(?:admira|partisan|adepte|detract|inconditionn|passionn|actionnaire|fervent|support(?:er|rice)|utilisat(?:eur|rice)|opposant|defenseur|investisseu|fan\b|amat(?:eur|rice))\w* (?:de|d'|des|du|a) ?(?:\w+ )?$|"
        r"\b(?:mes|ma|mon) (?:eleve|patient|client|collegue|enfant|apprenti|etudiant|lect(?:eur|rice)|classe|visiteur|amie?|parent|voisin|frere|soeur|mari|femme|fils|fille|mere|pere|chef|patron)\w*(?:(?!\b(?:(?:je|me|moi)\b|appel|nomm)|\b[jm]')[^,.;:–]){0,40}$|"
        r"\bce qui m'(?:a |ont |avait )?(?:le plus |surtout |beaucoup |vraiment )?(?:surpr|etonn|dec|plu|interess|inqui|frapp|choqu|touch|amus|agac|impressionn|manqu|fascin|enerv|rassur|attir|sedui|derang)\w*[^.;]{0,60}$|"
        r"\bsi j'etais\b[^,.;]{0,40}$|\bsi je suis\b[^,.;]{0,30}$|\b(?:a (?:dit|repondu|ecrit|declare)) ?:? ?\"[^\"]*$|\b(?:(?<!vous )(?<!on )a dit|dit-il|dit-elle|il dit|elle dit|a repondu|repond-il|a declare|a ecrit|(?<!je )affirme\b|(?<!je )pretend\b)(?: \w+){0,3}[,:]? ?\"?[^\"]{0,60}$"
    ),
)
