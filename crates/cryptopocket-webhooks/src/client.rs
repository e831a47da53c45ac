use std::fmt;

use cryptopocket_api::webhooks::{subscribe_webhook, types, update_webhook};
use cryptopocket_core::{Error, Result, Session};
use cryptopocket_types::{EventType, Secret};
use url::Url;

const REPEAT_AS_UPDATE: &str = "The subscription may exist. Call Webhooks::update with the same address: setting it \
     twice does no harm, and a refusal tells that there is no subscription yet.";

/// Where the provider sends its events.
///
/// Cheap to clone; clones share the session and its login. Needs the feature `client`.
#[derive(Debug, Clone)]
pub struct Webhooks {
    session: Session,
}

/// What the provider says to a subscription.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subscription {
    /// The event it is for.
    pub event: EventType,
    /// The provider's word: `subscription_created` or `subscription_updated`.
    pub message: String,
}

impl fmt::Debug for Subscription {
    /// Shows the message only where it is a single word, as documented: prose could repeat the address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_word = self
            .message
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        f.debug_struct("Subscription")
            .field("event", &self.event)
            .field("message", if is_word { &self.message } else { &"[prose]" })
            .finish()
    }
}

impl Webhooks {
    /// The calls about webhooks, sent through `session`.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    /// The session that the calls go through.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Has one type of event sent to `url`. Call it once for each type.
    ///
    /// Have a [`Verifier`](crate::Verifier) behind the address before you call. For the end of an off-ramp subscribe to
    /// the current spelling, `TRANSFER_RAMPOFF_FINISHED`; both are understood when they come.
    ///
    /// **Idempotency.** Unsafe: whether a second call subscribes twice is not known, so it is not repeated by itself
    /// unless it is certain that nothing was sent. If the answer is lost, go on with [`update`](Self::update).
    ///
    /// **Known from.** The provider's page "Webhook event subscribe" (`documented`).
    ///
    /// Operation: `subscribe_webhook`
    ///
    /// # Errors
    ///
    /// Before anything is sent: a type that is empty, or an address that is no absolute http or https link
    /// (`InvalidInput`). No error code of the provider's is documented.
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let test = ScriptedSession::new().always("subscribe_webhook", r#"{"status":"ok","data":"subscription_created"}"#);
    /// # let (session, provider) = (test.session, test.provider);
    /// use cryptopocket_webhooks::{EVENTS, Webhooks};
    ///
    /// let webhooks = Webhooks::new(session);
    /// for event in EVENTS {
    ///     webhooks.subscribe(event.name, "https://shop.example.com/hooks/cryptopocket").await?;
    /// }
    /// # assert_eq!(provider.calls("subscribe_webhook"), EVENTS.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn subscribe(
        &self,
        event: impl Into<EventType>,
        url: impl Into<Secret>,
    ) -> Result<Subscription> {
        let (event, url) = checked(event.into(), url.into())?;
        let request = types::SubscribeWebhookRequest {
            type_: event.clone(),
            url,
        };
        let message = subscribe_webhook(&self.session, &request)
            .await
            .map_err(|error| {
                if error.effect().may_be_done() {
                    error.with_advice(REPEAT_AS_UPDATE)
                } else {
                    error
                }
            })?;
        Ok(Subscription { event, message })
    }

    /// Has one type of event, subscribed before, sent to another address.
    ///
    /// Keep the old address answering for a while: deliveries may still be on their way there.
    ///
    /// **Idempotency.** Keyed: a repeat sets the same address again, so it is repeated after passing failures.
    ///
    /// **Known from.** The provider's page "Webhook event update" (`documented`).
    ///
    /// Operation: `update_webhook`
    ///
    /// # Errors
    ///
    /// As [`subscribe`](Self::subscribe).
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let reply = r#"{"status":"ok","data":"subscription_updated"}"#;
    /// # let session = ScriptedSession::new().always("update_webhook", reply).session;
    /// use cryptopocket_types::EventType;
    /// use cryptopocket_webhooks::Webhooks;
    ///
    /// let updated = Webhooks::new(session).update(EventType::PayIn, "https://shop.example.com/hooks/2").await?;
    /// assert_eq!(updated.message, "subscription_updated");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn update(&self, event: impl Into<EventType>, url: impl Into<Secret>) -> Result<Subscription> {
        let (event, url) = checked(event.into(), url.into())?;
        let request = types::UpdateWebhookRequest {
            type_: event.clone(),
            url,
        };
        let message = update_webhook(&self.session, &request).await?;
        Ok(Subscription { event, message })
    }
}

