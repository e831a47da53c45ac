//! What a probe has to find out about this provider.

/// The kind of a difference from the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The path does not exist; `subject` is the path that does.
    Path,
    /// A query parameter has another name; `subject` is `ours -> theirs`.
    Parameter,
    /// A field is missing from the reply; `subject` is its path.
    Missing,
    /// A field is there that the spec does not have; `subject` is its path.
    Extra,
    /// A field has another type; `subject` is its path.
    Type,
    /// A field has another unit; `subject` is its path.
    Unit,
    /// Pages count from 0.
    FirstPage,
}

/// One difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// The operation of the spec.
    pub operation: &'static str,
    /// The kind of difference.
    pub kind: Kind,
    /// What differs; see [`Kind`]. Paths of fields start at the object or row that the reply is about.
    pub subject: &'static str,
}

const fn differs(operation: &'static str, kind: Kind, subject: &'static str) -> Difference {
    Difference {
        operation,
        kind,
        subject,
    }
}

/// All differences that show in calls that only read.
pub const DIFFERENCES: &[Difference] = &[
    differs("authenticate", Kind::Missing, "expires_in"),
    differs("authenticate", Kind::Extra, "ttl_minutes"),
    differs("get_token_price", Kind::Path, "/token-price"),
    differs("get_token_price", Kind::Parameter, "chain -> network"),
    differs("get_token_price", Kind::Parameter, "fiat_symbol -> currency"),
    differs("get_token_price", Kind::Missing, "chain"),
    differs("get_token_price", Kind::Missing, "fiat_symbol"),
    differs("get_token_price", Kind::Extra, "network"),
    differs("get_token_price", Kind::Extra, "currency"),
    differs("get_token_price", Kind::Type, "price"),
    differs("list_available_assets", Kind::Missing, "name"),
    differs("list_available_assets", Kind::Extra, "title"),
    differs("list_available_assets", Kind::Type, "decimals"),
    differs("list_available_assets", Kind::Type, "active"),
    differs("list_payment_methods", Kind::Path, "/payment-methods"),
    differs("list_payment_methods", Kind::Missing, "fiat_symbol"),
    differs("list_payment_methods", Kind::Extra, "currency"),
    differs("get_onramp_quote", Kind::Type, "tokens"),
    differs("get_onramp_quote", Kind::Type, "fee"),
    differs("get_onramp_quote", Kind::Unit, "amount"),
    differs("list_customers", Kind::FirstPage, "page"),
    differs("list_customers", Kind::Parameter, "per_page -> limit"),
    differs("list_customers", Kind::Missing, "name"),
    differs("list_customers", Kind::Extra, "first_name"),
    differs("list_customers", Kind::Extra, "country_code"),
    differs("list_customers", Kind::Extra, "kyc"),
    differs("list_customers", Kind::Type, "created_at"),
    differs("find_customer", Kind::Path, "/customers/search"),
    differs("get_payment", Kind::Type, "fiat_amount"),
    differs("get_payment", Kind::Type, "holder"),
    differs("get_payment", Kind::Type, "coin_amount"),
    differs("get_payment", Kind::Type, "created_at"),
    differs("get_payment", Kind::Extra, "network_fee"),
    differs("list_payments", Kind::FirstPage, "page"),
    differs("list_payments", Kind::Parameter, "per_page -> limit"),
    differs("get_offramp_quote", Kind::Path, "/rampoff-quote"),
    differs("get_offramp_quote", Kind::Parameter, "blockchain -> chain"),
    differs("get_offramp_quote", Kind::Type, "fiat_amount"),
    differs("get_offramp_quote", Kind::Missing, "blockchain"),
    differs("get_offramp_quote", Kind::Extra, "chain"),
    differs("list_offramps", Kind::Path, "/rampoffs"),
    differs("list_offramps", Kind::FirstPage, "page"),
    differs("list_offramps", Kind::Parameter, "per_page -> limit"),
    differs("list_offramps", Kind::Type, "decimals"),
    differs("list_bank_accounts", Kind::Extra, "swift"),
    differs("list_bank_accounts", Kind::Extra, "owner"),
    differs("list_bank_accounts", Kind::Type, "balance"),
    differs("list_bank_transactions", Kind::FirstPage, "page"),
    differs("list_bank_transactions", Kind::Parameter, "per_page -> limit"),
    differs("list_bank_transactions", Kind::Extra, "direction"),
    differs("list_bank_transactions", Kind::Extra, "remittance_information"),
    differs("list_bank_transactions", Kind::Extra, "debtor_name"),
    differs("list_bank_transactions", Kind::Type, "amount"),
    differs("list_bank_transactions", Kind::Type, "booking_date"),
    differs("list_bank_transactions", Kind::Type, "reconciled"),
];
