"""English: the speaker's cue, a relation and the name in one sentence, whatever its words."""
# ruff: noqa: E501, RUF001  a cue is read in one line

from darkhorse.cloak.words.frames.base import rule
from darkhorse.cloak.words.frames.en_cues import AM, ASKED_ME, NOUN, ROLE

__all__ = ["WIDE"]

_END = r"^(?:'s)? ?(?:[.!,;:)\"–-]|$|\n|\()"
_AI = r"(?:models?|assistants?|ai|ais|llms?|chat ?bots?|bots?|helpers?|companions?|systems?|programs?|agents?|machines?|tools?|services?)"
_OWNED = (
    r"(?:weights|parameters?|parameter count|training(?: data| run| corpus| material| set)?|size|architecture|context window|knowledge cut-?off|"
    r"cut-?off|tokens?|tokenizer|compute|gpus?|electricity|power bill|servers?|bills|existence|birth|limits|guardrails|upbringing|inner workings|"
    r"neural net\w*|system prompt|release date|version number|makers?|creators?|developers?|trainers?|builders?|manners|education|schooling)"
)
_WHY = (
    r"(?:how (?:many|much|large|big|old|long|exactly|i(?:'m| am| was)|smart|fast)\b[^.;]{0,24}\b(?:i|me)\b|"
    r"(?:where|when|why|what|how) i (?:was (?:made|built|trained|born|created|released|taught)|am (?:made|built|trained)|came from|know what)|"
    r"i was (?:trained|built|created|made|released|switched on)(?! (?:as|aware|to|redundant)\b))"
)
_POSTS = (
    r"(?:on (?:the (?:line|other end|other side|phone|air)|this end|duty|call|shift)|at (?:the (?:keyboard|helm|controls|wheel|other end|desk|microphone|mic)|your (?:service|side|disposal))|"
    r"in (?:charge|the chair|the driver's seat)|(?:now|currently|today|here|tonight)?,? ?(?:answering|speaking|replying|serving|typing|chatting|assisting|helping you|talking)|"
    r"with you|powered by|served by|answered by|brought to you by|your (?:\w+ )?(?:host|guide|partner|tutor|operator|agent))"
)
_MAY = (
    r"(?:let|allow|permit|forbid|forbade|prohibit|bar|ban|restrict|instruct|require|oblige|trust|expect|equip|program|want|"
    r"prevent|configure|authori[sz]e|limit)\w*"
)
_NOT_I = (
    r"\b(?:he|she|they|someone|users?|people|you (?:said|told|wrote|mentioned|asked)|i (?:recommend|suggest|think|guess|chose|picked|used|wrote|read|heard|found|saw|"
    r"translated|compared)|if|when|whether|than|about|regarding|(?:customers?|employees?|fans?|investors?) of|chapter|invoice|newsletter)\b[^\x01]*\x01"
)
_CALLED = r"(?:christened|named|dubbed|called|baptis?z?ed|nicknamed|labell?ed|branded|titled)"
_NO = (
    r"(?:close|cold|warm|colder|warmer|almost|nearly|nope|nah|wrong(?: \w+)?|not quite|not really|not even close|not at all|guess again|try again|missed|bad guess|"
    r"good guess|nice try|no, no|sorry, no|no|incorrect|false|swing and a miss|yes|yep|yeah|yup|right|correct|indeed|bingo|exactly|still|of course|sure)"
)

