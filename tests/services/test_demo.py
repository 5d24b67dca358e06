"""The demonstration: every type and zone is there, each thing in its comune, marked as made up."""

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from services.management.demo import demo_services, load_demo
from services.models import Edition, Match, Service, ServiceState, ServiceType, Source
from zones.models import Zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(db):
    return load_demo()


def test_every_supra_municipal_type_and_every_zone_is_represented(published):
    types = set(ServiceType.objects.filter(level="supra").values_list("slug", flat=True))
    assert len(types) == 23
    assert set(ServiceState.objects.at(None).values_list("kind", flat=True)) == types
    zones = set(ServiceState.objects.values_list("municipality__memberships__zone", flat=True))
    assert zones == set(Zone.objects.values_list("slug", flat=True))


def test_every_service_lies_in_its_comune(published):
    outside = ServiceState.objects.exclude(municipality__geometry__covers=F("point"))
    assert list(outside.values_list("name", flat=True)) == []


def test_everything_says_it_is_a_demonstration_with_an_approximate_position(published):
    other = ServiceState.objects.exclude(is_demonstration=True, accuracy="approssimata")
    assert not other.exists()
    assert not Source.objects.exclude(is_demonstration=True).exists()
    assert Edition.objects.exists()
    assert not Edition.objects.exclude(note__contains="dimostrativo").exists()


def test_both_readings_are_there_and_the_common_services_are_not_doubled(published):
    rows = demo_services()
    both = sum(service.readings == {"1", "2"} for service in rows)
    assert Service.objects.count() == len(rows) == 203
    assert (
        ServiceState.objects.at(None).filter(in_reading_1=True, in_reading_2=True).count()
        == both
        > 30
    )
    assert Match.objects.filter(verdict="same").count() == both


def test_loading_again_publishes_nothing(published):
    editions = Edition.objects.count()
    assert {again.edition for again in load_demo()} == {None}
    assert Edition.objects.count() == editions


def test_production_refuses(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("load_demo")
    assert not Service.objects.exists()
