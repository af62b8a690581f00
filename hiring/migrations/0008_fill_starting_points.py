"""What a new organisation starts with: job templates, sources, letters and one address to send from.

Each list is filled only where it is empty, and everything can be changed in the administration.
"""

from django.conf import settings
from django.db import migrations

STEPS = [
    {"name": "Lead", "kind": "lead", "target_days": 14},
    {"name": "Applied", "kind": "applied", "target_days": 5},
    {"name": "Screen", "kind": "screen", "target_days": 7, "limit": 20},
]
LAST_STEPS = [
    {"name": "Offer", "kind": "offer", "target_days": 7},
    {"name": "Hired", "kind": "hired"},
]
CALL = {
    "stage": "Screen",
    "name": "First call",
    "minutes": 30,
    "focus": ["Motivation", "Experience that fits", "Clear communication"],
    "questions": [
        "What made you look at this role?",
        "Which part of your work would you like to do more of?",
        "When could you start, and what do you expect in pay?",
    ],
}
TEXT = """<h3>What you will do</h3>
<ul>
<li></li>
</ul>
<h3>What you bring</h3>
<ul>
<li></li>
</ul>
<h3>How we work</h3>
<p></p>
<h3>How we hire</h3>
<p>{steps} You hear from us within five working days after each step.</p>"""

TEMPLATES = [
    {
        "name": "Engineering",
        "description": TEXT.format(steps="A first call, a technical interview, a conversation with the team, then our offer."),
        "stages": [
            *STEPS,
            {"name": "Technical interview", "kind": "interview", "target_days": 7, "limit": 10},
            {"name": "Team interview", "kind": "interview", "target_days": 7, "limit": 6},
            *LAST_STEPS,
        ],
        "kits": [
            CALL,
            {
                "stage": "Technical interview",
                "name": "Technical interview",
                "minutes": 75,
                "focus": ["Problem solving", "Depth in the field", "Care for quality", "Explains clearly"],
                "questions": [
                    "Walk us through something you built that is used today. What would you do differently?",
                    "Tell us about a failure in production: how did you find it, and what changed afterwards?",
                    "Here is a small design problem of ours. Think aloud.",
                ],
            },
            {
                "stage": "Team interview",
                "name": "Working together",
                "minutes": 45,
                "focus": ["Works with others", "Takes and gives feedback", "Ownership"],
                "questions": [
                    "Tell us about a disagreement on how to do something. How did it end?",
                    "What do you need from a team to do your best work?",
                ],
            },
        ],
        "questions": [],
    },
    {
        "name": "Sales",
        "description": TEXT.format(steps="A first call, a case you present to us, a conversation with the lead, then our offer."),
        "stages": [
            *STEPS,
            {"name": "Case", "kind": "interview", "target_days": 7, "limit": 8},
            {"name": "Final interview", "kind": "interview", "target_days": 5, "limit": 5},
            *LAST_STEPS,
        ],
        "kits": [
            CALL,
            {
                "stage": "Case",
                "name": "Case",
                "minutes": 60,
                "focus": ["Listens to the customer", "Structure", "Knows the numbers", "Handles objections"],
                "questions": [
                    "Run a first meeting with us as the customer.",
                    "Which deal are you proud of, and what was your own part in it?",
                    "Tell us about a deal you lost. When did you know?",
                ],
            },
            {
                "stage": "Final interview",
                "name": "With the lead",
                "minutes": 45,
                "focus": ["Drive", "Honesty", "Plans their work"],
                "questions": ["How would your first ninety days look?", "What would your last customers say about you?"],
            },
        ],
        "questions": [],
    },
    {
        "name": "Operations",
        "description": TEXT.format(steps="A first call, a visit with an interview, then our offer."),
        "stages": [
            *STEPS,
            {"name": "Interview", "kind": "interview", "target_days": 7, "limit": 12},
            *LAST_STEPS,
        ],
        "kits": [
            {**CALL, "minutes": 20},
            {
                "stage": "Interview",
                "name": "Interview on site",
                "minutes": 60,
                "focus": ["Reliability", "Practical judgement", "Safety", "Works with others"],
                "questions": [
                    "Describe a usual day in your last work.",
                    "Something breaks and nobody is there to ask. What do you do?",
                    "Tell us about a time when you stopped work because it was not safe.",
                ],
            },
        ],
        "questions": [
            {"key": "shifts", "label": "Can you work in shifts?", "type": "yes_no", "required": False, "options": []}
        ],
    },
]

SOURCES = [
    ("Career site", "career_site"),
    ("Job board", "job_board"),
    ("Referral", "referral"),
    ("Sourced by us", "sourced"),
    ("Agency", "agency"),
    ("Event", "event"),
    ("Import", "import"),
]

LETTERS = [
    (
        "receipt",
        "Receipt",
        "We have your application: {{ job_title }}",
        """Hello {{ first_name }},

thank you for applying as {{ job_title }} at {{ organisation }}. We have your application; its number is {{ receipt_number }}.

A person reads it. We write to you as soon as there is something to tell.

See where it stands at any time, or withdraw it: {{ status_link }}

{{ organisation }}
""",
    ),
    (
        "rejection",
        "Rejection",
        "Your application for {{ job_title }}",
        """Dear {{ first_name }},

thank you for your interest in {{ job_title }} at {{ organisation }} and for the time you took to apply.

We have decided to go on with other people whose experience is closer to what this role needs now. This says nothing about your worth, and we would be glad to hear from you again when another role fits.

Kind regards
{{ sender_name }}
""",
    ),
    (
        "rejection",
        "Rejection after an interview",
        "Our decision on {{ job_title }}",
        """Dear {{ first_name }},

thank you for the conversations about {{ job_title }} and for the work you put into them.

We have decided to make an offer to somebody else. It was a close decision, and the people who met you asked me to thank you. If you would like to know more about how we came to it, answer this mail and I will call you.

Kind regards
{{ sender_name }}
""",
    ),
    (
        "message",
        "How things stand",
        "{{ job_title }}: how things stand",
        """Hello {{ first_name }},

a short word on your application as {{ job_title }}: we are still deciding, and you will hear from me next week.

Kind regards
{{ sender_name }}
""",
    ),
]


def fill(apps, schema_editor):
    templates = apps.get_model("hiring", "JobTemplate").objects
    if not templates.exists():
        for template in TEMPLATES:
            templates.create(**template)
    sources = apps.get_model("hiring", "Source").objects
    if not sources.exists():
        for name, kind in SOURCES:
            sources.create(name=name, kind=kind)
    fill_letters(apps.get_model("hiring", "MailTemplate").objects)
    mailboxes = apps.get_model("hiring", "Mailbox").objects
    address = f"hiring@{settings.MAIL_DOMAIN}"
    if not mailboxes.filter(is_default=True).exists() and not mailboxes.filter(address=address).exists():
        mailboxes.create(address=address, name=settings.ORGANISATION_NAME, is_default=True)


def fill_letters(letters):
    """By name: another migration may have brought one of a kind already."""
    for kind, name, subject, body in LETTERS:
        if kind == "receipt" and letters.filter(kind=kind).exists():
            continue
        letters.get_or_create(name=name, defaults={"kind": kind, "subject": subject, "body": body})


class Migration(migrations.Migration):
    dependencies = [("hiring", "0007_attachments_as_documents")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
