"""What hangs on a convention in the API and knows no other record: parties, signatures, adendas, promises, history."""

import strawberry

from models.agreements import AgreementStage, TerminationBasis
from models.clock import today
from reads import agreements as agreement_reads
from reads import audit
from reads.commitments import contributions_by_convention
from reads.parties import parties_by_convention
from reads.requirements import checklist_by_convention
from reads.signing import blockers_by_convention
from reads.warnings import warnings_by_convention
from schema.commitments import Contribution
from schema.context import Info
from schema.leases import Agreement
from schema.parties import ConventionParty
from schema.requirements import ChecklistLine
from schema.signing import (
    Amendment,
    ConventionWarning,
    CouncilMinute,
    Reminder,
    Signature,
    SignatureDelegation,
    SigningBlocker,
    Termination,
    TimelineEntry,
)


@strawberry.type(description="Lo que cuelga de un convenio.")
class ConventionParts(Agreement):
    sosep_signatures: int = strawberry.field(description="Cuántas firmas necesita SOSEP.")
    termination_reason: strawberry.Private[str]
    termination_basis: strawberry.Private[TerminationBasis | None]

    @strawberry.field(description="Las contrapartes, todas, en su orden; la primera es la que lo pidió o lo encabeza.")
    async def parties(self, info: Info) -> list[ConventionParty]:
        found = await info.context.load(parties_by_convention, self.key)
        return [ConventionParty.of_party(one) for one in found or []]

    @strawberry.field(description="Lo que se pedirá si se solicita renovarlo hoy.")
    async def renewal_checklist(self, info: Info) -> list[ChecklistLine]:
        return await ChecklistLine.each(info, checklist_by_convention, self.key)

    @strawberry.field(description="Lo que hoy impide firmarlo; vacío si nada lo impide.")
    async def signing_blockers(self, info: Info) -> list[SigningBlocker]:
        found = await info.context.load(blockers_by_convention, self.key, on=today())
        return [SigningBlocker(code=one.code, message=one.message) for one in found]

    @strawberry.field(description="Lo que conviene mirar hoy, antes y después de la firma; advierte, no impide.")
    async def warnings(self, info: Info) -> list[ConventionWarning]:
        found = await info.context.load(warnings_by_convention, self.key, on=today())
        return [ConventionWarning(code=one.code, message=one.message, severity=one.severity) for one in found or []]

    @strawberry.field(description="Puntos de acta de los Concejos.")
    async def council_minutes(self, info: Info) -> list[CouncilMinute]:
        return await CouncilMinute.each(info, agreement_reads.minutes_by_convention, self.key)

    @strawberry.field(description="Firmas, en su orden.")
    async def signatures(self, info: Info) -> list[Signature]:
        return await Signature.each(info, agreement_reads.signatures_by_convention, self.key)

    @strawberry.field(description="Última delegación de firma, si consta.")
    async def delegation(self, info: Info) -> SignatureDelegation | None:
        row = await info.context.load(agreement_reads.delegation_by_convention, self.key)
        return SignatureDelegation.of(row) if row else None

    @strawberry.field(description="Adendas.")
    async def amendments(self, info: Info) -> list[Amendment]:
        return await Amendment.each(info, agreement_reads.amendments_by_convention, self.key)

    @strawberry.field(description="Lo que valen los aportes de cada lado, si el convenio lo dice.")
    async def contributions(self, info: Info) -> list[Contribution]:
        found = await info.context.load(contributions_by_convention, self.key)
        return [Contribution(party=one.party, total=one.total, fulfilled=one.fulfilled) for one in found or []]

    @strawberry.field(description="Recordatorios de vencimiento; cada municipalidad ve solo los suyos.")
    async def reminders(self, info: Info) -> list[Reminder]:
        return await Reminder.each(info, agreement_reads.reminders_by_convention, self.key)

    @strawberry.field(description="Terminación anticipada, si la hubo.")
    def termination(self) -> Termination | None:
        ended = None if self.stage == AgreementStage.WITHDRAWN else self.terminated_on
        return (
            Termination(reason=self.termination_reason, basis=self.termination_basis, effective_on=ended)
            if ended
            else None
        )

    @strawberry.field(description="Todo lo que se hizo, en orden.")
    async def timeline(self, info: Info) -> list[TimelineEntry]:
        return await TimelineEntry.each(info, audit.timeline_by_convention, self.key)
