"""Public pages about services: the map, the list,
one service, and the fragments the map asks for."""

from django.urls import path

from services import views

app_name = "services"

urlpatterns = [
    path("", views.service_map, name="map"),
    path("servizi/", views.service_list, name="list"),
    path("servizi/in-vista/", views.services_in_view, name="in-view"),
    path("servizi/<str:public_id>/", views.service_detail, name="detail"),
    path("servizi/<str:public_id>/riquadro/", views.service_card, name="card"),
]
