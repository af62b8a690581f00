"""Addresses of capture, referrals, pools, sequences and imports."""

from django.urls import path

from sourcing.views import capture, imports, people_for_job, pools, referrals, segments, sequences

app_name = "sourcing"

urlpatterns = [
    path("candidates/ways-to-add/", capture.ways_to_add, name="ways_to_add"),
    path("referrals/", referrals.referrals, name="referrals"),
    path("referrals/new/", referrals.refer, name="refer"),
    path("referrals/link/", referrals.referral_link, name="referral_link"),
    path("referrals/all/", referrals.referral_list, name="referral_list"),
    path("referrals/<int:pk>/<slug:act>/", referrals.referral_act, name="referral_act"),
    path("refer/<str:token>/", referrals.refer_by_link, name="refer_by_link"),
    path("capture/", capture.capture, name="capture"),
    path("capture/new/", capture.capture_new, name="capture_new"),
    path("capture/known/", capture.capture_known, name="capture_known"),
    path("capture/done/<int:pk>/", capture.capture_done, name="capture_done"),
    path("pools/", pools.pool_list, name="pools"),
    path("pools/new/", pools.pool_create, name="pool_create"),
    path("pools/<int:pk>/", pools.pool, name="pool"),
    path("pools/<int:pk>/edit/", pools.pool_edit, name="pool_edit"),
    path("pools/<int:pk>/enroll/", pools.pool_enroll, name="pool_enroll"),
    path("pools/members/<int:pk>/", pools.member, name="member"),
    path("pools/members/<int:pk>/remove/", pools.member_remove, name="member_remove"),
    path("candidates/<int:candidate>/pool/", pools.pool_add, name="pool_add"),
    path("candidates/<int:candidate>/enroll/", sequences.enroll, name="enroll"),
    path("jobs/<int:pk>/sourcing/", people_for_job.people_for_job, name="people_for_job"),
    path("sequences/", sequences.sequence_list, name="sequences"),
    path("sequences/new/", sequences.sequence_create, name="sequence_create"),
    path("sequences/<int:pk>/", sequences.sequence, name="sequence"),
    path("sequences/<int:pk>/edit/", sequences.sequence_edit, name="sequence_edit"),
    path("sequences/<int:pk>/<slug:act>/", sequences.sequence_act, name="sequence_act"),
    path("segments/", segments.segment_list, name="segments"),
    path("segments/new/", segments.segment_create, name="segment_create"),
    path("segments/<int:pk>/", segments.segment, name="segment"),
    path("segments/<int:pk>/edit/", segments.segment_edit, name="segment_edit"),
    path("segments/<int:pk>/duplicate/", segments.segment_duplicate, name="segment_duplicate"),
    path("segments/<int:pk>/delete/", segments.segment_delete, name="segment_delete"),
    path("segments/<int:pk>/watch/", segments.segment_watch, name="segment_watch"),
    path("enrollments/<int:pk>/<slug:act>/", sequences.enrollment_act, name="enrollment_act"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.import_create, name="import_create"),
    path("imports/<int:pk>/", imports.import_page, name="import"),
    path("imports/<int:pk>/columns/", imports.import_map, name="import_map"),
    path("imports/<int:pk>/run/", imports.import_run, name="import_run"),
    path("imports/<int:pk>/stop/", imports.import_stop, name="import_stop"),
    path("imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("imports/<int:pk>/whose/<int:number>/", imports.import_whose, name="import_whose"),
    path("imports/<int:pk>/report/", imports.import_report, name="import_report"),
]
