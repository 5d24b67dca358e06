"""Public pages about the territory, and the pages a person has about themselves."""

from django.urls import path

from zones import views

app_name = "zones"

urlpatterns = [
    path("zone/", views.zone_list, name="list"),
    path("zone/confronto/", views.zone_comparison, name="comparison"),
    path("zone/<slug:slug>/", views.zone_detail, name="detail"),
    path("comuni/", views.municipality_list, name="municipalities"),
    path("comuni/<str:istat>/", views.municipality_detail, name="municipality"),
    path("profilo/", views.profile, name="profile"),
    path("profilo/messaggi/", views.messages_choose, name="messages"),
    path("profilo/chiavi/", views.token_create, name="token-create"),
    path("profilo/chiavi/<int:pk>/revoca/", views.token_revoke, name="token-revoke"),
    path("profilo/persone/", views.people, name="people"),
    path("profilo/persone/invita/", views.invite, name="invite"),
    path("profilo/inviti/<int:pk>/revoca/", views.invitation_revoke, name="invitation-revoke"),
    path("profilo/mandati/<int:pk>/revoca/", views.mandate_revoke, name="mandate-revoke"),
    path("invito/<str:token>/", views.invitation_accept, name="invitation"),
]
