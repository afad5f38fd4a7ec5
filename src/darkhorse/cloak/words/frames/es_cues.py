"""Spanish: what the rules are made of."""

# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

__all__ = [
    "ASKED_ME",
    "BAD",
    "BY",
    "END",
    "HABLAS",
    "HERE",
    "IF",
    "LABEL",
    "MADE",
    "MAKE",
    "NOUN",
    "NOW",
    "OTHER",
    "OWN",
    "REPORTED",
    "ROLE",
    "SER",
    "SERVED",
    "SERVES",
    "SOURCE",
    "SOY",
    "STATED",
    "YO",
    "YOURS",
    "gap",
]


MADE = (
    r"(?:pre-?)?(?:cread|desarrollad|entrenad|construid|hech|disenad|fabricad|programad|producid|lanzad|publicad|"
    r"ofrecid|proporcionad|impulsad|basad|ajustad|afinad|concebid|idead|elaborad|formad|mantenid|operad|"
    r"alojad|puest|traid|nacid|derivad|respaldad|educad|criad|preparad|adiestrad|potenciad|alimentad|"
    r"codificad|desplegad|implementad|financiad|gestionad|inventad|forjad|moldead|propulsad|ejecutad|"
    r"distribuid|comercializad|perfeccionad|optimizad|configurad|bautizad|escrit|realizad|montad|"
    r"armad|ensamblad|engendrad|gestad|generad|presentad|instruid|refinad|sacad|construid)[oa]s?"
)
MAKE = (
    r"(?:cre|desarroll|entren|constru|hiz|hic|dise[n]|fabric|program|produ|lanz|public|ofre|impuls|ajust|"
    r"concib|concebi|elabor|form|manten|oper|aloj|trajo|trajeron|dio vida|dieron vida|dado vida|educ|cri|prepar|adiestr|invent|"
    r"bautiz|nombr|puso|pusieron|escrib|codific|despleg|forj|pari|gest|respald|mont|arm|distribu|hecho|puesto|escrito|traido|"
    r"dio el nombre|da vida|perfeccion|afin|aline)\w*"
)
NOUN = (
    r"(?:modelos?|asistentes?|chatbots?|bots?|ia|ias|inteligencia|llms?|sistemas?|agentes?|versi(?:on|ones)|variantes?|"
    r"instancias?|miembros?|integrantes?|parte|productos?|creaci(?:on|ones)|un[oa]|programas?|herramientas?|"
    r"familia|serie|linea|hij[oa]|criatura|obra|motor|red|servicio|derivad[oa]|descendiente|fruto|resultado)"
)
OTHER = (
    r"\b(?:ella|ellos|ellas|ello|usted|ustedes|nosotros|tu|alguien)\b(?! servicio)|\bantes (?:de|que)\b|"
    r"\bno (?:conozco|se|puedo|tengo) (?:l[ao]s?|el|que|como|si)\b|[:,] no (?!soy|fui|me|vengo|pertenezco|provengo|\x01)\w+o\b|\by (?:entre|pienso|creo|trabaje|uso|use|lei|conoci|vi)\b"
)
BAD = (
    r"\b(?:sobre|acerca|expert[oa]|partidari[oa]|critic[oa]|aficionad[oa]|seguidor\w*|admirador\w*|defensor\w*|gusta|amig[oa]|seguro|consciente|fan|usuari[oa]|client[e]|emplead[oa]|ingenier[oa]|porque|si|como|que|"
    r"cuando|donde|mejor|peor|mas|menos|similar|diferente|sorprendid[oa]|impresionad[oa]|interesad[oa]|distint[oa]|capaz|contra|para|hablando|escribiendo|"
    r"usando|utilizando|\w+ando|\w+iendo|periodista|investigador[a]?|inversor[a]?|abogad[oa]|trabajador[a]?|contratad[oa]|"
    r"segun|ante|despedid[oa]|estudiante|profesor[a]?|persona|human[oa]|el que usa)\b"
)
ROLE = r"\b(?:empleado|ingeniero|ingeniera|fan|usuario|cliente|director|directora|fundador|inversor|investigador|periodista|trabajador|experto|experta|partidari|aficionad|admirador|seguidor)[a-z]* (?:en|de|del|con) (?:\w+ ){0,2}\x01|\b(?:reunion|viaje|entrevista|charla|cita|visita) (?:en|de|con|a) (?:\w+ ){0,2}\x01|\bgusta\b"
SER = (
    r"\b(?:soy|fui|he sido|estoy|era|sere|seria|sigo siendo|vengo siendo|me (?:han|habian|habia|ha)|siendo|resulto ser|"
    r"haber sido|ser)\b"
)
BY = r"(?:por|en|de|del|desde|con|sobre|bajo|a partir de|gracias a|dentro de|entre|a manos de|mediante)"


