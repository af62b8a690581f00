"""Addresses of the pipeline: a job's board, table and review, and what is decided on an application."""

from django.urls import path

from pipeline.views import applications, board, bulk, plan, review

app_name = "pipeline"

urlpatterns = [
    path("jobs/<int:pk>/pipeline/", board.board, name="board"),
    path("jobs/<int:pk>/pipeline/changes/", board.board_changes, name="board_changes"),
    path("jobs/<int:pk>/pipeline/more/<int:stage>/", board.board_more, name="board_more"),
    path("jobs/<int:pk>/pipeline/bulk/", bulk.bulk, name="bulk"),
    path("jobs/<int:pk>/candidates/", board.table, name="table"),
    path("jobs/<int:pk>/review/", review.review, name="review"),
    path("jobs/<int:pk>/plan/", plan.plan, name="plan"),
    path("jobs/<int:pk>/plan/add/", plan.stage_create, name="stage_create"),
    path("stages/<int:pk>/shift/", plan.stage_shift, name="stage_shift"),
    path("stages/<int:pk>/remove/", plan.stage_remove, name="stage_remove"),
    path("bulk/<int:pk>/", bulk.bulk_act, name="bulk_act"),
    path("bulk/<int:pk>/undo/", bulk.bulk_undo, name="bulk_undo"),
    path("bulk/<int:pk>/stop/", bulk.bulk_stop, name="bulk_stop"),
    path("applications/<int:pk>/move/", applications.application_move, name="application_move"),
    path("applications/<int:pk>/move/undo/", applications.application_undo, name="application_undo"),
    path("applications/<int:pk>/advance/<int:seen>/", applications.application_advance, name="application_advance"),
    path("applications/<int:pk>/reject/", applications.application_reject, name="application_reject"),
    path("applications/<int:pk>/restore/", applications.application_restore, name="application_restore"),
    path("applications/<int:pk>/withdraw/", applications.application_withdraw, name="application_withdraw"),
    path("applications/<int:pk>/mail/stop/", applications.rejection_stop, name="rejection_stop"),
    path("applications/<int:pk>/note/", review.review_note, name="review_note"),
    path("candidates/<int:pk>/applications/", applications.candidate_applications, name="candidate_applications"),
    path("candidates/<int:pk>/applications/add/", applications.application_create, name="application_create"),
]
