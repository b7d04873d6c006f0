"""What can be done here: `nox -l` lists it, `nox -s NAME` does it, `nox -s NAME -- ARGS` passes ARGS on."""

import json
import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "layers", "types", "tests"]

PYPROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PYPROJECT)
TYPED = [path for path in ("src", "tests/typing", "examples") if Path(path).exists()]
TYPED_FOR_US = [
    "bench",
    "tests/bench",
    "tests/conftest.py",
    "tests/processes.py",
    "tests/servers.py",
    "tests/test_servers.py",
]


@nox.session
def demo(session: nox.Session) -> None:
    """Show the library at work on a SQLite database."""
    session.install("-e", ".[sql]", silent=False)
    session.run("python", "-m", "tradecore", "demo", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests on this Python, on every store whose server is found."""
    _install(session, "tests")
    session.run("python", "-m", "pytest", *_test_arguments(session))


@nox.session(python=PYTHONS)
def matrix(session: nox.Session) -> None:
    """Run the tests on each supported Python that is on this machine; the others are skipped."""
    _install(session, "tests")
    session.run("python", "-m", "pytest", *_test_arguments(session))


@nox.session
def coverage_report(session: nox.Session) -> None:
    """Run the tests and show the lines and branches that none of them reaches."""
    _install(session, "tests")
    session.run("coverage", "erase")
    session.run("coverage", "run", "-m", "pytest", *_test_arguments(session))
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format; `-- --fix` mends what can be mended."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lint"), silent=False)
    if "--fix" in session.posargs:
        session.run("ruff", "check", "--fix", ".")
        session.run("ruff", "format", ".")
        return
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def layers(session: nox.Session) -> None:
    """Check that imports go downwards only."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "layers"), silent=False)
    session.run("lint-imports", "--no-logo", env={"PYTHONPATH": "src"})


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright, and that the public names are completely typed."""
    _install(session, "typing")
    session.run("mypy", *TYPED, *TYPED_FOR_US)
    session.run("pyright", *TYPED)
    _no_unknown_types(session)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation and run every notebook in it; a warning is an error."""
    if not Path("docs/conf.py").exists():
        session.skip("there is no docs/conf.py yet")
    _install(session, "docs")
    strict = ["-n", "-W", "--keep-going"]
    session.run("sphinx-build", *strict, "-b", "html", "docs", "docs/_build/html", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Run the benchmarks on durable private servers."""
    if not Path("bench").exists():
        session.skip("there is no bench directory yet")
    _install(session, "tests")
    session.run("python", "-m", "bench", *session.posargs)


@nox.session
def simulate(session: nox.Session) -> None:
    """Run the simulated stories in thousands of orders of steps; `-- --seeds 100000` for more."""
    _install(session, "tests")
    session.run("python", "-m", "tests.simulation", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build both distributions, then try the wheel in an environment that holds nothing else."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "build"), silent=False)
    shutil.rmtree("dist", ignore_errors=True)
    session.run("python", "-m", "build")
    (wheel,) = Path("dist").resolve().glob("*.whl")
    smoke = Path("tests/smoke.py").resolve()
    clean = Path(session.create_tmp()).resolve() / "clean"
    session.run("python", "-m", "virtualenv", "--quiet", "--clear", str(clean))
    python = str(clean / ("Scripts" if os.name == "nt" else "bin") / "python")
    with session.chdir(clean):
        for wanted in (str(wheel), f"{wheel}[all]"):  # alone, then with the drivers that it must not load
            session.run(python, "-m", "pip", "install", "--quiet", wanted, external=True)
            session.run(python, "-I", str(smoke), external=True)
        session.run(python, "-I", "-m", "tradecore", "demo", external=True)


@nox.session
def languages(session: nox.Session) -> None:
    """Bring the catalogues of languages up to date with the source; texts without a translation are listed."""
    _install(session, "languages")
    session.run("python", "tools/catalogues.py")


@nox.session
def changelog_draft(session: nox.Session) -> None:
    """Show the changelog of the next release; nothing is written."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "changelog"), silent=False)
    session.run("towncrier", "build", "--draft", "--version", "next")


def _no_unknown_types(session: nox.Session) -> None:
    """Every public name has a type. Those that checkers infer, as the commands of desks, count as ambiguous."""
    verify = ("pyright", "--verifytypes", "tradecore", "--ignoreexternal", "--outputjson")
    told = str(session.run(*verify, silent=True, success_codes=[0, 1]))
    found = json.loads(told[told.index("{") : told.rindex("}") + 1])["typeCompleteness"]
    session.log(f"Type completeness {found['completenessScore']:.1%}: {found['exportedSymbolCounts']}")
    if found["exportedSymbolCounts"]["withUnknownType"]:
        session.error("Public names without a type: pyright --verifytypes tradecore --ignoreexternal")


def _install(session: nox.Session, group: str) -> None:
    session.log("Installing; the first time this takes a minute or two.")
    session.install("-e", ".", *nox.project.dependency_groups(PYPROJECT, group), silent=False)


def _test_arguments(session: nox.Session) -> list[str]:
    """Return the caller's own arguments, or what runs everything in parallel."""
    return session.posargs or ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "worksteal"]
