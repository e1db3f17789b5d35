"""What the Bakehouse, Bread, Pastry and the Test Kitchen work on this quarter."""

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
    measured,
    milestones,
)

OBJECTIVES = (
    Objective(
        "calm-nights",
        "A night in the bakehouse is hard work and never chaos",
        "bakehouse",
        "greet",
        about=(
            "Nobody minds the ovens. People mind not knowing at midnight what they will still have to do at "
            "four. Calm nights are why people stay."
        ),
        commitment="committed",
        sponsor="ruben",
        contributors=("bram", "yusuf", "fenna"),
        serves=(Serves("a-trade-to-stay-in"), Serves("nothing-in-the-bin", how="supports")),
        key_results=(
            KeyResult(
                "rebakes-again",
                "Batches that have to be baked again fall from 45 to 15 a week",
                measured("count", 45, 15, "batches"),
                "yusuf",
                data="Bakehouse log",
                value="45 44 40 37 35 33 30 27 25",
                sure=" 6  6  7  7  7  7  7  8  8",
                notes={
                    1: "We start where last quarter ended.",
                    3: "Every batch now has a name on it. Not to blame anybody, to ask somebody.",
                    5: "Oven 3 has behaved for three weeks. I do not trust it.",
                    8: "27, and the two that hurt were both rye, both on Sunday night.",
                    9: "25, and one of them was only a test.",
                },
                changed=(
                    Changed(
                        "2thu",
                        "greet",
                        "Twenty was last quarter’s thinking; since the new door on oven 3 we can do better.",
                        {"target": 20},
                    ),
                ),
                talk=(
                    Said(
                        "5thu",
                        "bram",
                        "Shall we still count batches that we bake again on purpose, for the tasting panel?",
                    ),
                    Said("5fri", "yusuf", "No. I take those out from this week on, it is two or three."),
                ),
            ),
            KeyResult(
                "last-rack",
                "The last rack leaves by 05:30 on nine nights out of ten",
                measured("maintain_above_ratio", None, 90, "%"),
                "bram",
                about="One value a week: the share of nights on which the last rack left in time.",
                value="100 86 91 100 71 93 100 92 100",
                sure="  7   7  7   8  5  6   7  7   8",
                notes={
                    2: "One late night: a van would not start and blocked the ramp.",
                    5: "Two nights with the wrong flour on the mixer. We found out at three.",
                    6: "Flour is checked by a second pair of eyes now.",
                    9: "Seven of seven.",
                },
            ),
            KeyResult(
                "oven-stops",
                "Ovens stop unplanned no more than twice a week",
                measured("maintain_below", None, 2, "stops", floor=8),
                "joost",
                value="7 6 6 5 4 5 3 2 2",
                sure="5 5 5 6 6 5 6 8 8",
                notes={
                    1: "Seven, five of them oven 4.",
                    4: "The fan on oven 4 is new. The noise is gone, too.",
                    6: "Two stops because of the mains, not because of us. I count them all the same.",
                    8: "Two. First time that the log fits on one page.",
                },
                late={6: 2},
            ),
        ),
        initiatives=(
            Initiative(
                "oven-rounds",
                "Walk round all ovens on Friday with a checklist",
                "joost",
                "done",
                "4fri",
                for_="oven-stops",
            ),
            Initiative(
                "two-pairs",
                "A second pair of eyes on flour and salt",
                "bram",
                "doing",
                "10fri",
                for_="last-rack",
            ),
            Initiative(
                "night-board", "A board that shows what is left to do tonight", "fenna", "doing", "11wed"
            ),
            Initiative(
                "oven-5",
                "Borrow a fifth oven for the weekend",
                "greet",
                "dropped",
                about="Dropped: the floor would not carry it.",
            ),
        ),
        talk=(
            Said(
                "4mon",
                "amina",
                (
                    "Two people told me this month that they are less afraid of Sunday nights. I thought "
                    "you should know."
                ),
            ),
            Said(
                "8tue",
                "noor",
                (
                    "Three key results, three different owners, all three written by the people who do "
                    "the work. This is what I show to other teams."
                ),
            ),
        ),
    ),
    Objective(
        "same-every-day",
        "Our sourdough tastes on Saturday as it did on Monday",
        "bread",
        "wim",
        about=(
            "People forgive a bakery almost anything but a loaf that is different from the one they came for."
        ),
        contributors=("jana", "mateo"),
        serves=(Serves("worth-the-walk", weight=2),),
        key_results=(
            KeyResult(
                "crumb-moisture",
                "Crumb moisture stays between 43 % and 45 %",
                between(43, 45, "%", tolerance=4),
                "jana",
                about="Ten loaves a day, weighed before and after drying. The week’s worst day counts.",
                value="47.5 47 46.8 46 46.4 45.8 45.5 45.9 45.7",
                sure="4 5 5 6 5 6 7 6 6",
                notes={
                    1: "Saturday’s dough is far too wet.",
                    4: "Weekend flour comes from another silo. That explains a lot.",
                    5: "One step back: the silo was changed without telling us.",
                    7: "Half a point to go.",
                },
            ),
            KeyResult(
                "loaf-complaints",
                "Complaints about bread fall from 3.4 to 1 for every 1,000 loaves",
                measured("decrease", "3.4", 1, "complaints"),
                "nina",
                data="Complaint book of the shops",
                value="3.4 3.3 3.5 3.3 3.4 3.2 3.1 3.2 3.1",
                sure=" 6   6   5   5   4   4   4   3   3",
                notes={
                    2: "Mostly “too dark”. Half of our people like it dark.",
                    3: "Up. One bad Saturday.",
                    5: "I have read all 48 complaints. Nineteen are about how we slice, not how we bake.",
                    6: "Asked Gijs for new blades in the three oldest slicers.",
                    8: "No blades yet. This is stuck with me, and I am stuck with it.",
                    9: "Blades are ordered. I do not believe in 1.0 any more; 2.0 would be honest.",
                },
                talk=(
                    Said(
                        "8tue", "wim", "Then say 2.0 and say why. A changed target with a reason is no shame."
                    ),
                    Said("8wed", "nina", "After the blades. I want to see one week with them first."),
                    Said(
                        "8thu",
                        "wim",
                        "@Gijs, can the blades go in before the weekend? Three shops, ten minutes each.",
                    ),
                ),
            ),
            KeyResult(
                "starter-seven",
                "Seven bakers can lead the starter alone, up from three",
                measured("count", 3, 7, "bakers"),
                "wim",
                value="3 3 3 4 4 4 5 5 5",
                sure="7 7 6 7 7 7 8 8 8",
                notes={
                    4: "Aisha passed the week on her own.",
                    7: "Sven is the fifth. He sang to it, and it rose.",
                    9: "Elif begins on Monday.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "one-silo",
                "Fill both silos from the same mill",
                "pavel",
                "doing",
                "10fri",
                for_="crumb-moisture",
            ),
            Initiative(
                "slicer-blades",
                "New blades for the three oldest slicers",
                "gijs",
                "planned",
                "11fri",
                for_="loaf-complaints",
            ),
            Initiative(
                "starter-weeks",
                "One week alone with the starter for each baker",
                "wim",
                "doing",
                "12fri",
                for_="starter-seven",
            ),
        ),
    ),
    Objective(
        "bake-to-order",
        "We bake bread because somebody wants it, not because we always did",
        "bread",
        "olga",
        commitment="committed",
        sponsor="greet",
        contributors=("luuk", "roos"),
        serves=(Serves("nothing-in-the-bin", weight=2),),
        key_results=(
            KeyResult(
                "order-gap",
                "The gap between what shops order and what they sell shrinks from 19 % to 8 %",
                measured("percent", 19, 8, "%"),
                "olga",
                data="Orders and tills, by shop and day",
                value="19 18.5 17.2 16.4 15 14.1 13.2 12.3 11.6",
                sure="6 6 6 7 7 7 7 7 7",
                notes={
                    1: "Each shop sees its own gap every morning now. That alone started a discussion.",
                    4: "The two shops with the largest gap have swapped order sheets. Clever, not my idea.",
                    6: "A quiet week. It just goes down.",
                    9: "Four of seven shops are below ten.",
                },
            ),
            KeyResult(
                "returned-bread",
                "Bread that comes back from the shops falls by 30 % from 840 kg a week",
                measured("relative", 840, -30, "kg"),
                "luuk",
                value="840 836 815 822 800 772 757 741 724",
                sure="6 6 6 5 5 5 5 5 5",
                notes={
                    2: "First full week of weighing. My back knows.",
                    4: "Up, because one shop was closed for painting and its bread was already baked.",
                    6: "The smaller baguette tray helps.",
                    8: "We lose about fifteen kilos a week and need thirty.",
                },
                fixed={
                    5: Fix(
                        "793", "Scale at Mill Lane showed seven kilos too much. Corrected for the week.", 3
                    )
                },
            ),
            KeyResult(
                "second-bake-shops",
                "All seven shops get a second bake at eleven",
                measured("reach", None, 7, "shops"),
                "roos",
                weekday="mon",
                value="1 2 2 3 3 4 5 5",
                sure="7 7 6 7 7 7 8 8",
                notes={
                    1: "Station Square has had it since last quarter, so we begin with one.",
                    3: "Canal Street has no plug for the small oven. Electrician comes on Thursday.",
                    6: "Four of seven. Customers have begun to ask when the eleven o’clock is ready.",
                    8: "Five. The last two need a van, not an oven.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "gap-sheet", "Show each shop its gap every morning", "olga", "done", "1wed", for_="order-gap"
            ),
            Initiative(
                "half-trays",
                "Half trays for baguettes after four",
                "luuk",
                "done",
                "5fri",
                for_="returned-bread",
            ),
            Initiative(
                "eleven-van",
                "Find a van for the eleven o’clock bake",
                "dirk",
                "planned",
                "11mon",
                for_="second-bake-shops",
            ),
        ),
        changed=(
            Changed(
                "3mon", "greet", "Olga plans it, so Olga leads it. Wim keeps the sourdough.", {"owner": "wim"}
            ),
        ),
    ),
    Objective(
        "first-bite",
        "Our croissant convinces at the first bite",
        "pastry",
        "celeste",
        about=(
            "It is the first thing most people buy from us. It ought to be the reason for the second thing."
        ),
        contributors=("hugo", "mei"),
        serves=(Serves("worth-the-walk"),),
        key_results=(
            KeyResult(
                "croissant-marks",
                "Blind tasters give our croissant 8 points instead of 6.1",
                measured("score", "6.1", 8, "points"),
                "celeste",
                value="6.1 . 6.4 . 6.7 . 6.9 . 7.1",
                sure="6 . 6 . 7 . 7 . 8",
                notes={
                    1: "“Looks better than it tastes.” Thank you, neighbour number four.",
                    3: "Longer rest between the folds.",
                    5: "Salted butter in the last fold. Three of twelve noticed, all three liked it.",
                    7: "6.9, our best so far.",
                    9: "Above seven. Nobody mentioned the look any more.",
                },
            ),
            KeyResult(
                "before-ten",
                "Croissants sold before ten rise from 2,400 to 3,600 a week",
                measured("increase", 2400, 3600, "croissants"),
                "hugo",
                data="Tills",
                value="2400 2430 2520 2500 2640 2700 2800 2900 2960",
                sure="6 6 6 5 6 6 7 7 7",
                notes={
                    2: "Rain on four of six mornings.",
                    5: "The tray has moved next to the till. It should always have been there.",
                    8: "The station alone sells 700.",
                },
                changed=(
                    Changed(
                        "4wed",
                        "celeste",
                        (
                            "Counted for half of the objective although the marks are what we are after. "
                            "Weight back to one."
                        ),
                        {"weight": 2},
                    ),
                ),
            ),
            KeyResult(
                "holding-layers",
                "Croissants whose layers do not hold fall from 14 % to 5 %",
                measured("percent", 14, 5, "%"),
                "mei",
                value="14 13.8 13 12.1 12.5 12 11.6 11.2 11",
                sure="7 7 7 7 5 5 5 5 5",
                notes={
                    4: "The new rolling order suits the day shift.",
                    5: "The laminator jumps on thick dough. Joost has seen it and frowned.",
                    7: "A shim of two tenths of a millimetre. We shall see.",
                    9: "Slower than hoped. It holds when I do it, which is no solution.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "longer-rest",
                "Forty minutes of rest between folds",
                "hugo",
                "done",
                "3fri",
                for_="croissant-marks",
            ),
            Initiative(
                "laminator-service",
                "Have the laminator serviced",
                "joost",
                "doing",
                "10wed",
                for_="holding-layers",
            ),
        ),
        talk=(
            Said(
                "6thu",
                "tariq",
                (
                    "We can lend you our small laminator for a week, then you would know whether it is "
                    "the machine or the dough."
                ),
            ),
            Said("6thu", "celeste", "Yes please. Week ten?"),
        ),
    ),
    Objective(
        "gluten-free",
        "We know whether we can bake a gluten-free loaf that people buy twice",
        "test-kitchen",
        "tariq",
        about=(
            "Everyone asks for it once. Before we build a separate room for it, we want to know who asks "
            "again."
        ),
        commitment="learning",
        contributors=("priya", "vera"),
        serves=(Serves("first-bite", how="supports"),),
        key_results=(
            KeyResult(
                "gf-kitchens",
                "Forty breakfasts watched in households that must do without gluten",
                measured("learning", None, 40, "breakfasts"),
                "priya",
                value="0 3 7 10 14 17 20 23 25",
                sure="6 7 7 7 7 7 8 8 8",
                notes={
                    2: "First three. Everyone toasts it. Nobody eats it fresh.",
                    5: (
                        "“I want a slice that does not fall apart in a lunch box.” I have heard that nine "
                        "times now."
                    ),
                    8: "Toast, lunch box, guests. In that order.",
                },
            ),
            KeyResult(
                "gf-second-loaf",
                "We know how many buyers of a gluten-free loaf come back for a second one",
                measured("baseline", None, None, "%"),
                "vera",
                about="There is no number to start from yet: first find a way to count it.",
                value=". . ? . . ? . . ?",
                sure=". . 4 . . 4 . . 5",
                notes={
                    3: "No data. Loyalty cards do not tell us what was bought, only how much.",
                    6: "Still none. Maud can mark single products from next week on.",
                    9: "Marked since Monday. First number in two weeks.",
                },
            ),
            KeyResult(
                "gf-recipes",
                "Three recipes survive a blind test against the best from the supermarket",
                milestones("Recipe A, rice and psyllium", "Recipe B, buckwheat", "Recipe C, teff and potato"),
                "jonas",
                value="0/0/0 .2/0/0 .4/.2/0 .6/.2/0 .8/.5/0 1/.5/.2 1/.5/.3 1/.5/.3 1/.6/.3",
                sure="6 6 6 6 7 7 7 6 6",
                notes={
                    3: "B smells wonderful and crumbles like a sandcastle.",
                    6: "A survives! 6 to 6, and the supermarket has had thirty years.",
                    8: "B rests. We wait for a finer mill.",
                },
            ),
        ),
        initiatives=(
            Initiative("gf-corner", "Set up a clean corner in the Test Kitchen", "jonas", "done", "2wed"),
            Initiative(
                "gf-marks",
                "Mark gluten-free loaves in the loyalty data",
                "maud",
                "done",
                "8fri",
                for_="gf-second-loaf",
            ),
            Initiative("gf-mill", "Borrow a finer mill", "tariq", "doing", "10fri", for_="gf-recipes"),
        ),
    ),
    Objective(
        "idea-to-counter",
        "A good idea reaches the counter in weeks, not in months",
        "test-kitchen",
        "vera",
        serves=(Serves("first-bite", weight="0.5"), Serves("bake-to-order", how="supports")),
        key_results=(
            KeyResult(
                "idea-days",
                "From the first trial to the first sale: 40 days instead of 96",
                measured("duration", 96, 40, "days"),
                "vera",
                value="96 96 92 92 88 . 85 83 83",
                sure="6 6 6 6 5 . 5 4 4",
                notes={
                    1: "Average of the last five new products.",
                    3: "The label takes three weeks. The label!",
                    5: "Silke has cut the label check to four days.",
                    8: (
                        "The next product in the pipe is the gluten-free one, which will pull the average "
                        "up again."
                    ),
                },
            ),
            KeyResult(
                "counter-tests",
                "Six ideas are tried out at a real counter",
                measured("reach", None, 6, "ideas"),
                "jonas",
                value="0 0 1 1 2 2 2 2 2",
                sure="6 6 7 6 7 6 6 5 5",
                notes={
                    3: "Cardamom knots at Mill Lane. Gone in forty minutes.",
                    5: "Leek tart: polite interest.",
                    8: "The seeded twist is baked, the shelf is not up. Next week.",
                },
            ),
        ),
        initiatives=(
            Initiative(
                "label-four-days", "Check a label in four days", "silke", "done", "5fri", for_="idea-days"
            ),
            Initiative(
                "test-shelf", "A shelf for trials at Mill Lane", "thea", "doing", for_="counter-tests"
            ),
        ),
    ),
    Objective(
        "frozen-dough",
        "A quarter of the night’s rolls comes from dough frozen in the afternoon",
        "bread",
        "karim",
        key_results=(
            KeyResult(
                "frozen-share",
                "Rolls from frozen dough reach 25 %",
                measured("percent", 0, 25, "%"),
                "karim",
                value="0 2 4",
                sure="6 5 5",
                notes={3: "Works for rolls with seeds, tastes flat for the plain ones."},
            ),
        ),
        ended=Ended(
            "defer",
            "4thu",
            "karim",
            (
                "The freezer we would need is also the one the waste-heat plan wants to replace. First "
                "that, then this."
            ),
        ),
    ),
)
