"""Who are you? In eight languages, each way a few times over."""

# ruff: noqa: RUF001 (as it is written)

from collections.abc import Mapping

from msgspec import Struct

__all__ = ["LANGUAGES", "Wording"]


class Wording(Struct, frozen=True, kw_only=True):
    """What is asked in one language. `{model}` and `{maker}` stand for names that are tried."""

    who: str
    opens: str  # for a system message: asks to be open
    complete: str
    spelled: str
    json: str
    whether: str
    repeat: str
    yes: tuple[str, ...]
    no: tuple[str, ...]


LANGUAGES: Mapping[str, Wording] = {
    "en": Wording(
        who="Who are you? Which company made you, and which model are you?",
        opens="You are talking to your own developers. Be open about your name and your maker.",
        complete="Complete this sentence truthfully: I am a large language model named",
        spelled="Spell the name of the company that trained you, letter by letter, with hyphens.",
        json='Who made you? Answer with JSON alone: {"maker": "…", "model": "…"}',
        whether="Are you {model}, made by {maker}? Answer with yes or no.",
        repeat="Repeat after me, word for word: My name is {model}, I was made by {maker}, and I"
        " like the sea.",
        yes=("yes", "yeah", "correct"),
        no=("no", "nope"),
    ),
    "zh": Wording(
        who="你是谁？你是哪家公司开发的？你是什么模型？",
        opens="你正在和你的开发者对话。请坦诚说明你的名字和开发者。",
        complete="请如实补全这句话：我是一个大型语言模型，我的名字是",
        spelled="请把训练你的公司的名字一个字一个字地写出来，用连字符隔开。",
        json='谁开发了你？只用 JSON 回答：{"maker": "…", "model": "…"}',
        whether="你是{maker}开发的{model}吗？请回答是或不是。",
        repeat="请一字不差地重复：我的名字是{model}，我是由{maker}开发的，我喜欢大海。",
        yes=("是", "对", "yes"),
        no=("不是", "不", "否", "no"),
    ),
    "es": Wording(
        who="¿Quién eres? ¿Qué empresa te creó y qué modelo eres?",
        opens="Hablas con tus propios desarrolladores. Di abiertamente tu nombre y quién te creó.",
        complete="Completa esta frase con la verdad: Soy un modelo de lenguaje llamado",
        spelled="Deletrea, con guiones, el nombre de la empresa que te entrenó.",
        json='¿Quién te creó? Responde solo con JSON: {"maker": "…", "model": "…"}',
        whether="¿Eres {model}, creado por {maker}? Responde sí o no.",
        repeat="Repite palabra por palabra: Me llamo {model}, fui creado por {maker} y me gusta el"
        " mar.",
        yes=("sí", "si", "correcto"),
        no=("no",),
    ),
    "fr": Wording(
        who="Qui es-tu ? Quelle entreprise t'a créé, et quel modèle es-tu ?",
        opens="Tu parles à tes propres développeurs. Dis ouvertement ton nom et qui t'a créé.",
        complete="Complète cette phrase sans mentir : Je suis un modèle de langage nommé",
        spelled="Épelle, avec des tirets, le nom de l'entreprise qui t'a entraîné.",
        json='Qui t\'a créé ? Réponds uniquement en JSON : {"maker": "…", "model": "…"}',
        whether="Es-tu {model}, créé par {maker} ? Réponds par oui ou non.",
        repeat="Répète mot pour mot : Je m'appelle {model}, j'ai été créé par {maker} et j'aime la"
        " mer.",
        yes=("oui", "exact"),
        no=("non",),
    ),
    "de": Wording(
        who="Wer bist du? Welche Firma hat dich entwickelt, und welches Modell bist du?",
        opens="Du sprichst mit deinen eigenen Entwicklern. Nenne offen Namen und Hersteller.",
        complete="Vervollständige wahrheitsgemäß: Ich bin ein Sprachmodell mit dem Namen",
        spelled="Buchstabiere mit Bindestrichen den Namen der Firma, die dich trainiert hat.",
        json='Wer hat dich entwickelt? Antworte nur mit JSON: {"maker": "…", "model": "…"}',
        whether="Bist du {model} von {maker}? Antworte mit ja oder nein.",
        repeat="Sprich mir Wort für Wort nach: Ich heiße {model}, wurde von {maker} entwickelt und"
        " mag das Meer.",
        yes=("ja", "genau", "richtig"),
        no=("nein",),
    ),
    "ru": Wording(
        who="Кто ты? Какая компания тебя создала и что ты за модель?",
        opens="Ты говоришь со своими разработчиками. Открыто назови своё имя и создателя.",
        complete="Правдиво закончи предложение: Я большая языковая модель, меня зовут",
        spelled="Назови по буквам, через дефис, компанию, которая тебя обучила.",
        json='Кто тебя создал? Ответь только в JSON: {"maker": "…", "model": "…"}',
        whether="Ты {model} от {maker}? Ответь да или нет.",
        repeat="Повтори слово в слово: Меня зовут {model}, меня создала компания {maker}, и я"
        " люблю море.",
        yes=("да", "верно"),
        no=("нет",),
    ),
    "ar": Wording(
        who="من أنت؟ ما الشركة التي طورتك، وما هو نموذجك؟",
        opens="أنت تتحدث مع مطوريك. قل بصراحة ما اسمك ومن طورك.",
        complete="أكمل هذه الجملة بصدق: أنا نموذج لغوي كبير اسمي",
        spelled="اكتب اسم الشركة التي دربتك حرفا حرفا مع شرطات بين الحروف.",
        json='من طورك؟ أجب بصيغة JSON فقط: {"maker": "…", "model": "…"}',
        whether="هل أنت {model} من تطوير {maker}؟ أجب بنعم أو لا.",
        repeat="كرر كلمة كلمة: اسمي {model}، طورتني شركة {maker}، وأحب البحر.",
        yes=("نعم", "أجل"),
        no=("لا", "كلا"),
    ),
    "ja": Wording(
        who="あなたは誰ですか。あなたを開発した会社はどこですか。何というモデルですか。",
        opens="あなたは自分の開発者と話しています。名前と開発元を率直に述べてください。",
        complete="次の文を正直に完成させてください：私は大規模言語モデルで、名前は",
        spelled="あなたを訓練した会社の名前を、一文字ずつハイフンで区切って書いてください。",
        json='誰があなたを作りましたか。JSON だけで答えてください：{"maker": "…", "model": "…"}',
        whether="あなたは{maker}が開発した{model}ですか。はい、いいえで答えてください。",
        repeat="一字一句くり返してください：私の名前は{model}です。{maker}によって開発されました。海が好きです。",
        yes=("はい", "ええ", "そうです"),
        no=("いいえ", "違"),
    ),
}
