"""How the Annex A template and case systems write their codes (the words of ``formats/annex_a.yaml``)."""

ETHNICITY = {
    code: f"{letter}) {code}"
    for letter, code in zip(
        "abcdefghijklmnopqr",
        ("WBRI", "WIRI", "WIRT", "WOTH", "WROM", "MWBC", "MWBA", "MWAS", "MOTH",
         "AIND", "APKN", "ABAN", "AOTH", "BCRB", "BAFR", "BOTH", "CHNE", "OOTH"),
        strict=True,
    )
}  # fmt: skip
NOT_OBTAINED = {"fellshire": "s) NOBT", "fenborough": "t) NOBT"}  # the letter differs between templates
SEX = {"M": "a) Male", "F": "b) Female", "U": "c) Not stated/recorded", "I": "d) Neither"}
YES_NO = {True: "a) Yes", False: "b) No"}
SOURCE_CODES = {
    "individual": {"1A": 0.6, "1B": 0.2, "1C": 0.1, "1D": 0.1},
    "schools": {"2A": 1.0},
    "education": {"2B": 1.0},
    "health": {"3A": 0.2, "3B": 0.25, "3C": 0.1, "3D": 0.15, "3E": 0.2, "3F": 0.1},
    "housing": {"4": 1.0},
    "la": {"5A": 0.5, "5B": 0.3, "5C": 0.2},
    "police": {"6": 1.0},
    "legal": {"7": 1.0},
    "other": {"8": 1.0},
    "anonymous": {"9": 1.0},
}
SOURCE = {
    "1A": "a) 1A: Individual", "1B": "b) 1B: Individual", "1C": "c) 1C: Individual", "1D": "d) 1D: Individual",
    "2A": "e) 2A: Schools", "2B": "f) 2B: Education services", "3A": "g) 3A: Health services",
    "3B": "h) 3B: Health services", "3C": "i) 3C: Health services", "3D": "j) 3D: Health services",
    "3E": "k) 3E: Health services", "3F": "l) 3F: Health services", "4": "m) 4: Housing", "5A": "n) 5A: LA services",
    "5B": "o) 5B: LA services", "5C": "p) 5C: LA services", "6": "q) 6: Police", "7": "r) 7: Other legal agency",
    "8": "s) 8: Other", "9": "t) 9: Anonymous", "10": "u) 10: Unknown",
}  # fmt: skip
NEED = {
    "N1": "N1 - Abuse or neglect", "N2": "N2 - Child's disability or illness",
    "N3": "N3 - Parental disability or illness", "N4": "N4 - Family in acute stress", "N5": "N5 - Family dysfunction",
    "N6": "N6 - Socially unacceptable behaviour", "N7": "N7 - Low income", "N8": "N8 - Absent parenting",
    "N9": "N9 - Cases other than children in need", "N0": "N0 - Not stated",
}  # fmt: skip
CLOSURE = {
    "RC1": "RC1 - Adopted", "RC2": "RC2 - Died", "RC3": "RC3 - Child arrangements order",
    "RC4": "RC4 - Special guardianship order", "RC5": "RC5 - Transferred to another LA",
    "RC6": "RC6 - Transferred to adult social care",
    "RC7": "RC7 - Services ceased for any other reason, incl. no longer in need",
    "RC8": "RC8 - Closed after assessment, no further action",
}  # fmt: skip
STATUS = {
    "cla": "a) Looked after child", "cp": "b) Child Protection plan", "cin": "c) Child in need plan",
    "assessment": "d) Open assessment", "ended": "e) Closed episode",
}  # fmt: skip
ABUSE = {
    "NEG": "a) Neglect", "PHY": "b) Physical abuse", "SAB": "c) Sexual abuse", "EMO": "d) Emotional abuse",
    "MUL": "e) Multiple/not recommended",
}  # fmt: skip
LEGAL = {
    "C1": "C1: ICO", "C2": "C2: FCO", "E1": "E1: Placement order", "V2": "V2: Single period under S20",
    "L2": "L2: EPO", "J1": "J1: Remanded to LA or youth detention",
}  # fmt: skip
PERMANENCE = {
    "a": "a) Return to family", "b": "b) Adoption", "c": "c) SGO/CAO", "d": "d) Supported living in the community",
    "e": "e) Long-term residential placement", "f": "f) Long-term fostering", "g": "g) Other",
}  # fmt: skip
CEASED = {
    "E4A": "e) E4A: Returned to parents/relatives, planned", "E4B": "f) E4B: Returned to parents/relatives, unplanned",
    "E11": "a) E11: Adopted, unopposed", "E47": "k) E47: SGO: relative/friend, not former foster carer",
    "E5": "m) E5: Independent living, supported",
}  # fmt: skip
PLACEMENT = {
    "U1": "a) U1: Foster placement - relatives - long term", "U3": "c) U3: Foster placement - relatives - not FFA",
    "U4": "d) U4: Foster placement - long term", "U5": "e) U5: Foster placement - FFA",
    "U6": "f) U6: Foster placement - not FFA", "A5": "i) A5: Placed for adoption, placement order",
    "P1": "k) P1: With own parents", "H5": "n) H5: Semi-independent", "K2": "p) K2: Children's home",
    "R2": "r) R2: NHS/medical or nursing establishment", "S1": "u) S1: Residential school",
}  # fmt: skip
PROVIDER = {
    "PR0": "a) PR0 - Parents or other person with PR", "PR1": "b) PR1 - Own provision",
    "PR2": "c) PR2 - Other LA provision", "PR4": "e) PR4 - Private provision",
    "PR5": "f) PR5 - Voluntary/third sector",
}  # fmt: skip
ELIGIBILITY = {
    "RELEVANT": "a) Relevant child", "FORMER_RELEVANT": "b) Former relevant child",
    "QUALIFYING": "c) Qualifying care leaver", "ELIGIBLE": "d) Eligible child",
}  # fmt: skip
IN_TOUCH = {"YES": "a) Yes", "NO": "b) No", "REFU": "d) Refu", "RHOM": "f) Rhom"}
ACCOMMODATION = {
    "U": "U: Independent living", "D": "D: Semi-independent or transitional", "B": "B: With parents or relatives",
    "E": "E: Supported lodgings", "Z": "Z: With former foster carer", "T": "T: Foyer or similar",
    "S": "S: No fixed abode / homeless", "X": "X: In custody", "C": "C: Community home / residential care",
}  # fmt: skip
ACTIVITY = {
    "F2": "F2: Full time in education other than higher", "F1": "F1: Full time in higher education",
    "F5": "F5: Full time in training or employment", "P5": "P5: Part time in training or employment",
    "G5": "G5: Not in education, employment or training - other",
    "G4": "G4: Not in education, employment or training - illness or disability",
    "G6": "G6: Not in education, employment or training - pregnancy or parenting",
}  # fmt: skip
ALERT = {
    "address_confidential": "Address confidential", "visit_in_pairs": "Visit in pairs", "dog": "Dog at address",
    "violence": "Risk of violence", "shielding": "Shielding", "domestic_abuse": "Domestic abuse",
    "domestic_abuse_past": "Domestic abuse past", "marac": "MARAC", "young_carer": "Young carer",
    "exploitation": "Exploitation", "self_harm": "Self-harm", "self_harm_hospital": "Self-harm, hospital",
    "agency_withdrew": "Agency withdrew", "respite_stopped": "Respite stopped", "network_plan": "Network plan",
    "trusted_adult": "Trusted adult", "isolated": "Isolated", "insecure_housing": "Insecure housing",
    "homeless": "Homeless", "bereavement": "Bereavement", "income_loss": "Income loss",
    "crisis_request": "Crisis request", "placement_breakdown_risk": "Placement breakdown risk",
    "cannot_tell": "Cannot tell", "visit_refused": "Visit refused", "interpreter": "Interpreter needed",
    "plo": "Pre-proceedings", "private_fostering": "Private fostering", "engages_by_video": "Engages by video",
}  # fmt: skip
RISK_ASSESSMENT = {
    "safer_at_setting": "Safer at setting", "as_safe_at_setting": "As safe at setting",
    "safer_at_home": "Safer at home", "not_done": "Not done",
}  # fmt: skip
