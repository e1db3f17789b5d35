"""The first quarter of the year: closed, graded, and talked about since."""

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
    done_or_not,
    measured,
    milestones,
)

OBJECTIVES = (
    Objective(
        "know-tomorrow",
        "The bakehouse knows what tomorrow needs before it lights the ovens",
        "bakehouse",
        "greet",
        about="At nine in the evening we guess. We want to know by three in the afternoon.",
        commitment="committed",
        sponsor="ruben",
        contributors=("olga", "fenna"),
        serves=(Serves("nothing-in-the-bin"),),
        key_results=(
            KeyResult(
                "orders-by-three",
                "Orders that reach us by 15:00 rise from 58 % to 90 %",
                measured("percent", 58, 90, "%"),
                "olga",
                data="Order log",
                value="58 59 61 60 64 69 72 76 79 82 84 85 86",
                sure=" 6  6  5  5  6  6  7  7  7  7  6  6  6",
                notes={
                    1: "Baseline from four normal weeks.",
                    4: "The school kitchens forgot again. Ravi will call them on Mondays.",
                    6: "The reminder at 13:30 works better than any e-mail I ever wrote.",
                    9: "Only the cafés near the harbour still phone at six.",
                    13: "Ends at 86. Two canteens cannot order before four because of their own meal counts.",
                },
                changed=(
                    Changed(
                        "5mon", "greet", "85 was too easy once the reminder was in place.", {"target": 85}
                    ),
                ),
            ),
            KeyResult(
                "plan-error",
                "The gap between our plan and what is sold shrinks from 22 % to 15 %",
                measured("percent", 22, 15, "%"),
                "fenna",
                value="22 22 21 21 21 20 19 19 18 . 18 17 17",
                sure=" 5  5  5  5  4  5  6  6  6 . 6 6 5",
                notes={
                    3: "I added the weather to the sheet. It helps on rainy days, hardly on others.",
                    5: "Stuck. Fridays are off by a third every single time.",
                    7: "Found it: the market. Fridays now have a plan of their own.",
                    11: "Was away last week, nobody filled it in. My fault for not asking.",
                    13: "Seventeen. Better, not there.",
                },
            ),
            KeyResult(
                "rebakes",
                "Batches that have to be baked again fall from 70 to 46 a week",
                measured("count", 70, 46, "batches"),
                "yusuf",
                value="70 68 69 66 63 60 58 55 53 50 48 46 45",
                sure=" 7  7  7  7  7  7  8  8  8  8  9  9 10",
                notes={
                    2: "Half of them come from one oven. You know which.",
                    6: "Scales calibrated, all of them, on the same evening.",
                    12: "46, done with a week to go.",
                    13: "45! Thank you, night shift.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "order-reminder",
                "Send every customer a reminder at 13:30",
                "olga",
                "done",
                "5fri",
                for_="orders-by-three",
            ),
            Initiative(
                "friday-plan",
                "Plan Fridays apart from other days",
                "fenna",
                "done",
                "8fri",
                for_="plan-error",
            ),
        ),
        talk=(
            Said(
                "9thu",
                "wim",
                "Since the reminder I know at four what I used to know at midnight. It changes how I sleep.",
            ),
        ),
        learned=(
            "A reminder at the right minute beat three meetings about ordering. What we could not move "
            "were customers whose own day is too late: ask first whether the other side can do it at all."
        ),
    ),
    Objective(
        "good-on-day-two",
        "Bread that is still a pleasure on the second day",
        "bread",
        "wim",
        about=(
            "Most people finish a loaf on day two or three. That is when they decide where to buy the "
            "next one."
        ),
        serves=(Serves("worth-the-walk"),),
        key_results=(
            KeyResult(
                "crust",
                "Crust marks on day two rise from 5.9 to 7.5 points",
                measured("score", "5.9", "7.5", "points"),
                "jana",
                value="5.9 5.9 6.0 6.2 6.1 6.3 6.5 6.6 6.8 6.8 7.0 7.0 7.1",
                sure=" 5 5 5 6 5 6 6 7 7 7 7 7 7",
                notes={
                    3: "Steam for the first twelve minutes instead of eight.",
                    5: "The paper bags are half the problem. They sweat.",
                    8: "New bags in two shops, marks jump there.",
                    13: "7.1 with the new bags everywhere. I would have liked one more round.",
                },
            ),
            KeyResult(
                "freshness",
                "A sourdough stays fresh for 48 hours instead of 30",
                measured("duration", 30, 48, "h"),
                "mateo",
                value="30 30 31 33 36 36 38 40 40 41 42 42 43",
                sure=" 5 5 5 6 7 6 6 6 6 6 6 5 5",
                notes={
                    4: (
                        "Longer cold proof, from ten hours to sixteen. Space in the cold room is now the "
                        "limit."
                    ),
                    6: "No gain. We ran out of racks, so half of it proved short.",
                    9: "Two more racks came. Good crumb, finally.",
                    13: (
                        "43 hours in the test we agreed on. At home people say “two days”, so it feels "
                        "like a win."
                    ),
                },
            ),
            KeyResult(
                "bread-complaints",
                "Complaints fall from 4.6 to 3 for every 1,000 loaves",
                measured("decrease", "4.6", 3, "complaints"),
                "nina",
                value="4.6 4.8 4.5 4.4 4.6 4.1 3.9 3.8 3.7 3.6 3.6 3.5 3.4",
                sure="5 4 5 5 4 6 6 6 7 7 6 6 6",
                notes={
                    2: "More, because the shops write them all down now. I expected that.",
                    5: "Stones in the spelt. Pavel sent the batch back.",
                    10: "Mostly about size, hardly about taste.",
                },
                late={7: 3},
            ),
        ),
        initiatives=(
            Initiative("paper-bags", "Try bags that let steam out", "jana", "done", "8wed", for_="crust"),
            Initiative(
                "proof-racks", "Buy two more racks for the cold room", "wim", "done", "9mon", for_="freshness"
            ),
            Initiative("bread-clips", "Give away bread clips", "elif", "dropped"),
        ),
        learned=(
            "We looked for it in the oven and found half of it in the paper bag. Follow the loaf to the "
            "kitchen table before changing a recipe."
        ),
    ),
    Objective(
        "pastry-till-noon",
        "Pastry is there for those who come at eleven, too",
        "pastry",
        "celeste",
        commitment="committed",
        sponsor="greet",
        serves=(Serves("worth-the-walk", weight="0.5"),),
        key_results=(
            KeyResult(
                "sold-out",
                "Shops that run out of croissants before 11:00 fall from 31 to 5 a week",
                measured("count", 31, 5, "times"),
                "hugo",
                value="31 33 30 28 24 21 19 14 12 11 9 6 5",
                sure="5 4 5 5 6 6 6 7 7 7 8 8 9",
                notes={
                    2: "The new shop at the station eats everything we send.",
                    8: "The nine o’clock bake at Mill Lane and the station is what did it.",
                    13: "5, on the last possible day.",
                },
            ),
            KeyResult(
                "pastry-thrown",
                "Pastry that is thrown away stays below 9 %",
                measured("maintain_below", None, 9, "%", floor=14),
                "rosa",
                value="8.1 8.4 8.2 8.8 9.3 9.6 9.4 8.9 8.8 8.7 8.9 8.8 8.6",
                sure="8 8 8 7 5 4 5 7 7 7 7 7 8",
                notes={
                    5: "The price of not running out. We send too much to the small shops.",
                    6: "9.6. Hugo and I cut the afternoon trays for the three smallest shops.",
                    8: "Back below nine.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "nine-oclock",
                "Bake croissants a second time at nine",
                "hugo",
                "done",
                "7mon",
                for_="sold-out",
            ),
        ),
        learned=(
            "Running out and throwing away are one problem seen from two sides. The second bake solved "
            "both because it moved the decision closer to the customer."
        ),
    ),
    Objective(
        "neighbours-know-us",
        "Neighbours know who we are before they need bread",
        "customers",
        "isolde",
        about="Three of seven shops sit in streets where most people walk past us to the supermarket.",
        serves=(Serves("worth-the-walk"),),
        key_results=(
            KeyResult(
                "first-visits",
                "First visits grow from 190 to 320 a week",
                measured("count", 190, 320, "first visits"),
                "maud",
                value="190 201 196 210 222 208 205 211 214 209 217 220 224",
                sure="6 6 6 6 7 5 5 5 4 4 4 3 3",
                notes={
                    2: "Leaflets in two streets.",
                    5: "222! The article in the local paper.",
                    6: "And gone again. A newspaper lasts one day.",
                    9: "Leaflets do nothing measurable, I have stopped them.",
                    13: "We reached people. They did not come in. Different problem from what we thought.",
                },
            ),
            KeyResult(
                "street-stalls",
                "Four out of ten people in our streets can name one of our loaves",
                measured("percent", 12, 40, "%"),
                "leila",
                every=4,
                first=4,
                about="Thirty passers-by at each shop, asked every four weeks.",
                value="13 17 19",
                sure="5 5 4",
                notes={
                    4: "Asked 210 people in the rain. 13 %.",
                    8: "17 %, nearly all of them at Mill Lane.",
                    12: "19 %. I like the survey more than its result.",
                },
            ),
            KeyResult(
                "open-days",
                "All seven shops have had an open morning with a baker",
                measured("reach", None, 7, "shops"),
                "finn",
                value="0 0 1 1 1 2 2 2 2 2 3 3 3",
                sure="7 7 7 6 6 6 5 5 4 3 3 2 2",
                notes={
                    3: "Mill Lane: Wim talked for two hours, nobody left.",
                    8: "Bakers sleep when shops are open. We should have seen that coming.",
                    13: "Three of seven.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "leaflets",
                "Leaflets for 4,000 letter boxes",
                "maud",
                "dropped",
                about="Stopped after week 9: no effect to be seen.",
            ),
            Initiative("meet-the-baker", "A baker at the counter, one morning in each shop", "finn", "done"),
        ),
        talk=(
            Said("7tue", "hanneke", "What would we have to see to stop this one?"),
            Said(
                "7wed",
                "isolde",
                "Two more flat weeks. Then I would rather work on those who came once and did not come back.",
            ),
        ),
        learned=(
            "Being known is not the same as being visited. People who came once and never again are a "
            "bigger number than people who never came."
        ),
    ),
    Objective(
        "open-and-full",
        "Every shop opens on time with everything on the shelf",
        "shops",
        "gijs",
        commitment="committed",
        sponsor="isolde",
        contributors=("thea", "roos"),
        serves=(Serves("worth-the-walk", weight="0.5"),),
        key_results=(
            KeyResult(
                "doors-open",
                "Doors that open late fall from 9 to 0 a week",
                measured("count", 9, 0, "doors"),
                "thea",
                value="9 7 6 6 4 3 3 2 1 1 0 1 0",
                sure="7 7 7 7 8 8 8 8 9 9 9 9 10",
                notes={
                    2: "Two spare keys solved two of nine.",
                    12: "One. The lock at Canal Street was glued shut with dough. Do not ask.",
                    13: "A whole week without a late door. Cake on me.",
                },
            ),
            KeyResult(
                "full-shelf",
                "Shops with the full range at 07:30 rise from 3 to 7",
                measured("count", 3, 7, "shops"),
                "bas",
                value="3 3 4 4 5 5 5 6 6 6 7 7 7",
                sure="6 6 6 6 7 7 7 8 8 8 9 9 9",
                notes={
                    5: "The shelf plan hangs behind every counter now.",
                    11: "Seven of seven, and again the day after.",
                },
            ),
            KeyResult(
                "morning-list",
                "Every shop works from the same opening list",
                done_or_not(),
                "kim",
                value="0 0 0 0 1 1 1 1 1 1 1 1 1",
                sure="8 8 8 9 10 10 10 10 10 10 10 10 10",
                notes={5: "One page, laminated, agreed with all seven shop leads."},
                weight="0.5",
            ),
        ),
        initiatives=(
            Initiative(
                "spare-keys", "Spare keys in a box at each shop", "thea", "done", "2fri", for_="doors-open"
            ),
        ),
        learned="Most late doors had nothing to do with people being late. They had to do with keys.",
    ),
    Objective(
        "what-they-ordered",
        "Cafés get what they ordered, every time",
        "cafes",
        "beatriz",
        commitment="committed",
        sponsor="isolde",
        serves=(Serves("nothing-in-the-bin", how="supports"),),
        key_results=(
            KeyResult(
                "wrong-crates",
                "Wrong crates fall from 42 to 12 a week",
                measured("count", 42, 12, "crates"),
                "koen",
                value="42 41 43 39 36 35 33 30 28 27 24 23 22",
                sure="6 6 5 6 6 6 6 6 5 5 5 4 4",
                notes={
                    3: "Two of my own making: I swapped the Blue Door and the Blue Boat.",
                    8: "Colour stickers help with names that sound alike.",
                    13: "Still 22. Half of what is left happens when a driver is new on a round.",
                },
            ),
            KeyResult(
                "credit-notes",
                "Credit notes fall from EUR 1,900 to EUR 600 a month",
                measured("currency", 1900, 600, "EUR"),
                "ellen",
                value="1900 1850 . 1700 1640 1500 1380 1300 . 1120 1010 950 930",
                sure="5 5 . 5 6 6 6 6 . 6 6 6 6",
                notes={
                    1: "Average of the last six months.",
                    6: "Some cafés had stopped asking. I ask them now, so this is the honest number.",
                    13: "EUR 930. Half-way and a bit.",
                },
                fixed={7: Fix("1420", "A credit note from the week before came in late.", 4)},
            ),
        ),
        initiatives=(
            Initiative(
                "stickers",
                "Colour stickers for customers whose names sound alike",
                "koen",
                "done",
                "7wed",
                for_="wrong-crates",
            ),
        ),
        learned=(
            "Planning was fine, execution was not: the mistakes sit in the first two weeks of a new "
            "driver. That goes to Deliveries as their objective, with our help."
        ),
    ),
    Objective(
        "where-the-money-goes",
        "We know each week where our money goes",
        "engine-room",
        "ruben",
        commitment="committed",
        sponsor="hanneke",
        key_results=(
            KeyResult(
                "books-closed",
                "The week’s books are closed by Wednesday instead of after 19 days",
                measured("duration", 19, 3, "days"),
                "ruben",
                value="19 19 17 15 12 11 9 8 6 5 4 3 3",
                sure="7 7 7 7 8 8 8 8 8 9 9 10 10",
                notes={
                    4: "Paper invoices are scanned on the day they come in.",
                    9: "Six days. The last one waits for the flour supplier’s monthly bill.",
                    12: "Wednesday noon. I went home at five.",
                },
            ),
            KeyResult(
                "cost-by-product",
                "We can say for every product what it costs us",
                milestones(("Flour, butter, fillings", 2), ("Work", 2), "Gas and power", "Delivery"),
                "pavel",
                value=(
                    "0/0/0/0 .3/0/0/0 .6/0/0/0 1/0/0/0 1/.2/0/0 1/.5/0/0 1/.7/.5/0 1/.8/1/0 1/1/1/0 "
                    "1/1/1/.3 1/1/1/.6 1/1/1/1 1/1/1/1"
                ),
                sure="7 7 7 8 7 7 7 8 8 8 8 10 10",
                notes={
                    5: "Work is the hard one. Who folds what, and for how long?",
                    9: "Now we know that the almond horn loses money. It also sells everything around it.",
                    12: "All 86 products. I printed it, just to hold it.",
                },
            ),
        ),
        learned=(
            "The almond horn loses 14 cents and brings in customers who spend six euros. A number is the "
            "start of a talk, not its end."
        ),
    ),
    Objective(
        "no-guessing-at-four",
        "No driver starts the round with a guess",
        "deliveries",
        "dirk",
        commitment="committed",
        sponsor="ruben",
        key_results=(
            KeyResult(
                "round-sheets",
                "Rounds with an up-to-date sheet rise from 2 to 9",
                measured("count", 2, 9, "rounds"),
                "harm",
                value="2 2 3 3 4 5 5 6 6 7 7 8 8",
                sure="6 6 6 6 6 7 7 7 7 7 7 6 6",
                notes={
                    6: "Drivers correct the sheets with a pen and I type it in at noon. It works.",
                    13: "8 of 9, the island round changes every day anyway.",
                },
            ),
            KeyResult(
                "loading-time",
                "Loading a van takes 14 minutes instead of 25",
                measured("duration", 25, 14, "min"),
                "kwame",
                value="25 25 24 23 24 22 21 20 19 19 18 18 17",
                sure="6 6 6 6 5 6 6 6 6 6 5 5 5",
                notes={
                    5: "Slower: we trained two new people, that is fine.",
                    9: "Last drop in first. It sounds silly until you try it.",
                    13: "Seventeen. The ramp only takes two vans at a time, so that is close to the floor.",
                },
            ),
            KeyResult(
                "driver-mood",
                "Drivers rate the start of their day 8 instead of 6",
                measured("score", 6, 8, "points"),
                "sanne",
                about="Was meant to be asked every two weeks.",
            ),
        ),
        initiatives=(
            Initiative(
                "load-order",
                "Load vans in the reverse order of their stops",
                "kwame",
                "done",
                "8fri",
                for_="loading-time",
            ),
        ),
        learned=(
            "We never asked the drivers, although it was our own key result. If nobody knows in week one "
            "how a number is collected, it is not a key result yet."
        ),
    ),
    Objective(
        "sunday-shop",
        "The station is worth opening on Sundays",
        "shops",
        "gijs",
        key_results=(
            KeyResult(
                "sunday-takings",
                "A Sunday at the station brings in EUR 1,400",
                measured("reach", None, 1400, "EUR"),
                "irena",
                value="0 0 380 410",
                sure="5 5 4 3",
                notes={
                    3: "First Sunday: 380.",
                    4: "410, and three people who would rather have been at home.",
                },
            ),
        ),
        ended=Ended(
            "cancel",
            "5tue",
            "gijs",
            (
                "Two Sundays told us enough: the trains are empty until ten, and nobody in the team wants "
                "to work them."
            ),
        ),
    ),
)
