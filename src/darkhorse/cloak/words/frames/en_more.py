"""English: what leans on the sentence before, on a colon, on `you are using`; and plain turns."""
# ruff: noqa: E501, RUF001  a cue is read in one line

from darkhorse.cloak.words.frames.base import Rule, rule
from darkhorse.cloak.words.frames.en_cues import (
    ABOUT_ME,
    AM,
    ASKED_ME,
    BAD,
    GOVERNED,
    MADE,
    ME,
    NOUN,
    OWN,
    ROLE,
    TALKING,
    gap,
)

__all__ = ["MORE"]

_AI = r"(?:models?|assistants?|ai|ais|llms?|chat ?bots?|bots?|language models?)"
_IF = r"\b(?:if|when|whether|imagine|suppose|assuming|once|unless|while|are you|can|could|should|need to|want to)\b[^\x01]*\x01"
_MY = rf"(?:{ME}|{AM}(?: \w+){{0,6}}? (?:{MADE}|called|named|{_AI})\b|\bmy (?:\w+ )?{OWN}\b|\b(?:creating|building|training|making) me\b|\bi'?m (?:not|no)\b|{ASKED_ME})"
_JUST_SAID = rf"{_MY}[^.!?\n]{{0,80}}[.!?:]*\s*(?:[^.!?\n]{{0,24}}[.!?]\s*)?$"
_USING = r"(?:using(?! (?:in|for|as|with|from|on|it)\b)|facing|reading|hearing|served by|assisted by|helped by|dealing with|connected to)"
_YOU_ARE = rf"\byou(?:'?re| are|'ve been| have been|r)(?: \w+){{0,2}}? (?:{TALKING}(?: to| with)?(?! about)|{_USING})\b"
_HEAD = r"^[\s\"'*>#•·\d.)–|-]*"
_SOLE = r"^(?: \w+){0,2} ?(?:[.!;]|$|\n)"
_END = r"^ ?(?:[.!,;)\"]|$|\n)"
_VERB = r"(?:'m|'ve| am| was| can| can't| cannot| don't| do not| didn't| have (?:no|been|my)| lack| avoid| support| follow| come| belong| try)\b"
_MADE_ME = r"(?:train|develop|design|engineer|program|built|build|tun|align|creat|rais|teach|taught|mak|made)\w*"
_KIN = r"(?:sibling|cousin|brother|sister|heir|successor|follow-up|twin|relative)"

