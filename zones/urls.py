"""Public pages about the territory."""

from django.urls import path

from zones import views

app_name = "zones"

urlpatterns = [
    path("zone/", views.zone_list, name="list"),
    path("zone/confronto/", views.zone_comparison, name="comparison"),
    path("zone/<slug:slug>/", views.zone_detail, name="detail"),
    path("comuni/", views.municipality_list, name="municipalities"),
    path("comuni/<str:istat>/", views.municipality_detail, name="municipality"),
]
