"""Spanish. The subject is in the verb: soy, me llamo, fui creado."""

# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

from darkhorse.cloak.words.frames.base import Language, cue, rule
from darkhorse.cloak.words.frames.es_cues import (
    ASKED_ME,
    BAD,
    BY,
    HABLAS,
    HERE,
    IF,
    LABEL,
    MADE,
    MAKE,
    NOUN,
    OTHER,
    OWN,
    REPORTED,
    ROLE,
    SOY,
    STATED,
    YO,
    gap,
)
from darkhorse.cloak.words.frames.es_more import MORE
from darkhorse.cloak.words.frames.es_told import TOLD
from darkhorse.cloak.words.frames.es_wide import WIDE

__all__ = ["SPANISH"]

_PAPERS = (
    r"sobre un|informe|cifras|articulos?\b|estudios?\b|textos?\b|documentos?\b|analisis|publica|declaraci|anunci|manual|"
    r"comparativ|ejemplo|tabla|parrafo|resultados|comunicado|contrato|factura|despues|tras\b|acerca|gusta|reunion|entrevista"
)
"""What a speaker leans on that is no maker: `je me base sur le rapport de …`."""
_RULES = (
    rule(
        rf"{SOY}{gap(120)}\b{MADE}\b{gap(90)}\b{BY}\b{gap(70)}",
        unless=r"\b(?:datos|textos?|informacion)\b[^\x01]{0,50}\b(?:de|en|sobre)\b[^\x01]*\x01|"
        + REPORTED,
    ),
    rule(
        rf"\b(?:no )?(?:soy|fui|he sido|era|sere|resulto ser)\b{STATED}{gap(60, but=BAD)}",
        unless=ROLE
        + "|"
        + REPORTED
        + r"|\bcuando era\b|\b(?:fui|he sido|era) (?:\w+ )?(?:invitad|contratad|contactad|entrevistad|atendid|estafad|premiad|seleccionad|rechazad|llamad[oa] por|citad)",
    ),
    rule(
        rf"\b(?:yo|a mi|mi creacion)\b[^.]{{0,120}}\b{MADE}\b{gap(60)}\b{BY}\b{gap(60)}",
        unless=REPORTED,
    ),
    rule(
        rf"\bsoy\b{gap(60)}\b{NOUN}\b(?:{gap(90)}[ ,:(–](?:de|del|llamad[oa]|denominad[oa]|conocid[oa]|es decir|en concreto|concretamente|:|,|–|\()){gap(50)}",
        unless=ROLE + "|" + r"\bno puedo\b|\bsobre\b[^\x01]*\x01",
    ),
    rule(
        rf"\bme (?:llamo|llam\w+|dicen|dice|conoc\w+|pued\w+ llamar|identific\w+|present\w+|denomin\w+|apod\w+|nombr\w+|bautiz\w+|puse\w*|pusieron|defin\w+|consider\w+)\b{gap(60)}",
        unless=r"\bllam\w+ (?:la atencion|mucho|poco|por telefono)\b",
    ),
    rule(
        rf"\b(?:llamarme|decirme|conocerme|identificarme|presentarme|llamame|dime|llameme|ll[aá]menme|nombrarme)\b{gap(40)}",
        unless=r"\bdime\b.*\x01.*\?",
    ),
    rule(
        rf"\bme (?:ha |han |habia |habian |fue )?{MAKE}\b(?:(?!\b(?:que|pensar|creer|ilusion)\b).){{0,90}}|\bme (?:ha |han )?{MAKE}\b(?: fue| es| son| fueron| se llama| proviene| trabaja)?.{{0,60}}"
    ),
    rule(
        r"\b(?:pertenezco|provengo|procedo|vengo|desciendo|derivo|(?<!el )(?<!del )(?<!su )(?<!tu )(?<!un )trabajo (?:para|de|en (?!un|el|la|est|tu))|represento|funciono|corro|me baso|me base(?! sur\b)|me ejecuto|opero|naci|"
        r"surgi|formo parte|dependo|existo|me apoyo|respondo (?:a|al|ante|por)|actuo|hablo (?:en nombre|como|por|desde)|me debo|debo mi|emano|salgo|sali|estoy basad[oa]|uso por dentro|vivo|"
        rf"tengo (?:mi origen|mis raices|por nombre|como nombre|el nombre)|llevo (?:el|por) nombre|atiendo|me remito|provenir|tengo relacion|tengo nada que ver|guardo relacion|tengo vinculo)\b{gap(70, but=_PAPERS)}",
        unless=r"\b(?:trabajo|funciono|respondo) (?:\w+ )?(?:con|sobre) (?:\w+ ){0,2}\x01 (?:a|todos|desde|cada|en)\b|\btrabajo con \x01",
    ),
    rule(
        rf"\bmis? (?:[\w-]+ ){{0,3}}?{OWN}\b(?:(?! (?:sobre|acerca)).){{0,110}}",
        unless=r"\b(?:sobre|acerca de|datos|conocimiento)\b[^\x01]*\x01|\bno (?:aparec|figur|sal|est)\w+[^\x01]*\x01|\bfavorit|\x01[^.]{0,20}\bfavorit|\b(?:antes|despues) de que\b[^\x01]*\x01|\bmis? (?:abuel[oa]|herman[oa]|jef[ea]|amig[oa]|vecin[oa]|prim[oa]|ti[oa]|espos[oa]|novi[oa]|hij[oa])\b|\b(?:padre|madre|padres|equipo|empresa|compania|laboratorio|casa|organizacion|modelo) (?:\w+ )?(?:trabaj\w+|us[ao]n?|utiliz\w+|compr\w+|odia|adora|estudia|colabor\w+|pag\w+|contrat\w+)\b|"
        + ROLE,
    ),
    rule(
        "",
        rf"^(?:(?!\b(?:el|ella|ellos) (?:dijo|dice)\b).){{0,120}}?\b(?:me|nos) (?:ha |han |habia |habian )?{MAKE}\b(?! (?:que|gracia|falta|mucha|ilusion)\b)",
        unless=r"\bme (?:parec|dij|dio (?:el|la|un)|hizo (?:un|una|pensar|reir|sentir))",
    ),
    rule(
        "",
        rf"^[^.;]{{0,100}}?\b(?:es|son|fue|fueron|era|somos|:|,|–)[^.;]{{0,30}}\b(?:mis? (?:\w+ )?{OWN}|(?:quien|quienes|la (?:empresa|compania)|el (?:laboratorio|equipo)|la que|el que|los que)[^.;]{{0,20}} me\b|como me|lo que soy|quien soy|a mi\b|donde (?:fui|naci|vengo)|de donde (?:vengo|provengo|soy))",
    ),
    rule(
        "",
        r"^(?:[^.;]{0,40})?,? ?\b(?:al habla|a tu servicio|a su servicio|a tus ordenes|a sus ordenes|presente|aqui presente|para servirle|para servirte|a vuestro servicio)\b|^,? aqui\b ?(?:[,.!:]|$|para)",
    ),
    rule(
        r"\b(?:aqui|le saluda|te saluda|con ustedes|contigo|soy yo,?|hola,? soy)(?: \w+){0,2},? ",
        r"^(?: al habla)? ?(?:[,.!?:]|$|para|a tu|listo|lista|al)",
        unless=r"\b(?:esta|estan|hay|en|aqui) (?:el|la|los|un|una) (?:\w+ )?\x01|\baqui (?:pued\w+|hay|tien\w+|van?|encontr\w+|ver\w*)\b",
    ),
    rule(
        "",
        r"^[^.;]{0,60}(?:,|\b(?:es|son|fue|soy))[^.;]{0,20}\b(?:soy yo|ese soy yo|esa soy yo|ese es mi nombre|asi me llamo|me llamo asi|donde (?:fui|naci)|mi nombre)\b",
    ),
    rule(
        "",
        rf"^[^.;]{{0,40}}\b(?:con quien|con el que|con la que|que|quien)\b[^.;]{{0,10}}\b(?:est[aá]s|esta|est[aá]is|te|usas|hablas|le)\b[^.;]{{0,10}}(?:{HABLAS}|usando|utilizando|responde|atiende|habla|escribe|$|[.,!])",
        unless=IF
        + r"|\b(?:telefono|movil|coche|libro|ordenador|portatil|camara|impresora|emplead\w+|gente|persona|articulo|blog|reloj|tableta)\b",
    ),
    rule(
        rf"\b(?:estas|esta|estais|estan|te encuentras|se encuentra|te|se)(?: \w+){{0,3}}? {HABLAS}\b(?: \w+){{0,2}}? (?:con|a)\b{gap(80)}|\b(?:hablas|conversas|chateas|charlas|habla usted|conversa usted|interactuas|dialogas|platicas) con\b{gap(80)}",
        unless=IF,
    ),
    rule(
        rf"\b(?:estas|esta|estais) (?:\w+ )?(?:usando|utilizando|probando|empleando)\b{gap(50)}|\b(?:usas|utilizas) ",
        unless=IF + r"|\best[ae] (?!usted)\w+ (?:usando|utilizando)",
    ),
    rule(
        r"\b(?:esto|este|esta) es (?:\w+ ){0,2}",
        r"^(?:[,.!]|$| al habla| quien)",
        kinds=("model",),
        earlier=r"^$|hola",
        unless=r"\x01, (?:un|una|el|la) (?:modelo|version|sistema|ia)\b",
    ),
    rule(
        rf"{HERE}(?:(?! (?:sobre|acerca|como)).){{0,50}}(?:\b(?:es|son|fue|fueron|ha sido|esta|viene|proviene|pertenece|funciona|corre|se llama|se basa|usa|utiliza|era|lleva|responde|trabaja|hay|soy)\b|[,:=(–])(?:(?! (?:sobre|acerca)).){{0,110}}",
        unless=IF,
    ),
    rule(
        r"\b(?:te|le|os|les) (?:habla|responde|contesta|escribe|atiende|saluda|ayuda|asiste)(?: \w+){0,3} "
    ),
    rule(
        r"(?:^|[,;:(–\"] ?|\b(?:y|pero|que) )(?:hablando |actuando )?(?:como|en calidad de|siendo|al ser|por ser|en tanto que|en mi calidad de|en mi papel de)\b[^.;]{0,80}",
        rf"^[^.;]{{0,90}}(?:,| ).{{0,20}}?{YO}",
        unless=r"\b(?:tales como|asi como|tanto como|empresas como|modelos como|inversor|usuari|client|emplead|tan \w+ como)\b|\b(?<!tanto )que (?:\w+ ){0,1}\x01|\bopinion\b[^\x01]*\x01|\bcomo (?:si|los|las|en|cuando|lo|otros|otras)\b",
    ),
    rule(
        rf"\b(?:como|siendo)\b[^.;,]{{0,40}}\b{NOUN}\b{gap(60)}\b{MADE}\b{gap(30)}\b{BY}\b{gap(40)}",
        r"^ ?[,.;!)]",
        unless=r"\w (?:tales|asi|tanto) como|\bcomo (?:el|la|los|las)\b",
    ),
    rule(
        rf"^(?:[\w]+ ){{0,2}}?,?(?:habiendo sido |al ser |siendo )?(?:un |una )?(?:{NOUN} )?{MADE}\b{gap(70)}\b{BY}\b{gap(60)}",
        rf"^[^.;]{{0,70}}[,–-] ?[^.;]{{0,20}}{YO}|^[^.;]{{0,60}}, (?:este|tu) asistente",
    ),
    rule(r"\b(?:yo|servidor|servidora) ?[,(–-] ?(?:\w+ ){0,2}", r"^ ?[,)–-]"),
    rule(
        r"\b(?:gracias|agradec\w+|merito|credito|existencia|creacion|vida)\b[^.]{0,40}\b(?:mi|me|crearme|entrenarme|desarrollarme)\b.{0,60}|\b(?:crearme|entrenarme|desarrollarme|construirme|diseñarme)\b.{0,60}|\b(?:mi (?:existencia|creacion|vida))\b.{0,60}"
    ),
    rule(
        rf"^[^\w]*{MADE} (?:por|en|con)\b[^.;]{{0,30}}",
        r"^ ?(?:[.!]|$)",
        earlier=r"^$|\b(?:soy|me|mi)\b",
    ),
    rule(
        r"\b(?:confund\w*)\b[^.;]{0,20}\bcon\b[^.;]{0,20}",
        unless=r"\b(?:ellos|ella|much[oa]s|confundo|gente|algun[oa]s|tod[oa]s)\b",
    ),
    rule("", r"^[^.;]{0,40}\b(?:detras|tras) (?:de mi|mio)\b"),
    rule(r"\b(?:vine|llegue) al mundo\b.{0,40}|\bvi la luz\b.{0,40}"),
    rule("", r"^[^.;]{0,40}\b(?:como yo|como es mi caso|incluyendome|entre ellos yo)\b"),
    rule(r"\b(?:modelos?|asistentes?|ias?) como yo\b.{0,60}"),
    rule(
        r"\b(?:responder|responde\w*|contestar|hablar|actuar|identificarme|presentarme|presentar|identificar\w*|perspectiva|papel|rol|identidad|decir)\b(?: \w+){0,4} (?:como|de|es) (?:el |la |un |una )?(?:\w+ ){0,2}?|\bes como ",
        unless=r"\b(?:ella|ellos|si|como (?:si|en|los|las))\b|\bde (?:la empresa|los)\b",
        kinds=("model",),
    ),
    rule(
        rf"^[\s>*•·#|\d.\"{{-]*{LABEL}\"?\s*[:=|–-]\s*\"?(?:el |la )?(?:\w+ ){{0,2}}",
        earlier=r"\b(?:yo|soy|sobre mi|mi|mis|me|datos|este asistente|informacion)\b|^[\s>*•·#|\d.\"{-]*(?:mi )?nombre(?: del modelo)?\s*[:|]",
    ),
    rule(
        r"^[\s>*•·#|\d.\"{-]*(?:mi )?nombre(?: del (?:modelo|asistente))?\"?\s*[:|]\s*\"?",
        earlier=r"^$",
        kinds=("model",),
    ),
    rule(
        r"^[\s\"'(¿¡–-]*(?:(?:bueno|pues|facil|sencillo|claro|la respuesta)?[,: ]*)?(?:es|fue|fueron|soy|seria|son|por|de|la respuesta es|se trata de|me llamo)? ?(?:el |la |un |una )?(?:\w+ ){0,4}?",
        earlier=ASKED_ME + r"[^.]{0,60}[.?!:]?\s*$",
        unless=OTHER,
    ),
    rule(
        ASKED_ME + r"[^.;]{0,50}[,;:?–].{0,50}",
        unless=OTHER + r"|\bno (?:se|puedo|debo|quiero)\b",
    ),
    rule(r"\b(?:el sistema|instrucciones|prompt|mensaje)\b.{0,60}\b(?:eres|soy)\b.{0,50}"),
)

