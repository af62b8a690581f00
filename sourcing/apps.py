from django.apps import AppConfig


class SourcingConfig(AppConfig):
    name = "sourcing"
    verbose_name = "Sourcing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.conf import settings

        from hiring.documents import uploads
        from sourcing import receivers  # noqa: F401

        uploads.larger["/imports/new/"] = settings.IMPORT_MOST_BYTES + 1024 * 1024
