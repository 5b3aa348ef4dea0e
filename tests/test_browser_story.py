"""The story by hand: the same people in a real browser, on a phone and on a desk, each page checked for accessibility.

The API's version of it is tests/test_story.py; here every step is a click on what a person sees.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from models.clock import today
from tests.serving import Served
from tests.test_story import PDF

# Two cores serve the pages, the engine and the browser: a click may take longer than Playwright's 5 s.
expect.set_options(timeout=20_000)

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


class Visitor:
    """A demo person with a browser; every page looked at is photographed and checked."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page = page
        self.pictures = pictures

    @classmethod
    async def enter(cls, chromium: Browser, served: Served, email: str, size: dict[str, int], home: Path) -> "Visitor":
        """Sign in through the form."""
        context = await chromium.new_context(locale="es-GT", viewport=size, base_url=served.address)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto("/ingresar")
        await page.get_by_label("Correo").fill(email)
        await page.get_by_label("Contraseña").fill(served.password())
        await page.get_by_role("button", name="Ingresar").click()
        await expect(page.get_by_role("button", name="Salir")).to_be_visible()
        return cls(page, home)

    async def look(self, name: str) -> None:
        """Photograph the page and refuse any serious accessibility fault, or a page wider than the screen."""
        await self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)
        found = await Axe().run(self.page)
        serious = [one for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
        assert not serious, (name, [(one["id"], one["nodes"][0]["html"][:200]) for one in serious])
        wide = await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is {wide} px wider than the screen"

    async def press(self, name: str) -> None:
        """Press the button or link that reads so."""
        button = self.page.get_by_role("button", name=name)
        target = button if await button.count() else self.page.get_by_role("link", name=name)
        await target.first.click(timeout=20_000)

    async def until_seen(self, text: str, seconds: float = 60) -> None:
        """Open the page again until it says so: what the engine does takes a moment."""
        for _ in range(int(seconds * 2)):
            if await self.page.get_by_text(text).count():
                return
            await asyncio.sleep(0.5)
            await self.page.reload()
        raise AssertionError(f"the page never said «{text}»: {await self.page.inner_text('main')}")


async def test_the_story_in_a_browser(chromium: Browser, tmp_path: Path, prefect_made: Callable[[Path], None]) -> None:
    prefect_made(tmp_path / "home")
    served = Served(tmp_path / "home")
    try:
        await asyncio.to_thread(served.wait_for_pages)
        await asyncio.to_thread(served.wait_for_engine)
        await live_the_story(chromium, served, tmp_path)
    finally:
        await asyncio.to_thread(served.stop)


async def live_the_story(chromium: Browser, served: Served, pictures: Path) -> None:
    """Renew San Juan Chamelco's convention by clicking."""
    town = await Visitor.enter(chromium, served, "municipio.1610@demo.example", PHONE, pictures)
    await town.look("01-home")
    await town.press("Solicitar la renovación")
    await town.page.get_by_label("¿Por cuántos meses?").fill("500")
    await town.page.get_by_label("Nota para la Asesoría Jurídica").fill("Con dos centros más <b>pronto</b>")
    await town.press("Solicitar la renovación")
    await expect(town.page.get_by_text("El plazo va de 1 a 120 meses.").first).to_be_visible()
    await expect(town.page.get_by_label("Nota para la Asesoría Jurídica")).to_have_value(
        "Con dos centros más <b>pronto</b>"
    )
    await town.look("02-renewal-refused")
    await town.page.get_by_label("¿Por cuántos meses?").fill("12")
    await town.press("Solicitar la renovación")
    await expect(town.page).to_have_url(f"{served.address}/expedientes/EXP-2026-0010?hecho=RequestRenewal")
    file = "/expedientes/EXP-2026-0010"

    for _ in range(20):
        missing = town.page.locator("main li:has(h3)").filter(has=town.page.get_by_text("Falta", exact=True))
        if not await missing.count():
            break
        await missing.first.get_by_label("Archivo").first.set_input_files(
            {"name": "requisito.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        await missing.first.get_by_role("button", name="Subir el archivo").click()
        await expect(town.page.get_by_text("El archivo quedó guardado.")).to_be_visible()
    await town.look("03-file-complete")
    await town.press("Enviar a revisión")
    await expect(town.page.get_by_text("Listo: el expediente está en la Asesoría Jurídica")).to_be_visible()

    head = await Visitor.enter(chromium, served, "jefatura@demo.example", DESK, pictures)
    await head.look("04-inbox")
    await head.page.goto(file)
    await head.until_seen("Primero quien tiene menos expedientes por analizar. Se propone a")
    await head.look("05-assign")
    ana = head.page.get_by_label("Asignar a").locator("option", has_text="Ana Jurídica de Demostración")
    await head.page.get_by_label("Asignar a").select_option(await ana.get_attribute("value"))
    await head.press("Asignar el expediente")
    await expect(head.page.get_by_text("El expediente quedó asignado.")).to_be_visible()

    lawyer = await Visitor.enter(chromium, served, "juridico@demo.example", DESK, pictures)
    await lawyer.page.goto(file)
    await lawyer.press("Devolver con observaciones")
    await lawyer.page.get_by_label("Documento o cláusula").first.fill("Certificación del punto de acta")
    await lawyer.page.get_by_label("Qué se encontró").first.fill("La copia no se lee.")
    # The engine has drafted how to mend what it found wanting; here it is something else.
    await lawyer.page.get_by_label("Cómo subsanarlo").first.fill("")
    await lawyer.press("Devolver el expediente")
    await expect(lawyer.page.get_by_label("Qué se encontró").first).to_have_value("La copia no se lee.")
    await lawyer.look("06-return-refused")
    await lawyer.page.get_by_label("Cómo subsanarlo").first.fill("Presentar una copia legible.")
    await lawyer.press("Devolver el expediente")
    await expect(lawyer.page.get_by_text("El expediente se devolvió con sus observaciones")).to_be_visible()

    await town.page.goto(file)
    await town.look("07-returned")
    await town.press("Enviar la respuesta a la Asesoría Jurídica")
    await town.page.get_by_text("Anotar el punto de acta").first.click()
    await town.page.get_by_label("Número de acta").fill("12-2026")
    await town.page.get_by_label("Punto del acta").fill("TERCERO")
    await town.page.get_by_label("Fecha de la sesión").fill((today() - timedelta(days=9)).isoformat())
    await town.page.get_by_label("Fecha en que el acta fue leída y aprobada").fill(
        (today() - timedelta(days=2)).isoformat()
    )
    await town.press("Anotar el punto de acta")
    await expect(town.page.get_by_text("El punto de acta quedó anotado.")).to_be_visible()
    await town.look("08-minute")

    await lawyer.page.goto(f"{file}/dictamen")
    await lawyer.look("09-dictamen-form")
    await lawyer.page.get_by_label("Favorable", exact=True).check()
    for label, text in (
        ("Antecedentes", "La municipalidad solicitó renovar."),
        ("Ley o reglamento", "Código Municipal, Decreto 12-2002"),
        ("Qué dispone o cómo se aplica", "Autoriza a convenir."),
        ("Análisis", "Los requisitos están completos."),
        ("Conclusión", "Procede la renovación."),
    ):
        await lawyer.page.get_by_label(label).first.fill(text)
    await lawyer.press("Emitir el dictamen")
    await expect(lawyer.page.get_by_text("El dictamen quedó emitido")).to_be_visible()
    await lawyer.until_seen("Está a la firma")
    await lawyer.look("10-after-dictamen")

    office = await Visitor.enter(chromium, served, "despacho@demo.example", DESK, pictures)
    await office.look("11-to-sign")
    await office.press("Abrir y anotar la firma")
    await office.page.get_by_label("Lugar").fill("Ciudad de Guatemala")
    await office.press("Anotar la firma")
    await expect(office.page.get_by_text("La firma quedó anotada.")).to_be_visible()

    await town.page.goto(file)
    await town.press("Ver el convenio y sus firmas")
    await town.page.get_by_label("Nombre de quien firmó").fill("María Elena Caal Pop")
    await town.page.get_by_label("En qué calidad").fill("Alcaldesa Municipal")
    await town.page.get_by_label("Lugar").fill("San Juan Chamelco")
    await town.press("Anotar la firma")
    await expect(town.page.get_by_text("El convenio ya tiene todas sus firmas.")).to_be_visible()
    await expect(town.page.get_by_text("Vigente").first).to_be_visible()
    await town.until_seen("Concluyó el expediente.")
    await town.look("12-in-force")
    await lawyer.page.goto(town.page.url)
    await lawyer.look("13-in-force-desk")

    auditor = await Visitor.enter(chromium, served, "direccion.mad@demo.example", DESK, pictures)
    await auditor.page.goto("/centros")
    await auditor.look("14-centers")
    await auditor.page.goto("/correo")
    await auditor.look("15-mail")
    await auditor.page.goto("/verificar")
    await auditor.look("16-verify")
