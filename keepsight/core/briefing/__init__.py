"""
The one picture: indicators, figures, charts and the report made of them.

Frames of a snapshot go in, figures come out; page, PDF and workbook are drawn from the same
``Document``, so they cannot differ.
"""

from keepsight.core.briefing.figures import FIGURES, figures
from keepsight.core.briefing.indicators import Indicator, read_indicators

__all__ = ["FIGURES", "Indicator", "figures", "read_indicators"]
