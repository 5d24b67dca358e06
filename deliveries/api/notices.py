"""News of one's deliveries over HTTP: the list, and marking what was read."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import whole
from deliveries.api.access import DeliveryView
from deliveries.models import Delivery, Notice
from deliveries.querysets import NoticeQuerySet
from deliveries.reports import news
from people.access import caller

PAGE, MOST = 100, 1_000


class NoticeOut(serializers.Serializer[Any]):
    """A notice in words; `path` is the page where to go on."""

    id = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    delivery = serializers.UUIDField(source="event.delivery_id")
    municipality = serializers.CharField(source="event.delivery.municipality_id")
    event = serializers.CharField(source="event.verb")
    title = serializers.CharField(source="news.title")
    text = serializers.CharField(source="news.text")
    quoted = serializers.CharField(source="news.quoted")
    path = serializers.CharField(source="news.path")


class NoticeList(DeliveryView):
    """The caller's notices, newest first."""

    @extend_schema(
        operation_id="notices_list",
        parameters=[
            OpenApiParameter("unread", bool, description="Solo quelli da leggere"),
            OpenApiParameter("before", int, description="id dell'ultimo già letto"),
            OpenApiParameter("limit", int, description="Fino a 1.000"),
        ],
        responses=NoticeOut(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        found = _mine(request).order_by("-pk")
        if asked.get("unread", "") in ("1", "true"):
            found = found.unread()
        if asked.get("before"):
            found = found.filter(pk__lt=whole(asked["before"], default=1, most=2**62))
        limit = whole(asked.get("limit"), default=PAGE, most=MOST)
        related = (
            "person",
            "event__by",
            "event__delivery__municipality",
            "event__delivery__edition",
        )
        listed = list(found.select_related(*related)[:limit])
        following = None
        if len(listed) == limit:
            query = asked.copy()
            query["before"] = str(listed[-1].pk)
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        for notice in listed:
            notice.news = news.told(notice)
        results = NoticeOut(listed, many=True).data
        unread = _mine(request).unread().count()
        return Response({"unread": unread, "results": results, "next": following})


class ReadIn(serializers.Serializer[Any]):
    """Which notices were read; without `ids`, all of them."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=MOST
    )


class ReadOut(serializers.Serializer[Any]):
    """How many were unread until now."""

    read = serializers.IntegerField()


class NoticesRead(DeliveryView):
    """Mark notices as read."""

    scopes: ClassVar[dict[str, str]] = {"POST": "read"}

    @extend_schema(operation_id="notices_read", request=ReadIn, responses={200: ReadOut})
    def post(self, request: Request) -> Response:
        given = ReadIn(data=request.data)
        given.is_valid(raise_exception=True)
        found = Notice.objects.filter(person=caller(request)).unread()
        if "ids" in given.validated_data:
            found = found.filter(pk__in=given.validated_data["ids"])
        return Response({"read": found.update(read_at=timezone.now())})


def _mine(request: Request) -> NoticeQuerySet:
    found: NoticeQuerySet = Notice.objects.of(
        request.user, Delivery.objects.for_user(request.user)
    )
    return found
