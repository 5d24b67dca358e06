"""Addresses of one's notices (Italian; English under /en/)."""

from django.urls import path

from notices import views

app_name = "notices"

urlpatterns = [
    path("avvisi/", views.notices, name="list"),
    path("avvisi/letti/", views.read_all, name="read"),
    path("avvisi/<int:pk>/", views.follow, name="follow"),
]
