"""What a check needs beyond Python: it is installed if possible; if not, the check fails unless ALLOW_SKIP names it."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path


class Missing(Exception):
    """Why a check, or a part of one, cannot run here."""


def install(*packages):
    """Installs Debian's packages, as root only: nothing is installed on a machine whose user did not ask for it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(f"{', '.join(packages)} cannot be installed without root and apt-get")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        try:
            subprocess.run(["apt-get", "-q", *arguments], env=environment, check=True, capture_output=True, timeout=600)
        except (OSError, subprocess.SubprocessError) as error:
            raise Missing(f"{', '.join(packages)} cannot be installed: {error}") from error


def programs(names, *packages):
    """The paths of the programs, which are installed from Debian's packages if one of them is missing."""
    if not all(map(shutil.which, names)):
        install(*packages)
    if missing := [name for name in names if not shutil.which(name)]:
        raise Missing(f"there is no {' and no '.join(missing)}")
    return [shutil.which(name) for name in names]


def python_with(folder, package):
    """The interpreter of a new virtual environment in `folder` with a package of the Python index."""
    try:
        import ensurepip  # noqa: F401 (Debian's Python has it in a package of its own)
    except ImportError:
        install("python3-venv")
    python = folder / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
    try:
        venv.create(folder, with_pip=True)
        subprocess.run(pip, check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        raise Missing(f"{package} cannot be installed: {error}") from error
    return python


def certificate(folder, *names):
    """Makes a certificate for these names, `cert.pem` and `key.pem` in the folder, which is its own authority."""
    openssl, = programs(["openssl"], "openssl")
    subprocess.run([openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", folder / "key.pem",
                    "-out", folder / "cert.pem", "-subj", "/CN=localhost", "-addext", f"subjectAltName={','.join(names)}",
                    "-addext", "basicConstraints=critical,CA:FALSE"], check=True, capture_output=True, timeout=60)


def skip(check, why):
    """Fails unless the check may be skipped."""
    if subprocess.run([Path(__file__).with_name("missing"), check, str(why)], check=False).returncode != 0:
        sys.exit(1)


def run(check, main):
    """Runs a check."""
    try:
        main()
    except Missing as why:
        skip(check, why)
