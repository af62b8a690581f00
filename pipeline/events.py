"""What the floors above may hear of applications, said inside the verb's transaction (docs/architecture.md).

A receiver writes rows or queues a task, nothing slow; an exception in it undoes the verb.
"""

from django.dispatch import Signal

applications_opened = Signal()  # starting.open_application, starting.open_many: applications (all for one job), job, by
applications_taken_back = Signal()  # starting.take_back, starting.take_back_many: applications (no longer stored), by
applications_moved = (
    Signal()
)  # moves.move, moves.undo_move and both for many: applications (of one job), left (Stage by id), by
application_closed = (
    Signal()
)  # rejection.reject, moves.withdraw, moves.give_way, moves.hire: application, by. `application.status` says how.
applications_restored = Signal()  # rejection.restore, restore_many, moves.stand_again: applications (of one job), by
stage_gave_way = Signal()  # retiring.finish: stage (no longer in the plan), to (where its people went)
stage_stands_again = Signal()  # retiring.stand_again: stage (in the plan once more)
stages_made = Signal()  # after a new job got its stages: job, template. Interviews makes the kits.