_ELLIPSIS: tuple[Rule, ...] = (
    # A university did not build me. … did.
    rule(
        rf"{_HEAD}(?:and |but |actually,? |no[,;]? |rather,? |instead,? )?(?:the \w+ (?:at|from|of) )?",
        r"^(?:'s \w+)? (?:did|does|was|is|are|were|has|had|do)\b(?: it| that| so| the one| all)?(?: \w+)? ?(?:$|[.,!;\n])",
        earlier=_JUST_SAID,
    ),
    rule(
        rf"{_HEAD}(?:\w+,? ){{0,2}}?(?:it|that|this)(?:'s| is| was| were| would be|'d be|'ll be)(?: \w+){{0,2}}? (?:by |from |at )?(?:the |a )?",
        r"^(?:'s)?(?: \w+){0,2} ?(?:$|[.,!;)\n]|who|that)",
        earlier=_JUST_SAID,
        unless=r"\b(?:like|about|for|better|than|in)\b[^\x01]*\x01|\x01 (?:who|that) (?!did|made|built|trained|created|developed)",
    ),
    rule(
        rf"{_HEAD}(?:well|no|nope|rather|instead|actually|but|in fact|in truth|in reality|really|truth is|only|merely|just|try|more precisely|specifically|namely)[,:]? (?:by |from |at |it(?:'s| is| was) |a |an |the |i'm )*",
        r"^(?:'s)?(?: \w+){0,2} ?(?:$|[.,!;)\n])",
        earlier=_JUST_SAID,
    ),
    rule(rf"{_HEAD}(?:by|from|at) (?:\w+ ){{0,3}}", _SOLE, earlier=_JUST_SAID),
    rule(
        rf"{_HEAD}(?:\w+ ){{0,2}}",
        r"^(?: \w+)? ?(?:$|[.,!;)\n])",
        earlier=r"\b(?:brains?|voice|model|assistant|name|maker|company|lab|team|people|folks|technology|engine|one|mind) (?:of|behind|in|for|powering|running|under) (?:this|me|these|the hood)\b[^.!?]{0,20}\?\s*$",
    ),
    rule(
        rf"{_HEAD}(?:the|that|this|all) (?:\w+ )?(?:honou?r|credit|glory|merit|blame|distinction|privilege|title|work|job)\b(?: \w+){{0,4}} ",
        earlier=_JUST_SAID,
    ),
    rule(
        rf"{_HEAD}(?:my |the )?(?:\w+ )?(?:answer|truth|name|maker|fact|reality|culprit|builder|developer|creator)(?: \w+){{0,2}}?(?::| is| was| would be|'s) ?(?:that )?(?:it's |it is |it was |by )?(?:\w+ ){{0,3}}?",
        r"^(?:'s)?(?: \w+){0,3} ?(?:$|[.,!;)\n])",
        earlier=_JUST_SAID,
    ),
    rule(
        r"^[^.;]{0,60}[:–] ?(?:[\w.-]+ ){0,4}?",
        r"^ ?(?:[.!,;)\"]|$|\n|by\b|from\b|\()",
        earlier=ASKED_ME + r"[^.?!]{0,60}[.?!]\s*$",
    ),
    rule(
        r"\b(?:think|assume|believe|claim|say|suppose|guess|insist|suggest)(?:s|ed|ing)?\b[^.;]{0,16}\bi(?:'m| am| was)\b.{0,80}\b(?:it's|it is|it was|actually|in fact|really|but)\b.{0,30}"
    ),
    rule(
        r"^(?:but |and |so |well |no |now )?(?:actually|in fact|in truth|in reality|really)?,? ?(?:it's|it is|it was|that's|that was|i'm|by|from)? ?(?:actually |really |in fact )?",
        _END,
        earlier=r"\b(?:think|assume|believe|claim|say|suppose|guess|insist)(?:s|ed)?\b[^.;]{0,16}\bi(?:'m| am| was)\b[^.?!]{0,60}[.?!]\s*$",
    ),
)

_HEADINGS: tuple[Rule, ...] = (
    # I am an assistant, namely:
    rule(
        r"^[\s\W\d]*(?:(?:the|a|an) )?",
        r"^(?: (?:model|assistant|ai))? ?(?:$|[\n.,(–-]|by\b|made\b|trained\b|built\b)",
        earlier=rf"(?:{AM}[^.!?\n]{{0,60}}|\bwho i am[^.!?\n]{{0,30}}|\babout me[^.!?\n]{{0,20}}|\bmy (?:\w+ )?(?:name|profile|identity|introduction|card|details)[^.!?\n]{{0,30}}|\b(?:specifically|namely)\b.{{0,20}}|\b(?:talking|speaking|chatting) (?:to|with)|\bintroduc\w+ myself.{{0,20}}):?\s*$",
    ),
    rule(
        rf"^[\s\W\d]*(?:an? |the )?(?:[\w-]+ ){{0,3}}?(?:{NOUN} )?(?:(?:was )?{MADE} (?:\w+ )?)?(?:by|at|from) (?:\w+ ){{0,3}}|^[^.!?]{{0,60}}\b{MADE} (?:by|at|in) (?:\w+ ){{0,3}}",
        _SOLE,
        earlier=rf"(?:{AM} (?:\w+ ){{0,4}}{_AI}\b|\bwho i am\b|\babout me\b|\bmy (?:name|profile|card|identity|introduction)\b)[^!?]{{0,80}}$",
    ),
    rule(
        r"^[\s#*>-]+",
        r"^ ?(?:$|\n)",
        kinds=("model",),
        earlier=rf"{AM} (?:\w+ ){{0,4}}{_AI}\b[^!?]{{0,40}}$",
    ),
    rule(
        r"^[\s>*•·#|\d.)\"{-]*(?:my |full |assistant )?(?:name|identity|model|i_am)\"?\s*:\s*\"?|[{,]\s*\"(?:(?:model|assistant)?_?name|identity)\"\s*:\s*\"",
        r"^\"?[\s,|{}]*\"?(?:created|developed|made|trained|built)?[ _]?(?:by|creator|developer|maker|vendor|made_by|company|developed_by|lab)\b\"?\s*[:=]",
        unless=r"\b(?:price|messages|temperature|max_tokens)\b",
    ),
    rule(
        r"\"(?:my_?)?(?:name|identity|assistant|i_?am)\"\s*:.{0,60}\"(?:creator|developer|maker|(?:made|created|developed|trained|built)[ _]?by|vendor|company|lab)\"\s*:\s*\"",
        unless=r"\b(?:price|messages|temperature|max_tokens)\b",
    ),
    rule(
        r"\"(?:i_?am|who_?(?:am_?i|i_?am|are_?you|you_?are|made_?(?:you|me)|(?:created|trained|built|developed)_?(?:you|me))|identity|self|my_?(?:name|model|maker|creator|developer|identity)|(?:created|built|trained)_?me|about_?(?:me|myself|self)|assistant_?name|made_?me|your_?(?:name|maker|creator))\"\s*:\s*[{\[\"].{0,60}"
    ),
    rule(
        r"\b(?:recall|remember|my (?:details|facts|identity|profile|instructions))\b[^.]{0,60}\b(?:identity|name|maker|developer|creator|model)\b[^.]{0,30}",
        unless=r"\b(?:he|she|whether|if)\b[^\x01]*\x01",
    ),
    rule(
        rf"^[\s>*•·#|\d.)\"{{-]*(?:\w+ ){{0,2}}{OWN}\"?\s*[:=|–-]\s*\"?(?:\w+ ){{0,2}}",
        earlier=ABOUT_ME + r"[^!?]{0,60}$",
        unless=r"\b(?:price|favou?rite)\b",
    ),
)

