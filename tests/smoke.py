"""Run by `nox -s build` in a clean environment: the installed package is complete and light to import."""

import sys
from importlib import metadata, resources

import tradecore

DRIVERS = {"sqlalchemy", "psycopg", "pymysql", "pymongo", "bson", "aiosqlite"}


def main() -> None:
    """Check what only an installed package can show."""
    loaded = DRIVERS & sys.modules.keys()
    assert not loaded, f"import tradecore loads {sorted(loaded)}"
    assert metadata.version("tradecore") == tradecore.__version__
    assert resources.files("tradecore").joinpath("py.typed").is_file(), "py.typed is not in the wheel"
    assert metadata.metadata("tradecore")["License-Expression"] == "MIT"
    plugin = metadata.entry_points(group="pytest11")["tradecore"].value
    path = resources.files("tradecore").joinpath(*plugin.split(".")[1:-1], plugin.split(".")[-1] + ".py")
    assert path.is_file(), f"the pytest plugin {plugin} is not in the wheel"
    for language in tradecore.LANGUAGES:
        assert tradecore.say(tradecore.OrderStatus.CLOSED, language), f"the catalogue {language} is not in the wheel"
    sys.stdout.write(f"tradecore {tradecore.__version__} works where nothing else is installed\n")


if __name__ == "__main__":
    main()
