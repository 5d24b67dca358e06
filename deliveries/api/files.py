"""Files of the write API: the return files (GeoPackage, workbook, PDF), the sender's package."""

import uuid
from typing import Any, ClassVar

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import DomainError, NoLongerKept
from deliveries import packages, returns
from deliveries.api.access import DeliveryView, ReportView
from deliveries.reports import pdf
from deliveries.reports.wording import language
from deliveries.writers import GPKG
from people.access import caller

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"gpkg": GPKG, "xlsx": XLSX}


class Preparing(serializers.Serializer[Any]):
    """A file that is being made: ask for it again at the same address."""

    status = serializers.ChoiceField(choices=["preparing"])


class FileFailed(DomainError):
    """A file that could not be made, through our fault."""

    status = 500


class ReturnFile(ReportView):
    """A file of the report; a large one is made elsewhere: 202 until it is there, then 200."""

    refuses: ClassVar[Any] = {"GET": (NoLongerKept,)}
    format = ""

    def answer(self, request: Request, pk: uuid.UUID) -> FileResponse | Response:
        delivery = self.checked(request, pk)
        small = returns.is_small(delivery)
        file = (
            returns.made(delivery, self.format)
            if small
            else returns.ready(delivery, self.format, language())
        )
        if file is None:
            return self._preparing(request, returns.ask(delivery, self.format, language()))
        name = f"rapporto-{delivery.source.sender_slug}.{self.format}"
        return FileResponse(
            file, as_attachment=True, filename=name, content_type=TYPES[self.format]
        )

    def _preparing(self, request: Request, reference: str) -> Response:
        if reference:
            message = _(
                "Un nostro problema ha impedito di preparare il file. Riferimento: %(ref)s."
            )
            raise FileFailed("file-failed", message % {"ref": reference})
        headers = {"Location": request.path, "Retry-After": "2", "Cache-Control": "no-store"}
        return Response({"status": "preparing"}, status=202, headers=headers)


class ReportGeoPackage(ReturnFile):
    """The delivery as sent, with `esito` on every row and a layer `errori`."""

    format = "gpkg"
    media_types = (GPKG,)

    @extend_schema(responses={(200, GPKG): OpenApiTypes.BINARY, 202: Preparing})
    def get(self, request: Request, pk: uuid.UUID) -> FileResponse | Response:
        return self.answer(request, pk)


class ReportWorkbook(ReturnFile):
    """The report as a workbook."""

    format = "xlsx"
    media_types = (XLSX,)

    @extend_schema(responses={(200, XLSX): OpenApiTypes.BINARY, 202: Preparing})
    def get(self, request: Request, pk: uuid.UUID) -> FileResponse | Response:
        return self.answer(request, pk)


class ReportPdf(ReportView):
    """The report as PDF/UA."""

    media_types = (PDF,)

    @extend_schema(responses={(200, PDF): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        delivery = self.checked(request, pk)
        headers = {"Content-Disposition": f'attachment; filename="rapporto-{delivery.pk}.pdf"'}
        return HttpResponse(pdf.document(delivery), content_type=PDF, headers=headers)


class PackageFile(DeliveryView):
    """What the portal knows of a sender, to be corrected and delivered: .gpkg or .xlsx."""

    media_types = tuple(TYPES.values())

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in TYPES.values()})
    def get(self, request: Request, key: str, extension: str) -> FileResponse:
        made = packages.package_for(caller(request), key)
        name = f"{made.name}.{extension}"
        stream = packages.stream(made, extension)
        kind = TYPES[extension]
        return FileResponse(stream, as_attachment=True, filename=name, content_type=kind)
