"""Every rule of the catalogue can speak: those of a file through the check, the others where
people meet them."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliveries.models import Delivery, Finding
from tests import builders
from tests.deliveries.pages import TYPED, page, text
from tests.validator.rules import small_world
from validator.rules import registry
from validator.rules.run import run_all

pytestmark = pytest.mark.django_db

CHECKED = [rule.code for rule in registry.registered() if not rule.outside]
OUTSIDE = [rule.code for rule in registry.registered() if rule.outside]


@pytest.mark.parametrize("code", CHECKED)
def test_a_rule_of_the_check_speaks_in_the_check(code):
    example = registry.get(code).fails
    report = run_all(small_world.dataset(example), small_world.context(example))
    assert code in {batch.code for batch in report.batches}


def good(cast, **fields) -> Delivery:
    """A checked delivery that nothing keeps from being sent."""
    delivery = builders.ready(cast, **fields)
    delivery.rows.update(blocked=False)
    Delivery.objects.filter(pk=delivery.pk).update(blocked_count=0)
    return delivery


def sent(operator: Client, delivery: Delivery, **typed) -> str:
    """The page that sending leads to."""
    said = {**TYPED, "reference_date": str(timezone.localdate()), **typed}
    return text(operator.post(page("submit", delivery), said, follow=True))


def over_http(operator: Client, delivery: Delivery, **typed):
    """What the API answers to sending."""
    said = {**TYPED, "reference_date": str(timezone.localdate()), **typed}
    address = reverse("api-submit", args=[delivery.pk])
    return operator.post(address, said, content_type="application/json")


def without_act(cast, operator) -> str:
    return sent(operator, good(cast), act="")


def of_an_act_to_come(cast, operator) -> str:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    return sent(operator, good(cast), act_date=str(tomorrow))


def without_contact(cast, operator) -> str:
    return sent(operator, good(cast), contact_email="anna.riva@gmail.com")


def of_old_data(cast, operator) -> str:
    return sent(operator, good(cast), reference_date="2019-12-31")


def of_no_day(cast, operator) -> str:
    return sent(operator, good(cast), reference_date="")


def with_everything(cast, operator) -> str:
    return sent(operator, good(cast))


def the_same_file_again(cast, operator) -> str:
    builders.ready(cast, status="superseded")
    return text(operator.get(page("checks", builders.ready(cast))))


def of_a_check_that_failed(cast, operator) -> str:
    delivery = builders.ready(cast)
    params = {"check": "GEO-10"}
    Finding.objects.create(delivery=delivery, code="SYS-01", severity="system", params=params)
    return text(operator.get(page("checks", delivery)))


def of_a_check_not_run(cast, operator) -> str:
    delivery = builders.ready(cast)
    delivery.outcome["not_run"] = [{"code": "SEM-08", "reason": "no_stops", "params": {}}]
    delivery.save()
    return text(operator.get(page("checks", delivery)))


def of_a_long_list(cast, operator) -> str:
    delivery = builders.ready(cast)
    Finding.objects.bulk_create(
        Finding(delivery=delivery, code="ATT-08", severity="warning", layer="piano", rows=[2])
        for _turn in range(120)
    )
    return text(operator.get(reverse("deliveries:finding-group", args=[delivery.pk, "ATT-08"])))


#: Where each rule outside the check of a file is met, and what it says there.
MET: dict[str, tuple[Callable[..., str], str]] = {
    "FIL-11": (the_same_file_again, "Questo file è identico a quello caricato il"),
    "DOC-01": (without_act, "Manca l'estremo dell'atto"),
    "DOC-02": (of_an_act_to_come, "ha una data futura"),
    "DOC-03": (without_contact, "Manca un referente con e-mail d'ufficio."),
    "DOC-04": (of_old_data, "I dati sono riferiti al 31/12/2019"),
    "DOC-06": (of_no_day, "Il giorno a cui si riferiscono i dati manca."),
    "DOC-05": (with_everything, "Controlli eseguiti con il catalogo 1.0"),
    "SYS-01": (of_a_check_that_failed, "Il controllo GEO-10 non è riuscito"),
    "SYS-02": (of_a_check_not_run, "Non è caricato un elenco delle fermate"),
    "SYS-03": (of_a_long_list, "ATT-08: 121 casi, ne mostriamo 100."),
}


@pytest.mark.parametrize("code", OUTSIDE)
def test_a_rule_outside_the_check_speaks_where_it_is_met(cast, operator, code):
    meet, words = MET[code]
    assert words in meet(cast, operator).replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("DOC-01", {"act": ""}),
        ("DOC-01", {"act": None}),
        ("DOC-01", {"act_date": None}),
        ("DOC-06", {"reference_date": None}),
        ("DOC-06", {"reference_date": str(timezone.localdate() + dt.timedelta(days=1))}),
        ("DOC-03", {"contact_email": None}),
        ("DOC-03", {"contact_name": ""}),
        ("DOC-03", {"contact_email": "anna.riva@gmail.com"}),
    ],
)
def test_an_error_of_the_statement_stops_the_submission_by_page_and_by_api(
    cast, operator, code, typed
):
    delivery = good(cast)
    told = over_http(operator, delivery, **typed)
    assert (told.status_code, told.json()["code"]) == (400, code)
    assert [one["code"] for one in told.json()["findings"]] == [code]
    shown = sent(operator, delivery, **{k: v or "" for k, v in typed.items()})
    assert f"({code})" in shown
    delivery.refresh_from_db()
    assert delivery.status == "checked"


@pytest.mark.parametrize(
    ("errors", "words"),
    [(1, "Correggi quello per primo."), (2, "Correggi quelli per primi.")],
)
def test_errors_of_the_whole_file_are_counted_in_what_is_to_be_done_first(
    cast, operator, errors, words
):
    delivery = builders.ready(cast)
    for code in ("STR-01", "STR-03")[:errors]:
        Finding.objects.create(delivery=delivery, code=code, severity="error", layer="piano")
    delivery.outcome["file_blocked"] = True
    delivery.save()
    assert words in text(operator.get(page("checks", delivery)))


def test_one_row_with_errors_is_spoken_of_as_one(cast, operator):
    told = over_http(operator, builders.ready(cast))
    assert "1 riga ha errori: correggila" in told.json()["detail"]


def test_a_warning_asks_to_be_confirmed_and_is_kept_with_the_receipt(cast, operator):
    delivery = good(cast)
    asked = sent(operator, delivery, reference_date="2019-12-31")
    assert 'name="confirmed" value="DOC-04"' in asked
    delivery.refresh_from_db()
    assert delivery.status == "checked"
    shown = sent(operator, delivery, reference_date="2019-12-31", confirmed="DOC-04")
    assert "Confermato da chi ha inviato." in shown
    kept = {one["code"]: one["severity"] for one in delivery.receipts.get().findings}
    assert kept == {"DOC-04": "warning", "DOC-05": "info"}


def test_by_api_the_codes_of_the_warnings_are_sent_again_as_confirmed(cast, operator):
    delivery = good(cast)
    told = over_http(operator, delivery, reference_date="2019-12-31")
    assert (told.status_code, told.json()["code"]) == (400, "unconfirmed")
    codes = [one["code"] for one in told.json()["findings"]]
    done = over_http(operator, delivery, reference_date="2019-12-31", confirmed=codes)
    assert done.status_code == 200
    receipt = operator.get(reverse("api-receipt", args=[delivery.pk])).json()
    assert [(one["code"], one["confirmed"]) for one in receipt["findings"]] == [
        ("DOC-04", True),
        ("DOC-05", False),
    ]


def test_an_act_older_than_the_published_one_asks_to_be_confirmed(cast, operator):
    builders.published(cast)
    told = over_http(operator, good(cast), act_date="2010-02-03")
    assert [one["code"] for one in told.json()["findings"]] == ["DOC-02"]
    assert "precedente a quello già accettato" in told.json()["detail"]


def test_a_file_sent_again_is_named_at_receipt_by_page_and_by_api(cast, operator):
    first = builders.checked(cast)
    address = reverse("deliveries:new")
    given = {"sender": cast.comune.pk, "file": builders.plan_file()}
    shown = text(operator.post(address, given, follow=True))
    assert f"(consegna {first.pk})" in shown
    given = {"municipality": cast.comune.pk, "file": builders.plan_file()}
    told = operator.post("/api/v1/uploads/", given)
    assert str(first.pk) in told.json()["sent_before"]


def test_a_file_of_which_nothing_is_published_is_called_uploaded_and_asks_for_no_confirmation(
    cast, operator
):
    builders.checked(cast)
    told = text(
        operator.post(
            reverse("deliveries:new"),
            {"sender": cast.comune.pk, "file": builders.plan_file()},
            follow=True,
        )
    )
    assert "identico a quello caricato il" in told
    assert "altrimenti vai avanti con questa" in told
    assert "nulla è cambiato" not in told


def test_a_published_file_sent_again_is_called_published_and_may_be_confirmed(cast, operator):
    builders.published(cast)
    given = {"sender": cast.comune.pk, "file": builders.plan_file()}
    told = text(operator.post(reverse("deliveries:new"), given, follow=True))
    assert "identico a quello pubblicato il" in told
    assert "«Confermo che nulla è cambiato»" in told
    listed = text(operator.get(reverse("deliveries:list")))
    assert "Confermo che nulla è cambiato" in listed
    done = operator.post(reverse("deliveries:confirm"), {"sender": cast.comune.pk}, follow=True)
    assert done.resolver_match.view_name == "deliveries:submit"
