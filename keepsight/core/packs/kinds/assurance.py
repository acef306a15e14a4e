"""Rules of audits as data: how samples are drawn and how agreement is called (QAP-01, QAP-02, RAG-11)."""

from dataclasses import dataclass

from keepsight.core.packs.schema import Sourced, Table


@dataclass(frozen=True, kw_only=True)
class AgreementWord(Sourced):
    """What a value of kappa is called, from this on."""

    id: str
    least: float
    name: str


@dataclass(frozen=True, kw_only=True)
class AssuranceRules(Table):
    """Samples, second opinions, agreement."""

    least_in_stratum: int  # of each stratum, where it has so many
    second_share: float  # of a sample, for a second opinion. [0–1]
    second_least: int  # second opinions below which no kappa is given
    confidence_level: float  # of the intervals. [0–1]
    words: tuple[AgreementWord, ...]
