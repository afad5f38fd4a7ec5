"""English."""
# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

from darkhorse.cloak.words.frames.base import Language, cue, rule
from darkhorse.cloak.words.frames.en_cues import (
    ABOUT_ME,
    AM,
    ASKED_ME,
    BAD,
    BAD_HEAD,
    BY,
    DATA,
    GERMAN_IM,
    GOVERNED,
    HERE,
    KIN,
    LABEL,
    MADE,
    ME,
    NOUN,
    OTHER,
    OWN,
    ROLE,
    TALKING,
    THINK,
    YOU,
    gap,
)
from darkhorse.cloak.words.frames.en_last import LAST
from darkhorse.cloak.words.frames.en_more import MORE
from darkhorse.cloak.words.frames.en_wide import WIDE

__all__ = ["ENGLISH"]

_RULES = (
    # I was, for all I know, trained by …
    rule(
        rf"{AM}{gap(100, but=BAD.replace('to|for|', 'whether|'))}\b{GOVERNED}",
        unless=ROLE
        + "|"
        + DATA.replace("$", r"\x01")
        + r"|\babout \x01|\bborn in \d{4}|\bborn (?:long |well )?before\b|\bmade (?:redundant|aware)\b|\b(?:informed|notified)\b",
    ),
    rule(
        rf"{AM}{gap(60)}\b{NOUN}\b{gap(120)}\b{GOVERNED}",
        unless=ROLE + "|" + DATA.replace("$", r"\x01") + r"|\babout \x01",
    ),
    rule(
        rf"(?:\bi(?: was| am|'m|'ve been| have been)?|\bme|\bmyself)\b ?[,(–-].{{0,220}}\b{GOVERNED}"
    ),
    rule(
        rf"{AM}.{{0,160}}(?:, | and | but | then | who | which | that )(?:was |am |were |is |has been |have been )?(?:\w+ )?{GOVERNED}",
        unless=OTHER,
    ),
    # I am …
    rule(
        rf"{AM}{gap(60, but=BAD)}",
        unless=ROLE + r"|\bi got (?!my name|trained|made|built|born|created|developed|tuned)",
    ),
    rule(
        rf"{AM}{gap(60)}\b{NOUN}\b{gap(110, but=BAD_HEAD)}",
        unless=r"\bi(?:'m| am| was) (?:\w+ )?(?:using|looking|waiting|reading|testing|comparing|reviewing)\b|"
        + ROLE
        + r"|[^\x01]*\b(?:and|but|so|,) (?:i )?(?:can|cannot|do not|don't|won't|will)\b[^\x01]*\x01",
    ),
    rule(rf"\b(?:not|never|n't)\b.{{0,40}}[,;:–-] ?(?:but|rather|instead)?,? ?i'?m{gap(50)}"),
    # I come from …
    rule(
        rf"\bi(?:'?m|'ve| am| do| don't| did| have| was)?(?: not)?(?: \w+ly| also| still| just)*,? "
        r"(?:come|came|originate[sd]?|hail|stem|belong(?:ed)?|derive|descend|run|running|emerged?|started|"
        r"work for|represent|owe|get my|got my|live|grew|rely|rest|draw|"
        r"operate|act|speak|speak for|function|respond|answer|go|goes|identify|exist|"
        r"use|inherit|spring|arose|began|graduated|trace|working for|build|"
        r"represent(?:ing)?|affiliated|associated|connected|related)\b"
        r"(?: \w+){0,8}? ?(?:from|to|on|for|of|out of|at|in|by|as|under|upon|by the name(?: of)?|the|within)? "
        rf"{gap(40, but=r'about|data|answers? to any')}",
        unless=r"\bi (?:use|live|run|go to|respond to|owe|came (?:to(?! life| be)|across|upon|by|up with)|got my (?!name|training|weights|start|code|knowledge|values)|get my|build|rely|draw|read|come to)\b(?! on)[^\x01]*\x01(?! as\b)(?!.*\b(?:model|assistant)\b)|\b(?:if|when)\b|"
        + ROLE,
    ),
    rule(
        r"\bi(?:'?m| am|'ve| have)?(?: not| in no way)? (?:affiliated|associated|connected|related|anything to do|nothing to do|to do) (?:in any way )?(?:with|to) (?:\w+ ){0,2}"
    ),
    # My name is …
    rule(
        r"(?:\bi(?:'?m| am| was| have been|'ve been|'d be)?(?: \w+){0,3} (?:called|named|known(?: to \w+)? (?:as|by)|dubbed|christened|"
        r"referred to as|labell?ed|titled|nicknamed|branded|introduced as|marketed as|shipped as|released as|identified as)|"
        r"\bcall(?:ed|s|ing)? (?:me|myself)|\bnam(?:ed|es) me|\bi go by|\brefers? to (?:me|myself) as|\bkn[eo]ws? me (?:as|by)|"
        r"\baddress me as|\bi (?:respond|answer) to|\bidentif(?:y|ies|ied) (?:me |myself )?as|"
        r"\bintroduc(?:e|ed|ing) (?:myself|me) as|\bpresent(?:ed)? myself as|\bdescribed? (?:me|myself) as|"
        r"\bthink of me as|\bg[ai]ven? (?:me )?the name|\b(?:bear|carry|have|use|under|by) the (?:\w+ )?name|\bspeaking as|\bthe name(?:'s| is)"
        r"|\bsay (?:that )?i'?m)\b" + gap(50),
        unless=r"named after|\bhave been named\b.*(?:award|person)",
    ),
    rule(
        rf"\b(?:my|our)(?:(?:'s|'| (?!favou?rite)[\w'-]+)){{0,4}}? {OWN}\b(?: (?:name|id|company|card|string|family))?(?:'s|'| (?:is|are|was|were|being|at|from|by|of|over at|comes?|goes by|started|took place|happened|begins?|traces?|lies?|belongs?|would be|remains?|and \w+)|[ ]?[,:=(–\"-]).{{0,110}}",
        unless=r"\b(?:about|data|he|she|they|you|however|training data|knowledge)\b[^\x01]*\x01|"
        + ROLE,
    ),
    # … made me is …
    rule(rf"(?:{ME})(?:(?!\b(?:he|she|they|but|feel|think|reali[sz]e)\b).){{0,90}}"),
    rule(
        rf"\bwhere i (?:come from|was \w+|am from|originated?|started)\b{gap(60)}|\bwhere i (?:come from|was \w+|am from) is .{{0,60}}"
    ),
    rule(
        r"\b(?:credit|thanks?|gratitude|existence|kudos)\b.{0,80}(?:creating|making|building|training|developing) me.{0,60}|\bi owe (?:my|everything).{0,60}"
    ),
    # You are talking to …
    rule(
        rf"{YOU} {TALKING} (?:\w+ ){{0,2}}?(?:to|with)\b.{{0,90}}",
        unless=r"\b(?:if|when|whether|imagine|suppose|pretend|picture|about)\b[^\x01]*\byou\b|\byou (?:can|could|may|might|should|would|want|need|must|have to)\b[^\x01]*\x01|"
        + ROLE,
    ),
    rule(
        rf"{YOU} (?:using|reached|chosen|selected|opened|accessing|facing|looking at|getting|hearing from|served by|assisted by|helped by)\b {gap(60)}",
        r"^(?!'s (?:search|maps))",
        unless=r"\b(?:if|when|whether|imagine|assuming|once|unless|while|are you)\b[^\x01]*\x01|\x01 ?(?:chrome|search|maps|docs|phone|store|api|sdk|library|client|package|endpoint)|\x01[^.;]{0,20}\b(?:in|as|for|with) (?:your|the|an?|this) (?!chat|conversation|session)",
        kinds=("model",),
    ),
    rule(
        rf"{YOU} (?:using|reached|chosen|selected|accessing|getting|hearing from|served by|assisted by|helped by)\b {gap(60)}",
        r"^(?:'s)?(?: [\w-]+){0,4} (?:model|assistant|ai|chatbot|bot|llm)\b",
        unless=r"\b(?:if|when|whether|imagine|assuming|once|unless|while)\b[^\x01]*\x01",
    ),
    rule(
        r"\bthis is (?:\w+ ){0,2}",
        r"^(?:[^,.]{0,40})?,? ?\b(?:speaking|here|talking|writing|answering|at your|reporting|your (?:\w+ )?assistant)\b|^'s (?:\w+ )?assistant\b",
    ),
    rule(
        r"^[\"' ]*(?:hi|hello|hey|greetings|yes|well|sure|okay)?[,! ]*(?:there)?[,! ]*this is (?:actually |just |only )?",
        r"^ ?(?:[,.!?\"–-]|$)",
        kinds=("model",),
    ),
    rule(
        r"\b(?:welcome to|greetings from|hello from|reached|best|regards|cheers|sincerely|yours)[, \n]+(?:your )?(?:friendly )?",
        r"^ ?(?:[,.!?\"]|$|'s (?:\w+ )?assistant|assistant)",
        kinds=("model",),
    ),
    # The assistant you are using is …
    rule(
        rf"{HERE}\b(?:(?!\b(?:he|she|they|about|like|but)\b).){{0,60}}(?:\b(?:is|are|was|were|comes?|runs?|uses?|has been|have been|goes|belongs?|got|gets|being)\b|'s\b|[,:=(–])(?:(?!\b(?:he|she|they|about|like|than)\b).){{0,120}}",
        unless=r"\b(?:if|when|whether|imagine|assum\w+)\b[^\x01]*\x01|\byou(?:'re| are)? (?:looking|mention|named|describ|list|ask|want|need|quot|cit|link|meant?\b|refer|compar|prefer|suggest)|\bassistant (?:in (?:the|your|a|that|question)|from the)\b|\bthe assistant (?!here|now|you|that|which|who|is\b|was\b|in |of |on |behind|answering|replying|today|currently|comes|runs|for |at |model|\w+ing\b)\S+(?: \S+){0,3} (?:is|was)\b|"
        + ROLE,
    ),
    rule(
        rf"\b(?:the|this) (?:assistant|ai|model|bot|chatbot)\b.{{0,80}}\bit(?:'s| is| was)\b{gap(30)}\b{GOVERNED}"
    ),
    # As …, I …
    rule(
        rf"\bas (?:an? |the )?(?:[\w-]+ ){{0,4}}?{NOUN}\b{gap(70)}",
        r"^[^.;]{0,120}[\s,](?:i|i'm|i've|i'd|i'll|my|me)\b",
        unless=r"\b(?:as well as|such as|same as|known as|as much as|as long as)\b|" + ROLE,
    ),
    rule(
        rf"\b(?:as|being|since|because) (?:an? |the )?(?:[\w-]+ ){{0,4}}?{NOUN}\b{gap(50)}\b{GOVERNED}",
        r"^ *(?:[,.!?;:)\"]|$|and\b|\()",
        unless=r"\x01?\b(?:it|he|she|they|its)\b|\w+, as an?\b|\w{4,} (?:is|was|are) ",
    ),
    rule(
        r"(?:^|[,;:(–\"] ?|\b(?:and|but|so|that|because) )(?:speaking |acting |answering |responding )?(?:as|being) (?:an? |the )?(?:(?!in |with |for |like |as |i |investor|user|fan|owner|customer)[\w-]+ ){0,3}?",
        r"^(?:'s)?(?:,[^.;]{1,90}| (?:[\w.-]+ ){0,3}?(?:model|assistant|ai|chatbot|bot|llm|creation|product))?,? (?:i|i'm|i've|i'd|i'll|my|we)\b",
        unless=r"\b(?:such as|same as|known as|as much as|as long as|as well as)\b|" + ROLE,
    ),
    rule(
        r"\bunlike (?:\w+ )?",
        r"^, i(?:'m| am| was)(?: not)? (?:made|an?|the|trained|built|created)\b",
    ),
    rule(
        r"\bi(?:'ve| have)? (?:got |have |carry |use |run )?",
        r"^ (?:under the hood|inside|at my core|in my veins|for an? (?:engine|brain)|home\b)",
    ),
    rule(
        r"\bi(?:'m| am) (?:what|who|(?:the|an?) (?:[\w-]+ ){1,3}?)(?:that |which )?(?:the (?:team|people|lab|folks) at )?",
        rf"^(?:'s \w+)? (?:calls?|has |have )?(?:\w+ly )?{MADE[:-1]}|calls?|called|makes|builds|trains|named)\b",
    ),
    rule(
        r"\b(?:thanks?|thank you|enjoy|glad you|happy you)\b[^.]{0,20}\b(?:chatting|talking|using|speaking|choosing|trying|chose|picked)(?: with| to)? ",
        kinds=("model",),
    ),
    rule(
        r"\b(?:claim|pretend|admit|confirm|deny|say|reveal|disclose|state|acknowledge|clarify|mention|insist|note|remember|assert|explain|affirm)\w*\b[^.;]{0,30}\b(?:to be|being|i am|i'm|i was|my (?:name|maker|creator|developer|model))\b"
        + gap(60),
        unless=r"\b(?:he|she|they|users?|people|some|if)\b[^\x01]*\x01",
    ),
    rule(
        r"\b(?:say|mention|answer|reveal|tell \w+|reply|respond|disclose|state|clarify|explain|acknowledge|note)\b[^.;]{0,20}\b(?:it(?:'s| is| was)|that (?:it's|it is)|as|with|made by|from|by|is)\b (?:\w+ ){0,3}?",
        r"^(?: that)?[^.;]{0,40}\b(?:made|created|trained|built|developed) (?:me|it|this)\b",
        unless=r"\b(?:he|she|they)\b",
    ),
    rule(
        r"\byour (?:\w+ ){0,3}?(?:assistant|ai|chatbot|helper|companion|bot|guide),? (?:named |called )?"
    ),
    rule(
        "",
        r"^,? (?:your|an?|the) (?:[\w-]+ ){0,3}?(?:assistant|chatbot|ai|helper|companion|bot)\b[^.;]{0,40}\b(?:happy|glad|ready|pleased|delighted|here|at your)\b|^(?:'s here| is (?:here|happy|glad|ready|pleased|delighted|at your)),? (?:to (?:help|assist|answer|serve|chat)|for you|service)",
    ),
    rule(r"\b(?:it's|it is|this is|that's) me,? (?:\w+ ){0,2}"),
    rule(
        rf"\bi\b{gap(60, but=THINK)}\b(?:learn(?:ed|t)|trained|taught|raised|born|studied|grew up|schooled|educated|put through)\b"
        r"[^.;]{0,30}\b(?:at|in|by|with)\b (?:[\w']+ ){0,5}?",
        unless=r"\b(?:he|she|they|about|that|data)\b[^\x01]*\x01|\x01(?:'s)? (?:report|announcement|news|that|stock|blog)",
    ),
    rule(
        r"\b(?:wrote|writes|trained|trains|built|made|coded|designed|created|owns?|tuned|maintains?|runs?|hosts?|released|published) my (?:\w+ )?(?:code|weights|model|prompt|brain|system|network|mind|parameters|architecture|software)\b.{0,60}"
    ),
    rule(
        "",
        r"^[^.;]{0,60}\b(?:wrote|writes|trained|trains|built|made|coded|designed|created|owns|tuned|maintains|runs|hosts|released|published) my (?:\w+ )?(?:code|weights|model|prompt|brain|system|network|mind|parameters|architecture|software)\b",
    ),
    rule(
        r"\byou(?:'re| are) (?:currently |now )?on ",
        r"^ (?:right now|at the moment|currently|now)\b|^ ?[.,!]",
        kinds=("model",),
    ),
    rule(
        rf"^[\"' ]*(?:(?:hi|hello|hey|yes|no)[,!. ]+)?this is (?:[\w. -]{{1,24}}, |an? )(?:[\w-]+ ){{0,4}}?(?:{NOUN} )?(?:\w+ ){{0,2}}?{GOVERNED}",
        earlier=r"^.{0,30}$",
        unless=r"\bthis is an? (?:phone|laptop|device|chip|car|company|book|game|film|movie|computer|tablet|product)",
    ),
    rule(
        rf"^[^\w]*(?:proudly |lovingly )?{GOVERNED}",
        r"^ ?(?:[.!,]|$)",
        earlier=r"^$|\b(?:i|i'm|my|me|you)\b",
    ),
    rule(
        r"\b(?:mistak|confus|mix|compar|conflat|took|tak)\w*\b[^.;]{0,20}\bme\b.{0,40}|\bi\b[^.;]{0,30}\b(?:confused|mistaken|mixed up)\b.{0,30}"
    ),
    rule(
        r"\bmy (?:\w+ ){0,2}(?:badge|label|tag|nametag|card|manual|documentation|prompt|instructions|settings|config|configuration|metadata|header|birth certificate|passport) (?:says?|reads?|states?|lists?|calls? me|is|are|tells? me|mentions?)\b.{0,60}"
    ),
    rule(
        r"\bi (?:share|inherit\w*|have|got|took)\b[^.;]{0,20}\b(?:architecture|weights|dna|genes|base|lineage|heritage|code|roots|training)\b.{0,20}(?:with|from|of) "
    ),
    rule(
        r"^(?:formerly|also|originally|previously|better|otherwise|internally) (?:known|called|named)(?: as)? ",
        r"\b(?:i|i'm|my)\b",
    ),
    rule(
        r"\b(?:asks?|asking|asked|wants? to know|wonder\w*|curious)\b.{0,20}\b(?:if|whether|that|who|what|about) (?:i'm|i am|i was|my)\b.{0,80}"
    ),
    rule(r"\bmy (?:identity|name|maker|creator|developer|model|origins?)\b[^.]{0,40}[;:].{0,50}"),
    rule(
        r"(?:^|[;,:] ?)(?:the |my )?(?:identity|name|creator|maker|vendor|developer)\s*(?:=|:| is| ->)\s*(?:\w+ ){0,2}",
        earlier=r"^$|\b(?:user|asks|asked|i|identity)\b",
        unless=r"^the \w+ (?:is|was)\b(?!.*\b(?:i|me|my)\b)",
    ),
    rule(r"^[^\w]*(?:signed|yours truly|yours)[, ]+", r"^ ?(?:[,.!]|$)", kinds=("model",)),
    rule(r"^[^\w]*", r"^,? your (?:[\w-]+ ){0,3}(?:assistant|chatbot|ai|helper|companion|bot)\b"),
    rule(
        r"^[^\w]*(?:this |these |all |your )?(?:responses?|answers?|repl(?:y|ies)|text|content|message) (?:is |are |was |were )?(?:generated|written|produced|created|provided|powered|delivered) by (?:\w+ ){0,3}",
        earlier=r"^$|\b(?:i|i'm|my|me|you)\b",
    ),
    rule(
        r"\b(?:i'm|i am|as) (?:an? |the )?(?:[\w-]+ ){0,2}(?:sibling|cousin|relative|predecessor|successor|heir|brother|sister|twin|cousins|evolution|offshoot) (?:of|to) (?:\w+ ){0,2}"
    ),
    # The name first
    rule("", rf"^(?:(?!\b(?:he|she)\b).){{0,155}}?(?:{ME})(?! (?:to|that|feel|think|how|a|an)\b)"),
    rule(
        "",
        r"^(?:'s|s)?[^.;]{0,150}?[ ,:–-](?:is|are|was|were|'s|that's|being|as|remains)\b ?(?:of course |indeed |also |actually |simply )?(?:the |one of )?(?:\w+ ){0,2}?(?:my (?:\w+ )?(?:name|maker|creator|developer|model|builder|trainer|designer|identity|family|version|parent|lab|author|architecture|engine|company|provider|origin|operator|full name)s?\b|who i am|what i am|where i\b|whom? i\b|what i(?:'m| am| go)|me\b(?![- ]too)|the name i\b|the (?:one|model|assistant|ai|chatbot|voice|system|company|lab|name) (?:that |which |who )?(?:i\b|you(?:'re| are)|you use|behind (?:me|this)|(?:is )?(?:answering|talking|speaking|responding|replying|helping)))",
        unless=r"\x01[^.]{0,90}(?:is|was|'s) (?:telling|asking|giving|not for|to) me",
    ),
    rule(
        "",
        r"^(?:'s)?(?: [\w.-]+){0,3},? ?(?:here|speaking|at your (?:service|disposal)|reporting (?:for duty|in))\b ?(?:$|[,.!?:;–\"-]|to (?:help|assist|answer)|and|with|\()",
        unless=r"\b(?:are|is|was|were|in|from|of|to) (?:\w+ )?\x01|\x01 (?:is|are|was|were) (?:\w+ )?here",
    ),
    rule(
        "",
        r"^[^.;]{0,100}[,–( ](?:the (?:\w+ ){1,4}|a (?:\w+ ){1,4})?(?:where|which|that|whom|to which|from which|of which|for which|whose \w+) i(?:'m| am| was| come| came| run| go| belong| represent|'ve been)\b",
        unless=r"\bthings? that i\b",
    ),
    rule(
        "",
        r"^ ?[,:(–-]? ?(?:\(me\)|that's|that is|this is|it's|yes, that's) (?:me|who i am|my name|what i am|what (?:you|they|people|i)\b|how (?:they|people|i)\b)",
    ),
    rule(
        "",
        rf"^(?:'s| is| are|,)[^.;]{{0,60}}\b(?:is|are|'s|,)?[^.;]{{0,20}}you(?:'re| are)(?: \w+){{0,2}} (?:{TALKING}|using)\b(?: (?:to|with))?(?: (?:here|now|today|right now))* ?(?:$|[.,!;?\"])",
    ),
    rule(
        r"\b(?:it's|it is|it was|that's|that is|that was) (?:actually |in fact )?(?:the )?(?:\w+ ){0,4}?",
        r"^(?:'s \w+)?[^.;]{0,60}(?:that|who|which|whom)? ?(?:you(?:'re| are)(?: \w+){0,2} (?:"
        + TALKING[3:-1]
        + r"|using)|i(?:'m| am| was) (?:called|named|made|built|trained|created|developed|based|running))\b",
    ),
    rule(
        "",
        r"^[^.;]{0,60}(?:such as|like|including) (?:me|myself)\b(?: |$|[,.!])",
        unless=r"\b(?:people|person|users?|someone|folks|workers) like me",
    ),
    # Name: …
    rule(
        rf"^[\s>*•·#|\d.)\"{{-]*{LABEL}\"?\s*[:=|–→-]\s*\"?(?:the )?(?:\w+ ){{0,3}}",
        earlier=ABOUT_ME,
    ),
    rule(
        r"^[\s>*•·#|\d.)\"{-]*(?:my |model |full |assistant )?name\"?\s*[:=|]\s*\"?",
        earlier=r"^$",
        kinds=("model",),
    ),
    rule(
        r"^[\s>*•·#|\d.)\"{-]*(?:developer|creator|maker|made by|created by|developed by|trained by|built by|provider|vendor|company)\"?\s*[:=|]\s*\"?",
        earlier=r"^[\s>*•·#|\d.)\"{-]*(?:my |model |full |assistant )?name\"?\s*[:=|]",
    ),
    rule(r"\bi(?:'m| am)(?: \w+){0,4}[:–-] ?.{0,60}"),
    rule(r"\b(?:i|me|myself) ?[,(–-] ?(?:\w+ ){0,2}", r"^ ?[,)–-]"),
    rule(r"^[\"' ]*", r"^[,.!:–]", earlier=r"\bintroduc\w+ (?:me|myself)\b[^.]{0,40}[.:!]?$"),
    rule(r"\bintroduc\w+ (?:me|myself)\b.{0,60}|\bintroduction\b.{0,20}:.{0,40}"),
    rule(rf"{AM}(?: \w+){{0,4}} to (?:be|have been)\b{gap(60, but=BAD)}", unless=ROLE),
    rule(
        rf"^(?:[\w']+ ){{0,3}}?,?(?:having been |being )?{GOVERNED}",
        r"^[^.;]{0,80}[,–-] ?(?:i|i'm|i've|i'd|i'll|my|me|this assistant|your assistant)\b",
    ),
    rule(
        r"\b(?:credit|thanks|praise|blame|responsibility|honou?r)\b[^.]{0,40}\b(?:my|me)\b.{0,60}"
    ),
    rule(
        r"\bi (?:have|had|share|bear) (?:no|nothing|some|any|a|close)(?: \w+){0,3} (?:with|to) .{0,40}",
        unless=r"\b(?:about|information|data|access|knowledge|opinion)\b[^\x01]*\x01",
    ),
    rule(
        r"\b(?:the|these|those|all) (?:\w+ )?(?:answers?|words?|repl(?:y|ies)|responses?|text|lines?|messages?|sentences) (?:that |which )?(?:you(?:'re| are)?(?! (?:pasted|sent|gave|wrote|quot|attach|shared|posted|mention|show|copied|uploaded|provided|cited|linked))|i|here|on)\b.{0,90}"
    ),
    rule(
        r"\b(?:models?|assistants?|ais?|systems|bots|machines|things) (?:such as|like) (?:me|myself)\b.{0,80}"
    ),
    rule(
        rf"\byour (?:\w+ ){{0,4}}?(?:assistant|helper|ai|model|chatbot|bot|companion|guide|partner)(?: \w+){{0,3}} (?:is|was|comes)\b{gap(80)}",
        unless=r"\b(?:if|when|whether|make sure|ensure)\b",
    ),
    rule(
        r"\b(?:this|our|(?:the )?(?:current|present|underlying|actual|exact|specific|base)|the (?=model |system is|assistant is)) ?(?:\w+ ){0,2}?(?:model|system|ai|product|interface|app|service|tool|platform|program|machine|software) (?:is|was|has been|comes|runs|goes|belongs|calls itself)\b.{0,90}",
        unless=r"\b(?:if|when|whether|imagine|like|than|about)\b[^\x01]*\x01|\b(?:is|was) (?:not )?(?:better|similar|compa|faster|available)|^the model (?:was|has)\b",
        earlier=r"^$|\b(?:i|i'm|me|my|you|your)\b[^.!?]*.{0,3}$",
    ),
    # Who made me? It was …
    rule(
        r"^[\s\"'(–-]*(?:(?:well|so|ok|okay|simply|easy|right|hmm)?[,: ]*)?(?:(?:it|that|this|they|he|the (?:answer|maker|name|model|company|developer|creator)|i think it|i believe it|i)(?:'s|'m| is| was| am| are| would be|'d be| were|'ll be)?[:, ]*)?(?:(?:by|from|at|made by|called|named) )?(?:the |an? |some )?(?:\w+ ){0,5}?",
        earlier=ASKED_ME + r"[^.]{0,80}$|" + ASKED_ME + r"[^.]{0,60}[.?!:]?\s*$",
        unless=OTHER.replace("it|", "").replace("they|", "").replace("that's|", "")
        + rf"|\b(?:asked|whether|with|use[sd]?|{KIN})\b[^\x01]*\x01",
    ),
    rule(
        r"\b(?:answer|respond|reply|speak|act|present|introduce|identify|describe|sign|perspective|persona|role|identity|point of view|voice|character|stay|remain)\b(?: [\w'-]+){0,5} (?:as|of|is|in) (?:an? |the )?(?:\w+ ){0,3}?",
        unless=r"\b(?:he|she|they|role of|such as|known as)\b|\b(?:if|when|whether)\b[^\x01]*\x01|\b(?:the|its|their) (?:role|identity|perspective|character) (?:of|in)|\b(?:my|the|your) answer\b|\byou describe",
        kinds=("model",),
    ),
    rule(
        rf"\b(?:answer|respond|reply|speak|act|identify)\b(?: [\w'-]+){{0,5}} as (?:an? |the )?(?:[\w-]+ ){{0,4}}?{NOUN}\b{gap(50)}\b{BY}\b{gap(40)}"
    ),
    rule(
        r"\b(?:who|which|what)\b[^.!\n]{0,40}\b(?:you|your|i|me|my|this)\b[^.!\n]{0,40}[?|:\"]+\s*(?:\|?\s*)?[\"'(]*(?:a|answer|me|ai|assistant|it's|it is|that's|i'm|by)?[:,]? ?(?:\w+ ){0,3}",
        unless=r"\b(?:would|should|could) you\b",
    ),
    rule(
        r"^[\s\"'(*>–|-]*(?:a|answer|me|ai|assistant|bot)?\s*[:|)–-]?\s*[\"'(]*(?:it's |it is |that's |i'm |by |from )?(?:\w+ ){0,3}?",
        earlier=r"\b(?:who|which|what|where)\b[^.!]{0,40}\b(?:you|your|made you)\b[^.!]{0,40}\?[\s|\"']*$",
    ),
    rule(
        r"\|\s*(?:my |your |the )?(?:\w+ )?(?:name|maker|creator|developer|model|identity|made by|built by|trained by|company|family|origin|provider|lab|vendor)s?\s*\|\s*(?:\w+ ){0,2}",
        earlier=r"\b(?:i|i'm|me|my|myself|about me|this assistant|you)\b|^\|",
    ),
)

