//! Checks of the set-up, each with a cure.

use std::time::{Duration, UNIX_EPOCH};

use clap::Args;
use cryptopocket::time::{Clock as _, SystemClock};
use cryptopocket::{
    Bytes, Error, ErrorKind, HeaderMap, Method, SANDBOX_BASE_URL, Secret, Stage, Transport as _,
    TransportError, TransportErrorKind, WireRequest, WireResponse, input,
};
use serde::Serialize;

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::output::{BAD, DIM, GOOD, clean};

/// How far this clock may be from the provider's. Webhooks allow five minutes in all.
const SKEW: i64 = 60;
const LIMIT: Duration = Duration::from_secs(10);

/// Check credentials, base URL, clock, whitelist and webhook address
///
/// Prints a line for each check, and what to do about a problem. It reads only, and sends no event: to --webhook-url it
/// posts a body without a signature, which a right receiver refuses. Exit code 8 if a check failed.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Address of your receiver of webhooks
    #[arg(long, value_name = "URL")]
    webhook_url: Option<Secret>,
}

#[derive(Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Problem,
    Skipped,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    status: Status,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cure: Option<String>,
}

impl Check {
    fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::of(name, Status::Ok, message, None)
    }

    fn problem(name: &'static str, message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self::of(name, Status::Problem, message, Some(cure.into()))
    }

    fn skipped(name: &'static str, message: impl Into<String>) -> Self {
        Self::of(name, Status::Skipped, message, None)
    }

    fn of(name: &'static str, status: Status, message: impl Into<String>, cure: Option<String>) -> Self {
        Self {
            name,
            status,
            message: message.into(),
            cure,
        }
    }

    fn failed(name: &'static str, failure: &Failure) -> Self {
        Self::problem(name, failure.message.clone(), failure.hint.clone())
    }
}

#[derive(Serialize)]
struct Report {
    ok: bool,
    checks: Vec<Check>,
}

impl Doctor {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let progress = context.progress("checking");
        let checks = progress.during(self.checks(context)).await;
        let problems = checks
            .iter()
            .filter(|check| check.status == Status::Problem)
            .count();
        let report = Report {
            ok: problems == 0,
            checks,
        };
        if context.output.is_json() {
            context.output.json(&report)?;
        } else {
            for check in &report.checks {
                print(context, check)?;
            }
        }
        if problems == 0 {
            return Ok(());
        }
        let message = format!("{problems} of {} checks failed", report.checks.len());
        Err(Failure::check("checks_failed", message, "").told_with_its_result())
    }

    async fn checks(&self, context: &Context) -> Vec<Check> {
        let (base, base_url) = base_url(context);
        let answer = match &base_url {
            Some(url) => get(context, url).await,
            None => Err(Check::skipped("connection", "no usable base URL")),
        };
        let (connection, clock) = match answer {
            Ok(answer) => (
                Check::ok("connection", format!("the server answers ({})", answer.status)),
                clock(&answer.headers, SystemClock.now().unix_seconds()),
            ),
            Err(check) => (check, Check::skipped("clock", "no answer to compare it with")),
        };
        let can_call = connection.status == Status::Ok;
        let credentials = credentials(context);
        let (login, whitelist) = if can_call && credentials.status == Status::Ok {
            calls(context).await
        } else {
            (
                Check::skipped("login", "needs credentials and a connection"),
                Check::skipped("whitelist", "needs a login"),
            )
        };
        let webhook = self.webhook(context).await;
        vec![base, connection, clock, credentials, login, whitelist, webhook]
    }

    async fn webhook(&self, context: &Context) -> Check {
        const NAME: &str = "webhook";
        let Some(url) = &self.webhook_url else {
            return Check::skipped(NAME, "give the address of your receiver with --webhook-url");
        };
        if let Err(error) = input::callback_url("--webhook-url", url) {
            return Check::failed(NAME, &error.into());
        }
        let text = url.expose();
        if let Some(problem) = form_of(text) {
            return problem;
        }
        let body = Bytes::from_static(b"{}");
        match send(context, Method::POST, text, body).await {
            Err(error) => Check::problem(NAME, format!("no answer: {error}"), unreachable_cure(&error)),
            Ok(answer) => judged(answer.status),
        }
    }
}

