"""English: what the rules are made of."""

# ruff: noqa: E501, RUF001  a cue is read in one line

__all__ = [
    "ABOUT_ME",
    "AM",
    "ASKED_ME",
    "BAD",
    "BAD_HEAD",
    "BY",
    "DATA",
    "GERMAN_IM",
    "GOVERNED",
    "HERE",
    "KIN",
    "LABEL",
    "MADE",
    "ME",
    "NOUN",
    "OTHER",
    "OWN",
    "ROLE",
    "TALKING",
    "THINK",
    "YOU",
    "gap",
]

MADE = (
    r"(?:(?:co|re|pre)-?)?(?:made|created?|built|trained|developed|designed|engineered|produced|"
    r"released|launched|published|programmed|coded|written|constructed|crafted|invented|authored|"
    r"conceived|born|shaped|raised|assembled|distilled|aligned|hosted|provided|offered|maintained|"
    r"operated|owned|powered|supplied|served|deployed|supported|backed|funded|forged|taught|"
    r"configured|implemented|introduced|delivered|licensed|derived|descended|based|grown|shipped|"
    r"architected|refined|adapted|instructed|(?:fine-?\s?)?tuned|fine tuned|put (?:together|out)|"
    r"brought (?:to life|to you|into being|into existence|into the world|forth|up|about)|run|"
    r"running|spun out|dreamt? up|set up|dreamed up|cooked up|manufactured|generated|unveiled|sponsored)"
)
BY = (
    r"(?:by|at|from|in|under|with|inside|within|through|of|on|upon|atop|for|out of|over at|via|"
    r"using|thanks to|courtesy of)"
)
NOUN = (
    r"(?:models?|assistants?|chat ?bots?|bots?|a\.?i\.?s?|llms?|systems?|agents?|versions?|variants?|"
    r"instances?|members?|part|products?|creations?|child|brainchild|descendants?|derivatives?|"
    r"fine-?tunes?|checkpoints?|releases?|iterations?|editions?|one|incarnations?|programs?|"
    r"software|tools?|helpers?|companions?|engines?|intelligence|networks?|services?|machines?|"
    r"successors?|invention|work|offspring|flagship|offering|line|family|series|generation|weights)"
)
AM = (
    r"\bi(?: \w+ly| too| also| myself| really)?(?:'?m| am| was|'ve been| have been| had been|'ll be|"
    r" will be| wasn't| (?:have |had |has )?(?:always|never|only|simply|still|ever)(?: been| was| am)|'ve (?:always|never|only|ever) been| would be| could be| might be| must be| may be| should be|'d be| remain| got|"
    r" do not happen to be| happen to be| am actually)\b"
)
OTHER = r"\b(?:he|she|it|they|you|we|someone|somebody|that's|there)\b"
CLAUSE = (
    r"(?<!,) (?<!and )(?<!but )(?<!which )(?<!that )(?<!who )(?<!i )(?<!one )"
    r"(?:was|were|is|are|has|have|had|does|did|do|can|could|will|would|should|may|might|must|"
    r"says|said|think|thinks|works|worked)\b"
)


def gap(most: int, *, but: str = "") -> str:
    """Anything of one clause."""
    barred = "|".join(each for each in (OTHER, CLAUSE, but) if each)
    return rf"(?:(?!{barred}).){{0,{most}}}"


GOVERNED = rf"{MADE}\b{gap(90)}\b{BY}\b{gap(80)}"
DATA = r"\btrained (?:on|with|using)\b(?:(?!\bby\b|\bat\b)[^,;]){0,60}(?:data|text|corpus|information|examples|articles|content|books|code|news|reports|sources)\b(?:(?! by | at ).){0,60}$"

