"""Approval: whose yes to which exact payload is recorded, and which yes is believed."""

from __future__ import annotations
