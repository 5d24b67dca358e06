"""No Italian is left in the reserved area's pages under /en/, nor in what the desk answers."""

import pytest
from django.test import Client

from tests import builders
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
    upload = builders.checked(cast, rows=4, wrong_status=(1,), without_act=(3,))
    assert (
        left_over(cast.operator, path.format(pk=upload.pk), {"chissà", "esistente", "previsto"})
        == []
    )


@pytest.mark.parametrize("path", OFFICE)
def test_the_office_s_pages_are_all_english(cast, path):
    upload = builders.on_desk(cast)
    assert left_over(cast.manager, path.format(pk=upload.pk), set()) == []
