"""Returns to the Department as data, ``waves/<id>.toml`` of a pack: what each line counts (QAP-04)."""

from dataclasses import dataclass

from keepsight.core.packs.kinds.briefing import IndicatorRule
from keepsight.core.packs.schema import Table


@dataclass(frozen=True, kw_only=True)
class WaveRule(Table):
    """A return that is sent again and again. Its lines are counted as indicators are, from one snapshot."""

    title: str
    words: str
    every_weeks: int
    sent_to: str
    lines: tuple[IndicatorRule, ...]
