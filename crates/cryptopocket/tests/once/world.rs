//! The emulated provider behind a transport with faults, in virtual time.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use cryptopocket::testing::TestRuntime as SessionRuntime;
use cryptopocket::{
    BoxFuture, Client, Credentials, RetryPolicy, Sent, Session, Timestamp, Transport, TransportError,
    TransportErrorKind, UserId, WireRequest, WireResponse,
};
use cryptopocket_emulator::{BankCredit, Command, Engine, Outcome, Request};
use cryptopocket_inbox::testing::TestRuntime;

/// What goes wrong with one call that moves money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    NotSent,
    LostRequest,
    LostAnswer,
    /// The call is done, and the answer is an error page.
    ServerError,
    /// The call is done, and the answer is cut short.
    BrokenBody,
    /// The request reaches the provider this many seconds after the connection broke.
    Late(u32),
}

/// The provider, and the way to it.
pub(crate) struct World {
    engine: Mutex<Engine>,
    time: Arc<TestRuntime>,
    /// Of the next calls that move money, last first.
    faults: Mutex<Vec<Fault>>,
    /// Whether the next searches fail, last first.
    blurs: Mutex<Vec<bool>>,
    late: Mutex<Vec<(Timestamp, Request)>>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

const MONEY: [&str; 4] = [
    "create_payment",
    "create_guided_payment",
    "create_offramp",
    "reconcile_payment",
];

impl World {
    pub(crate) fn new() -> Self {
        Self {
            engine: Mutex::new(Engine::new(1)),
            time: Arc::new(TestRuntime::new(1)),
            faults: Mutex::default(),
            blurs: Mutex::default(),
            late: Mutex::default(),
        }
    }

    pub(crate) fn client(self: &Arc<Self>) -> Client {
        let (key, secret) = self.engine().credentials();
        let session = Session::builder()
            .base_url("http://localhost/api")
            .credentials(Credentials::new(key, secret))
            .transport(Arc::clone(self) as _)
            .runtime(Arc::new(SessionRuntime::new(1)))
            .retry(RetryPolicy::none())
            .build()
            .unwrap();
        Client::from(session)
    }

    pub(crate) fn time(&self) -> &Arc<TestRuntime> {
        &self.time
    }

    pub(crate) fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap()
    }

    pub(crate) fn disturb(&self, faults: Vec<Fault>, blurs: Vec<bool>) {
        *self.faults.lock().unwrap() = faults;
        *self.blurs.lock().unwrap() = blurs;
    }

    pub(crate) fn approve(&self, customer: &UserId) {
        let command = Command::SetKyc {
            user: customer.as_str().parse().unwrap(),
            status: "valid".into(),
        };
        self.engine().execute(command).unwrap();
    }

    /// A credit on the bank account, and the account.
    pub(crate) fn credit(&self, amount: &str) -> (String, String) {
        let command = Command::CreditBank {
            credit: BankCredit::new(amount.parse().unwrap()),
            api_key: None,
        };
        let mut engine = self.engine();
        let Outcome::Credited { transaction_id } = engine.execute(command).unwrap() else {
            panic!("not credited")
        };
        let iban = engine.integrations()[0].accounts[0].iban.clone();
        (transaction_id, iban)
    }

    /// Hands the provider the requests that were under way until now.
    pub(crate) fn deliver(&self) {
        let now = cryptopocket::Clock::now(&*self.time);
        let due: Vec<_> = self
            .late
            .lock()
            .unwrap()
            .extract_if(.., |(at, _)| *at <= now)
            .collect();
        for (_, request) in due {
            let _ = self.engine().handle(&request);
        }
    }

    fn handled(&self, request: &Request) -> WireResponse {
        let reply = self.engine().handle(request).reply.unwrap();
        WireResponse {
            status: reply.status,
            headers: reply.header_map(),
            body: reply.body,
        }
    }
}

fn failed(sent: Sent, detail: &'static str) -> TransportError {
    TransportError::new(sent, TransportErrorKind::Interrupted, detail)
}

fn wire(request: &WireRequest) -> Request {
    let path = request.url.strip_prefix("http://localhost").unwrap();
    let mut wired = Request::get(path);
    wired.method = request.method.clone();
    wired.headers = request.headers.clone();
    wired.body = request.body.clone();
    wired
}

impl Transport for World {
    fn send(&self, request: WireRequest) -> BoxFuture<'_, Result<WireResponse, TransportError>> {
        Box::pin(async move {
            // A crash may come before the request leaves, and after it has its effect.
            tokio::task::yield_now().await;
            self.deliver();
            let wired = wire(&request);
            if !MONEY.contains(&request.operation) {
                let is_search = request.operation != "authenticate";
                if is_search && self.blurs.lock().unwrap().pop() == Some(true) {
                    return Err(failed(Sent::Maybe, "no answer"));
                }
                return Ok(self.handled(&wired));
            }
            let fault = self.faults.lock().unwrap().pop().unwrap_or(Fault::None);
            let answer = match fault {
                Fault::NotSent => return Err(failed(Sent::No, "no connection")),
                Fault::LostRequest => None,
                Fault::Late(seconds) => {
                    let at = cryptopocket::Clock::now(&*self.time)
                        .saturating_add(Duration::from_secs(seconds.into()));
                    self.late.lock().unwrap().push((at, wired));
                    None
                }
                _ => Some(self.handled(&wired)),
            };
            tokio::task::yield_now().await;
            match (fault, answer) {
                (Fault::None, Some(answer)) => Ok(answer),
                (Fault::ServerError, Some(answer)) => Ok(WireResponse {
                    status: 502,
                    body: "<html>Bad gateway".into(),
                    ..answer
                }),
                (Fault::BrokenBody, Some(answer)) => Ok(WireResponse {
                    body: answer.body.slice(..answer.body.len() / 2),
                    ..answer
                }),
                _ => Err(failed(Sent::Maybe, "the connection broke")),
            }
        })
    }
}
