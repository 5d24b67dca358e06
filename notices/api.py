"""One's news over HTTP: the list, and marking what was read."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.asked import number, truth
from core.shapes import RequestBody
from notices.models import Notice
from notices.subjects import with_news
from people.access import KEY, LIMIT, MOST, PAGE, ScopedView, caller


class NoticeOut(serializers.Serializer[Any]):
    """A notice in words; `path` is the page where to go on."""

    id = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    subject_kind = serializers.CharField(source="event.subject_kind")
    subject_id = serializers.UUIDField(source="event.subject_id")
    municipality = serializers.CharField(source="event.municipality_id", allow_null=True)
    event = serializers.CharField(source="event.verb")
    title = serializers.CharField(source="news.title")
    text = serializers.CharField(source="news.text")
    quoted = serializers.CharField(source="news.quoted")
    path = serializers.CharField(source="news.path")


class NoticePage(serializers.Serializer[Any]):
    """A page of notices, newest first, and how many are unread in all."""

    unread = serializers.IntegerField()
    results = NoticeOut(many=True)
    next = serializers.URLField(allow_null=True)


class NoticeList(ScopedView):
    """The caller's notices, newest first."""

    @extend_schema(
        operation_id="notices_list",
        parameters=[
            OpenApiParameter("unread", bool, description="Solo quelli da leggere"),
            OpenApiParameter(
                "before",
                {"type": "integer", "minimum": 1, "maximum": KEY},
                description="id dell'ultimo già letto",
            ),
            LIMIT,
        ],
        responses=NoticePage,
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        mine = Notice.objects.of(request.user)
        found = mine.with_event().order_by("-pk")
        if truth(asked, "unread"):
            found = found.unread()
        if "before" in asked:
            found = found.filter(pk__lt=number(asked, "before", most=KEY))
        limit = number(asked, "limit", default=PAGE, most=MOST)
        listed = list(found[:limit])
        following = None
        if len(listed) == limit:
            query = asked.copy()
            query["before"] = str(listed[-1].pk)
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        lines = with_news(listed)
        for notice, news in lines:
            notice.news = news  # type: ignore[attr-defined]
        results = NoticeOut([notice for notice, _news in lines], many=True).data
        unread = mine.unread().count()
        return Response({"unread": unread, "results": results, "next": following})


class ReadIn(RequestBody):
    """Which notices were read; without `ids`, all of them."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=KEY),
        required=False,
        max_length=MOST,
    )


class ReadOut(serializers.Serializer[Any]):
    """How many were unread until now."""

    read = serializers.IntegerField()


class NoticesRead(ScopedView):
    """Mark notices as read."""

    scopes: ClassVar[dict[str, str]] = {"POST": "upload review"}

    @extend_schema(operation_id="notices_read", request=ReadIn, responses={200: ReadOut})
    def post(self, request: Request) -> Response:
        given = ReadIn(data=request.data)
        given.is_valid(raise_exception=True)
        found = Notice.objects.filter(person=caller(request)).unread()
        if "ids" in given.validated_data:
            found = found.filter(pk__in=given.validated_data["ids"])
        return Response({"read": found.update(read_at=timezone.now())})


class ThreadLineOut(serializers.Serializer[Any]):
    """A message, or an act that both sides see."""

    at = serializers.DateTimeField(source="event.at")
    by = serializers.CharField(source="event.by", allow_null=True)
    verb = serializers.CharField(source="event.verb")
    text = serializers.CharField(source="event.note")


class MessageIn(RequestBody):
    """A message to the other side."""

    text = serializers.CharField(max_length=4000)
