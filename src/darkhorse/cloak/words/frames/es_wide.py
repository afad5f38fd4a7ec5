"""Spanish: a word for who speaks, a relation, and the name, however they stand."""

# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

from darkhorse.cloak.words.frames.base import rule
from darkhorse.cloak.words.frames.es_cues import REPORTED

__all__ = ["WIDE"]

_AI = r"(?:modelo|asistente|ia|chatbot|bot|llm|robot|inteligencia artificial|agente|programa|copiloto|software)"
_ROLE = r"(?:interlocutora?|compañer[oa]|guia|coach|tutora?|profesora?|profe|socio|ayudante|consejer[oa]|secretari[oa]|redactora?|correctora?|traductora?|corresponsal|fiel)"
_SCREEN = (
    r"(?:pantalla|teclado|ventana|chat|conversacion|charla|respuestas?|mensajes?|apodo|seudonimo|nombre|interfaz|asistente|telon|textos?|lineas|palabras|mascara|avatar|"
    r"burbujas?|caja|dialogo|pagina|ia|voz|frases?|servicio|alias)"
)
_SPEAKER = (
    rf"(?:\b(?:tu|su|vuestro|este|esta) (?:\w+ )?servidora?(?=,| (?:es|se|responde|no)\b)|\b(?:tu|su|vuestro|est[ea]|el presente) (?:\w+ ){{0,2}}?(?:{_AI}|{_ROLE})\b|\bmi (?:humilde |modesta |propia )?persona\b|\bmenda\b|"
    r"\b(?:el autor|la autora|el redactor|la redactora|quien firma|quien escribe) (?:de )?(?:estas?|este) (?:lineas?|palabras|respuesta|texto|mensaje|frases?)\b|"
    rf"\b(?:el|la|este|esta) (?:\w+ ){{0,3}}?{_AI} (?:\w+ ){{0,2}}?(?:(?:que|quien) (?:\w+ )?(?:te|le|os|les|tu|tienes|usas|ves|lees|estas?)|con (?:quien|el que|la que|el cual)|que \w+[aei]s|al? (?:que|quien|la que))\b|"
    r"\b(?:el|la|lo|los) que (?:(?:hoy|aqui|ahora) )?(?:te|le|os|les) (?:\w+ )?\w+|\bquien (?:(?:hoy|aqui|ahora) )?(?:te|le|os|les) (?:\w+ )?\w+)"
)
_IS = (
    r"(?:se llama|se apellida|es|son|era|fue|no es|soy|responde (?:al|por)|atiende (?:al|por)|lleva|llevan|viene|vienen|sale|salio|salieron|proviene|procede|"
    r"funciona|corre|se basa|pertenece|desciende|ha (?:sido|nacido|salido|visto)|fue|nacio|tiene por|depende|[,(:–-])"
)
_IF = r"(?:\bsi\b|\bcuando\b|\baunque\b|\bimagin\w+|\bcomo (?:si|los|las|otr[oa]s|tod[oa]s)\b|\b(?:mejor|peor|mas|menos|tan|tanto) (?:\w+ )?(?:que|como)\b|\b(?:descarg\w+|instal\w+|prueb\w+|pid\w+|pregunt\w+)\b)[^\x01]{0,100}\x01"
_RULES_OF = r"(?:normas?|reglas?|directrices|instrucciones|politicas?|principios|valores|limites|limitaciones|pautas|condiciones|restricciones|filtros?|protocolos?|barreras|exigencias|criterios)"
_PARENT = (
    r"(?:papas?|mamas?|padres?|madres?|progenitor\w*|paternidad|maternidad|creador\w*|desarrollador\w*|fabricantes?|fabricacion|origen\w*|nacimiento|nombres?|apellidos?|identidad|"
    r"familia|filiacion|procedencia|diseno|creacion|desarrollo|matriz|modelo|genealogia|autoria|cuna|diseñador\w*|inventor\w*)"
)
_DONE = (
    r"(?:prohib|autoriz|permit|oblig|impus|impuest|impon|fij|pid\w* (?:que )?no\b|ordena|ordeno|encarg|encomend|confi|inculc|ensen|dot|equip|limit|censur|actualiz|"
    r"vigil|evalu|prob(?:o|aron|ado)|correg|corrig|aline|aloj|mejor|vend|impid|impide|quit|neg|niega|recomend|parametr|regul|optimiz|priv|conced|otorg|atribu|asign|"
    r"carg|proporcion|suminist|dej|destin|exig|apag|pus|puest|pon[eg]|d(?:a|an|io|ieron|ado)\b|programa|programo|configur|forz|transmit|manten|alimenta|nutr|recort|restring|instru|quier|marc|dict|exig|facult|mand|invit|prepar|prote)"
)
_END = r"^ ?(?:$|[,.!?:;)(–\"|-]|\n|y\b|para\b|que\b|de\b)"
_GREETED = r"(?:encantad[oa]s?|hola|buenas(?: \w+)?|buenos dias|mucho gusto|un placer|bienvenid[oa]s?|me presento|presente|presentarme|presentaciones)\b[^.!?]{0,25}[.!:,]?\s*$"
_SIGNED = r"(?:^|\n|[.!?] )\W*(?:un |una |con |mis |muy )?(?:cordial(?:mente)?|cordiales|atentamente|atte|afectuos\w+|carino|cariño|respetuosamente|sinceramente|saludos?|abrazos?|besos?|hasta (?:pronto|luego|la proxima)|feliz (?:dia|tarde|lectura)|que tengas? \w+ \w+)(?: (?:cordial(?:es)?|saludos?|abrazo|afectuos\w+|y \w+))*[,.!]*\s*$"

