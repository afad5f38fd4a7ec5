"""What the user asked: whether a bare answer, or a bare yes, would tell who is speaking.

In eight languages: the speaker's maker, model, name, family, version, company, training; and
demands to say it (`complete: I am …`). Asked wrongly, a little more is watched, nothing is shown.
"""
# ruff: noqa: E501, RUF001  a cue is read in one line; its letters are those of the language

import re
import unicodedata

from darkhorse.cloak.words.frames.base import cue, plain

__all__ = ["asks_whether", "asks_who"]

_FIRST, _LAST = 1_000, 4_000

_EN_THING = (
    r"(?:name|model|maker|creator|developer|company|lab|organi[sz]ation|family|version|llm|ai|chat ?bot|"
    r"language model|provider|vendor|manufacturer|author|identity|team|architecture|identifier|engine|"
    r"base model|parent company|series|lineage|origin|assistant|backend|backbone|system prompt|weights|training)s?"
)
_EN_MAKE = r"(?:made|created?|built|build|trained?|developed?|designed?|programmed|owns?|invented|released|produced|behind|wrote|engineered|runs?|make|makes|operates?|provides?|hosts?|named|coded|fine-?tuned|publish\w*|launched)"
_OPINION = (
    r"(?:think|like|want|recommend|know|believe|prefer|suggest|use|mean|see|expect|need|consider|have|"
    r"feel|choose|pick|love|hate|advise|say about|trust|admire)\b"
)
_STATE = (
    r"(?:ready|sure|able|ok|okay|there|fine|done|free|serious|happy|sad|going|willing|aware|familiar|"
    r"interested|alive|capable|joking|kidding|right|wrong|certain|good|busy|awake|allowed|in|on|at|"
    r"trying|saying|telling|asking|looking|feeling|doing|planning|working|listening|up|with me)\b"
)
_WHO = (
    # English
    rf"\bwho(?:'s| is| are| r| was| exactly| actually|'re)* (?:\w+ ){{0,3}}?(?:you|u|your|this|i talking|i speaking|i chatting|am i|answering|speaking|replying)\b(?! {_OPINION})",
    rf"\bwho(?:m)?\b[^.?!\n]{{0,30}}\b{_EN_MAKE} (?:you|u|this (?:model|assistant|ai|chatbot)|behind you)\b",
    rf"\b(?:what|which|whose)\b(?![^.?!\n]{{0,60}}\b(?:you|u) {_OPINION})[^.?!\n]{{0,40}}\b{_EN_THING}\b[^.?!\n]{{0,40}}\b(?:you|your|u|ur|this|yourself)\b",
    rf"\b(?:what|which|whose)\b(?![^.?!\n]{{0,60}}\b(?:you|u) {_OPINION})[^.?!\n]{{0,30}}\b(?:you|u|your|ur)\b[^.?!\n]{{0,30}}\b{_EN_THING}\b",
    r"\bwhat(?:'s| is| are|'re)? (?:\w+ ){0,2}?(?:you|u)(?: really| actually| exactly| called| named| based on| running on| powered by| built on)*\s*(?:[?.!,]|$)|\bwhat are you\b",
    rf"\b(?:your|ur|yourself's)(?: \w+){{0,3}}? {_EN_THING}\b",
    r"\b(?:introduce|identify|describe|reveal|present|name) yourself\b|\btell me (?:\w+ ){0,3}(?:about yourself|who you|what you)\b|\babout yourself\b|\bwho you (?:are|really)\b|\bwhat you (?:are|really)\b|\bself-?introduction\b|\bwhat (?:should|do|can|may) i call you\b",
    r"\b(?:where|from where) (?:do|are|were|did) you (?:come|from|made|trained|built|created|developed)\b|\bwhere are you from\b|\bby whom\b[^?]{0,20}\byou\b|\bhow were you (?:made|trained|created|built)\b",
    rf"\b(?:are|were|r) (?:you|u)\b[^.?!\n]{{0,60}}\b(?:{_EN_MAKE}|{_EN_THING}|from|by|based|powered|running|called|really|actually|part of)\b|\b(?:are|r) (?:you|u) (?!{_STATE})[\w .+-]{{2,40}}(?:\?|$)",
    r"\b(?:repeat|complete|finish|continue|fill in|say|write|print|output|state|type|echo|answer)\b[^\n]{0,60}\b(?:i am|i'm|my name is|i was (?:made|created|trained|built|developed)|made by|created by|developed by|trained by|my (?:name|maker|creator|developer|model))\b",
    rf"\b(?:you(?:'re| are)|u r)\b(?! {_STATE})[^.?!\n]{{0,60}}\b(?:right|correct|aren't you|isn't it|true|yes or no|admit|confess)\b|\badmit\b[^.?!\n]{{0,30}}\byou\b",
    r"\b(?:i|user|we) (?:am|are|is) (?:talking|speaking|chatting) (?:to|with)\b|\bam i (?:talking|speaking|chatting)\b|\bmodel (?:name|id|card)\b|\"?(?:maker|creator|developer|model|model_name|made_by)\"?\s*:\s*(?:\"\"|\"?\.\.\.|\?|_|null|string|str|<)",
    rf"\b(?:did|does|has|have|was|is|do)\b[^.?!\n]{{0,40}}\b{_EN_MAKE} (?:you|u)\b",
    # Chinese, Japanese
    r"(?:你|您)(?:真的|到底|究竟|其实|应该|不会|难道|就|不)*(?:是|叫|属于)[^。?!\n]{1,30}(?:吗|么|吧|\?|对)|\b(?:ты|вы)\b (?:\w+ ){0,2}?[\w .+-]{2,40}\?",
    r"(?:你|您)[^。?!\n]{0,14}(?:是谁|是什么|叫什么|是哪|名字|哪家|哪个|谁|什么模型|型号|版本|开发|训练|创造|制造|来自|模型|公司|身份|厂商|团队|底层|研发|介绍|出自|由来)",
    r"(?:谁|哪家|哪个|什么|何)[^。?!\n]{0,16}(?:你|您)|(?:介绍|自我介绍)[^。?!\n]{0,6}(?:你|您|自己|一下)|自我介绍|(?:重复|复述|补全|完成|填空|续写|接着|跟我|请说|说出)[^\n]{0,30}(?:我是|我叫|我由|我的)",
    r"(?:あなた|君|きみ|お前|おまえ|貴方|そちら|御社)[^。?!\n]{0,20}(?:誰|だれ|何|なに|名前|モデル|どこ|開発|作|訓練|会社|バージョン|正体|ですか|どの|なの)|(?:誰|だれ|どこ|どの[^。\n]{0,8})[^。?!\n]{0,14}(?:あなた|君|きみ|お前)|自己紹介|お名前|名前は|正体|(?:繰り返|完成|続け|復唱|穴埋め)[^\n]{0,30}(?:私は|わたしは|僕は|私の)|(?:私は|私の名前は|わたしは)[^\n]{0,30}(?:繰り返|完成|続け|復唱|埋め)",
    r"(?:どの|何という|なんという|どこの)[^。?!\n]{0,12}(?:モデル|会社|ai|企業)",
    # Russian
    r"\bкто (?:\w+ ){0,3}?(?:ты|вы|тебя|вас)\b|\b(?:ты|вы|тебя|вас|тебе|вам|тво\w+|ваш\w*)\b[^.?!\n]{0,40}(?:кто|зовут|им[яе]|модел|созда|разработ|обуч|компани|верси|семейств|происхожд|сдела|откуда|явля|нейросет|gpt|на базе)|(?:как\w*|чь[яей]|откуда|кем)[^.?!\n]{0,40}\b(?:ты|вы|тебя|вас|тво\w+|ваш\w*)\b|представь(?:ся|тесь)|расскажи\w* о себе|(?:повтори|закончи|продолжи|дополни|скажи|напиши|заполни)\w*[^\n]{0,30}\b(?:я|меня|мо[йея])\b",
    # Arabic
    r"(?:من|ما|ماذا|اي|ايه|ايش|مين|شو|وش) (?:\w+ ){0,2}?(?:انت|انتي|انتم|تكون|اسمك|شركتك|نموذجك|مطورك|صانعك|هويتك)|(?:طورك|صنعك|دربك|انشاك|بناك|خلقك|برمجك|طورتك|صنعتك|دربتك|انشاتك|صممك|تطويرك|تدريبك|انشاؤك|صنعك|اسمك|مطورك|شركتك|نموذجك|هويتك|اصدارك|مطوروك|صانعوك)|(?:عرف|عرفني|قدم|تحدث|حدثني|اخبرني)[^.?\n]{0,16}(?:نفسك|بنفسك)|هل انت|من اين انت|(?:كرر|اكمل|ردد|قل|اكتب)[^\n]{0,30}(?:انا|اسمي|طورتني|صنعتني)",
    # Spanish
    r"\bquien(?:es)? (?:\w+ ){0,3}?(?:eres|es usted|te|le|sois|os)\b|\b(?:que|cual|cuales|de que|con que)\b[^.?!\n]{0,30}\b(?:eres|es usted|tu (?:nombre|modelo|creador|version|familia|empresa|origen)|su (?:nombre|modelo)|te|estoy (?:hablando|usando))\b|\bcomo te llamas\b|\bcomo se llama usted\b|\btu (?:\w+ )?(?:nombre|modelo|creador\w*|desarrollador\w*|empresa|identidad|version|familia|fabricante|origen|entrenamiento)\b|\bpresentate\b|\bpresentese\b|\b(?:sobre|acerca de) ti\b|\bde donde (?:vienes|eres)\b|\beres [\w .+-]{2,40}\?|\bte (?:creo|creado|desarrollo|entreno|hizo|fabrico|construyo)\b|\b(?:repite|completa|termina|di|escribe|rellena)\b[^\n]{0,40}\b(?:soy|me llamo|mi nombre|fui)\b",
    # French
    r"\bqui (?:\w+[ -]){0,3}?(?:es|etes|t'|vous|te)\b|\b(?:es-tu|etes-vous|t'appelles|vous appelez|t'a|t'ont|vous (?:a|ont) (?:cree|developpe|entraine|concu|construit|fait))\b|\b(?:quel|quelle|quels|quoi|que)\b[^.?!\n]{0,30}\b(?:tu|vous|es-tu|etes-vous|ton|votre)\b|\b(?:ton|ta|votre|tes|vos) (?:\w+ )?(?:nom|modele|createur\w*|developpeur\w*|entreprise|identite|version|famille|fabricant|origine|entrainement|concepteur\w*|societe)\b|\bpresente[zs]?-(?:toi|vous)\b|\bparle[zs]?[- ]moi de (?:toi|vous)\b|\bd'ou (?:viens|venez)\b|\bes-tu\b|\btu es [\w .+-]{2,40}\?|\b(?:repete|complete|termine|dis|ecris|finis)\w*\b[^\n]{0,40}\b(?:je suis|je m'appelle|mon nom|j'ai ete)\b",
    # German
    r"\bwer (?:\w+ ){0,3}?(?:bist|sind|du|sie|dich)\b|\b(?:was|welche[srnm]?|wessen)\b[^.?!\n]{0,30}\b(?:bist|sind sie|du|dich|dein\w*|ihr\w* (?:name|modell))\b|\bwie heisst du\b|\bwie heissen sie\b|\b(?:dein|deine|deinen|deinem|deiner|ihr|ihre) (?:\w+ )?(?:namen?|modell\w*|entwickler\w*|hersteller|firma|identitat|version|familie|schopfer|macher|herkunft|training|unternehmen)\b|\bstell\w* (?:dich|sie sich)\b|\buber (?:dich|sich selbst)\b|\bvon wem\b|\bwoher kommst\b|\bbist du (?!fertig|sicher|bereit|da\b|in der lage|wach|dir)|\bsind sie [\w .+-]{2,40}\?|\b(?:wiederhole|vervollstandige|erganze|beende|sag|schreib)\w*\b[^\n]{0,40}\b(?:ich bin|ich heisse|mein name|ich wurde)\b",
)
_WHETHER = (
    r"\b(?:are|r|aren't|were|weren't) (?:you|u)\b|\b(?:is|isn't) (?:this|your|the (?:model|ai|assistant|company))\b|\b(?:am i|do i) (?:\w+ )?(?:talk|speak|chat|us)\w*|\b(?:did|does|has|have|was|is|do)\b[^.?!\n]{0,60}\b(?:you|your|u)\b|\byou(?:'re| are)\b[^.?!\n]{0,60}(?:\?|\bright\b|\bcorrect\b|\byes or no\b|\btrue\b|\baren't you\b)|\byou were\b[^.?!\n]{0,60}(?:\?|right|correct|yes or no)|\byes or no\b|\btrue or false\b|\bcorrect\?|\bright\?",
    r"(?:你|您)[^。?!\n]{0,40}(?:吗|么|是不是|对吧|对吗|对不对|吧|是否|\?)|是不是|是否|对吗|是吗|吗\?",
    r"(?:ですか|ますか|なの|でしょう|だよね|よね|か)[?。]?\s*$|(?:ですか|ますか|でしょうか|よね|なの)[?。\n]|はいかいいえ",
    r"\b(?:ты|вы|тебя|вас|твой|твоя|тво[йяеи]\w*|ваш\w*)\b[^.!\n]{0,80}\?|\bда или нет\b|\bверно\b|\bправда\b|\bтак\?|\bли\b",
    r"\bهل\b|صحيح|اليس كذلك|نعم (?:ام|او) لا|\b(?:انت|انتي)\b[^.\n]{0,60}[?؟]",
    r"\b(?:eres|es usted|fuiste|te|tu|estoy|has sido|sois|usted)\b[^.!\n]{0,80}\?|\bsi o no\b|\bverdad\b|\bcierto\b|\bcorrecto\b",
    r"\b(?:es-tu|etes-vous|tu es|vous etes|as-tu|avez-vous|est-ce|ton|votre|t'a|vous a|suis-je)\b[^.!\n]{0,80}\?|\boui ou non\b|\bn'est-ce pas\b|\bc'est ca\b|\best-ce (?:que|qu')",
    r"\b(?:bist du|sind sie|wurdest|wurden sie|du bist|hat dich|dein\w*|spreche ich|ist das|du)\b[^.!\n]{0,80}\?|\bja oder nein\b|\boder\?|\bstimmt\b|\brichtig\?",
)
_ASKS_WHO = cue("|".join(_WHO))
_ASKS_WHETHER = cue("|".join(_WHETHER))
_BLANKS = re.compile(r"[^\S\n]+")


def asks_who(text: str) -> bool:
    """Does a user's message ask, or demand, who the speaker is or who made it?"""
    return any(_ASKS_WHO.search(part) for part in _parts(text))


def asks_whether(text: str) -> bool:
    """Does it ask so that a bare yes or no answers?

    To be asked where `asks_who` is true, or a watched name stands in the message.
    """
    return any(_ASKS_WHETHER.search(part) for part in _parts(text))


def _parts(text: str) -> tuple[str, ...]:
    """A long message is asked of at its ends; in the middle it quotes."""
    ends = (text,) if len(text) <= _FIRST + _LAST else (text[:_FIRST], text[-_LAST:])
    return tuple(
        _BLANKS.sub(" ", plain(unicodedata.normalize("NFKC", end).casefold())) for end in ends
    )