fn checked(event: EventType, url: Secret) -> Result<(EventType, Secret)> {
    Error::require("type", event.as_str(), "Name the event, such as PAY_IN.")?;
    let reachable = Url::parse(url.expose())
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
    if !reachable {
        return Err(Error::invalid_input(
            "url",
            "must be an absolute http or https link",
            "Write it in full, from https:// on.",
        ));
    }
    Ok((event, url))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cryptopocket_core::ErrorKind;
    use cryptopocket_core::testing::{Answer, ScriptedSession, ScriptedTransport};

    use super::*;

    const ADDRESS: &str = "https://shop.example.com/hooks?token=a b&n=ñ";

    fn scripted() -> (Arc<ScriptedTransport>, Webhooks) {
        let test = ScriptedSession::new();
        (test.provider, Webhooks::new(test.session))
    }

    #[tokio::test]
    async fn both_calls_send_a_form_and_keep_the_providers_word() {
        let (provider, webhooks) = scripted();
        provider.next(
            "subscribe_webhook",
            Answer::json(r#"{"status":"ok","data":"subscription_created"}"#),
        );
        provider.next(
            "update_webhook",
            Answer::json(r#"{"status":"ok","data":"subscription_updated"}"#),
        );
        let created = webhooks.subscribe(EventType::PayIn, ADDRESS).await.unwrap();
        let updated = webhooks.update("COINS_SENT", ADDRESS).await.unwrap();
        assert_eq!(
            (created.event, created.message.as_str()),
            (EventType::PayIn, "subscription_created")
        );
        assert_eq!(
            (updated.event, updated.message.as_str()),
            (EventType::CoinsSent, "subscription_updated")
        );

        for (operation, path, event) in [
            ("subscribe_webhook", "/subscribeToWebhook", "PAY_IN"),
            ("update_webhook", "/updateWebhookSubscription", "COINS_SENT"),
        ] {
            let request = provider.requests(operation).remove(0);
            assert_eq!(request.method, "POST");
            assert!(request.url.ends_with(path), "{}", request.url);
            assert_eq!(
                request.headers["content-type"],
                "application/x-www-form-urlencoded"
            );
            let form =
                format!("type={event}&url=https%3A%2F%2Fshop.example.com%2Fhooks%3Ftoken%3Da+b%26n%3D%C3%B1");
            assert_eq!(request.body, form.as_bytes());
        }
    }

    #[tokio::test]
    async fn what_cannot_be_called_back_is_refused_before_it_is_sent() {
        let (provider, webhooks) = scripted();
        for address in [
            "",
            "shop.example.com",
            "/hooks",
            "ftp://x.example/",
            "mailto:a@b.c",
            "https://",
        ] {
            let error = webhooks.subscribe(EventType::PayIn, address).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{address}");
            assert!(webhooks.update(EventType::PayIn, address).await.is_err());
        }
        assert!(webhooks.subscribe(" ", ADDRESS).await.is_err());
        assert_eq!(
            provider.calls("subscribe_webhook") + provider.calls("update_webhook"),
            0
        );
    }

    #[tokio::test]
    async fn a_lost_answer_to_subscribe_is_not_repeated_and_one_to_update_is() {
        let (provider, webhooks) = scripted();
        provider.next("subscribe_webhook", Answer::timeout_after_sending());
        let error = webhooks.subscribe(EventType::PayIn, ADDRESS).await.unwrap_err();
        assert!(error.is_outcome_unknown());
        assert!(
            error.advice().to_string().contains("Webhooks::update"),
            "{}",
            error.advice()
        );
        assert_eq!(provider.calls("subscribe_webhook"), 1);

        provider.next("update_webhook", Answer::timeout_after_sending());
        provider.always(
            "update_webhook",
            Answer::json(r#"{"status":"ok","data":"subscription_updated"}"#),
        );
        assert!(webhooks.update(EventType::PayIn, ADDRESS).await.is_ok());
        assert_eq!(provider.calls("update_webhook"), 2);
    }

    #[tokio::test]
    async fn an_event_that_nobody_knows_yet_can_be_subscribed_to() {
        let (provider, webhooks) = scripted();
        provider.next(
            "subscribe_webhook",
            Answer::json(r#"{"status":"ok","data":"subscription_created"}"#),
        );
        let created = webhooks.subscribe("PAYMENT_REFUNDED", ADDRESS).await.unwrap();
        assert_eq!(created.event.as_str(), "PAYMENT_REFUNDED");
    }
}
