//! Calls about subscriptions.

use cryptopocket_api::webhooks::{subscribe_webhook, types, update_webhook};
use cryptopocket_core::{Effect, Error, Result, input};
use cryptopocket_types::reading::TextReply;
use cryptopocket_types::{EventType, Extra, Secret, formats};
use serde::{Deserialize, Serialize};

const REPEAT_AS_UPDATE: &str = "The subscription may exist. Call Webhooks::update_subscription with the same address: it \
     may be called twice, and a refusal shows that no subscription exists yet.";

cryptopocket_core::client! {
    /// Client for webhook subscriptions. Needs the feature `client`.
    pub struct Webhooks;
}

/// Reply to a call about a subscription.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Subscription {
    /// The type of event.
    pub event: EventType,
    /// The provider's word: `subscription_created` or `subscription_updated`.
    pub message: String,
    /// What the reply has beside that word.
    #[serde(default, skip_serializing_if = "Extra::is_empty")]
    pub extra: Extra,
}

impl Subscription {
    fn of(event: EventType, reply: TextReply) -> Self {
        Self {
            event,
            message: reply.text,
            extra: reply.extra,
        }
    }
}

formats! {
    /// Shows the message only if it is one word, as documented: prose could repeat the address.
    Debug of Subscription, |reply, f| {
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        let word = Some(&*reply.message).filter(|text| text.bytes().all(is_word));
        let mut shown = f.debug_struct("Subscription");
        shown.field("event", &reply.event).field("message", &word.unwrap_or("[prose]"));
        shown.field("extra", &reply.extra).finish()
    };
}

impl Webhooks {
    /// Subscribes `url` to one type of event. Call it once for each type.
    ///
    /// Serve the address with a [`Verifier`](crate::Verifier) before you call. For the end of an off-ramp use the current
    /// spelling, `TRANSFER_RAMPOFF_FINISHED`; events in both spellings are understood.
    ///
    /// **Idempotency.** Unsafe: a second call may subscribe twice, so the call is retried only if nothing was sent. If
    /// the answer is lost, call [`update_subscription`](Self::update_subscription).
    ///
    /// **Known from.** The provider's page "Webhook event subscribe" (`documented`).
    ///
    /// Operation: `subscribe_webhook`
    ///
    /// # Errors
    ///
    /// `InvalidInput` before anything is sent: an empty type, or an address that is not an absolute http or https link. The
    /// provider documents no error codes.
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
    ///     webhooks.create_subscription(event.name, "https://shop.example.com/hooks/cryptopocket").await?;
    /// }
    /// # assert_eq!(provider.calls("subscribe_webhook"), EVENTS.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create_subscription(
        &self,
        event: impl Into<EventType>,
        url: impl Into<Secret>,
    ) -> Result<Subscription> {
        let (event, url) = checked(event.into(), url.into())?;
        let request = types::SubscribeWebhookRequest {
            type_: event.clone(),
            url,
        };
        let reply = subscribe_webhook(&self.session, &request)
            .await
            .map_err(|error| {
                if error.effect() == Effect::Unknown {
                    error.with_advice(REPEAT_AS_UPDATE)
                } else {
                    error
                }
            })?;
        Ok(Subscription::of(event, reply))
    }

    /// Changes the address of an existing subscription.
    ///
    /// Keep serving the old address for a while: deliveries may still be in flight.
    ///
    /// **Idempotency.** Keyed: a repetition sets the same address, so the call is retried after transient failures.
    ///
    /// **Known from.** The provider's page "Webhook event update" (`documented`).
    ///
    /// Operation: `update_webhook`
    ///
    /// # Errors
    ///
    /// As [`create_subscription`](Self::create_subscription).
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
    /// let updated = Webhooks::new(session).update_subscription(EventType::PayIn, "https://shop.example.com/hooks/2").await?;
    /// assert_eq!(updated.message, "subscription_updated");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn update_subscription(
        &self,
        event: impl Into<EventType>,
        url: impl Into<Secret>,
    ) -> Result<Subscription> {
        let (event, url) = checked(event.into(), url.into())?;
        let request = types::UpdateWebhookRequest {
            type_: event.clone(),
            url,
        };
        let reply = update_webhook(&self.session, &request).await?;
        Ok(Subscription::of(event, reply))
    }
}