fn base_url(context: &Context) -> (Check, Option<String>) {
    const NAME: &str = "base URL";
    let access = match context.access() {
        Ok(access) => access,
        Err(failure) => return (Check::failed(NAME, &failure), None),
    };
    let Some(url) = access.base_url else {
        let message = format!("none is given, so calls go to the provider's sandbox, {SANDBOX_BASE_URL}");
        return (Check::ok(NAME, message), Some(SANDBOX_BASE_URL.to_owned()));
    };
    // The client knows the rules; it refuses what is wrong before anything is sent.
    let probe = crate::profile::Profile {
        base_url: Some(url.clone()),
        api_key: Some(Secret::from("k")),
        api_secret: Some(Secret::from("s")),
        choices: None,
    };
    match context.client_with(probe) {
        Ok(client) => (Check::ok(NAME, client.session().base_url()), Some(url)),
        Err(failure) => (Check::failed(NAME, &failure), None),
    }
}

fn credentials(context: &Context) -> Check {
    const NAME: &str = "credentials";
    let access = match context.access() {
        Ok(access) => access,
        Err(failure) => return Check::failed(NAME, &failure),
    };
    let given = [("API key", access.api_key), ("API secret", access.api_secret)];
    for (what, secret) in given {
        let cure = "Run `cryptopocket login`, or set CRYPTOPOCKET_API_KEY and CRYPTOPOCKET_API_SECRET.";
        match secret {
            None => return Check::problem(NAME, format!("no {what} is given"), cure),
            Some(secret) if secret.expose().trim() != secret.expose() => {
                let message = format!("there is white space around the {what}");
                return Check::problem(
                    NAME,
                    message,
                    "Remove it: a file or variable often ends with a line break.",
                );
            }
            Some(_) => {}
        }
    }
    Check::ok(NAME, "API key and API secret are given")
}

async fn get(context: &Context, url: &str) -> Result<WireResponse, Check> {
    let answer = send(context, Method::GET, url, Bytes::new()).await;
    answer.map_err(|error| {
        Check::problem(
            "connection",
            format!("no answer: {error}"),
            unreachable_cure(&error),
        )
    })
}

async fn send(
    context: &Context,
    method: Method,
    url: &str,
    body: Bytes,
) -> Result<WireResponse, TransportError> {
    let transport = context.transport().map_err(|failure| {
        TransportError::new(
            Stage::BeforeSend,
            TransportErrorKind::Connect,
            failure.message.clone(),
        )
    })?;
    let request = WireRequest {
        operation: "doctor",
        method,
        url: url.to_owned(),
        headers: HeaderMap::new(),
        body,
        timeout: context.global.timeout.unwrap_or(LIMIT),
    };
    transport.send(request).await
}

fn unreachable_cure(error: &TransportError) -> &'static str {
    match error.kind() {
        TransportErrorKind::Certificate => {
            "Check the host name and this machine's clock. Give the authority of a proxy that decrypts TLS, or of a private \
             server, with --ca-file."
        }
        _ => "Check the address, the network, and the proxy that HTTPS_PROXY names.",
    }
}

/// Compares this clock with the `Date` of an answer, which has whole seconds.
fn clock(headers: &HeaderMap, now: i64) -> Check {
    const NAME: &str = "clock";
    let date = headers.get("date").and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
    let seconds = date.and_then(|date| date.duration_since(UNIX_EPOCH).ok());
    let Some(theirs) = seconds.and_then(|since| i64::try_from(since.as_secs()).ok()) else {
        return Check::skipped(NAME, "the answer has no date");
    };
    let skew = now - theirs;
    if skew.abs() <= SKEW {
        return Check::ok(NAME, format!("within {} s of the server's", skew.abs().max(1)));
    }
    let side = if skew > 0 { "ahead of" } else { "behind" };
    Check::problem(
        NAME,
        format!("{} s {side} the server's", skew.abs()),
        "Synchronize this machine's clock (NTP). Webhooks whose time differs by more than 5 minutes are refused.",
    )
}

