"""The table of contents: every query and every mutation of the API."""

from functools import cache

import strawberry

import schema.labels
from schema import agreement_stats as counted
from schema import (
    amendments,
    batch_mutations,
    batches,
    center_mutations,
    commitment_mutations,
    condition_mutations,
    convention_mutations,
    court_mutations,
    court_queries,
    delegation_mutations,
    draft_mutations,
    drafts_waiting,
    engine,
    feeds,
    holiday_mutations,
    import_mutations,
    imports,
    institutions,
    ladders,
    lease_mutations,
    lease_paper_mutations,
    lease_queries,
    license_mutations,
    license_queries,
    mutations,
    notice_mutations,
    office_holders,
    offices,
    paper_batches,
    paper_books,
    paper_projects,
    paper_sheets,
    papers_mutations,
    parameters,
    queries,
    remaking,
    requirement_catalog_mutations,
    reviews_mutations,
    signed_copy_mutations,
    template_mutations,
    templates,
    transparency,
    transparency_mutations,
    webhook_mutations,
)
from schema import archive as archives
from schema import contacts as outsiders
from schema import holidays as calendar
from schema import notices as mail
from schema import renewal_workload as renewals_ahead
from schema import requirement_catalog as checklist
from schema import webhooks as systems
from schema.limits import guards
from schema.masking import MaskedSchema
from schema.root_centers import CenterMutations, CenterQueries, field
from schema.root_reports import ReportMutations, ReportQueries

assert schema.labels, "the closed lists get their words before any type names one"


