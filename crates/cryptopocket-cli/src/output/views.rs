//! What people read of each result.

/// What people read of a result: columns such as `customer: id`, a heading and what stands below it, between ` | `.
///
/// After the heading comes the path of a value in the JSON form, such as `next/iban`; a path alone is its own heading. A path
/// with `(final)` is marked with that word if the field of this name is true. A path before a text in `'` gives the text, with
/// the value in place of `{}`, unless the value is false or absent. A text alone stands there always. A column that begins
/// with `>` is aligned to the right; one that begins with `-` is in no table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View(&'static str);

impl View {
    /// The columns, as they are written.
    pub(crate) const fn text(self) -> &'static str {
        self.0
    }
}

/// Each view beside the command whose JSON has its paths, or a place in that JSON. There are no others: a test holds them all
/// against that JSON, since a wrong path is an empty column.
macro_rules! views {
    ($($(#[$doc:meta])* $name:ident of $command:literal = $text:literal;)*) => {
        $($(#[$doc])* pub(crate) const $name: View = View($text);)*

        #[cfg(test)]
        #[allow(dead_code, reason = "the tests of the program read it")]
        pub(crate) const ALL: &[(View, &str)] = &[$(($name, $command)),*];
    };
}

views! {
    ASSETS of "assets" = "symbol | chain | name | >decimals | active | >minimum: min_purchase";
    PRICE of "price" = "coin: symbol | chain | price of one: price";
    PAYMENT_METHODS of "payment-methods" = "payment type: payment_type | name | currency | country | >minimum: min | >maximum: max";
    BUY_QUOTE of "quote buy" = "spend | receive about: tokens | chain: tokens/chain | price of one: price | fee | \
        paid by: payment_type | note: 'only indicative; the provider locks no price'";
    SELL_QUOTE of "quote sell" = "sell | chain: sell/chain | receive about: receive | fee | \
        note: 'only indicative; the provider locks no price'";
    PAYMENT of "payments get" = "payment: id | status: status (final) | >pays: fiat | >receives: coin | customer: user_id | \
        external id: external_id | created: created_at | -holder | -txid";
    PAYMENT_STATE of "payments get" = ": status |   : fiat |  → : coin |   txid : txid";
    /// A new payment. What was ordered is in the form for people only: a program knows it.
    CREATED_PAYMENT of "payments create" = "payment: payment_id | external id: external_id | pays | buys | wallet | \
        next: next_step | page: next/url | IBAN: next/iban | BIC: next/bic | beneficiary: next/beneficiary | \
        concept: next/concept '{} (keep it: no later call repeats it)'";
    OFFRAMP of "offramp get" = "off-ramp: id | status: status (final) | >sells: coin | chain: coin/chain | >receives: fiat";
    OFFRAMP_STATE of "offramp get" = ": status |   : coin |  → : fiat";
    CREATED_OFFRAMP of "offramp create" = "off-ramp: id | next: 'the customer sends the coins to this address' | coins: send | \
        chain: send/chain | address: wallet";
    CUSTOMER of "users find" = "customer: id | name | last name: last_name | e-mail: email | country | \
        identity check: kyc_status | external id: external_id | -uuid | -created: created_at";
    CREATED_CUSTOMER of "users create" = "customer: id | next: 'the customer proves their identity on this page' | \
        page: kyc_form_url";
    CREATED_COMPANY of "users create-company" = "company: id | uuid | \
        next: 'the company proves its identity on this page, within 90 days' | page: kyb_link | password";
    VERIFIED_CUSTOMER of "users create-verified" = "customer: id | uuid | identity check: kyc_status | decision";
    KYC of "users kyc" = "customer: user_id | identity check: kyc_status | decision";
    ENHANCED_LINK of "users enhanced-link" = "customer: user_id | next: 'the customer completes the declaration on this page' | \
        page: onboarding_link";
    ACCOUNTS of "bank accounts" = "iban | bic | holder: holder_name | alias | >balance: balance | currency | status";
    TRANSACTIONS of "bank transactions" = "transaction: id | booked: booking_date | >amount | concept | \
        counterparty: counterparty_name | reconciled | payment: payment_id";
    RECONCILED of "bank reconcile" = "payment: payment_id | transaction: transaction_id | status";
    AUDIT_LOG of "bank journal" = "entries | head | \
        posting: to_be_posted 'the next `bank match --apply` posts it, if both are in its input with equal amounts' | \
        posting: recorded_only 'recorded only: {}' | \
        at the provider: remains_at_provider 'the payment is tied there, or may be: no call undoes it, ask the provider'";
    INBOX_STATUS of "inbox status" = "ready | scheduled | leased | done | dead | quarantined | oldest waiting: oldest | \
        its age in seconds: oldest_age_seconds";
    INBOX_EVENTS of "inbox list" = "received: received_at | key | state | >attempts | reason";
    QUARANTINE of "inbox status/quarantine" = ">id | received: received_at | key | >deliveries";
    FINDINGS of "probe/differences" = "operation | place | verdict | detail";
}