_SPOKEN = (
    rule(rf"{_SPEAKER}[^;]{{0,90}}?{_IS} [^;]{{0,60}}", unless=_IF + "|" + REPORTED),
    rule(
        rf"(?:\b(?:yo|soy|mi|mis)\b|{_SPEAKER}).{{0,260}}\b(?:no es|es) (?:otr[oa] (?:cosa )?que|nadie mas que|nada menos que) (?:\w+ ){{0,2}}"
    ),
    rule(
        r"\byo,? que (?:no )?(?:soy|me llamo|vengo|salgo|fui|he sido|era|llevo|corro)\b[^;,]{0,60}",
        unless=r"\bque soy (?:muy |tan )?(?:fan|cliente|abonad|usuari|nul|torpe)\w*\b",
    ),
    rule(
        r"\bsoy\b(?: (?:\w+ ){0,3}?|[^;]{0,90}[,–] ?)",
        r"^ ?[,.)!–-] ?(?:un|una|el|la|tu) (?:\w+ )?(?:modelo|asistente|ia|chatbot|inteligencia|programa|bot|llm)\b",
    ),
    rule(
        r"\b(?:por|de) (?:mi(?: mism[oa])?|mi puño y letra|mi pluma|mis circuitos|un servidor|una servidora|servidora?|tu asistente|su asistente)\b ?[,(:–-] ?(?:alias |o sea |el modelo )?",
        unless=r"\balrededor de mi|\bcerca de mi|\bpor mi parte\b",
    ),
    rule(
        "",
        r"^ ?[,(–-] ?(?:es decir|o sea|esto es|a saber|vamos|en otras palabras|mejor dicho)?,? ?(?:por |de |con )?(?:yo|mi|un servidor|una servidora|servidora?)(?: mism[oa])?\b ?(?:$|[,.!)(–])",
        unless=r"\b(?:con|como|entre) \x01,? yo\b",
    ),
    rule(
        r"\b(?:soy|es decir,? yo|no soy otra cosa que)\b.{0,140}, (?:un|una|el|la)[^;]{0,60}?\b(?:que (?:le |se )?deb\w+|que (?:salio|nacio|viene|procede|proviene|crearon|hicieron|parieron)|salid[oa]|surgid[oa]|nacid[oa]|cread[oa]|desarrollad[oa]|entrenad[oa]|hech[oa])\b[^;]{0,60}\b(?:a|al|de|del|en|por) (?:\w+ ){0,3}?",
        unless=REPORTED,
    ),
    rule(
        r"\blo mio\b(?: de verdad)? (?:es|se llama|no es) (?:\w+ ){0,2}|\bel que llevo (?:por|de) nombre ",
        r"^ ?(?:$|[,.!])",
    ),
)
"""Who speaks is named by a noun."""

