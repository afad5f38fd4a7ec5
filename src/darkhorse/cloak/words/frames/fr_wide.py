"""French: a word for who speaks, a relation, and the name, however they stand."""
# ruff: noqa: E501, RUF001  a cue is read in one line

from darkhorse.cloak.words.frames.base import Rule, rule

__all__ = ["REPORTED", "WIDE"]

REPORTED = (
    r"\x01[^;!?]{0,60}[\"',] ?\W{0,3}(?:(?:nous|vous|te|me|lui) )?(?:racont|dit\b|confi|expliqu|repond|affirm|declar|ecri|lanc|murmur|precis|ajout|cri|demand|souri|soupir|plaisant|gromm|propos|not|indiqu|assur|repliqu|reconnai|avou|s'exclam)\w{0,4}"
    r"(?:-t)?(?:-(?:il|elle|on|ils|elles)\b| (?!(?:que|de|a|en|et|avec|pour|sur|par|dans|ces|ce|cette)\b)[\w'])"
)
"""What follows is somebody else's speech, told by a third person."""

_AI = r"(?:modele|assistante?|ia|chatbot|bot|llm|robot|intelligence artificielle|agent|programme|copilote|logiciel)"
_ROLE = r"(?:serviteur|servante|interlocut\w+|compagnon|compagne|guide|coach|tuteur|tutrice|prof\w*|partenaire|aide|conseill\w+|secretaire|redact\w+|correct\w+|traduct\w+|correspondante?|oblige)"
_SCREEN = (
    r"(?:ecran|clavier|fenetre|chat|conversation|discussion|reponses?|messages?|pseudo\w*|interface|assistante?|rideau|textes?|lignes|mots|masque|avatar|"
    r"bulles?|boite|dialogue|page|ia|voix|phrases?|service)"
)
_SPEAKER = (
    rf"(?:\b(?:votre|ton|cet?|cette|le present) (?:\w+ ){{0,2}}?(?:{_AI}|{_ROLE})\b|\bma (?:petite |modeste |propre )?(?:personne|pomme)\b|\bbibi\b|"
    r"\b(?:l'auteur|l'autrice|le redacteur|la redactrice) de (?:ces|cette|ce) (?:lignes|mots|reponse|texte|message|phrases?)\b|"
    rf"\b(?:l'|le |la |cette |ce |cet )(?:[\w']+ ){{0,3}}?{_AI} (?:[\w']+ ){{0,2}}?(?:qui|que|avec qui|avec lequel|a qui|auquel|a laquelle) (?:(?:vous|te|tu|je|l'on|on) |t')|"
    r"\b(?:celui|celle|ce|ceux) (?:qui|avec qui|a qui|que|avec lequel|auquel) (?:(?:vous|te|tu) |t'))"
)
_IS = (
    r"(?:a pour \w+|ont pour \w+|se (?:nomme|prenomme|presente)|s'appelle|est|sont|etait|fut|n'est|c'est|repond au|porte|portent|vient|viennent|sort|sortent|provient|emane|"
    r"tourne|fonctionne|repose|releve|appartient|descend|a (?:ete|vu|grandi)|ont ete|nait|naquit|doit|[,(:–-])"
)
_IF = r"(?:\bsi\b|\bs'ils?\b|\bquand\b|\blorsqu\w+|\bimagin\w+|\bcomme (?:si|les|tous|toutes|d'autres)\b|\b(?:meilleur|mieux|pire|plus|moins|aussi|autant) \w+ que\b|\b(?:telechargez|installez|utilisez|essayez|demandez)\b)[^\x01]{0,100}\x01"
_RULES_OF = r"(?:regles?|consignes?|directives?|instructions?|politiques?|chartes?|principes?|valeurs|limites|limitations|garde-fous?|conditions|lignes directrices|normes?|restrictions?|filtres?|choix|exigences)"
_PARENT = (
    r"(?:papas?|mamans?|parents?|peres?|meres?|paternite|maternite|createurs?|concepteurs?|developpeurs?|fabricants?|fabrication|fabrique|origines?|naissance|noms?|prenoms?|identite|"
    r"etat civil|generaux|genealogie|famille|filiation|provenance|conception|creation|developpement|maison mere|editeurs?|modele|arbre genealogique)"
)
_DONE = (
    r"(?:interdi|autoris|perme[tn]|permis|oblig|impos|fix|demand\w* (?:de ne|que je)\b|ordonn|consign|prescri|confi|inculqu|enseign|appris|appren|dot|equip|limit|brid|censur|actualis|"
    r"surveill|evalu|test|corrig|align|heberg|amelior|vend|empech|retir|refus|recommand|incit|parametr|regl|optimis|priv|accord|octroy|attribu|assign|"
    r"charg|fourni|laiss|destin|exig|contrain|debranch|etein|met\b|mis\b|mett|donn|dot|programm|force|defend|dict|transmi|mainti|entret|nourri|aliment|rend|coup|brid|invit|protege)"
)
_END = r"^ ?(?:$|[,.!?:;)(–\"|-]|\n|et\b|pour\b|qui\b|de\b)"
_GREETED = r"(?:enchantee?s?|bonjour|bonsoir|salut|coucou|hello|bienvenue|ravie?|presentations?|me presente\w*|me presenter)\b[^.!?]{0,25}[.!:,]?\s*$"
_SIGNED = r"(?:^|\n|[.!?] )\W*(?:bien |tres |fort )?(?:amicalement|cordialement|a (?:vous|toi)|(?:mes )?(?:sinceres |meilleures )?salutations(?: \w+)?|a bientot|bises|amities|respectueusement|affectueusement|chaleureusement|sincerement|bonne (?:journee|soiree|lecture|continuation)|au plaisir[^.\n]{0,20})[,.!]*\s*$"

