//! The calls of the API: the table of operations, and one module of handlers for each tag.

mod banking;
mod call;
mod market;
mod offramp;
mod onramp;
mod users;
mod webhooks;

use call::{Answer, Call};

use crate::engine::Engine;
use crate::fields::Fields;
use crate::request::{Request, capture};
use crate::wire::{Failure, Reply, not_found, wrong_method};

/// An operation of the API.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Route {
    /// The operation's name, as in faults and the call log.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path below the base URL, with parameters in braces.
    pub path: &'static str,
    read: Reader,
    answer: Handler,
}

/// Reads the fields of a request.
type Reader = for<'a> fn(&'a Request) -> Result<Fields<'a>, Failure>;
type Handler = fn(&mut Call<'_>, Fields<'_>) -> Answer;

macro_rules! routes {
    ($($operation:ident $method:ident $path:literal $fields:ident $handler:path;)*) => {
        /// Every call of the API, in the order of the provider's menu.
        pub const ROUTES: &[Route] = &[$(Route {
            operation: stringify!($operation),
            method: stringify!($method),
            path: $path,
            read: routes!(@read $fields),
            answer: $handler,
        }),*];
    };
    (@read query) => { |request| Ok(Fields::query(request)) };
    (@read json) => { |request| Fields::json(request) };
    (@read form) => { |request| Fields::form(request) };
    (@read none) => { |_| Ok(Fields::default()) };
}

routes! {
    authenticate POST "/authenticate" json market::authenticate;
    get_token_price GET "/tokenPrice" query market::token_price;
    list_available_assets GET "/available-assets" none market::available_assets;
    list_customers GET "/customers/list" query users::list;
    create_customer POST "/registerUser" json users::create;
    create_customer_delegated_kyc POST "/registerUser/kyc-delegated" json users::create_delegated;
    create_company_customer POST "/register/company" json users::create_company;
    check_kyc GET "/kyc/check" query users::check_kyc;
    create_enhanced_verification_link POST "/onboarding-form" json users::enhanced_link;
    upload_customer_document POST "/customers/{user_id}/documents" none users::upload;
    find_customer GET "/customers/find" query users::find;
    list_payment_methods GET "/paymentMethods" query onramp::methods;
    get_onramp_quote GET "/quote" query onramp::quote;
    create_payment POST "/createPayment" json onramp::create;
    create_guided_payment POST "/createGuidedPayment" json onramp::create_guided;
    get_payment GET "/payment/{payment_id}" none onramp::get;
    list_payments GET "/payments" query onramp::list;
    get_offramp_quote GET "/getRampoffQuote" query offramp::quote;
    create_offramp POST "/createRampoff" json offramp::create;
    get_offramp GET "/getRampoff" query offramp::get;
    list_offramps GET "/getRampoffs" query offramp::list;
    list_bank_accounts GET "/banking/accounts" none banking::accounts;
    list_bank_transactions GET "/banking/accounts/{iban}/transactions" query banking::transactions;
    reconcile_payment POST "/banking/reconcile" json banking::reconcile;
    subscribe_webhook POST "/subscribeToWebhook" form webhooks::subscribe;
    update_webhook POST "/updateWebhookSubscription" form webhooks::update;
}

/// The route for a path and the parameter in it, or the answer of the provider's framework if there is none.
pub(crate) fn find<'a>(method: &str, path: &[&'a str]) -> Result<(&'static Route, &'a str), Reply> {
    let path = path.strip_suffix(&[""]).unwrap_or(path);
    let method = if method == "HEAD" { "GET" } else { method };
    let mut routes = ROUTES.iter();
    match routes.find_map(|route| Some((route, capture(route.path, path)?))) {
        Some(found) if found.0.method == method => Ok(found),
        Some((route, _)) => Err(wrong_method(method, route.method, &path.join("/"))),
        None => Err(not_found(&path.join("/"))),
    }
}

/// Finds the caller by the token and carries out the call.
pub(crate) fn call(engine: &mut Engine, route: &Route, parameter: &str, request: &Request) -> Reply {
    let (now, token) = (engine.now(), request.header("auth").unwrap_or_default());
    let is_login = route.operation == "authenticate";
    let mut integrations = engine.integrations.iter();
    let Some(index) = integrations.position(|one| is_login || one.accepts(token, now)) else {
        return Failure::Code("authorization_incorrect").reply();
    };
    let mut call = Call {
        engine,
        index,
        request,
        parameter,
    };
    let reply = (route.read)(request).and_then(|input| (route.answer)(&mut call, input));
    reply.unwrap_or_else(|failure| failure.reply())
}

/// The names of all operations, and `*` for any.
pub(crate) fn operations() -> Vec<&'static str> {
    let names = ROUTES.iter().map(|route| route.operation);
    names.chain(["*"]).collect()
}

#[cfg(test)]
mod tests {
    use super::{ROUTES, find};

    #[test]
    fn every_operation_is_in_the_table() {
        assert_eq!(ROUTES.len(), 26);
    }

    #[test]
    fn every_operation_is_found_by_its_path() {
        for route in ROUTES {
            let path: Vec<&str> = route.path[1..].split('/').collect();
            let found = find(route.method, &path).map(|(found, _)| found.operation);
            assert_eq!(found.ok(), Some(route.operation), "{}", route.path);
        }
    }

    #[test]
    fn parameter_takes_one_segment() {
        let (found, parameter) = find("GET", &["banking", "accounts", "ES91", "transactions"]).unwrap();
        assert_eq!((found.operation, parameter), ("list_bank_transactions", "ES91"));
        assert_eq!(find("GET", &["payment", "a", "b"]).unwrap_err().status, 404);
        assert_eq!(find("GET", &["createPayment"]).unwrap_err().status, 405);
    }
}