fn checked(event: EventType, url: Secret) -> Result<(EventType, Secret)> {
    Error::require("type", event.as_str(), "Name the event, such as PAY_IN.")?;
    input::callback_url("url", &url)?;
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
    async fn both_calls_send_a_form() {
        let (provider, webhooks) = scripted();
        provider.next(
            "subscribe_webhook",
            Answer::json(r#"{"status":"ok","data":"subscription_created"}"#),
        );
        provider.next(
            "update_webhook",
            Answer::json(r#"{"status":"ok","data":"subscription_updated"}"#),
        );
        let created = webhooks
            .create_subscription(EventType::PayIn, ADDRESS)
            .await
            .unwrap();
        let updated = webhooks.update_subscription("COINS_SENT", ADDRESS).await.unwrap();
        assert_eq!(
            (created.event.clone(), created.message.as_str()),
            (EventType::PayIn, "subscription_created")
        );
        assert_eq!(
            (updated.event, updated.message.as_str()),
            (EventType::CoinsSent, "subscription_updated")
        );

        let stored = serde_json::to_string(&created).unwrap();
        assert_eq!(stored, r#"{"event":"PAY_IN","message":"subscription_created"}"#);
        assert_eq!(serde_json::from_str::<Subscription>(&stored).unwrap(), created);

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
    async fn unreachable_addresses_are_refused_before_sending() {
        let (provider, webhooks) = scripted();
        for address in [
            "",
            "shop.example.com",
            "/hooks",
            "ftp://x.example/",
            "mailto:a@b.c",
            "https://",
        ] {
            let error = webhooks
                .create_subscription(EventType::PayIn, address)
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{address}");
            assert!(
                webhooks
                    .update_subscription(EventType::PayIn, address)
                    .await
                    .is_err()
            );
        }
        assert!(webhooks.create_subscription(" ", ADDRESS).await.is_err());
        assert_eq!(
            provider.calls("subscribe_webhook") + provider.calls("update_webhook"),
            0
        );
    }

    #[tokio::test]
    async fn lost_answer_is_retried_for_update_only() {
        let (provider, webhooks) = scripted();
        provider.next("subscribe_webhook", Answer::timeout_after_sending());
        let error = webhooks
            .create_subscription(EventType::PayIn, ADDRESS)
            .await
            .unwrap_err();
        assert!(error.effect() == Effect::Unknown);
        assert!(
            error.advice().text().contains("Webhooks::update_subscription"),
            "{}",
            error.advice()
        );
        assert_eq!(provider.calls("subscribe_webhook"), 1);

        provider.next("update_webhook", Answer::timeout_after_sending());
        provider.always(
            "update_webhook",
            Answer::json(r#"{"status":"ok","data":"subscription_updated"}"#),
        );
        assert!(
            webhooks
                .update_subscription(EventType::PayIn, ADDRESS)
                .await
                .is_ok()
        );
        assert_eq!(provider.calls("update_webhook"), 2);
    }

    #[tokio::test]
    async fn any_text_is_no_subscription() {
        for reply in [
            r#""subscription failed""#,
            r#"{"data":"subscription failed"}"#,
            "null",
            "[]",
            r#"{"data":["x"]}"#,
        ] {
            let (provider, webhooks) = scripted();
            provider.always("subscribe_webhook", Answer::json(reply));
            provider.always("update_webhook", Answer::json(reply));
            let error = webhooks
                .create_subscription(EventType::PayIn, ADDRESS)
                .await
                .unwrap_err();
            assert!(error.effect() == Effect::Unknown, "{reply} {error:?}");
            assert!(
                error.advice().text().contains("Webhooks::update_subscription"),
                "{reply}"
            );
            let updated = webhooks.update_subscription(EventType::PayIn, ADDRESS).await;
            assert!(updated.is_err(), "{reply} {updated:?}");
        }
    }

    #[tokio::test]
    async fn fields_beside_the_word_are_kept() {
        let (provider, webhooks) = scripted();
        let reply = |data| {
            Answer::json(format!(
                r#"{{"status":"ok","data":"{data}","message":"m","fee":0.10}}"#
            ))
        };
        provider.next("subscribe_webhook", reply("subscription_created"));
        provider.next("update_webhook", reply("subscription_updated"));
        let created = webhooks.create_subscription("PAY_IN", ADDRESS).await.unwrap();
        let updated = webhooks.update_subscription("PAY_IN", ADDRESS).await.unwrap();
        for subscription in [created, updated] {
            assert!(subscription.message.starts_with("subscription_"));
            assert_eq!(subscription.extra.get("message").unwrap().get(), r#""m""#);
            assert_eq!(subscription.extra.get("fee").unwrap().get(), "0.10");
            let stored = serde_json::to_string(&subscription).unwrap();
            assert_eq!(
                serde_json::from_str::<Subscription>(&stored).unwrap(),
                subscription
            );
        }
    }

    #[tokio::test]
    async fn unknown_event_types_can_be_subscribed() {
        let (provider, webhooks) = scripted();
        provider.next(
            "subscribe_webhook",
            Answer::json(r#"{"status":"ok","data":"subscription_created"}"#),
        );
        let created = webhooks
            .create_subscription("PAYMENT_REFUNDED", ADDRESS)
            .await
            .unwrap();
        assert_eq!(created.event.as_str(), "PAYMENT_REFUNDED");
    }
}
