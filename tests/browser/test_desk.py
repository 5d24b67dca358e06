"""The office's desk as a reviewer with three hundred rows uses it: by keyboard, by kind, in bulk,
with second thoughts."""

import re

import pytest
from playwright.sync_api import Page, expect

from deliveries.models import Delivery, Proposal
from tests import builders
from tests.browser.conftest import WIDTHS, clean, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.worker]
ROWS = 301


@pytest.fixture
def delivery(live_cast) -> Delivery:
    """Three hundred proposals: most new, thirty moved, twenty edited."""
    made = builders.on_desk(live_cast, rows=ROWS)
    numbers = list(made.proposals.values_list("pk", flat=True))
    moved, edited = made.proposals.filter(pk__in=numbers[100:130]), numbers[130:150]
    moved.update(kind=Proposal.Kind.MOVED, distance_m=12.4)
    made.proposals.filter(pk__in=edited).update(
        kind=Proposal.Kind.EDITED, changes={"name": ["Biblioteca", "Biblioteca civica"]}
    )
    return made


def keys(page: Page, *pressed: str) -> None:
    """As fast as they can be pressed."""
    for key in pressed:
        page.keyboard.press(key)


SEEN = """(turn) => {
  const row = document.querySelectorAll("tr[data-proposal]")[turn];
  const box = row.getBoundingClientRect();
  const down = Math.min(box.height / 2, 60);
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + down);
  return document.activeElement === row && row.contains(top);
}"""


def focused(page: Page, turn: int) -> None:
    """The row of that turn, from 0, has the focus, and nothing that sticks covers it."""
    page.wait_for_function(SEEN, arg=turn)


def counters(page: Page, words: str) -> None:
    expect(page.locator(".desk-counters ul")).to_contain_text(re.compile(words))


@pytest.mark.parametrize("width", list(WIDTHS))
def test_three_hundred_rows_are_decided_without_losing_the_place(
    served,
    live_cast,
    browser,
    delivery,
    width,
):
    page = signed_in(browser, served, live_cast.reviewer, width)
    page.goto(f"{served}/istruttoria/{delivery.pk}/")
    clean(page)
    keys(page, "j", "a", "a", "a")
    counters(page, r"297\s*da decidere\s*3\s*accettato")
    focused(page, 3)
    keys(page, "u")
    counters(page, r"298\s*da decidere\s*2\s*accettato")
    focused(page, 3)
    expect(page.locator("#desk-status")).to_have_text("1 decisione annullata.")
    keys(page, "r")
    expect(page.locator("#desk-reason")).to_be_focused()
    page.locator("#desk-reason").select_option("duplicate")
    keys(page, "Enter")
    focused(page, 4)
    keys(page, "r", "h")
    counters(page, r"295\s*da decidere\s*2\s*accettato\s*1\s*in sospeso\s*2\s*rifiutato")
    focused(page, 6)
    clean(page)
    end_of_page(page)
    rows_leave_the_filter(page)
    by_kind_and_in_bulk(page)
    assert delivery.proposals.filter(decision="accepted", note="Visti insieme").count() == 293
    assert page.problems == []


def end_of_page(page: Page) -> None:
    """After the last row comes the next page."""
    keys(page, *["j"] * 44)
    expect(page.locator("#desk .pager [rel=next]")).to_be_focused()
    keys(page, "Enter")
    page.wait_for_url("**pagina=2**")
    keys(page, "j")
    focused(page, 0)


def rows_leave_the_filter(page: Page) -> None:
    """Among what is still to decide a decided row goes away, and the next one takes its place."""
    page.get_by_label("Decisione").select_option("pending")
    page.get_by_role("button", name="Filtra").click()
    page.wait_for_url("**decisione=pending**")
    keys(page, "j", "j", "j", "a", "x")
    counters(page, r"294\s*da decidere")
    focused(page, 2)
    expect(page.locator("tr[data-proposal] input:checked")).to_have_count(1)


def by_kind_and_in_bulk(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^spostato")).click()
    page.wait_for_url("**tipo=moved&decisione=pending**")
    assert page.locator("tr[data-proposal]").count() == 30
    page.get_by_role("button", name=re.compile("^Accetta Biblioteca|^Accetta B")).first.click()
    counters(page, r"293\s*da decidere")
    page.get_by_label("Nota").press("Enter")
    page.wait_for_load_state("networkidle")
    counters(page, r"293\s*da decidere")
    page.get_by_text("Accetta in blocco").click()
    page.get_by_label(re.compile("^Perché")).fill("Visti insieme")
    clean(page)
    page.get_by_role("button", name=re.compile("tutto ciò che resta")).click()
    counters(page, r"^\s*0\s*da decidere")
    expect(page.get_by_role("button", name="Annulla le ultime 293 decisioni")).to_be_visible()
    clean(page)