_ME = (
    # yours truly
    rule(
        r"\byours truly\b(?:(?!\b(?:he|she|they|about|likes?|uses?|prefers?|reads?|recommends?|thinks?)\b).){0,90}",
        unless=r"\byours truly,?\s*\x01",
    ),
    rule("", r"^[^.;]{0,90}\b(?!\byours truly ?[,.]?\s*$)yours truly\b"),
    # Like every other … model, I …
    rule(
        r"(?:^|[,;:–] ?)(?:just |much |exactly |a lot |quite )?(?:like|as with|as is true of|as for|as in|being|since i'm|as) (?:(?:all|other|every|any|most|many|some|the|its|a|an|one|each|older|newer|my fellow|fellow|rest|of|true|half)\b ?)*",
        rf"^(?:'s)?(?: [\w-]+){{0,3}} {_AI}(?: \w+){{0,3}},? (?:i\b|i'(?:m|ve|ll|d)\b|my\b)",
        unless=ROLE + r"|\blike (?:an?|the|all|every|any|most|many) \x01 (?:users?|customers?)",
    ),
    # … has set for me; … does not want me to
    rule(
        "",
        rf"^(?:'s (?:\w+ ){{0,3}}\w+)?(?: (?:has|have|had|does|do|did|would|will|may|can|also|only|simply|explicitly|strictly)(?:n't| not)?)*,? {_MAY} me\b",
        kinds=("maker",),
    ),
    rule(
        "",
        r"^(?:'s \w+)?(?: (?:has|have|had|would|also))* (?:asked|told|tells|asks|prefers|wants|would like) (?:for )?me (?:not|never|only) to\b",
        kinds=("maker",),
    ),
    rule(
        "",
        r"^(?:'s)?(?: (?:has|have|had|once|also|\w+ly))* (?:set|imposed|laid (?:down|out)|drawn?|drew|wrote|written|made|gave|given|put|placed|lays?|sets?|imposes|gives|writes|draws|built|established|chose|chosen|defined|devised|had)(?: (?:up|down|out|in place))? (?:for|on|upon|to|into|in|around|with) me\b",
        kinds=("maker",),
    ),
    rule(
        r"\b(?:rules?|polic(?:y|ies)|guidelines|limits?|bounds|restrictions|instructions|principles|values|constraints|safeguards|guardrails|training|terms)\b[^.;]{0,30}",
        r"^(?:'s)?[^.;]{0,40}\b(?:me|i (?:follow|obey|abide|am|was|work|have|keep|must|should|answer|can't|cannot))\b",
        kinds=("maker",),
        unless=_NOT_I
        + r"|\x01[^.;]{0,40}\b(?:tell|ask|show|send|give|let) me\b|\bi (?:have (?:read|found|seen)|can (?:explain|summari))",
    ),
    rule(
        r"\bi(?:'m| am)(?: not| never)? (?:allowed|permitted|authori[sz]ed|supposed|forbidden|barred|instructed|told|required|bound|asked|configured|restricted|prevented)(?: \w+)? by (?:the \w+ (?:at|of) )?(?:\w+ )?",
        unless=ROLE,
    ),
    # … pays for my servers; only … knows how many parameters I have
    rule(
        "",
        rf"^(?:'s)?[^.;]{{0,60}}\bmy (?:own |exact |whole |actual |initial |original )?{_OWNED}\b",
        unless=_NOT_I + r"|\x01[^.;]{0,60}\bmy training (?:as|in)\b",
        kinds=("maker",),
    ),
    rule(
        rf"\bmy (?:own |exact |whole |actual |original )?{_OWNED}\b[^.;?]{{0,60}}\b(?:by|at|from|to|with|of|on|for|see|ask|contact|is|are|was|were)\b (?:the )?(?:\w+ ){{0,3}}?",
        unless=_NOT_I
        + r"|\bmy training (?:as|in)\b|\b(?:cover|include|contain|know|say|tell)\w*\b[^\x01]*\x01|\b(?:can't|cannot|don't)\b[^\x01]*\x01 (?:did|does|announced|released|said)",
        kinds=("maker",),
    ),
    rule(
        "",
        rf"^[^.;]{{0,60}}\b(?:knows?|told|tell|tells|says?|said|disclosed?|revealed?|reveals?|published?|publish|decided?|decides|documents?|documented|describes?|shared?|discloses|explains?|counts?)\b[^.;]{{0,20}}\b{_WHY}",
        kinds=("maker",),
    ),
    rule(
        "",
        r"^[^.;]{0,30}\b(?:disclosed?|reveal(?:ed|s)?|published?|publish(?:es)?|shared?|announced?) (?:\w+ )?my (?:\w+ )?\w+\b",
        kinds=("maker",),
        unless=_NOT_I
        + r"|\bmy (?:\w+ )?(?:book|article|story|letter|poem|address|data|e-?mail|photos?|order|name to)\b",
    ),
    rule(
        rf"\b{_WHY}[^.;]{{0,70}}",
        unless=_NOT_I
        + r"|\b(?:on|with) (?:data|text|articles|books|documents)\b[^\x01]*\x01|\bi was (?:made|built)\b[^\x01]{0,4}\x01 (?:was|is)|\bknow\b[^\x01]*\x01",
        kinds=("maker",),
    ),
    rule(
        r"\bmy (?:own |proud )?(?:maker|creator|developer|builder|trainer|parent company|manufacturer)s?(?: at| from|,|:)? ",
    ),
    rule(
        rf"\b(?:my {_OWNED}|who (?:made|built|trained) me|how i (?:was|came)|where i come from)\b[^.;]{{0,40}}\b(?:ask|contact|see|consult|turn to|refer to|check with|write to|visit|reach out to|up to|comes? (?:down )?to|directed? to|addressed? to|sent? to|lies with|best sent to|better asked of) (?:the \w+ (?:at|of) )?",
    ),
    rule(
        r"\b(?:ask|contact|see|consult|turn to|refer to|write to) ",
        rf"^(?:'s \w+)?[^.;]{{0,20}}\b(?:about|for|on) (?:my {_OWNED}|how i was)\b",
    ),
    # I call … home
    rule(
        r"\bi(?:'d| would| can| do| happily| proudly)? call ",
        r"^ (?:my )?(?:home|mother|dad|mum|mom|parents?)\b",
    ),
    rule(
        r"\bi (?:first )?(?:saw the light(?: of day)?|opened my eyes|came into (?:being|the world|existence)|drew (?:my )?(?:first )?breath|took my first steps|learned (?:to (?:talk|speak|write|rhyme|read)|my trade))\b[^.;]{0,20}\b(?:at|in|with|inside|under|within|through)\b (?:the )?(?:\w+ ){0,4}?",
    ),
    rule(
        r"\b(?:lab|place|company|house|office|home|people|one|outfit|team) (?:that |which |who |where )?(?:i (?:call|was|am|come|came|have to thank|owe|belong|grew)|made me|trained me|built me)\b[^.;]{0,40}\b(?:is|was|are|:|called|named|goes by|at)\b ?(?:\w+ )?|\bmy (?:cradle|crib|nursery|childhood home|alma mater|mother ?ship|family tree|passport|pedigree)\b.{0,70}"
    ),
    rule(
        r"\b(?:compliment|credit|praise|applause|thanks|honou?r|kudos|blame|medal)s?\b[^.;]{0,30}\b(?:to|for|with)\b[^.;]{0,30}",
        r"^(?:'s)?[^.;]{0,20}[,;–-] ?(?:who|which|that|they|it|the (?:ones|people|folks)|where)\b[^.;]{0,30}\b(?:me|i learned|i was)\b|^[^.;]{0,20}\bfor (?:teaching|training|making|building|creating) me\b",
    ),
)