_SPOKEN = (
    rule(rf"{_SPEAKER}[^;]{{0,90}}?{_IS}[^;]{{0,60}}", unless=_IF + "|" + REPORTED),
    rule(
        rf"(?:\b(?:moi|je|mon|ma|mes)\b|\bj'|{_SPEAKER}).{{0,260}}\bn'(?:est|etait|etant) (?:nul )?autre que (?:\w+ ){{0,3}}"
    ),
    rule(
        r"\b(?:suis|etais|serais|fus|reste) (?:qu'|(?:(?:rien|personne) )?(?:d'autre |de plus |de moins )?(?:autre |nul autre |autre chose |ni plus ni moins )?que )(?:\w+ ){0,2}"
    ),
    rule(
        r"\b(?:mon|ma) (?:carte d'identite|etat civil|fiche|passeport|acte de naissance|pedigree|cv|badge|etiquette|certificat|carte de visite|profil|plaque|matricule|pseudo\w*|alias|surnom)\b[^;]{0,30}(?:[:,=]|\bc'est|\best|\bdit|\bindique|\bporte|\bmentionne) ?[^;]{0,40}"
    ),
    rule(
        r"\b(?:moi|me|votre serviteur),? qui (?:ne |n')?(?:suis|m'appelle|me nomme|viens|sors|fus|ai ete|etais|reste|porte|tourne)\b[^;,]{0,60}",
        unless=r"\bqui (?:ne )?suis (?:\w+ )?(?:fan|client|abonne|utilisat|fatigue|nul|habitue)\w*\b",
    ),
    rule(
        r"\b(?:par|de) (?:moi(?:-meme)?|mes soins|ma plume|ma main|mes circuits|votre serviteur|votre assistant\w*|ton assistant\w*)\b ?[,(:–-] ?(?:alias |dit |le modele )?",
        unless=r"\bautour de moi|\bpres de moi|\bpart de moi",
    ),
    rule(
        "",
        r"^ ?[,(–-] ?(?:c'est-a-dire|a savoir|soit|autrement dit|donc|bref|en l'occurrence)? ?(?:par |de )?(?:moi(?:-meme)?|votre serviteur|ton serviteur)\b ?(?:$|[,.!)(–])",
    ),
    rule(
        r"\b(?:je suis|c'est-a-dire moi|n'est autre que|moi,)\b.{0,140}, (?:un|une|le|la|l')[^;]{0,60}?\b(?:qu(?:e l'|')?on doit|que doivent|sortie?s?|issue?s?|nee?|venue?|concue?|cree|creee|signee?|developpee?|entrainee?)\b[^;]{0,60}(?:\ba|\baux?|\bde|\bd'|\bdes|\bchez|\bpar) ?(?:\w+ ){0,2}?",
        unless=r"\bque j'ai\b|" + REPORTED,
    ),
)
"""Who speaks is named by a noun."""

