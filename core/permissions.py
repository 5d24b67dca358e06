"""Who may write when a view of the API does not say; apart from `core.api`, because the framework
loads this while it is itself being loaded."""

from typing import TYPE_CHECKING

from rest_framework import permissions
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView


def writes(request: Request, view: "APIView") -> bool:
    """Whether the call would write; a method that the view does not have is a 405 to come."""
    method = request.method or ""
    return method not in permissions.SAFE_METHODS and hasattr(view, method.lower())


class ReadOnlyUnlessSaid(permissions.BasePermission):
    """The default of the API: reading passes; a view that writes declares who may."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return not writes(request, view)
