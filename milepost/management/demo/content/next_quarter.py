"""What people are already writing down for the quarter to come; weeks before it begins count backwards."""

from __future__ import annotations

from milepost.management.demo.story import (
    Ended,
    KeyResult,
    Objective,
    Said,
    Serves,
    measured,
)

OBJECTIVES = (
    Objective(
        "station-morning",
        "The station’s morning rush leaves people smiling",
        "shops",
        "roos",
        about="The last queue that is left. A shop of its own kind needs an answer of its own.",
        commitment="committed",
        sponsor="isolde",
        drafted="-5mon",
        reached="in_review",
        serves=(Serves("glad-to-return"),),
        key_results=(
            KeyResult(
                "station-wait",
                "At 07:45 people at the station wait 2 minutes instead of 6",
                measured("duration", 6, 2, "min"),
                "roos",
                state="draft",
            ),
            KeyResult(
                "station-baskets",
                "Shopping baskets at the station rise from 410 to 560 a morning",
                measured("count", 410, 560, "baskets"),
                "irena",
                state="draft",
            ),
        ),
        talk=(Said("-5tue", "gijs", "I like it. Is 560 what the shelf can hold, or what you would like?"),),
    ),
    Objective(
        "saturday-people",
        "Saturdays are shifts that people ask for",
        "engine-room",
        "freya",
        drafted="-5tue",
        reached="draft",
        serves=(Serves("a-trade-to-stay-in"),),
        key_results=(
            KeyResult(
                "saturday-asked",
                "Saturday shifts that somebody asked for rise from 30 % to 70 %",
                measured("percent", 30, 70, "%"),
                "freya",
                state="draft",
            ),
        ),
    ),
    Objective(
        "rolls-too",
        "Our rolls win the tasting that our sourdough has already won",
        "bread",
        "jana",
        drafted="-6thu",
        reached="draft",
        serves=(Serves("worth-the-walk"),),
        key_results=(
            KeyResult(
                "roll-marks",
                "Rolls go from 6.9 to 8 points in blind tastings",
                measured("score", "6.9", 8, "points"),
                "jana",
                state="draft",
            ),
            KeyResult(
                "roll-morning",
                "A roll is still crisp four hours after the bake",
                measured("duration", 2, 4, "h"),
                "mateo",
                state="draft",
            ),
        ),
        talk=(Said("-6fri", "celeste", "Two of us from Pastry would like to fold along, literally."),),
    ),
    Objective(
        "second-bakehouse",
        "A second bakehouse on the other side of the river",
        "bakehouse",
        "greet",
        drafted="-8wed",
        reached="draft",
        ended=Ended(
            "park",
            "-6mon",
            "greet",
            "Not next quarter: the ovens we have are not full in the afternoon. It stays on the list.",
        ),
        key_results=(
            KeyResult(
                "second-site",
                "Three possible sites with a price",
                measured("reach", None, 3, "sites"),
                "greet",
                state="draft",
            ),
        ),
    ),
)
