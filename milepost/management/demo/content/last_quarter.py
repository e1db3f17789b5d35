"""The second quarter of the year: closed and graded only a few weeks ago."""

from __future__ import annotations

from milepost.management.demo.story import (
    Changed,
    Ended,
    Fix,
    Initiative,
    KeyResult,
    Objective,
    Said,
    Serves,
    between,
    done_or_not,
    measured,
    milestones,
)

OBJECTIVES = (
    Objective(
        "second-batch",
        "We bake a second time instead of baking too much the first time",
        "bakehouse",
        "greet",
        about="A loaf baked at ten in the morning is sold. A loaf baked at ten in the evening is hoped for.",
        commitment="committed",
        sponsor="ruben",
        contributors=("olga", "yusuf"),
        serves=(Serves("nothing-in-the-bin", weight=2),),
        key_results=(
            KeyResult(
                "late-share",
                "Bread baked after six in the morning rises from 4 % to 20 %",
                measured("percent", 4, 20, "%"),
                "yusuf",
                value="4 5 5 7 9 11 12 12 14 15 17 18 19",
                sure="6 6 6 6 7 7 7 6 7 7 7 7 7",
                notes={
                    2: "Two ovens for the day shift, on Thursdays only, to try.",
                    4: "Every weekday now.",
                    8: "Stands still: the vans are out, so nobody can bring it to the shops.",
                    9: "The cargo bikes do it. Of course they do.",
                    13: "Nineteen. Close enough to see 20, not close enough to call it 20.",
                },
            ),
            KeyResult(
                "evening-left",
                "What is left in the shops at closing time falls from 410 kg to 250 kg a day",
                measured("decrease", 410, 250, "kg"),
                "olga",
                value="410 405 398 400 380 361 350 342 330 316 305 290 284",
                sure="6 6 6 5 6 7 7 7 7 7 7 6 6",
                notes={
                    4: "Up again. A school party cancelled 60 rolls at noon.",
                    6: "First week under 365. The second batch is small and honest.",
                    10: "Just 316 now. If we could stop baking baguettes after four we would be there.",
                    13: "284, which is four fifths of the way.",
                },
                fixed={7: Fix("346", "Canal Street weighed the crates too. Minus seven crates.", 2)},
            ),
            KeyResult(
                "night-end",
                "The night shift goes home by 05:30 on nine nights out of ten",
                measured("maintain_above_ratio", None, 90, "%"),
                "bram",
                about="One value a week: the share of nights that ended in time.",
                value="71 71 83 86 86 100 86 100 100 91 92 100 94",
                sure="4 4 5 5 6 6 6 7 7 7 8 8 8",
                notes={
                    1: "Five of seven.",
                    6: "Seven of seven, a first.",
                    7: "Oven 3 again. I have stopped being funny about it.",
                    13: "We made it in seven of thirteen weeks, and in six of the last six.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "day-ovens", "Run two ovens on the day shift", "yusuf", "done", "4mon", for_="late-share"
            ),
            Initiative(
                "bike-run",
                "Bring the ten o’clock batch by cargo bike",
                "tomas",
                "done",
                "9mon",
                for_="late-share",
            ),
        ),
        learned=(
            "The second batch was never an oven problem. It was a transport problem, and it was solved by "
            "two bikes that stood in the yard. Keep."
        ),
    ),
    Objective(
        "sourdough-starter",
        "The starter does not depend on one person’s nose",
        "bread",
        "wim",
        serves=(Serves("second-batch", how="supports"), Serves("worth-the-walk")),
        key_results=(
            KeyResult(
                "starter-acidity",
                "The starter’s acidity stays between pH 3.8 and 4.1",
                between("3.8", "4.1", "pH", tolerance="0.4"),
                "jana",
                value="4.3 4.3 4.2 4.2 4.1 4.2 4.1 4.0 4.0 4.1 4.0 3.9 4.0",
                sure="5 5 6 6 7 6 7 8 8 8 8 9 9",
                notes={
                    1: "Measured before each feeding, average of the week.",
                    6: "Warmer nights, quicker starter. We now feed by acidity and no longer by the clock.",
                    13: "Eight weeks in range. It is written down so that anybody can do it.",
                },
            ),
            KeyResult(
                "starter-people",
                "Five bakers can lead the starter alone, up from one",
                measured("count", 1, 5, "bakers"),
                "wim",
                value="1 1 1 2 2 2 2 3 3 3 3 3 3",
                sure="7 7 6 7 7 6 6 7 6 6 5 4 4",
                notes={
                    4: "Jana led it for a week while I sat on my hands.",
                    8: "Mateo is the third.",
                    12: "Aisha needs one more week, Sven has not begun. Three it is.",
                },
                changed=(
                    Changed("3fri", "wim", "Five, not six: Karim goes to the day shift.", {"target": 6}),
                ),
            ),
        ),
        initiatives=(Initiative("starter-book", "Write the starter book", "jana", "done", "10fri"),),
        talk=(
            Said("9mon", "greet", "Who takes it over when Wim is away for three weeks? I ask for a friend."),
            Said("9mon", "wim", "Jana. The friend can relax."),
        ),
        learned="Writing it down took two evenings. Believing that others can do it took ten weeks.",
    ),
    Objective(
        "butter-by-numbers",
        "Our layers hold, whoever folds them",
        "pastry",
        "celeste",
        serves=(Serves("worth-the-walk"),),
        key_results=(
            KeyResult(
                "fold-rejects",
                "Croissants that do not hold fall from 21 % to 14 %",
                measured("percent", 21, 14, "%"),
                "hugo",
                value="21 22 21 20 19 18 18 17 16 15 15 14 14",
                sure="6 5 6 6 6 7 7 7 7 8 8 9 9",
                notes={
                    2: "Butter too warm on two nights.",
                    5: "A thermometer on every bench. Not glamorous, works.",
                    12: "Fourteen. Now the next step is the laminator itself.",
                },
            ),
            KeyResult(
                "butter-temperature",
                "Butter goes into the dough between 13 and 15 °C",
                between(13, 15, "°C", tolerance=3),
                "mei",
                value="17 17 16 16 15 15 14 15 14 14 14 14 14",
                sure="5 6 6 7 8 8 9 9 9 9 9 9 9",
                notes={3: "The fridge by the door is the warm one.", 7: "Fourteen degrees on the dot."},
            ),
            KeyResult(
                "pastry-hands",
                "Six of seven can run the laminator",
                measured("count", 3, 6, "people"),
                "anouk",
                value="3 3 3 3 4 4 4 4 5 5 5 5 5",
                sure="7 7 7 6 7 7 6 6 7 7 6 6 5",
                notes={
                    5: "Stijn passed. He is the apprentice, by the way.",
                    13: "Five. Daan’s hand needs two more weeks to heal.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "bench-thermometers",
                "A thermometer on every bench",
                "mei",
                "done",
                "5tue",
                for_="butter-temperature",
            ),
        ),
        learned=(
            "Temperature explained more than skill did. We had been training hands when we should have "
            "been cooling butter."
        ),
    ),
    Objective(
        "come-back-once",
        "Whoever tries us once comes back within a month",
        "customers",
        "isolde",
        serves=(Serves("worth-the-walk", weight=2),),
        key_results=(
            KeyResult(
                "return-rate",
                "New customers who return within a month rise from 27 % to 40 %",
                measured("percent", 27, 40, "%"),
                "maud",
                data="Loyalty cards",
                value="27 27 28 28 29 30 30 31 32 32 33 34 34",
                sure="5 5 5 5 5 6 5 5 6 5 5 5 5",
                notes={
                    5: "First group with the second-loaf voucher.",
                    9: "The voucher works for rolls, hardly for bread.",
                    13: "34 %. The number lags by a month, so the best weeks are still to come.",
                },
            ),
            KeyResult(
                "preorders-start",
                "Pre-orders reach 300 a week",
                measured("reach", None, 300, "orders"),
                "finn",
                value="0 0 12 35 61 90 118 140 171 210 248 286 310",
                sure="6 6 5 6 6 7 7 7 8 8 8 9 10",
                notes={
                    3: "Opened for the regulars of two shops. Twelve brave ones.",
                    7: "People order the same thing every week. Let them save it.",
                    13: "310 and rising.",
                },
            ),
            KeyResult(
                "why-not",
                "We know why sixty people did not come back",
                measured("learning", None, 60, "talks"),
                "leila",
                value="0 4 9 15 15 22 30 36 41 44 49 53 57",
                sure="6 6 7 7 6 7 7 8 8 8 8 8 8",
                notes={
                    5: "Was ill. Nobody else wants to call strangers, I notice.",
                    8: "“The queue” comes first, far ahead of price.",
                    13: "57 talks. Queue 31, opening hours 12, price 6, taste 5, moved away 3.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "second-loaf", "A voucher for the second loaf", "maud", "done", "5mon", for_="return-rate"
            ),
            Initiative(
                "saved-orders",
                "Let people save their weekly order",
                "finn",
                "done",
                "9fri",
                for_="preorders-start",
            ),
        ),
        learned=(
            "They like the bread and hate the queue. The next objective writes itself: Shops take on the "
            "morning queue."
        ),
    ),
    Objective(
        "shops-talk",
        "What a shop learns on Monday, all shops know on Tuesday",
        "shops",
        "gijs",
        serves=(Serves("come-back-once", weight="0.5"),),
        key_results=(
            KeyResult(
                "tips-used",
                "Ideas from one shop that another has taken up: 20",
                measured("reach", None, 20, "ideas"),
                "kim",
                value="0 1 1 2 4 4 5 7 7 8 8 9 9",
                sure="6 6 5 5 6 5 5 6 5 4 4 3 3",
                notes={
                    5: "The chalk board with tomorrow’s loaf goes round.",
                    10: "We have run out of easy ones.",
                    13: "Nine, of which I would call four good.",
                },
            ),
            KeyResult(
                "tuesday-call",
                "The Tuesday call takes place with all seven shops",
                measured("per_period", None, 7, "shops"),
                "dewi",
                value="5 6 7 7 6 7 5 7 7 6 7 7 7",
                sure="7 7 8 8 8 8 7 8 8 8 8 8 8",
                notes={7: "Two shops had a delivery at the same time."},
            ),
        ),
        learned=(
            "Ideas travel with people, not with calls. Two colleagues who swapped shops for a week moved "
            "more than all the calls together."
        ),
    ),
    Objective(
        "new-driver-first-week",
        "A new driver makes no more mistakes than an old one",
        "deliveries",
        "dirk",
        about=(
            "Taken over from Cafés and Canteens: half of the wrong crates happen in a driver’s first two "
            "weeks."
        ),
        commitment="committed",
        sponsor="ruben",
        contributors=("koen",),
        serves=(Serves("a-trade-to-stay-in", weight="0.5"),),
        key_results=(
            KeyResult(
                "first-week-errors",
                "Wrong crates in a driver’s first two weeks fall from 18 to 6",
                measured("count", 18, 6, "crates"),
                "lotte",
                value="18 . 17 15 15 14 12 11 10 9 8 7 6",
                sure="6 . 6 7 6 7 7 7 8 8 8 9 10",
                notes={
                    3: "Two weeks as second driver before anyone goes alone.",
                    9: "Ten. Ines asks good questions, which helps everybody.",
                    13: "Six. The last one was mine.",
                },
                by={1: "harm"},
                changed=(
                    Changed(
                        "3mon",
                        "dirk",
                        "Harm hands over: he will leave us at the end of the quarter.",
                        {"owner": "harm"},
                    ),
                ),
            ),
            KeyResult(
                "round-photos",
                "Every stop has a photo of where the crates go",
                measured("percent", 5, 100, "%"),
                "milan",
                value="5 12 20 28 35 46 55 61 70 78 85 92 100",
                sure="7 7 7 7 7 8 8 8 8 8 9 9 10",
                notes={
                    6: "Some cafés send their own photo. One sent a cat.",
                    13: "All 140 doors, cat included.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "second-driver",
                "Two weeks as second driver before the first round alone",
                "dirk",
                "done",
                "3mon",
                for_="first-week-errors",
            ),
            Initiative("cat-photo", "Photos of all 140 doors", "milan", "done", "13fri", for_="round-photos"),
        ),
        learned=(
            "Two weeks of two people in one van looked expensive and saved more than it cost in credit "
            "notes. Keep for every new driver."
        ),
    ),
    Objective(
        "cafe-growth",
        "More cafés pour their coffee next to our bread",
        "cafes",
        "beatriz",
        serves=(Serves("come-back-once", how="supports"),),
        key_results=(
            KeyResult(
                "cafe-takings",
                "Takings from cafés grow from EUR 54,000 to EUR 70,000 a month",
                measured("currency", 54000, 70000, "EUR"),
                "beatriz",
                value="54000 54400 55100 55000 56200 57900 58000 58800 59600 60100 60900 61500 62000",
                sure="6 6 6 6 6 7 6 6 6 6 5 5 5",
                notes={
                    6: "Two hotels said yes in the same week.",
                    11: (
                        "We grow, not fast enough. The small ones cut their orders when the hotels come, "
                        "and I do not know why yet."
                    ),
                    13: "Half-way. And fourteen cafés order less than before, which worries me more.",
                },
            ),
            KeyResult(
                "cafe-trials",
                "Twelve cafés try us for a fortnight",
                measured("reach", None, 12, "cafés"),
                "ravi",
                value="0 1 2 2 3 3 4 5 5 6 7 7 8",
                sure="6 6 7 6 6 6 6 6 6 6 6 5 5",
                notes={
                    2: "The Blue Boat was first. Koen is nervous about the crates.",
                    13: "Eight, three of them through word of mouth.",
                },
            ),
        ),
        talk=(
            Said(
                "12wed",
                "koen",
                (
                    "I asked three of those who ordered less. All three said the same: the bread comes "
                    "too late for their first guests."
                ),
            ),
        ),
        learned=(
            "We opened new doors while the old ones were closing behind us. Before the next new café, the "
            "ones we have must get their bread in time."
        ),
    ),
    Objective(
        "cheap-heat",
        "We stop heating the yard",
        "engine-room",
        "joost",
        commitment="committed",
        sponsor="ruben",
        serves=(Serves("nothing-in-the-bin"),),
        key_results=(
            KeyResult(
                "door-losses",
                "Heat lost through oven doors falls by 30 % from 46 kWh an hour",
                measured("relative", 46, -30, "kWh"),
                "joost",
                value="46 46 44 44 41 40 40 38 36 35 34 33 32",
                sure="7 7 7 7 7 7 7 8 8 8 9 9 10",
                notes={
                    3: "Seals on oven 1.",
                    9: "Oven 3 has its new door at last. It closes with one finger.",
                    13: "32, that is minus thirty per cent and a bit.",
                },
            ),
            KeyResult(
                "heat-plan",
                "There is a plan for the waste heat that the board has approved",
                milestones("Measured for four weeks", "Three offers", ("Approved", 2)),
                "pavel",
                value="0/0/0 .3/0/0 .6/0/0 1/0/0 1/0/0 1/.3/0 1/.3/0 1/.7/0 1/1/0 1/1/0 1/1/0 1/1/1 1/1/1",
                sure="7 7 7 7 6 6 6 7 7 7 7 10 10",
                notes={
                    5: "The installers do not call back.",
                    9: "Three offers, one of them serious.",
                    12: (
                        "Approved, with one question about the noise. The installer is in no hurry, so we "
                        "shall have to be."
                    ),
                },
            ),
        ),
        learned=(
            "Measuring for four weeks before asking for offers halved the price of the first offer. Do "
            "that again."
        ),
    ),
    Objective(
        "first-hundred-days",
        "New colleagues know by day ten what is expected of them",
        "engine-room",
        "amina",
        serves=(Serves("a-trade-to-stay-in", weight=2),),
        contributors=("freya",),
        key_results=(
            KeyResult(
                "buddy-shifts",
                "New colleagues who work their first ten shifts with a buddy: from 20 % to 100 %",
                measured("percent", 20, 100, "%"),
                "freya",
                value="20 20 40 50 50 67 67 75 80 80 86 86 88",
                sure="6 6 7 7 6 7 7 7 7 7 7 6 6",
                notes={
                    3: "Two of five. Small numbers, so it jumps.",
                    9: "The shops do it without being asked now.",
                    13: "Stays at 88. One new baker began on a night when his buddy was ill.",
                },
            ),
            KeyResult(
                "day-ten-talk",
                "Each new colleague has had a talk on day ten",
                measured("percent", 0, 100, "%"),
                "amina",
                value="0 0 25 50 50 60 60 71 75 ? 82 85 90",
                sure="7 7 7 7 7 7 7 7 7 5 7 7 7",
                notes={10: "No data: the list was on a laptop that is being repaired.", 13: "Nine of ten."},
                override=(
                    "1.0",
                    (
                        "The tenth colleague began three days before the end; the talk took place on "
                        "time, after the cycle had closed."
                    ),
                ),
            ),
        ),
        initiatives=(
            Initiative(
                "buddy-bonus",
                "Pay the buddy for the extra work",
                "amina",
                "done",
                "4mon",
                for_="buddy-shifts",
            ),
        ),
        learned="Paying buddies EUR 15 a shift was the cheapest thing we did all year.",
    ),
    Objective(
        "will-they-eat-rye",
        "We know who would eat a rye bread that is not sour",
        "test-kitchen",
        "tariq",
        commitment="learning",
        serves=(Serves("butter-by-numbers", how="supports"),),
        key_results=(
            KeyResult(
                "rye-breakfasts",
                "Thirty breakfasts watched in thirty kitchens",
                measured("learning", None, 30, "breakfasts"),
                "priya",
                value="0 1 2 4 6 8 9 11 13 15 17 18 19",
                sure="7 7 7 7 7 7 7 7 6 6 5 5 5",
                notes={
                    3: "People are kind about letting you into their kitchen if you bring bread.",
                    9: "I can stop soon. I hear the same three stories.",
                    13: "Nineteen were enough.",
                },
            ),
            KeyResult(
                "rye-trials",
                "Six mild rye recipes tasted by twenty people each",
                measured("reach", None, 6, "recipes"),
                "jonas",
                value="0 0 1 1 2 2 3 3 4 4 5 5 5",
                sure="6 6 6 6 7 7 7 7 7 7 7 7 7",
                notes={
                    5: "Number two tastes of wet cardboard. Useful to know.",
                    11: "The potato one. That is it.",
                },
            ),
        ),
        learned=(
            "Families with small children, not the elderly, are the ones who want mild rye. We put the "
            "potato rye next to the children’s rolls instead of the dark loaves, and that is where it "
            "sells."
        ),
    ),
    Objective(
        "franchise",
        "A first Morrowmill outside the town",
        None,
        "hanneke",
        level="strategic",
        key_results=(
            KeyResult(
                "partner-talks",
                "Five serious talks with possible partners",
                measured("reach", None, 5, "talks"),
                "hanneke",
                value="0 1 1 2 2",
                sure="5 5 4 4 3",
                notes={4: "Nice people. They want our name and not our nights."},
            ),
            KeyResult(
                "franchise-model",
                "A model shows that a partner earns money from the second year",
                done_or_not(),
                "ruben",
                value="0 0 0 0 0",
                sure="5 5 5 4 3",
            ),
        ),
        talk=(
            Said("5thu", "ruben", "On paper it works with frozen dough only. Do we want that?"),
            Said("5fri", "hanneke", "No."),
        ),
        ended=Ended(
            "cancel", "6mon", "hanneke", "It would only work with frozen dough, and then it would not be us."
        ),
    ),
)