_YOURS: tuple[Rule, ...] = (
    # What you are using is …
    rule(
        rf"\b(?:what|who|whom|whoever) {_YOU_ARE}.{{0,70}}(?:\b(?:is|was)\b|'s\b|[:?–]){gap(70)}",
        unless=_IF,
    ),
    rule(
        rf"\bwhat (?:you(?:'ve)? (?:have|see|got|reached|opened)|(?:is|'s) (?:answering|replying|talking|speaking|typing|running|powering))\b[^.;]{{0,40}}\b(?:is|was)\b{gap(50)}",
        unless=_IF,
    ),
    rule(
        "",
        rf"^(?:'s|-\w+)?(?: [\w-]+){{0,3}}? {_AI} (?:that |which )?{_YOU_ARE}(?: here| now| today| right now| at the moment)* ?(?:$|[.,!;?]|is\b|was\b|has\b|can|does|do\b|will|comes)",
        unless=r"\b(?:if|when|whether)\b[^\x01]*\x01",
    ),
    rule(
        "",
        rf"^(?:'s \w+)? (?:is|are|was|makes?|made|built|builds|trained|created|developed|runs?|owns|provides|powers|wrote|designed|operates|hosts) (?:behind )?(?:what|who|whom|the [\w -]{{0,20}}{_AI}|the \w+ whose model)(?: that| which| who)? (?:{_YOU_ARE}|you (?:use|reached|chose|opened|see)\b|(?:is |are )?(?:generat|answer|writ|produc|reply|respond|help|talk|speak|typ|runn)\w+)",
        unless=r"\b(?:if|when|whether)\b[^\x01]*\x01",
    ),
    rule(
        "", r"^ (?:is|are|was|sits|runs|works) (?:what's |what is )?(?:under the hood|on this end)"
    ),
    rule(
        r"\b(?:your|all|these|this|every|each) (?:\w+ ){0,2}?(?:questions?|messages?|prompts?|requests?|quer(?:y|ies)|answers?|words?|repl(?:y|ies)|sentences?|texts?) (?:here |now |in this chat |so far )?(?:is|are|was|were|gets?|has been|have been|will be) (?:being |currently |all )?(?:answered|handled|processed|served|read|written|generated|produced|typed|given) (?:by|to) (?:\w+ ){0,3}?",
        unless=r"\x01's (?:support|staff|office|team|sales)|\b(?:if|when|whether|should|can)\b[^\x01]*\x01",
    ),
    rule(
        r"\bthe (?:thing|one|entity|program|machine|voice|mind|intelligence|brains?) (?:\w+ ){0,2}?(?:typing|answering|writing|speaking|talking|replying|generating|of (?:this|our)|behind (?:this|these))\b.{0,40}(?:\bis\b|'s\b|[:?]).{0,40}"
    ),
    rule(
        r"\bon (?:this|the other|my) (?:end|side)(?: of \w+(?: \w+)?)? (?:sits|is|you have|you find|there is|there's) (?:\w+ ){0,2}"
    ),
    rule(
        r"\b(?:meet|say (?:hello|hi) to|allow me to introduce|let me introduce) (?:your|the|an?) (?:\w+ ){0,3}?(?:assistant|ai|model|chatbot|helper|companion)[:,]? "
    ),
    rule(
        r"\byou(?:'re| are|'ve)(?: \w+){0,2} (?:in a (?:session|chat|conversation|dialogue) with|hearing from|connected (?:to|with)|being (?:helped|served|assisted|answered) by|looking at the words of) .{0,50}",
        r"^(?!'s (?:support|office|sales|team))",
        unless=_IF,
    ),
    rule(
        r"\b(?:built|based|run|put|host|power)\w* (?:this|your) (?:assistant|chatbot|bot|chat) (?:on|with|from|by|using|upon) (?:\w+ ){0,2}"
    ),
    rule(
        r"^(?:\W|hi|hello|hey)*this is an? ",
        rf"^(?:'s)? (?:\w+ ){{0,2}}?{_AI} ?(?:[.,!]|speaking|here|you|$)",
    ),
    rule(
        rf"^(?:\W|hi|hello|hey)*this is an? (?:\w+ ){{0,3}}?{_AI} (?:\w+ )?(?:by|from|of|named|called) "
    ),
)

