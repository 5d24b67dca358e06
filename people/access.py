"""Who is asking: signed in on a page, or by session or key over HTTP; lists for one of them, a
page at a time."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, ClassVar, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import IntegerField, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import permissions, serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.asked import number
from core.errors import DomainError, NotAllowed, wrong_parameter
from core.permissions import writes
from people.models import User
from people.policies import lacks_second_factor
from people.tokens import has_scope

#: How many a page holds if nobody asks, and at most.
PAGE, MOST = 100, 1_000
OWED = gettext_lazy(
    "Devi ancora impostare il secondo fattore: accedi al portale, impostalo, e riprova."
)
#: The largest key of a table.
KEY: Final = 2**63 - 1
LIMIT: Final = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE},
    description="Quanti",
)
#: The parameters of `ScopedView.paged`.
PAGED = [
    OpenApiParameter(
        "after",
        {"type": "integer", "minimum": 0, "maximum": KEY},
        description="id dell'ultimo già letto",
    ),
    LIMIT,
]
#: The same where keys are UUIDs.
PAGED_BY_UUID = [OpenApiParameter("after", UUID, description="id dell'ultimo già letto"), LIMIT]


@cache
def page_of(shape: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """What `ScopedView.paged` answers of things of that shape, for the schema."""
    return inline_serializer(
        f"{shape.__name__}Page",
        {
            "numberMatched": serializers.IntegerField(),
            "numberReturned": serializers.IntegerField(),
            "results": shape(many=True),
            "next": serializers.URLField(allow_null=True),
        },
    )


def person(request: HttpRequest) -> User:
    """Who is signed in; `core.pages.private` let nobody else through."""
    if not isinstance(request.user, User):
        raise NotAllowed("sign-in", _("Accedi per continuare."))
    return request.user


class Scoped(permissions.IsAuthenticated):
    """Signed in, and with a token only within its scopes: `view.scopes` names, per method, one or
    several of which one is enough. A method that writes and is not named there is refused."""

    message = gettext_lazy("La chiave API non ha il permesso per questa operazione.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            if lacks_second_factor(getattr(request, "signed_in", request.user)):
                raise NotAllowed("second-factor", OWED)
            return False
        scopes: dict[str, str] = getattr(view, "scopes", {})
        default = "" if writes(request, view) else "read"
        wanted = scopes.get(request.method or "", default).split()
        return any(has_scope(request.auth, scope) for scope in wanted)


class ScopedView(APIView):
    """A view for who is signed in or holds a key."""

    permission_classes = (Scoped,)
    scopes: ClassVar[dict[str, str]] = {"GET": "read", "POST": "upload"}
    #: As of `core.api.PublicRead`.
    refuses: ClassVar[Mapping[str, tuple[type[DomainError], ...]]] = {}
    media_types: tuple[str, ...] = ()

    def paged(
        self,
        request: Request,
        found: QuerySet[Any],
        shown: Callable[[list[Any]], Iterable[Any]],
        *,
        newest: str = "",
    ) -> Response:
        """A page of a list, by key, or from the newest by that moment: `after` is the key of the
        last one that was read, `next` the address of the page that follows."""
        asked, matched = request.query_params, found.count()
        limit = number(asked, "limit", default=PAGE, most=MOST)
        some = list(_beyond(found, asked, newest)[:limit])
        following = None
        if len(some) == limit:
            query = asked.copy()
            query["after"] = str(some[-1].pk)
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        counts = {"numberMatched": matched, "numberReturned": len(some)}
        return Response({**counts, "results": list(shown(some)), "next": following})


def _beyond(found: QuerySet[Any], asked: Mapping[str, str], newest: str) -> QuerySet[Any]:
    """What follows the one whose key is asked for, in the order of the list; else all of it.
    Raises Invalid where the key is none, or of none in the list where its moment is asked."""
    ordered = found.order_by(f"-{newest}", "-pk") if newest else found.order_by("pk")
    if "after" not in asked:
        return ordered
    key = _key_of(found.model._meta.pk, asked)
    if not newest:
        return ordered.filter(pk__gt=key)
    last = found.filter(pk=key).prefetch_related(None)
    moments = list(last.values_list(newest, flat=True))
    if not moments:
        raise wrong_parameter("after", _("serve l'id dell'ultimo già letto"))
    earlier = Q(**{f"{newest}__lt": moments[0]}) | Q(**{newest: moments[0]}, pk__lt=key)
    return ordered.filter(earlier)


def _key_of(field: Any, asked: Mapping[str, str]) -> Any:
    if isinstance(field, IntegerField):
        return number(asked, "after", least=0, most=KEY)
    try:
        return field.to_python(asked["after"])
    except ValidationError:
        raise wrong_parameter("after", _("serve l'id dell'ultimo già letto")) from None


def caller(request: Request) -> User:
    """Who calls; `Scoped` let nobody else through."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