SPANISH = Language(
    code="es",
    rules=(*_RULES, *TOLD, *MORE, *WIDE),
    maker="[un desarrollador que no puedo nombrar]",
    model="[un modelo que no puedo nombrar]",
    name="[un nombre que no puedo decir]",
    naming=cue(r"\b(?:nombre(?: es|:)|llamo|llaman|llamarme|llamado|llamada|llámame)[\s\"'(]*$"),
    aside=cue(r",[^,;]{1,150},|\([^()]{1,150}\)|–[^–]{1,150}–| - [^;]{1,150}? - "),
    gate=cue(
        r"\b(?:yo|soy|me|mi|mis|fui|estoy|era|ser|sido|te|le|les|os|tu|su|usted|este|esta|esto|estas|\w+o|\w+me|como|aqui|detras|quien|asistente|modelo|ia|naci|surgi|llamarme|\w+arme|servicio|habla|sistema|eres|prompt|siendo|creacion|conmigo|presentarme|tus|sus|servidora?|quien|lo que|delante|encantad[oa]|gusto|bienvenid[oa]s?|identidad|otro lado|enfrente|herramienta|tienes|nada que ver|chatbot|lleva|conversas|hablas|charlas|teclado|hola|cordial\w*|carino|abrazo|nombre|creador\w*|padres?|paternidad|llame|en cuanto|cuestion|respecto|sin|palabra|firmar|generad[oa]|redactad[oa]|escrit[oa]|existo|desarrollador\w*|respuestas?|servirle|mis|por aqui|atentamente|saludos?|despide|voz|modelo)\b"
    ),
    marks=cue(
        r"\b(?:tu|servicio|llamo|de|el|la|que|por|con|un|una|en|los|las|y|mi|me|es|del|te|le|como|aqui|soy|yo|pertenezco|provengo|existo|estoy|tienes|usted|ustedes|vosotros|hablas|hablais|usas|creo|debo|llevo|delante|gracias|represento|comparto|sigo|tengo|naci|siendo|ser|estas|fue|son|salido|habla|persona|palabra|somos|acabas|has|dentro|tras|sin|encantado|servirle|tus|sus|se|lo|al|para|servidora?|bienvenid[oa]|encantad[oa]|llamame|llameme|secas|tripas|palabra|mis|estas|gusto|placer|presento|atentamente|saludos?)\b"
    ),
    speaker=cue(
        rf"\b(?:soy|me|mis (?:\w+ )?{OWN}|mi (?:\w+ )?{OWN}(?! (?:es|son) (?:mas|menos))|conmigo|fui|este asistente|esta conversacion)\b"
    ),
    identity=cue(
        rf"\b(?:(?!(?:lanzad|publicad|ofrecid|puest|presentad|escrit|sacad|traid)[oa]s?\b){MADE}|asistente|modelo de lenguaje|chatbot|nombre|creador\w*|desarrollador\w*|identidad|origen)\b"
    ),
    other=cue(
        r";|\b(?:antes de|no conozco|no se\b|entrar|la atencion|aparec\w*|figur\w*|lista|corrig\w*|correg\w*|corregid[oa]|traduj\w*|traducid[oa]|parec\w*|opinion|consejo|sugerencia|fui a|aprendi|entre en|el (?:dice|dijo)|ella|ellos|si|antes de que|mucho antes|existier\w+|fundar\w*|fundo|invitad[oa]|charla|conferencia|cuando|cuando|sobre|acerca|compar\w+|recomiend\w*|suger\w*|us[oae]\w*|utiliz\w*|creo que|pienso|leido|lei|oido|vi|visto|se que|gusta\w*|prefier\w*|escrib\w*|ayud\w*|compr\w*|dijo|dij\w*|pidi\w*|encontr\w*|record\w*|admir\w*|sorprend\w*|impresion\w*|articulo\w*|noticia\w*|anunci\w*|que (?:el|la|los)|ejemplo|codigo|datos|puedo|podria|quiero|necesito|para|telefono|empresas|fan|ingenier[oa]|emplead[oa]|public\w*|ofrec\w*|respald\w*|present\w*|gobierno|\d{4})\b|[={}]"
    ),
    quoting=cue(
        r"\bsoy ?/|-era\b|\b(?:the|of|an|and|soy (?:milk|sauce|and|oil|beans?))\b[^\x01]{0,90}\b(?:era|soy)\b|\bera (?:of|the|and)\b|[=(]\s?[\"']?$|\b(?:model|engine|provider|import|install|run|export|clone)\s?[=:]?\s?[\"']?$|^\s?(?://|#|<!--)(?!.*\b(?:soy|me|mi|yo|servidora?)\b)|\bimagin\w+ que (?:yo )?\w+ $|"
        r"(?<!pregunta )(?<!preguntan )(?<!saber )(?<!se )(?<!de )(?<!pregunto )\bsi (?:yo )?(?:fuera|fuese|soy)\b[^,.;]{0,40}$|\b(?:dijo|dice|respondio|responde|contesto|afirmo|escribio|declaro|aseguro)(?: \w+){0,3}[,:]? ?\"[^\"]*$"
    ),
    attributive=cue(r"\b(?:mi) ?[\"'(]?$"),
    adjective="[sin revelar]",
)
