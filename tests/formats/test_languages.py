"""The language of a text is told by its script or its commonest words."""

from __future__ import annotations

import pytest

from annotator.formats.text.language import language_of


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "The robot was stopped by a guard, and nobody in the building was hurt."),
        ("es", "El robot fue detenido por un guardia y nadie en el edificio resultó herido."),
        ("fr", "Le robot a été arrêté par un gardien et personne dans le bâtiment n'est blessé."),
        ("de", "Der Roboter wurde von einem Wächter angehalten und niemand in dem Haus ist verletzt."),
        ("pt", "O robô foi parado por um guarda e ninguém no edifício ficou ferido, segundo a empresa."),
        ("it", "Il robot è stato fermato da una guardia e nessuno nel palazzo si è ferito."),
        ("nl", "De robot werd door een bewaker gestopt en niemand in het gebouw is gewond."),
        ("ja", "ロボットは警備員に止められ、けが人はなかった。AI system という。"),
        ("zh", "机器人被保安拦下，没有人受伤。"),
        ("ko", "로봇은 경비원에게 멈춰졌고 다친 사람은 없었다."),
        ("ru", "Робота остановил охранник, и никто не пострадал."),
        ("ar", "أوقف حارس الروبوت ولم يصب أحد بأذى."),
        ("", "xkcd 12 34"),
        ("", ""),
    ],
)
def test_a_sentence_is_told(code: str, text: str) -> None:
    assert language_of(text) == code
