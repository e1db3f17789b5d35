"""The words of which seeded titles and notes are made."""

PLACES = (
    "Aarhus", "Bergen", "Bilbao", "Bologna", "Bremen", "Brno", "Cork", "Dijon", "Gdańsk", "Ghent", "Graz",
    "Groningen", "Kaunas", "Košice", "Leeds", "Liège", "Linz", "Malmö", "Nantes", "Ostrava", "Porto", "Pécs",
    "Rijeka", "Split", "Tampere", "Tartu", "Trento", "Turku", "Utrecht", "Varna",
)  # fmt: skip
WHO = (
    "New customers", "Returning customers", "Partners", "Suppliers", "Our drivers", "Support callers",
    "Visitors", "Field crews", "Store teams", "Account holders", "Tenants", "Patients", "Students",
    "First-time buyers", "Night-shift crews", "Small businesses",
)  # fmt: skip
WHAT = (
    "get what they came for at the first try", "trust what we tell them", "stay because it is worth it",
    "find help before they ask for it", "recommend us to a friend", "never wait without knowing why",
    "start without anyone’s help", "see what it costs before they pay", "come back within the month",
    "finish what they began", "feel safe with us", "notice that it has become easier",
)  # fmt: skip
PURPOSES = (
    "Keeps the promise we make at the door.", "Makes the ordinary day easy.",
    "Finds out early, so that others can act.", "Carries what everyone else stands on.",
)  # fmt: skip
FIRST = (
    "Ada", "Bo", "Carla", "Dev", "Edda", "Filip", "Gita", "Hana", "Ivo", "Jun", "Kaja", "Leo", "Mira", "Nils",
    "Ona", "Per", "Quim", "Rut", "Sami", "Tess", "Uma", "Vito", "Wen", "Xenia", "Yara", "Zeno",
)  # fmt: skip
LAST = (
    "Almqvist", "Berger", "Castro", "Dvořák", "Eriksen", "Fontaine", "Goossens", "Horvat", "Ilves", "Jansen",
    "Kowalska", "Lehtonen", "Moreau", "Novák", "Olsen", "Pereira", "Quist", "Rossi", "Sørensen", "Tamm",
    "Urban", "Vidal", "Weiss", "Ylönen", "Zupan",
)  # fmt: skip
NOTES = (
    "As planned.", "Slower than we thought; the supplier answers late.", "The new form helps.",
    "Two people were ill.", "A good week.", "One large customer makes half of the change.",
    "No change, and we know why.", "Counted by hand this time.", "Better than it looks.",
    "The trial ended on Thursday.", "Waiting for a decision.", "Training is done, now it should move.",
    "A step back, expected.", "We stopped what did not work.", "First effect of last month’s work.",
    "The number includes returns from now on.",
)  # fmt: skip