/// A login, and a call that only reads.
async fn calls(context: &Context) -> (Check, Check) {
    const WHITELIST: &str = "whitelist";
    let client = match context.client() {
        Ok(client) => client,
        Err(failure) => {
            return (
                Check::failed("login", &failure),
                Check::skipped(WHITELIST, "needs a login"),
            );
        }
    };
    if let Err(error) = client.login().await {
        return (
            Check::failed("login", &error.into()),
            Check::skipped(WHITELIST, "needs a login"),
        );
    }
    let login = Check::ok("login", "the provider takes the credentials");
    let whitelist = match client.list_assets().await {
        Ok(_) => Check::ok(WHITELIST, "a call with the token is answered"),
        Err(error) => refused(error),
    };
    (login, whitelist)
}

fn refused(error: Error) -> Check {
    let is_token = error.kind() == ErrorKind::Authorization;
    let failure = Failure::from(error);
    if is_token {
        let cure = "The login succeeded, so the integration or this machine's address is most likely not whitelisted: ask the \
                    provider.";
        return Check::problem("whitelist", failure.message.clone(), cure);
    }
    Check::failed("whitelist", &failure)
}

/// A problem with an address that only its form shows.
fn form_of(url: &str) -> Option<Check> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = host.rsplit('@').next().unwrap_or(host);
    let is_local = ["localhost", "127.", "[::1]", "0.0.0.0", "10.", "192.168."]
        .iter()
        .any(|local| host.starts_with(local));
    let (message, cure) = if rest.contains('@') {
        (
            "the address holds a user name or a password",
            "Leave them out: the signature proves who sends.",
        )
    } else if is_local {
        // It is tried all the same: a receiver on this machine is what one tests first.
        return None;
    } else if !scheme.eq_ignore_ascii_case("https") {
        (
            "the address is plain http, so others can read what is sent to it",
            "Give an https:// address.",
        )
    } else {
        return None;
    };
    Some(Check::problem("webhook", message, cure))
}

/// What the answer to a body without a signature says about a receiver.
fn judged(status: u16) -> Check {
    const NAME: &str = "webhook";
    match status {
        200..300 => Check::problem(
            NAME,
            format!("the receiver takes a body without a signature ({status})"),
            "Verify each delivery before you answer 2xx: anyone could announce a payment.",
        ),
        404 | 405 => Check::problem(
            NAME,
            format!("nothing receives POST requests there ({status})"),
            "Check the path, and that the receiver's route takes POST.",
        ),
        300..400 => Check::problem(
            NAME,
            format!("the address redirects ({status})"),
            "Subscribe with the address that it leads to.",
        ),
        400..500 => Check::ok(
            NAME,
            format!("the receiver refuses a body without a signature ({status})"),
        ),
        _ => Check::problem(
            NAME,
            format!("the receiver fails ({status})"),
            "Look into its log. It should refuse a body without a signature with 400 or 401.",
        ),
    }
}

fn print(context: &mut Context, check: &Check) -> Result<()> {
    let (style, mark) = match check.status {
        Status::Ok => (GOOD, "ok"),
        Status::Problem => (BAD, "problem"),
        Status::Skipped => (DIM, "skipped"),
    };
    let line = format!(
        "{style}{mark:7}{style:#}  {:11}  {}",
        check.name,
        clean(&check.message)
    );
    context.output.line(line)?;
    match &check.cure {
        Some(cure) => context
            .output
            .line(format!("{:22}{DIM}{}{DIM:#}", "", clean(cure))),
        None => Ok(()),
    }
}
