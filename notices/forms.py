"""What is typed under a thread."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NoteForm(forms.Form):
    """A note or a message to the other side."""

    note = forms.CharField(
        label=_("Messaggio"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Scrivi il messaggio.")},
    )
