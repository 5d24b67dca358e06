"""Shapes of the API's bodies: what comes in, held against its own description, and the problem
that every refusal is."""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers
from rest_framework.fields import Field
from rest_framework.utils import html

#: Of a kind of field: what JSON has for it, and by which of its own words it refuses the rest.
_KINDS: Final[tuple[tuple[type[Field[Any, Any, Any, Any]], tuple[type, ...], str], ...]] = (
    (serializers.BooleanField, (bool,), "invalid"),
    (serializers.IntegerField, (int,), "invalid"),
    (serializers.FloatField, (int, float), "invalid"),
    (serializers.ChoiceField, (str,), "invalid_choice"),
    (serializers.CharField, (str,), "invalid"),
    (serializers.DateField, (str,), "invalid"),
    (serializers.PrimaryKeyRelatedField, (str,), "incorrect_type"),
    (serializers.SlugRelatedField, (str,), "invalid"),
)


class RequestBody(serializers.Serializer[Any]):
    """A body of a request. In JSON a number is no text, a text no number and nothing but true and
    false is a truth, as the document says; a form knows texts alone and is read as before."""

    def to_internal_value(self, data: Any) -> Any:
        """Raises ValidationError."""
        if isinstance(data, Mapping) and not html.is_html_input(data):
            there = [field for field in self._writable_fields if field.field_name in data]
            told = {str(one.field_name): _unlike(one, data[one.field_name]) for one in there}
            if wrong := {name: words for name, words in told.items() if words}:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


def _unlike(field: Any, value: Any) -> Any:
    """In which words the value is of another kind than the field; None when it is of its own.
    Whether there may be nothing the field itself knows, and of bodies in a body each its own."""
    if value is None:
        return None
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        return _unlike_each(field.child, dict(enumerate(value)))
    if isinstance(field, serializers.DictField) and isinstance(value, Mapping):
        return _unlike_each(field.child, value)
    for kind, types, word in _KINDS:
        if isinstance(field, kind):
            # A truth is a number to Python.
            is_like = isinstance(value, types) and (bool in types or not isinstance(value, bool))
            return None if is_like else [_words(field, word, value)]
    return None


def _unlike_each(child: Any, values: Mapping[Any, Any]) -> dict[str, Any] | None:
    told = {str(key): _unlike(child, value) for key, value in values.items()}
    return {key: words for key, words in told.items() if words} or None


def _words(field: Any, word: str, value: Any) -> str:
    told = {"input": value, "data_type": type(value).__name__, "format": "YYYY-MM-DD"}
    return str(field.error_messages[word]).format(**told)


class ProblemSerializer(serializers.Serializer[Any]):
    """What went wrong, for machines (`code`) and for people (`detail`); RFC 9457."""

    type = serializers.CharField()
    code = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    parameter = serializers.CharField(required=False, help_text="Of the address, which is wrong.")
    errors = serializers.JSONField(  # type: ignore[assignment]
        required=False, help_text="Field of the body -> sentences."
    )
    reference = serializers.CharField(required=False, help_text="Of a problem of ours, to cite.")