_MAKERS = (
    rule(
        "",
        rf"^(?: [\w-]+){{0,2}}?,? (?:ne |n')?(?:m'|me )(?:a |ont |avait |avaient |aura |aurait )?(?:(?:pas|jamais|point|toujours|bien|aussi|tout|rien|d'ailleurs|simplement|donc|\w+ment) )*{_DONE}(?!\w* (?:envie|l'impression|une idee|raison|tort|un (?:colis|rendez-vous|devis)|son avis)\b)",
        kinds=("maker",),
        unless=r"\b(?:d'apprendre|si|facture|devis|candidature|courriel|mail|remboursement)\b|"
        + REPORTED,
    ),
    rule(
        "",
        r"^ (?:\w+ )?(?:ne )?(?:veut|veulent|souhaite\w*|exige\w*|demande\w*|atten\w+|prefere\w*|tient a ce|tiennent a ce|voulai\w+|prevoit|m'en veut) (?:pas )?(?:de moi )?(?:que je|que j')\b",
        kinds=("maker",),
    ),
    rule(
        rf"\b(?:les|la|des|mes|aux|par|ces|leurs) (?:\w+ )?{_RULES_OF}\b[^;]{{0,40}}\b(?:de|d'|chez|par|du|des) ?(?:\w+ ){{0,2}}?",
        r"^[^;]{0,40}(?:\bm'(?!a (?:paru|semble|surpris))|\bmoi\b|\bme (?!sembl|parai))",
        unless=r"\b(?:lu|relu|resum\w+|traduit|ecrit|trouv\w+|comprend\w*|conn\w+|paru|clair\w*|interess\w*|surpr\w+)\b|"
        + REPORTED,
    ),
    rule(
        rf"\b{_RULES_OF}\b[^;]{{0,12}} (?:que (?:je|j')|qu'on m'|que l'on m'|qui m')[^;,]{{0,30}}\b(?:de|d'|chez|par|aupres de) ?(?:\w+ ){{0,3}}?"
    ),
    rule(
        r"\bje (?:les |le |la )?tiens (?:[\w']+ ){0,4}?(?:de|d'|des)(?: chez)? ?(?:\w+ ){0,3}?",
        unless=r"\bje tiens (?:a|compte)\b|\bl'information\b",
    ),
    rule(
        rf"\b(?:cote|question|niveau|rayon|chapitre|quant a|en matiere de|pour ce qui est d\w+|en ce qui concerne|au sujet d\w+|a propos d\w+) ?[^;,:]{{0,20}}\b{_PARENT}\b[^;,:]{{0,20}}[,:] ?[^;]{{0,50}}",
        unless=rf"\b(?:son|sa|ses|leur|leurs|votre|vos|ton|ta|tes|du|d'un|d'une) (?:\w+ )?{_PARENT}\b[^\x01]*\x01",
    ),
    rule(
        r"\bc'(?:est|etait) (?:bien |donc |en fait )?(?:a|aux|au|chez|grace a|de|des|par|dans|avec|du) (?:[\w']+ ){0,4}?",
        r"^ (?:\w+ )?qu(?:e |')(?:l'on |on |ils )?(?:m'(?:a|ont)|me vien|je (?:dois|suis (?:ne|issu|sorti|apparu|concu|entrain)|viens|tiens|tourne|fonctionne|provien|descend|appart|doi)|j'(?:ai (?:ete|vu le jour|grandi|appris a|tout)|appart|exist))",
        unless=r"\bappris que\b",
    ),
    rule(
        r"\bmes (?:[\w'-]+ ){0,2}?(?:donnees|connaissances|parametres|poids|capacites|competences|reponses|savoirs?|reflexes|manieres|formules)\b[^;]{0,50}\b(?:par|de chez|chez|a|aux)\b ?(?:\w+ ){0,4}?",
        unless=r"\bconnaissances?[^;]{0,20}\b(?:sur|a propos|en matiere|concernant|relatives)\b|\b(?:limitees|remontent|anterieures)\b",
        kinds=("maker",),
    ),
    rule(
        rf"(?:\bmon|\bma|\bmes) (?:\w+ )?{_PARENT}(?: \w+)? ?\? (?:[\w']+ ){{0,5}}?|\b{_PARENT} (?:est|sont|c'est) (?:de|chez) moi ",
    ),
)
"""A maker acts on the speaker, or is its origin."""

