//! How far an identity check has come.

use std::time::Duration;

use cryptopocket_api::users::{check_kyc, create_enhanced_verification_link, types};
use cryptopocket_core::{Progress, Result, Schedule, Waiter};
use cryptopocket_types::{Extra, KycDecision, KycStatus, Secret, UserId};

use crate::{Users, rules};

/// How far the identity check of a customer has come.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KycCheck {
    /// The customer.
    pub user_id: UserId,
    /// The provider's word; words this SDK does not know keep their text.
    pub kyc_status: KycStatus,
    /// What else came, with its exact text.
    pub extra: Extra,
}

impl KycCheck {
    pub(crate) fn from_wire(user_id: UserId, wire: types::KycCheck) -> Self {
        Self {
            user_id,
            kyc_status: wire.kyc_status,
            extra: wire.extra,
        }
    }

    /// What the status means: approved, rejected, or still pending, as every unknown status is.
    pub fn decision(&self) -> KycDecision {
        self.kyc_status.decision()
    }

    /// Whether a decision was made, either way.
    pub fn is_decided(&self) -> bool {
        self.decision() != KycDecision::Pending
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
    /// How far the identity check (KYC) of a person or company (KYB) has come.
    ///
    /// **Idempotency.** Safe: it only reads, and is repeated after passing failures.
    ///
    /// **Known from.** The provider's guide, page "Retrieve KYC/KYB status" (`guide`: `valid` is approved, `fail` is
    /// rejected, anything else still goes on); that the status stands under `data` is ours (`assumed`), and it is
    /// read beside it as well.
    ///
    /// Operation: `check_kyc`
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an empty id; `user_not_found` and `user_not_in_integration` are to be expected from the
    /// provider, though this page does not state its codes.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::{KycDecision, UserId};
    /// use cryptopocket_users::Users;
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let session = ScriptedSession::new().always("check_kyc", r#"{"status":"ok","data":{"kyc_status":"processing"}}"#).session;
    /// let users = Users::new(session);
    /// match users.kyc(&UserId::from(100_067)).await?.decision() {
    ///     KycDecision::Approved => println!("may pay"),
    ///     KycDecision::Rejected => println!("was turned down"),
    ///     KycDecision::Pending => println!("not decided yet"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn kyc(&self, user: &UserId) -> Result<KycCheck> {
        rules::present("user_id", user.as_str())?;
        let check = check_kyc(&self.session, user).await?;
        Ok(KycCheck::from_wire(user.clone(), check))
    }

    /// Waits until the identity check is decided, either way; unknown statuses go on waiting.
    ///
    /// The provider sends webhooks about checks by arrangement only, so this asks [`Users::kyc`] again and again,
    /// every five seconds at first, every two minutes later. How long to wait has to be chosen: people take their
    /// time with forms.
    ///
    /// **Idempotency.** Safe: it only reads. Passing failures are borne until the limit.
    ///
    /// **Known from.** The provider's guide, page "Retrieve KYC/KYB status" (`guide`).
    ///
    /// Operation: `check_kyc`
    ///
    /// # Errors
    ///
    /// `WaitTimeout` when the limit passes; it counts the looks and holds the last status. To go on, also in another
    /// process, wait again with the same id. Otherwise as [`Users::kyc`].
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::UserId;
    /// use cryptopocket_users::Users;
    /// use std::time::Duration;
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let session = ScriptedSession::new().always("check_kyc", r#"{"status":"ok","data":{"kyc_status":"valid"}}"#).session;
    /// let users = Users::new(session);
    /// let mut wait = users.wait_kyc(&UserId::from(100_067)).max_wait(Duration::from_secs(3600));
    /// while let Some(check) = wait.next().await {
    ///     println!("now {}", check?.kyc_status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait_kyc(&self, user_id: &UserId) -> Waiter<KycCheck> {
        let (users, user_id) = (self.clone(), user_id.clone());
        Waiter::new(self.session.runtime().clone(), move || {
            let (users, user_id) = (users.clone(), user_id.clone());
            async move { users.kyc(&user_id).await }
        })
        .schedule(Schedule::new(Duration::from_secs(5), Duration::from_secs(120)))
    }

    /// Creates a link to the enhanced declaration, which the customer completes online without login.
    ///
    /// Payments that are refused with `kyc_reinforced_required` need it. Whoever has the link can act.
    ///
    /// **Idempotency.** Unsafe: each call starts a declaration, so it is not repeated once it may have arrived. A
    /// further link does no harm that is known of.
    ///
    /// **Known from.** The provider's page "Create enhanced verification link" (`documented`: purpose and
    /// `user_id`; more fields exist that are not known); the answer's `onboarding_link` is ours (`assumed`).
    ///
    /// Operation: `create_enhanced_verification_link`
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an empty id; `user_not_found` and `user_not_in_integration` are to be expected from the
    /// provider, though this page does not state its codes.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::UserId;
    /// use cryptopocket_users::Users;
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let reply = r#"{"status":"ok","data":{"onboarding_link":"https://forms.example.com/1"}}"#;
    /// # let session = ScriptedSession::new().always("create_enhanced_verification_link", reply).session;
    /// let users = Users::new(session);
    /// let link = users.create_verification_link(&UserId::from(100_067)).await?;
    /// assert_eq!(link.expose(), "https://forms.example.com/1");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create_verification_link(&self, user: &UserId) -> Result<Secret> {
        rules::present("user_id", user.as_str())?;
        let body = types::CreateEnhancedVerificationLinkRequest {
            user_id: user.clone(),
        };
        let reply = create_enhanced_verification_link(&self.session, &body).await?;
        Ok(reply.onboarding_link)
    }
}

#[cfg(test)]
mod tests;
