"""The forms of the catalogue: what the office corrects, and what anybody says is not so."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from services import corrections, remarks
from services.kinds import kind_choices
from services.models import Remark, ServiceStatus, Valence
from validator import schema


class CorrectionForm(forms.Form):
    """What a service should say; every field comes filled with what it says now."""

    name = forms.CharField(label=gettext_lazy("Nome"), max_length=300)
    kind = forms.ChoiceField(label=gettext_lazy("Tipo di servizio"))
    status = forms.ChoiceField(label=gettext_lazy("Stato"), choices=ServiceStatus.choices)
    valence = forms.ChoiceField(
        label=gettext_lazy("Valenza data dall'ufficio"),
        required=False,
        choices=[("", gettext_lazy("nessuna: vale quella dei criteri")), *Valence.choices],
    )
    address = forms.CharField(label=gettext_lazy("Indirizzo"), max_length=300, required=False)
    lon = forms.CharField(
        label=gettext_lazy("Longitudine"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("In gradi, per esempio 9,2310."),
    )
    lat = forms.CharField(
        label=gettext_lazy("Latitudine"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("In gradi, per esempio 45,5340."),
    )
    accuracy = forms.ChoiceField(
        label=gettext_lazy("Accuratezza della posizione"),
        required=False,
        choices=[("", "—"), *((word, word) for word in schema.ACCURACIES)],
    )
    manager_name = forms.CharField(label=gettext_lazy("Gestore"), max_length=300, required=False)
    area = forms.CharField(
        label=gettext_lazy("Superficie fondiaria (m²)"), max_length=20, required=False
    )
    capacity = forms.CharField(label=gettext_lazy("Capienza"), max_length=20, required=False)
    url = forms.URLField(
        label=gettext_lazy("Sito web"), required=False, max_length=300, assume_scheme="https"
    )
    reason = forms.CharField(
        label=gettext_lazy("Motivo della rettifica"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("È pubblico e arriva al Comune: scrivi anche la fonte."),
        error_messages={"required": gettext_lazy("Scrivi il motivo: lo legge anche il Comune.")},
    )
    gone = forms.BooleanField(
        label=gettext_lazy("Non esiste o è un doppione: toglilo dal portale"), required=False
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    #: Fields that are no attribute of the service.
    APART: ClassVar = ("reason", "gone", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = _kinds()

    def correction(self) -> corrections.NewCorrection:
        """What was typed that differs from what the page showed."""
        given = self.cleaned_data
        typed = {name: given[name] for name in self.fields if name not in self.APART}
        changes = {name: value for name, value in typed.items() if name in self.changed_data}
        if "lon" in changes or "lat" in changes:
            changes |= {"lon": given["lon"], "lat": given["lat"]}
        return corrections.NewCorrection(
            given["reason"], changes, gone=bool(given.get("gone")), seen=given.get("seen")
        )


def _kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """The types of the taxonomy under their groups."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for one in kind_choices():
        grouped.setdefault(one.group, []).append((one.slug, one.name))
    return list(grouped.items())


class RemarkForm(forms.Form):
    """What is not so; no name, no address."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Che cosa non va?"),
        choices=Remark.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Scegli che cosa non va.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Racconta in breve"),
        max_length=remarks.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Che cosa hai visto, quando, come dovrebbe essere. Non scrivere dati personali."
        ),
    )
