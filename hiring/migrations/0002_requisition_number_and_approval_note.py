from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hiring", "0001_core_records")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE IF NOT EXISTS hiring_requisition_number AS bigint START 1",
            "DROP SEQUENCE IF EXISTS hiring_requisition_number",
        ),
        migrations.AddField(
            model_name="approval",
            name="note",
            field=models.CharField(blank=True, help_text="Why nobody was asked, or what made it void.", max_length=300),
        ),
    ]