@strawberry.type(description="Lo que se puede preguntar.")
class Query(CenterQueries, ReportQueries):
    viewer = field(queries.viewer, "Quien tiene la sesión abierta; vacío sin sesión.")
    node = field(queries.node, "Cualquier registro a su alcance, por su identificador.")
    convention = field(queries.convention_of, "Un convenio por su número.")
    conventions = field(queries.conventions, "Convenios a su alcance.")
    commitments = field(commitment_mutations.commitments, "Compromisos de los convenios a su alcance, por su fecha.")
    commitment = field(commitment_mutations.commitment_of, "Un compromiso por su identificador.")
    legal_review = field(queries.legal_review, "Un expediente por su código.")
    legal_reviews = field(
        queries.legal_reviews, "Expedientes a su alcance; sin etapa, palabras ni fechas, los abiertos."
    )
    center = field(queries.center_of, "Un centro por su código, como estaba en una fecha; vacío si aún no se abría.")
    centers = field(queries.centers, "Centros a su alcance, como estaban en una fecha.")
    renewals_due = field(queries.renewals_due, "Lo que vence pronto o venció sin renovarse, lo más próximo primero.")
    reminder_ladders = field(ladders.reminder_ladders, "Cuándo y a quién se avisa de cada vencimiento.")
    ladder_kinds = field(ladders.ladder_kinds, "Clases de instrumento que pueden tener una escala de avisos propia.")
    renewal_workload = field(renewals_ahead.renewal_workload, "Las renovaciones que vienen, por mes y por persona.")
    renewal_plan = field(batches.renewal_plan, "Qué pasaría al iniciar estas renovaciones; no escribe nada.")
    papers_plan = field(
        paper_batches.papers_plan, "Qué se obtendría al preparar los documentos de estos convenios; no escribe nada."
    )
    batch = field(batches.batch_of, "Un lote por su identificador.")
    batches = field(batches.batches, "Los lotes que usted inició; la Asesoría, Auditoría y Administración, todos.")
    lease = field(lease_queries.lease_of, "Un arrendamiento o adscripción por su número.")
    leases = field(lease_queries.leases, "Arrendamientos a su alcance; las adscripciones, si se piden.")
    sanitary_license = field(license_queries.sanitary_license_of, "Una licencia sanitaria por su número de registro.")
    sanitary_licenses = field(license_queries.sanitary_licenses, "Licencias sanitarias a su alcance.")
    departmental_offices = field(
        lease_queries.departmental_offices, "Sedes abiertas en la fecha; a quien coordina, las de su departamento."
    )
    official_document = field(paper_books.official_document, "Un documento por su identificador.")
    official_documents = field(paper_books.official_documents, "Documentos a su alcance, lo último primero.")
    paper_templates = field(
        templates.paper_templates, "Las plantillas de los documentos; vacío para quien no las lleva."
    )
    paper_template = field(templates.paper_template, "La plantilla de una clase de documento, por su clave.")
    template_version = field(templates.template_version, "Una versión de una plantilla, por su identificador.")
    remake_document = field(
        remaking.remake, "Elabora de nuevo un documento con lo que recuerda y lo compara; no guarda nada."
    )
    document_sheet = field(paper_sheets.document_sheet, "Una hoja de un documento, con su imagen y su texto.")
    outgoing_book = field(
        paper_books.outgoing, "Libro de salida de un período; vacío para quien solo ve una parte de lo que sale."
    )
    series_gaps = field(paper_books.series_gaps, "Los correlativos de un año: qué se dio, qué se anuló y qué falta.")
    series_patterns = field(paper_books.patterns, "Cómo se escriben los números de cada clase de documento.")
    document_form = field(paper_books.document_form, "Lo que se escribe para emitir una clase de documento.")
    document_forms = field(paper_books.document_forms, "Todas las clases de documento y cómo se emiten.")
    departments = field(queries.departments, "Los 22 departamentos, por su código.")
    municipalities = field(institutions.municipalities, "Los municipios, por su código.")
    office_holders = field(office_holders.office_holders, "Quiénes firman por municipalidades, instituciones y SOSEP.")
    institutions = field(institutions.institutions, "Instituciones contraparte que no son municipalidades.")
    drafts_waiting = field(drafts_waiting.drafts_waiting, "Borradores que esperan visto bueno, primero el más antiguo.")
    lawyers = field(queries.lawyers, "Personas de la Asesoría Jurídica a quienes se asignan expedientes.")
    requirement_catalog = field(
        checklist.requirement_catalog, "El catálogo de requisitos, en su orden; los retirados, si se piden."
    )
    requirement = field(checklist.requirement_of, "Un renglón del catálogo de requisitos por su código.")
    holidays = field(calendar.holidays, "El calendario de un año en un lugar: cada asueto con su origen.")
    holiday_corrections = field(calendar.holiday_corrections, "Las correcciones al calendario, por día.")
    working_days = field(calendar.working_days, "Cuándo vence un plazo en días hábiles, y cómo se contó.")
    working_days_between = field(
        calendar.working_days_between, "Cuántos días hábiles hay después de un día y hasta otro."
    )
    legal_parameters = field(parameters.legal_parameters, "Los parámetros legales con sus fechas, por código.")
    parameter_kinds = field(parameters.parameter_kinds, "Los parámetros que el sistema conoce, con sus límites.")
    court_files = field(court_queries.court_files, "Expedientes judiciales; reservado a la Asesoría y Auditoría.")
    court_file = field(court_queries.court_file, "Un expediente judicial por su código; reservado.")
    court_dates = field(court_queries.court_dates, "Audiencias y plazos judiciales, en su orden; reservado.")
    sheet_forms = field(imports.sheet_forms, "Las clases de hojas de cálculo que usted puede importar.")
    sheet_import = field(imports.sheet_import_of, "Una importación por su identificador.")
    sheet_imports = field(
        imports.sheet_imports,
        "Las hojas que usted envió para importar; Auditoría y Administración, más; lo último primero.",
    )
    court_notices = field(court_queries.court_notices, "Notificaciones judiciales, primero sin respuesta; reservado.")
    agreement_stats = field(
        counted.agreement_stats, "Los convenios a su alcance, contados en una fecha: para tableros."
    )
    office_directory = field(offices.office_directory, "Todas las sedes, también las cerradas y las que van a abrir.")
    webhooks = field(systems.webhooks, "Los otros sistemas a los que se llama; vacío para quien no los administra.")
    webhook_deliveries = field(
        systems.webhook_deliveries, "Las llamadas a otros sistemas, la última primero; reservado como ellos."
    )
    programs = field(offices.programs, "Los programas de SOSEP y la dirección de cada uno.")
    engine_status = field(
        engine.status, "Qué corre, qué espera y qué falla en el motor; vacío para quien no lo administra."
    )
    archive = field(archives.archive, "Si todos los archivos están y están íntegros; vacío para quien no los cuida.")
    calendar_feeds = field(feeds.calendar_feeds, "Los calendarios que usted lee por una dirección secreta.")
    notices = field(mail.notices, "Avisos por correo, lo último primero: los propios o, en las oficinas, todos.")
    notice = field(mail.notice_of, "Un aviso por su identificador.")
    notice_counts = field(mail.counts, "Cuántos avisos hay en cada estado.")
    notice_preferences = field(mail.preferences, "Cómo recibe cada tema de avisos quien pregunta.")
    bounced_addresses = field(mail.bounced_addresses, "Direcciones de correo que los servidores rechazan.")
    contacts = field(outsiders.contacts, "Personas sin cuenta a quienes se escribe sobre los convenios de una parte.")
    track_file = field(queries.track_file, "Avance de un expediente; no hace falta cuenta.")
    verify_document = field(queries.verify_document, "Si un documento es auténtico; no hace falta cuenta.")
    verify_file = field(
        queries.verify_file, "De qué documento es un archivo, por su huella; no hace falta cuenta ni enviarlo."
    )
    transparency_leases = field(
        transparency.transparency_leases, "Los arrendamientos, como se publicaron; no hace falta cuenta."
    )
    transparency_conventions = field(
        transparency.transparency_conventions,
        "Los convenios con ONG, asociaciones y organismos, como se publicaron; no hace falta cuenta.",
    )
    listing_previews = field(
        transparency_mutations.listing_previews, "Qué se publicaría hoy; vacío para quien solo ve una parte."
    )


