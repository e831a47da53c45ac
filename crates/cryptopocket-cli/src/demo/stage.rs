//! What the flows play on: an emulator, a client, a webhook receiver, and the timeline.

use std::time::Duration;

use cryptopocket::users::NewCustomer;
use cryptopocket::webhooks::{Event, Verifier};
use cryptopocket::{Client, Credentials, EventType, KycDecision, Schedule, UserId};
use cryptopocket_sandbox::{Sandbox, Speed};

use super::browser;
use super::outcome::Outcome;
use super::receiver::Receiver;
use super::report::{self, Report, Step};
use crate::failure::{Failure, Result};
use crate::output::Output;

/// How long the demo waits for anything at most.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// The wallet of the customer.
pub(super) const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";
/// The bank account of the customer: a well-known example.
pub(super) const CUSTOMER_IBAN: &str = "ES9121000418450200051332";
/// What the customer is called.
pub(super) const CUSTOMER: &str = "Ana García";

const REVIEW: Duration = Duration::from_secs(180);
const EVENTS: [EventType; 4] = [
    EventType::PayIn,
    EventType::CoinsSent,
    EventType::CryptoReceived,
    EventType::TransferRampoffFinished,
];

pub(super) struct Stage<'o> {
    pub(super) output: &'o mut Output,
    pub(super) report: Report,
    pub(super) sandbox: Sandbox,
    pub(super) client: Client,
    pub(super) receiver: Receiver,
    pub(super) outcome: Outcome,
    pub(super) seed: u64,
    customer: Option<UserId>,
    begun: bool,
}

impl<'o> Stage<'o> {
    /// Starts everything on ports that are free. The emulator's clock moves only when it is told to, so that the same
    /// seed gives the same amounts.
    pub(super) async fn open(seed: u64, output: &'o mut Output) -> Result<Self> {
        let report = Report::new();
        let started = Sandbox::builder().seed(seed).speed(Speed::Manual).start().await;
        let sandbox = started.map_err(|error| {
            Failure::configuration(error.to_string(), "Check that programs may listen on 127.0.0.1.")
        })?;
        let client = Client::builder()
            .base_url(sandbox.base_url())
            .credentials(Credentials::new(sandbox.api_key(), sandbox.api_secret()))
            .build()?;
        let verifier = Verifier::new(sandbox.api_secret())
            .map_err(|error| Failure::check("demo", error.to_string(), error.hint()))?
            .require_api_key(sandbox.api_key());
        let receiver = Receiver::start(verifier).await?;
        let (customer, begun, outcome) = (None, false, Outcome::default());
        Ok(Self {
            output,
            report,
            sandbox,
            client,
            receiver,
            outcome,
            seed,
            customer,
            begun,
        })
    }

    pub(super) fn section(&mut self, title: &str, story: &str) -> Result<()> {
        report::section(self.output, title, story)
    }

    pub(super) fn print(&mut self, step: &Step) -> Result<()> {
        self.report.print(self.output, step)
    }

    /// Logs in and subscribes, once.
    pub(super) async fn begin(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        self.client.login().await?;
        let logins = self.sandbox.calls("authenticate");
        let step = Step::new(
            "start.authenticate",
            format!("logged in at {}", self.sandbox.base_url()),
        );
        self.print(&step.check("one login was made", logins == 1))?;
        for event in EVENTS {
            self.client
                .webhooks()
                .create_subscription(event, self.receiver.url())
                .await?;
        }
        let names: Vec<_> = EVENTS.iter().map(EventType::as_str).collect();
        let text = format!("webhooks to {}: {}", self.receiver.url(), names.join(", "));
        self.print(&Step::new("start.subscribe", text).value("events", names))
    }

    /// The customer, registered and verified on the hosted page when they are first needed.
    pub(super) async fn customer(&mut self) -> Result<UserId> {
        if let Some(known) = &self.customer {
            return Ok(known.clone());
        }
        let customer = NewCustomer::new("Ana", "ana@example.com")
            .last_name("García")
            .country("ES");
        let created = self.client.users().create_customer(customer).await?;
        let id = created.id;
        let check = self.client.users().kyc(&id).await?;
        let step = Step::new(
            "customer.register",
            format!("{CUSTOMER} is customer {id}, not verified yet"),
        );
        let pending = check.decision() == KycDecision::Pending;
        self.print(
            &step
                .value("user_id", id.as_str())
                .check("the identity check is pending", pending),
        )?;

        let fields = [
            ("full_name", CUSTOMER),
            ("birth_date", "1990-12-10"),
            ("document_number", "12345678Z"),
        ];
        let (shown, sent) = browser::complete(created.kyc_form_url.expose(), &fields).await?;
        let under_review = self.client.users().kyc(&id).await?;
        self.sandbox.advance(REVIEW);
        let wait = self
            .client
            .users()
            .wait_kyc(&id)
            .schedule(Schedule::every(Duration::from_millis(20)));
        let decided = wait.max_wait(PATIENCE).await?;
        let step = Step::new(
            "customer.kyc",
            "filled the verification page in; the review approved it",
        )
        .check(
            "the page was shown and its form taken",
            shown.status == 200 && sent.status == 200,
        )
        .check(
            "under review, it is still pending",
            under_review.decision() == KycDecision::Pending,
        )
        .same("the decision", &decided.decision(), &KycDecision::Approved)
        .value("kyc_status", decided.kyc_status.as_str());
        self.print(&step)?;
        self.customer = Some(id.clone());
        Ok(id)
    }

    /// Lets every webhook that is due arrive, and gives the latest that was handled for `object`.
    pub(super) async fn arrival(&self, object: &str) -> Option<Event> {
        self.sandbox.webhooks_settled().await;
        self.receiver.events(object).pop()
    }
}

/// What a control call of the emulator gave.
pub(super) fn controlled<T>(done: Result<T, cryptopocket_sandbox::ControlError>) -> Result<T> {
    done.map_err(|error| {
        Failure::check(
            "demo",
            format!("the emulator's control: {error}"),
            "Run the demo again.",
        )
    })
}
