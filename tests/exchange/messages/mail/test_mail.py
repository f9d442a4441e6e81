"""Messages by mail, through a mail server of other people's that demands TLS and a sign-in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.config import BadSettings, Settings
from exchange.core.errors import Invalid, NotPermitted
from exchange.messages.jobs import outlets_of
from exchange.messages.mail import service
from exchange.messages.mail.claims import LEASE, claim_letters
from exchange.messages.mail.letters import write_mail
from exchange.messages.mail.sending import send_mails
from exchange.messages.webhooks.turns import LEAST_TRIES
from tests.factories.browsers import Browser
from tests.factories.mail_server import PASSWORD, USER, mail_server
from tests.factories.messages import Messages
from tests.factories.participants import PASSWORD as LOGIN_PASSWORD

SENDER = "notices@exchange.example"


class Mails:
    """A market whose exchange has a mail server."""

    def __init__(self, market, server, security="starttls", **settings):
        self.market, self.server = market, server
        self.messages = Messages(market).skip()
        self.context = replace(
            market.context,
            settings=replace(
                market.context.settings,
                **{
                    "smtp_host": "localhost",
                    "smtp_port": server.port,
                    "smtp_security": security,
                    "smtp_ca_file": server.authority,
                    "smtp_user": USER,
                    "smtp_password": PASSWORD,
                    "mail_from": SENDER,
                    "public_url": "https://exchange.example",
                    **settings,
                },
            ),
        )

    def choose(self, *topics, who=None, language="en"):
        return self.market.do(
            service.choose_mail,
            actor=(who or self.market.grid_co).actor,
            topics=topics,
            language=language,
        )

    def card(self):
        return self.market.read(service.get_choice, actor=self.market.grid_co.actor)

    def tell(self):
        self.market.suspended()
        self.messages.follow(outlets=outlets_of(self.context.settings))
        return self.messages.to(self.market.grid_co)[-1]

    def send(self):
        send_mails(self.context)


@pytest.fixture
def clock(market, monkeypatch):
    monkeypatch.setattr("exchange.core.clock.now", lambda: market.now)


@pytest.fixture(scope="module", params=["starttls", "tls"])
def any_server(request, tmp_path_factory):
    with mail_server(tmp_path_factory.mktemp(request.param), request.param) as running:
        yield request.param, running


@pytest.fixture
def server(tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    with mail_server(folder, "starttls") as running:
        yield running


@pytest.fixture
def mails(market, server, clock):
    return Mails(market, server)


def test_a_mail_arrives_over_tls_in_both_forms(market, any_server, clock):
    security, server = any_server
    mails = Mails(market, server, security)
    mails.choose("listings")
    message = mails.tell()
    mails.send()

    (mail,) = [mail for mail in server.taken() if message.id in mail["Message-ID"]]
    assert (mail["To"], mail["From"].addresses[0].addr_spec) == (market.grid_co.login, SENDER)
    assert mail["Subject"].startswith("[Wuhan Data Exchange] Your listing Load curve was suspended")
    assert mail["Message-ID"] == f"<{message.id}.{market.grid_co.actor.person_id}@exchange.example>"
    assert mail["List-Unsubscribe"] == "<https://exchange.example/inbox/mail>"
    plain = mail.get_body(("plain",)).get_content()
    assert message.text_en in plain
    assert f"https://exchange.example/catalogue/{market.listing_id}" in plain
    assert message.text_en in mail.get_body(("html",)).get_content()
    assert (mails.card().waiting, mails.card().parked) == (0, 0)


def test_a_mail_speaks_its_readers_language(mails, server):
    mails.choose("listings", language="zh")
    message = mails.tell()
    mails.send()

    (mail,) = server.taken()
    assert message.text_zh in mail.get_body(("plain",)).get_content()
    assert mail["From"].addresses[0].display_name == "武汉数据交易所"


def test_words_of_others_stay_words(mails):
    """A reason is written by strangers: it neither ends a header nor opens a tag."""
    mails.choose("listings")
    mails.tell()
    (letter,) = mails.market.do(claim_letters)
    text = "x\r\nBcc: a@b.example\r\n\r\n<script>alert(1)</script>"
    letter = replace(letter, message=replace(letter.message, text_en=text))

    mail = write_mail(letter, sender=SENDER, public_url="")

    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert "&lt;script&gt;" in mail.get_body(("html",)).get_content()


class TestChoice:
    def test_is_each_persons_own(self, mails, server, market):
        mails.choose("listings", who=market.grid_approver)
        mails.tell()
        mails.send()

        assert [mail["To"] for mail in server.taken()] == [market.grid_approver.login]

    def test_of_other_topics_brings_nothing(self, mails, server):
        mails.choose("bills")
        mails.tell()
        mails.send()

        assert server.taken() == []

    def test_taken_back_takes_back_what_waits(self, mails, server):
        mails.choose("listings")
        mails.tell()
        mails.choose()
        mails.send()

        assert (server.taken(), mails.card().topics) == ([], [])

    def test_needs_a_login_that_is_a_mail_address(self, mails, market, monkeypatch):
        monkeypatch.setattr(service, "get_login", lambda *_: "grid-co")

        with pytest.raises(Invalid, match="no mail address"):
            mails.choose("listings")
        assert mails.card().address is None

    def test_needs_a_verified_organisation(self, mails, market):
        stranger = replace(market.grid_co, actor=replace(market.grid_co.actor, is_verified=False))

        with pytest.raises(NotPermitted):
            mails.choose("listings", who=stranger)

    def test_without_a_mail_server_queues_nothing(self, mails, market):
        mails.choose("listings")
        market.suspended()
        mails.messages.follow()

        assert mails.card().waiting == 0


class TestFailure:
    def test_for_good_is_given_up_at_once(self, mails, server):
        server.refuse(**{"grid-co": "550 no such user"})
        mails.choose("listings")
        mails.tell()
        mails.send()

        assert (mails.card().waiting, mails.card().parked) == (0, 1)

    def test_for_now_is_tried_again(self, mails, server, market):
        server.refuse(**{"grid-co": "451 come back later"})
        mails.choose("listings")
        message = mails.tell()
        mails.send()
        assert mails.card().waiting == 1
        server.refuse()
        market.now += timedelta(minutes=1)
        mails.send()

        assert [message.id in mail["Message-ID"] for mail in server.taken()] == [True]

    def test_for_days_is_given_up(self, mails, server, market):
        server.refuse(**{"grid-co": "451 come back later"})
        mails.choose("listings")
        mails.tell()
        for _ in range(LEAST_TRIES + 8):
            mails.send()
            market.now += timedelta(hours=7)

        assert (mails.card().waiting, mails.card().parked) == (0, 1)

    def test_of_one_reader_keeps_nothing_from_the_others(self, mails, server, market):
        server.refuse(**{"grid-co": "550 no such user"})
        mails.choose("listings")
        mails.choose("listings", who=market.grid_approver)
        mails.tell()
        mails.send()

        assert [mail["To"] for mail in server.taken()] == [market.grid_approver.login]

    @pytest.mark.parametrize("wrong", [{"smtp_ca_file": None}, {"smtp_password": "guessed"}])
    def test_of_the_server_itself_loses_nothing(self, market, server, clock, wrong):
        right = Mails(market, server).context
        mails = Mails(market, server, **wrong)
        mails.choose("listings")
        mails.tell()
        mails.send()
        assert (server.taken(), mails.card().waiting) == ([], 1)

        market.now += timedelta(minutes=1)
        mails.context = right
        mails.send()

        assert len(server.taken()) == 1

    def test_of_a_server_that_is_gone_loses_nothing(self, mails, server):
        mails.choose("listings")
        mails.tell()
        server.process.kill()
        server.process.wait()
        mails.send()

        assert mails.card().waiting == 1


def test_a_mail_whose_node_died_is_sent_by_the_next_one(mails, server, market):
    mails.choose("listings")
    mails.tell()
    (letter,) = market.do(claim_letters)
    mails.send()
    early = server.taken()
    market.now += LEASE + timedelta(seconds=1)
    mails.send()

    (mail,) = server.taken()
    assert (early, letter.message.id in mail["Message-ID"]) == ([], True)


class TestDoors:
    def test_api(self, market):
        api = market.api(market.grid_co)

        chosen = api.post("/mail-choice", {"topics": ["bills", "data"], "language": "en"})
        assert (chosen.status_code, chosen.json["topics"]) == (200, ["bills", "data"])
        assert api.get("/mail-choice").json == chosen.json
        assert api.post("/mail-choice", {"topics": ["gossip"]}).status_code == 422

    def test_page(self, market):
        browser = Browser(market.app)
        browser.sign_in(market.grid_co.login, LOGIN_PASSWORD)

        answer = browser.submit("/inbox/mail/", form_at="/inbox/mail/", topics="bills", language="en")

        assert answer.status_code == 303
        page = browser.get("/inbox/mail/").text
        assert 'value="bills" checked' in page
        assert market.grid_co.login in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"smtp_security": "ssl"}, "takes starttls"),
        ({"smtp_host": "mail.example", "smtp_security": "none", "mail_from": SENDER}, "loopback"),
        ({"smtp_host": "mail.example"}, "WDX_MAIL_FROM"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(changes, words):
    with pytest.raises(BadSettings, match=words):
        Settings(**changes)
