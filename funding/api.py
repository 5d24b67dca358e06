"""REST reads of programmes, projects and the shares of
the comuni; amounts in euro, null where not known."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import PublicReadSet
from funding.models import Programme, Project, Share
from funding.selectors import Totals, totals


class ShareSerializer(serializers.ModelSerializer[Share]):
    """The part of a project that falls on a comune;
    municipality null where it cannot be placed."""

    class Meta:
        model = Share
        fields = ("municipality", "percentage", "amount", "note")


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A funded project with its shares."""

    shares = ShareSerializer(many=True, read_only=True)

    class Meta:
        model = Project
        fields = (
            "code",
            "programme",
            "cup",
            "title",
            "description",
            "amount",
            "amount_certainty",
            "status",
            "source",
            "shares",
        )


class TotalsSerializer(serializers.Serializer[Totals]):
    """What the source states, what is known of projects, what falls on a comune and what is not
    allocated to any."""

    stated = serializers.DecimalField(16, 2, allow_null=True)
    known = serializers.DecimalField(16, 2)
    placed = serializers.DecimalField(16, 2)
    unallocated = serializers.DecimalField(
        16,
        2,
        allow_null=True,
        help_text='"Non ripartito": what no comune has; null where no amount is known.',
    )
    unknown_shares = serializers.IntegerField()
    projects = serializers.IntegerField()
    projects_without_amount = serializers.IntegerField()


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    """A call or fund with its totals."""

    totals = serializers.SerializerMethodField()

    class Meta:
        model = Programme
        fields = (
            "slug",
            "name",
            "kind",
            "act",
            "year",
            "amount",
            "amount_certainty",
            "project_count",
            "description",
            "source",
            "totals",
        )

    @extend_schema_field(TotalsSerializer)
    def get_totals(self, programme: Programme) -> Any:
        return TotalsSerializer(totals(programme)).data


class ProgrammeViewSet(PublicReadSet):
    """The programmes, in the deck's order."""

    lookup_field = "slug"
    serializer_class = ProgrammeSerializer

    def get_queryset(self) -> QuerySet[Programme]:
        return Programme.objects.prefetch_related("projects__shares")


class ProjectViewSet(PublicReadSet):
    """The projects known so far."""

    lookup_field = "code"
    serializer_class = ProjectSerializer

    def get_queryset(self) -> QuerySet[Project]:
        return Project.objects.prefetch_related("shares")
