"""What the law of a place wants of postings, to start from (JOB-20). Organisations switch rows off, end them, and add their own."""

import datetime as dt
from decimal import Decimal

from django.db import migrations

SINCE = dt.date(2020, 1, 1)
BENEFITS = "benefits|health insurance|paid time off|paid leave|vacation|holidays|pension|retirement|401(k)|sick leave"
NO_MORE = "Describe the other benefits, such as insurance, pension and paid leave."
PAY = "Give the pay range and show it"

# State, whose law, for whom, whether benefits have to be described
STATES = (
    ("US-CA", "California", "Labor Code s. 432.3", "employers of 15 or more", False),
    ("US-DC", "The District of Columbia", "D.C. Code 32-1453.01", "", False),
    ("US-HI", "Hawaii", "Act 203 of 2023", "employers of 50 or more", False),
    ("US-IL", "Illinois", "820 ILCS 112/10", "employers of 15 or more", True),
    ("US-MA", "Massachusetts", "M.G.L. c. 149 s. 105F", "employers of 25 or more", False),
    ("US-MD", "Maryland", "Labor and Employment s. 3-304.2", "", True),
    ("US-ME", "Maine", "LD 54 of 2025", "employers of 10 or more", False),
    ("US-MN", "Minnesota", "Minn. Stat. 181.173", "employers of 30 or more", True),
    ("US-NJ", "New Jersey", "P.L. 2024, c. 91", "employers of 10 or more", True),
    ("US-NY", "New York", "Labor Law s. 194-b", "employers of 4 or more", False),
    ("US-NYC", "New York City", "Administrative Code s. 8-107(32)", "employers of 4 or more", False),
    ("US-VT", "Vermont", "21 V.S.A. s. 495t", "employers of 5 or more", False),
    ("US-WA", "Washington", "R.C.W. 49.58.110", "employers of 15 or more", True),
    ("CA-BC", "British Columbia", "Pay Transparency Act", "", False),
    ("CA-PE", "Prince Edward Island", "Employment Standards Act", "", False),
)
ONTARIO = "Employment Standards Act, 2000, part III.1"
COLORADO = "C.R.S. 8-5-201"
VEVRAA = "41 CFR 60-300.5 and 60-741.5"

RULES = [
    {
        "key": "eu-pay", "jurisdiction": "EU", "kind": "pay", "only_public": False, "law": "Directive (EU) 2023/970, art. 5(1)",
        "message": f"{PAY}: EU law wants applicants to know it before the interview.",
    },
    {
        "key": "eu-collective-agreement", "jurisdiction": "EU", "kind": "words", "only_public": False, "is_on": False,
        "law": "Directive (EU) 2023/970, art. 5(1)", "applies_to": "employers whose pay follows a collective agreement",
        "words": "collective agreement|tarifvertrag|kollektivvertrag|convention collective|convenio colectivo|contratto collettivo|cao",
        "message": "Name the collective agreement that the pay follows.",
    },
    {
        "key": "eu-neutral-title", "jurisdiction": "EU", "kind": "neutral_title", "only_public": False,
        "law": "Directive (EU) 2023/970, art. 5(3)", "message": "Write a title that means all genders.",
    },
    {
        "key": "on-pay", "jurisdiction": "CA-ON", "kind": "pay", "unless_above": Decimal(200_000), "law": ONTARIO,
        "applies_to": "employers of 25 or more", "message": f"{PAY}: Ontario wants it in every posting for pay up to CAD 200,000.",
    },
    {
        "key": "on-spread", "jurisdiction": "CA-ON", "kind": "spread", "most": Decimal(50_000), "unless_above": Decimal(200_000),
        "law": ONTARIO, "applies_to": "employers of 25 or more",
        "message": "Make the pay range narrower: in Ontario it may span CAD 50,000 a year.",
    },
    {
        "key": "on-ai", "jurisdiction": "CA-ON", "kind": "words", "when": "ai", "law": ONTARIO, "applies_to": "employers of 25 or more",
        "words": "artificial intelligence|intelligence artificielle|ai to|ai is",
        "proposal": "We use artificial intelligence to help screen and assess applicants for this position. People decide.",
        "message": "Say that software looks through applications: Ontario wants a statement where AI screens.",
    },
    {
        "key": "on-vacancy", "jurisdiction": "CA-ON", "kind": "words", "law": ONTARIO, "applies_to": "employers of 25 or more",
        "words": "existing vacancy|current vacancy|poste vacant",
        "proposal": "This posting is for an existing vacancy.\nThis posting is not for an existing vacancy.",
        "message": "Say whether this is for an existing vacancy: Ontario wants to know.",
    },
    {
        "key": "on-canadian-experience", "jurisdiction": "CA-ON", "kind": "no_words", "law": ONTARIO, "may_be_exempted": False,
        "applies_to": "employers of 25 or more", "words": "canadian experience|canadian work experience|expérience canadienne",
        "message": "Take the Canadian experience out: Ontario allows no such requirement in a posting or its form.",
    },
    {
        "key": "co-pay", "jurisdiction": "US-CO", "kind": "closed_pay", "only_public": False, "law": COLORADO,
        "message": f"{PAY} with both its ends: Colorado takes no open range.",
    },
    {
        "key": "co-benefits", "jurisdiction": "US-CO", "kind": "words", "only_public": False, "law": COLORADO, "words": BENEFITS,
        "message": NO_MORE,
    },
    {
        "key": "co-last-day", "jurisdiction": "US-CO", "kind": "last_day", "only_public": False, "law": COLORADO,
        "words": "ongoing basis", "message": "Give a last day to apply: Colorado wants to know until when.",
        "proposal": "Applications are accepted on an ongoing basis.",
    },
    {
        "key": "co-open-until-filled", "jurisdiction": "US-CO", "kind": "no_words", "only_public": False, "law": COLORADO,
        "words": "open until filled|until filled", "message": "Take “open until filled” out: in Colorado it is no last day.",
    },
    {
        "key": "us-contractor-tag-line", "jurisdiction": "US", "kind": "words", "is_on": False, "law": VEVRAA,
        "applies_to": "federal contractors", "words": "equal opportunity|equal employment opportunity|eeo\nveteran|vet\ndisab",
        "proposal": "We are an equal opportunity employer, including protected veterans and individuals with disabilities.",
        "message": "Add the line on equal opportunity, veterans and disability that federal contractors owe.",
    },
    {
        "key": "us-contractor-listing", "jurisdiction": "US", "kind": "done", "is_on": False, "law": VEVRAA,
        "applies_to": "federal contractors", "message": "List the opening with the state employment service, and record where and under which number.",
    },
    {
        "key": "us-de-pay", "jurisdiction": "US-DE", "kind": "pay", "law": "HB 105 of 2025", "applies_to": "employers of 25 or more",
        "valid_from": dt.date(2027, 9, 26), "message": f"{PAY}: Delaware wants it in the posting.",
    },
]  # fmt: skip
for state, name, law, whom, benefits in STATES:
    own = {"jurisdiction": state, "law": law, "applies_to": whom}
    key = state.lower()
    RULES.append({"key": f"{key}-pay", "kind": "pay", "message": f"{PAY}: {name} wants it in the posting.", **own})
    if benefits:
        RULES.append({"key": f"{key}-benefits", "kind": "words", "words": BENEFITS, "message": NO_MORE, **own})


def fill(apps, schema_editor):
    rule = apps.get_model("hiring", "PostingRule")
    rule.objects.bulk_create([rule(**{"valid_from": SINCE, **row}) for row in RULES], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("hiring", "0056_rules_of_postings")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
