"""Compiles the catalogues of languages into the wheel; called by Hatchling."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "tools"))


class CatalogueHook(BuildHookInterface[Any]):
    """Writes a .mo beside every .po before files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # Hatchling says so
        """Called before a build."""
        import catalogues

        catalogues.compile_all()
