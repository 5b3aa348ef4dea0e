"""What the tests need besides Python: PostgreSQL's server, Chromium, LibreOffice Writer, systemd-analyze, poppler."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_POSTGRES = 15


def postgres_binaries() -> Path | None:
    """Return the folder with initdb and postgres of the newest PostgreSQL found, version 15 or later."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    folders.sort(key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0, reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        if (folder / "postgres").exists() and _postgres_version(folder) >= OLDEST_POSTGRES:
            return folder
    return None


def _postgres_version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    digits = said.rsplit("PostgreSQL)", 1)[-1].strip().split(".")[0]
    return int(digits) if digits.isdigit() else 0


def chromium_binary() -> str | None:
    """Return the path of the system's Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    found = [path for name in names if (path := shutil.which(name))]
    return found[0] if found else mac if Path(mac).exists() else None


def office_binary() -> str | None:
    """Return the path of a LibreOffice that has Writer."""
    mac = "/Applications/LibreOffice.app/Contents/MacOS/soffice"
    for candidate in (shutil.which("soffice"), shutil.which("libreoffice"), mac):
        if candidate is None or not Path(candidate).exists():
            continue
        folder = Path(candidate).resolve().parent
        # Debian splits LibreOffice: soffice may be there with Calc alone.
        if any(folder.glob("libswlo.*")) or candidate == mac:
            return candidate
    return None


def poppler_binary() -> str | None:
    """Return the path of pdftotext."""
    return shutil.which("pdftotext") and shutil.which("pdftoppm")


def unit_verifier() -> str | None:
    """Return the path of the program that reads systemd units as systemd does."""
    return shutil.which("systemd-analyze")


NEEDED = {
    "PostgreSQL 15 or newer (server)": (postgres_binaries, ("postgresql",)),
    "Chromium": (chromium_binary, ("chromium",)),
    "LibreOffice Writer": (office_binary, ("libreoffice-writer-nogui", "fonts-liberation", "fonts-dejavu-core")),
    "systemd-analyze": (unit_verifier, ("systemd",)),
    "poppler-utils (pdftotext, pdftoppm)": (poppler_binary, ("poppler-utils",)),
}


def _missing() -> list[str]:
    return [name for name, (find, _) in NEEDED.items() if find() is None]


def ensure_system_packages() -> None:
    """Look for what the tests need; as root on Debian install what is missing, else stop and say what to install."""
    missing = _missing()
    if not missing:
        return
    packages = [package for name in missing for package in NEEDED[name][1]]
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        how = f"sudo apt-get install {' '.join(packages)}" if apt else "with your system's packages"
        sys.exit(f"The tests need {', '.join(missing)}. Please install: {how}")
    print(f"The tests need {', '.join(missing)}: installing {' '.join(packages)} with apt-get.", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run([apt, "-qq", *words], env=environment, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            sys.exit(f"{done.stdout}\napt-get {words[0]} failed, so the tests cannot run: see the lines above.")
    if still := _missing():
        sys.exit(f"apt-get installed {' '.join(packages)}, yet the tests still do not find {', '.join(still)}.")


if __name__ == "__main__":
    ensure_system_packages()
