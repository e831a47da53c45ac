use cryptopocket_api::offramp::{ListOfframpsQuery, list_offramps};
use cryptopocket_core::Pager;
use serde::{Deserialize, Serialize};

use crate::{OffRamp, Offramp};

/// Which off-ramps to list: all of them, since the provider is not known to filter this list.
///
/// It has no fields yet. New ones can be added without a change to your code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OfframpFilter {}

impl OfframpFilter {
    /// All off-ramps.
    pub const fn new() -> Self {
        Self {}
    }
}

impl OffRamp {
    /// Lists your off-ramps.
    ///
    /// How the provider pages this list is assumed. So before you create an off-ramp again because it is not in the
    /// list, check with [`Items::ended`](cryptopocket_core::Items::ended) that the provider showed the end of the list
    /// ([`PagesEnd::is_proven`](cryptopocket_core::PagesEnd::is_proven)).
    ///
    /// **Idempotency.** Safe: it only reads. **Known from.** The provider's page "List off-ramp transactions" exists;
    /// path and reply are `assumed`.
    ///
    /// Operation: `list_offramps`
    ///
    /// # Examples
    ///
    /// ```
    /// # let reply = r#"{"status":"ok","data":[{"id":"off2K8dN","status":"started","crypto":"USDC","amount":"20000000",
    /// #     "decimals":6}],"pagination":{"current_page":1,"total":1,"last_page":1}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("list_offramps", reply).run(async |session| {
    /// use cryptopocket_offramp::{OffRamp, OfframpFilter};
    ///
    /// let offramp = OffRamp::new(session);
    /// let mut all = offramp.list_offramps(OfframpFilter::new()).items();
    /// while let Some(offramp) = all.next().await {
    ///     let offramp = offramp?;
    ///     println!("{}: {}", offramp.id, offramp.coin);
    ///     # assert_eq!(offramp.coin.to_string(), "20 USDC");
    /// }
    /// assert!(all.ended().is_some_and(|end| end.is_proven()), "what is not in the list does not exist");
    /// # Ok(()) });
    /// ```
    pub fn list_offramps(&self, OfframpFilter {}: OfframpFilter) -> Pager<Offramp> {
        let session = self.session.clone();
        Pager::new(move |request| {
            let session = session.clone();
            async move {
                let query = ListOfframpsQuery::default()
                    .page(i64::from(request.page))
                    .per_page(request.per_page.map(i64::from));
                Ok(list_offramps(&session, &query).await?.map(Offramp::from_wire))
            }
        })
        .identified_by(|offramp| offramp.id.as_str().to_owned())
    }
}
