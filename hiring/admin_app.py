"""Django's admin app with our own site. Not in hiring/apps.py, where Django would take it for the app's own."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    default_site = "hiring.administration.Administration"
