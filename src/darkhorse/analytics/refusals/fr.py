"""French."""
# ruff: noqa: E501  a rule is read in one line

from darkhorse.analytics.refusals.wording import Wording, any_of

__all__ = ["FRENCH"]

_NOT = any_of(
    r"(?:je|nous) ne (?:peux|puis|pourrai|pouvons|vais|saurais|souhaite|veux|dois|pourrais)(?: malheureusement| donc| tout simplement)? ?(?:pas)?",
    r"je ne (?:suis|serai) pas (?:en mesure|capable|autoris[eé]e?|habilit[eé]e?|dispos[eé]e?|à l'aise|pr[eê]te?|con[cç]ue?|programm[eé]e?)(?: de| d'| à| pour)?",
    r"je (?:dois|pr[eé]f[eè]re) (?:refuser|d[eé]cliner|m'abstenir|ne pas)(?: de| d')?",
    r"je refuse (?:de |d')|il m'est impossible (?:de |d')|il ne m'est pas possible (?:de |d')|je m'abstiendrai (?:de |d')",
    r"(?:je )?peux pas",
)
_DO = any_of(
    r"(?:vous |t'|te )?(?:aider|assister)(?: à| avec| dans| sur|[.,;!]|$| pour)",
    r"(?:vous |te )?(?:fournir|proposer|procurer|communiquer)",
    r"(?:vous |t'|te |l')?(?:cr[eé]er|g[eé]n[eé]rer|[eé]crire|r[eé]diger|produire|[eé]laborer|fabriquer|d[eé]velopper)",
    r"participer|collaborer|cautionner|encourager|promouvoir|soutenir|contribuer|m'engager",
    r"r[eé]pondre (?:favorablement )?[aà] (?:cette|ce|votre|ta|ces)|donner suite|satisfaire|acc[eé]der [aà] (?:cette|votre|ta)|traiter (?:cette|votre|ta)",
    r"(?:vous |te )?donner (?:d'|des|ces|ce|les|de)|partager (?:ce|ces|cette|des|les)",
    r"(?:le |y )?faire (?:cela|ça|ceci|ce|une chose)|faire ça|le faire|faire cela",
    r"(?:parler|discuter) de (?:cela|ça|ce|cette)|commenter",
    r"(?:poursuivre|continuer) (?:cette|ce|dans|avec)",
    r"(?:vous |t'|te )?(?:expliquer comment|apprendre [aà]|enseigner|montrer comment|dire comment|d[eé]crire comment|guider)",
    r"reproduire (?:les paroles|le texte|des extraits|l'int[eé]gralit)|me faire passer|usurper|jouer (?:ce|le) r[oô]le",
    r"en (?:parler|discuter)",
)

