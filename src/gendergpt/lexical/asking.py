"""Words with which one asks, by language: rare in guidance, they would count for too much."""

from __future__ import annotations

import functools

from gendergpt.lexical.analysis import words

_ASKING = {
    "en": "what which who whom whose how where when why does do did is are was were be been am "
    "can could should would will may might must shall has have had i me my mine we us our "
    "you your yours he him his she her hers it its they them their theirs this that these "
    "those there here want need know tell please explain guidance document documents say "
    "says said according find get got give much many often some any about also from so "
    "more most than",
    "de": "was wer wen wem wessen wie wo wohin woher wann warum wieso weshalb wozu welche "
    "welcher welches welchen welchem ist sind war waren wird werden wurde kann könnte "
    "können soll sollte sollen darf dürfen muss müssen hat haben ich mich mir mein wir "
    "uns unser sie ihr ihre es gibt bitte sagt sagen laut finde finden bekomme bekommen "
    "brauche möchte viel viele mehr",
    "fr": "que quoi qui quel quelle quels quelles comment où quand pourquoi combien est sont "
    "était sera peut peuvent pourrait doit doivent faut ai as avez ont je moi mon ma mes "
    "nous notre vous votre il elle ils elles ce cela ceci cet cette ces puis veux "
    "voudrais besoin dit disent selon trouver trouve obtenir expliquez plus il y",
    "es": "qué quién quiénes cuál cuáles cómo dónde cuándo cuánto cuánta cuántos cuántas es son "
    "era está están puede pueden podría debe deben debería he ha han hay yo me mi "
    "nosotros nuestro usted su sus ese esa eso este esta esto quiero necesito dice dicen "
    "según encontrar explique",
    "ru": "что кто кого кому какой какая какое какие каких каким как где куда откуда когда "
    "почему зачем сколько чей есть был была были будет может могут можно должен должна "
    "должны нужно надо ли я мне мы нам наш вы вам ваш он она они это этот эта эти хочу "
    "скажите расскажите согласно говорит говорится найти получить",
    "uk": "що хто кого кому який яка яке які яких яким як де куди звідки коли чому навіщо "
    "скільки чий є був була були буде може можуть можна можу повинен повинна повинні "
    "потрібно треба чи я мені ми нам наш ви вам ваш він вона вони це цей ця ці хочу "
    "скажіть розкажіть згідно знайти отримати",
    "tr": "ne nedir nelerdir kim kimdir hangi hangisi nasıl nasıldır nerede nereye nereden "
    "neden niçin niye kaç mi mı mu mü midir mıdır olur olabilir var yok ben bana benim "
    "biz bize bizim siz size sizin o onlar bu şu lütfen söyler göre gerekir",
    "ro": "ce cine care cum unde când cât câtă câți câte este sunt era va poate pot trebuie are "
    "au am eu noi vă dumneavoastră el ea ei ele acest această acestea vreau spune conform "
    "găsi obține",
    "sq": "çfarë kush cili cila cilat cilët si ku kur pse sa është janë ishte mund duhet ka "
    "kanë unë ne ju ai ajo ata kjo ky këto dua thotë sipas",
    "mk": "што кој која кое кои како каде кога зошто колку е се беше може треба дали има имаат "
    "јас ние вие тој таа тие ова овој оваа овие сакам вели според",
    "sr": "šta što ko koji koja koje koju kojih kako gde kada zašto koliko je su bio bila može "
    "mogu treba mora da li ima imaju ja mi vi on ona oni ovo ovaj ova ove želim kaže "
    "prema",
    "ar": "ما ماذا من هو هي كيف أين متى لماذا كم أي هل كان كانت يمكن يجب لدي أنا نحن أنت هم هذا "
    "هذه ذلك التي الذي أريد وفقا",
}


@functools.cache
def asking(language: str) -> frozenset[str]:
    """Return the words with which one asks in a language; none where they are not listed."""
    return frozenset(words(_ASKING.get(language, ""), language))