@strawberry.type(description="Lo que se puede hacer.")
class Mutation(CenterMutations, ReportMutations):
    request_renewal = field(mutations.request_renewal, "Solicita renovar un convenio.")
    request_convention = field(
        convention_mutations.request_convention, "Solicita un convenio nuevo de cualquier clase."
    )
    amend_convention = field(amendments.amend_convention, "Anota una adenda y emite su documento numerado.")
    terminate_convention = field(amendments.terminate_convention, "Termina un convenio antes de su vencimiento.")
    add_commitment = field(commitment_mutations.add_commitment, "Anota un compromiso de una parte.")
    fulfill_commitment = field(commitment_mutations.fulfill_commitment, "Da por cumplido un compromiso.")
    record_office_holder = field(office_holders.record_office_holder, "Anota a quien toma un cargo que firma.")
    add_institution = field(institutions.add_institution, "Agrega una institución a la lista de contrapartes.")
    submit_requirement = field(mutations.submit_requirement, "Entrega un requisito.")
    submit_for_review = field(mutations.submit_for_review, "Envía un expediente a revisión o responde una providencia.")
    assign_review = field(mutations.assign_review, "Asigna un expediente.")
    return_review = field(mutations.return_review, "Devuelve un expediente con todas sus observaciones.")
    issue_dictamen = field(mutations.issue_dictamen, "Emite el dictamen de un expediente.")
    record_council_minute = field(mutations.record_council_minute, "Anota el punto de acta del Concejo.")
    record_signature = field(mutations.record_signature, "Anota una firma.")
    create_feed = field(feeds.create_feed, "Crea un calendario que se lee por una dirección secreta.")
    revoke_feed = field(feeds.revoke_feed, "Revoca un calendario: su dirección ya no abre nada.")
    save_requirement = field(
        requirement_catalog_mutations.save_requirement,
        "Agrega un requisito al catálogo o lo cambia; lo ya pedido a un expediente no cambia.",
    )
    retire_requirement = field(requirement_catalog_mutations.retire_requirement, "Retira un requisito del catálogo.")
    confirm_requirement = field(
        requirement_catalog_mutations.confirm_requirement, "Confirma un requisito como Asesoría Jurídica."
    )
    save_holiday = field(holiday_mutations.save_holiday, "Corrige el calendario de días hábiles.")
    withdraw_holiday = field(holiday_mutations.withdraw_holiday, "Retira una corrección al calendario.")
    start_renewals = field(batch_mutations.start_renewals, "Inicia muchas renovaciones a la vez.")
    start_papers = field(paper_batches.start_papers, "Prepara los documentos de muchos convenios a la vez.")
    retry_batch = field(paper_batches.retry_batch, "Reintenta lo que un lote terminado no logró.")
    stop_batch = field(batch_mutations.stop_batch, "Detiene un lote; lo hecho queda hecho.")
    save_rung = field(ladders.save_rung, "Agrega un aviso a la escala de vencimientos o lo cambia.")
    retire_rung = field(ladders.retire_rung, "Retira un aviso de la escala de vencimientos.")
    request_lease = field(lease_mutations.request_lease, "Solicita un inmueble en arrendamiento o adscripción.")
    change_lease = field(lease_mutations.change_lease, "Corrige los datos de un arrendamiento en trámite.")
    confirm_lease_form = field(
        lease_mutations.confirm_lease_form, "Confirma si un arrendamiento se hace por contrato o por acta."
    )
    meet_condition = field(condition_mutations.meet_condition, "Da por cumplida una condición de un dictamen.")
    defer_condition = field(condition_mutations.defer_condition, "Aplaza una condición para después de la firma.")
    save_draft = field(draft_mutations.save_draft, "Guarda el borrador de un documento.")
    submit_draft = field(draft_mutations.submit_draft, "Envía un borrador a visto bueno.")
    decide_draft = field(draft_mutations.decide_draft, "Da el visto bueno a un borrador o lo devuelve para corregir.")
    register_review = field(reviews_mutations.register_review, "Registra un expediente que ingresó en papel.")
    conclude_review = field(reviews_mutations.conclude_review, "Da por concluido un expediente sin firmas.")
    lapse_review = field(
        reviews_mutations.lapse_review,
        "Tiene por desistida una solicitud cuya providencia nadie respondió a tiempo.",
    )
    set_parameter = field(parameters.set_parameter, "Fija el valor de un parámetro legal desde una fecha.")
    confirm_parameter = field(parameters.confirm_parameter, "Confirma un parámetro legal como Asesoría Jurídica.")
    request_license = field(license_mutations.request_license, "Solicita la licencia sanitaria de un centro.")
    record_license = field(license_mutations.record_license, "Anota la licencia que extendió el MSPAS.")
    open_center = field(center_mutations.open_center, "Abre un centro.")
    record_center_event = field(center_mutations.record_center_event, "Anota lo que le pasa a un centro.")
    annul_center_event = field(center_mutations.annul_center_event, "Anula el último acto de un centro.")
    issue_lease_paper = field(
        lease_paper_mutations.issue_lease_paper, "Elabora el contrato o el acta de un arrendamiento o adscripción."
    )
    renew_lease = field(lease_mutations.renew_lease, "Solicita renovar un arrendamiento o adscripción.")
    terminate_lease = field(lease_mutations.terminate_lease, "Termina un arrendamiento antes de su vencimiento.")
    record_signature_delegation = field(
        delegation_mutations.record_signature_delegation, "Anota la delegación de firma de un contrato o convenio."
    )
    save_office = field(offices.save_office, "Agrega una sede departamental o corrige sus datos.")
    withdraw_review = field(mutations.withdraw_review, "Desiste de una solicitud.")
    issue_document = field(papers_mutations.issue_document, "Emite un documento que no nace de otra operación.")
    upload_template = field(
        template_mutations.upload_template, "Propone otra redacción de una clase de documento, editada en Word."
    )
    approve_template = field(
        template_mutations.approve_template, "Aprueba una plantilla propuesta por otra persona; desde ahí se usa."
    )
    retire_template = field(
        template_mutations.retire_template, "Rechaza una plantilla propuesta, o retira la que está en uso."
    )
    preview_document = field(
        paper_projects.preview_document, "Da en Word, sin número, lo escrito de un documento; no guarda nada."
    )
    preview_draft = field(
        paper_projects.preview_draft, "Da en Word, sin número, lo escrito de un dictamen o devolución; no guarda nada."
    )
    preview_lease_paper = field(
        paper_projects.preview_lease_paper, "Da en Word, sin número, el contrato o acta como saldría; no guarda nada."
    )
    preview_amendment = field(
        paper_projects.preview_amendment, "Da en Word, sin número, la adenda como saldría; no guarda nada."
    )
    void_document = field(papers_mutations.void_document, "Anula un documento, que conserva su número.")
    attach_signed_copy = field(signed_copy_mutations.attach_signed_copy, "Agrega a un documento su copia firmada.")
    withdraw_signed_copy = field(signed_copy_mutations.withdraw_signed_copy, "Retira una copia firmada equivocada.")
    sign_paper = field(
        signed_copy_mutations.sign_paper,
        "Firma electrónicamente el PDF de un documento, con el certificado de la oficina.",
    )
    set_series_pattern = field(
        papers_mutations.set_series_pattern, "Dice cómo se escriben los números de una clase de documento."
    )
    register_court_file = field(court_mutations.register_court_file, "Registra un expediente judicial.")
    change_court_file = field(court_mutations.change_court_file, "Cambia un expediente judicial: etapa, nota…")
    add_court_date = field(court_mutations.add_court_date, "Anota una audiencia o un plazo judicial.")
    settle_court_date = field(court_mutations.settle_court_date, "Anota qué resultó de una audiencia o plazo.")
    register_court_notice = field(court_mutations.register_court_notice, "Registra una notificación judicial.")
    answer_court_notice = field(court_mutations.answer_court_notice, "Anota la respuesta a una notificación judicial.")
    start_import = field(import_mutations.start_import, "Envía una hoja de cálculo para revisarla antes de importarla.")
    confirm_import = field(
        import_mutations.confirm_import, "Confirma una hoja revisada: se importan todas sus filas o ninguna."
    )
    discard_import = field(import_mutations.discard_import, "Descarta una importación que no se ha confirmado.")
    pause_flow = field(engine.pause_flow, "Pausa un flujo del motor.")
    resume_flow = field(engine.resume_flow, "Reanuda un flujo del motor.")
    resend_notice = field(notice_mutations.resend_notice, "Reenvía un aviso.")
    set_notice_preference = field(
        notice_mutations.set_notice_preference, "Elige cómo recibir los avisos de un tema: al momento, resumidos o no."
    )
    clear_bounce = field(notice_mutations.clear_bounce, "Levanta la marca de una dirección que se rechazaba.")
    save_contact = field(outsiders.save_contact, "Agrega o corrige a una persona sin cuenta a quien se escribe.")
    stop_contact = field(outsiders.stop_contact, "Deja de escribir a una persona sin cuenta.")
    publish_listing = field(transparency_mutations.publish_listing, "Publica un listado de transparencia.")
    add_court_paper = field(court_mutations.add_court_paper, "Agrega un documento a un expediente judicial.")
    add_webhook = field(webhook_mutations.add_webhook, "Da de alta otro sistema al que se avisa de lo que sucede.")
    change_webhook = field(webhook_mutations.change_webhook, "Cambia otro sistema, lo detiene o le da otra llave.")
    test_webhook = field(webhook_mutations.try_webhook, "Hace una llamada de prueba a otro sistema.")
    resend_delivery = field(webhook_mutations.resend_delivery, "Repite una llamada a otro sistema, o la adelanta.")


@cache
def build_schema(*, demo: bool = False) -> MaskedSchema:
    """Return the process's one schema with its guards; in demo mode misspelt fields get a suggestion."""
    return MaskedSchema(Query, Mutation, extensions=guards(demo=demo))
