"""What was handed in, on the file's page: its fingerprint, and every file that a newer one replaced."""

import httpx

from models.people import Role
from models.reviews import Evidence
from tests import builders
from tests.browsing import enter, form, send
from tests.conftest import Clock
from tests.door import PDF, bytes_of


async def test_a_replaced_file_stays_with_its_fingerprint(app_client: httpx.AsyncClient, clock: Clock) -> None:
    mayor = await builders.person(Role.MUNICIPAL)
    file = await builders.review(requested_by=mayor)
    await builders.asked(file, await builders.requirement("ACTA"))
    await enter(app_client, mayor)
    for name in ("borrador.pdf", "certificada.pdf"):
        page = await app_client.get(f"/expedientes/{file.code}")
        filled = form(page, "SubmitRequirement", requirementCode="ACTA")
        sent = await send(app_client, page, filled, {"fileId": (name, PDF + name.encode(), "application/pdf")})
        assert sent.status_code == 303, sent.text

    page = await app_client.get(f"/expedientes/{file.code}")
    old, new = await Evidence.all().order_by("id").select_related("file")
    assert (old.replaced_at is None, new.replaced_at) == (False, None)
    for one in (old, new):
        assert one.file.filename in page.text
        assert f"huella <code>{one.file.sha256[:16]}</code>" in page.text
        assert bytes_of(one.file.sha256) == PDF + one.file.filename.encode()
    assert "Archivos anteriores (1)" in page.text
    assert page.text.index("certificada.pdf") < page.text.index("borrador.pdf</a>, sustituido el")
