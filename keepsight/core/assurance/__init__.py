"""Assurance: samples drawn so that anybody can draw them again, agreement of two opinions, answers of many."""

from keepsight.core.assurance.agreement import Agreement, agreement
from keepsight.core.assurance.answers import Summary, summarise
from keepsight.core.assurance.samples import Sample, draw

__all__ = ["Agreement", "Sample", "Summary", "agreement", "draw", "summarise"]
