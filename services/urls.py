"""Public pages about services: the map, the list,
one service, and the fragments the map asks for."""

from django.urls import path

from services import views
from services.views import corrections, remarks

app_name = "services"

urlpatterns = [
    path("", views.service_map, name="map"),
    path("servizi/", views.service_list, name="list"),
    path("servizi/in-vista/", views.services_in_view, name="in-view"),
    path("servizi/<str:public_id>/", views.service_detail, name="detail"),
    path("servizi/<str:public_id>/riquadro/", views.service_card, name="card"),
    path("servizi/<str:public_id>/segnala/", remarks.say, name="remark"),
    path("servizi/<str:public_id>/rettifica/", corrections.correct, name="correct"),
    path("istruttoria/nuovo-servizio/", corrections.open_new, name="open-new"),
    path("rettifiche/", corrections.correction_list, name="corrections"),
    path("rettifiche/<uuid:pk>/", corrections.correction_page, name="correction"),
    path("rettifiche/<uuid:pk>/annulla/", corrections.undo, name="undo-correction"),
    path("rettifiche/<uuid:pk>/messaggi/", corrections.message, name="correction-message"),
    path("segnalazioni/<str:token>/", remarks.outcome, name="remark-outcome"),
    path("istruttoria/segnalazioni/", remarks.queue, name="remarks"),
    path("istruttoria/segnalazioni/<int:pk>/", remarks.close, name="remark-close"),
]
