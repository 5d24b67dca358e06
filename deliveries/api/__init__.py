"""The write API: deliveries, their findings,
submission and review. Every verb is the page's own."""

from deliveries.api.urls import urlpatterns

__all__ = ["urlpatterns"]
