"""Word files to PDF by LibreOffice, many in one start, and how many pages a PDF has. No database, no network."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from .layout import SHEETS, blank_document
from .packing import pack

try:
    import pypdfium2  # type: ignore[import-untyped]
except ImportError:  # the extra [pdf] is not installed: papers are issued as ever, without pages to look at
    pypdfium2 = None

OFF = "none"
"""What the setting says where LibreOffice is not to be used though it is there."""

QUIETLY = (
    "--headless",
    "--norestore",
    "--nologo",
    "--nodefault",
    "--nolockcheck",
    "--nofirststartwizard",
)
NAMES = ("soffice", "libreoffice")

INSTALL = "Instálelo (en Debian: apt install libreoffice-writer-nogui fonts-liberation)"
MISSING = f"No se encontró LibreOffice. {INSTALL}, o diga dónde está con CONVENIOS_SOFFICE."
SWITCHED_OFF = "LibreOffice está desactivado en esta instalación (CONVENIOS_SOFFICE=none)."
NO_READER = "Falta la biblioteca pypdfium2: instálela con «uv sync --extra pdf»."

LEFTOVER_SECONDS = 86_400.0
"""Age at which a folder of this module belongs to a process that died."""

_reading = threading.Lock()
"""PDFium is not made for several threads."""


class NoOffice(Exception):
    """LibreOffice is not used here; the message says in Spanish why, and how to get it."""


class OfficeFailed(Exception):
    """LibreOffice did not end in time or could not be started: nothing can be said of any of its documents."""


def office_binary(setting: str) -> str:
    """Return the path of LibreOffice: the one that is set, or the one on PATH when nothing is; raises NoOffice."""
    if setting == OFF:
        raise NoOffice(SWITCHED_OFF)
    if setting:
        found = shutil.which(setting)
        if found is None:
            raise NoOffice(f"CONVENIOS_SOFFICE dice «{setting}», que no existe o no se puede ejecutar.")
        return found
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise NoOffice(MISSING)
    program = Path(found).resolve().parent
    # Debian splits LibreOffice: it may be there for spreadsheets alone.
    if (program / "soffice.bin").exists() and not any(program.glob("libswlo.*")):
        raise NoOffice(f"LibreOffice está instalado sin Writer. {INSTALL}.")
    return found


def page_count(pdf: bytes) -> int | None:
    """Return how many pages a PDF has; None when no library to read it is installed."""
    if pypdfium2 is None:
        return None
    with _reading, pypdfium2.PdfDocument(pdf) as document:
        return len(document)


class Office:
    """LibreOffice for one purpose of one process: with a profile of its own, and one conversion at once.

    Two starts with the same profile would be one program, and the end of one the end of both.
    """

    def __init__(self, setting: str, folder: Path) -> None:
        self.setting = setting
        self.folder = folder
        self._profile: Path | None = None
        self._alone = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None

    def missing(self) -> str:
        """Say in Spanish why LibreOffice is not used here; empty when it is."""
        try:
            office_binary(self.setting)
        except NoOffice as why:
            return str(why)
        return ""

    def convert(self, papers: Sequence[bytes], *, seconds: float) -> list[bytes | None]:
        """Return the PDF of each Word file, None for those that LibreOffice could not read.

        `seconds` are for all, with the wait for a conversion that is under way. Raises NoOffice and OfficeFailed.
        """
        binary = office_binary(self.setting)
        deadline = time.monotonic() + seconds
        if not self._alone.acquire(timeout=seconds):
            raise OfficeFailed("LibreOffice está ocupado con otros documentos.")
        try:
            self._prepare()
            with tempfile.TemporaryDirectory(prefix="papers-", dir=self.folder, ignore_cleanup_errors=True) as work:
                return self._converted(binary, papers, Path(work), deadline)
        finally:
            self._alone.release()

    def works(self, *, seconds: float) -> bool:
        """Say whether LibreOffice turns an empty sheet into PDF: if not, no document is to blame for anything."""
        with suppress(OfficeFailed):
            return self.convert([pack(blank_document(SHEETS["carta"]))], seconds=seconds) != [None]
        return False

    def stop(self) -> None:
        """End the conversion under way, if any: it raises OfficeFailed where it was asked for."""
        if running := self._running:
            _kill(running)

    def close(self) -> None:
        """End what runs and take the profile away."""
        self.stop()
        with self._alone:
            self._forget_profile()

    def _converted(self, binary: str, papers: Sequence[bytes], work: Path, deadline: float) -> list[bytes | None]:
        made = work / "made"
        names = [f"{number:04d}" for number in range(len(papers))]
        for name, paper in zip(names, papers, strict=True):
            (work / f"{name}.docx").write_bytes(paper)
        # Read as Word files and nothing else: what is none would come out as a text of gibberish.
        converting = ("--infilter=MS Word 2007 XML", "--convert-to", "pdf", "--outdir", str(made))
        profile = f"-env:UserInstallation={self._profile.as_uri() if self._profile else ''}"
        command = [binary, *QUIETLY, profile, *converting, *(str(work / f"{name}.docx") for name in names)]
        self._run(command, work, deadline)
        return [_read(made / f"{name}.pdf") for name in names]

    def _run(self, command: list[str], work: Path, deadline: float) -> None:
        # Nothing of ours goes along: no secret, no proxy.
        environment = {
            "PATH": os.defpath, "HOME": str(self._profile), "TMPDIR": str(work), "LANG": "C.UTF-8",
            "SAL_USE_VCLPLUGIN": "svp",
        }  # fmt: skip
        try:
            # A session of its own: its script, its splash and its program are killed as one.
            running = subprocess.Popen(
                command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        except OSError as fault:
            raise OfficeFailed(f"LibreOffice no se pudo iniciar: {fault.strerror}.") from fault
        self._running = running
        try:
            status: int | None = running.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            status = None
        finally:
            self._running = None
            if running.poll() is None:
                _kill(running)
                running.wait()
        if status != 0:
            # Killed or crashed, which may leave a profile that starts no more.
            self._forget_profile()
        if status is None:
            raise OfficeFailed("LibreOffice no terminó a tiempo.")
        if status < 0:
            raise OfficeFailed(f"LibreOffice se interrumpió (señal {-status}).")

    def _prepare(self) -> None:
        if self._profile and self._profile.is_dir():
            # In use, whatever the other processes of this machine clear away.
            os.utime(self._profile)
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear_leftovers(self.folder)
        self._profile = Path(tempfile.mkdtemp(prefix="profile-", dir=self.folder))
        weakref.finalize(self, shutil.rmtree, self._profile, ignore_errors=True)
        (self._profile / "user").mkdir()
        (self._profile / "user" / "registrymodifications.xcu").write_text(_CHOICES, encoding="utf-8")

    def _forget_profile(self) -> None:
        if self._profile:
            shutil.rmtree(self._profile, ignore_errors=True)
        self._profile = None


def _kill(running: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(running.pid, signal.SIGKILL)


def _read(path: Path) -> bytes | None:
    with suppress(FileNotFoundError):
        # A conversion that was cut off may leave the beginning of a file.
        data = path.read_bytes()
        return data if data.startswith(b"%PDF-") and b"%%EOF" in data[-64:] else None
    return None


def _clear_leftovers(folder: Path) -> None:
    limit = time.time() - LEFTOVER_SECONDS
    for left in [*folder.glob("papers-*"), *folder.glob("profile-*")]:
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < limit:
                shutil.rmtree(left, ignore_errors=True)


def _choice(path: str, name: str, value: str) -> str:
    return (
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
    )


_CHOICES = f"""<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
{_choice("Office.Common/Security/Scripting", "DisableMacrosExecution", "true")}
{_choice("Office.Common/Security/Scripting", "MacroSecurityLevel", "3")}
{_choice("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true")}
{_choice("Office.Writer/Content/Update", "Link", "2")}
{_choice("Office.Common/Misc", "FirstRun", "false")}
{_choice("Office.Recovery/RecoveryInfo", "Enabled", "false")}
{_choice("Office.Common/Filter/PDF/Export", "UseTaggedPDF", "true")}
{_choice("Office.Common/Filter/PDF/Export", "SelectPdfVersion", "2")}
{_choice("Office.Common/Filter/PDF/Export", "ExportBookmarks", "false")}
</oor:items>
"""
"""What the profile says before its first start: no macro runs, no link is followed, and the PDF is a PDF/A-2b."""
