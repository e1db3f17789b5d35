"""How many SQL statements each read of the API costs, frozen: making one grow is a decision, taken here."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.test_isolation import LISTED, NAMED, sent
from tests.worlds import at_work, visible

pytestmark = pytest.mark.both_databases

# On a warm process; lists cost the same however much is in them.
STATEMENTS = {
    "me_show": 5,
    "me_due": 3,
    "me_week": 8,
    "me_sweep": 2,  # nothing is due: else 3
    "events_index": 4,
    "events_show": 3,
    "events_whole": 2,
    "overview_show": 2,
    "overview_of_teams": 2,
    "map_show": 2,
    "search_index": 3,
    "objectives_index": 3,
    "objectives_show": 3,
    "objectives_explain": 2,
    "closings_show": 2,
    "key_results_index": 3,
    "key_results_show": 3,
    "key_results_explain": 2,
    "checkins_index": 4,
    "checkins_history": 4,
    "checkins_show": 4,
    "initiatives_index": 3,
    "initiatives_show": 3,
    "alignments_index": 2,
    "alignments_show": 2,
    "comments_index": 3,
    "comments_show": 3,
    "comparisons_of_objective": 6,
    "comparisons_of_team": 7,
    "comparisons_of_company": 6,
    "comparisons_of_tree": 7,
    "history_of_objective": 6,
    "history_of_key_result": 4,
    "history_learned_of_objective": 2,
    "history_learned_of_team": 2,
    "history_learned_of_company": 2,
    "history_learned_of_tree": 2,
    "suppositions_of_key_result": 2,
    "suppositions_of_several": 2,
    "suppositions_of_objective": 2,
    "people_index": 3,
    "people_show": 3,
    "people_holding": 4,
    "people_personal_data": 15,
    "teams_index": 2,
    "teams_show": 2,
    "teams_members": 3,
    "teams_stand": 2,
    "teams_stand_company": 2,
    "cycles_index": 2,
    "cycles_show": 2,
    "views_index": 2,
    "views_show": 2,
    "workspace_show": 3,
    "plans_show": 24,  # everything there is, as a file
}


class TestEveryRead:
    def test_has_a_number(self):
        """A read without a row here would grow unseen."""
        assert sorted(STATEMENTS) == sorted(each.name for each in LISTED if each.method == "GET")

    def test_costs_what_was_decided(self, cast, program, noted_once):
        """Each read costs as many statements as its row says."""
        things = visible(cast, at_work(cast, timezone.now()))
        ada, counted = program("ada"), {}

        for name in STATEMENTS:
            sent(ada, NAMED[name], things)
            with CaptureQueriesContext(connection) as captured:
                assert sent(ada, NAMED[name], things).status_code == 200, name
            counted[name] = len(captured)

        assert counted == STATEMENTS
