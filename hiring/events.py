"""What the floors above may hear. Each signal is sent by the verb named, inside its transaction (docs/architecture.md).

A receiver writes rows or queues a task, nothing slow; an exception in it undoes the verb.
"""

from django.dispatch import Signal

# hiring.jobs.create: job, template (unsaved for a copy). Pipeline makes the stages, interviews the kits.
job_created = Signal()
job_closed = Signal()  # hiring.jobs.close: job, by
approval_decided = Signal()  # hiring.approvals: approval, by. Sender is the Approval class; compare subject_kind.
sign_of_life = Signal()  # hiring.contact.sign_of_life: candidate, kind. Sourcing freezes sequences (invariant 4).
candidate_suppressed = Signal()  # hiring.contact.suppress: candidate, reason. Sourcing stops enrollments.
message_settled = Signal()  # hiring.mail.delivery: message, after it was sent, blocked, failed or bounced.
message_received = Signal()  # hiring.mail.inbound: message, automatic (bool)
document_removed = (
    Signal()
)  # hiring.documents.removing.remove: candidate, document (its id). Sourcing takes it out of archives.
# hiring.application_form.versions.publish: version, private (keys of questions that are private from now on).
form_published = Signal()
# hiring.postings.versions.keep, hiring.jobs._change: what everybody can read of jobs is, or may be, other. The career site counts anew.
postings_changed = Signal()
holidays_changed = Signal()  # hiring.holidays.changed. Pipeline reckons anew when rules and letters that wait are due.
sensitive_read = Signal()  # hiring.exports: action, table, object_id. Compliance writes it into the chain.
