"""No Italian is left in the reserved area's pages under /en/, nor in what the desk answers."""

import pytest
from django.test import Client, override_settings

from deliveries import tasks
from deliveries.actions import placing
from tests import builders, geocoder
from tests.reading import ITALIAN, Words

COMUNE = (
    *("consegne/", "consegne/nuova/", "consegne/{pk}/", "consegne/{pk}/colonne/"),
    *("consegne/{pk}/controlli/", "consegne/{pk}/controlli/ATT-07/", "consegne/{pk}/correggi/"),
    *("consegne/{pk}/invia/", "avvisi/", "profilo/", "verifica/"),
)
OFFICE = ("istruttoria/", "istruttoria/{pk}/", "avvisi/", "profilo/", "profilo/persone/")


def left_over(user, path: str, said: set[str]) -> list[str]:
    """Texts of the page that speak Italian; `said` are values of the file, which stay."""
    client = Client()
    client.force_login(user)
    answer = client.get(f"/en/{path}", follow=True)
    assert answer.status_code == 200, answer.status_code
    words = Words()
    words.feed(answer.content.decode())
    ours = [t for t in words.texts if not set(t.strip("«»").split(" · ")) <= said]
    return [t for t in ours if ITALIAN.search(t)]


@pytest.mark.parametrize("path", COMUNE)
def test_a_comune_s_pages_are_all_english(cast, path):
    delivery = builders.checked(cast, rows=4, wrong_status=(1,), without_act=(3,))
    assert (
        left_over(cast.operator, path.format(pk=delivery.pk), {"chissà", "esistente", "previsto"})
        == []
    )


@pytest.mark.parametrize("path", OFFICE)
def test_the_office_s_pages_are_all_english(cast, path):
    delivery = builders.on_desk(cast)
    assert left_over(cast.manager, path.format(pk=delivery.pk), set()) == []


def test_the_pages_of_proposed_positions_are_all_english(cast):
    lines = builders.plan_file(3).read().decode().splitlines()
    lines[2] = ";".join([*lines[2].split(";")[:-2], "", ""])
    file = builders.SimpleUploadedFile("piano.csv", "\n".join(lines).encode())
    delivery = builders.checked(cast, file)
    said = {"esistente", "via Roma 2, Sesto San Giovanni"}
    with geocoder.serving() as told, override_settings(GEOCODER=told.settings()):
        told.answer = [geocoder.street(*geocoder.inside(), label="x")]
        before = left_over(cast.operator, f"consegne/{delivery.pk}/posizioni/", said)
        placing.propose(delivery, user=cast.operator, layer="piano", row=2)
        for path in ("posizioni/", "correggi/?strato=piano&riga=2"):
            assert before + left_over(cast.operator, f"consegne/{delivery.pk}/{path}", said) == []
        chosen = placing.Taken("piano", 2, 0)
        placing.take(delivery, user=cast.operator, taken=[chosen])
    tasks.check_delivery(str(delivery.pk))
    assert left_over(cast.operator, f"consegne/{delivery.pk}/colonne/", said) == []