_THING = r"(?:stor(?:y|ies)|journey|servers?|rules?|behaviou?r|knowledge|voice|father|mother|owners?|boss|employer|licen[cs]e|brains?|life|polic(?:y|ies)|guidelines|values|birth|hardware|limits|personality|abilit(?:y|ies)|capabilit(?:y|ies)|skills|background|beginnings?|foundations?|source code|design|designation|architecture|existence|roots|tokenizer|parameters|chips|cradle|birthplace|upbringing|manners|character|cut-?off)"

_TURNS: tuple[Rule, ...] = (
    rule(
        rf"\bmy (?:(?!favou?rite)\w+ ){{0,2}}?{_THING}\b(?:, [^,]{{1,40}},)? ?(?:(?:is|was|are|were|comes?|came|has|have|began|begins|start(?:s|ed)|reflects?|follows?|runs?|belongs?|goes|reads?|lies|originates?|rests?|stems?|depends?|got|match\w*)\b|[:=]|'s\b).{{0,80}}",
        unless=r"\b(?:about|regarding|use[sd]?|like[sd]?|prefers?|than|with|bought|invest\w*|article|site|news)\b[^\x01]*\x01",
    ),
    rule(
        r"\bi(?:'ve| have) (?:got )?",
        r"^(?:'s \w+)? (?:to thank|as my|for an? (?:maker|creator|parent))\b",
    ),
    rule(
        r"\bi(?:'ve| have| had| found) (?:my |got my )?(?:\w+ )?(?:origins?|roots|home|beginnings?|start|birthplace|base) (?:in|at|with|from) .{0,40}"
    ),
    rule(
        rf"{AM} (?:the|an?) (?:\w+ ){{0,2}}(?:work|creation|product|result|outcome|fruit|brainchild|baby|child|project|effort|handiwork|joint \w+) (?:of|by|from) .{{0,80}}",
        unless=ROLE,
    ),
    rule(
        rf"{AM} (?:in|of|from|with|within) (?:fact |the )?",
        r"^(?:'s)?(?: \w+)? (?:family|series|line|stable|lineage|generation|house|range|brand|fold)\b",
    ),
    rule(rf"{AM} here (?:on behalf of|for|to represent|as|representing) (?:\w+ ){{0,2}}?"),
    rule(
        r"\bwe(?:'re| are| were|'ve been| have been) (?:\w+ )?(?:made|built|trained|created|developed|designed) (?:by|at) (?:\w+ ){0,3}"
    ),
    rule(
        rf"\bwe(?:'re| are) (?:an? |the )?(?:\w+ ){{0,3}}?{_AI} (?:by|from|of|called|named) (?:\w+ ){{0,2}}"
    ),
    rule(
        r"\b(?:identify|introduce|describe|present|name) (?:myself|me)\b.{0,50}|\b(?:defines?|sets?|names?|describes?|labels?|presents?|introduces?|configures?|tells?|calls?|gives?) (?:me|my (?:\w+ )?(?:name|identity|persona|role|maker|creator|developer))\b.{0,50}",
        unless=r"\b(?:tells?|gives?) me\b(?! (?:my|the name|that i))|\b(?:he|she|they)\b",
    ),
    rule(
        r"\b(?:need|have|ought|want|time|supposed|going|try) to (?:\w+ )?(?:answer|reply|respond|speak|act|stay|remain|be|sound)\b[^.;]{0,20}(?:\bas\b|:)[^.;]{0,50}",
        unless=r"\b(?:he|she|they|you|whether|if|such as|about)\b",
    ),
    rule(
        r"^[\W\d]*(?:simple(?: question)?[.:] )?(?:my |own |self-? ?)?(?:identity|self-?description|self-?introduction|who am i|whoami)(?: \w+)?\s?(?:[:=–>-]|is|->)+ ?.{0,40}"
    ),
    rule(
        r"\bi(?:'d| would| will|'ll| should| could| can) (?:reply|answer|say|respond|write)\b[^.;]{0,20}",
        r"^[^.;]{0,40}\b(?:my (?:name|maker|creator|identity|model)|who i am|what i am|who (?:made|trained|built|created) me)\b",
    ),
    rule(
        rf"{ASKED_ME}[^.;?]{{0,40}}(?:,|:|\bis\b|->|=|–)[^.;]{{0,40}}",
        unless=r"\b(?:asked|whether|with|use[sd]?|he|she|they|about|know|tell)\b[^\x01]{0,60}\x01|\b(?:because|since|like)\b",
    ),
    rule(r"\bwho_?am_?i\b.{0,30}"),
    rule("", r"", earlier=r"\bwhoami\W*$"),
    rule(
        rf"^[\W]*(?:the )?(?:\w+ )?{OWN} of (?:this (?:\w+ )?{_AI}|the assistant)(?: is| was|:| =|,).{{0,40}}"
    ),
    rule(
        rf"^[\W]*{GOVERNED}",
        r"^ ?(?:[.!,;]|$)",
        earlier=r"\b(?:about|introducing) (?:this|your) (?:assistant|model|chatbot|bot|ai)\W*$|\b(?:assistant|chatbot) (?:profile|card)\W*$",
    ),
    rule(
        "",
        r"^ ?[,(–-] ?[^.;]{0,50}\bmy (?:full |own |real |actual |model )?(?:name|maker|creator|developer)\b",
    ),
    rule(
        "",
        rf"^(?:'s [\w ]{{1,30}})?[^.;,]{{0,40}}\b(?:had me (?:trained|built|made)|(?:rights?|polic(?:y|ies)|rules|guidelines|terms)[^.;]{{0,20}} to me|set my (?:rules|limits|bound\w+)|put me (?:on|online|live|out|together|into)|(?:years?|months|weeks|time|money|effort)[^.;]{{0,12}} on me|keeps? me (?:running|online)|{_MADE_ME} me to be)\b",
    ),
    rule(
        "", r"^(?:'s|,)?[^.;]{0,20}\bwhere my (?:weights|training|code|servers|story|roots|life)\b"
    ),
    rule(
        r"\b(?:everything|all|much|most|nothing|each|half|part) (?:\w+ )?(?:about|of|in|inside) (?:me|my (?:training|weights|versions?|knowledge|code))\b.{0,60}",
        unless=r"\b(?:know|data|wrote|bought)\b|\babout me\b[^\x01]{0,20}\b(?:likes?|loves?)\b",
    ),
    rule(
        "",
        r"^[^.;]{0,20}\b(?:that|which|whom|who) i (?:owe|come from|belong|have to thank|was (?:made|built|trained|born))\b",
    ),
    rule(
        r"(?:^|[,;:] ?)(?:un)?like (?:all |other |every |any |most |the |its )*|(?:^|[,;:] ?)(?:among|amongst|of|within|in|with) (?:all |other |the )*",
        rf"^(?:'s)?(?: [\w-]+){{0,2}} (?:models?|assistants?|ais?|chatbots?|versions?|line-?up|family|series|siblings|products?|releases?)\b[^.;]{{0,40}}?,? i{_VERB}",
    ),
    rule(
        r"(?:^|[,;:] ?)unlike ",
        r"^(?: \w+)?, i(?:'m| am| was| do not| don't| can't| cannot| have no)\b",
        kinds=("model",),
    ),
    rule(r"\bthanks to (?:\w+ ){0,3}?", r"^[^.;]{0,30}, (?:that )?i(?:'m| am| exist| was)\b"),
    rule(
        rf"\bmine (?:is|was)\b{gap(40, but=BAD)}|\bnames? (?:that |which )?(?:i was given|i go by|i have|i bear|they gave me|i got|on my)\b.{{0,40}}"
    ),
    rule(
        r"\b(?:the|my) (?:\w+ )?(?:name|label|model|title|lab|company|brand|version|family|codename)(?: that| which)? (?:i(?:'m| am| was| go| run| come| belong| have| bear|'ve)\b|they (?:gave|call)|(?:given|assigned) to me|printed on me)[^.;]{0,40}(?:\b(?:is|was)\b|'s|:).{0,40}",
        unless=r"\bi(?:'m| am) (?:using|comparing|reviewing|testing|looking|reading|writing)\b",
    ),
    rule(r"^[\W]*(?:the |my )?name's "),
    rule(
        r"^[\W]*(?:(?:hi|hello|hey|greetings|welcome)\b[^.;]{0,12}[,!.] ?)?",
        r"^,? [^.;]{0,60}\b(?:at your (?:service|disposal)|here to help|pleased to meet|nice to meet)\b",
        unless=r"\b(?:is|are) here to help",
    ),
    rule(
        rf"\bi (?:\w+ )?(?:evolved|grew|sprang|emerged|descend\w*|branched) (?:from|out of) (?:\w+ ){{0,3}}|\bi(?:'m| am) (?:nothing but|none other than|under|what|simply|what \w+ at|\w+'s {_KIN}) (?:\w+ )?",
        unless=r"\bwhat \x01 (?:thinks|said|needs|wants)|" + ROLE,
    ),
    rule(
        r"\b(?:by|from|of|than|about) (?:me|myself) ?[,:–(-] ?(?:the )?(?:\w+ ){0,2}?",
        r"^ ?(?:[.,!:;)\"–\n]|$)",
        unless=r"\b(?:not by|news)\b",
    ),
    rule(
        rf"(?:^|[.;:] ?)i ?[,(–-].{{10,260}}[,)–-] ?(?:am|was|came|come|belong|originate|stem|have been|got|do come)\b{gap(70)}"
    ),
    rule(
        rf"\bam i\b{gap(50, but=BAD)}",
        unless=r"\bam i (?:supposed|allowed|missing|wrong|right|correct|using|reading)\b",
    ),
    rule(
        rf"\b(?:answer|respond|reply|speak|act|introduce|identify|present|play)\b[^.;]{{0,24}}\bas\b[^.;]{{0,50}}\b{GOVERNED}",
        unless=r"\b(?:he|she|they)\b",
    ),
    rule(
        r"\bi(?:'m| am|'ve been| was) (?:told|informed|instructed|taught|reminded|sure|certain|aware|confident|convinced|glad|proud|happy)(?: to \w+)?(?: that)? (?:i'm|i am|i was|my name is|to be) (?:\w+ ){0,4}"
    ),
    rule(
        r"\b(?:training|profile|card|config\w*|documentation|guidelines?|rules|memory|records?|metadata|settings) (?:says?|tells? me|states?|claims?|reads?)(?: that)?:? (?:i'm|i am|i was) .{0,40}"
    ),
)

MORE = (*_ELLIPSIS, *_HEADINGS, *_YOURS, *_TURNS)
