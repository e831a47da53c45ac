//! Identity checks: KYC of persons, KYB of companies.

use std::time::Duration;

use cryptopocket_api::operations::CHECK_KYC;
use cryptopocket_api::users::{check_kyc, create_enhanced_verification_link, types};
use cryptopocket_core::{Error, Progress, Result, Schedule, Waiter, input};
use cryptopocket_types::{KycDecision, KycStatus, Secret, UserId};

use crate::Users;

cryptopocket_types::reply! {
    /// The status of a customer's identity check.
    pub struct KycCheck: types::KycCheck, |wire, extra, asked: &UserId| {
        /// The customer.
        #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
        pub user_id: UserId = asked.clone(),
        /// The provider's status. A status that this SDK does not know keeps its text.
        pub kyc_status: KycStatus,
    }
}

impl KycCheck {
    /// The decision: approved, rejected or pending. An unknown status is pending.
    pub fn decision(&self) -> KycDecision {
        self.kyc_status.decision()
    }

    /// Whether the decision is made: approved or rejected.
    pub fn is_decided(&self) -> bool {
        self.decision() != KycDecision::Pending
    }
}

cryptopocket_types::reply! {
    /// A link to the enhanced verification.
    pub struct EnhancedVerificationLink: types::EnhancedVerificationLink {
        /// The page where the customer completes the declaration without login. Anyone who has the link can act as the
        /// customer.
        pub onboarding_link: Secret,
    }
}

impl Progress for KycCheck {
    type State = KycStatus;

    fn state(&self) -> &KycStatus {
        &self.kyc_status
    }

    fn is_final(&self) -> bool {
        self.is_decided()
    }
}

impl Users {
    /// Reads the status of an identity check, of a person (KYC) or a company (KYB).
    ///
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The provider's guide, page "Retrieve KYC/KYB status" (`guide`: `valid` is approved, `fail` is
    ///   rejected, anything else is pending); that the status is under `data` is ours (`assumed`), so it is read beside
    ///   `data` as well.
    /// - Operation: `check_kyc`
    ///
    /// # Errors
    /// `InvalidInput` for an empty id; `user_not_found` and `user_not_in_integration` are to be expected from the
    /// provider, though this page does not state its codes. `UnexpectedReply` also for a reply about another customer.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_types::{KycDecision, UserId};
    /// use cryptopocket_users::Users;
    /// # let reply = r#"{"status":"ok","data":{"kyc_status":"processing"}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("check_kyc", reply).run(async |session| {
    /// let users = Users::new(session);
    /// match users.kyc(&UserId::from(100_067)).await?.decision() {
    ///     KycDecision::Approved => println!("may pay"),
    ///     KycDecision::Rejected => println!("was turned down"),
    ///     KycDecision::Pending => println!("not decided yet"),
    /// }
    /// # Ok(()) });
    /// ```
    pub async fn kyc(&self, user_id: &UserId) -> Result<KycCheck> {
        input::user_id(user_id)?;
        let check = check_kyc(&self.session, user_id).await?;
        // The approval of another customer must not pass for that of this one. The reply need not name the customer.
        let named = check.extra.read::<UserId>("user_id");
        if named.value().is_some_and(|named| named != user_id) {
            return Err(Error::another_object(&CHECK_KYC, "customer"));
        }
        Ok(KycCheck::from_wire(check, user_id))
    }

    /// Waits until the identity check is decided, approved or rejected.
    ///
    /// Unknown statuses do not end the wait. The provider sends webhooks about checks by arrangement only, so this polls
    /// [`Users::kyc`], every 5 s at first and every 2 min later. Its errors end the wait, unless they are transient.
    ///
    /// Operation: `check_kyc`
    ///
    /// # Examples
    /// ```
    /// # let reply = |status| format!(r#"{{"status":"ok","data":{{"kyc_status":"{status}"}}}}"#);
    /// # let test = cryptopocket_core::testing::ScriptedSession::new();
    /// # test.next("check_kyc", &[&reply("processing"), &reply("valid")]).run(async |session| {
    /// use std::time::Duration;
    ///
    /// use cryptopocket_types::{KycDecision, UserId};
    /// use cryptopocket_users::Users;
    ///
    /// let users = Users::new(session);
    /// let mut wait = users.wait_kyc(&UserId::from(100_067)).max_wait(Duration::from_secs(60 * 60));
    /// let mut seen = Vec::new();
    /// while let Some(check) = wait.next().await {
    ///     seen.push(check?.decision());
    /// }
    /// assert_eq!(seen, [KycDecision::Pending, KycDecision::Approved]);
    /// # Ok(()) });
    /// ```
    pub fn wait_kyc(&self, user_id: &UserId) -> Waiter<KycCheck> {
        let (users, user_id) = (self.clone(), user_id.clone());
        Waiter::new(self.session.runtime().clone(), move || {
            let (users, user_id) = (users.clone(), user_id.clone());
            async move { users.kyc(&user_id).await }
        })
        .schedule(Schedule::new(Duration::from_secs(5), Duration::from_secs(120)))
    }

    /// Creates a link to the enhanced verification, a declaration that the customer completes online without login.
    ///
    /// A payment that is refused with `kyc_reinforced_required` needs it.
    ///
    /// - **Idempotency.** Unsafe: each call starts a declaration, so it is not retried once it may have arrived. A
    ///   second link is not known to do harm.
    /// - **Known from.** The provider's page "Create enhanced verification link" (`documented`: purpose and `user_id`;
    ///   more fields exist that are not known); the answer's `onboarding_link` is ours (`assumed`).
    /// - Operation: `create_enhanced_verification_link`
    ///
    /// # Errors
    /// `InvalidInput` for an empty id; `user_not_found` and `user_not_in_integration` are to be expected from the
    /// provider, though this page does not state its codes.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_types::UserId;
    /// use cryptopocket_users::Users;
    /// # let reply = r#"{"status":"ok","data":{"onboarding_link":"https://forms.example.com/1"}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("create_enhanced_verification_link", reply).run(async |session| {
    /// let users = Users::new(session);
    /// let link = users.create_verification_link(&UserId::from(100_067)).await?;
    /// assert_eq!(link.onboarding_link.expose(), "https://forms.example.com/1");
    /// # Ok(()) });
    /// ```
    pub async fn create_verification_link(&self, user_id: &UserId) -> Result<EnhancedVerificationLink> {
        input::user_id(user_id)?;
        let body = types::CreateEnhancedVerificationLinkRequest {
            user_id: user_id.clone(),
        };
        let reply = create_enhanced_verification_link(&self.session, &body).await?;
        Ok(EnhancedVerificationLink::from_wire(reply))
    }
}

#[cfg(test)]
mod tests;
