from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "pipeline"
    verbose_name = "Applications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pipeline import receivers  # noqa: F401
        from pipeline.screening import receivers as screening  # noqa: F401
