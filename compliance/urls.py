"""Addresses of compliance."""

from django.urls import path

from compliance import views

app_name = "compliance"

urlpatterns = [
    path("", views.audit, name="audit"),
    path("audit/<int:pk>/", views.audit_entry, name="audit_entry"),
    path("audit/verify/", views.audit_verify, name="audit_verify"),
]