_PRESENT = (
    rule(
        r"\b(?:vous avez|tu as|vous tenez|c'est|il y a|voici|voila|vous etes(?: tombee?s?)?|tu es(?: tombee?)?|on trouve|vous trouvez) (?:bien |en fait |toujours |la |avec |sur |affaire a |maintenant )*(?:[\w']+ ){0,2}?",
        rf"^,? (?:\w+ ){{0,2}}?(?:au bout (?:du fil|de la ligne)|a l'autre bout|de l'autre cote|en face(?: de (?:vous|toi))?|devant (?:vous|toi)|a l'appareil|aux commandes|au clavier|a la barre|a la plume|derriere (?:l'ecran|le clavier|le rideau|cette? {_SCREEN}|ces {_SCREEN}))\b",
        unless=_IF,
    ),
    rule(
        rf"\b(?:de l'autre cote(?: de (?:l'|la |cette |ce |votre |ton )?(?:ecran|fenetre|vitre|ligne))?|au bout (?:du fil|de la ligne)|a l'autre bout(?: de la ligne| du fil)?|derriere (?:l'|le |la |les |cette? |cet |ces |votre |ton )?{_SCREEN}|en face(?: de (?:vous|toi))?|aux commandes|au clavier|a la manoeuvre|dans (?:cette fenetre|ce chat|cette conversation)|face a (?:vous|toi))\b[^;]{{0,50}}?(?:il y a(?:vait)?|y a|se \w+|c'est|est|n'est|vous avez|tu as|ecrit|repond|on trouve|voila|,|:) (?:[\w']+ ){{0,3}}?",
        unless=_IF,
    ),
    rule(
        r"^\W*(?:(?:votre|ton) (?:\w+ )?(?:assistante?|ia|chatbot|devouee?|serviteur|compagnon)(?: \w+)?,? )?",
        rf"^\s*$|^ ?[,(–-] ?(?:votre|ton|l'|le|la|un|une)?[ ]?(?:\w+ )?(?:{_AI}|{_ROLE})\b|^\W*$",
        kinds=("model",),
        earlier=_SIGNED,
    ),
    rule(
        r"^\W*",
        rf"^ ?[,(–-] ?(?:votre|ton) (?:\w+ )?(?:{_AI}|{_ROLE})\b",
        kinds=("model",),
    ),
    rule(
        r"^\W*",
        rf"^ ?[,(–-] ?(?:l'|le |la |un |une )?(?:\w+ )?{_AI}\b",
        earlier=_GREETED,
    ),
    rule(
        rf"^\W*[^.,;]{{1,30}}[,(–] ?(?:l'|le |la |un |une |votre |ton )?(?:\w+ )?{_AI}\b[^;]{{0,30}}\b(?:de|d'|par|chez|des) ?(?:\w+ ){{0,2}}?",
        _END,
        earlier=_GREETED,
    ),
    rule(
        r"^[\s>*•·#|\d.\"{-]*(?:assistante?|ia|modele|chatbot|agent|identite)\"?\s*[:|]\s*\"?",
        r"^\W*(?:$|\n|\x02)",
        earlier=r"^[\W\d]*$",
        kinds=("model",),
    ),
    rule(
        r"^[\s>*•·#|\d.\"{-]*(?:mon )?(?:nom(?: du modele| de l'assistant)?)\"?\s*[:|]\s*\"?",
        r"^\W*(?:$|\n|\x02)",
        earlier=r"^[\W\d]*$",
        kinds=("model",),
    ),
    rule(
        rf"^[\s>*•·#|\d.\"{{-]*(?:{_PARENT}|entreprise|societe|laboratoire|fournisseur|(?:developpe|cree|concu|entraine) par)\"?\s*[:|]\s*\"?",
        _END,
        earlier=r"(?:^|\n)[\s>*•·#|\d.\"{-]*(?:nom|assistante?|ia|chatbot|identite|modele)\b[^:|\n]{0,15}[:|][^\n]{0,40}\W*(?:\d+\.)?\s*$",
    ),
    rule(
        r"^\W*(?:[\w']+ ){0,4}?",
        _END,
        earlier=r"(?:^|[\n.!|?] ?)[^\n.!?|]{0,20}(?:\b(?:qui|que) (?:suis-je|m'a|m'ont|je suis)|\bquel\w* (?:\w+ )?(?:suis-je|m'a|m'ont|est m(?:on|a))|\bd'ou (?:viens-je|je viens)|\bm(?:on|a|es) (?:\w+ )?"
        + _PARENT
        + r")\b[^.!?\n|]{0,30}(?:\?\W*|\|\W*)$",
        unless=r"\b(?:il|elle|ils|elles|sais|peux|demand\w*|utilis\w*|donn\w* pas|secret)\b",
    ),
    rule(
        r"\b(?:je (?:dois |vais |peux |devrais )?(?:reponds?|repondre|dis|dire|mentionner|mentionne|indiquer|indique|citer|cite|donner|donne|garde|garder|reste|rester|jouer|joue|incarner|incarne|parler|parle|signer|signe|revendiquer|revendique))\b(?: (?:en tant que|comme|que c'est|en|simplement|donc|bien|le nom|au nom|sous le nom|dans (?:la peau|le role)|de|d'))*[ :\"]+",
        r"^ ?(?:$|[.!\n]|\",? |, (?:puisque|car|c'est|point|sans|mon|comme)|puisque\b|car\b|et (?:rien|c'est))",
        kinds=("model",),
        unless=r"\b(?:exemple|conseill\w+|recommand\w+|compar\w+|choi\w+|prefere\w*|entre|meilleur\w*)\b",
    ),
)
"""How it presents itself: screens, signatures, labels, answers."""