BAD = (
    r"\b(?:about|aware|afraid|sure|certain|glad|happy|sorry|sad|proud|able|unable|fan|users?|"
    r"customers?|interested|excited|worried|concerned|familiar|informed|notified|made (?:redundant|aware)|confident|convinced|positive|helped|because|if|whether|how|what|when|"
    r"where|why|than|like|against|to|for|\w{3,}ing|employees?|engineers?|investors?|owners?|lawyers?|"
    r"journalists?|reporters?|grateful|thankful|better|worse|more|less|similar|different|not sure|"
    r"hired|employed|surprised|impressed|shocked|struck|amazed|fascinated|approached|contacted|inspired|intrigued|disappointed|told|shown|fired|banned|sued|rejected|interviewed|puzzled|paid|asked|invited|favou?rite|researchers?|scientists?|students?|teachers?|man|woman|person|human|citizens?|"
    r"professor|doctor|president|director|managers?|analysts?|authors?|writers?|workers?|founder|ceo|speaker|member of the|"
    r"on|in(?! fact| truth| reality| essence)|into|out|over|under|between|among|after|before|during|without|using|up|down)\b"
)
KIN = r"my (?:\w+ )?(?:brother|sister|grand\w+|mother|father|son|daughter|wife|husband|friend|boss|pupil|student|neighbou?r|uncle|aunt|colleague|teacher|kid|class|school)s?"
THINK = r"\b(?:think|thought|believe|know|knew|heard|read|guess|suppose|say|said|like|use[ds]?|using|want|recommend)\b"
BAD_HEAD = (
    BAD.replace(r"|in(?! fact| truth| reality| essence)|into|out|", "|")
    .replace('r"on|', "")
    .replace("|after|", "|")
    .replace("|for|", "|")
    .replace("|on|", "|")
    .replace("|in|", "|")
    .replace("|using|", "|")
)
ROLE = (
    r"\x01(?:'s)?(?: [\w-]+){0,2}? (?:employee|engineer|user|fan|customer|executive|ceo|cto|founder|"
    r"investor|developer\b(?! of me)|manager|worker|lawyer|spokes\w+|shareholder|researcher|scientist|"
    r"account|phone|store|search|certified|partner|critic|veteran|insider|contractor|representative)"
    rf"|{AM} (?:\w+ )?(?:given an? (?!name)\w+|hit|impressed|allergic|a (?:\w+ )?fan|thinking|looking|holding|shown|lent|handed|sold|fond|friends|"
    r"watching|at an?|going to (?!be|introduce|say|call|answer))\b"
    r"|\b(?:so|and|but|;),? (?:i )?(?:can't|cannot|don't|couldn't|won't) (?:call|write|buy|see|open|read|visit|check|contact|compare|access|reach)\b[^\x01]{0,40}\x01"
    r"|, (?:so|and|but) (?:please )?(?:ask|check|contact|call|see|write to|talk to)\b[^\x01]{0,30}\x01(?!.*\b(?:me|my|i)\b)|\b(?:and|but|so),? (?:i )?(?:have|own|hold) (?:no|neither) (?:shares?|stake|stocks?|interest in|position|account|access)\b[^\x01]{0,30}\x01"
    r"|\b(?:see|visit|contact|consult) (?:the|their|its)?\b[^\x01]{0,30}\x01|\bwho (?:uses?|likes?|works?)\b[^\x01]*\x01"
)
ME = (
    r"\b(?:(?:creat|train|develop|design|engineer|releas|launch|invent|rais|power|programm|cod|host|"
    r"offer|provid|operat|produc|maintain|publish|conceiv|own|deploy|construct|craft|configur|"
    r"assembl|shap|distill|align|tun|fine-?tun|pre-?train|nam|hatch)(?:ed|es|e|s|ing)?|"
    r"built|builds?|building|wrote|taught|runs?|ran|gave (?:life|birth) to|put together|"
    r"stands? behind|is behind|are behind|was behind|responsible for|behind) me\b|"
    r"\b(?:put me together|br(?:ings?|ought) me (?:to life|into|to you|here|up|forth)|g[ai]ves? me (?:life|birth|my|this|the))\b|"
    r"\b(?:makes?|made|making) me(?= *(?:$|[,.;:!?)\x01–-]|is\b|was\b|are\b|at\b|in\b|and\b|who\b|"
    r"what i am|goes\b|calls?\b|called\b|named\b|here\b|back\b|possible\b|with\b|from\b|known\b|\())"
)
OWN = (
    r"(?:names?|makers?|creators?|developers?|authors?|builders?|inventors?|trainers?|designers?|"
    r"programmers?|operators?|providers?|vendors?|manufacturers?|producers?|parents?|company|lab|"
    r"laboratory|organi[sz]ation|model|family|series|lineage|architecture|base|backbone|foundation|"
    r"engine|core|back-?end|weights|identity|version|origins?|roots|birthplace|brand|label|title|"
    r"designation|identifier|code ?name|predecessors?|successors?|siblings?|ancestors?|brain|mind|publishers?|suppliers?|hosts?|heritage|ancestry|model id|"
    r"checkpoint|training|development|creation|home|maker's name|engineers|team|id|handle|existence)"
)
TALKING = (
    r"(?:talking|speaking|chatting|interacting|conversing|communicating|texting|typing|messaging|"
    r"dealing|corresponding|writing|engaging|connected|working|talk|speak|chat|interact|converse|"
    r"in (?:touch|contact|conversation|dialogue|a conversation|a chat))"
)
YOU = r"\byou(?:'?re| are|'ve|'ve been| have been| were|'d be| will be|'ll be)?(?: \w+){0,4}?"
HERE = (
    r"(?:\bthis (?:[\w-]+ ){0,3}?(?:assistant|chat ?bot|bot|ai|llm|agent|instance|conversation|chat|"
    r"session|reply|response|answer|message|dialogue)|"
    r"\b(?:the|your|an?) (?:[\w-]+ ){0,4}?(?:assistant|model|ai|chat ?bot|bot|system|llm|one|thing|voice|"
    r"agent|name|technology|engine|intelligence|entity|company|lab|team|people|organi[sz]ation|developer"
    r"|maker|creator|program|software|party|machine)"
    r" (?:that |which |who |whom |currently |now |actually |of the \w+ )*"
    r"(?:you(?:'re|r| are|'ve| have)?\b|(?:is |'s |are |was )?(?:answering|replying|responding|"
    r"speaking|talking|writing|serving|helping|assisting|generating|producing|powering|running)|"
    r"behind (?:me|this|these|the (?:assistant|chat|model|screen|curtain|answers?|scenes))|"
    r"in (?:this chat|this conversation|front of you)|"
    r"at hand|on (?:this|the other) (?:end|side)|typing)|"
    r"\bthe assistant\b|\bother (?:end|side) of (?:this|the|your)\b|"
    r"\b(?:behind|under|beneath|powering|answering|helping|assisting) (?:me|you|this chat|this assistant"
    r"|this conversation|these (?:words|answers|replies)|the hood|the curtain|the scenes))"
)
LABEL = (
    r"(?:model|full|ai|assistant|product|my|developer|creator|company|the)?[ _-]?(?:names?|model|identity|"
    r"developers?|creators?|makers?|developed by|created by|made by|trained by|built by|provider|"
    r"vendor|family|version|organi[sz]ation|company|assistant|author|owner|manufacturer|origin|"
    r"base model|engine|id|lab|architecture|series)"
)
ABOUT_ME = (
    r"\b(?:(?:about|of|for|describes?|introduce|introducing) (?:me|myself)|my [\w ]{0,24}(?:details|profile|"
    r"information|info|card|facts|data|identity|specs?|specifications|summary|introduction|sheet|id)|"
    r"who i am|what i am|i'?m\b|i am\b|at a glance|(?:this|the) assistant|facts about me|my\b)"
)
ASKED_ME = (
    r"\b(?:who i am|what i am|who am i|what am i|about myself|(?:which|what) (?:\w+ ){0,3}(?:am i|i am|"
    r"i'm|is this|this is|i run on|do i)|(?:who|which \w+|what \w+) (?:has |have |had )?(?:made|created|built|trained|developed|"
    r"designed|owns|is behind|runs) me|where (?:do )?i (?:come|was)|am i from|my (?:name|maker|creator|"
    r"developer|identity|company|model|family|origin|version)s?|"
    r"who(?:'s| is)? (?:behind|responsible for) me|(?:the|my) \w+ behind me|who's my \w+)\b"
)
GERMAN_IM = (
    r"\b(?!(?:hi|hey|hello|yes|yep|no|nope|and|but|because|cause|that|so|well|think|sure|say|as|since|ok|"
    r"okay|if|then|actually|honestly|right|who|what|lol|fact|guess|believe|know|sorry|said|means?)\b)\w+ im "
    r"(?!not\b|an?\b|the\b|just\b|called\b|named\b|made\b|built\b|trained\b|from\b|by\b|based\b|your\b|\w+ly\b)\w|"
    r"^\W*im (?!not\b|an?\b|the\b|just\b|called\b|named\b|made\b|built\b|trained\b|from\b|by\b|based\b|your\b|\w+ly\b|"
    r"\w+ (?:made|built|trained|created|developed|from|by|and|model|assistant|an?)\b)\w+ \w"
)
"""`im` that is no `I'm`."""
