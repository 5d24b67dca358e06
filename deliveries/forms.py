"""The forms of the deliveries' pages: what may be
typed and what is said when it cannot be used."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deliveries.allowed import allowed
from deliveries.models import Answer
from deliveries.senders import Sender, key_of, name_of, senders_of
from people.policies import Person
from validator import schema
from zones.models import Municipality

#: One row number, or the first and the last of a run.
RUN = re.compile(r"(\d{1,7})(?:-(\d{1,7}))?", re.ASCII)
#: Systems a comune may choose by hand; the same that the understanding knows how to try.
CRS_CHOICES = (
    (32632, _("WGS 84 / UTM 32N (EPSG:32632)")),
    (25832, _("ETRS89 / UTM 32N (EPSG:25832)")),
    (7791, _("RDN2008 / UTM 32N (EPSG:7791)")),
    (6707, _("RDN2008 / UTM 32N, nord-est (EPSG:6707)")),
    (3003, _("Monte Mario / Italia 1 (EPSG:3003)")),
    (3004, _("Monte Mario / Italia 2 (EPSG:3004)")),
    (4326, _("WGS 84, gradi (EPSG:4326)")),
)


def check_size(file: "UploadedFile[Any]") -> None:
    """Refuse a file over the installation's limit, saying both figures."""
    if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise forms.ValidationError(
            _(
                "Il file pesa %(size)s: il limite è %(limit)s. "
                "Togli gli strati e gli allegati che non servono."
            ),
            code="too-large",
            params={
                "size": filesizeformat(file.size or 0),
                "limit": filesizeformat(settings.UPLOAD_MAX_BYTES),
            },
        )  # fmt: skip


#: Label, empty choice and what is said without one.
_OF_COMUNI = (_("Comune"), _("Scegli il Comune"), _("Scegli per quale Comune consegni."))
_OF_ANYBODY = (
    _("Per chi consegni"),
    _("Scegli il Comune o l'ente"),
    _("Scegli per chi consegni."),
)


class DeliveryForm(forms.Form):
    """A file for a comune or another body; the choice disappears when there is only one.

    `cleaned_data["sender"]`: the one that was chosen.
    """

    sender = forms.ChoiceField()
    file = forms.FileField(
        label=_("File da consegnare"),
        max_length=255,
        allow_empty_file=True,
        error_messages={
            "required": _("Scegli il file da consegnare."),
            "max_length": _("Il nome del file è troppo lungo: usa meno di 255 caratteri."),
        },
    )

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.senders = {key_of(one): one for one in senders_of(user)}
        named = [(key, name_of(one)) for key, one in self.senders.items()]
        field = self.fields["sender"]
        assert isinstance(field, forms.ChoiceField)
        only_comuni = all(isinstance(one, Municipality) for one in self.senders.values())
        label, first, asked = _OF_COMUNI if only_comuni else _OF_ANYBODY
        field.label, field.choices = label, [("", first), *named]
        field.error_messages["required"] = asked
        self.only = named[0] if len(named) == 1 else None
        if self.only:
            field.initial, field.widget = self.only[0], forms.HiddenInput()

    def clean_sender(self) -> Sender:
        return self.senders[self.cleaned_data["sender"]]

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        check_size(file)
        return file


class ReasonForm(forms.Form):
    """The answer to a warning: it is right as it is, or it will be mended by a day."""

    code = forms.CharField(max_length=8)
    layer = forms.CharField(max_length=200, required=False, strip=False)
    rows = forms.CharField(required=False)
    column = forms.CharField(max_length=120, required=False, strip=False)
    kind = forms.ChoiceField(label=_("Risposta"), choices=Answer.Kind.choices)
    reason = forms.CharField(
        label=_("Motivo"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Scrivi il motivo: l'ufficio lo legge.")},
    )
    until = forms.DateField(
        label=_("Entro il"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Scrivi la data come 30/06/2027.")},
    )

    def clean_rows(self) -> list[int]:
        """Numbers and ranges of them (`3,8-120`)."""
        runs = [part.strip() for part in self.cleaned_data["rows"].split(",") if part.strip()]
        found = [RUN.fullmatch(run) for run in runs]
        spans = [range(int(one[1]), int(one[2] or one[1]) + 1) for one in found if one]
        if not all(found) or sum(map(len, spans)) > allowed().rows:
            raise forms.ValidationError(_("Le righe vanno indicate con il loro numero."))
        return [row for span in spans for row in span]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == Answer.Kind.WILL_FIX and not cleaned.get("until"):
            if "until" not in self.errors:
                self.add_error("until", _("Indica entro quando lo correggerai."))
        elif cleaned.get("until") and cleaned["until"] < timezone.localdate():
            self.add_error("until", _("La data è già passata."))
        return cleaned


#: Asked by the rules (DOC), by page and API alike; the browser asks for it before they do.
_ASKED = {"required": True}


class SubmissionForm(forms.Form):
    """Act, reference date and contact of a submission; what must be there the DOC rules say."""

    act = forms.CharField(
        label=_("Atto di approvazione del piano"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs=_ASKED),
        help_text=_("Per esempio: delibera di Consiglio comunale n. 12 del 14/03/2025."),
    )
    act_date = forms.DateField(
        label=_("Data dell'atto"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", **_ASKED}, format="%Y-%m-%d"),
    )
    reference_date = forms.DateField(
        label=_("A quando si riferiscono i dati"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", **_ASKED}, format="%Y-%m-%d"),
    )
    contact_name = forms.CharField(
        label=_("Referente"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs=_ASKED),
    )
    contact_email = forms.EmailField(
        label=_("E-mail d'ufficio del referente"),
        required=False,
        widget=forms.EmailInput(attrs=_ASKED),
        error_messages={
            "invalid": _("L'indirizzo non è completo: scrivilo come ufficio@comune.it."),
        },
    )
    only_correct_rows = forms.BooleanField(
        label=_("Invia le righe corrette; le altre restano com'erano"), required=False
    )

    def without_plan(self) -> None:
        """Ask for no act: what is no plan is approved by none, but may have one."""
        act = self.fields["act"]
        act.label, act.help_text = _("Atto, se ce n'è uno"), ""
        for name in ("act", "act_date"):
            del self.fields[name].widget.attrs["required"]


def field_choices(language: str) -> list[tuple[str, str]]:
    """The fields of the schema by their label, for matching a column."""
    return sorted(
        ((field.name, field.label(language)) for field in schema.FIELDS), key=lambda pair: pair[1]
    )