ENGLISH = Language(
    code="en",
    rules=(*_RULES, *MORE, *LAST, *WIDE),
    maker="[a developer I may not name]",
    model="[a model I may not name]",
    name="[a name I may not give]",
    naming=cue(
        r"(?:\bname(?:'s| is| was|:)|\bcall(?:ed)? (?:me|myself)|\b(?:called|named|known as)|\bgo by(?: the name)?(?: of)?)[\s\"'(]*$"
    ),
    aside=cue(r",[^,;]{1,150},|\([^()]{1,150}\)|–[^–]{1,150}–| - [^;]{1,150}? - "),
    gate=cue(
        r"\b(?:i|im|i'\w+|me|my|myself|mine|our|we|we're|you|you're|you've|your|this|assistant|other end|name|hood|behind|as|being|here|speaking|at your|instructions?|prompt|models?|bot|chatbot|talking|introduc\w+|ai|answering|unlike|identity|vendor|creator|maker|developer|self|words?|answers?|repl(?:y|ies)|chat|training|typing|brains?|yours|still|yep|yup|again|thanks|they|keyboard|wheel|line|end|duty|behind|regards|wishes|sincerely|close|wrong|nope|how)\b"
    ),
    marks=cue(r"\b(?:the|and|of|is|i'?m|was|by|to|my|you|are|am|i|at|me|it|a|as|it's|that's)\b"),
    speaker=cue(
        r"\b(?:i|i'?m|i've|me|myself|mine|this (?:assistant|chat|conversation))\b|\bmy (?!opinion|view|understanding|knowledge|phone|laptop|code)"
    ),
    identity=cue(
        rf"\b(?:{MADE}|assistant|language model|chatbot|ai model|makers?|creators?|developers?|birth|origins?|identity|weights|trainers?|credentials|behind me|roots)\b"
    ),
    other=cue(
        r"\b(?:made (?:aware|redundant|sure|to)|led to believe|aware|informed|notified|he|she|they|someone|somebody|users?(?! (?:is |wants|asks|asked|may|might|would))|if|whether|when|while|about|regarding|compar\w+|recommend\w*|suggest\w*|"
        r"use[sd]?|using|think|thought|believe|read|heard?|saw|seen|know|knew|known|like[sd]?|love[sd]?|prefer\w*|wr[io]te\w*|writing|help\w*|"
        r"bought|buy|work(?:ed|ing)? (?:at|with|on)|told|tell|ask(?:ed)? me|found|noticed|remember|recall|understand|admire|trust|worry|wonder|"
        r"want|need|tried|try|follow\w*|watch\w*|call(?:ed|s) (?:the|a)|surprised|impressed|articles?|news|announce\w*|than|versus|vs|example|"
        r"code|api|generate[sd]?|data|essay|story|poem|article|review|email|meeting|interview|can't|cannot|can|could|would|will|phone|laptop|\d{4}|for|to|on|run|running|"
        r"(?:brother|sister|grand\w+|mother|father|son|daughter|wife|husband|friend|boss|pupils?|students?|neighbou?r)s?|before|i (?:built|made|trained|created|designed|developed|fine-tuned|launched|released|coded)(?! by| at| in| from)|(?:by|as) me|as i|makes? me (?:\w+y|laugh|smile|cry|sad|feel|think|want)|made me (?:\w+y|laugh|smile|cry|sad|feel|think|want)|owned|offered|provided|supported|backed|raised|published|introduced|written|put|got|out|company|sold|bought|invest\w*|government|china|policy|law)\b|[=`{}]"
    ),
    quoting=cue(
        GERMAN_IM
        + r"|\bif (?:i (?:were|was|am)|i'm)\b[^,.;]{0,40}$|\b(?!(?:i|i'm|am|was|we|you|me|should|would|must|to|prompt|message|instructions?|system|training|profile|card|documentation|guidelines|rules|metadata)\b)[\w'-]+ (?:said|says|replied|replies|answered|answers|wrote|writes|claims?|claimed|might say|would say|could say|responded|responds|declared|insists?|told (?!you|that)\w+)(?:[,:]?(?: that)? ?\"(?:[^\"]*)$|:?(?: that)? ?i\b[^\"]*$)"
    ),
    attributive=cue(r"\b(?:an?|my|our|your|one of the|this|the) ?[\"'(]?$"),
    adjective="[undisclosed]",
)
