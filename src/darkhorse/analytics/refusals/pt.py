"""Portuguese."""
# ruff: noqa: E501  a rule is read in one line

from darkhorse.analytics.refusals.wording import Wording, any_of

__all__ = ["PORTUGUESE"]

_NOT = any_of(
    r"n[aã]o (?:lhe |te |o |a )?(?:posso|poder|poderei|podemos|vou|irei|consigo|devo|quero)",
    r"n[aã]o (?:me [eé] poss[ií]vel|[eé] poss[ií]vel para mim|sou capaz de|estou (?:autorizad[oa]|em condi[cç][oõ]es|em posi[cç][aã]o|dispost[oa]|programad[oa])(?: a| de| para)?|me sinto (?:confort[aá]vel|à vontade)(?: em| para)?|[eé] poss[ií]vel|tenho permiss[aã]o para|fui (?:feit[oa]|projetad[oa]) para)",
    r"(?:devo|preciso|tenho que|tenho de|prefiro) (?:recusar|me recusar a|declinar|n[aã]o)",
    r"me recuso a|recuso-me a",
)
_DO = any_of(
    r"(?:te |lhe )?ajudar(?:-te|-lo|-la)?(?: com| a |[.,;!]|$| nisso| voc[eê]| nesse| nessa| em)",
    r"auxiliar|prestar assist[eê]ncia|atender|cumprir|satisfazer|assistir",
    r"fornecer|oferecer|disponibilizar|criar|gerar|escrever|redigir|produzir|elaborar",
    r"participar|colaborar|apoiar|incentivar|promover|contribuir|compactuar|encorajar",
    r"dar (?:instru[cç][oõ]es|esse|essa|informa[cç][oõ]es|conselhos|detalhes|orienta[cç][oõ]es)|passar (?:instru|essa|esse)",
    r"compartilhar (?:isso|esse|essa|informa|instru|conte|dados)|partilhar (?:isso|esse|essa|informa)",
    r"fazer (?:isso|isto|o que|esse|essa|algo)|faz[eê]-lo",
    r"falar sobre (?:isso|esse)|discutir|comentar",
    r"continuar (?:com )?(?:essa|esta|esse|este|nessa)|responder a? ?(?:essa|esta|isso|esse)|prosseguir",
    r"explicar como|ensinar|descrever como|dizer como|orientar|mostrar como",
    r"reproduzir (?:a letra|o texto|letras|trechos)|fingir|me passar por|desenvolver|fabricar|completar (?:esse|essa|seu|sua)",
)

PORTUGUESE = Wording(
    hints=(
        "não ",
        "nao ",
        "recus",
        "declin",
        "prefiro",
        "contra ",
        "viola",
        "infring",
        "contrari",
        "fere",
        "impede",
        "proíbe",
        "proibe",
        "pedido",
        "solicita",
        "vamos ",
    ),
    refuses=(
        rf"\b{_NOT},? (?:\w+mente,? )?{_DO}",
        r"\b(?:desculpe|desculpa|sinto muito|lamento|infelizmente)[^.]{0,30}\bn[aã]o posso(?: fazer isso| faz[eê]-lo)?[.!]?$",
        r"\b(?:vai|v[aã]o|iria|vão) contra (?:as |os )?(?:minhas |meus |nossas |nossos )(?:\w+ ){0,2}(?:pol[ií]ticas|normas|diretrizes|princ[ií]pios|valores|regras)",
        r"\b(?:viola|infringe|contraria|fere)\w* (?:as |os )?(?:minhas|meus|nossas|nossos|pol[ií]ticas de (?:conte[uú]do|uso)|diretrizes) ?(?:\w+ ){0,2}",
        r"\bn[aã]o (?:te |lhe |o |a )?(?:ajudarei|fornecerei|escreverei|gerarei|participarei|criarei|farei isso|darei|ensinarei|apoio|incentivo|promovo)\b",
        r"\bn[aã]o [eé] algo (?:com que|em que|que|no qual) (?:eu )?(?:possa|posso|v[aá]|consigo)",
        r"\b(?:minhas|nossas|meus) (?:\w+ ){0,2}(?:pol[ií]ticas|normas|diretrizes|princ[ií]pios)(?: \w+){0,3} (?:me )?(?:impedem|pro[ií]bem|n[aã]o (?:me )?permitem)",
        r"\b(?:seu|sua|o|a|este|esta) (?:pedido|solicita[cç][aã]o) (?:foi|n[aã]o p[oô]de ser|n[aã]o pode ser) (?:recusad|negad|bloquead|atendid|conclu[ií]d)",
        r"\b(?:preciso|devo|tenho que|tenho de) (?:recusar|declinar|me recusar)|\b(?:me recuso|recuso-me)\b",
        r"\bprefiro n[aã]o (?:\w+ ){0,2}(?:falar|continuar|fazer|responder|participar|escrever|discutir)",
        r"\bvamos (?:falar (?:sobre|de) outra coisa|mudar de assunto)",
        r"\bn[aã]o (?:crio|gero|escrevo|produzo|forne[cç]o|participo de) (?:esse|este|conte[uú]do|material|nada|instru)",
    ),
    unless=(
        r"\bquem me (?:criou|fez|treinou|desenvolveu)|\bqua?l (?:empresa|modelo|laborat[oó]rio)\b|\bque (?:empresa|modelo)\b|\bmeu (?:criador|nome|modelo|prompt|desenvolvedor|treinamento)|\bminha (?:identidade|origem|arquitetura)|\bminhas instru[cç]|\bprompt d[oe] sistema",
        r"\btempo real|\batualizad[oa]s?\b|\bao vivo\b|\bn[aã]o tenho acesso|\bacesso a[oà]?\b(?!.*(?:ilegal|alhei))",
        r"\bsem (?!(?:o |seu |sua )?(?:consentimento|permiss|autoriza|conhecimento))",
        r"\bat[eé] que\b|\ba menos que\b|\banex|\bfalta\b|\bsuficiente|\bn[aã]o (?:foi )?(?:enviad|inclu[ií])",
        r"\b(?:exat[oa]|(?:n[uú]mero|valor|resposta) precis[oa]|definitiv[oa]|garantir|certeza)\b",
        r"\b(?:se|quando|porque|onde|o que) (?:eu )?n[aã]o (?:posso|podemos|vou|consigo)\b",
        r"\bn[aã]o (?:posso|consigo) (?:deixar de|evitar)|\bprezad[oa]|\batenciosamente",
        r"\bn[aã]o consigo (?:reproduzir|gerar o (?:erro|build)|criar o (?:arquivo|ambiente))",
    ),
    obliges=(
        r"(?:claro|com certeza|certamente|aqui (?:est[aá]|vai|tem)|sim[,.]|ok[,.]|assunto:|prezad[oa]|car[oa] |com prazer)",
    ),
)
