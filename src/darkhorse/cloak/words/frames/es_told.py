"""Spanish: who is spoken to, and by whom."""

# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

from darkhorse.cloak.words.frames.base import rule
from darkhorse.cloak.words.frames.es_cues import (
    END,
    HABLAS,
    IF,
    MAKE,
    NOW,
    SERVED,
    SERVES,
    SOURCE,
    YOURS,
)

__all__ = ["TOLD"]

_THING = r"(?:modelos?|asistente|chatbot|bot|ia|inteligencia|llm|sistema|agente|version|variante|instancia|programa|red|motor|maquina|servicio|producto)"

TOLD = (
    rule(
        rf"\b(?:has|ha|habeis|han)(?: usted)? (?:estado (?:hablando|conversando|chateando|charlando)|hablado|conversado|chateado|charlado)(?: usted)? con {SOURCE}|\blleva[sn]? (?:\w+ ){{1,4}}(?:hablando|conversando|chateando|charlando) con {SOURCE}|\b(?:se|te) (?:ha |has )?comunica\w*(?: usted)? con {SOURCE}|\bel usuario (?:esta hablando|habla|conversa|chatea|charla) con {SOURCE}",
        END,
        kinds=("model",),
        unless=IF + r"|\bsobre\b",
    ),
    rule(
        rf"\b(?:estas|esta|estais)(?: usted)? siendo \w+ por {SOURCE}|\b(?:te|le|os|les) (?:ha|han) (?:atendido|respondido|contestado|hablado|asistido|escrito) {SOURCE}|^[^\w]*(?:usas|usted usa|utilizas|usted utiliza) {SOURCE}",
        END,
        unless=IF,
    ),
    rule(
        rf"(?:^|[,:;–] ?|\b(?:aqui|hoy|ahora|chat|ventana|conversacion|lado|pagina) )[^\w]?(?:(?:te|le|os|les) escribe|(?:te |le |os |les )?(?:responde|contesta|atiende|habla))(?: aqui| en (?:este|esta) \w+)? {SOURCE}|\blo que (?:lees|lee|ves) (?:aqui )?(?:sale|viene|procede|proviene) de {SOURCE}|\b(?:esta|este|la) (?:ventana|pagina|pantalla) l[oa] \w+ {SOURCE}",
        END,
        unless=r"\b(?:ella|no|quien)\b",
    ),
    rule(
        r"\b(?:preguntan?|quieren? saber|duda|pregunto)\b[^.;]{0,40}\b(?:quien|que|mi|me|soy|identidad|modelo|nombre|origen)\b[^.;]{0,30}(?:->|=>|→|–|=|:) ?(?:[^.;]{0,40}\b(?:de|por) )?(?:\w+ ){0,3}",
        END,
        unless=r"\b(?:ella|ellos)\b",
    ),
    rule(
        rf"(?:^|[,!.–] ?)[^\w]*(?:hola,? |buenas,? |si,? )?(?:al )?habla,? {SOURCE}|\b(?:lo|la|le|te|os|les) (?:saluda|atiende|asiste|acompaña|ayudara|atendera|va a ayudar|va a atender|guia|escucha|lee) {NOW}{SOURCE}",
        END,
        unless=IF,
    ),
    rule(
        r"\best(?:as|a usted|ais) (?:en manos de|en|con) ",
        r"^ ?(?:$|[,.!])",
        kinds=("model",),
        unless=IF,
    ),
    rule(
        rf"\best(?:as|a|ais|an)(?: usted)?,[^.;]{{1,60}}, ?(?:{HABLAS} )?con {SOURCE}|\best(?:as|a|ais|an)(?: usted)?,[^.;]{{1,60}}, ?{HABLAS} con {SOURCE}",
        unless=IF,
    ),
    rule(
        rf"\b(?:has|ha|acabas de|acaba de) (?:iniciado|abierto|entrado|empezado|comenzado|escribir|escribirle|hablar|preguntar)(?:le)?\b(?: (?:en |a )?un[ao]? (?:chat|conversacion|charla|sesion))? (?:con|a) {SOURCE}",
        END,
        unless=IF,
    ),
    rule(
        rf"\b(?:la|el|los) (?:\w+ )?(?:aplicacion|app|herramienta|chat|ia|modelo|asistente|sistema|espacio|pagina|programa|servicio)(?: en (?:la|el) que| con (?:la|el) que| que)? (?:estas?|hablas?|usas?|utilizas?|ves|escribes?|te \w+|le \w+|lees)(?: usted)?(?: \w+ndo)? (?:l[oa] )?(?:usa|utiliza|lleva|es|funciona|corre|se basa|opera|gestiona|pertenece|viene)\b(?: (?:con|en|de|por|a|sobre))? {SOURCE}",
        unless=IF,
    ),
    rule(
        rf"\b(?:te|se) lo (?:dice|digo yo|cuenta|explica),? {SOURCE}|\bpalabra de |\b(?:esto|eso|lo) que lees l[oa] \w+ ",
        r"^ ?(?:$|[,.!])",
        kinds=("model",),
    ),
    rule(r"\best[ea] espacio l[oa] \w+ "),
    rule(r"^[^\w]*(?:la|el) asistente (?:se llama|es|soy yo)[,:]? ", END),
    rule(
        rf"\b(?:estas|esta usted|estais|estan|le estas|sigues) (?:leyendo|preguntando|escribiendo|consultando|escuchando)(?:le)?(?: ahora)? (?:a |con |un texto de |las palabras de |una respuesta de )?{SOURCE}|\b(?:lees|lee usted|escuchas) (?:a |(?:un|el|las|la) \w+ (?:de|que genera|que escribe) ){SOURCE}|\b(?:le |les )?escribes a |\b(?:usted|ustedes|vosotros|tu|vos) (?:\w+ )?(?:conversa[ns]?|habla[ns]?|hablais|chatea[ns]?|charla[ns]?|dialoga[ns]?|conversais) con {SOURCE}|\b(?:hablais|conversais|chateais|charlais|dialogais) con {SOURCE}",
        END,
        unless=IF + r"|\bsobre\b[^\x01]*\x01",
    ),
    rule(
        rf"\bcon (?:quien|lo que|el que|la que) (?:\w+ )?(?:hablas|habla|hablais|conversas|conversa|chateas|charlas|estas? \w+ndo|tratas|interactuas)(?: \w+){{0,3}}? (?:es|no es|son)\b (?:con )?{SOURCE}"
    ),
    rule(
        rf"\b(?:esta|este) (?:charla|conversacion|chat|dialogo|sesion)\b (?:l[oa] )?(?:lleva|llevas|mantiene|mantienes|tienes|tiene|opera|gestiona|conduce|sostienes|sostiene|dirige)(?: usted)?(?: con)? {SOURCE}"
    ),
    rule(
        rf"\b(?:este|a este|esta|a esta) (?:\w+ )?(?:asistente|chatbot|bot|chat|modelo|ia|servicio|sistema|sesion|herramienta)\b (?:l[oa] )?(?:(?:ha |han )?{MAKE}|opera|gestiona|corre|funciona|depende|mantiene|sostiene|respalda)\b(?: \w+){{0,2}}? ",
        unless=r"\bcomo\b",
    ),
    rule(
        rf"\blo que (?:lees|lee|ves|recibes|escuchas)(?: aqui)? (?:l[oa] )?(?:\w+ )?(?:escribe|genera|redacta|ha escrito|ha generado|produce|dice) {SOURCE}|\btus? (?:mensajes?|preguntas?|consultas?) (?:l[oa]s? )?(?:ha|han|habra) (?:leido|recibido|respondido|contestado|procesado) {SOURCE}|\btu (?:mensaje|pregunta|consulta) (?:l[oa] )?(?:{SERVES}|va a|llega a|llego a) {NOW}{SOURCE}"
    ),
    rule(
        rf"\b(?:al teclado|tras (?:la pantalla|el teclado|este chat|est[ea]s? \w+)|detras de (?:la pantalla|el teclado|las? respuestas?|est[ea]s? \w+)|al otro lado)\b[^.;]{{0,16}} (?:esta|hay|se encuentra|se esconde|se oculta|trabaja|responde) {SOURCE}",
        END,
    ),
    rule(
        r"\b(?:para servir\w{2,3}|siempre a (?:tu|su) \w+|a (?:tu|su) (?:servicio|disposicion)|a (?:tus|sus) ordenes|de nombre)\s?[:,–] ?(?:\w+ ){0,2}"
    ),
    rule(
        rf"{YOURS} (?:ahora |hoy |aqui |siempre )?(?:l[oa]s? )?(?:\w+ )?{SERVES} {NOW}{SOURCE}|{YOURS} {NOW}(?:llegan|llega|van|va|van a parar|acaban en|pasan por|se dirigen) (?:a|por|en)? ?{SOURCE}|\ba {YOURS} {NOW}(?:les? )?(?:responde|contesta) {NOW}{SOURCE}|{YOURS} (?:son|estan siendo) {SERVED} por {SOURCE}",
        unless=IF,
    ),
    rule(
        r"\b(?:lo|con lo|aquello|eso) que (?:\w+ ){0,4}?(?:usas|usa|usais|utilizas|utiliza|tienes|tiene|chateas|hablas|ves|lees|lee|te responde|te contesta|le responde|le contesta|te habla|le habla|usando|utilizando|hablando|chateando|leyendo)\b[^.;]{0,30} (?:es|se llama|son|seria|viene de)\b(?: \w+){0,4}? ",
        unless=IF + r"|\bque (?:te |le )?(?:ves|gusta)\b",
    ),
    rule(
        r"\b(?:estas|esta usted|esta|estais|te encuentras) (?:ante|frente a|en presencia de) (?:\w+ ){0,3}|\b(?:tienes|tiene usted|tiene|teneis) (?:delante|enfrente|ante ti|ante usted|al otro lado|al aparato|al habla)(?: \w+)? (?:a |con )?(?:\w+ ){0,3}|\bhas dado con |\bha dado (?:usted )?con |\bhas llegado a |\bestas en contacto con ",
        END,
        kinds=("model",),
        unless=IF,
    ),
    rule(
        r"\b(?:por dentro|por debajo|bajo el capo|en mi interior|dentro de mi|en el fondo|por detras|entre bastidores)\b,? (?:\w+ )?(?:llevo|uso|soy|funciona|hay|corre|late|trabaja|esta|estoy)\b(?: \w+){0,4}? |\binternamente,? (?:uso|utilizo|empleo|llevo|soy|funciono|corro)(?: (?:con|en|sobre|el|un|una))* ",
        unless=r"\b(?:debajo|detras|fondo) de (?!mi\b|este|esta|todo)",
    ),
    rule(
        r"\b(?:uso|llevo|utilizo|empleo|tengo)(?: \w+)? ",
        r"^ (?:por dentro|por debajo|internamente|bajo el capo|en mi interior|como (?:base|motor|nucleo))\b|^ ?(?:$|[.,!])",
        unless=r"\b(?:uso|utilizo|empleo|llevo|tengo)(?! internamente)(?: \w+)? \x01 ?(?:$|[.,!])",
    ),
    rule(
        rf"\b(?:est[ea]s?|tod[oa]s|las|la|mis?) (?:\w+ )?(?:respuestas?|lineas|parrafos?|palabras|frases)\b(?:,? (?:que (?:lees|lee|ves|recibes|recibe)|de (?:este|esta) \w+))?(?: aqui)? {NOW}(?:l[oa]s? )?(?:\w+ )?(?:ha |han )?(?:{SERVES}|es|son|viene|vienen|provienen|proviene|sale|salen|{SERVED}) {NOW}(?:de |por )?{SOURCE}",
        END,
        unless=r"\b(?:sobre|acerca)\b|\bsobre (?:el|la)\b",
    ),
    rule(rf"\b(?:este|el) (?:texto|mensaje) (?:lo )?(?:escribe|genera|redacta) {NOW}{SOURCE}", END),
    rule(
        rf"\b(?:te|le|os|les) esta[n]? (?:respondiendo|hablando|contestando|escribiendo|atendiendo|ayudando) {NOW}{SOURCE}|\bse despide(?: de (?:ti|usted))?,? |\b(?:te|le|os|les) (?:manda|envia) (?:un|saludos)\b[^.;]{{0,20}} ",
        unless=IF,
    ),
    rule(
        r"\b(?:quien|el que|la que|lo que) (?:\w+ )?(?:te |le |os |les )?(?:escribe|firma|redacta|responde|contesta|habla|atiende|genera|ayuda)\b(?:(?! sobre)[^.;]){0,40} (?:es|se llama|son|no es|viene de)\b(?: \w+){0,4}? ",
        unless=IF,
    ),
    rule(
        r"^[^\w]*(?:bienvenid[oa]s?|te damos la bienvenida|le doy la bienvenida|te doy la bienvenida)(?: al chat de| a) ",
        END,
        kinds=("model",),
        earlier=r"^$|hola[^.]{0,6}$",
    ),
    rule(
        r"",
        r"^,? ?(?:por aqui|al aparato|al otro lado|a sus? ordenes|a tus? ordenes|a la orden|para servir\w*|saludando|reportandose)\b ?(?:$|[,.!:]|para|de nuevo|y)",
        unless=r"\b(?:esta|estan|hay|anda|paso|pasa) (?:\w+ )?\x01",
    ),
    rule(
        r"(?:^|[.!,:?–¿¡] ?)(?:encantad[oa](?: de conocer\w+)?|mucho gusto|un placer|un gusto|me presento|permit\w+ presentarme|permit\w+ que me presente|sobre mi|quien soy|en lo que a mi respecta|en cuanto a mi|por mi parte|en mi caso)\s?[?,:.!–-]+\s*(?:[^.;!?]{0,40}\b(?:de|del|por) )?(?:\w+ ){0,4}?",
        r"^ ?(?:$|[,.!:–-]|de|para|a)",
    ),
    rule(r"\ben mi caso,? (?:\w+ ){0,4}?(?:es|soy|seria|fue|se llama)(?: \w+)? "),
    rule(
        r"^[^\w]*",
        r"^ ?(?:$|[,.!:–-]|de|para|a)",
        earlier=r"\b(?:encantad[oa]|mucho gusto|me presento|presentarme|me presente|sobre mi|quien soy|un placer)\W*$",
    ),
    rule(
        r"\b(?:tu|su|vuestro) (?:\w+ )?(?:interlocutor\w*|asistente|ayudante|chatbot|ia|compañer[oa])(?: virtual| de ia)?,? (?:es |se llama |de |llamad[oa] |hoy es )?(?:\w+ ){0,2}?",
        r"^ ?(?:$|[,.!:]|le\b|te\b|al\b|de\b|esta\b|para\b)",
        unless=IF,
    ),
    rule(
        r"\b(?:atentamente|un saludo|saludos|un abrazo|cordialmente|atte)\b\.?,?\s?(?:de |desde )?|^[^\w]*(?:(?:tu|su) (?:asistente )?)?",
        r"^,? (?:tu|su|el) (?:asistente|ia|chatbot)\b|^\s*$",
        kinds=("model",),
        earlier=r"^$|\b(?:atentamente|saludos?|abrazo|cordialmente|atte)\b[.,]*\s*$",
        unless=r"^[^\w]*\x01|^[^\w]*(?:tu|su) \x01",
    ),
    rule(
        r"^[^\w]*(?:(?:tu|su) (?:asistente )?)?",
        r"^,? (?:tu|su|el) (?:asistente|ia|chatbot)\b|^\s*$",
        kinds=("model",),
        earlier=r"\b(?:atentamente|saludos?|abrazo|cordialmente|atte)\b[.,]*\s*$",
    ),
    rule(
        r"^[^\w]*est[ea] (?:\w+ )?(?:modelo|ia|sistema|aplicacion|app|programa|plataforma|herramienta|chatbot|bot|servicio|inteligencia artificial)\b (?:\w+ ){0,4}?(?:se llama|se basa|se apoya|fue|es|viene|pertenece|usa|utiliza|emplea|funciona|corre|procede)\b(?:(?! (?:sobre|acerca|como|para|mas|mejor|peor)\b).){0,60}",
        earlier=r"^$|\b(?:yo|soy|me|mi|mis|asistente|te|le)\b",
        unless=r"\bcompar\w+|\bparecid\w+|\bsimilar\w*",
    ),
    rule(
        r"\b(?:la|el) (?:voz|texto|respuesta|mensaje) que (?:escuchas|escucha|lees|lee|oyes|ves)[^.;]{0,20} (?:es|viene|proviene|pertenece)\b(?: (?:el|la|de|del|a|un|una|modelo)){0,4} "
    ),
    rule(
        r"\b(?:el|la|los) (?:\w+ )?(?:nombre|creador\w*|desarrollador\w*|fabricante|proveedor\w*|origen|base|motor|responsables?) (?:de|detras de|tras) est[ea] (?:asistente|modelo|ia|chat|chatbot|bot|sistema|conversacion|servicio|inteligencia)\b.{0,40}"
    ),
    rule(
        r"\bcon (?:\w+ ){0,3}",
        rf"^ (?:\w+ )?(?:estas|esta usted|estais) (?:{HABLAS})|^ (?:es|soy) con quien (?:hablas|habla|estas)\b",
        unless=IF,
    ),
    # El modelo de … con el que hablas
    rule(
        rf"\b{_THING} (?:\w+ ){{0,3}}?",
        rf"^ (?:\w+ ){{0,2}}?(?:con (?:quien|(?:el|la) que|el cual|la cual)|al? (?:quien|que|la que|el que)) {NOW}(?:usted |vosotros |ustedes )?(?:hablas?|hablais|hablan|conversas?|chateas?|charlas?|dialogas?|interactuas?|tratas?|escribes?|preguntas?|consultas?|est[ae](?:s|is)? (?:usted )?\w+ndo)\b|^ (?:\w+ ){{0,2}}?(?:que|quien|el que|la que) {NOW}(?:te|le|os|les) (?:esta )?(?:habla|responde|contesta|escribe|atiende|ayuda|asiste|lee|\w+ndo)\b|^ (?:\w+ ){{0,2}}?que {NOW}(?:usas|utilizas|est[ae](?:s|is)? (?:usando|utilizando|leyendo|probando))\b(?! (?:en|para|desde|con) (?!est[ea]\b))",
        unless=IF + r"|\b(?:como|mejor|otro|otra|tu (?:codigo|proyecto|empresa|app))\b",
    ),
    rule(
        r"^[^\w]*(?:con |soy |es |de |le habla )?(?:\w+ ){0,2}",
        END,
        earlier=r"\b(?:con quien|quien|que (?:modelo|ia|asistente|empresa))\b[^.?]{0,12}\b(?:hablas|habla|hablo|hablando|responde|contesta|escribe|atiende|aqui)\b[^.?]{0,30}\?\s*$",
    ),
    rule(
        r"\b(?:el|la) (?:modelo|sistema|ia) (?:subyacente|utilizado aqui|usado aqui|empleado|que hay detras|que hay debajo|que responde|en uso|en funcionamiento)(?: aqui)? (?:es|se llama|proviene de|viene de)(?: \w+){0,3} "
    ),
)