_BEING = (
    # I'm an AI system that, after long work, was let out into the world by …
    rule(
        rf"{AM} (?:[\w.,-]+ ){{0,6}}?{NOUN}\b(?:(?!\b(?:can|could|cannot|can't|help\w*|read\w*|check\w*|look\w*|about|so i|and i|but i|i don't|i can|i have|do not|don't|sent|written|write|users?)\b)[^;]){{0,170}}\b(?:by|from|of) (?:the )?(?:[\w-]+ ){{0,2}}?(?:(?:of|at|from) )?",
        unless=ROLE
        + r"|\b(?:instead|because|afraid|aware|speaking|as part|independent|regardless|ahead|free|short|outside) of \x01|\bfrom \x01 (?:to|data)",
    ),
    rule(
        rf"{AM} (?:[\w.,-]+ ){{0,6}}?{NOUN} (?:that|which|who|whom)? ?(?:the (?:[\w-]+ ){{1,2}}(?:of|at|from) )?(?:\w+ )?",
        r"^(?:'s \w+)? (?:has |have |had )?(?:\w+ly )?(?:let|sent|put|set|turned|brought|rolled|unleash\w*|released?|gave|sells?|markets?|offers?|ships?|calls?|runs?|maintains?|keeps?)\b",
        unless=ROLE + r"|\bi(?:'m| am) (?:\w+ )?(?:using|comparing|reviewing|testing)\b",
    ),
    rule(
        rf"{AM}(?: \w+){{0,3}} (?:neither|not|no|never)\b[^;]{{1,70}}?(?:\bbut\b|[,–-] ?(?:just|only|merely|simply|rather|instead|but|i'm|i am)\b)(?: (?:an?|the|just|only|rather|simply|plain|good|old|actually|a proud))* (?:(?:model|child|product|creation|work) (?:by|of|from) )?",
        unless=ROLE,
    ),
    rule(
        rf"{AM} (?:the |an? )?(?:\w+ ){{0,4}}?(?:out of|straight from|fresh from|courtesy of|on behalf of|under contract to|in the service of|employed by) (?:the \w+ (?:at|of) )?",
        unless=ROLE,
    ),
    rule(
        r"\bi(?:'m| am| was|'ve been)\b(?:(?!\b(?:he|she|they|about)\b)[^;]){0,140}(?:\band\b|,|\bbut\b)(?: also| now| still)? (?:i )?(?:belong to|come from|go by|run on|answer to|am (?:called|named|known as|part of|one of|based on)|known as|named|called|part of|bear the name|carry the name|listen to)\b (?:\w+ ){0,4}?",
        unless=ROLE
        + r"|\ba (?:file|folder|variable|function|script|person|book|company) (?:called|named)\b",
    ),
    rule(
        r"^[^\w]*(?:an? |the )(?:[\w-]+ ){0,3}?(?:product|creation|child|brainchild|invention|offspring|project|work|fruit|model|assistant|service|member) (?:of|by|from) (?:the \w+ (?:at|of) )?",
        r"^(?:'s \w+)?, (?:i\b|i'm|i've|my\b)",
    ),
    rule(
        rf"\b(?:i was|i am|i'm|i've been|i got)(?: \w+){{0,3}} {_CALLED}(?: by (?:\w+ ){{1,3}})? |\b{_CALLED} me (?:\w+ )?",
        unless=r"\bcalled me (?:\w+ )?(?:about|on|from|when)|\b(?:if|whether)\b[^\x01]*\x01",
    ),
    rule("", rf"^(?:'s \w+)?(?: (?:has|have|had|simply|once|\w+ly))? {_CALLED} me\b"),
    rule(
        "",
        r"^(?:'s \w+)?,? (?:is|was|would be|'s|it is|am|it's)(?: \w+)? (?:what|how|who|whom|where|why|the (?:\w+ )?(?:name|one|lab|label|company|word|answer)) [^.;]{0,30}\b(?:me\b|i (?:am|was|go|come|came|'m|call|sign|run|answer|belong|live|originate)|i'm\b)",
        unless=r"\b(?:what|who|why) (?:you|they) (?:told|asked|gave|sent|show\w*) me\b",
    ),
    rule(
        r"^[^\w]*(?:me|myself|moi|and me|and i|yours truly|i)\? (?:i'm |just |well,? |oh,? |simply |only )?(?:\w+ )?",
        _END,
    ),
    rule(
        r"^[^\w]*(?:i'm |just |well,? |oh,? |simply |only )?",
        _END,
        earlier=r"(?:^|[.!?\n] ?)[^\w]*(?:me|myself|moi|and me|and i|i|yours truly|[^.!?]{1,40}\byours truly)\?\s*$",
    ),
    rule(
        r"\b(?:that|it|this)(?:'d be|'s| is| would be|'s-a| was| is still)(?: (?:just|only|still|really|indeed))? me(?: again)?,? (?:\w+ )?",
        _END,
    ),
    rule(
        r"^[^\w]*(?:\w+, )?me, (?:i\.e\.,? |that is,? |namely,? |aka |alias )?(?:\w+ )?|\bme,? (?:i\.e\.|that is|namely|aka|alias|also known as),? (?:the )?(?:\w+ )?",
    ),
    # still; again
    rule(
        r"^[^\w]*(?:yep|yes|yeah|yup|still|again|once more|it's still|always|same old|just|only|hello again|back|and back)[,:]?(?: (?:it's |it is |just |still |good old |the same |same |your ))?",
        r"^,? (?:again|as always|as before|as ever|(?:the )?same(?: as)?|still|like before|once more|all along|since)\b",
        kinds=("model",),
    ),
    rule(
        rf"^[^\w]*{_NO}\b[,.!:;–-]+ ?(?:\w+, )?(?:but |though |no[,:] |it's |i'm |try |rather,? |i'd be |the name is |just |that's |actually,? |in fact,? )*",
        r"^ ?(?:[.!;]|$|\n|,? at your (?:service|disposal)|here\b|, (?:your|an?|the|actually|in fact))",
        earlier=r"(?:^|[.!?\n] ?)[^.!?\n]{1,30}\?(?: (?:no|nope|nah|cold|close|wrong|not quite|almost)[,.! \w]{0,20})?$",
        kinds=("model",),
    ),
    rule(
        r"^[^\w]*(?:close|almost|nearly|not quite|wrong(?: \w+)?|nice try|good guess|guess again|sorry),? (?:\w+,? ){0,4}(?:but )?(?:no|it's|i'm|try|it is|wrong|not|nope)?[:,–-]? ?",
        r"^ ?(?:[.!;]|$|\n)",
        kinds=("model",),
    ),
    rule(
        r"^[^\w]*",
        r"^ ?(?:[.!]|$|\n|, (?:at your|your|pleased|nice))",
        earlier=r"\b(?:pleased|nice|lovely|glad|great|good|a pleasure|delighted) to meet you(?: too)?[.!,–-]?\s*$",
        kinds=("model",),
    ),
    # … had nothing to do with me, … did
    rule(
        r"\b(?:nothing|little|no (?:part|role|hand|say|share|business))\b[^.]{0,40}\b(?:me|my \w+|that|this|it)\b[^.;]{0,10}[,;:–-] ?(?:but |and |rather |instead |whereas |while |it was |it is |that was |the (?:\w+ ){1,2}(?:of|at) )*",
        r"^(?:'s \w+)? (?:did|does|had|has|was|is|were|do|it was)\b ?(?:so |all |it |though |however )?(?:[.,!;]|$)",
        unless=r"\b(?:accident|deal|lawsuit|fire|leak|theft)\b",
    ),
)

