"""What can be asked and done about annual reports: a part of the table of contents in schema/root.py."""

import strawberry

from schema import issued_reports as issued
from schema import report
from schema.root_centers import field


@strawberry.type(description="Lo que se puede preguntar de los informes.")
class ReportQueries:
    annual_report = field(report.report, "Las tablas de la Memoria para cualquier período, contadas de los registros.")
    issued_reports = field(issued.issued_reports, "Informes emitidos, el último primero.")
    issued_report = field(issued.issued_report, "Un informe emitido, por su identificador.")


@strawberry.type(description="Lo que se puede hacer con los informes.")
class ReportMutations:
    issue_report = field(
        issued.issue_report, "Emite el informe de un período: sus tablas y archivos quedan como están hoy."
    )
