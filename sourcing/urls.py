"""Addresses of pools and sequences."""

from django.urls import path

from sourcing.views import pools, sequences

app_name = "sourcing"

urlpatterns = [
    path("pools/", pools.pool_list, name="pools"),
    path("pools/new/", pools.pool_create, name="pool_create"),
    path("pools/<int:pk>/", pools.pool, name="pool"),
    path("pools/<int:pk>/edit/", pools.pool_edit, name="pool_edit"),
    path("pools/<int:pk>/enroll/", pools.pool_enroll, name="pool_enroll"),
    path("pools/members/<int:pk>/", pools.member, name="member"),
    path("pools/members/<int:pk>/remove/", pools.member_remove, name="member_remove"),
    path("candidates/<int:candidate>/pool/", pools.pool_add, name="pool_add"),
    path("candidates/<int:candidate>/enroll/", sequences.enroll, name="enroll"),
    path("sequences/", sequences.sequence_list, name="sequences"),
    path("sequences/new/", sequences.sequence_create, name="sequence_create"),
    path("sequences/<int:pk>/", sequences.sequence, name="sequence"),
    path("sequences/<int:pk>/edit/", sequences.sequence_edit, name="sequence_edit"),
    path("sequences/<int:pk>/<slug:act>/", sequences.sequence_act, name="sequence_act"),
    path("enrollments/<int:pk>/<slug:act>/", sequences.enrollment_act, name="enrollment_act"),
]
