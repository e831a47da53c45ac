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
use crate::request::{Request, capture};
use crate::wire::{Failure, Reply, not_found, wrong_method};

/// An operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The operation's name, as in faults and the call log.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path below the base URL, with parameters in braces.
    pub path: &'static str,
}

type Handler = fn(&mut Call<'_>) -> Answer;

/// The route of a request.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub(crate) route: &'static Route,
    handler: Handler,
    /// The parameter in the path, empty if the route has none.
    parameter: &'a str,
}

macro_rules! routes {
    ($($operation:ident $method:ident $path:literal $handler:path;)*) => {
        /// Every call of the API, in the order of the provider's menu.
        pub const ROUTES: &[Route] = &[
            $(Route { operation: stringify!($operation), method: stringify!($method), path: $path }),*
        ];
        const HANDLERS: &[Handler] = &[$($handler),*];
    };
}

routes! {
    authenticate POST "/authenticate" market::authenticate;
    get_token_price GET "/tokenPrice" market::token_price;
    list_available_assets GET "/available-assets" market::available_assets;
    list_customers GET "/customers/list" users::list;
    create_customer POST "/registerUser" users::create;
    create_customer_delegated_kyc POST "/registerUser/kyc-delegated" users::create_delegated;
    create_company_customer POST "/register/company" users::create_company;
    check_kyc GET "/kyc/check" users::check_kyc;
    create_enhanced_verification_link POST "/onboarding-form" users::enhanced_link;
    upload_customer_document POST "/customers/{user_id}/documents" users::upload;
    find_customer GET "/customers/find" users::find;
    list_payment_methods GET "/paymentMethods" onramp::methods;
    get_onramp_quote GET "/quote" onramp::quote;
    create_payment POST "/createPayment" onramp::create;
    create_guided_payment POST "/createGuidedPayment" onramp::create_guided;
    get_payment GET "/payment/{payment_id}" onramp::get;
    list_payments GET "/payments" onramp::list;
    get_offramp_quote GET "/getRampoffQuote" offramp::quote;
    create_offramp POST "/createRampoff" offramp::create;
    get_offramp GET "/getRampoff" offramp::get;
    list_offramps GET "/getRampoffs" offramp::list;
    list_bank_accounts GET "/banking/accounts" banking::accounts;
    list_bank_transactions GET "/banking/accounts/{iban}/transactions" banking::transactions;
    reconcile_payment POST "/banking/reconcile" banking::reconcile;
    subscribe_webhook POST "/subscribeToWebhook" webhooks::subscribe;
    update_webhook POST "/updateWebhookSubscription" webhooks::update;
}

/// Finds the route for a path, or answers like the provider's framework if there is none.
pub(crate) fn find<'a>(method: &str, path: &[&'a str]) -> Result<Found<'a>, Reply> {
    let path = path.strip_suffix(&[""]).unwrap_or(path);
    let method = if method == "HEAD" { "GET" } else { method };
    let mut allowed = None;
    for (route, handler) in ROUTES.iter().zip(HANDLERS) {
        let Some(parameter) = capture(route.path, path) else {
            continue;
        };
        if route.method == method {
            return Ok(Found {
                route,
                handler: *handler,
                parameter,
            });
        }
        allowed = Some(route.method);
    }
    let path = path.join("/");
    Err(allowed.map_or_else(
        || not_found(&path),
        |allowed| wrong_method(method, allowed, &path),
    ))
}

/// Finds the caller by the token and carries out the call.
pub(crate) fn call(engine: &mut Engine, found: &Found<'_>, request: &Request) -> Reply {
    let (now, token) = (engine.now(), request.header("auth").unwrap_or_default());
    let is_login = found.route.operation == "authenticate";
    let caller = engine
        .integrations
        .iter()
        .position(|one| is_login || one.accepts(token, now));
    let Some(index) = caller else {
        return Failure::Code("authorization_incorrect").reply();
    };
    let mut call = Call {
        engine,
        index,
        request,
        parameter: found.parameter,
    };
    (found.handler)(&mut call).unwrap_or_else(|failure| failure.reply())
}

/// The names of all operations, and `*` for any.
pub(crate) fn operations() -> Vec<&'static str> {
    let names = ROUTES.iter().map(|route| route.operation);
    names.chain(["*"]).collect()
}

#[cfg(test)]
mod tests {
    use super::{HANDLERS, ROUTES, find};

    #[test]
    fn every_operation_has_a_handler() {
        assert_eq!((ROUTES.len(), HANDLERS.len()), (26, 26));
    }

    #[test]
    fn every_operation_is_found_by_its_path() {
        for route in ROUTES {
            let path: Vec<&str> = route.path[1..].split('/').collect();
            let found = find(route.method, &path).map(|found| found.route);
            assert_eq!(found.ok(), Some(route), "{}", route.path);
        }
    }

    #[test]
    fn parameter_takes_one_segment() {
        let found = find("GET", &["banking", "accounts", "ES91", "transactions"]).unwrap();
        assert_eq!(
            (found.route.operation, found.parameter),
            ("list_bank_transactions", "ES91")
        );
        assert_eq!(find("GET", &["payment", "a", "b"]).unwrap_err().status, 404);
        assert_eq!(find("GET", &["createPayment"]).unwrap_err().status, 405);
    }
}
