"""What may not be asked on application forms, to start from (JOB-20, JOB-21, PRIV-17). Organisations end rules and add their own."""

import datetime as dt

from django.db import migrations

SINCE = dt.date(2020, 1, 1)
BLOCK, WARN = "block", "warn"
PAY_STATES = (
    ("US-CA", "Labor Code s. 432.3"),
    ("US-CO", "C.R.S. 8-5-102"),
    ("US-CT", "Gen. Stat. 31-40z"),
    ("US-DC", "Wage Transparency Omnibus Amendment Act"),
    ("US-DE", "19 Del. C. s. 709B"),
    ("US-HI", "H.R.S. 378-2.4"),
    ("US-IL", "820 ILCS 112/10"),
    ("US-MA", "M.G.L. c. 149 s. 105A"),
    ("US-MD", "Labor and Employment s. 3-304.2"),
    ("US-ME", "26 M.R.S. s. 628-A"),
    ("US-MN", "Minn. Stat. 363A.08"),
    ("US-NJ", "N.J.S.A. 34:6B-20"),
    ("US-NV", "N.R.S. 613.133"),
    ("US-NY", "Labor Law s. 194-a"),
    ("US-OR", "O.R.S. 652.220"),
    ("US-RI", "R.I. Gen. Laws 28-6-22"),
    ("US-VT", "21 V.S.A. s. 495m"),
    ("US-WA", "R.C.W. 49.58.100"),
    ("CA-BC", "Pay Transparency Act"),
    ("CA-PE", "Employment Standards Act"),
)
PAY = "Past or present pay may not be asked for here, and pay is not set by it."

# topic, jurisdiction, level, message, law, may be exempted
RULES = (
    ("pay_history", "EU", BLOCK, "Past or present pay may not be asked for in the European Union.", "Directive (EU) 2023/970, art. 5(2)", False),
    *(("pay_history", place, BLOCK, PAY, law, False) for place, law in PAY_STATES),
    ("pay_history", "*", WARN, "Past pay carries old gaps into new offers: ask what pay they expect instead.", "", False),
    ("health", "*", BLOCK, "Health and disability are no business of ours before an offer: describe the work, and offer adjustments.", "", True),
    ("health", "EU", BLOCK, "Health and disability may not be asked about before an offer, unless the work cannot be done otherwise.", "Directive 2000/78/EC; GDPR art. 9", True),
    ("health", "GB", BLOCK, "Health and disability may not be asked about before an offer.", "Equality Act 2010, s. 60", True),
    ("health", "US", BLOCK, "Disability may not be asked about before an offer, not even its kind or how serious it is.", "ADA, 42 U.S.C. 12112(d)(2)", False),
    ("family", "*", BLOCK, "Children, family plans and pregnancy say nothing about the work, and may not be asked about.", "", True),
    ("family", "EU", BLOCK, "Children, family plans, pregnancy and marriage may not be asked about.", "Directive 2006/54/EC", True),
    ("family", "GB", BLOCK, "Children, family plans, pregnancy and marriage may not be asked about.", "Equality Act 2010, s. 13, 18", True),
    ("age", "*", BLOCK, "How old somebody is may not decide, so it is not asked: ask whether they are old enough where the law says so.", "", True),
    ("age", "EU", BLOCK, "How old somebody is may not decide, so it is not asked.", "Directive 2000/78/EC", True),
    ("age", "US", BLOCK, "Age and year of graduation may not be asked about.", "ADEA, 29 U.S.C. 623", True),
    ("nationality", "*", BLOCK, "Where somebody comes from may not decide: ask whether they are allowed to work here.", "", True),
    ("nationality", "US", BLOCK, "Citizenship and origin may not be asked about: ask whether they are allowed to work here.", "INA, 8 U.S.C. 1324b", True),
    ("mother_tongue", "*", WARN, "A mother tongue is where somebody was born: ask for the level the work needs.", "", False),
    ("ethnicity", "*", BLOCK, "Race, ethnic origin and colour of skin may not be asked about on a form that decides.", "", False),
    ("religion", "*", BLOCK, "Religion and belief may not be asked about.", "", True),
    ("religion", "EU", BLOCK, "Religion and belief may not be asked about, unless the work of a church demands it.", "Directive 2000/78/EC, art. 4; GDPR art. 9", True),
    ("politics", "*", BLOCK, "Political opinions may not be asked about.", "", True),
    ("union", "*", BLOCK, "Membership of a union may not be asked about.", "", False),
    ("sex", "*", BLOCK, "Sex, gender and orientation may not be asked about on a form that decides.", "", True),
    ("canadian_experience", "CA-ON", BLOCK, "Ontario allows no requirement of Canadian experience in postings or forms.", "Employment Standards Act, 2000, s. 8.3", False),
    ("canadian_experience", "CA", WARN, "Canadian experience shuts out newcomers: ask for the experience itself.", "", False),
    ("criminal_record", "*", WARN, "Convictions are asked about late, if at all, and only those the work makes matter.", "", False),
    ("criminal_record", "EU", WARN, "Convictions may be processed only where a law allows it, and are asked about late.", "GDPR art. 10", False),
    ("criminal_record", "US", WARN, "Many states and cities forbid asking about convictions before an offer.", "", False),
    ("national_id", "*", WARN, "Identity numbers are for contracts, not for applications.", "", False),
    ("photo", "*", WARN, "A photograph shows age, sex and origin: nobody may be chosen by it.", "", False),
    ("credit", "*", WARN, "Debts are asked about only where the work is with money, and late.", "", False),
)  # fmt: skip


def fill(apps, schema_editor):
    rule = apps.get_model("hiring", "QuestionRule")
    rule.objects.bulk_create(
        [
            rule(
                topic=topic,
                jurisdiction=jurisdiction,
                level=level,
                message=message,
                law=law,
                may_be_exempted=may_be_exempted,
                valid_from=SINCE,
            )
            for topic, jurisdiction, level, message, law, may_be_exempted in RULES
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("hiring", "0052_fill_form_versions")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
