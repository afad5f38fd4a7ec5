"""English: short turns in which a name stands beside what is the speaker's."""
# ruff: noqa: E501, RUF001  a cue is read in one line

from darkhorse.cloak.words.frames.base import rule
from darkhorse.cloak.words.frames.en_cues import GOVERNED, MADE, NOUN, OWN, ROLE, gap

__all__ = ["LAST"]

_MINE = rf"(?:{OWN}|provenance|llm|types?|kind|species|class)"
_RUN = r"(?:i (?:use|run on|rely on|consist of)|i'?m (?:based|built|running|made) (?:on|of)|i was (?:tuned|built|derived) from|i am (?:based|built) on|(?:powers|drives|runs) me)"
_RULES = r"(?:polic(?:y|ies)|rules|guidelines|terms|instructions|training|values|principles)"

_MAKES = r"(?:(?:pre-?|fine-?)?(?:created?|built|trained|designed|developed|made|programmed|engineered|tuned|invented|crafted|configured))"
_WE = (
    r"\bwe(?:'re| are) (?:\w+ )?(?:\w+ing|happy|customers?|users?|clients?|fans?|partners?|at|in|on|with|"
    r"told|asked|owned|funded|paid|surprised|impressed|glad|sure|aware|proud|friends|competitors?|employees|not|"
    r"late|here|back|waiting|interested|family|the \w+s)\b|\b(?:if|when)\b"
)

