"""The skills and titles every installation starts with; administrators change them afterwards. Filled only where it is empty."""

from django.db import migrations

from hiring import taxonomy


def fill(apps, schema_editor):
    for kind in ("Skill", "Title"):
        model, names = apps.get_model("hiring", kind), apps.get_model("hiring", f"{kind}Name")
        if not model.objects.exists():
            fill_one(model, names, kind.lower(), taxonomy.entries(f"{kind.lower()}s"))


def fill_one(model, names, link, entries):
    rows = model.objects.bulk_create(
        model(
            name=entry.name,
            key=taxonomy.key(entry.name),
            area=entry.area,
            only_in_lists=entry.name in entry.only_in_lists,
        )
        for entry in entries
    )
    by_name = {row.name: row for row in rows}
    taken = {row.key for row in rows}
    aliases = []
    for entry in entries:
        for alias in entry.aliases:
            key = taxonomy.key(alias)
            if key not in taken:
                taken.add(key)
                marked = alias in entry.only_in_lists
                aliases.append(names(**{link: by_name[entry.name]}, name=alias, key=key, only_in_lists=marked))
    names.objects.bulk_create(aliases)
    through = model.broader.through
    through.objects.bulk_create(
        through(**{f"from_{link}": by_name[entry.name], f"to_{link}": by_name[name]})
        for entry in entries
        for name in entry.broader
    )


class Migration(migrations.Migration):
    dependencies = [("hiring", "0013_taxonomy")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
