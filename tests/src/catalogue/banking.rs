//! Bank accounts, their movements and reconciliation.

use cryptopocket_banking::{Banking, NewReconciliation, TransactionFilter};
use cryptopocket_types::{Iban, PaymentId, TransactionId};

use super::case::{Case, shown};
use crate::canary;

pub(super) const CASES: &[Case] = &[
    Case {
        id: "list_bank_accounts",
        reply: r#"{"status":"ok","data":[{"iban":"ES9121000418450200051332","bic":"CAIXESBBXXX","holder_name":"Canary Holding SL","alias":"Canaria Canarias","currency":"EUR","balance":"10250.00","status":"active"}]}"#,
        call: |session| shown(async move { Ok(Banking::new(session).list_accounts().await?.into_items()) }),
    },
    Case {
        id: "list_bank_transactions",
        reply: r#"{"status":"ok","data":[{"id":"btx-90001","iban":"ES9121000418450200051332","amount":"240.00","currency":"EUR","booking_date":"2026-06-20","value_date":"2026-06-20","concept":"canary rent for Canaria","counterparty_name":"Canaria Canarias","counterparty_iban":"ES9121000418450200051332","end_to_end_id":"canary-callback","reconciled":false}],"pagination":{"current_page":1,"per_page":50,"total":1,"last_page":1}}"#,
        call: |session| {
            shown(async move {
                Banking::new(session)
                    .list_transactions(iban(), TransactionFilter::new())
                    .collect_all(100)
                    .await
            })
        },
    },
    Case {
        id: "reconcile_payment",
        reply: r#"{"status":"ok","data":{"payment_id":"pay7Q2mX9tB4vLk8ZrN3cWd1s","transaction_id":"btx-90001","status":"payment_received"}}"#,
        call: |session| {
            shown(async move {
                let payment = PaymentId::from("pay7Q2mX9tB4vLk8ZrN3cWd1s");
                Banking::new(session)
                    .reconcile(NewReconciliation::new(&payment, TransactionId::from("btx-90001")))
                    .await
            })
        },
    },
];

fn iban() -> Iban {
    canary::IBAN.parse().expect("a valid IBAN")
}
