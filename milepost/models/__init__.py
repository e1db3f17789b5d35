"""What we remember. One noun a file; a noun knows only those before it in this list."""

from milepost.models.workspaces import Workspace  # isort: skip
from milepost.models.people import Person, User  # isort: skip
from milepost.models.sessions import Session  # isort: skip
from milepost.models.guesses import Guess  # isort: skip
from milepost.models.access import Invitation, SignInLink  # isort: skip
from milepost.models.teams import Team, TeamMember  # isort: skip
from milepost.models.tokens import Token  # isort: skip
from milepost.models.views import DefaultView, SavedView  # isort: skip
from milepost.models.events import Change, Event, Submission  # isort: skip
from milepost.models.cycles import Cycle  # isort: skip
from milepost.models.objectives import Objective, ObjectiveVersion, Transition  # isort: skip
from milepost.models.key_results import KeyResult, KeyResultVersion  # isort: skip
from milepost.models.initiatives import Initiative  # isort: skip
from milepost.models.alignments import Alignment  # isort: skip
from milepost.models.checkins import Checkin  # isort: skip
from milepost.models.comments import Comment  # isort: skip
from milepost.models.reviews import Grade  # isort: skip
from milepost.models.seals import Redaction, Seal, SealHead  # isort: skip

__all__ = [
    "Alignment", "Change", "Checkin", "Comment", "Cycle", "DefaultView", "Event", "Grade", "Guess",
    "Initiative", "Invitation", "KeyResult", "KeyResultVersion", "Objective", "ObjectiveVersion", "Person",
    "Redaction", "SavedView", "Seal", "SealHead", "Session", "SignInLink", "Submission", "Team", "TeamMember",
    "Token", "Transition", "User", "Workspace",
]  # fmt: skip
