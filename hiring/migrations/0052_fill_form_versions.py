"""Forms that were published have a first version; kinds of questions have one name each."""

from django.db import migrations

ONE_NAME = {"single": "choice", "choices": "multi", "long": "long_text"}


def fill(apps, schema_editor):
    Posting = apps.get_model("hiring", "Posting")
    FormVersion = apps.get_model("hiring", "FormVersion")
    for posting in Posting.objects.order_by("pk").iterator(chunk_size=500):
        asked = [_named(question) for question in posting.questions or []]
        if asked != posting.questions:
            Posting.objects.filter(pk=posting.pk).update(questions=asked)
        if posting.first_published_at:
            FormVersion.objects.get_or_create(
                posting=posting, number=1, defaults={"questions": asked, "at": posting.first_published_at}
            )
    for template in apps.get_model("hiring", "JobTemplate").objects.all():
        asked = [_named(question) for question in template.questions or []]
        if asked != template.questions:
            template.questions = asked
            template.save(update_fields=["questions"])


def _named(question):
    kind = question.get("type") or "text"
    usual = {"required": False, "options": []}
    return {**usual, **question, "type": ONE_NAME.get(kind, kind)}


class Migration(migrations.Migration):
    dependencies = [("hiring", "0051_application_forms")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
