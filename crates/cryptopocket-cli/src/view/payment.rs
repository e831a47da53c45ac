use cryptopocket::Personal;
use cryptopocket::onramp::{NextStep, Payment};

use super::json::{BuyView, CreatedView, PaymentView};
use crate::output::{Column, Line, People, Row, Watched, cell, line};

impl From<Payment> for PaymentView {
    fn from(payment: Payment) -> Self {
        Self(payment)
    }
}

impl Watched for PaymentView {
    fn state(&self) -> String {
        let payment = &self.0;
        let txid = payment.txid.value().map(|txid| format!("  txid {txid}"));
        let (status, fiat, coin) = (&payment.status, payment.fiat, &payment.coin);
        format!("{status}  {fiat} → {coin}{}", txid.unwrap_or_default())
    }
}

impl People for PaymentView {
    fn lines(&self) -> Vec<Line> {
        let payment = &self.0;
        let end = if payment.is_final() { " (final)" } else { "" };
        vec![
            line("payment", Some(&payment.id)),
            line("external id", &payment.external_id),
            line("customer", &payment.user_id),
            line("status", Some(format!("{}{end}", payment.status))),
            line("pays", payment.fiat),
            line("receives", &payment.coin),
            line("created", payment.created_at),
            line("holder", payment.holder.borrowed().map(Personal::reveal)),
            line("txid", &payment.txid),
        ]
    }
}

impl Row for PaymentView {
    fn columns(&self) -> Vec<Column> {
        let payment = &self.0;
        vec![
            cell("PAYMENT", Some(&payment.id)),
            cell("STATUS", Some(&payment.status)),
            cell(">PAYS", payment.fiat),
            cell(">RECEIVES", &payment.coin),
            cell("CUSTOMER", &payment.user_id),
            cell("EXTERNAL ID", &payment.external_id),
            cell("CREATED", payment.created_at),
        ]
    }
}

impl People for CreatedView {
    fn lines(&self) -> Vec<Line> {
        let (created, order) = (&self.created, &self.order);
        let chain = order.chain.as_ref().map(|chain| format!(" on {chain}"));
        let coin = format!("{}{}", order.symbol, chain.unwrap_or_default());
        let wallet = order.wallet.as_ref().map(Personal::reveal);
        let mut lines = vec![
            line("payment", Some(&created.payment_id)),
            line("external id", created.external_id.as_ref()),
            line("pays", Some(order.pays)),
            line("buys", Some(coin)),
            line("wallet", wallet.or(Some("the customer names it on the page"))),
        ];
        match &created.next {
            NextStep::BankTransfer(transfer) => {
                let concept = format!("{} (keep it: no later call repeats it)", transfer.concept);
                lines.extend([
                    line("next", Some("the customer makes this bank transfer")),
                    line("IBAN", Some(transfer.iban.reveal())),
                    line("BIC", &transfer.bic),
                    line(
                        "beneficiary",
                        transfer.beneficiary.borrowed().map(Personal::reveal),
                    ),
                    line("concept", Some(concept)),
                ]);
            }
            NextStep::Redirect { url } => lines.extend([
                line("next", Some("the customer opens this page")),
                line("page", Some(url.expose())),
            ]),
            _ => lines.push(line(
                "next",
                Some("not known; `--json` shows the reply under extra"),
            )),
        }
        lines
    }
}

impl People for BuyView {
    fn lines(&self) -> Vec<Line> {
        let quote = &self.0;
        vec![
            line("spend", quote.spend),
            line("receive about", Some(&quote.tokens)),
            line("chain", quote.tokens.chain()),
            line("price of one", quote.price),
            line("fee", quote.fee),
            line("paid by", &quote.payment_type),
            line("note", Some("only indicative; the provider locks no price")),
        ]
    }
}
