"""Addresses of compliance."""

from django.urls import path

from compliance.views import audit, data_requests, history, searching

app_name = "compliance"

urlpatterns = [
    path("", audit.audit, name="audit"),
    path("audit/<int:pk>/", audit.audit_entry, name="audit_entry"),
    path("history/candidates/<int:pk>/", history.candidate_history, name="candidate_history"),
    path("history/candidates/<int:pk>/back/", history.candidate_back, name="candidate_back"),
    path("history/jobs/<int:pk>/", history.job_history, name="job_history"),
    path("history/jobs/<int:pk>/back/", history.job_back, name="job_back"),
    path("audit/verify/", audit.audit_verify, name="audit_verify"),
    path("requests/", data_requests.request_list, name="data_requests"),
    path("requests/<int:pk>/", data_requests.request_settle, name="data_request"),
    path("searches/", searching.searches, name="searches"),
]
