"""Public pages about services: the map, the list,
one service, and the fragments the map asks for."""

from django.urls import path

from services import views
from services.views import remarks

app_name = "services"

urlpatterns = [
    path("", views.service_map, name="map"),
    path("servizi/", views.service_list, name="list"),
    path("servizi/in-vista/", views.services_in_view, name="in-view"),
    path("servizi/<str:public_id>/", views.service_detail, name="detail"),
    path("servizi/<str:public_id>/riquadro/", views.service_card, name="card"),
    path("servizi/<str:public_id>/segnala/", remarks.say, name="remark"),
    path("segnalazioni/<str:token>/", remarks.outcome, name="remark-outcome"),
    path("istruttoria/segnalazioni/", remarks.queue, name="remarks"),
    path("istruttoria/segnalazioni/<int:pk>/", remarks.close, name="remark-close"),
]