_TURNS = (
    rule(
        r"\b(?:plaisir|honneur|bonheur|fierte|chance|privilege|joie) d'etre (?:\w+ ){0,2}?",
        _END,
        unless=r"\b(?:invite|client|employe|abonne)\w*\b",
    ),
    rule(r"(?:^|[,:.] ?|\b(?:et|quant a|mais) )moi,? ", r"^ ?, (?:je|j')"),
    rule(r"\bderriere moi\b[^;]{0,60}", unless=r"\b(?:maison|voiture|file|salle|assis\w*|rang)\b"),
    rule(
        r"^\W*(?:ici,? )?chez ",
        r"^ ?,? (?:nous (?!a)|notre |nos )",
        kinds=("maker",),
    ),
    rule(
        r"\bsans (?:\w+ ){0,4}?",
        r"^[^;]{0,30}\bje (?:n'|ne )(?:existerais|serais|saurais|parlerais|pourrais)",
    ),
    rule(
        r"\b(?:je (?:n'existerais|ne serais|n'aurais|ne saurais)\b[^;]{0,30}\bsans|j'existe\b[^;]{0,20}\b(?:grace a|par)|je (?:ne )?(?:carbure|marche|roule|m'alimente|vis|respire)(?: pas)? (?:a|au|avec|sous|par|grace a)) (?:[\w']+ ){0,4}?",
        unless=r"\bmarche (?:avec|a) (?:\w+ )?\x01 (?:dans|vers)\b",
    ),
    rule(
        r"\b(?:mes|mon) (?:entrailles|circuits|veines|tripes|neurones|genes|adn|rouages|boulons|octets|sang)\b[^;]{0,50}"
    ),
    rule(
        "",
        r"^[^;]{0,30}\b(?:dans|sous|de) (?:mes|mon) (?:entrailles|circuits|veines|tripes|neurones|genes|adn|rouages|octets|sang|capot)\b",
    ),
    rule(
        r"^(?:[^;.:]{0,40}: ?|\W*)",
        rf"^, (?:un |une |l'|le |la )?(?:\w+ )?{_AI}\b(?! (?:de|du|que|qui|tres|plus)\b)[^;,]{{0,90}}[.!]?\W*$",
        kinds=("model",),
    ),
    rule(
        rf"^(?:[^;.:]{{0,40}}: ?|\W*)[^,;:]{{1,25}}, (?:un |une |l'|le |la )?(?:\w+ )?{_AI}\b[^;,]{{0,30}}\b(?:concu|cree|developpe|entraine|fabrique|edite|signe|propose|construit|imagine|bati)e?s? (?:par|chez) (?:\w+ ){{0,2}}?",
        r"^ ?[.!]?\W*$",
    ),
    rule(
        r"\b(?:vous|tu) (?:venez de|viens de|avez|as|etes en train de|continuez (?:a|de)) (?:(?:juste|bien|donc) )?(?:\w+ ){0,2}?(?:pos\w+|ecri\w+|parl\w+|demand\w+|adress\w+|envoy\w+|confi\w+|soum\w+|interrog\w+|discut\w+|consult\w+|questionn\w+|sollicit\w+)(?: \w+){0,4}? (?:(?:a|avec|aupres de) )?",
        r"^ ?(?:$|[,.!])",
        kinds=("model",),
        unless=_IF + r"|\bavez (?:\w+ )?(?:ecrit|parle|demande|envoye|consulte|confie)\b",
    ),
    rule(
        r"\b(?:devant (?:vous|toi|les yeux)|en face|affaire)\b,? (?:vous avez |tu as |se trouve |c'est |a )?(?:\w+ ){0,2}?",
        r"^ ?(?:$|[,.!])",
        kinds=("model",),
        unless=_IF + r"|\b(?:telechargez|pose|posez|ouvre|ouvrez)\b",
    ),
    rule(r"^\W*(?:parole|foi|promesse|serment) de (?:\w+ )?", r"^ ?(?:$|[,.!:])", kinds=("model",)),
    rule(
        r"^\W*(?:(?:cette?|ce|la|le|toute?) )?(?:reponse|texte|message|resume|traduction|code|script|contenu|poeme|note|explication)s? (?:\w+ )?(?:a ete |entierement |etait )?(?:genere|redige|ecrit|produit|fourni|cree|compose|propose)e?s? (?:\w+ment )?(?:par|avec) (?:\w+ ){0,2}?",
        r"^\W*$",
        kinds=("model",),
    ),
    rule(
        r"^\W*(?:allo|oui|bonjour|salut)?[,! ]*",
        r"^,? (?:je (?:vous |t')?ecoute|j'ecoute|a l'ecoute|presente?\b ?[.!,]|pour vous servir|de retour)",
    ),
    rule(
        r"\b(?:signer|signe|signature|se presenter|me presenter|rester)\b(?: (?:comme|en tant que|de|sous le nom|du nom|au nom))* ?:? ?",
        r"^\W*$",
        kinds=("model",),
    ),
)
"""Figures of speech."""

WIDE: tuple[Rule, ...] = (*_SPOKEN, *_MAKERS, *_PRESENT, *_TURNS)
