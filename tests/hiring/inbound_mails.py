"""Mail as it comes in from the world (FIX-1). `@TOKEN@`, `@ID@`, `@TO@` stand for our message's token, id and recipient."""

REPLY = b"""\
From: Ada Byron <ada@mail.example>
To: reply+@TOKEN@@in.throughline.example
Subject: Re: A role in Lyon
Message-ID: <reply-1@mail.example>
In-Reply-To: @ID@
References: @ID@
Date: Tue, 09 Jun 2026 12:00:00 +0200
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Thank you, I would like to hear more.

On Tue, 9 Jun 2026 at 11:00, Northwind Talent <hiring@throughline.example> wrote:
> Hello Ada
"""

OUTLOOK_AWAY = b"""\
From: Ada Byron <ada@mail.example>
To: reply+@TOKEN@@in.throughline.example
Subject: Automatic reply: A role in Lyon
Message-ID: <away-1@mail.example>
In-Reply-To: @ID@
X-Auto-Response-Suppress: All
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

I am away until Monday. Gr=FC=DFe
"""

GMAIL_AWAY = b"""\
From: Ada Byron <ada@mail.example>
To: reply+@TOKEN@@in.throughline.example
Subject: Out of office Re: A role in Lyon
Message-ID: <away-2@mail.example>
In-Reply-To: @ID@
References: @ID@
Precedence: bulk
X-Autoreply: yes
Auto-Submitted: auto-replied; owner-email="ada@mail.example"
Content-Type: text/html; charset=utf-8

<div>I am away.<br>Back on Monday.</div>
"""

EXCHANGE_AWAY = b"""\
From: Ada Byron <ada@mail.example>
Subject: =?utf-8?q?Abwesenheitsnotiz=3A_A_role?=
Message-ID: <away-3@mail.example>
X-Auto-Response-Suppress: DR, OOF, AutoReply
In-Reply-To: @ID@
Content-Type: text/plain

Ich bin nicht da.
"""

LIST_MAIL = b"""\
From: News <news@shop.example>
Subject: Re: A role in Lyon
Message-ID: <list-1@shop.example>
List-Id: <news.shop.example>
Content-Type: text/plain

Buy now
"""


def report(
    action: bytes, status: bytes, words: bytes = b"", subject: bytes = b"Undelivered Mail Returned to Sender"
) -> bytes:
    return (
        b"""\
From: MAILER-DAEMON@mx.example
To: bounce+@TOKEN@@in.throughline.example
Subject: """
        + subject
        + b"""
Message-ID: <dsn-1@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.example.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ada@mail.example
Action: """
        + action
        + b"\nStatus: "
        + status
        + b"\nDiagnostic-Code: smtp; "
        + words
        + b"""

--B
Content-Type: message/rfc822

From: hiring@throughline.example
To: ada@mail.example
Message-ID: @ID@
Subject: A role in Lyon

Hello
--B--
"""
    )


HARD = report(b"failed", b"5.1.1", b"550 5.1.1 <ada@mail.example> No such user")
HARD_IN_FRENCH = report(
    b"failed", b"5.1.1", b"550 5.1.1 Utilisateur inconnu", b"=?utf-8?q?Message_non_distribu=C3=A9?="
)
FULL = report(b"failed", b"5.2.2", b"552 5.2.2 Mailbox full")
DELAYED = report(b"delayed", b"4.4.1", b"451 4.4.1 Connection timed out")
RELAYED = report(b"relayed", b"2.0.0")
POLICY = report(b"failed", b"5.7.26", b"550 5.7.26 Unauthenticated mail")
CUT_SHORT = HARD.split(b"Action:")[0]

COMPLAINT = b"""\
From: fbl@provider.example
To: abuse@in.throughline.example
Subject: Complaint
Message-ID: <arf-1@provider.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is an abuse report.
--B
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1
Original-Rcpt-To: <@TO@>

--B
Content-Type: message/rfc822

From: hiring@throughline.example
To: @TO@
Message-ID: @ID@
Subject: A role in Lyon

Hello
--B--
"""
COMPLAINT_REDACTED = COMPLAINT.replace(b"Original-Rcpt-To: <@TO@>\n", b"").replace(b"\nTo: @TO@", b"\nTo: redacted")
COMPLAINT_WITHOUT_ORIGINAL = COMPLAINT.replace(b"@ID@", b"<foreign@other.example>")
