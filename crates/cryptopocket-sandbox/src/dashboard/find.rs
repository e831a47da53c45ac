//! What a search looks at.

/// Whether something is what is looked for.
pub(super) mod matching {
    use crate::dashboard::view::View;
    use cryptopocket_emulator::server::Entry;
    use cryptopocket_emulator::{BankTransaction, Customer, Delivery, Offramp, Payment};

    fn of(text: Option<&String>) -> &str {
        text.map_or("", String::as_str)
    }

    pub(in crate::dashboard) fn customer(view: &View, one: &Customer) -> bool {
        let (id, last) = (one.id.to_string(), of(one.last_name.as_ref()));
        let full_name = format!("{} {last}", one.name);
        let external_id = of(one.external_id.as_ref());
        view.finds(&[&id, &full_name, &one.email, &one.uuid, external_id, &one.kyc])
    }

    pub(in crate::dashboard) fn payment(view: &View, one: &Payment) -> bool {
        let user = one.user.to_string();
        let concept = one.concept.map(|concept| concept.to_string()).unwrap_or_default();
        let method = one.method.payment_type;
        let [external_id, wallet, holder, txid] =
            [&one.external_id, &one.wallet, &one.holder, &one.txid].map(|text| of(text.as_ref()));
        view.finds(&[
            &one.id,
            &user,
            &concept,
            external_id,
            wallet,
            holder,
            txid,
            &one.status,
            method,
        ])
    }

    pub(in crate::dashboard) fn offramp(view: &View, one: &Offramp) -> bool {
        let (id, user) = (one.id.to_string(), one.user.to_string());
        view.finds(&[&id, &user, &one.status, &one.wallet, &one.payout_to])
    }

    pub(in crate::dashboard) fn transaction(view: &View, one: &BankTransaction) -> bool {
        let amount = one.amount.to_string();
        let [concept, name, iban, reference, payment] = [
            &one.concept,
            &one.counterparty_name,
            &one.counterparty_iban,
            &one.end_to_end_id,
            &one.payment,
        ]
        .map(|text| of(text.as_ref()));
        view.finds(&[&one.id, &amount, concept, name, iban, reference, payment])
    }

    pub(in crate::dashboard) fn call(view: &View, one: &Entry) -> bool {
        let status = one.status.map_or_else(String::new, |status| status.to_string());
        view.finds(&[&one.operation, &one.path, &status])
    }

    pub(in crate::dashboard) fn delivery(view: &View, one: &Delivery) -> bool {
        view.finds(&[one.event, &one.subject, &one.url, one.state.name()])
    }
}
