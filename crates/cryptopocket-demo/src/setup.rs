//! The participants of the flows: an emulator, a client, a webhook receiver, a browser.

use std::time::Duration;

use cryptopocket::onramp::Payment;
use cryptopocket::users::NewCustomer;
use cryptopocket::webhooks::{Event, EventKind, Verifier};
use cryptopocket::{Client, CoinAmount, Credentials, EventType, Field, KycDecision, Money, Schedule, UserId};
use cryptopocket_sandbox::{Sandbox, Speed};

use crate::error::{Error, Result};
use crate::pages::Browser;
use crate::receiver::Receiver;
use crate::step::{Step, short, step};
use crate::timeline::{Exchange, Listener, Object, Summary, Timeline};

/// The longest wait for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// How long the emulator takes to buy coins.
pub(crate) const BUYING: Duration = Duration::from_secs(90);
/// The wallet of the customer.
pub(crate) const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";
/// The bank account of the customer: a well-known example.
pub(crate) const CUSTOMER_IBAN: &str = "ES9121000418450200051332";
/// The name of the customer.
pub(crate) const CUSTOMER: &str = "Ana García";

const REVIEW: Duration = Duration::from_secs(180);
const EVENTS: [EventType; 4] = [
    EventType::PayIn,
    EventType::CoinsSent,
    EventType::CryptoReceived,
    EventType::TransferRampoffFinished,
];

pub(crate) struct Setup<'l> {
    pub(crate) timeline: Timeline<'l>,
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
    pub(crate) receiver: Receiver,
    pub(crate) browser: Browser,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) seed: u64,
}

impl<'l> Setup<'l> {
    /// Starts everything on free ports. The emulator's clock moves only on request, so that the same seed gives the
    /// same amounts.
    pub(crate) async fn open(seed: u64, listener: &'l mut Listener<'l>) -> Result<Self> {
        let timeline = Timeline::new(listener);
        let started = Sandbox::builder().seed(seed).speed(Speed::Manual).start().await;
        let sandbox = started.map_err(|error| Error::Start(error.to_string()))?;
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
            .build()?;
        let verifier = Verifier::new(sandbox.api_secret())?.require_api_key(sandbox.api_key());
        Ok(Self {
            timeline,
            receiver: Receiver::start(verifier).await?,
            browser: Browser::new()?,
            sandbox,
            client,
            exchanges: Vec::new(),
            seed,
        })
    }

    /// Tells the listener that the demo is over.
    pub(crate) fn close(&mut self, ok: bool) -> Result<()> {
        self.timeline.done(Summary {
            ok,
            webhooks_verified: Some(self.receiver.counts().verified),
            exchanges: std::mem::take(&mut self.exchanges),
            ..Summary::default()
        })
    }

    /// Logs in, subscribes, and creates a customer.
    pub(crate) async fn begin(&mut self) -> Result<UserId> {
        self.timeline.section("Start", "an account, and a customer")?;
        self.client.login().await?;
        let logins = self.sandbox.calls("authenticate");
        step!(self, "start.authenticate", format!("logged in at {}", self.sandbox.base_url()), {
            check "one login was made" => logins == 1;
        })?;
        let url = &self.receiver.url;
        for event in EVENTS {
            self.client
                .webhooks()
                .create_subscription(event, url.as_str())
                .await?;
        }
        let names: Vec<_> = EVENTS.iter().map(EventType::as_str).collect();
        step!(self, "start.subscribe", format!("webhooks to {url}: {}", names.join(", ")), {
            value "events" => names;
        })?;
        self.register().await
    }

    /// Creates the customer, who fills the verification page in.
    async fn register(&mut self) -> Result<UserId> {
        let users = self.client.users().clone();
        let customer = NewCustomer::new("Ana", "ana@example.com")
            .last_name("García")
            .country("ES");
        let created = users.create_customer(customer).await?;
        let id = created.id;
        let check = users.kyc(&id).await?;
        step!(self, "customer.register", format!("{CUSTOMER} is customer {id}, not verified yet"), {
            value "user_id" => id.as_str();
            check "the identity check is pending" => check.decision() == KycDecision::Pending;
        })?;

        let fields = [
            ("full_name", CUSTOMER),
            ("birth_date", "1990-12-10"),
            ("document_number", "12345678Z"),
            ("review", "approve"),
        ];
        let Some(page) = created.kyc_form_url.value() else {
            return Err(Error::stuck("a new customer has no verification page"));
        };
        let page = page.expose();
        let (shown, sent) = self.browser.complete(page, &fields).await?;
        let under_review = users.kyc(&id).await?;
        self.sandbox.advance(REVIEW);
        let often = Schedule::every(Duration::from_millis(20));
        let decided = users.wait_kyc(&id).schedule(often).max_wait(PATIENCE).await?;
        step!(self, "customer.kyc", "filled the verification page in; the review approved it", {
            check "the page was shown and its form taken" => shown.status == 200 && sent.status == 200;
            check "under review, it is still pending" => under_review.decision() == KycDecision::Pending;
            same "the decision" => decided.decision(), KycDecision::Approved;
            value "kyc_status" => decided.kyc_status.as_str();
        })?;
        Ok(id)
    }

    /// Waits until all pending webhooks have arrived. Returns the latest handled event about `object`.
    pub(crate) async fn arrival(&self, object: &str) -> Option<Event> {
        self.sandbox.webhooks_settled().await;
        self.receiver.events(object).pop()
    }

    /// The step at which coins have arrived: webhook and payment tell of the same ones.
    pub(crate) async fn coins_sent(
        &self,
        name: &'static str,
        last: &Payment,
        paid: Money,
        is_over: bool,
    ) -> Step {
        let id = last.id.as_str();
        let event = self.arrival(id).await;
        let told = event.as_ref().and_then(|event| event.payment());
        let (coin, txid) = (&last.coin, last.txid.value());
        let txid = txid.map(ToString::to_string).unwrap_or_default();
        let is_same_txid = !txid.is_empty() && told.is_some_and(|told| last.txid == told.txid);
        let told_coin = told.and_then(|told| Some(told.coin.value()?.amount()));
        let are_same_coins = told_coin.is_some() && told_coin == coin.value().map(CoinAmount::amount);
        let text = format!(
            "COINS_SENT arrived: {coin} are in the wallet, txid {}",
            short(&txid)
        );
        Step::new(name, text)
            .value("payment_id", id)
            .value("txid", &txid)
            .value("coin", coin)
            .check(
                "the event is COINS_SENT",
                is(event.as_ref(), EventKind::CoinsSent),
            )
            .check("webhook and payment name the same txid", is_same_txid)
            .check("webhook and payment name the same coins", are_same_coins)
            .same("money read back", last.fiat, Field::Value(paid))
            .check("the payment is final, and the wait for it over", is_over)
    }

    /// Adds a completed payment to the summary.
    pub(crate) fn completed(&mut self, flow: &'static str, payment: Payment) {
        let txid = payment
            .txid
            .value()
            .map(|txid| format!("txid {}", short(txid.as_str())));
        self.exchanges.push(Exchange {
            flow,
            customer: CUSTOMER,
            paid: payment.fiat.to_string(),
            received: payment.coin.to_string(),
            destination: format!("wallet {}", short(WALLET)),
            proof: txid.unwrap_or_default(),
            object: Object::Payment(Box::new(payment)),
        });
    }
}

/// Whether the event arrived and is of this kind.
pub(crate) fn is(event: Option<&Event>, kind: EventKind) -> bool {
    event.is_some_and(|event| event.kind() == kind)
}
