"""Stores: the protocol and the adapters. Adapters are imported only when their URL is used."""