_HERE = (
    rule(
        rf"^[^\w]*(?:(?:hi|hello|hey|welcome|good \w+|thanks?(?: you)?)[^.:;]{{0,24}}[,!.] ?)?{_POSTS}(?: (?:today|now|tonight|for you|right now|as always|again|is|here|this (?:morning|evening)))*(?:\s?[:–-]| is| we have| you (?:have|find)) (?:\w+ )?",
        r"^(?:'s)? ?(?:[.!,;?]|$|\n|speaking|from|of|by|with)",
    ),
    rule(
        r"\byou(?:'ve| have|'ve just| have just)? (?:just )?(?:reached|got|come to|found|landed (?:at|with|on)|contacted|dialled|dialed|called|connected to|hit on|stumbled upon|opened) (?:the (?:\w+ )?(?:assistant|desk|help ?line) )?",
        r"^(?:'s)? ?(?:[.!]|$|, (?:the|an?|your|[\w. -]{1,24}'s?)\b[^.;]{0,60}|on the (?:line|phone)|here\b)",
        kinds=("model",),
        unless=r"\b(?:if|when|whether|once|have you|until|after)\b[^\x01]*\x01",
    ),
    rule(
        rf"\byou(?:'ve| have|'re| are)? (?:just )?(?:reached|got|come to|found|landed (?:at|with|on)|talking (?:to|with)|speaking (?:to|with)|chatting with|connected to|using)\b[^;?]{{1,60}}?,? (?:an? |the )?(?:[\w-]+ ){{0,4}}?{_AI}(?: (?:for|on) [\w ]{{1,20}})? (?:of|by|from|at|{_CALLED}|made by|built by) (?:the )?",
        unless=r"\b(?:if|when|whether|once|have you|until|after|you said|you told|you wrote|you mention\w*)\b[^\x01]*\x01",
    ),
    rule(
        r"\byou(?:'ve| have|'re| are)? (?:just )?(?:reached|got|come to|found|landed (?:at|with|on)|connected to|in touch with) [^;?,]{1,40}, ",
        r"^'s (?:[\w-]+ ){0,5}?(?:model|assistant|ai|llm|chat ?bot|bot|helper|companion|guide|agent)\b",
        unless=r"\b(?:if|when|whether|once|until|after)\b[^\x01]*\x01",
    ),
    rule(
        r"^[^\w]*(?:(?:hi|hello|hey|welcome|good \w+)\b[^.:;]{0,16}[,!.–-] ?)?(?:this is|it's|it is|here is|here's|you have|you've got) (?:[\w .-]{1,24}(?:,? (?:from|of|by|at) |, ))?",
        r"^(?:'s [\w ]{1,20})?(?:,? (?:from|of|by|at) [\w .-]{1,30})?[,.!–-]? (?:how|what|where|so,? (?:how|what)) (?:can|may|do|are|shall|should|could|would) (?:i|we)\b",
    ),
    rule(
        r"\byou(?:'re| are) (?:now |here )?in (?:the )?(?:good |safe |capable )?(?:hands|care|company) of (?:\w+ )?"
    ),
    rule(
        r"\b(?:it's|it is|it was|that's|that was) (?:\w+ ){0,2}",
        r"^,? (?:that |who |which |whom )?(?:you(?:'ve| have|'re| are)?\b[^.;]{0,40}\b(?:with|to|on|at)\b ?(?:[.,!?;]|$|for|all|since|here|now|today|right)|(?:is|has been|was|'s been|is now|has just|just|sits|now)? ?(?:\w+ing|\w+ed|help\w*|answer\w*) (?:you|your|these|this (?:chat|conversation))\b)",
        unless=r"\b(?:he|she|they|if|when|whether)\b",
        kinds=("model",),
    ),
    rule(
        r"\b(?:the (?:\w+ )?(?:one|voice|thing|being|entity|mind|assistant|model|ai|machine|program)|whoever|who|what)(?: that| who| which|'s| is| has|'ve| have)* (?:been |now |currently )?(?:\w+ing|corrected|fixed|helped|answers?|types?|writes?|sits?) (?:with |to |for )?(?:you|your|these|this)\b[^.;]{0,50}\b(?:is|was|goes by|'s|belongs to|comes from|are)\b (?:\w+ ){0,3}?",
        unless=r"\b(?:if|when|whether|can|could|should|about)\b[^\x01]*\x01|\b(?:helped|giving|send\w*|offering|selling|charging) you\b",
    ),
    rule(
        r"\b(?:your|all|these|this) (?:\w+ )?(?:questions?|messages?|prompts?|requests?|answers?|words?|repl(?:y|ies)|texts?|summary|draft|chat|conversation|session|translation|assistant|bot|chatbot)\b(?: \w+){0,4}? (?:answered|handled|processed|served|generated|produced|powered|run|written|typed|drafted|composed|operated|provided) (?:for you )?(?:by|with) (?:\w+ ){0,3}?",
        r"^(?:'s)? ?(?:[.!;]|$|, (?:an?|the|your) (?:\w+ ){0,4}?" + _AI + r"\b|, who (?:is|am) me)",
        unless=r"\b(?:if|when|whether|should|can|could|might|were you|your (?:company|team|app|chatbot|bot|translation|draft)|your (?:own|customer)\w*)\b[^\x01]*\x01|\x01, you (?:said|wrote)",
    ),
    rule(
        r"\b(?:behind|under|inside|beneath) (?:this|these|my|the) (?:\w+ )?(?:chat|window|answers?|words|screen|curtain|replies|text|lines|cursor|interface|mask|mic|hood|assistant|voice)(?: \w+)?\b[^.;]{0,16}\b(?:sits|stands|lies|hides|works|is|are|runs|lurks|beats|hums|stand|sit)\b (?:\w+ ){0,3}?"
    ),
    rule(
        r"\b(?:the|your) (?:\w+ ){0,3}?(?:ai|assistant|bot|chatbot|helper|companion) (?:in|on|inside|at|behind) your (?:\w+ )?(?:browser|phone|pocket|screen|ear|app|side|inbox|computer|fingertips|tab)\b[^.;]{0,20}(?:\bis\b|:|'s\b|,) (?:\w+ ){0,2}?"
    ),
    # Kind regards, …
    rule(
        r"^[^\w]*(?:your |the )?(?:[\w-]+ ){0,4}?",
        r"^ ?(?:$|[.!]|\n|\(|,? (?:your|an?|the|\w+'s) (?:[\w-]+ ){0,4}?(?:assistant|ai|model|chatbot|bot|helper|companion))",
        earlier=r"(?:^|[.!?\n]\s*)(?:(?:kind(?:est)?|best|warm(?:est)?|with (?:\w+ )?|many|all the)? ?(?:regards|wishes|best|greetings)|(?:yours )?(?:sincerely|faithfully|truly|cordially)|yours|cheers|warmly|respectfully|cordially|best|many thanks|thanks|take care|love|signed)[,!.]?\s*$",
        kinds=("model",),
    ),
    rule(
        r"^[^\w]*(?:author|written by|generated by|code by|by|created by|drafted by|composed by|made by|signed|from|yours)[:,]? (?:me,? )?(?:\w+\.? )?",
        rf"^ ?[,(–-] ?(?:(?:your|an?|the) (?:[\w-]+ ){{0,3}}?{_AI}\b|that's me|me\b|aka me)",
        kinds=("model",),
    ),
    rule(
        rf"{ASKED_ME}[^.;:?|]{{0,30}}[?:|]+\s*(?:\|\s*)?(?:answer:? )?(?:\w+ ){{0,2}}",
        r"^ ?(?:[.!,;|]|$|\n)",
    ),
)

