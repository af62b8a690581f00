"""The nouns every floor stands on, by what they are about."""

from hiring.models.acts import PeopleAct, PeopleActItem
from hiring.models.api import ApiAnswer, ApiKey
from hiring.models.application_forms import FormVersion, QuestionExemption, QuestionRule, QuestionSet
from hiring.models.approvals import Absence, Approval, ApprovalChain, ApprovalGroup, ApprovalVote, ChainGroup
from hiring.models.candidates import (
    Candidate,
    CandidateTag,
    ContactPoint,
    Follow,
    Note,
    NoteVersion,
    Tag,
    Task,
)
from hiring.models.contact import Consent, DataRequest, LegalText, ProcessingBasis, Suppression
from hiring.models.custom_fields import CandidateValue, CustomField, CustomFieldOption, CustomValue, JobValue
from hiring.models.documents import (
    Document,
    DocumentPlaces,
    DocumentText,
    DraftFile,
    DraftPiece,
    PageImage,
    Recognition,
    RemovedDocument,
)
from hiring.models.duplicates import BlockingKey, DuplicateLook, DuplicatePair, MergeRecord
from hiring.models.facts import FactSource
from hiring.models.holidays import Holiday
from hiring.models.jobs import Job, JobStatusChange, JobTemplate, Opening, TeamMember
from hiring.models.links import PersonalLink
from hiring.models.mail import (
    Attachment,
    InboundMail,
    Mailbox,
    MailTemplate,
    Message,
    SendAttempt,
    SenderDay,
    Thread,
)
from hiring.models.notifications import Notification
from hiring.models.people import Department, Location, User
from hiring.models.posting_rules import PostingRule, RuleAnswer
from hiring.models.postings import Posting, PostingPlace, PostingTranslation, PostingVersion
from hiring.models.promises import Promise, PromiseQuerySet
from hiring.models.resumes import ParsedProfile, ProfileCorrection
from hiring.models.search import CandidateSearch, NameForm, NameToken, SearchRecord
from hiring.models.semantic import CandidateVector, JobVector, RecallCheck, VectorDue
from hiring.models.sources import Source, SourceAlias, SourceMerge, SourceMoved
from hiring.models.taxonomy import Skill, SkillName, TaxonomyChange, TaxonomyVersion, Title, TitleName
from hiring.models.timeline import TimelineEvent

__all__ = [
    "Absence",
    "ApiAnswer",
    "ApiKey",
    "Approval",
    "ApprovalChain",
    "ApprovalGroup",
    "ApprovalVote",
    "Attachment",
    "BlockingKey",
    "Candidate",
    "CandidateSearch",
    "CandidateTag",
    "CandidateValue",
    "CandidateVector",
    "ChainGroup",
    "Consent",
    "ContactPoint",
    "CustomField",
    "CustomFieldOption",
    "CustomValue",
    "DataRequest",
    "Department",
    "Document",
    "DocumentPlaces",
    "DocumentText",
    "DraftFile",
    "DraftPiece",
    "DuplicateLook",
    "DuplicatePair",
    "FactSource",
    "Follow",
    "FormVersion",
    "Holiday",
    "InboundMail",
    "Job",
    "JobStatusChange",
    "JobTemplate",
    "JobValue",
    "JobVector",
    "LegalText",
    "Location",
    "MailTemplate",
    "Mailbox",
    "MergeRecord",
    "Message",
    "NameForm",
    "NameToken",
    "Note",
    "NoteVersion",
    "Notification",
    "Opening",
    "PageImage",
    "ParsedProfile",
    "PeopleAct",
    "PeopleActItem",
    "PersonalLink",
    "Posting",
    "PostingPlace",
    "PostingRule",
    "PostingTranslation",
    "PostingVersion",
    "ProcessingBasis",
    "ProfileCorrection",
    "Promise",
    "PromiseQuerySet",
    "QuestionExemption",
    "QuestionRule",
    "QuestionSet",
    "RecallCheck",
    "Recognition",
    "RemovedDocument",
    "RuleAnswer",
    "SearchRecord",
    "SendAttempt",
    "SenderDay",
    "Skill",
    "SkillName",
    "Source",
    "SourceAlias",
    "SourceMerge",
    "SourceMoved",
    "Suppression",
    "Tag",
    "Task",
    "TaxonomyChange",
    "TaxonomyVersion",
    "TeamMember",
    "Thread",
    "TimelineEvent",
    "Title",
    "TitleName",
    "User",
    "VectorDue",
]
