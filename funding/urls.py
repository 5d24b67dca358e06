"""Public pages about funding."""

from django.urls import path

from funding import views

app_name = "funding"

urlpatterns = [
    path("finanziamenti/", views.programme_list, name="list"),
    path("finanziamenti/<slug:slug>/", views.programme_detail, name="programme"),
]
