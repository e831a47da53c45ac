//! The four kinds of calls, in one form.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket::banking::NewReconciliation;
use cryptopocket::inbox::journal::Journal;
use cryptopocket::offramp::NewOfframp;
use cryptopocket::once::{
    Outcome, create_guided_once, create_offramp_once, create_payment_once, reconcile_once,
};
use cryptopocket::onramp::{NewGuidedPayment, NewPayment};
use cryptopocket::users::NewCustomer;
use cryptopocket::{Asset, Client, UserId};

use crate::steps::{Steps, whole};
use crate::world::World;

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";
const PAYOUT: &str = "ES9121000418450200051332";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Payment,
    Guided,
    Offramp,
    Reconciliation,
}

/// What an outcome says, without its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Done,
    Recovered,
    Named(String),
    Refused,
    NotSent,
    Pending(Duration),
    Ambiguous(Vec<String>),
}

fn seen<T, F>(outcome: Outcome<T, F>) -> Seen {
    match outcome {
        Outcome::Done(_) => Seen::Done,
        Outcome::Recovered(_) => Seen::Recovered,
        Outcome::Named { id } => Seen::Named(id),
        Outcome::Refused { .. } => Seen::Refused,
        Outcome::NotSent { .. } => Seen::NotSent,
        Outcome::Pending { after, .. } => Seen::Pending(after),
        Outcome::Ambiguous { candidates } => Seen::Ambiguous(candidates),
        _ => panic!("an outcome that is not known"),
    }
}

/// One call, its provider and its journal.
pub(crate) struct Subject {
    pub(crate) kind: Kind,
    pub(crate) world: Arc<World>,
    pub(crate) client: Client,
    pub(crate) journal: Journal<Steps>,
    customer: UserId,
    pair: Option<NewReconciliation>,
}

impl Subject {
    pub(crate) fn new(kind: Kind) -> Self {
        let world = Arc::new(World::new());
        let client = world.client();
        let ada = NewCustomer::new("Ada", "ada@example.com");
        let customer = whole(client.users().create_customer(ada)).unwrap().id;
        world.approve(&customer);
        let journal = Journal::new(Steps::default()).runtime(Arc::clone(world.time()) as _);
        let mut subject = Self {
            kind,
            world,
            client,
            journal,
            customer,
            pair: None,
        };
        if kind == Kind::Reconciliation {
            let payment = whole(subject.client.onramp().create_payment(subject.transfer())).unwrap();
            let (credit, iban) = subject.world.credit("240");
            subject.pair = Some(NewReconciliation::new(&payment.payment_id, credit.as_str()).iban(iban));
        }
        subject
    }

    pub(crate) fn pair(&self) -> NewReconciliation {
        self.pair.clone().unwrap()
    }

    pub(crate) fn transfer(&self) -> NewPayment {
        let asset = Asset::new("USDC", "polygon");
        NewPayment::transfer(self.customer.clone(), "240 EUR".parse().unwrap(), asset, WALLET)
    }

    pub(crate) fn offramp(&self) -> NewOfframp {
        let coins = Asset::new("USDC", "polygon").amount("20.5".parse().unwrap());
        NewOfframp::to_iban(self.customer.clone(), coins, PAYOUT.parse().unwrap())
    }

    /// Makes the call under the key `k`.
    pub(crate) async fn once(&self) -> Result<Seen, cryptopocket::inbox::Error> {
        let (journal, client) = (&self.journal, &self.client);
        match self.kind {
            Kind::Payment => create_payment_once(journal, client, "k", self.transfer())
                .await
                .map(seen),
            Kind::Guided => {
                let asset = Asset::new("USDC", "polygon");
                let new = NewGuidedPayment::new(self.customer.clone(), "240 EUR".parse().unwrap(), asset);
                create_guided_once(journal, client, "k", new).await.map(seen)
            }
            Kind::Offramp => create_offramp_once(journal, client, "k", self.offramp())
                .await
                .map(seen),
            Kind::Reconciliation => {
                let pair = self.pair();
                reconcile_once(journal, client, "k", pair).await.map(seen)
            }
        }
    }

    /// How often the call had its effect.
    pub(crate) fn effects(&self) -> usize {
        self.world.deliver();
        let engine = self.world.engine();
        let integration = &engine.integrations()[0];
        match self.kind {
            Kind::Payment | Kind::Guided => engine.state().payments(),
            Kind::Offramp => integration.offramps.len(),
            Kind::Reconciliation => {
                let payment = self.pair.as_ref().unwrap().payment_id.as_str();
                let feed = &integration.accounts[0].feed;
                feed.values()
                    .filter(|credit| credit.payment.as_deref() == Some(payment))
                    .count()
            }
        }
    }
}