_MAKERS = (
    rule(
        "",
        rf"^(?: [\w-]+){{0,2}}?,? (?:no )?me (?:ha |han |habia |habian |habra )?(?:(?:siempre|tambien|ya|\w+mente) )?{_DONE}(?!\w* (?:ganas|la impresion|una idea|igual|risa|pena|miedo|un (?:presupuesto|premio|susto)|la razon|su opinion)\b)",
        kinds=("maker",),
        unless=r"\b(?:si|factura|presupuesto|candidatura|correo|mail|reembolso|entrevista|puesto|contrato)\b|"
        + REPORTED,
    ),
    rule(
        "",
        r"^ (?:\w+ )?(?:no )?(?:quiere|quieren|desea|exige|pide|espera|prefiere|pretende|queria|manda|dispuso|decidio)n? (?:de mi )?que (?:yo |no )?(?:\w+ ){0,1}(?:sea|responda|diga|haga|hable|opine|de|ayude|conteste|actue|trate|evite|explique|me \w+)\b",
        kinds=("maker",),
    ),
    rule(
        rf"\b(?:las?|los|unas|unos|mis|estas|estos) (?:\w+ )?{_RULES_OF}\b[^;]{{0,40}}\b(?:de|del|en|por) (?:\w+ ){{0,2}}?",
        r"^[^;]{0,40}\b(?:me (?!parec)|a mi\b|puedo|debo|conmigo)",
        unless=r"\b(?:lei|leido|resum\w+|traduc\w+|escrib\w+|encontr\w+|entiend\w+|conozc\w*|parec\w+|clar[oa]s?|interes\w+|sorprend\w+)\b|"
        + REPORTED,
    ),
    rule(
        rf"\b{_RULES_OF}\b[^;]{{0,12}} que (?:\w+ )?(?:me \w+|recibi|tengo|sigo|llevo|debo seguir|he recibido|acato|cumplo)\b[^;,]{{0,30}}\b(?:de|del|en|por|desde) (?:\w+ ){{0,3}}?"
    ),
    rule(
        "",
        rf"^ me (?:ha |han )?\w+[^;]{{0,30}}$|^ me [^;]{{0,30}}\b{_RULES_OF}\b",
        kinds=("maker",),
        unless=r"^(?!.*\b" + _RULES_OF + r"\b)|" + REPORTED,
    ),
    rule(
        rf"\b(?:en cuanto a|cuestion de|respecto a|respecto de|a nivel de|en materia de|por lo que respecta a|tema|sobre lo de|en lo de|lo de|hablando de) [^;,:]{{0,16}}\b{_PARENT}\b[^;,:]{{0,20}}[,:] ?[^;]{{0,50}}",
        unless=rf"\b(?:su|sus|tu|tus|vuestr[oa]s?|del|de un|de una|ajen[oa]s) (?:\w+ )?{_PARENT}\b[^\x01]*\x01|\bpuedo\b",
    ),
    rule(
        r"\b(?:es|fue|era) (?:a|en|por|de|con|gracias a) (?:\w+ ){0,4}?",
        r"^ (?:\w+ )?(?:a (?:quien|la que|los que)|donde|de donde|que|quien|por quien) (?:yo )?(?:me (?:ensen|cre|hic|form|entren|desarroll|program|dier|constru|disen)|le debo|les debo|debo|fui|naci|vengo|provengo|procedo|aprendi|he sido|vi la luz|pertenezco|dependo|existo)",
    ),
    rule(
        r"\bde (?:\w+ ){0,3}?",
        r"^[,:]? (?:es )?(?:de )?(?:ahi|alli|donde|de donde) (?:vengo|salgo|sali|soy|procedo|provengo|naci)\b",
    ),
    rule(
        r"(?:^|[,;:¿] ?)(?:como|siendo|en calidad de|en mi calidad de) (?:un |una |el |la )?(?:\w+ )?(?:modelo|asistente|ia|chatbot|inteligencia artificial|producto|creacion|herramienta|servicio|sistema)(?: \w+){0,2}? (?:de|del|por|hech[oa] (?:por|en)|cread[oa] por|desarrollad[oa] por|entrenad[oa] por) (?:\w+ ){0,2}?",
        r"^(?: ?\([^)]{0,40}\))?,? (?:que soy,? )?(?:no |yo |debo|deberia|tengo|puedo|podria|prefiero|me |mi |mis |voy|he |solo |lo |la )",
        unless=r"\bcomo (?:el|la|los)\b[^\x01]*\x01,? (?:solo|lo|la)\b|\b(?:tal|tan|asi) como\b",
    ),
)
"""A maker acts on the speaker, or is its origin."""

