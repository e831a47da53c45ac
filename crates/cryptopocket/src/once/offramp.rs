//! Off-ramps that are created once.

use cryptopocket_inbox::Error;
use cryptopocket_inbox::journal::{Found, Journal, JournalStore};
use cryptopocket_offramp::{CreatedOfframp, NewOfframp, Offramp, OfframpFilter};
use cryptopocket_types::{CoinAmount, OfframpId};

use super::{Outcome, Request, made};
use crate::Client;

const PAGE: u32 = 100;

/// What is known of an off-ramp after [`create_offramp_once`]. A search alone never tells which one it is, so it is never
/// [`Outcome::Recovered`].
pub type OfframpOnce = Outcome<CreatedOfframp, Offramp>;

impl Outcome<CreatedOfframp, Offramp> {
    /// Id of the off-ramp, whenever it is known. Track every off-ramp that has one: `Object::offramp(id)`. It can be
    /// repeated.
    pub fn offramp_id(&self) -> Option<OfframpId> {
        match self {
            Self::Done(created) => Some(created.id.clone()),
            Self::Recovered(offramp) => Some(offramp.id.clone()),
            Self::Named { id } => Some(id.as_str().into()),
            _ => None,
        }
    }
}

/// Creates an off-ramp once for `key`, across crashes, timeouts and lost answers.
///
/// The provider takes no reference of yours here, and its list shows neither customer nor time. So after a lost answer
/// nothing proves which off-ramp is this one. Those of the same coins that are not known as the effect of another call of
/// the journal are [`Outcome::Ambiguous`], even a single one, since something other than this journal may have made it. Ask
/// the provider, and tell the journal by [`Journal::settle`]. Only if the whole list holds none, and the
/// [grace period](Journal::grace) has passed, it is sent again.
///
/// That the list shows the amount that was asked for is `assumed`. Make all off-ramps of an integration through one
/// journal, so that few candidates are left.
///
/// # Errors
/// As [`Journal::once`]. Those of the provider are in the result.
///
/// # Examples
/// ```
/// use cryptopocket::Asset;
/// use cryptopocket::inbox::{Inbox, journal::Journal, sqlite::SqliteStore};
/// use cryptopocket::offramp::NewOfframp;
/// use cryptopocket::once::create_offramp_once;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let reply = r#"{"status":"ok","data":{"rampoff":"payment created","wallet":"0xde709f21","id":"off2K8dN"}}"#;
/// # let script = cryptopocket_core::testing::ScriptedSession::new().next("create_offramp", &[reply]);
/// # let client = cryptopocket::Client::from(script.session);
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("calls.db");
/// let journal = Journal::new(Inbox::new(SqliteStore::open(path).await?));
/// let coins = Asset::new("USDC", "polygon").amount("20".parse()?);
/// let payout = NewOfframp::to_iban("100067".into(), coins, "ES91 2100 0418 4502 0005 1332".parse()?);
/// let once = create_offramp_once(&journal, &client, "payout-17", payout.clone()).await?;
/// assert_eq!(once.offramp_id(), Some("off2K8dN".into()));
/// // The same key and input: nothing is sent, and the journal gives the answer.
/// assert_eq!(create_offramp_once(&journal, &client, "payout-17", payout).await?, once);
/// # assert_eq!(script.provider.calls("create_offramp"), 1);
/// # Ok(())
/// # }
/// ```
pub async fn create_offramp_once<J: JournalStore>(
    journal: &Journal<J>,
    client: &Client,
    key: &str,
    new: NewOfframp,
) -> Result<OfframpOnce, Error> {
    made(journal, client, key, new).await
}

impl Request for NewOfframp {
    type Answer = CreatedOfframp;
    type Found = Offramp;

    const OPERATION: &'static str = "create_offramp";

    fn checked(&self) -> cryptopocket_core::Result<()> {
        self.check()
    }

    async fn send(&self, client: &Client) -> cryptopocket_core::Result<CreatedOfframp> {
        client.offramp().create_offramp(self.clone()).await
    }

    fn object(created: &CreatedOfframp) -> &str {
        created.id.as_str()
    }

    async fn find(&self, client: &Client, _: &str) -> Found {
        let list = client.offramp().list_offramps(OfframpFilter::new());
        let mut rows = list.per_page(PAGE).items();
        let mut objects = Vec::new();
        while let Some(row) = rows.next().await {
            match row {
                Ok(row) if may_be(&row, &self.coin) => objects.push(row.id.to_string()),
                Ok(_) => {}
                Err(error) => return Found::Unknown(error.to_string()),
            }
        }
        Found::Candidates {
            objects,
            is_whole: rows.ended().is_some_and(cryptopocket_core::PagesEnd::is_proven),
        }
    }
}

/// Whether an off-ramp of the list may sell these coins. One whose coins cannot be read may.
fn may_be(row: &Offramp, asked: &CoinAmount) -> bool {
    let Some(coin) = row.coin.value() else { return true };
    let is_same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    coin.amount() == asked.amount()
        && is_same(coin.symbol().as_str(), asked.symbol().as_str())
        && match (coin.chain(), asked.chain()) {
            (Some(one), Some(other)) => is_same(one.as_str(), other.as_str()),
            _ => true,
        }
}
