"""Stores on MongoDB, by pymongo. `layout` says where everything lies; a replica set is needed, of one node or more."""

from tradecore.storage.mongo.store import AsyncMongoStore, MongoStore

__all__ = ["AsyncMongoStore", "MongoStore"]
