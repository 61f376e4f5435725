"""Make small address books, and the same in plain dictionaries to compare with."""

from collections import defaultdict

from gis.lookup.addresses import ParsedAddress
from gis.lookup.book import AddressBook
from gis.lookup.book_rows import BookRow, Grids, Home, label_order


def home(home_id, *, compound="", building="", micro="m1", stairwells=(), split=None):
    """Return a home; `split` maps stairwells to micro-grids."""
    split = {s: Grids("c", "c1", code) for s, code in (split or {}).items()}
    return Home(
        home_id=home_id,
        name="",
        compound=compound,
        standard=ParsedAddress(compound=compound, building=building),
        stairwells=tuple(stairwells) or tuple(split),
        grids=tuple(sorted({*split.values()} or {Grids("c", "c1", micro)})),
        split=split,
        atom_of={s: f"{home_id}/{s}" for s in split} or {"": home_id},
    )


def book_of_names(names):
    """Build a book of one building a name."""
    entries = []
    for at, name in enumerate(names):
        entries += [home(f"H{at}"), BookRow(name, "compound", "1", f"H{at}")]
    return AddressBook.build(None, entries)


class PlainBook:
    """What a book is to find, by looking at everything."""

    def __init__(self, entries):
        self.homes = {e.home_id: e for e in entries if isinstance(e, Home)}
        rows = [e for e in entries if isinstance(e, BookRow)]
        self.own = defaultdict(lambda: defaultdict(set))
        other, of = defaultdict(lambda: defaultdict(set)), defaultdict(set)
        self.rooms = defaultdict(set)
        for row in rows:
            if row.of:
                of[row.place].add(row.of)
            if row.home_id not in self.homes:
                continue
            if row.room:
                self.rooms[row.home_id, row.room].add(row.stairwell)
            if row.place:
                places = other if row.kind == "alias" else self.own
                places[row.place][row.label].add(row.home_id)
        self.places = {name: dict(labels) for name, labels in self.own.items()}
        self.of = {}
        for name, targets in of.items():
            (target, *more) = sorted(targets)
            if not more and target in self.own and name not in self.own:
                self.places[name] = {label: set(ids) for label, ids in self.own[target].items()}
                self.of[name] = target
        for name, labels in other.items():
            for label, ids in labels.items():
                self.places.setdefault(name, {}).setdefault(label, set()).update(ids)

    def labels(self, name):
        return tuple(sorted(self.places[name], key=label_order))

    def homes_in(self, name):
        ids = (i for label in self.labels(name) for i in sorted(self.places[name][label]))
        return tuple(dict.fromkeys(ids))

    def numbers(self, road):
        return tuple(sorted((p for p in self.places if p.startswith(f"{road}|")), key=label_order))

    def roads(self):
        return {place.partition("|")[0] for place in self.places if "|" in place}
