"""What the portal's list is measured against: the same table through DRF-GIS serializers."""

from django.urls import path
from rest_framework import generics
from rest_framework_gis.pagination import GeoJsonPagination
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from services.models import ServiceState
from sttm2.urls import urlpatterns as portal


class Pages(GeoJsonPagination):  # type: ignore[misc]
    page_size = 1000


class Plain(GeoFeatureModelSerializer):  # type: ignore[misc]
    """As one writes it first."""

    class Meta:
        model = ServiceState
        geo_field = "point"
        fields = (
            *("public_id", "name", "category", "kind", "level", "status", "valence"),
            *("valence_origin", "municipality", "address", "accuracy", "confirmed_on"),
        )


class PlainList(generics.ListAPIView[ServiceState]):
    queryset = ServiceState.objects.at(None).order_by("service_id")
    serializer_class = Plain
    pagination_class = Pages
    authentication_classes = ()


# The portal's own beside it: a web server makes its pages ready before it listens.
urlpatterns = [path("plain/", PlainList.as_view()), *portal]
