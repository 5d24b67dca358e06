"""REST reads of the mobility hubs: a GeoJSON collection;
rank and setting are empty where nobody has said."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from core.api import Crs84Field, PublicReadSet
from lum.models import Lum, TransportNode


class NodeSerializer(serializers.ModelSerializer[TransportNode]):
    """A station or terminus of a LUM."""

    class Meta:
        model = TransportNode
        fields = ("code", "name", "mode", "state", "municipality", "position_accuracy", "source")


class LumSerializer(GeoFeatureModelSerializer):  # type: ignore[misc]
    """A LUM as a GeoJSON feature at its point; without geometry, state and often name where its
    node is still to be identified."""

    point = Crs84Field()
    municipalities = serializers.SerializerMethodField()

    class Meta:
        model = Lum
        geo_field = "point"
        id_field = "code"
        fields: tuple[str, ...] = (
            "code",
            "name",
            "rank",
            "state",
            "setting",
            "network",
            "municipalities",
            "zone",
            "radius_m",
            "position_accuracy",
            "certainty",
            "source",
        )

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_municipalities(self, lum: Lum) -> list[str]:
        return sorted(comune.pk for comune in lum.municipalities.all())


class LumDetailSerializer(LumSerializer):
    """A LUM with its nodes."""

    nodes = NodeSerializer(many=True, read_only=True)

    class Meta(LumSerializer.Meta):
        fields = (*LumSerializer.Meta.fields, "nodes", "note")


class LumViewSet(PublicReadSet):
    """The Luoghi Urbani per la Mobilità: as many as the STTM 2 counts, `zone` on those of which
    not even the comune is known."""

    lookup_field = "code"

    def get_queryset(self) -> QuerySet[Lum]:
        hubs = Lum.objects.public().defer("point_web", "perimeter")
        return hubs.prefetch_related("municipalities", "nodes")

    def get_serializer_class(self) -> Any:
        return LumDetailSerializer if self.action == "retrieve" else LumSerializer
