"""The pages a person has about themselves and the people they answer for."""

from django.urls import path

from people.views import people, tokens

app_name = "people"

urlpatterns = [
    path("profilo/", people.profile, name="profile"),
    path("profilo/messaggi/", people.messages_choose, name="messages"),
    path("profilo/chiavi/", tokens.token_create, name="token-create"),
    path("profilo/chiavi/<int:pk>/revoca/", tokens.token_revoke, name="token-revoke"),
    path("profilo/persone/", people.people, name="people"),
    path("profilo/persone/invita/", people.invite, name="invite"),
    path("profilo/inviti/<int:pk>/revoca/", people.invitation_revoke, name="invitation-revoke"),
    path("profilo/mandati/<int:pk>/revoca/", people.mandate_revoke, name="mandate-revoke"),
    path("invito/<str:token>/", people.invitation_accept, name="invitation"),
]
