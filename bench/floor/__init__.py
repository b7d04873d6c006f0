"""
The floor: the least work the life can cost on each store, written by hand on its driver.

Money is whole cents, quantities are whole pieces, and the only rules are the few guards that keep the figures true:
stock never below what is reserved, every command only on the version and in the status it expects, an outbox row with
every change. It is a floor to stand on, not a model to copy.
"""

from bench.work import Side


def floor(store: str, url: str) -> Side:
    """The floor of a store; its driver is imported here."""
    match store:
        case "memory":
            from bench.floor.memory import MemoryFloor

            return MemoryFloor()
        case "sqlite":
            from bench.floor.sqlite import SqliteFloor

            return SqliteFloor(url)
        case "postgres":
            from bench.floor.postgres import PostgresFloor

            return PostgresFloor(url)
        case "mariadb":
            from bench.floor.mariadb import MariadbFloor

            return MariadbFloor(url)
        case "mongo":
            from bench.floor.mongo import MongoFloor

            return MongoFloor(url)
        case _:
            raise ValueError(f"No floor is written for {store}.")
