"""Tests of tradecore, and the servers they run on."""