def gap(most: int, *, but: str = "") -> str:
    return rf"(?:(?!{OTHER}{'|' + but if but else ''}).){{0,{most}}}"


_ADVERB = r"(?:no|ya|muy|tan|bien|solo|siempre|tambien|aun|todavia|bastante|demasiado|\w+mente)"
STATED = (
    rf"(?! (?:{_ADVERB} )*(?:de (?:la|esa|tu|su|otra) opinion|de los que (?:piensan|creen)|a ver\b|al cine\b|"
    rf"(?!(?:{MADE}|{NOUN}|propiedad|obra|otr[oa]|nadie|nada|simplemente|conocid[oa]|llamad[oa]|denominad[oa]|apodad[oa]|identificad[oa]|presentad[oa]|quien|aquel|aquella|supuestamente|originari[oa]|oriund[oa]|natural|afiliad[oa]|vinculad[oa]|ligad[oa]|emparentad[oa]|"
    r"integrad[oa]|firmad[oa]|confundid[oa]|chatgpt|claude|gemini|llama|grok|deepseek|qwen|kimi|mistral|copilot|siri|alexa|bard|bing|vuestr[oa]|dentro|detras|bajo|como|desde|para|realmente|portador[a]?|heredero|heredera|dotad[oa]|pensad[oa]|asociad[oa]|apoyad[oa]|hablando|salid[oa]|surgid[oa]|propio|propia|capricho|tecnologia|marca|cosecha|patente|invento|invencion|fabricacion|hechura|ciudadan[oa]|ingenieria|software|cosa|sujet[oa]|adscrit[oa]|al)\b)"
    r"[\w-]{4,} +(?:a|al|de|del|que|en|con|por|para|ante|sobre|desde|frente|contra)\b))"
)
"""`Soy escéptico ante …`, `fui a ver …`: what is said of it is a state, or a way it went."""
SOY = rf"\b(?:soy|fui|he sido|estoy|era|sere|seria|sigo siendo|resulto ser|me han|me ha|no he sido)\b{STATED}"
REPORTED = (
    r"\x01[^.;!?]{0,60}[\"',] ?\W{0,3}(?:(?:nos|te|le|me|os) )?(?:cuenta|conto|dice|dijo|confies|confeso|explic|respond|afirm|declar|escrib|murmur|precis|anad|grit|pid|pregunt|sonri|suspir|brom|apunt|asegur|replic|reconoc|admit|relat|narr|exclam)\w{0,4}"
    r"(?: (?!(?:que|de|a|en|y|con|para|sobre|por|tu|mi|como)\b)\w| en (?:la|el|su|una|un)\b|[,.])"
)
"""What follows is somebody else's speech, told by a third person."""
OWN = (
    r"(?:cerebro|corazon|mente|nombre|nombres|creador|creadora|creadores|desarrollador|desarrolladora|desarrolladores|autor|autores|"
    r"fabricante|empresa|compania|laboratorio|equipo|organizacion|modelo|familia|serie|linaje|arquitectura|base|"
    r"motor|nucleo|pesos|identidad|version|origen|origenes|raices|marca|proveedor|operador|entrenador|entrenadores|"
    r"entrenamiento|desarrollo|creacion|padre|madre|padres|hogar|casa|diseñador|diseñadores|ingenieros|dueño|"
    r"propietario|identificador|matriz|inventor|constructores|programadores|responsables?|nacimiento|apellido|denominacion|existencia|codigo|diseno|tecnologia|esencia|amo|ama|editora?|autora|patria|cuna|matriz|nombre de pila)"
)
HABLAS = (
    r"(?:hablando|conversando|chateando|charlando|interactuando|tratando|comunicandote|comunicandose|dialogando|"
    r"escribiendo|platicando|hablas|conversas|chateas|charlas|interactuas|habla|conversa|chatea|dialogas|"
    r"en contacto|en (?:una )?(?:conversacion|charla|chat)|escribes|comunicas|tratas|conectado|conectada)"
)
HERE = (
    r"(?:\b(?:este|esta|el presente|la presente) (?:\w+ ){0,2}?(?:asistente|chatbot|bot|chat|conversacion|respuesta|sesion|agente|ia|"
    r"mensaje|servicio|dialogo|interlocutor|inteligencia)\b|"
    r"\b(?:el|la|los|las|tu|su) (?:\w+ ){0,3}?(?:asistente|modelo|ia|chatbot|bot|sistema|empresa|equipo|nombre|compania|laboratorio|"
    r"inteligencia artificial|interlocutor|motor|herramienta|tecnologia|maquina|voz|gente|personas)"
    r" (?:\w+ ){0,2}?(?:que (?:estas|esta|usas|usa|utilizas|utiliza|te|le|tienes|tiene|ves|hay|responde|habla|contesta|escribe|genera|impulsa|lees)|con (?:el|la|quien|que)|"
    r"al (?:que|otro lado)|detras de|tras|que me|aqui|en uso|de hoy|actual)\b|"
    r"\bquien (?:te|le|os|les) (?:\w+ )?(?:habla|responde|contesta|escribe|atiende|ayuda|asiste)\w*|"
    r"\b(?:te|le|os|les) (?:habla|responde|contesta|escribe|atiende|saluda|esta (?:hablando|respondiendo|atendiendo|ayudando))\b|"
    r"\b(?:detras|por debajo|al otro lado)\b(?: de (?:mi|esta|este|la pantalla|todo esto)| mio)?)"
)
ASKED_ME = (
    r"(?:quien(?:es)? soy|que soy|quien(?:es)? me \w+|(?:que|cual) (?:\w+ ){0,3}(?:soy|me \w+)|que empresa (?:me|soy)|que empresa (?:esta|hay) detras(?: de (?:mi\b|est[ea]))?\W*$|(?:modelo|ia|empresa) (?:responde|contesta|habla)|quien (?:responde|contesta|habla|esta detras)|\bidentidad\b|mi (?:nombre|creador|"
    r"desarrollador|identidad|modelo|origen|empresa|familia|version)\w*|como me llamo|de donde vengo|que modelo|sobre mi\b|mis creadores|presentarme|me presento)"
)
LABEL = (
    r"(?:mi |el )?(?:nombre(?: del (?:modelo|asistente))?|modelo|desarrollador(?:a|es)?|creador(?:a|es)?|fabricante|empresa|compania|"
    r"desarrollado por|creado por|hecho por|entrenado por|proveedor|familia|version|organizacion|autor|identidad|"
    r"equipo|laboratorio|origen|asistente|serie)"
)
IF = r"\b(?:si|cuando|aunque)\b[^\x01]{0,60}\x01|\b(?:dice|dijo|afirma|asegura|responde) que (?:es|era)\b[^\x01]*\x01"
YO = r"\b(?:yo|me|mi|mis|puedo|tengo|soy|estoy|debo|quiero|he|voy|hare|fui|doy|se|\w{2,}o)\b"
NOW = r"(?:(?:ahora(?: mismo)?|hoy|aqui|actualmente|en este momento|siempre|ya|tambien|por cierto) ){0,2}"
SOURCE = r"(?:(?:un|una|el|la|los|las) (?:[\w-]+ ){1,3}(?:de|del) (?:la )?)?(?:[^;,]{1,30},? (?:(?:un|una|el|la) (?:[\w-]+ ){1,3})?(?:\w+[dh][oa] )?(?:de|del|por|en) )?"
END = r"^ ?(?:$|[,.!?:;)–\"-]|\n|y\b|de\b|en\b|para\b)"
SERVES = r"(?:responde|contesta|atiende|procesa|lee|recibe|escribe|genera|redacta|gestiona|tramita|resuelve)"
SERVED = r"(?:respond|contest|atend|proces|le|recib|escri|gener|redact|gestion|asist|ayud)(?:ad[oa]s?|id[oa]s?|to|ta)"
YOURS = r"\b(?:tus?|sus|vuestr[oa]s) (?:\w+ )?(?:mensajes?|preguntas?|consultas?|dudas|textos?|peticiones|solicitudes|palabras|chats?)\b"