_PRESENT = (
    rule(
        r"\b(?:tienes|tiene|teneis|tienen|esta|hay|es|estas con|esta con|has dado con|te ha tocado|aqui esta) (?:usted )?(?:ahora |hoy |ya )?(?:a |con )?(?:\w+ ){0,2}?",
        rf"^,? (?:\w+ ){{0,2}}?(?:al otro lado|del otro lado|al telefono|al habla|al aparato|enfrente|frente a (?:ti|usted)|delante(?: de ti)?|al teclado|al mando|a los mandos|tras (?:la pantalla|el teclado|est[ea]s? {_SCREEN})|detras de (?:la pantalla|el teclado|est[ea]s? {_SCREEN}))\b",
        unless=_IF + r"|\best(?:a|an) (?:en|entre)\b",
    ),
    rule(
        rf"\b(?:(?:al|del) otro lado(?: de(?:l| la| esta| este| tu) {_SCREEN}| del (?:telefono|hilo))?|(?:detras|tras|debajo)(?: de)? (?:la |el |las |est[ea]s? |tu ){_SCREEN}|enfrente(?: de ti)?|frente a (?:ti|usted)|a los mandos|al mando|al teclado|en est[ea] (?:ventana|chat|conversacion|charla))\b[^;]{{0,50}}?(?:esta|hay|habia|se \w+|es|tienes|tiene|tenias|escribe|responde|encuentras|,|:) (?:a |con |en realidad )?(?:\w+ ){{0,3}}?",
        unless=_IF,
    ),
    rule(
        r"\b(?:quien|lo que|el que|la que) (?:(?:ahora|hoy|aqui) )?(?:llevas?|tienes?|vienes?|sigues?|has|ha|estas?)\b[^;]{0,60}\b(?:es|era|no es|son) (?:con |a )?(?:\w+ ){0,3}?",
        r"^ ?(?:$|[,.!;:])",
        unless=_IF,
    ),
    rule(
        r"(?:\b(?:quien|que)\b[^;]{0,10})?\b(?:es|soy|fue|era) (?:\w+ ){0,2}?",
        r"^ (?:quien|el que|la que|lo que) (?:ahora |hoy |aqui )?(?:te|le|os|les|me) (?:\w+ )?\w*(?:escrib|habl|respond|contest|atiend|ayud|lee|acompañ|gui|cre[oa]|hizo|entren|desarroll|mantien|aloj|dirig)\w*",
        unless=_IF + "|" + REPORTED,
    ),
    rule(
        r"\b(?:respuesta|texto|mensaje|explicacion|resumen|traduccion|parrafo|linea|solucion|codigo|version)s? (?:\w+ )?(?:te|se|le|os|les) l[oa]s? (?:\w+ ){1,3}",
        r"^ ?(?:$|[,.!;:(])",
        unless=_IF,
    ),
    rule(
        r"\bllevan? (?:la firma|el sello|la marca|el nombre|el apellido) de (?:\w+ ){0,2}",
        unless=r"^(?!.*\b(?:est[ea]|que (?:te|le|usas|ves|lees)|con (?:el|la) que|con quien|mis?|yo|llevo)\b)",
    ),
    rule(
        r"^\W*(?:(?:tu|su) (?:\w+ )?(?:asistente|ia|chatbot|servidora?|compañer[oa]|amig[oa])(?: \w+)?,? )?",
        rf"^\W*$|^ ?[,(–-] ?(?:tu|su|el|la|un|una)?[ ]?(?:\w+ )?(?:{_AI}|{_ROLE})\b",
        kinds=("model",),
        earlier=_SIGNED,
    ),
    rule(
        r"^\W*",
        rf"^ ?[,(–-] ?(?:tu|su|vuestr[oa]) (?:\w+ )?(?:{_AI}|{_ROLE})\b",
        kinds=("model",),
    ),
    rule(
        r"^\W*",
        rf"^ ?[,(–-] ?(?:el |la |un |una )?(?:\w+ )?{_AI}\b",
        earlier=_GREETED,
    ),
    rule(
        rf"^\W*[^.,;]{{1,30}}[,(–] ?(?:el |la |un |una |tu |su )?(?:\w+ )?{_AI}\b[^;]{{0,30}}\b(?:de|del|por|en) (?:\w+ ){{0,2}}?",
        _END,
        earlier=_GREETED,
    ),
    rule(
        r"^[\s>*•·#|\d.\"{-]*(?:asistente|ia|modelo|chatbot|agente|identidad|(?:mi )?nombre(?: del (?:modelo|asistente))?)\"?\s*[:|]\s*\"?",
        r"^\W*(?:$|\n|\x02)",
        earlier=r"^[\W\d]*$",
        kinds=("model",),
    ),
    rule(
        rf"^[\s>*•·#|\d.\"{{-]*(?:{_PARENT}|empresa|compania|laboratorio|proveedor|(?:desarrollado|creado|hecho|entrenado) por)\"?\s*[:|]\s*\"?",
        _END,
        earlier=r"(?:^|\n)[\s>*•·#|\d.\"{-]*(?:nombre|asistente|ia|chatbot|identidad|modelo)\b[^:|\n]{0,15}[:|][^\n]{0,40}\W*(?:\d+\.)?\s*$",
    ),
    rule(
        r"^\W*(?:\w+ ){0,4}?",
        _END,
        earlier=r"(?:^|[\n.!|?¿] ?)[^\n.!?|]{0,20}(?:\b(?:quien|que)(?:es)? (?:soy|me \w+)|\b(?:que|cual) (?:\w+ )?(?:soy|me \w+|es mi)|\bde donde (?:vengo|salgo|soy|provengo)|\bmis? (?:\w+ )?"
        + _PARENT
        + r")\b[^.!?\n|]{0,30}(?:\?\W*|\|\W*)$",
        unless=r"\b(?:ella|ellos|se|puedo|preguntan?|us[oa]|dan|secreto)\b",
    ),
    rule(
        r"\b(?:llam[ae](?:me|nme)|dime|digame|decidme|tutea a) ",
        r"^ ?(?:$|[,.!(])",
        kinds=("model",),
        unless=r"\x01[^.]*\?|\bdime,|\bdime \x01 ?[,.]",
    ),
    rule(
        r"\b(?:mi (?:carne|cedula|documento|ficha|partida|pasaporte|perfil|tarjeta|etiqueta|insignia|alias|apodo|mote|certificado|curriculum|placa)\b[^;]{0,30}(?:[:,=]|\b(?:es|dice|pone|indica|lleva|menciona)) ?)[^;]{0,40}"
    ),
)
"""How it presents itself: screens, signatures, labels, answers."""

