//! Subscriptions to events.

use cryptopocket_types::EventType;
use cryptopocket_webhooks::Webhooks;

use super::case::{Case, shown};
use crate::canary;

pub(super) const CASES: &[Case] = &[
    Case {
        id: "subscribe_webhook",
        reply: r#"{"status":"ok","data":"subscription_created"}"#,
        call: |session| {
            shown(async move {
                Webhooks::new(session)
                    .create_subscription(EventType::PayIn, canary::CALLBACK)
                    .await
            })
        },
    },
    Case {
        id: "update_webhook",
        reply: r#"{"status":"ok","data":"subscription_updated"}"#,
        call: |session| {
            shown(async move {
                Webhooks::new(session)
                    .update_subscription(EventType::PayIn, canary::CALLBACK)
                    .await
            })
        },
    },
];
