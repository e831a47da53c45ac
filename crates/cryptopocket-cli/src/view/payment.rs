use cryptopocket::Personal;
use cryptopocket::onramp::NextStep;

use super::json::{BuyView, CreatedView, PaymentView};
use crate::output::{Cell, View, Watched, cell};

impl Watched for PaymentView {
    fn state(&self) -> String {
        let payment = &self.0;
        let txid = payment.txid.value().map(|txid| format!("  txid {txid}"));
        let (status, fiat, coin) = (&payment.status, payment.fiat, &payment.coin);
        format!("{status}  {fiat} → {coin}{}", txid.unwrap_or_default())
    }
}

impl View for PaymentView {
    const COLUMNS: &'static [&'static str] = &[
        "payment",
        "status",
        ">pays",
        ">receives",
        "customer",
        "external id",
        "created",
    ];

    fn cells(&self) -> Vec<Cell> {
        let payment = &self.0;
        let end = if payment.is_final() { " (final)" } else { "" };
        vec![
            cell("payment", Some(&payment.id)),
            cell("external id", &payment.external_id),
            cell("customer", &payment.user_id),
            cell("status", Some(format!("{}{end}", payment.status))),
            cell(">pays", payment.fiat),
            cell(">receives", &payment.coin),
            cell("created", payment.created_at),
            cell("holder", payment.holder.borrowed().map(Personal::reveal)),
            cell("txid", &payment.txid),
        ]
    }
}

impl View for CreatedView {
    fn cells(&self) -> Vec<Cell> {
        let (created, order) = (&self.created, &self.order);
        let chain = order.chain.as_ref().map(|chain| format!(" on {chain}"));
        let coin = format!("{}{}", order.symbol, chain.unwrap_or_default());
        let wallet = order.wallet.as_ref().map(Personal::reveal);
        let mut cells = vec![
            cell("payment", Some(&created.payment_id)),
            cell("external id", created.external_id.as_ref()),
            cell("pays", Some(order.pays)),
            cell("buys", Some(coin)),
            cell("wallet", wallet.or(Some("the customer names it on the page"))),
        ];
        match &created.next {
            NextStep::BankTransfer(transfer) => {
                let concept = format!("{} (keep it: no later call repeats it)", transfer.concept);
                cells.extend([
                    cell("next", Some("the customer makes this bank transfer")),
                    cell("IBAN", Some(transfer.iban.reveal())),
                    cell("BIC", &transfer.bic),
                    cell(
                        "beneficiary",
                        transfer.beneficiary.borrowed().map(Personal::reveal),
                    ),
                    cell("concept", Some(concept)),
                ]);
            }
            NextStep::Redirect { url } => cells.extend([
                cell("next", Some("the customer opens this page")),
                cell("page", Some(url.expose())),
            ]),
            _ => cells.push(cell(
                "next",
                Some("not known; `--json` shows the reply under extra"),
            )),
        }
        cells
    }
}

impl View for BuyView {
    fn cells(&self) -> Vec<Cell> {
        let quote = &self.0;
        vec![
            cell("spend", quote.spend),
            cell("receive about", Some(&quote.tokens)),
            cell("chain", quote.tokens.chain()),
            cell("price of one", quote.price),
            cell("fee", quote.fee),
            cell("paid by", &quote.payment_type),
            cell("note", Some("only indicative; the provider locks no price")),
        ]
    }
}
