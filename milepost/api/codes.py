"""The codes that a refusal can have. Each stays as it is; others may come, so programs let them be."""

from __future__ import annotations

# In the order of the alphabet; the tests fail where an answer of the API has another one.
CODES = (
    "alignment_loop", "all_weights_zero", "bad_cadence", "bad_character", "bad_email", "bad_floor",
    "bad_idempotency_key", "bad_plan", "bad_range", "before_the_beginning", "binary_not_boolean",
    "built_on_since", "cannot_undo", "changed_meanwhile", "changed_since", "checked_in_since",
    "closed_since", "conflict", "corrected_already", "cut_short", "cycle_is_closed", "cycle_loop",
    "database_is_away", "database_is_busy", "database_is_read_only", "dates_do_not_fit", "day_not_over",
    "defect", "demo_exists", "direction_mismatch", "disk_is_full", "does_not_apply", "email_taken", "far_out",
    "file_refused", "guard_not_met", "has_joined", "has_left", "id_moved", "illegal_transition",
    "insufficient_scope", "invalid", "last_owner", "length_required", "method_not_allowed",
    "milestone_count", "missing", "negative_weight", "no_start", "no_target", "no_value", "no_versions",
    "not_a_number", "not_acceptable", "not_allowed", "not_found", "not_json", "nothing_to_hand_over",
    "nothing_to_undo", "number_too_large", "objective_is_closed", "on_record", "out_of_range",
    "out_of_sight", "outside_team", "plan_refused", "reason_needed", "relative_to_zero", "repeated_parameter",
    "second_step_needed", "shuts_you_out", "some_cannot", "start_equals_target", "submission_reused",
    "takes_no_checkins", "team_loop", "too_busy", "too_large", "too_late_to_undo", "too_many",
    "too_many_at_once", "too_many_invitations", "too_many_parameters", "too_many_requests",
    "too_many_views", "two_lengths", "unauthorized", "undone_already", "unknown_field",
    "unknown_parameter", "unknown_timezone", "unsupported_media_type", "withdrawn",
)  # fmt: skip
