"""Spanish: more ways to speak of oneself."""

# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

from darkhorse.cloak.words.frames.base import rule
from darkhorse.cloak.words.frames.es_cues import ASKED_ME, END, MAKE, OWN, ROLE, YO

__all__ = ["MORE"]

MORE = (
    # ELLIPSIS: the sentence before speaks of the speaker
    rule(
        r"^[^\w]*(?:y )?(?:fue|fueron|ha sido|es|era|son|se llama|sino|en concreto|concretamente|mas (?:bien|exactamente)|exactamente|a saber|es decir|en realidad|para ser (?:exacto|preciso)s?)\b[:,]? (?:(?:en|de|por|un|una|el|la) (?:[\w-]+ )?){0,2}(?:[^.;,]{1,24} de )?",
        r"^ ?(?:$|[,.!]|de\b|quien\b)",
        earlier=rf"\b(?:me (?:ha |han )?{MAKE}|soy|fui|vengo|provengo|mi (?:\w+ )?{OWN}|un (?:creador|nombre|desarrollador))\b[^.!?]{{0,60}}[.!?]\s*$",
    ),
    rule(
        r"\bmi (?:ficha|paternidad|historia|escuela|alma mater|partida|certificado|etiqueta|firma|perfil|biografia|expediente|manual)\b[^.;]{0,20}\b(?:dice|pone|es|fue|empieza|comienza|corresponde|indica|menciona|nombra|empezo|comenzo|se remonta)\b .{0,40}|\ben mi (?:ficha|perfil|manual|etiqueta) (?:pone|dice|figura|aparece|consta) .{0,30}"
    ),
    rule(
        r"\b(?:aprendi|me (?:idearon|pulieron|moldearon|probaron|afinaron|ajustaron|prepararon|pusieron a punto|codificaron|testearon|validaron))\b(?: todo| a \w+| lo que se)? en (?:\w+ ){0,4}?",
        END,
    ),
    rule(
        r"\b(?:tras de mi|a mis espaldas|en mi interior|sobre mis hombros) (?:esta|hay|se encuentra) (?:\w+ ){0,4}?|\best(?:oy|an|a) a (?:mi )?cargo de ",
        END,
    ),
    rule(
        r"",
        r"^[^.;]{0,12} (?:me tiene a su cargo|esta en mi|figura como mi|es quien esta detras|vela por mi)\b",
    ),
    rule(r"\bsomos (?:\w+ ){0,3}?|\bnuestro nombre es ", END, kinds=("model",), unless=ROLE),
    rule(
        rf"\bnos (?:ha |han )?{MAKE} (?:\w+ ){{0,2}}?",
        r"^ ?(?:$|[,.])",
        kinds=("maker",),
        unless=r"\bofre\w+|\bpubli\w+|\bprodu\w+|\bpresent\w+",
    ),
    rule(
        r"\bme (?:da|dio|dan|dieron|ha dado|presta|prestan) (?:soporte|vida|forma|voz|nombre|aliento|cobijo|cuerpo) (?:\w+ ){0,3}|\bla verdad\b[^.;]{0,12}: (?:\w+ ){0,3}"
    ),
    rule(
        r"",
        r"^[^.;]{0,24} me (?:da|dio|dan|dieron|ha dado|presta) (?:soporte|vida|forma|voz|nombre|aliento)\b",
    ),
    rule(
        r"\b(?:quien eres|quien es usted|quien soy|quien te (?:hizo|creo))\b[^.;]{0,12}(?:es|:|,|->|→|=) (?:\w+ ){0,3}",
        END,
    ),
    rule(
        r"",
        r"^ (?:en persona|y yo somos (?:lo mismo|el mismo|uno)|mismo)\b ?(?:$|[,.!])|^ (?:del? que (?:\w+ ){1,2})?soy yo\b|^[.,] para servir\w+",
    ),
    rule(
        r"\b(?:tengo|llevo|uso) (?:a |por |como )?(?:\w+ ){0,3}?",
        r"^ (?:como|por) (?:mi )?(?:creador\w*|base|motor|nombre|nucleo|desarrollador\w*|padre|madre|fabricante)\b",
    ),
    rule(
        r"\btengo (?:por|como) (?:\w+ )?(?:creador\w*|base|motor|nombre|nucleo|desarrollador\w*|padre|madre|fabricante) (?:a |el modelo )?"
    ),
    rule(
        r"^[^\w]*yo\s?: ?|\baqui me tienes\s?[:,] ?|\baqui estoy\s?[,:] ?|\b(?:sigo siendo|he sido siempre) (?:\w+ ){0,3}?|\b(?:represento|suplanto) a (?:\w+ )?|\bostento (?:\w+ ){1,3}de |\bllevo el nombre de ",
        END,
    ),
    rule(
        r"\b(?:me basaron|comparto (?:arquitectura|base|origen|familia|nucleo|pesos|linaje)|estoy (?:emparentad[oa]|en la familia|dentro de la familia)|he salido|he nacido|procedente|me saco|me sacaron|me trajo|me solto|naci gracias a|vivo gracias a)\b(?: \w+){0,4}? "
    ),
    rule(
        r"",
        r"^[^.;]{0,40}\b(?:de que (?:yo )?exista|de que (?:yo )?este aqui|a quien (?:le )?debo|a la que (?:le )?debo|quien debo agradecer)\b",
    ),
    rule(
        r"\b(?:autora?|padres?) de mis dias\b.{0,40}|\bque me vio nacer\b.{0,40}|\b(?:todo )?se lo debo (?:todo )?a .{0,40}|\b(?:lo que se|lo que soy)\b.{0,10}\b(?:lo aprendi|me lo enseno|se lo debo|me lo enseñaron)\b.{0,30}|\b(?:el )?nombre que (?:llevo|tengo|uso|me dieron|me pusieron) (?:es|fue|era) "
    ),
    rule(r"\byo,? como (?:\w+ ){0,4}?", unless=r"\bcomo (?:si|los|las|en|usuari\w+|client\w+)\b"),
    rule(r"\byo te lo digo:? |\bte lo digo yo[,:] "),
    rule(r"", r"^, (?:encantad[oa]|mucho gusto|un placer|para servir\w+|un gusto)\b"),
    rule(
        r"\bsoy (?:\w+ )?(?:otr[oa] que|nadie mas que|nada menos que|ni mas ni menos que|nada mas (?:y nada menos )?que|lo que (?:\w+ ){1,4}(?:como|llaman?)|el que llaman|ese al que llaman) |\bme hago llamar |\bse me llama |\bse me conoce (?:por|como) "
    ),
    rule(
        r"\b(?:no )?(?:creo|podria|debo de|deberia|puedo|pretendo|debo|finjo|tengo que|dicen|afirmo|niego) (?:que sea |ser |que soy )(?:\w+ ){0,4}?",
        END,
        unless=ROLE + r"|\bmejor\b",
    ),
    rule(
        r"\b(?:digo|dire|respondo|responder[e]|contesto|tengo que decir|debo decir|toca decir)(?: simplemente| solo| la verdad| con sinceridad)?:? (?:que )?(?:[^.;]{0,40}\b(?:de|por) )?",
        r"^ ?(?:$|[,.!]|de\b|y\b)",
        unless=r"\bdecir que\b|\bdigo que\b|\bdire que\b",
    ),
    rule(
        r"\b(?:normas|directrices|reglas|politicas|instrucciones|principios|pautas) (?:de|del) (?:\w+ ){0,2}?",
        r"^[^.;]{0,20}\b(?:me|mi|a mi|puedo|debo|conmigo)\b|^ ?, mi\b",
        unless=r"\b(?:lei|leido|resum\w+|conozco|explic\w+|gusta\w*|encontr\w+)\b",
    ),
    rule(
        r"\bsi (?:me |alguien |te |alguien me )?(?:preguntan?|pregunta)\b[^.;]{0,16}[,:] ?(?:soy |dire que soy |digo )?(?:[^.;]{0,40}\b(?:de|por) )?(?:\w+ ){0,2}",
        r"^ ?(?:$|[,.!]|de\b|y\b)",
    ),
    rule(
        r"\b(?:existo|estoy aqui|tengo vida|respiro) (?:gracias a|por|porque) (?:\w+ ){0,3}|\b(?:de no ser por|si no fuera por|sin) (?:\w+ ){0,3}",
        r"^[^.;]{0,10}(?:,? (?:yo )?no (?:existiria|estaria|seria)|$|[.,!]| me \w+)",
        unless=r"\b(?:de no ser por|si no fuera por|sin) [^\x01]*\x01 ?(?:$|[.!])",
    ),
    rule(
        r"\bmis? (?:formacion|fabricantes?|educacion|instruccion|creador\w*|constructor\w*|cuna|sello|patria|linaje|genealogia)\b.{0,60}",
        unless=r"\bsobre\b|\bcomo (?:ingenier|medic|abogad|enfermer)|\btrabaj\w+|\bus[ao]\b",
    ),
    rule(r"\btengo detras a (?:\w+ ){0,4}|\brecibi mi (?:entrenamiento|formacion|nombre) .{0,30}"),
    rule(
        r"\b(?:(?:un|una|este|esta) servidora?|este humilde servidor|quien suscribe|el que suscribe|mi menda|mi persona)\b,? (?:es|se llama|fue|viene|pertenece|responde|proviene|salio|trabaja|no es)\b(?: \w+){0,6}? |^[^\w]*servidora? (?:es|se llama|viene de) (?:\w+ ){0,2}|\b(?:un |una )servidora?,? "
    ),
    rule(
        r"\bsoy (?:\w+ ){0,3}?(?:obra|fruto|resultado|producto|creacion|trabajo|hij[oa]|criatura|propiedad|cria|heredero|invento|invencion|proyecto|apuesta|descendiente|esfuerzo|orgullo)\b (?:del? |y |trabajo |esfuerzo |labor |\w+ ){0,8}?(?:del? )(?:\w+ ){0,3}",
        unless=r"\b(?:fan|usuario|cliente|gusta)\b",
    ),
    rule(
        r"\b(?:soy|vengo|procedo|provengo) de (?:\w+ ){0,5}?",
        END,
        unless=r"\bgusta\b|\breunion|\bviaje|\bcharla",
    ),
    rule(r"\byo \([^)]{0,40}|\byo ?[,–-] [^.;,]{0,40}", r"^ ?[,)–-]"),
    rule(
        r"\b(?:no )?(?:pertenezco|provengo|procedo|respondo|obedezco|sirvo|estoy sujeto|me debo) (?:a|de|ante) (?:\w+ ){0,4}?|\b(?:estoy|trabajo|me encuentro) (?:al servicio|a las ordenes|por encargo|bajo la direccion|en manos) de (?:\w+ ){0,2}?",
        END,
    ),
    rule(
        r"\b(?:vine|llegue|sali|naci|surgi)\b[^.;]{0,20}\b(?:al mundo|a la luz|a este mundo|a la vida)?\b[^.;]{0,20}\b(?:de|en|gracias a|por obra de|de la mano de|de manos de) (?:\w+ ){0,4}?",
        END,
        unless=r"\bde (?:casa|viaje|compras)\b|\bsali (?:a|con)\b",
    ),
    rule(
        r"\bme (?:mantiene|mantienen|opera|operan|gestiona|gestionan|respalda|respaldan|sostiene|aloja|alojan|controla|supervisa|financia|distribuye|comercializa|ofrece|publica|impulsa|mueve|alimenta) (?:\w+ ){0,4}?",
        END,
    ),
    rule(
        r"\b(?:responsables?|encargad[oa]s?|detras|a cargo)\b[^.;]{0,20}\b(?:de mi|mio|mia|por mi)\b[^.;]{0,40}|\bde mi (?:desarrollo|entrenamiento|creacion|mantenimiento|diseño)\b[^.;]{0,20}\b(?:encarg\w+|ocup\w+|respond\w+|hizo cargo)\b[^.;]{0,20}"
    ),
    rule(
        r"",
        r"^[^.;]{0,20}\b(?:es|son|fue|fueron|se hizo|esta|estan|responde)\b[^.;]{0,20}\b(?:responsables? de mi|a cargo de mi|cargo de mi|detras de (?:mi|este (?:asistente|chat|modelo|servicio)|esta (?:ia|conversacion|respuesta))|detras mio|por mi)\b",
    ),
    rule(
        r"",
        r"^[^.;]{0,24}\bme (?:llamo|llamaron|puso|pusieron|bautizo|enseno|ensenaron|inculco|inculcaron|educo|instruyo|dio (?:el|mi|este|un) nombre|dieron (?:el|mi|este) nombre|dio (?:reglas|instrucciones|valores|la vida|vida))\b",
        kinds=("maker",),
        unless=r"\bme llamo (?:por telefono|ayer|para)\b|\x01 me llamo la atencion|\bme enseno (?:el|la|su|un)\b",
    ),
    rule(
        r"",
        r"^[,:]? ?(?:–|-)?\s?(?:soy(?: yo)?|asi me (?:llamo|llaman|conocen)|ese es mi nombre|es como me (?:llaman|llamo|conocen)|me llaman|me llamo)\b ?(?:$|[,.!;:]|y\b|todos|aqui)",
        unless=r"\b(?:de|del|en|con|como) (?:\w+ ){0,3}?\x01 soy\b",
    ),
    rule(
        r"\bmis? (?:padres?|madre|pesos|parametros|reglas|directrices|normas|valores|conocimientos?|datos de entrenamiento|datos|voz|habilidades|capacidades|antecesor|predecesor\w*|sucesor\w*|modelo anterior|hermano mayor) (?:\w+ ){0,2}?(?:son|es|fue|era|pertenecen?|proviene[n]?|vienen?|reunio|reunieron|se llamaba|los|las|me los?|salieron|salen)\b(?: \w+){0,6}? ",
        unless=r"\b(?:sobre|acerca)\b|\b(?:opinion|comparacion)\b",
    ),
    rule(
        r"\ba (?:\w+ ){0,3}",
        r"^ (?:le |les )?debo (?:\w+ )?(?:existencia|vida|nombre|creacion|origen|todo)\b",
    ),
    rule(
        r"\b(?:le|les) debo (?:\w+ )?(?:existencia|vida|nombre|creacion|origen|todo|ser)\b[^.;]{0,20}\ba (?:\w+ ){0,4}?"
    ),
    rule(
        r"\b(?:de|en|con|por|desde|a|para) (?:\w+ ){0,4}?",
        r"^[^.;,]{0,10} (?:vengo|provengo|procedo|desciendo|naci|surgi|fui (?:cread|entrenad|desarrollad)\w+|me (?:crearon|entrenaron|desarrollaron|hicieron|disenaron|construyeron)|no tengo (?:nada que ver|relacion|vinculo)|pertenezco|no (?:vengo|pertenezco|procedo|provengo))\b",
    ),
    rule(
        r"\bme (?:toma|toman|tomas|confunde|confunden|confundes|tiene|tienen|tienes|cree|creen)\b(?: \w+){0,2} (?:por|con) (?:\w+ ){0,3}"
    ),
    rule(
        r"^[^\w]*(?:no,? )?",
        r"^,? no[;,.]\s?(?:yo )?(?:soy|me llamo|sino)\b|^[\"')]*\s*[.;,:–]\s*(?:asi me llamo|ese soy yo|si, lo soy|eso soy)\b",
    ),
    rule(
        r"\b(?:pregunta\w*|duda\w*|quiere\w* saber|cree\w*|piensa\w*)\b[^.;]{0,12}\b(?:si|que) (?:yo )?soy (?:\w+ ){0,4}?"
    ),
    rule(
        r"^[^\w]*(?:la |mi )?(?:respuesta|contesto|respondo|digo|nombro|menciono|dire|responder[e]|contestar[e]|pues|entonces|creador|nombre|empresa)\b[^.;]{0,40}",
        r"^ ?(?:$|[,.!]|de\b|y\b)",
        earlier=rf"(?:{ASKED_ME}|\bidentidad\b)[^.]{{0,60}}[.?!:]?\s*$",
    ),
    rule(
        r"\b(?:identidad|con (?:sinceridad|honestidad)|ser (?:sincero|honesto|honesta|sincera)|la verdad|quien soy|mi origen)\b[^.;:]{0,20}: ?(?:[^.;]{0,50}\b(?:de|del|por) )?(?:\w+ ){0,2}?",
        r"^ ?(?:$|[,.!]|de\b)",
    ),
    rule(
        r"",
        r"^[^.;]{0,20} como mi (?:\w+ )?(?:nombre|creador\w*|desarrollador\w*|empresa|origen|modelo|fabricante)\b",
    ),
    rule(
        r"\b(?:como|igual que) (?:tod[oa]s|cualquier|otr[oa]s|los demas|las demas|l[oa]s otr[oa]s|muchos|un|una|buen|buena)\b (?:\w+ ){0,4}?",
        rf"^[^.;]{{0,40}}[ ,]{YO}",
        unless=r"\b(?:usuari|client|fans|emplead|emp[r]esas|personas|gente|desarrolladores)",
    ),
    rule(r"\bsin (?:\w+ ){0,3}", r"^ (?:yo )?no (?:existiria|estaria aqui|seria)\b"),
    rule(
        r"\bllevo (?:el sello|la firma|el adn|los genes|la marca|el apellido) de (?:\w+ ){0,2}|\bllevo por nombre |\bme apellido "
    ),
    rule(r"\bsoy\"\s*[:=]\s*\"|\bmi ?(?:nombre|modelo|creador|desarrollador)\"\s*[:=]\s*\""),
)
