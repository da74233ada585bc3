"""The words of the product as frozen data. This layer knows nobody else."""

from __future__ import annotations
