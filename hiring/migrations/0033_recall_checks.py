"""What the index of vectors finds of those who are nearest, measured each night (hiring/semantic/recall.py)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hiring', '0032_taxonomy_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecallCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('model', models.CharField(max_length=120)),
                ('people', models.IntegerField(help_text='Vectors of this model.')),
                ('queries', models.IntegerField()),
                ('recall', models.FloatField(verbose_name='found of the nearest ten')),
            ],
            options={
                'ordering': ('-at',),
            },
        ),
    ]
