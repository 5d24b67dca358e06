"""Public pages about the LUM."""

from django.urls import path

from lum import views

app_name = "lum"

urlpatterns = [
    path("lum/", views.lum_list, name="list"),
    path("lum/<slug:code>/", views.lum_detail, name="detail"),
]
