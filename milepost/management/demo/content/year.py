"""What the whole company set out to reach within the year."""

from __future__ import annotations

from milepost.management.demo.story import (
    Changed,
    Fix,
    Initiative,
    KeyResult,
    Objective,
    Said,
    measured,
)

# Weeks are counted from the first day of the year; the running quarter begins in week 27.
OBJECTIVES = (
    Objective(
        "worth-the-walk",
        "Our bread is worth walking past two other bakeries",
        None,
        "hanneke",
        about=(
            "Anyone can sell bread. People cross town for bread they miss when they are away. If we are "
            "that bakery, price stops being the first thing they ask about."
        ),
        level="strategic",
        sponsor="hanneke",
        contributors=("greet", "celeste", "isolde"),
        drafted="-3tue",
        key_results=(
            KeyResult(
                "blind-taste",
                "In blind tastings our bread moves from 6.8 to 8.5 points",
                measured("score", "6.8", "8.5", "points"),
                "celeste",
                every=2,
                first=2,
                weekday="thu",
                about="Twelve neighbours who are not customers, six breads, no labels. Average of all marks.",
                data="Tasting sheets, kept by the Test Kitchen",
                value="6.8 6.8 6.9 7.0 7.0 6.9 7.1 7.2 7.3 7.3 7.4 7.5 7.5 7.6 7.7 7.7 7.8",
                sure="5 5 5 5 6 5 6 6 6 7 7 7 7 7 7 7 8",
                notes={
                    2: "First round. Humbling: we came fourth of six.",
                    8: "The rye gained most. Two tasters asked where they could buy it, which felt good.",
                    12: (
                        "Dropped back a little. The bread was a day old because the tasting was moved; we "
                        "should not do that again."
                    ),
                    18: "Second place for the first time. Only the farm bakery on the dyke is still ahead.",
                    26: "Crust marks are now the best in the field, crumb marks are average.",
                    30: "Level with the dyke bakery. The longer proof shows.",
                    34: "Clear first place on sourdough. Rolls still hold us back, 6.9.",
                },
            ),
            KeyResult(
                "weekly-households",
                "Households that buy from us every week grow from 5,200 to 7,500",
                measured("count", 5200, 7500, "households"),
                "isolde",
                every=2,
                first=2,
                weekday="mon",
                data="Loyalty cards and pre-orders, counted once per household",
                value="5200 5240 5310 5290 5350 5420 5480 5500 5570 5640 5700 5690 5780 5850 5900 5980 6050",
                sure="6 6 6 6 6 6 6 5 5 5 5 4 4 4 4 4 4",
                notes={
                    2: (
                        "Starting point agreed with Ruben. A household counts if it bought in three of "
                        "the last four weeks."
                    ),
                    8: "Roadworks in front of the Mill Lane shop. We can see them in the numbers.",
                    16: "Growth is steady and too slow. At this rate we end near 6,600.",
                    24: (
                        "Small dip after the price change on rolls. Nobody complained, some just stayed away."
                    ),
                    30: (
                        "Pre-orders bring in people who never stood in our queue. That is the part that "
                        "grows."
                    ),
                    34: "Still behind. The second-visit work of the shops is the best lever we have.",
                },
                talk=(
                    Said(
                        "16tue",
                        "hanneke",
                        (
                            "Would we still choose 7,500 today? I would, but I want to know what we would "
                            "stop doing for it."
                        ),
                    ),
                    Said(
                        "16wed",
                        "isolde",
                        "Keep it. It forces us to talk about the morning queue, and nobody likes that talk.",
                    ),
                ),
            ),
            KeyResult(
                "own-loaves",
                "Four loaves that nobody else in town bakes are on the shelf every day",
                measured("reach", None, 4, "loaves"),
                "greet",
                every=2,
                first=2,
                weekday="wed",
                value="0 0 0 1 1 1 1 1 2 2 2 2 2 2 3 3 3",
                sure="5 5 5 6 6 6 6 6 7 7 7 7 7 7 8 8 8",
                notes={
                    8: "The dark miller’s loaf is in all seven shops.",
                    18: "Barley and apple is number two. It sells out before ten on some days.",
                    30: "Potato rye joins. The fourth is in trials with Tariq.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "tasting-panel",
                "Keep a panel of twelve neighbours for blind tastings",
                "vera",
                "doing",
                for_="blind-taste",
            ),
            Initiative(
                "radio-spot",
                "Tell the story of the night shift on local radio",
                "maud",
                "dropped",
                "20fri",
                about="Dropped: too early, the rolls are not good enough yet.",
            ),
        ),
    ),
    Objective(
        "nothing-in-the-bin",
        "We bake what the town eats, and almost nothing ends up in the bin",
        None,
        "ruben",
        about=(
            "Every ninth loaf we bake is never sold. It was kneaded, proved, fired and driven for nothing. "
            "Half of that pays for the new ovens."
        ),
        commitment="committed",
        level="strategic",
        sponsor="hanneke",
        contributors=("greet", "olga", "joost"),
        drafted="-3wed",
        key_results=(
            KeyResult(
                "unsold",
                "Goods that are never sold fall from 11.8 % to 6 % of what we bake",
                measured("percent", "11.8", 6, "%"),
                "olga",
                weight=2,
                every=2,
                first=2,
                weekday="tue",
                data="Bakehouse plan minus till and delivery notes, by weight",
                value="11.8 11.6 11.7 11.2 10.9 10.8 10.9 10.3 10.0 9.8 9.9 9.5 9.2 9.1 8.8 8.6 8.4",
                sure="6 6 5 6 6 6 6 6 7 7 6 7 7 6 6 6 6",
                notes={
                    2: "Measured by weight from now on. By pieces we fooled ourselves with rolls.",
                    6: "A bad week at Station Square: the tram did not run and we had baked as if it did.",
                    16: "Smaller second batches are the reason. Keep going.",
                    22: "Pastry went up again while bread went down. Céleste knows.",
                    28: "Half a point a fortnight would do. We are doing a quarter.",
                    34: "Below 8.5 for the first time. Bread alone is at 6.9.",
                },
                changed=(
                    Changed(
                        "18thu",
                        "ruben",
                        "Re-weighted: this is the one that pays for the ovens, and it should show.",
                        {"weight": 1},
                    ),
                ),
            ),
            KeyResult(
                "gas-a-tonne",
                "Gas burnt for a tonne of dough falls by 20 % from 412 kWh",
                measured("relative", 412, -20, "kWh"),
                "joost",
                every=2,
                first=2,
                weekday="fri",
                data="Gas meter, read on Friday, over dough weighed",
                value="412 410 409 405 402 400 398 399 393 390 386 380 377 371 368 362 358",
                sure="5 5 5 5 6 6 6 6 6 6 7 7 7 7 8 8 8",
                notes={
                    8: "New door seals on ovens 1 and 2.",
                    16: "A cold week and half-empty ovens. The number is right, it just is not pretty.",
                    24: "Switching off between bakes is a habit now, at least on the early shift.",
                    34: (
                        "Down to 358. If the heat exchanger comes as promised we get there with two "
                        "months to spare."
                    ),
                },
            ),
            KeyResult(
                "leftovers-eaten",
                "What we could not sell is eaten by somebody: from 40 % to 95 %",
                measured("percent", 40, 95, "%"),
                "silke",
                source="contributors",
                about="Taken from the objectives that serve this key result, week by week.",
            ),
        ),
        initiatives=(
            Initiative(
                "weigh-the-bin",
                "Weigh the bins of all shops every evening",
                "olga",
                "done",
                "10fri",
                for_="unsold",
            ),
            Initiative(
                "heat-exchanger",
                "Fit a heat exchanger to the chimney of oven 3",
                "joost",
                "doing",
                "42fri",
                for_="gas-a-tonne",
            ),
        ),
        talk=(
            Said(
                "28mon",
                "pavel",
                (
                    "Flour went up four per cent. Every point of waste is worth a little more than when "
                    "we wrote this."
                ),
            ),
        ),
    ),
    Objective(
        "a-trade-to-stay-in",
        "Baking at Morrowmill is a trade people choose, and stay in",
        None,
        "amina",
        about=(
            "We lose people before they are good, and the ones who stay carry the nights of those who left. "
            "That ends this year."
        ),
        commitment="committed",
        level="strategic",
        sponsor="hanneke",
        contributors=("freya", "bram", "noor"),
        drafted="-3thu",
        key_results=(
            KeyResult(
                "first-year-leavers",
                "People who leave within their first year fall from 38 % to 15 %",
                measured("percent", 38, 15, "%"),
                "amina",
                every=2,
                first=2,
                weekday="wed",
                data="Payroll, rolling twelve months",
                value="38 38 37 36 36 35 33 33 31 30 29 27 26 26 25 23 22",
                sure="4 4 4 5 5 5 5 5 6 6 6 7 7 7 7 8 8",
                notes={
                    2: (
                        "38 % is not a typo. Every third colleague is gone before we know what they are "
                        "good at."
                    ),
                    14: "Nobody left this month. First time since I have been here.",
                    24: "Exit talks say the same thing: it was the roster, not the pay.",
                    34: "22 %. The buddy shifts keep working.",
                },
            ),
            KeyResult(
                "short-nights",
                "No fortnight has more than three nights that start short-handed",
                measured("maintain_below_ratio", None, 3, "nights"),
                "bram",
                every=2,
                first=2,
                weekday="mon",
                about=(
                    "Share of fortnights that were all right. A night is short-handed if a post is empty "
                    "at 22:00."
                ),
                value="5 4 4 3 3 2 4 3 2 4 3 5 2 1 2 3 2",
                sure="3 4 4 5 5 6 5 6 6 6 6 4 6 7 7 7 7",
                notes={
                    2: "Five. Two of them I stood at the mixer myself.",
                    14: "Flu in the Bread team.",
                    24: "Three people at one christening. My mistake, I approved all three.",
                    28: "One! And that one was a flat tyre.",
                },
                fixed={20: Fix("3", "I had counted the stocktaking night, which is not a baking night.", 3)},
            ),
            KeyResult(
                "apprentices",
                "Eight apprentices are learning the trade with us, up from one",
                measured("count", 1, 8, "apprentices"),
                "freya",
                every=2,
                first=2,
                weekday="thu",
                value="1 1 1 1 1 2 2 2 2 3 3 3 3 3 3 3 3",
                sure="6 6 5 5 5 5 5 4 4 5 4 4 4 3 3 3 2",
                notes={
                    2: "One apprentice: hello, Stijn.",
                    12: "Second contract signed, a former bus driver who is 34. Wonderful.",
                    20: "Third. The school sends us five to look around next week.",
                    24: "Of the five, two were interested and none wanted nights.",
                    30: (
                        "No movement. I think the target is right and our offer is not: nobody starts at "
                        "two in the morning at seventeen."
                    ),
                    34: "Asked Greet for two day-shift places. Without them I do not see how this moves.",
                },
                talk=(
                    Said(
                        "30thu",
                        "greet",
                        (
                            "I can give you one day-shift place from the pastry side. Two would leave the "
                            "laminator alone."
                        ),
                    ),
                    Said("31mon", "freya", "One is one more than none. Céleste and I will write it up."),
                ),
            ),
        ),
        initiatives=(
            Initiative(
                "open-night",
                "Invite school leavers for one night in the bakehouse",
                "freya",
                "done",
                "22fri",
                for_="apprentices",
            ),
            Initiative(
                "day-places",
                "Offer apprenticeships that begin on the day shift",
                "freya",
                "doing",
                "40fri",
                for_="apprentices",
            ),
            Initiative(
                "fewer-mondays",
                "Close the shops on Mondays",
                "amina",
                "dropped",
                about="Sounded kind, would have cost the regulars. Dropped after two shop meetings.",
            ),
        ),
    ),
)
