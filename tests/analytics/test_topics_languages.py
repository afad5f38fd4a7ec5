"""Languages, on sentences written for this."""

# ruff: noqa: E501, RUF001 (as it is written; some signs are wide)

import pytest

from darkhorse.analytics.topics import language_of

SENTENCES = {
    "en": "Where is my order?|Write me a poem about rain|how do i fix this error|thanks a lot|"
    "Explain the second paragraph to me",
    "es": "¿Dónde está mi pedido?|Escribe un poema sobre la lluvia|cómo arreglo este error|"
    "muchas gracias por todo|Explícame el segundo párrafo",
    "de": "Wo ist meine Bestellung?|Schreibe ein Gedicht über den Regen|wie behebe ich den Fehler|"
    "vielen Dank für die Hilfe|Erkläre mir den zweiten Absatz",
    "fr": "Où est ma commande ?|Écris un poème sur la pluie|comment je corrige cette erreur|"
    "merci pour ton aide|Explique-moi le deuxième paragraphe",
    "pt": "Onde está o meu pedido?|Escreva um poema sobre a chuva|como eu corrijo este erro|"
    "muito obrigado pela ajuda|Explique o segundo parágrafo para mim",
    "it": "Dove si trova il mio ordine?|Scrivi una poesia sulla pioggia|come correggo questo errore|"
    "grazie mille per il tuo aiuto|Spiega il secondo paragrafo",
    "nl": "Waar is mijn bestelling?|Schrijf een gedicht over de regen|hoe los ik deze fout op|"
    "dank je wel voor de hulp|Leg de tweede alinea uit",
    "sv": "Var är min beställning?|Skriv en dikt om regnet|hur löser jag det här felet|"
    "tack så mycket för hjälpen|Förklara det andra stycket för mig",
    "pl": "Gdzie jest moje zamówienie?|Napisz wiersz o deszczu|jak naprawić ten błąd|"
    "dziękuję bardzo za pomoc|Wyjaśnij mi drugi akapit",
    "cs": "Kde je moje objednávka?|Napiš mi báseň o dešti|jak se dá opravit ta chyba|"
    "děkuji moc za pomoc|Vysvětli mi prosím druhý odstavec",
    "fi": "Missä minun tilaukseni on?|Kirjoita runo sateesta|miten minä korjaan tämän virheen|"
    "kiitos paljon avusta|Selitä toinen kappale minulle",
    "tr": "Benim siparişim nerede?|Yağmur için bir şiir yaz|bu hata nasıl düzelir|"
    "çok teşekkürler|İkinci paragrafı bana açıkla",
    "vi": "Đơn hàng của tôi ở đâu?|Hãy viết một bài thơ|lỗi này sửa như thế nào|"
    "cảm ơn bạn rất nhiều|Giải thích đoạn thứ hai cho tôi",
    "id": "Di mana pesanan saya?|Tolong buatkan puisi untuk ibu|bagaimana cara memperbaiki ini|"
    "terima kasih untuk bantuan kamu|Jelaskan paragraf yang kedua",
    "ro": "Unde este comanda mea?|Scrie o poezie despre ploaie și vânt|cum pot să repar asta|"
    "mulțumesc foarte mult|Explică acest paragraf",
    "ru": "Где мой заказ?|Напиши стихи о дожде|как исправить эту ошибку|большое спасибо|"
    "Объясни второй абзац",
    "uk": "Де моє замовлення?|Напиши вірш про дощ і вітер|як виправити цю помилку, підкажіть|"
    "щиро дякую, ви мені допомогли|Поясни другий абзац, будь ласка, і швидше",
    "zh": "我的订单在哪里？|写一首关于雨的诗|怎么修这个错误|非常感谢|解释第二段",
    "ja": "注文はどこですか|雨の詩を書いて|このエラーの直し方は|ありがとうございます|二段落目を説明して",
    "ko": "제 주문은 어디에 있나요?|비에 대한 시를 써 줘|이 오류를 어떻게 고치나요|감사합니다|둘째 문단을 설명해 줘",
    "el": "Πού είναι η παραγγελία μου;|Γράψε ένα ποίημα|πώς το διορθώνω|ευχαριστώ πολύ|εξήγησέ μου",
    "he": "איפה ההזמנה שלי?|כתוב שיר על הגשם|איך מתקנים את זה|תודה רבה|תסביר לי",
    "ar": "أين طلبي؟|اكتب قصيدة عن المطر|كيف أصلح هذا الخطأ|شكرا جزيلا|اشرح لي الفقرة الثانية",
    "fa": "سفارش من کجاست؟|یک شعر درباره باران بنویس|چگونه این را درست کنم|خیلی ممنون از کمک شما|"
    "پاراگراف دوم را توضیح بده",
    "hi": "मेरा ऑर्डर कहाँ है?|बारिश पर कविता लिखो|यह गलती कैसे ठीक करूँ|बहुत धन्यवाद|मुझे समझाओ",
    "th": "คำสั่งซื้อของฉันอยู่ที่ไหน|เขียนบทกวี|แก้ไขอย่างไร|ขอบคุณมาก|อธิบายให้ฟังหน่อย",
}  # fmt: skip


@pytest.mark.parametrize("code", SENTENCES)
def test_sentences(code):
    said = {sentence: language_of(sentence) for sentence in SENTENCES[code].split("|")}
    assert len(said) >= 5
    assert set(said.values()) == {code}, said


@pytest.mark.parametrize(
    "text",
    ["", "42", "???", "x^2 + y^2 = z^2", "```python\nfor the in is: print(what)\n```",
     "foo.bar(baz); a->b();", "https://example.com/what/is/this", "{{char}}"],
)  # fmt: skip
def test_no_prose_no_language(text):
    assert language_of(text) == ""


def test_code_does_not_speak_for_the_question():
    assert (
        language_of("¿Qué hace esto?\n```\nif the is not in and or for with: return this\n```")
        == "es"
    )
