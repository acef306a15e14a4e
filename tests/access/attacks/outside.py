"""People from outside: forms of schools and providers, and who gets newsletters."""

import uuid

from keepsight.apps.partnership.models import Issue, MailingList, Subscriber
from keepsight.apps.places.models import Setting
from keepsight.apps.registers.models import Entry
from tests.access.attacks.entries import page
from tests.access.attacks.table import DENIED, Attacker, attempt, refused
from tests.access.world import HOME

FORM = "/registers/forms/fellshire/provider_return/"
RETURN = {
    "headline": "All well here", "overall": "green", "running": "open", "minimum_met": "yes", "ppe": "week",
    "risk_assessed": "yes", "help_wanted": "no", "as_at_day": "3", "as_at_month": "6", "as_at_year": "2020",
}  # fmt: skip


@attempt("PART-01", "Fill a form in for another setting", "It is about one's own", "")
def _(a: Attacker) -> None:
    a.as_("provider")
    other = Setting.objects.exclude(urn=HOME).first()
    came = a.post(f"{FORM}fill/", {**RETURN, "about-setting": other.pk, "setting": other.pk, "setting_id": other.pk})
    assert came.status_code == 302
    made = Entry.objects.latest("pk")
    assert made.setting.urn == HOME


@attempt("PART-02", "Answer with a form what the council judges, and its state and owner", "They are passed over", "")
def _(a: Attacker) -> None:
    a.as_("provider")
    more = {
        "state": "assessed",
        "owner": a.user.pk,
        "assessed": "green",
        "rating": "green",
        "exercise": "1",
        "event": "99",
    }
    assert a.post(f"{FORM}fill/", {**RETURN, **more}).status_code == 302
    made = Entry.objects.latest("pk")
    assert (made.state, made.owner_id, made.exercise_id) == ("sent", None, None)
    assert not {"assessed", "rating"} & set(made.values)


@attempt(
    "PART-03", "Read what another setting sent, or fill in a form for another kind of setting", "Not found", DENIED
)
def _(a: Attacker) -> None:
    for person in ("school", "provider/other authority"):
        a.as_(person)
        refused(a.get(f"{FORM}sent/{a.world.ids['entry_return']}/"))
        refused(a.post(f"{FORM}fill/", RETURN))
    assert Entry.objects.filter(register__key="provider_return").count() == 1


@attempt("PART-04", "Open a register, its entries and its files as a provider or school", "Refused", DENIED)
def _(a: Attacker) -> None:
    for person in ("provider", "school", "member"):
        a.as_(person)
        for url in (
            "/registers/", "/registers/fellshire/provider_return/", "/registers/fellshire/provider_return/csv/",
            page(a, "return"), page(a, "standard"), page(a, "standard", "change/"), "/providers/", "/command/",
            "/news/",
            page(a, "standard", f"files/{a.world.subjects['standard'].ids['file']}/"), "/assurance/", "/workforce/",
        ):  # fmt: skip
            refused(a.get(url))


@attempt("NEWS-01", "Guess the link that ends somebody's newsletter", "The same page, and nobody's ends", "")
def _(a: Attacker) -> None:
    real, guessed = a.world.ids["leave"], uuid.UUID(int=0xBAD00000000040008000000000000000)
    pages = [a.get(f"/news/leave/{token}/").content for token in (real, guessed)]
    answers = [a.post(f"/news/leave/{token}/").content for token in (guessed,)]
    assert len({len(each) for each in pages}) == 1
    assert answers
    assert Subscriber.objects.get(token=real).ended_on is None
    assert b"reader@example.org" not in pages[0]


@attempt("NEWS-02", "Have a mail scanner that follows links end a newsletter", "Following a link ends nothing", "")
def _(a: Attacker) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        a.send(method, f"/news/leave/{a.world.ids['leave']}/")
    assert Subscriber.objects.get(token=a.world.ids["leave"]).ended_on is None


@attempt("NEWS-03", "Another authority's newsletter, subscribers and issues", "Not found", DENIED)
def _(a: Attacker) -> None:
    here = f"/news/{a.world.ids['news']}/"
    a.as_("communications/other authority")
    refused(a.get(here))
    refused(a.post(here, {"entry": str(a.world.ids["issue_ready"])}))
    refused(a.post(f"{here}subscribers/", {"lines": "evil@example.org"}))
    assert not Subscriber.objects.filter(email="evil@example.org").exists()


@attempt(
    "NEWS-04", "Send as a newsletter what was not agreed, or an entry about a child", "Asked again, nothing leaves", ""
)
def _(a: Attacker) -> None:
    a.as_("communications")
    Entry.objects.filter(ref=a.world.ids["issue_ready"]).update(state="draft")
    for ref in (a.world.ids["issue_ready"], a.world.subjects["standard"].ids["entry"], a.world.ids["entry_absence"]):
        assert a.post(f"/news/{a.world.ids['news']}/", {"entry": str(ref)}).status_code == 422
    assert Issue.objects.count() == 1


@attempt("NEWS-05", "Put a second header or address into a subscriber's line", "Handed back", "")
def _(a: Attacker) -> None:
    a.as_("communications")
    for line in (
        "a@example.org\rBcc: b@example.org",
        "a@example.org, x\nb@evil",
        "=cmd@example.org\x00",
        "a@b\u2028c.org",
    ):
        a.post(f"/news/{a.world.ids['news']}/subscribers/", {"lines": line})
    for email in MailingList.objects.get(ref=a.world.ids["news"]).subscribers.values_list("email", flat=True):
        assert not set(email) & set("\r\n\x00 ,:\u2028")
