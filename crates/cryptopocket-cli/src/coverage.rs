//! The command for each operation.

/// Operation and command, in the order of the provider's documentation.
pub(crate) const COMMANDS: &[(&str, &str)] = &[
    ("authenticate", "login"),
    ("get_token_price", "price"),
    ("list_available_assets", "assets"),
    ("list_customers", "users list"),
    ("create_customer", "users create"),
    ("create_customer_delegated_kyc", "users create-verified"),
    ("create_company_customer", "users create-company"),
    ("check_kyc", "users kyc"),
    ("create_enhanced_verification_link", "users enhanced-link"),
    ("upload_customer_document", "users upload"),
    ("find_customer", "users find"),
    ("list_payment_methods", "payment-methods"),
    ("get_onramp_quote", "quote buy"),
    ("create_payment", "payments create"),
    ("create_guided_payment", "payments guided"),
    ("get_payment", "payments get"),
    ("get_payment", "payments watch"),
    ("list_payments", "payments list"),
    ("list_payments", "payments recover"),
    ("get_offramp_quote", "quote sell"),
    ("create_offramp", "offramp create"),
    ("get_offramp", "offramp get"),
    ("get_offramp", "offramp watch"),
    ("list_offramps", "offramp list"),
    ("list_bank_accounts", "bank accounts"),
    ("list_bank_transactions", "bank transactions"),
    ("reconcile_payment", "bank reconcile"),
    ("subscribe_webhook", "webhooks subscribe"),
    ("update_webhook", "webhooks update"),
];

/// The operation of a command such as `payments get`.
pub(crate) fn operation_of(command: &str) -> Option<&'static str> {
    COMMANDS
        .iter()
        .find(|(_, words)| *words == command)
        .map(|(operation, _)| *operation)
}