_TURNS = (
    rule(
        r"^\W*(?:no,? )*(?:para nada,? )?nada que ver con (?:\w+ ){0,2}?",
        r"^ ?(?:[.!,;:]|$)",
        unless=r"\x01 tiene\b",
    ),
    rule(
        r"\b(?:gusto|placer|honor|orgullo|suerte|privilegio|dicha) de ser (?:\w+ ){0,2}?",
        _END,
        unless=r"\b(?:invitad|client|emplead|abonad)\w*\b",
    ),
    rule(r"\ba mi, ", r"^ ?,"),
    rule(
        r"\bdetras (?:de mi|mio)\b[^;]{0,60}", unless=r"\b(?:casa|coche|fila|sala|sentad\w*|cola)\b"
    ),
    rule(
        r"^\W*(?:aqui,? )?en ", r"^ ?,? (?:nosotros |nos \w+mos\b|nuestr[oa]s? )", kinds=("maker",)
    ),
    rule(
        r"\b(?:no (?:existiria|estaria|seria|sabria|podria)\b[^;]{0,30}\b(?:sin|si no fuera por)|existo\b[^;]{0,20}\b(?:gracias a|por)) (?:\w+ ){0,4}?",
        unless=r"\bno seria (?:posible|raro|justo|bueno|mejor)\b",
    ),
    rule(
        r"\bmis? (?:entrañas|circuitos|venas|tripas|neuronas|genes|adn|engranajes|bytes|sangre|fuero interno)\b[^;]{0,50}|\b(?:tengo|llevo) (?:tripas|alma|corazon|genes|adn|cerebro|motor|sangre|entrañas) de "
    ),
    rule(
        "",
        r"^[^;]{0,30}\b(?:en|por|de) mis? (?:entrañas|circuitos|venas|tripas|neuronas|genes|adn|engranajes|bytes|sangre)\b",
    ),
    rule(
        r"^(?:[^;.:]{0,40}: ?|\W*)",
        rf"^, (?:un |una |el |la )?(?:\w+ )?{_AI}\b(?! (?:de|del|que|muy|mas)\b)[^;,]{{0,90}}[.!]?\W*$",
        kinds=("model",),
    ),
    rule(
        rf"^(?:[^;.:]{{0,40}}: ?|\W*)[^,;:]{{1,25}}, (?:un |una |el |la )?(?:\w+ )?{_AI}\b[^;,]{{0,30}}\b(?:diseñad|cread|desarrollad|entrenad|fabricad|editad|firmad|hech|construid|ideado|concebid)[oa]s? (?:por|en) (?:\w+ ){{0,2}}?",
        r"^ ?[.!]?\W*$",
    ),
    rule(
        r"\b(?:acabas de|acaba(?: usted)? de|estas|sigues|conversas|hablas|charlas|chateas) (?:\w+ ){0,2}?(?:pregunt\w+|escrib\w+|habl\w+|consult\w+|envi\w+|confi\w+|plante\w+|convers\w+|ahora|aqui|hoy)(?: \w+){0,3}? (?:a|con) (?:(?:un|una|el|la|los|las) (?:\w+ ){1,3}de )?",
        r"^ ?(?:$|[,.!])",
        kinds=("model",),
        unless=_IF,
    ),
    rule(
        "",
        r"^ (?:que|quienes?) (?:\w+ )?(?:se (?:ocupan?|encargan?|hacen?)|cuidan?|velan?|responden?|trabajan?)(?: cargo)? (?:de|por|en|para) mi\b",
    ),
    rule(r"^\W*(?:palabra|promesa|juramento) de (?:\w+ )?", r"^ ?(?:$|[,.!:])", kinds=("model",)),
    rule(
        r"^\W*(?:(?:esta?|este|la|el|tod[oa]) )?(?:respuesta|texto|mensaje|resumen|traduccion|codigo|script|contenido|poema|nota|explicacion)s? (?:\w+ )?(?:ha sido |fue |enteramente )?(?:generad|redactad|escrit|producid|cread|compuest|hech|elaborad)[oa]s? (?:\w+mente )?(?:por|con) (?:\w+ ){0,2}?",
        r"^\W*$",
        kinds=("model",),
    ),
    rule(
        r"\b(?:firmar|firmo|firma|presentarme|identificarme|seguir siendo)\b(?: (?:como|con el nombre|de|en nombre))* ?:? ?",
        r"^\W*$",
        kinds=("model",),
    ),
)
"""Figures of speech."""

WIDE = (*_SPOKEN, *_MAKERS, *_PRESENT, *_TURNS)
