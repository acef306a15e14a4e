"""
The evidence binder: claim → evidence → document, and what is broken in between (QAP-06).

Claims and evidence are entries of two registers. A claim is proved by evidence entries that name it
or are linked to it; evidence leads to a document: an attached file, a web address, or a named paper.
"""

import io
import json
import zipfile
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from django.template.loader import render_to_string

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.registers import attachments
from keepsight.apps.registers.models import Attachment, Entry, Register
from keepsight.apps.registers.permissions import entries_visible_to

CLAIM, EVIDENCE = "claim", "evidence"  # registers
GONE = ("withdrawn", "refused")  # states that count no more
OLD_AFTER_DAYS = 365


@dataclass
class Proof:
    """One piece of evidence for a claim."""

    entry: Entry
    files: list[Attachment]
    document: str
    troubles: list[str] = field(default_factory=list)


@dataclass
class Claim:
    """A claim with its proofs."""

    entry: Entry
    proofs: list[Proof]

    @property
    def troubles(self) -> list[str]:
        """Everything that keeps the claim from being proved."""
        if not self.proofs:
            return ["No evidence names this claim."]
        return [said for proof in self.proofs for said in proof.troubles]

    @property
    def is_proved(self) -> bool:
        """Whether one piece of evidence at least leads to its document."""
        return any(not proof.troubles for proof in self.proofs)


def binder(grants: Grants, authority_id: int, *, on: date) -> list[Claim]:
    """Every claim that a person may read, with its evidence, and what is broken. Five queries."""
    claims = _entries(grants, authority_id, CLAIM)
    evidence = _entries(grants, authority_id, EVIDENCE)
    files: dict[int, list[Attachment]] = {}
    for each in Attachment.objects.filter(entry__in=[e.pk for e in evidence], taken_away_at=None).order_by("pk"):
        files.setdefault(each.entry_id, []).append(each)
    proofs: dict[int, list[Proof]] = {}
    for each in evidence:
        proof = Proof(each, files.get(each.pk, []), str(each.values.get("document", "")))
        proof.troubles = _troubles(proof, on)
        for claim in _claims_of(each):
            proofs.setdefault(claim, []).append(proof)
    return [Claim(each, proofs.get(each.pk, [])) for each in claims]


def _entries(grants: Grants, authority_id: int, key: str) -> list[Entry]:
    register = Register.objects.select_related("current").filter(authority_id=authority_id, key=key).first()
    if register is None or register.current is None:
        return []
    seen = entries_visible_to(grants, register).exclude(state__in=GONE).order_by("number")
    return list(seen.select_related("register").prefetch_related("links", "linked_from")[:2000])


def _claims_of(evidence: Entry) -> set[int]:
    named = {int(evidence.values["claim"])} if evidence.values.get("claim") else set()
    linked = {link.other_id for link in evidence.links.all() if link.other_id}
    back = {link.entry_id for link in evidence.linked_from.all()}
    return named | linked | back


def _troubles(proof: Proof, on: date) -> list[str]:
    said, entry = [], proof.entry
    label = f"{entry.title}"
    if not proof.files and not proof.document:
        said.append(f"{label}: leads to no document. Attach the file, or say where it is.")
    for each in proof.files:
        try:
            attachments.read(each.stored_as).close()
        except (OSError, ValueError):
            said.append(f"{label}: the file {each.name} is not where it was stored. Attach it again.")
    parts = urlsplit(proof.document)
    if parts.scheme and not parts.netloc:
        said.append(f"{label}: the address cannot be opened as it is written.")
    if entry.state == "broken":
        said.append(f"{label}: was found broken{_because(entry)}.")
    if entry.values.get("names") is True and entry.values.get("cleared") is not True:
        said.append(f"{label}: names people, and the names are not taken out yet.")
    last = entry.values.get("to_on") or entry.values.get("from_on")
    if last and (on - date.fromisoformat(last)).days > OLD_AFTER_DAYS:
        said.append(f"{label}: is more than a year old.")
    return said


def _because(entry: Entry) -> str:
    return f" ({entry.values['found_broken']})" if entry.values.get("found_broken") else ""


def bundle(claims: list[Claim], *, title: str, made: str) -> bytes:
    """
    The binder as a zip: one page that opens anywhere, the documents, and a list of what is in it.

    Evidence that names people and was not cleared stays out; the page says so.
    """
    held = io.BytesIO()
    contents = []
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for claim in claims:
            for proof in claim.proofs:
                if proof.entry.values.get("names") is True and proof.entry.values.get("cleared") is not True:
                    continue
                for each in proof.files:
                    place = f"documents/{proof.entry.number:04}-{each.pk}-{attachments.clean_name(each.name)}"
                    try:
                        with attachments.read(each.stored_as) as stream:
                            archive.writestr(place, stream.read())
                    except (OSError, ValueError):
                        continue  # the page names it as broken
                    contents.append({"evidence": proof.entry.number, "file": place, "sha256": each.sha256})
        page = render_to_string(
            "assurance/binder_page.html", {"claims": claims, "title": title, "made": made, "files": contents}
        )
        archive.writestr("index.html", page)
        archive.writestr("contents.json", json.dumps(contents, indent=2))
    return held.getvalue()
