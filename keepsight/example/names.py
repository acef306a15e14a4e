"""
Names that are visibly invented: no one in the example bears a name that could be anybody's.

Surnames and places are put together from two halves, so that lists stay short and any number of
settlements can be named.
"""

import itertools

SURNAME_STARTS = (
    "Fell", "Quill", "Tarn", "Moss", "Wisp", "Larch", "Dapple", "Gloam", "Ember", "Thistle", "Otter", "Plover",
    "Hazel", "Rook", "Sedge", "Heron", "Bracken", "Cobble", "Drizzle", "Finch", "Juniper", "Lapwing", "Nettle",
    "Pumice", "Saffron", "Teasel", "Umber", "Velvet",
)  # fmt: skip
SURNAME_ENDS = (
    "wether", "brook", "whistle", "feather", "button", "lantern", "pocket", "kettle", "bramble", "thimble", "puddle",
    "wick", "marrow", "candle", "barrow", "ripple", "tangle", "bellows", "pebble", "mitten", "saddle", "bonnet",
)  # fmt: skip
SURNAMES = tuple(start + end for start, end in itertools.product(SURNAME_STARTS, SURNAME_ENDS))

GIRLS = (
    "Aveline", "Bryonetta", "Corisande", "Dellina", "Elowyn", "Fenna", "Gildra", "Hesper", "Isolda", "Jorunn",
    "Kestra", "Lunetta", "Marisol", "Nerys", "Ottoline", "Perdita", "Quenby", "Rosalba", "Sunniva", "Tamsel",
    "Undine", "Vesper", "Wrenna", "Ysolde", "Zephyrine", "Amarisa", "Bluma", "Cosima", "Drusila", "Emberly",
    "Farida", "Ginevra", "Halima", "Idony", "Jaswinda", "Kalinka", "Lark", "Mirabel", "Noorina", "Oriel",
)  # fmt: skip
BOYS = (
    "Alarick", "Barnaby", "Corwin", "Dunstan", "Eskil", "Fenwick", "Gawain", "Hobart", "Ivo", "Jago",
    "Kenelm", "Linus", "Merrick", "Ninian", "Osric", "Peregrine", "Quillan", "Roscoe", "Sorley", "Tobiah",
    "Ulric", "Valo", "Wystan", "Xander", "Yorick", "Zebedee", "Ambrose", "Bram", "Caspian", "Dorian",
    "Emrys", "Faisal", "Gulliver", "Hamza", "Ignatz", "Jaspal", "Kasimir", "Lorcan", "Milosz", "Nazim",
)  # fmt: skip
FORENAMES = (*GIRLS, *BOYS)

PLACE_STARTS = (
    "Quill", "Wisp", "Brindle", "Gloam", "Dapple", "Ember", "Fable", "Mossel", "Tarrow", "Ombre", "Larker", "Pumice",
    "Sorrel", "Umber", "Velver", "Drizzle", "Cobbler", "Plover", "Teasel", "Marrow", "Thimble", "Lantern", "Kettle",
    "Whistle", "Feather", "Pebble", "Bramble", "Puddle", "Ripple", "Tangle", "Saddler", "Candle", "Bellow", "Mitten",
    "Button", "Pocket", "Bonnet", "Nettle", "Otter", "Lapper",
)  # fmt: skip
FELL_ENDS = (
    "thwaite", "garth", "rigg", "mere", "dale", "holme", "by", "beck", "fell", "side", "tarn", "scale", "gill",
    "water", "ness", "wath", "crook", "bank", "how", "keld",
)  # fmt: skip
FEN_ENDS = (
    "ford", "ea", "lode", "drove", "wick", "bridge", "marsh", "gate", "field", "ley", "staithe", "bourne", "end",
    "cross", "quay", "meads", "town", "park", "sluice", "reach",
)  # fmt: skip
PLACE_BEFORE = ("", "Great ", "Little ", "High ", "Low ", "Nether ", "Upper ", "Far ", "New ", "Old ")

STREETS = (
    "Whistling Lane", "Candle Street", "Sedge Row", "Old Kettle Road", "Pebble Close", "Thimble Way", "Mitten Terrace",
    "Lantern Hill", "Otter Bank", "Drizzle Lane", "Button Court", "Plover Drive", "Ripple Road", "Bonnet Street",
    "Marrow Lane", "Feather Gardens", "Cobble Square", "Gloaming Avenue", "Tangle Wood Road", "Puddle Mews",
    "Saddle Green", "Bracken Rise", "Heron Walk", "Umber Crescent", "Quill Place", "Teasel Grove",
)  # fmt: skip
SAINTS = ("St Quillan's", "St Wisp's", "St Embra's", "St Zoë's", "St Ottoline's", "St Drusila's", "All Lanterns")
TREES = (
    "Larchgrove",
    "Hazelwick",
    "Sedgebank",
    "Rookholt",
    "Juniper Rise",
    "Brackenfold",
    "Plover Lodge",
    "Heronsgate",
)


def settlements(ends: tuple[str, ...], n: int) -> list[str]:
    """Give ``n`` names of places, all different, in an order that mixes both halves."""
    names: list[str] = []
    for before in PLACE_BEFORE:
        for turn in range(len(ends)):
            for at, start in enumerate(PLACE_STARTS):
                names.append(before + start + ends[(at * 7 + turn) % len(ends)])
        if len(names) >= n:
            break
    return names[:n]


def full_names(start: int, n: int) -> list[str]:
    """Give ``n`` names of workers, all different, for up to 49,280 workers."""
    return [
        f"{FORENAMES[at % len(FORENAMES)]} {SURNAMES[(at * 39 + at // len(FORENAMES)) % len(SURNAMES)]}"
        for at in range(start, start + n)
    ]