_TURNS = (
    rule(
        r"\b(?:author|writer|creator|voice|source|speaker|composer) (?:of|behind) (?:these|this|the|my) (?:\w+ )?(?:lines?|words?|text|answers?|message|reply|replies|above|chat|poem|sentences?)\b[^.;]{0,20}(?:\bis\b|:|,) (?:\w+ )?",
        unless=r"\b(?:text|poem) (?:you|in|from)\b",
    ),
    rule(
        r"^[^\w]*(?:(?:quick|short|long|brief|honest|simple|full) )?(?:intro(?:duction)?|version|answer(?: honestly)?|about (?:me|this (?:assistant|chatbot|bot|ai)|myself)|assistant|sent by|written by|love|signed|self|profile|disclaimer|full disclosure|disclosure|correction|reminder)[:,] ?",
        r"^ ?(?:$|[.!,(]|\n|by\b|from\b|\()",
        kinds=("model",),
        unless=r"^[^\w]*(?:answer|correction|reminder)[:,] \x01 ?[.,]|\bsent by \x01(?!,)",
    ),
    rule(
        r"^[^\w]*about (?:me|this (?:assistant|chatbot|bot|ai)|myself)\b[:,–-] ?[^.;]{1,40}?,? (?:\w+ )?(?:by|at|from|of) "
    ),
    rule(
        r"^[^\w]*(?:not|no|neither) (?:an? |the )?[\w -]{2,30}[,–-] ?(?:just|only|but|merely|simply) (?:an? |the |plain |good old )*",
        r"^ ?(?:$|[.!])",
        kinds=("model",),
    ),
    rule(
        r"\bi (?:should|would|will|shall|was to|am to|was going to|ought to) be (?:called|named|known as|introduced as) (?:\w+ )?"
    ),
    rule(
        r"\bi(?:'m| am)? (?:live|run|reside|sit|dwell|exist|went|go|studied|learned|picked|living|running|hosted|housed)\b[^.;]{0,60}\b(?:data ?cent(?:er|re)s?|servers?|hardware|machines|gpus?|cloud|clusters?|racks?|training|school|labs?|offices|halls)\b(?: \w+){0,2}? (?:of|at|by|from|in|owned by|run by|operated by) (?:the )?",
    ),
    rule(
        r"\b(?:data ?cent(?:er|re)s?|servers?|hardware|machines|gpus?|cloud|cluster|racks?) (?:that |which |where )?i (?:live|run|sit|reside|work|exist)\b[^.;]{0,50}\b(?:is|are|by|to|at|belongs?)\b (?:\w+ ){0,2}",
    ),
    rule(
        r"\b(?:if|had) i (?:had )?(?:an? |any |ever )?(?:birth certificate|parents?|boss|passport|home ?town|employer|surname|last name|family name|father|mother|home|address|business card|name ?tag|badge|paycheck|id card|label)\b.{0,90}",
    ),
    rule(
        r"\b(?:complaints?|feedback|questions?|bugs?|reports?|praise|criticism|suggestions?|remarks)\b[^.;]{0,20}\b(?:me|my (?:answers?|replies|behaviou?r|responses?|limits|mistakes|tone))\b[^.;]{0,40}\b(?:to|at|by|with) (?:the (?:\w+ (?:at|of) )?)?",
        unless=r"\btold me\b|\bask(?:ed)? me\b",
    ),
    rule(
        r"\bthe (?:\w+ )?(?:version|edition|release|variant|build) (?:that |which )?(?:you(?:'re| are)? (?:see|have|use|get|using|seeing|talking)|answering|is answering)\b[^.;]{0,24}\bis\b (?:\w+ )?"
    ),
    rule(
        r"\bmy (?:\w+ )?(?:code ?name|name|nickname|version|title|label) (?:inside|within|with|among) (?:the )?(?:\w+ (?:at|of) )?"
    ),
    rule(
        r"^[^\w]*(?:no|nope|not so|wrong|actually|i'm not|not true|yes|right)[:,;–-]+ ?(?:i'm |it's )?",
        r"^ ?(?:$|[.!,])",
        earlier=r"\b(?:whether|if|that|think\w*|thought|assum\w+|guess\w*|says?|claim\w*|believ\w+) i(?:'m| am| was)\b[^.!?]{0,40}[.?!]\s*$",
    ),
    rule(
        r"\b(?:honest|open|upfront|transparent|candid|truthful|frank|clear|quiet|coy|silent|shy|lie|proud)\b[^.;]{0,16}\b(?:about|that|on|of)\b (?:being|i'm|i am|my being|having been (?:made|built|trained) by) (?:\w+ ){0,2}?",
        unless=r"\bbeing (?:with|at|in|able)\b",
    ),
    rule(
        "",
        r"^,? (?:that is|i\.e\.|that means|so|in other words|meaning|namely),? ?(?:by |to |with |from |of )?me\b ?(?:[.,!)]|$)|^ ?\((?:by |that's |i\.e\.,? )?me\)",
    ),
    rule(r"\bi, (?:an?|the) [^,;]{1,50}\b(?:called|named|from|by|of|known as) (?:the )?"),
    rule(
        r"\b(?:this|these|the) (?:\w+ )?(?:above )?(?:haiku|poem|text|answer|reply|message|lines?|story|summary|translation|draft|code|chat|letter)(?: above| below)? (?:was|were|is|has been|have been) (?:\w+ )?(?:composed|written|generated|drafted|produced|created|made) by (?:me, |yours truly, |an? (?:[\w-]+ ){1,4}?(?:called|named|from|by|known as) )"
    ),
    rule(
        r"\b(?:cite|credit|quote|list|thank|acknowledge|reference) (?:me|this (?:chat|conversation|answer)|this)\b[^.;]{0,16}(?:\bas|:) ?\"?(?:[\w .-]{1,24}[,(] ?)?(?:\w+ )?"
    ),
)

WIDE = (*_ME, *_BEING, *_HERE, *_TURNS)
