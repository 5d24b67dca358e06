"""The data that LUM and funding give to their rules, as a check of the portal loads them."""

from dataclasses import replace

import pytest
from django.core.management import call_command
from django.utils import timezone

from deliveries.checks.surroundings import rule_context
from funding.models import Programme, Project
from lum.models import Lum
from services.actions import EditionHead, plan_source, publish_edition
from tests import builders
from tests.services.catalogue import Thing, record
from tests.validator.rules import small_world
from validator.findings import NotRun, RuleHits
from validator.rules import registry
from validator.rules.examples import row
from zones.models import Municipality

CUP = "B81B21000290001"


def answer(cast, code, example):
    """What a rule answers of an example with the surroundings of a real check."""
    found = registry.get(code)
    context = rule_context(plan_source(cast.comune), day=timezone.localdate())
    return found.check(small_world.dataset(example), registry.declared_thresholds(), context)


@pytest.fixture
def hubs(cast):
    call_command("load_lum", verbosity=0)
    return Lum.objects.public()


def test_sem_07_measures_to_the_lum_of_the_database(cast, hubs):
    hub = hubs.located().filter(radius_m=None, perimeter=None).first()
    near = row(name="Liceo", lum=hub.name, geometry=f"POINT ({hub.point.x + 100} {hub.point.y})")
    far = row(name="Liceo", lum=hub.code, geometry=f"POINT ({hub.point.x + 5000} {hub.point.y})")
    (silent,), (speaks,) = answer(cast, "SEM-07", near), answer(cast, "SEM-07", far)
    assert len(silent.index) == 0
    assert speaks.params["lum"].to_list() == [hub.name]
    assert speaks.params["dist"].to_list() == [5000]


def test_sem_06_waits_until_the_list_is_the_official_one(cast, hubs):
    unknown = row(name="Liceo", lum="atlantide")
    assert answer(cast, "SEM-06", unknown) == NotRun("SEM-06", "no_lum_codes")
    hubs.update(certainty=Lum.Certainty.OFFICIAL)
    assert answer(cast, "SEM-06", unknown).index.tolist() == [0]


def test_sem_13_compares_with_twenty_comuni_of_like_size(cast):
    others = Municipality.objects.current().exclude(pk=cast.comune.pk)
    for number, comune in enumerate(others.order_by("name")[:20]):
        assert answer(cast, "SEM-13", row(name="Liceo")) == NotRun("SEM-13", "few_municipalities")
        known = [Thing("Ospedale", kind="ospedali", municipality=comune.pk)] * 2
        school = Thing("Liceo", kind="biblioteche", municipality=comune.pk)
        things = known if number < 15 else [school]
        head = EditionHead(plan_source(comune))
        publish_edition(head, [record(replace(one, key=str(n))) for n, one in enumerate(things)])
    checked = builders.checked(cast)
    (found,) = checked.findings.filter(code="SEM-13")
    assert found.params == {"category": "Sanità", "median": 2.0}


def test_the_rules_of_funding_read_the_register_of_the_database(cast):
    one, other = (
        Programme.objects.create(slug=slug, name=slug, project_count=1) for slug in ("uno", "due")
    )
    sent = row(name="Palestra", cup=CUP)
    Project.objects.create(code="a", programme=one, cup=CUP, amount=100)
    assert answer(cast, "SEM-11", sent) == NotRun("SEM-11", "no_register")
    Project.objects.create(code="b", programme=other, cup=CUP, amount=100)
    registered = answer(cast, "SEM-11", sent)
    twice = answer(cast, "SEM-12", sent)
    assert isinstance(registered, RuleHits)
    assert registered.index.tolist() == []
    assert (twice.params["call_a"].to_list(), twice.params["call_b"].to_list()) == (
        ["due"],
        ["uno"],
    )
