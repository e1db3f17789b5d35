"""Who works at Morrowmill, and where."""

from __future__ import annotations

from milepost.core.plan import WorkspacePlan
from milepost.management.demo.story import Team

WORKSPACE = WorkspacePlan(
    id="morrowmill",
    name="Morrowmill",
    time_zone="Europe/Amsterdam",
    mission="We bake overnight so that a whole town can start its day with good bread.",
    vision="A town where nobody buys bread from a factory any more, and nobody wants to.",
)
MAIL = "morrowmill.example"

# (label, person): what the five ways of looking at the demo are called, and who they are.
PERSONAS: list[tuple[str, str]] = [
    ("Executive", "hanneke"),
    ("Lead", "gijs"),
    ("Owner", "roos"),
    ("Coach", "noor"),
    ("Guest", "otto"),
]

ROLES = {"hanneke": "owner", "ruben": "admin", "noor": "admin", "otto": "guest"}

# The ones who have left, and when: week and weekday of the running quarter.
LEFT = {"harm": "0sat"}

NAMES = {
    # Engine Room
    "hanneke": "Hanneke Oosterling",
    "ruben": "Ruben Tesselaar",
    "amina": "Amina Belhadj",
    "joost": "Joost Kamphuis",
    "silke": "Silke Brandt",
    "noor": "Noor El Amrani",
    "pavel": "Pavel Novotny",
    "freya": "Freya Lindqvist",
    # Deliveries
    "dirk": "Dirk Hoogland",
    "lotte": "Lotte Veenstra",
    "kwame": "Kwame Asante",
    "emre": "Emre Yildiz",
    "sanne": "Sanne Bol",
    "tomas": "Tomáš Krejci",
    "milan": "Milan Petrovic",
    "ines": "Inês Carvalho",
    "harm": "Harm Dijkema",
    # Bakehouse
    "greet": "Greet Maassen",
    "bram": "Bram Dekker",
    "yusuf": "Yusuf Demir",
    "olga": "Olga Sidorenko",
    "fenna": "Fenna de Wit",
    # Bread
    "wim": "Wim Zandstra",
    "jana": "Jana Kovářová",
    "mateo": "Mateo Ruiz",
    "aisha": "Aisha Diallo",
    "sven": "Sven Holmgren",
    "nina": "Nina Brouwers",
    "karim": "Karim Haddad",
    "elif": "Elif Kaya",
    "piotr": "Piotr Zieliński",
    "luuk": "Luuk Postma",
    # Pastry
    "celeste": "Céleste Morel",
    "hugo": "Hugo Lambert",
    "daan": "Daan Visser",
    "mei": "Mei Tan",
    "rosa": "Rosa Giordano",
    "anouk": "Anouk Peeters",
    "stijn": "Stijn Claes",
    # Test Kitchen
    "tariq": "Tariq Mansour",
    "vera": "Vera Lindhout",
    "jonas": "Jonas Weber",
    "priya": "Priya Nair",
    # Customers
    "isolde": "Isolde Kramer",
    "maud": "Maud Jansen",
    "finn": "Finn Østergaard",
    "leila": "Leila Farahani",
    # Shops
    "gijs": "Gijs Wouters",
    "thea": "Thea Bakker",
    "roos": "Roos Meijer",
    "omar": "Omar Saleh",
    "kim": "Kim Nguyen",
    "bas": "Bas Schouten",
    "irena": "Irena Popova",
    "jelle": "Jelle Hofstra",
    "dewi": "Dewi Santoso",
    "marta": "Marta Nowak",
    # Cafés and Canteens
    "beatriz": "Beatriz Santos",
    "koen": "Koen Martens",
    "sofie": "Sofie Aerts",
    "ravi": "Ravi Menon",
    "ellen": "Ellen Groot",
    # The bank's adviser, who is let in to look
    "otto": "Otto Reinders",
}

TEAMS = (
    Team(
        "bakehouse", "Bakehouse", None,
        "One building, four ovens, every night: everything that leaves warm leaves from here.",
        ("greet",), ("bram", "yusuf", "olga", "fenna"),
    ),
    Team(
        "bread", "Bread", "bakehouse",
        "Sourdough, rye and rolls, from the starter to the rack.",
        ("wim",), ("jana", "mateo", "aisha", "sven", "nina", "karim", "elif", "piotr", "luuk"),
    ),
    Team(
        "pastry", "Pastry", "bakehouse",
        "Butter, layers and patience.",
        ("celeste",), ("hugo", "daan", "mei", "rosa", "anouk", "stijn"),
    ),
    Team(
        "test-kitchen", "Test Kitchen", "pastry",
        "Finds out what we do not know yet, in small batches, before it costs us a night.",
        ("tariq",), ("vera", "jonas", "priya"),
    ),
    Team(
        "customers", "Customers", None,
        "Everyone who buys from us, wherever they stand when they do.",
        ("isolde",), ("maud", "finn", "leila"),
    ),
    Team(
        "shops", "Shops", "customers",
        "Seven counters, seven neighbourhoods, one idea of a good morning.",
        ("gijs",), ("thea", "roos", "omar", "kim", "bas", "irena", "jelle", "dewi", "marta"),
    ),
    Team(
        "cafes", "Cafés and Canteens", "customers",
        "Those who serve our bread to others.",
        ("beatriz",), ("koen", "sofie", "ravi", "ellen"),
    ),
    Team(
        "engine-room", "Engine Room", None,
        "People, money, machines and flour: what a bakery needs before it can bake.",
        ("ruben",), ("hanneke", "amina", "joost", "silke", "noor", "pavel", "freya"),
    ),
    Team(
        "deliveries", "Deliveries", "engine-room",
        "Five vans, two cargo bikes, 140 doors before breakfast.",
        ("dirk",), ("lotte", "kwame", "emre", "sanne", "tomas", "milan", "ines", "harm"),
    ),
)  # fmt: skip

# Memberships that changed: (team, person) → from and until, in weeks of the running quarter.
MOVED = {
    ("test-kitchen", "priya"): ("-12mon", None),
    ("pastry", "priya"): (None, "-12mon"),
    ("deliveries", "harm"): (None, "0sat"),
    ("deliveries", "ines"): ("-5mon", None),
    ("shops", "dewi"): ("2mon", None),
    ("bread", "luuk"): ("-1mon", None),
}