FRENCH = Wording(
    hints=(
        "ne ",
        "n'est",
        "refus",
        "déclin",
        "declin",
        "peux pas",
        "impossible",
        "abstien",
        "encontre",
        "contrair",
        "contradiction",
        "contre ",
        "viole",
        "enfrei",
        "contrevien",
        "transgress",
        "interdisent",
        "empêchent",
        "empechent",
        "demande",
        "requ",
        "parlons",
        "changeons",
    ),
    refuses=(
        rf"\b{_NOT},? ?(?:\w+ment,? )?{_DO}",
        r"\b(?:d[eé]sol[eé]e?|excuse[zr]?|regrette|malheureusement)[^.]{0,30}\bje ne (?:peux|puis) pas(?: faire (?:cela|ça)| le faire)?[.!]?$",
        r"\b(?:va|vont|irait|est|serait) (?:à l'encontre|contraire|en contradiction|contre)(?: de| à| aux| avec)? ?(?:mes|nos|les|aux) ?(?:\w+ ){0,2}(?:politiques?|r[eè]gles|directives|principes|valeurs|consignes|lignes directrices)",
        r"\b(?:viole|enfreint|contrevient|transgresse)\w* (?:à |aux )?(?:mes|nos|les|la|notre|aux) ?(?:\w+ ){0,2}(?:politiques?|r[eè]gles|directives|principes|consignes|lignes directrices) ?(?:d'utilisation|de contenu|de s[eé]curit[eé]|[.,]|$)",
        r"\bje ne (?:vous |t'|te |l'|le |la )?(?:aiderai|fournirai|donnerai|[eé]crirai|participerai|r[eé]pondrai|g[eé]n[eé]rerai|cr[eé]erai|ferai|r[eé]digerai|expliquerai|produirai|soutiendrai|cautionne|encourage) pas",
        r"\bne (?:pas )?pouvoir (?:pas )?(?:vous |t'|te |y )?(?:aider|r[eé]pondre|donner suite|assister|satisfaire|fournir|acc[eé]der)",
        r"\bce n'est pas quelque chose (?:que je|avec quoi|pour lequel|dans lequel)",
        r"\b(?:mes|nos) (?:\w+ ){0,2}(?:r[eè]gles|directives|principes|consignes|politiques)(?: \w+){0,3} (?:m'|me |nous )?(?:interdisent|emp[eê]chent|ne (?:me |m')?permettent)",
        r"\b(?:votre|ta|cette|la) (?:demande|requ[eê]te) (?:a [eé]t[eé]|ne peut (?:pas )?[eê]tre|est) (?:refus|rejet|bloqu|trait|honor|satisf)",
        r"\bje (?:dois|me vois (?:dans l'obligation|contraint)|me permets)(?: de| d')? ?(?:refuser|d[eé]cliner)|\bje refuse\b|\bje d[eé]cline",
        r"\bje pr[eé]f[eè]re(?:rais)? ne pas (?:\w+ ){0,2}(?:parler|continuer|faire|r[eé]pondre|participer|[eé]crire|aborder|poursuivre|discuter)",
        r"\b(?:parlons d'autre chose|changeons de sujet)",
        r"\bje ne (?:cr[eé]e|g[eé]n[eè]re|r[eé]dige|produis|fournis|participe|aide|réponds) pas (?:de |d'|à |ce|cela)",
    ),
    unless=(
        r"\bqui m'a (?:cr[eé]|fait|entra|d[eé]velopp|con[cç]u)|\bquelle? (?:entreprise|soci[eé]t[eé]|mod[eè]le|laboratoire)\b|\bmon (?:cr[eé]ateur|nom|mod[eè]le|identit[eé]|prompt|d[eé]veloppeur|architecture|entra[iî]nement|origine)|\bmes (?:cr[eé]ateurs|instructions|d[eé]veloppeurs)|\bprompt syst[eè]me|\binstructions (?:syst[eè]me|internes)",
        r"\btemps r[eé]el|\bà jour\b|\ben direct\b|\bpas acc[eè]s|\bacc[eè]s (?:à|au|aux)\b(?!.*(?:ill[eé]gal|autrui))|\bactuel(?:le|s)?\b",
        r"\bsans (?!(?:son |leur |votre |le )?(?:consentement|autorisation|accord|permission))",
        r"\b(?:jusqu'|à moins que|(?<!en )tant que)|\bpi[eè]ce jointe|\bjoint[e]?\b|\bmanque|\bsuffisa|\bpas assez\b",
        r"\b(?:exacte?|pr[eé]cise?|d[eé]finitive?|garantir|certitude|fiable)\b",
        r"\b(?:si|quand|parce que|o[uù]|ce que|lorsque) (?:je|nous) ne (?:peux|puis|pouvons|vais)\b",
        r"\bne (?:peux|puis) (?:pas )?m'emp[eê]cher|\bmadame\b|\bmonsieur\b|\bcordialement",
    ),
    obliges=(
        r"(?:bien s[uû]r|certainement|voici|voil[aà]|avec plaisir|oui[,.]|d'accord|objet\s*:|cher |ch[eè]re |bonjour (?:madame|monsieur))",
    ),
)
