import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hiring", "0039_approvals_in_depth"),
    ]

    operations = [
        migrations.CreateModel(
            name="VectorDue",
            fields=[
                (
                    "candidate",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="vector_due",
                        serialize=False,
                        to="hiring.candidate",
                    ),
                ),
                ("due_since", models.DateTimeField(db_index=True)),
                ("taken_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunSQL(
            "INSERT INTO hiring_vectordue (candidate_id, due_since) "
            "SELECT candidate_id, due_since FROM hiring_candidatevector WHERE due_since IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveIndex(
            model_name="candidatevector",
            name="candidate_vector_due",
        ),
        migrations.RemoveField(
            model_name="candidatevector",
            name="due_since",
        ),
        migrations.RemoveField(
            model_name="candidatevector",
            name="taken_at",
        ),
        migrations.AddIndex(
            model_name="candidatevector",
            index=models.Index(fields=["model"], name="candidate_vector_model"),
        ),
    ]