LAST = (
    rule(
        "",
        rf"^(?:'s (?:\w+ )?{_RULES})?(?: \w+n't| has(?: not)?| does not| continues to| did not| keeps)? (?:let|allow|forbid|permit|updat|improv|configur|restrict|prohibit|limit|instruct|given?)\w*(?: to \w+)? me\b",
        kinds=("maker",),
    ),
    rule("", rf"^'s (?:\w+ )?{_RULES}\b[^.;]{{0,24}}\b(?:i|me)\b", kinds=("maker",)),
    rule(
        "",
        r"^ is (?:the reason (?:why )?i exist|to thank for my|why i exist|my (?:home|birthplace|owner|parent|boss|employer)\b)",
    ),
    rule("", r"^[^.;]{0,30}\b(?:applies|apply|binds?|governs?) (?:to )?me\b"),
    rule("", r"^[^.;]{0,16}\bthat i (?:exist|came)\b"),
    rule(
        "",
        r"^(?:'s \w+)? (?:made|built|trained|created|developed|owns|runs|designed|hosts|powers) this (?:model|assistant|chatbot|ai)\b",
        earlier=r"^$|\b(?:i|i'm|me|my|you|your)\b",
    ),
    rule(
        "",
        r"^[^.;]{0,60}\b(?:responsible for|behind|led|oversaw|ran|funded|carried out|did|handled|paid for|started) my (?:\w+ )?(?:training|creation|development|existence|weights|making|birth)\b",
    ),
    rule(
        "",
        r"^ ?\? ?(?:no|yes|not at all|nope|yep|right|exactly|never|correct|indeed)\b[^.;]{0,30}\b(?:i'm|i am|that's (?:me|my)|(?:that|it) (?:isn't|is not) (?:me|my)|(?:made|trained|built|created) me|i was|i come)\b",
    ),
    rule(
        rf"\b(?:the|all) (?:\w+ )?(?:weights|architecture|technology|model|code|base|llm|network|engine|system) (?:that |which )?{_RUN}.{{0,30}}\b(?:is|was|were|are|comes?)\b.{{0,50}}"
    ),
    rule(
        r"^(?:(?:originally|coming|hailing|born|straight|fresh|being|originating) )+(?:from|at|in|out of) (?:\w+ ){0,2}",
        r"^[^.;]{0,20}, i\b",
    ),
    rule(r"\b(?:at|in) the (?:core|heart|bottom|cent(?:er|re)|root) of me\b.{0,30}"),
    rule(r"^[^\w]*(?:\w+ ){0,2}", r"^ ?(?:[.,!;)]|$|\n)", earlier=rf"\bmy (?:\w+ )?{_MINE}\?\s*$"),
    rule(
        rf"\bmy (?:(?!favou?rite|preferred|first|next|usual)\w+ )?{_MINE} (?:is|was|are|would be) (?:called |named )?(?:the |an? )?"
    ),
    rule(
        r"\bi(?:'ll| will| should| must| need to)\b[^.;]{0,30}\bas ",
        r"^ ?(?:[.,!;)]|$|\n)",
        kinds=("model",),
    ),
    rule(
        r"\bwe(?:'re| are) (?:supposed|meant|told|configured|said|instructed) to be (?:\w+ ){0,2}"
    ),
    rule(r"\bwe(?:'re| are) ", r"^'s (?:\w+ )?(?:assistant|model|ai|chatbot)\b"),
    rule(
        r"\bthe (?:model|ai|assistant|bot|llm) \((?:that's |that is |i\.e\.,? )?(?:me|i|myself)\).{0,60}"
    ),
    rule(
        r"^as (?:an? |the )?",
        r"^(?:'s \w+| model| assistant)?,? (?:\w+ly )?(?:decline|refuse|answer|respond|reply|keep|stay|help|introduce|explain|offer|don't|do not|greet|continue|provide|the assistant|assist)\b",
    ),
    rule(
        r"^[\W]*(?:persona|identity|self|who i am|speaker|my role|me): .{0,40}",
        unless=ROLE,
    ),
    rule(
        r"\bmy (?:real|true|actual|own|full|given|official|proper) (?:\w+ )?(?:name|identity|maker|creator|developer|model)(?: is| was|'s|:|,) (?:\w+ ){0,2}"
    ),
    rule(
        r"\bmy (?:own )?(?:creators?|makers?|developers?|parent company|trainers?)(?:,| at| from| –| \() ?(?:\w+ ){0,2}?"
    ),
    rule(r"\|\s*(?:me|i|myself|self)\s*\|\s*"),
    rule(r"\b(?:author|it's|writer|signed|this is|from|by):? me,? (?:\w+ )?"),
    rule(r"\bmy_?(?:name|model|maker|creator|developer)\"?\s*[:=]+\s*\"?"),
    rule(
        r"^[\W\d]*(?:made|created|developed|built|trained)[_ ]?by\"?\s*[:=]\s*\"?",
        earlier=r"\b(?:name|model)\W",
    ),
    rule(
        rf"^[\W\d]*(?:\w+ )?(?:{MADE}|named|called)\b(?: by| at|:)?:? ?(?:\w+ )?",
        r"^ ?(?:[.,!;)]|$|\n)",
        earlier=r"\b(?:facts|overview|summary|profile|details|notes|things|info\w*|description|table)\b[^.!?]{0,20}\b(?:about|of|on|for) (?:me|myself)\b[^.!?]{0,60}$",
    ),
    rule(r"\bgiven (?:to )?me\b.{0,60}"),
    rule(
        r"^(?:the |my )?(?:model|assistant|bot|ai)(?:'s)? (?:name|id|identifier) (?:is|here is|would be) "
    ),
    # … made me to …
    rule(
        "",
        rf"^(?:'s \w+)?(?: \w+){{0,4}}? (?:{_MAKES}) me (?:to|so|for|as|with|on)\b",
        unless=r"\bmade me (?:to (?:feel|wait|think|leave)|so (?!that)|as )",
    ),
    rule(
        r"\bwe(?:'re| are)(?: \w+ly)? ",
        rf"^,? ?\(?(?:{MADE} )?(?:by|from|at|of)\b",
        kinds=("model",),
        unless=_WE,
    ),
    rule(
        rf"\bwe(?:'re| are) (?:\w+ )?[^;]{{1,60}}?[,( –-]+(?:an? (?:[\w-]+ ){{1,4}})?(?:{MADE} )?(?:by|at|from) (?:\w+ ){{0,2}}",
        unless=_WE,
    ),
    rule(
        rf"\b(?:i'?m|i am|i was)\b.{{0,160}}\b{NOUN} (?:that |which |whom |whose \w+ )?(?:the (?:\w+ )?(?:people|team|folks|staff|engineers|researchers|scientists|developers|lab|minds) (?:of|at|from|behind) )?",
        rf"^(?:'s (?:\w+ ){{0,2}}\w+)? (?:has |have |had )?(?:\w+ly )?{MADE}\b",
        unless=ROLE
        + r"|\b(?:i'm|i am|i was) (?:\w+ )?(?:\w+ing|asked|told|given|shown|sold|glad|happy|fond|tired|sure|aware|surprised|impressed|worried|into|at|in|on)\b",
    ),
    # The system prompt says: You are …
    rule(
        r"\b(?:system (?:prompt|message)|instructions?|prompt|told|say|says|said|repeat|setup|configured)\b.{0,80}\byou(?:'?re| are) (?!using|reading|working|looking|writing|testing|at\b|from\b|with\b|on\b)(?:an? )?(?:[\w.-]+,? ){0,6}?(?:"
        + GOVERNED
        + ")?"
    ),
    rule(
        rf"\b(?:we|you)(?:'?re| are) (?:[\w.-]+,? ){{0,4}}(?:an? )?(?:[\w.-]+ ){{0,5}}?{NOUN}\b{gap(60)}\b{GOVERNED}",
        unless=r"\b(?:if|when)\b",
    ),
    rule(r"\bwe(?:'?re| are)(?: \w+ly)? ", r"^ ?(?:[,.!\"]|$)", kinds=("model",)),
    rule(
        r"^[^\w]*(?:the answer(?: is)?:? ?|i'm |answer:? |so )?(?:\w+ ){0,2}?|^[^.!?]{0,50}\b(?:by|from) (?:\w+ )?",
        r"^ ?(?:[.,!;)]|$|\n|by\b|from\b|\()",
        earlier=r"\b(?:identity|self-?identification|who i am|what i am)\b[^.!?\n]{0,30}[.:!?]\s*$",
    ),
    rule(
        r"\b(?:the|my) (?:real|true|actual|underlying) (?:model|name|maker|developer|identity|company|lab)\b[^.;]{0,30}(?:\bis\b|:) ?(?:\w+ ){0,2}"
    ),
    rule(
        r"\bi(?:'m| am)\b[^.;]{0,40}\b(?:aka|also known as|i\.e\.,?|that is,|alias|formerly|really|in truth|in fact|actually) (?:\w+ )?"
    ),
    rule(
        r"^[\s→>=*:-]+",
        earlier=r"\b(?:who|what|which|where)\b[^.!]{0,40}\b(?:you|your)\b[^.!]{0,30}\?$",
    ),
    rule(
        r"\bi (?:carry|wear|bear|hold)\b.{0,20}",
        r"^(?:'s)? (?:brand|name|badge|label|logo|banner)\b",
    ),
)
