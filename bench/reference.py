"""What the portal's list is measured against: the same table through DRF-GIS serializers."""

from django.urls import path
from rest_framework import generics
from rest_framework_gis.pagination import GeoJsonPagination
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from services.models import Service


class Pages(GeoJsonPagination):  # type: ignore[misc]
    page_size = 1000


class Plain(GeoFeatureModelSerializer):  # type: ignore[misc]
    """As one writes it first."""

    class Meta:
        model = Service
        geo_field = "point"
        fields = (
            *("public_id", "name", "category", "kind", "level", "status", "valence"),
            *("valence_origin", "municipality", "address", "accuracy", "confirmed_on"),
        )


class PlainList(generics.ListAPIView[Service]):
    queryset = Service.objects.published().order_by("pk")
    serializer_class = Plain
    pagination_class = Pages
    authentication_classes = ()


urlpatterns = [path("plain/", PlainList.as_view())]
