"""How the documentation is built: Sphinx, MyST-NB and furo; tables and signatures are taken from the code itself."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = str(HERE.parent / "src")
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent / "tools"), SOURCE]
# Notebooks run in processes of their own, in their own directories.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [SOURCE, os.environ.get("PYTHONPATH", "")]))

import catalogues  # noqa: E402  # the path is set above

import tradecore  # noqa: E402

catalogues.compile_all()

project = "tradecore"
author = "The tradecore contributors"
project_copyright = author
release = tradecore.__version__
version = ".".join(release.split(".")[:2])

extensions = [
    "sphinx.ext.autodoc",
    "myst_nb",
    "references",
    "desks",
    "tables",
]
exclude_patterns = ["_build", "_ext", "**/.ipynb_checkpoints", "**/jupyter_execute"]
default_role = "literal"  # docstrings write `names` in single backquotes
nitpicky = True

html_theme = "furo"
html_title = "tradecore"
html_show_copyright = False
html_show_sphinx = False

# Notebooks are stored without outputs and executed by every build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # signatures are shown as they are written: see _ext/references.py
autodoc_class_signature = "mixed"
python_maximum_signature_line_length = 88
python_display_short_literal_types = True
