"""What Customers, Shops, and Cafés and Canteens work on this quarter."""

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
        "glad-to-return",
        "People who tried us once are glad to come back",
        "customers",
        "isolde",
        about="Sixty talks told us what keeps people away: the queue, and forgetting us. We work on both.",
        contributors=("maud", "finn"),
        serves=(Serves("worth-the-walk", weight=2),),
        key_results=(
            KeyResult(
                "second-visit",
                "New customers who return within a month rise from 34 % to 45 %",
                measured("percent", 34, 45, "%"),
                "maud",
                data="Loyalty cards",
                value="34 34 35 35 36 37 38 38.5 39.4",
                sure="6 6 6 6 6 7 7 7 7",
                notes={
                    1: "The number looks back one month, so the first weeks belong to last quarter.",
                    5: "People who came at nine return twice as often as those who came at eight. Guess why.",
                    8: "The note in the bag with tomorrow’s loaf makes people smile, and come back.",
                },
            ),
            KeyResult(
                "recommend",
                "People who would recommend us: score up from 41 to 55",
                measured("score", 41, 55, "points"),
                "leila",
                every=2,
                first=1,
                value="41 42 44 43 44",
                sure="6 6 6 5 4",
                notes={
                    1: "312 answers, which is more than ever.",
                    5: "Best at Mill Lane, worst at Station Square, and the gap is the queue.",
                    7: "The price of the rolls is back in the answers.",
                    9: "Still 44. If the queue at the station does not move, this will not either.",
                },
            ),
            KeyResult(
                "preorders",
                "Pre-orders grow from 310 to 900 a week",
                measured("count", 310, 900, "orders"),
                "finn",
                value="310 344 402 455 530 587 655 720 781",
                sure="7 7 7 8 8 8 8 9 9",
                notes={
                    3: "Saved orders do their work: six of ten are repeats.",
                    5: "Three offices order for the whole floor now.",
                    8: "Someone set up a standing order for eleven years. I rang to ask. He meant it.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "bag-note",
                "A note in the bag with tomorrow’s loaf",
                "leila",
                "done",
                "4mon",
                for_="second-visit",
            ),
            Initiative(
                "office-orders",
                "Offer pre-orders to twenty offices",
                "finn",
                "doing",
                "10fri",
                for_="preorders",
            ),
            Initiative("birthday-bun", "A bun for every birthday", "maud", "planned", "12fri"),
        ),
        talk=(
            Said(
                "5tue",
                "hanneke",
                (
                    "The card data by time of day is the most useful chart I have seen this year. Can the "
                    "shop leads get it?"
                ),
            ),
            Said("5tue", "maud", "From next Monday, in the Tuesday call."),
        ),
    ),
    Objective(
        "no-queue",
        "Nobody gives up on a Morrowmill queue",
        "shops",
        "gijs",
        about=(
            "The queue is why people do not come back. It is shortest when we bake more at nine, pack "
            "pre-orders before eight and have a second till open when it matters."
        ),
        commitment="committed",
        sponsor="isolde",
        contributors=("roos", "thea", "omar"),
        serves=(Serves("glad-to-return", weight=2),),
        key_results=(
            KeyResult(
                "wait-at-eight",
                "At eight in the morning people wait 3 minutes instead of 6½",
                measured("duration", "6.5", 3, "min"),
                "roos",
                weekday="mon",
                data="Stopwatch, ten customers a day in each shop",
                value="6.5 6.4 6.1 5.9 5.6 5.2 4.8 4.6",
                sure="7 7 7 6 6 7 7 7",
                notes={
                    1: "I have a stopwatch and no friends any more.",
                    3: (
                        "Pre-orders have a shelf of their own now. It saves about twenty seconds for "
                        "everyone behind."
                    ),
                    4: "Canal Street went the wrong way: one person short all week.",
                    6: "Second till from 07:40 to 08:20 in four shops.",
                    8: "4.6. Station Square is at six still, the others are near four.",
                },
                fixed={5: Fix("5.5", "I had one shop in twice.", 2)},
                changed=(
                    Changed(
                        "3tue",
                        "gijs",
                        "Three and a half would still lose us people, says the card data. Three.",
                        {"target": "3.5"},
                    ),
                ),
                talk=(
                    Said(
                        "6tue",
                        "thea",
                        "The second till works, but who bakes off the rolls in those forty minutes?",
                    ),
                    Said("6wed", "roos", "Nobody. We do it at 07:30 now. Try it, it is one tray."),
                    Said("8tue", "isolde", "@Roos, what would it take at Station Square?"),
                ),
            ),
            KeyResult(
                "walk-aways",
                "People who leave the queue fall from 9 to 2 in a hundred",
                measured("decrease", 9, 2, "of 100"),
                "roos",
                weekday="mon",
                value="9 9 8.5 8 7.8 7 6.4 6.0",
                sure="6 6 6 6 5 6 6 5",
                notes={
                    2: "Counted from behind the window, so nobody behaves for me.",
                    5: (
                        "Most of them leave within the first minute: they see the line and turn. A "
                        "shorter wait does not reach those."
                    ),
                    8: (
                        "The sign “pre-orders: walk past” helps a little. Needs something for people who "
                        "only look."
                    ),
                },
            ),
            KeyResult(
                "tastings",
                "Every shop offers one tasting each week",
                measured("per_period", None, 7, "tastings"),
                "kim",
                value="4 5 6 7 7 5 7 7 6",
                sure="6 6 7 7 7 6 7 8 7",
                notes={
                    1: "Four of seven, the others want to know who pays for the butter.",
                    4: "All seven! Butter is on Marketing.",
                    6: "Two shops had nobody to stand at the table.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "second-till",
                "Open a second till from 07:40 to 08:20",
                "thea",
                "doing",
                "9fri",
                for_="wait-at-eight",
            ),
            Initiative(
                "preorder-shelf",
                "A shelf for pre-orders beside the door",
                "omar",
                "done",
                "3mon",
                for_="wait-at-eight",
            ),
            Initiative(
                "queue-sign",
                "A sign that says how long it takes from here",
                "roos",
                "planned",
                "10wed",
                for_="walk-aways",
            ),
            Initiative(
                "self-tills",
                "Tills that customers use themselves",
                "bas",
                "dropped",
                about="Tried at Station Square for a week. Slower, and no one liked it.",
            ),
        ),
        talk=(
            Said(
                "2wed",
                "noor",
                (
                    "Good set. One question: is “one tasting a week” something you want to happen, or "
                    "something you will do?"
                ),
            ),
            Said(
                "2thu",
                "gijs",
                (
                    "Fair. It is something we do. Kim and I keep it this once, as a habit to build, and "
                    "look for the effect next time."
                ),
            ),
        ),
    ),
    Objective(
        "someone-eats-it",
        "What we could not sell is eaten by someone the same evening",
        "shops",
        "thea",
        about=(
            "Forty per cent of what is left over finds a mouth. The rest is bread in a bin, every "
            "evening, in seven places."
        ),
        contributors=("roos", "silke"),
        serves=(Serves(key_result="leftovers-eaten"),),
        key_results=(
            KeyResult(
                "handed-on",
                "Leftovers that are handed on rise from 40 % to 95 %",
                measured("percent", 40, 95, "%"),
                "thea",
                data="Bin weights against hand-over slips",
                value="40 44 49 55 59 66 70 75 80",
                sure="7 7 7 8 8 8 8 8 9",
                notes={
                    2: "The community fridge takes everything but cream.",
                    5: "Weekends are the hole: nobody picks up on Saturday evening.",
                    6: "The scouts take Saturdays. Fourteen hungry scouts.",
                    9: "Eighty. What is left is mostly sandwiches.",
                },
            ),
            KeyResult(
                "pick-up-shops",
                "Someone picks up leftovers at all seven shops, up from two",
                measured("count", 2, 7, "shops"),
                "roos",
                weekday="mon",
                value="2 3 3 4 4 5 6 6",
                sure="8 8 8 8 8 8 9 9",
                notes={
                    2: "Canal Street: the shelter across the road. We had never asked.",
                    4: "Four. One pick-up dropped out and one came in.",
                    7: "Six of seven, only the station is missing.",
                    8: (
                        "The station closes after everybody else, so nobody wants to wait. Talking to the "
                        "night bus drivers."
                    ),
                },
            ),
        ),
        initiatives=(
            Initiative(
                "scouts", "Ask clubs who meet on Saturday evening", "thea", "done", "6sat", for_="handed-on"
            ),
            Initiative("fridge-labels", "Labels that say until when it is good", "silke", "doing", "10fri"),
        ),
        talk=(Said("6mon", "otto", "From the outside: this is the one I tell others about."),),
    ),
    Objective(
        "like-running-water",
        "Cafés count on us as they count on running water",
        "cafes",
        "beatriz",
        about=(
            "They told us: the bread comes too late for the first guests. A café that has to explain "
            "missing bread once changes its baker."
        ),
        commitment="committed",
        sponsor="isolde",
        contributors=("koen", "dirk"),
        serves=(Serves("glad-to-return"), Serves("nothing-in-the-bin", how="supports")),
        key_results=(
            KeyResult(
                "cafe-revenue",
                "Takings from cafés grow from EUR 62,000 to EUR 85,000 a month",
                measured("currency", 62000, 85000, "EUR"),
                "beatriz",
                data="Invoices of the last four weeks",
                value="62000 62100 61800 62500 63400 63300 64100 64900 65400",
                sure="6 6 5 5 5 4 4 3 3",
                notes={
                    3: "One hotel left. It was late bread, three times in one week.",
                    4: "Two that had cut their order are back to the old one.",
                    6: "Growing by what they order, not by new ones. That is right, and slow.",
                    8: "We shall not reach 85. I would rather have fourteen happy cafés than a number.",
                },
                talk=(
                    Said(
                        "8wed",
                        "ruben",
                        "Then let us talk about the target on Friday, with the late deliveries beside it.",
                    ),
                ),
            ),
            KeyResult(
                "cut-orders",
                "Cafés that order less than before fall from 14 to 4",
                measured("count", 14, 4, "cafés"),
                "koen",
                value="14 14 13 12 12 11 10 10 9",
                sure="6 6 6 6 6 6 6 5 6",
                notes={
                    3: "The Blue Door is back. They said thank you for the photo.",
                    7: "Visited five in two mornings, with croissants. Croissants open doors.",
                    9: "Nine. Two of them have simply become smaller.",
                },
            ),
            KeyResult(
                "crate-errors",
                "Wrong crates fall from 22 to 8 a week",
                measured("count", 22, 8, "crates"),
                "sofie",
                value="22 21 . 20 19 . 18 17 17",
                sure="6 6 . 6 6 . 5 4 4",
                notes={
                    4: "The photos of the doors are gold.",
                    7: "Eighteen, nine of them on one Friday when the labels printed twice.",
                    8: "Without the scanner at the ramp I do not see eight. Asked Ruben for one.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "morning-call",
                "Call every café that cut its order",
                "koen",
                "doing",
                "11fri",
                for_="cut-orders",
            ),
            Initiative("one-contact", "One name and one number for each café", "ellen", "done", "3fri"),
        ),
    ),
    Objective(
        "hospital-mornings",
        "Patients at the town hospital start the day with fresh bread",
        "cafes",
        "ravi",
        about=(
            "Six hundred breakfasts a day, until now out of a plastic bag that came from three hundred "
            "kilometres away."
        ),
        contributors=("silke",),
        serves=(Serves("worth-the-walk", weight="0.5"),),
        key_results=(
            KeyResult(
                "hospital-contract",
                "The hospital has signed for a year",
                done_or_not(),
                "ravi",
                value="0 0 0 0 0 0 0 1 1",
                sure="5 5 6 6 6 7 8 10 10",
                notes={
                    2: "They need a certificate for allergens. Silke has started.",
                    5: "Certificate is in. Now it lies with purchasing.",
                    7: "The head nurse phoned purchasing. I love the head nurse.",
                    8: "Signed!",
                },
            ),
            KeyResult(
                "ward-marks",
                "Wards in the trial give our bread at least 4.2 of 5",
                measured("maintain_above", None, "4.2", "of 5", floor=3),
                "ellen",
                value=". . 3.4 3.6 3.7 3.9 4.0 4.0 4.1",
                sure=". . 5 5 6 6 7 7 7",
                notes={
                    3: "First week on two wards. Crust is too hard for some, obviously.",
                    6: "Soft rolls for ward 4, everything else for ward 2.",
                    9: "“My grandmother’s bread”, wrote a patient of eighty-eight.",
                },
                window=("3mon", "13sun"),
            ),
        ),
        initiatives=(
            Initiative(
                "allergen-papers",
                "Get the allergen certificate",
                "silke",
                "done",
                "5mon",
                for_="hospital-contract",
            ),
        ),
    ),
    Objective(
        "eighth-shop",
        "We know whether an eighth shop would carry itself",
        "customers",
        "hanneke",
        about=(
            "Only the people named here see this: the landlord does not know yet, and neither do the two "
            "shops nearby."
        ),
        commitment="committed",
        sponsor="ruben",
        contributors=("isolde", "ruben"),
        visibility="people",
        visible_to=("hanneke", "ruben", "isolde", "noor"),
        serves=(Serves("worth-the-walk", how="supports"),),
        key_results=(
            KeyResult(
                "eighth-decision",
                "The decision is on the table with everything it needs",
                milestones(
                    "Footfall counted for two weeks",
                    "Rent and lease terms agreed",
                    ("Model with three cases", 2),
                    "Board has decided",
                ),
                "ruben",
                value="0/0/0/0 .5/0/0/0 1/0/.1/0 1/.2/.3/0 1/.2/.5/0 1/.4/.7/0 1/.6/.9/0 1/.7/1/0 1/.7/1/0",
                sure="6 6 7 7 7 7 7 7 7",
                notes={
                    3: "1,900 people pass between seven and ten. Mill Lane has 1,400.",
                    6: "The worst case breaks even in year three.",
                    8: "Only the lease is open. They want ten years, we want five.",
                },
            ),
            KeyResult(
                "eighth-rent",
                "The rent we can agree on is EUR 4,200 a month or less",
                measured("maintain_below", None, 4200, "EUR", floor=5400),
                "hanneke",
                value=". . . 5200 . 4900 . 4700 .",
                sure=". . . 4 . 5 . 5 .",
                notes={4: "First offer: 5,200. He laughed, so did I.", 8: "4,700 with a new floor."},
            ),
        ),
        talk=(
            Said("7wed", "isolde", "If we open there, what happens to the queue at the station?"),
            Said(
                "8thu",
                "ruben",
                ("@Hanneke, he wants an answer within two weeks. Five years, or we walk away?"),
            ),
        ),
    ),
    Objective(
        "best-bakery",
        "Be the best bakery, increase sales, improve quality and motivate everyone",
        "shops",
        "jelle",
        about="Copied from an old slide.",
        key_results=(
            KeyResult(
                "better-satisfaction",
                "Improve customer satisfaction",
                measured("reach", None, 100, "%"),
                "jelle",
                value="50 50 50 60 60 60 60 60 60",
                sure="7 7 7 7 7 7 7 7 7",
                notes={4: "Feels better.", 8: "Still feels good."},
            ),
            KeyResult(
                "five-events",
                "Do five events",
                measured("reach", None, 5, "events"),
                "jelle",
                value="0 0 1 1 2 2 3 3 3",
                sure="7 7 7 7 7 7 7 7 7",
                notes={3: "Event done.", 7: "Third event: cake in the break room."},
            ),
        ),
        talk=(
            Said(
                "3fri",
                "noor",
                (
                    "Shall we sit down for half an hour? There are four objectives in this sentence, and "
                    "I would like to know which one is yours."
                ),
            ),
        ),
    ),
    Objective(
        "balance-sheet",
        "I can read a balance sheet without help",
        "shops",
        "gijs",
        about="Mine alone. If I am ever to run more than shops, I want to understand what Ruben sees.",
        visibility="private",
        commitment="learning",
        key_results=(
            KeyResult(
                "balance-chapters",
                "Twelve chapters of the accounting course",
                measured("learning", None, 12, "chapters"),
                "gijs",
                value="1 2 2 3 . 4 5 6 .",
                sure="7 7 6 6 . 6 7 7 .",
                notes={3: "Asleep on page two.", 8: "Half of it. I understood why profit is not cash."},
            ),
        ),
    ),
)
