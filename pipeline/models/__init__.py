"""The nouns of the pipeline, by what they are about."""

from pipeline.models.applications import (
    Application,
    ApplicationQuerySet,
    ApplicationValue,
    BulkAct,
    RejectionReason,
    Stage,
    Transition,
)
from pipeline.models.arrivals import (
    AddressCheck,
    AddressConfirmation,
    ApplyingLimits,
    Arrival,
    ArrivalQuerySet,
    ArrivedFile,
    Trait,
)
from pipeline.models.asking import ManagerReview, ManagerReviewQuerySet, ReviewAnswer, Reviewer, ReviewPerson
from pipeline.models.assistant import AssistantDraft, AssistantSwitch
from pipeline.models.blind import BlindReview, Unmasking
from pipeline.models.boards import StuckNudge, SubStatus, Transfer
from pipeline.models.decisions import DecisionRecord, DecisionRecordQuerySet
from pipeline.models.hints import StatementHint
from pipeline.models.letters import JobLetter, ReasonLetter
from pipeline.models.notices import ShownNotice
from pipeline.models.questions import ApplicantQuestion
from pipeline.models.reviews import ReviewSnooze
from pipeline.models.rules import Rule, RuleFiring, RuleTrial, RuleVersion
from pipeline.models.screening import (
    CriteriaVersion,
    CriterionDraft,
    CriterionKind,
    Judgement,
    JudgementCorrection,
    Need,
    Verdict,
)
from pipeline.models.tables import TableColumns, TableDefault, TableView, TableViewQuerySet

__all__ = [
    "AddressCheck",
    "AddressConfirmation",
    "ApplicantQuestion",
    "Application",
    "ApplicationQuerySet",
    "ApplicationValue",
    "ApplyingLimits",
    "Arrival",
    "ArrivalQuerySet",
    "ArrivedFile",
    "AssistantDraft",
    "AssistantSwitch",
    "BlindReview",
    "BulkAct",
    "CriteriaVersion",
    "CriterionDraft",
    "CriterionKind",
    "DecisionRecord",
    "DecisionRecordQuerySet",
    "JobLetter",
    "Judgement",
    "JudgementCorrection",
    "ManagerReview",
    "ManagerReviewQuerySet",
    "Need",
    "ReasonLetter",
    "RejectionReason",
    "ReviewAnswer",
    "ReviewPerson",
    "ReviewSnooze",
    "Reviewer",
    "Rule",
    "RuleFiring",
    "RuleTrial",
    "RuleVersion",
    "ShownNotice",
    "Stage",
    "StatementHint",
    "StuckNudge",
    "SubStatus",
    "TableColumns",
    "TableDefault",
    "TableView",
    "TableViewQuerySet",
    "Trait",
    "Transfer",
    "Transition",
    "Unmasking",
    "Verdict",
]
