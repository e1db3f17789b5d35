"""What the Engine Room and Deliveries work on this quarter."""

from __future__ import annotations

from milepost.management.demo.story import (
    Changed,
    Fix,
    Initiative,
    KeyResult,
    Objective,
    Said,
    Serves,
    done_or_not,
    measured,
    milestones,
)

OBJECTIVES = (
    Objective(
        "hundred-days",
        "After a hundred days new colleagues still want to be here",
        "engine-room",
        "amina",
        about=(
            "The first ten shifts go well now. It is the tenth week, when the buddy is gone, in which we "
            "lose people."
        ),
        commitment="committed",
        sponsor="hanneke",
        contributors=("freya", "noor"),
        serves=(Serves("a-trade-to-stay-in", weight=2),),
        key_results=(
            KeyResult(
                "still-here",
                "Newcomers who are still here after a hundred days rise from 61 % to 85 %",
                measured("percent", 61, 85, "%"),
                "amina",
                data="Payroll",
                value="61 61 64 66 66 70 73 76 78",
                sure="6 6 6 6 6 7 7 8 8",
                notes={
                    3: "The group that had buddies from day one reaches its hundredth day. It shows.",
                    5: "One left for the sea. That does not count against anybody.",
                    8: "76 %. The conversation in week ten is worth every minute.",
                },
            ),
            KeyResult(
                "open-shifts",
                "An open shift is filled within 4 hours instead of 20",
                measured("duration", 20, 4, "h"),
                "freya",
                value="20 19 18 16 15 15 14 13 13",
                sure="7 7 6 6 6 5 5 5 4",
                notes={
                    2: "The group chat beats the phone list.",
                    5: "Nights are filled in three hours, Saturdays in thirty.",
                    7: "I need something for Saturdays. Money alone has not done it.",
                },
            ),
            KeyResult(
                "week-ten-talk",
                "Week-ten talks take place in the week in which they are due",
                measured("maintain_above_ratio", None, 80, "%"),
                "noor",
                about="One value a week: the share of talks that took place on time.",
                value="50 100 80 75 100 100 67 100 80",
                sure="6 7 7 7 7 8 7 8 8",
                notes={4: "One was moved twice, because of me.", 7: "Two of three. The third is on Monday."},
            ),
        ),
        initiatives=(
            Initiative(
                "week-ten",
                "A talk in week ten, led by someone from another team",
                "noor",
                "doing",
                "13fri",
                for_="still-here",
            ),
            Initiative(
                "saturday-pool",
                "A pool of people who like Saturdays",
                "freya",
                "planned",
                "11fri",
                for_="open-shifts",
            ),
            Initiative(
                "shift-chat", "One group chat for open shifts", "freya", "done", "2mon", for_="open-shifts"
            ),
        ),
    ),
    Objective(
        "less-gas",
        "We need less gas for every loaf",
        "engine-room",
        "joost",
        commitment="committed",
        sponsor="ruben",
        contributors=("pavel", "yusuf"),
        serves=(Serves("nothing-in-the-bin"),),
        key_results=(
            KeyResult(
                "gas-per-loaf",
                "Gas for a loaf falls by 12 % from 0.92 kWh",
                measured("relative", "0.92", -12, "kWh"),
                "joost",
                value="0.92 0.918 0.91 0.901 0.892 0.885 0.872 0.855 0.846",
                sure="6 6 7 7 7 8 8 8 8",
                notes={
                    2: "Two degrees less at the start of the bake. Wim tasted it and found no difference.",
                    5: "Fuller ovens, fewer rounds. Fenna’s plan, not mine.",
                    9: "0.846. Eight per cent down and four weeks left.",
                },
            ),
            KeyResult(
                "idle-hours",
                "Hours in which an oven burns empty fall from 31 to 12 a week",
                measured("count", 31, 12, "h"),
                "yusuf",
                value="31 30 28 27 24 23 21 19 18",
                sure="7 7 7 7 7 8 8 8 8",
                notes={
                    3: "A red lamp above the switch. People cannot stand a red lamp.",
                    8: "Nineteen, most of it on Sunday, when we warm up too early.",
                },
            ),
            KeyResult(
                "exchanger-in",
                "The heat exchanger is in and running",
                milestones("Ordered", "Chimney checked", ("Fitted", 2), "Running for a week"),
                "pavel",
                value="1/0/0/0 1/0/0/0 1/.5/0/0 1/.5/0/0 1/1/0/0 1/1/0/0 1/1/0/0 1/1/.1/0 1/1/.1/0",
                sure="7 7 6 6 7 6 5 4 4",
                notes={
                    3: "The chimney sweep found a crack. Better now than later.",
                    7: "The fitter has moved us by two weeks. I was not polite.",
                    8: "Frame is up. The rest is on a ship.",
                },
                window=("1mon", "13fri"),
                curve="back",
            ),
        ),
        initiatives=(
            Initiative(
                "red-lamps", "Red lamps above all oven switches", "yusuf", "done", "3wed", for_="idle-hours"
            ),
            Initiative(
                "sunday-start", "Warm up later on Sundays", "bram", "planned", "10mon", for_="idle-hours"
            ),
        ),
        talk=(
            Said(
                "7fri",
                "ruben",
                "If the exchanger slips out of the quarter: what do we lose, and what do we tell the bank?",
            ),
            Said("8mon", "pavel", "One month of savings, about EUR 2,100. Otto knows."),
        ),
    ),
    Objective(
        "fair-pay",
        "Pay is fair, and everyone can see why",
        "engine-room",
        "ruben",
        about="Seen by this team alone until the bands are agreed with the works council.",
        visibility="team",
        sponsor="hanneke",
        contributors=("amina",),
        serves=(Serves("a-trade-to-stay-in"),),
        key_results=(
            KeyResult(
                "pay-gap",
                "Unexplained differences for the same work fall from 9 % to 3 %",
                measured("percent", 9, 3, "%"),
                "amina",
                value="9 9 8.6 . 7.9 . 7.1 6.3 6.0",
                sure="6 6 6 . 6 . 6 7 7",
                notes={
                    3: "Found two job titles that mean the same work.",
                    7: "Three adjustments agreed, four to go.",
                },
            ),
            KeyResult(
                "pay-bands",
                "Every job has a band that its holder has seen",
                measured("percent", 0, 100, "%"),
                "ruben",
                value="0 0 10 25 30 35 40 40 45",
                sure="6 6 6 6 6 6 5 5 5",
                notes={
                    4: "Bakehouse done.",
                    8: "Waiting for the works council. They meet every fourth week.",
                },
            ),
        ),
    ),
    Objective(
        "before-the-first-guest",
        "Every café opens with our bread already on its counter",
        "deliveries",
        "dirk",
        about="The cafés’ most frequent complaint, and the reason why one of them left us.",
        commitment="committed",
        sponsor="ruben",
        contributors=("lotte", "kwame", "beatriz"),
        serves=(
            Serves("like-running-water", weight=2),
            Serves("less-gas", weight="0.5", until="4mon"),
            Serves("a-trade-to-stay-in", weight="0.5"),
        ),
        key_results=(
            KeyResult(
                "late-drops",
                "Late deliveries fall from 31 to 8 a week",
                measured("count", 31, 8, "drops"),
                "lotte",
                data="Drivers’ phones, ten minutes’ grace",
                value="31 30 32 28 27 25 23 22 20",
                sure="6 6 5 5 6 6 6 6 6",
                notes={
                    1: "Counted from the drivers’ phones, with ten minutes’ grace.",
                    3: "Roadworks on the bridge, and nobody told us.",
                    4: "Two rounds start twenty minutes earlier. The drivers voted for it.",
                    6: "What is left is mostly Mondays.",
                    8: "The harbour round alone makes nine of twenty-two.",
                    9: "Swapped two stops on the harbour round. First Monday without a late drop there.",
                },
                late={3: 4},
                talk=(
                    Said(
                        "3thu",
                        "koen",
                        "The Blue Boat asks whether they can get a key box, so that nobody has to be there.",
                    ),
                    Said("4mon", "lotte", "Yes, please. That is four minutes on that round alone."),
                ),
            ),
            KeyResult(
                "km-per-drop",
                "A delivery takes 2.9 km instead of 3.8",
                measured("decrease", "3.8", "2.9", "km"),
                "kwame",
                value="3.8 3.8 3.7 3.7 3.65 3.5 3.5 3.45 3.4",
                sure="6 6 6 6 6 6 6 5 5",
                notes={
                    3: "The island round ends where the school round begins. Now they are one.",
                    6: "Down by a tenth since the bikes took the old town.",
                    8: "Near the end of what maps can do.",
                },
                fixed={2: Fix("3.75", "Counted one empty trip as a delivery.", 5)},
            ),
            KeyResult(
                "lost-crates",
                "Crates that do not come back fall from 60 to 20 a week",
                measured("count", 60, 20, "crates"),
                "milan",
                value="60 55 52",
                sure="6 6 6",
                notes={
                    1: "Sixty. At eleven euros each.",
                    3: "Deposit slips for the ten worst. They laugh, and pay.",
                },
                talk=(
                    Said("7mon", "dirk", "Milan, is anybody still counting these?"),
                    Said(
                        "8fri",
                        "ruben",
                        "@Noor, whom do we ask? Milan is on the island round until further notice.",
                    ),
                ),
            ),
        ),
        initiatives=(
            Initiative(
                "key-boxes", "Key boxes at twelve cafés", "sanne", "doing", "10fri", for_="late-drops"
            ),
            Initiative(
                "merge-rounds",
                "Join the island and the school round",
                "kwame",
                "done",
                "3mon",
                for_="km-per-drop",
            ),
            Initiative("crate-deposit", "A deposit on crates", "milan", "doing", "8fri", for_="lost-crates"),
            Initiative("third-bike", "A third cargo bike", "tomas", "planned", "12mon"),
        ),
        talk=(
            Said("1tue", "dirk", "We moved our weekly round to Tuesday, after the first full loading."),
            Said(
                "8thu",
                "beatriz",
                (
                    "The hotel that left us has asked for a trial. Late drops are the only thing they "
                    "want to see."
                ),
            ),
        ),
    ),
    Objective(
        "route-software",
        "Implement the new route planning software",
        "deliveries",
        "emre",
        about="The old planning sheet has to go.",
        commitment="committed",
        key_results=(
            KeyResult(
                "launch-app",
                "Launch the app",
                done_or_not(),
                "emre",
                value="0 0 0 0 0 0 0 0 0",
                sure="7 7 7 7 7 7 6 6 6",
                notes={2: "Supplier chosen.", 6: "Set up on two phones.", 9: "Nearly."},
            ),
            KeyResult(
                "train-drivers",
                "Train 8 drivers",
                measured("reach", None, 8, "drivers"),
                "emre",
                value="0 0 0 0 2 4 6 8 8",
                sure="7 7 7 7 8 8 9 10 10",
                notes={5: "Two trained.", 8: "All eight trained."},
            ),
        ),
        initiatives=(
            Initiative("two-phones", "Try it on two phones", "emre", "done", "6fri", for_="launch-app"),
        ),
        talk=(
            Said(
                "4mon",
                "noor",
                (
                    "When the software is in and every driver knows it: what will be better for whom? "
                    "That would be the objective."
                ),
            ),
        ),
    ),
    Objective(
        "flour-we-know",
        "We know the field that our flour comes from",
        "engine-room",
        "pavel",
        about="Nobody asked for it. I think it will matter, and I would like to find out.",
        key_results=(
            KeyResult(
                "known-flour",
                "Flour from a named farm reaches 60 % of what we use",
                measured("percent", 15, 60, "%"),
                "pavel",
                value="15 15 18 20 22 24 26 28 30",
                sure="6 6 6 6 6 6 5 6 6",
                notes={
                    4: "Two farms have signed, both within forty kilometres.",
                    8: "The mill keeps our grain apart now. That was the hard part.",
                },
            ),
            KeyResult(
                "flour-price",
                "It costs no more than 6 % on top",
                measured("maintain_below", None, 6, "%", floor=12),
                "pavel",
                value="9 9 8.5 8.5 8 8 7.5 7.2 7",
                sure="5 5 6 6 6 6 6 7 7",
                notes={5: "Buying a year ahead brings half a point."},
            ),
        ),
        changed=(
            Changed(
                "2fri",
                "ruben",
                "The title promised a label. Labels are for later.",
                {"title": "A label on every loaf says which field it comes from"},
            ),
        ),
    ),
)
