"""What is sent: a file, or «nothing changed», for a comune or for another source."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from core.shapes import RequestBody
from services.models import Source
from validator.reading.registry import accepted_formats
from zones.models import Municipality

#: Of the field of a file, wherever one is sent.
FILE_HELP = f"Decide il contenuto, non l'estensione: {'; '.join(accepted_formats('it'))}."


class OwnSource(serializers.SlugRelatedField[Source]):
    """A source of the caller's, by its slug; those of others do not exist."""

    def get_queryset(self) -> Any:
        return Source.objects.for_user(self.context["request"].user)


class FromSender(RequestBody):
    """Something for a comune (its plan) or for a source: exactly one of the two.

    `validated_data["sender"]` is the one that was named.
    """

    municipality = serializers.PrimaryKeyRelatedField(
        queryset=Municipality.objects.current(),
        required=False,
        help_text="Codice ISTAT, sei cifre: il piano del Comune",
    )
    source = OwnSource(  # type: ignore[assignment]
        slug_field="slug",
        queryset=Source.objects.none(),
        required=False,
        help_text="Slug di una fonte dei tuoi mandati, al posto del Comune",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = [attrs[name] for name in ("municipality", "source") if name in attrs]
        if not named:
            asked = _("Indica il Comune (municipality) oppure la fonte (source).")
            raise serializers.ValidationError({"municipality": asked})
        if len(named) > 1:
            asked = _("Indica il Comune oppure la fonte, non tutti e due.")
            raise serializers.ValidationError({"source": asked})
        return {**attrs, "sender": named[0]}


class NewDelivery(FromSender):
    """A file."""

    file = serializers.FileField(allow_empty_file=True, max_length=255, help_text=FILE_HELP)
    take_over = serializers.BooleanField(default=False)


class NewConfirmation(FromSender):
    """«Nothing changed»."""
