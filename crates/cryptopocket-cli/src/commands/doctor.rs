//! Checks of the set-up, each with a cure.

use std::time::{Duration, UNIX_EPOCH};

use clap::Args;
use cryptopocket::time::{Clock as _, SystemClock};
use cryptopocket::{
    Bytes, Client, ErrorKind, HeaderMap, Method, Secret, Transport as _, TransportErrorKind, WireRequest,
    WireResponse, input,
};

use crate::prelude::*;
use crate::profile::Profile;

/// How far this clock may be from the provider's. Webhooks allow five minutes in all.
const SKEW: u64 = 60;
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

/// What was found to be right, or why not.
type Verdict<T = String> = Result<T>;

fn problem(message: impl Into<String>, cure: &str) -> Failure {
    Failure::check("problem", message, cure)
}

/// Why something was not checked.
fn skipped(why: &str) -> Failure {
    Failure::check("skipped", why, "")
}

impl Doctor {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let checks = context.progress("checking").during(self.checks(context)).await;
        let output = &mut context.output;
        let (mut forms, mut problems) = (Vec::new(), 0);
        for (name, verdict) in &checks {
            let (style, status, message, cure) = match verdict {
                Ok(message) => (GOOD, "ok", message, None),
                Err(why) if why.kind == "skipped" => (DIM, "skipped", &why.message, None),
                Err(flaw) => (BAD, "problem", &flaw.message, Some(&flaw.hint)),
            };
            problems += usize::from(cure.is_some());
            let form = object! { "name": name, "status": status, "message": message };
            forms.push(form.maybe("cure", cure));
            if output.is_json() {
                continue;
            }
            let message = clean(message);
            output.line(format!("{style}{status:7}{style:#}  {name:11}  {message}"))?;
            if let Some(cure) = cure {
                output.line(format!("{:22}{DIM}{}{DIM:#}", "", clean(cure)))?;
            }
        }
        if output.is_json() {
            output.json(&object! { "ok": problems == 0, "checks": forms })?;
        }
        if problems == 0 {
            return Ok(());
        }
        let message = format!("{problems} of {} checks failed", checks.len());
        let mut failure = Failure::check("checks_failed", message, "");
        // Its lines say it.
        failure.quiet = true;
        Err(failure)
    }

    async fn checks(&self, context: &Context) -> [(&'static str, Verdict); 7] {
        let base_url = base_url(context);
        let answer = match &base_url {
            Ok(url) => send(context, Method::GET, url, Bytes::new()).await,
            Err(_) => Err(skipped("no usable base URL")),
        };
        let clock = match &answer {
            Ok(answer) => clock(&answer.headers, SystemClock.now().unix_seconds()),
            Err(_) => Err(skipped("no answer to compare it with")),
        };
        let credentials = credentials(context);
        let client = match (&answer, &credentials) {
            (Ok(_), Ok(_)) => match context.client() {
                Ok(client) => client.login().await.map(|()| client).map_err(Failure::from),
                refused => refused,
            },
            _ => Err(skipped("needs credentials and a connection")),
        };
        let whitelist = match &client {
            Ok(client) => whitelist(client).await,
            Err(_) => Err(skipped("needs a login")),
        };
        let answered = answer.and_then(|answer| match answer.status {
            // The base URL itself is no call: any other status, 404 too, shows a server.
            status @ 500.. => {
                let cure = "Try again later, or ask who runs the server.";
                Err(problem(format!("the server fails ({status})"), cure))
            }
            _ => Ok("the server answers".to_owned()),
        });
        let login = client.map(|_| "the provider takes the credentials".to_owned());
        [
            ("base URL", base_url),
            ("connection", answered),
            ("clock", clock),
            ("credentials", credentials),
            ("login", login),
            ("whitelist", whitelist),
            ("webhook", self.webhook(context).await),
        ]
    }

    async fn webhook(&self, context: &Context) -> Verdict {
        let Some(url) = &self.webhook_url else {
            return Err(skipped("give the address of your receiver with --webhook-url"));
        };
        input::callback_url("--webhook-url", url)?;
        let is_local = check_form(url.expose())?;
        let answer = send(context, Method::POST, url.expose(), Bytes::from_static(b"{}")).await?;
        let found = judged(answer.status)?;
        Ok(if is_local {
            format!("{found}; the provider cannot reach an address of this machine")
        } else {
            found
        })
    }
}

fn base_url(context: &Context) -> Verdict {
    // The client knows the rules for it, whatever the credentials are.
    let client = context.client_with(Profile {
        api_key: Some(Secret::from("none")),
        api_secret: Some(Secret::from("none")),
        ..context.access()?
    })?;
    Ok(client.session().base_url().to_owned())
}

fn credentials(context: &Context) -> Verdict {
    let access = context.access()?;
    for (what, secret) in [("API key", access.api_key), ("API secret", access.api_secret)] {
        let Some(secret) = secret else {
            let cure = "Run `cryptopocket login`, or set CRYPTOPOCKET_API_KEY and CRYPTOPOCKET_API_SECRET.";
            return Err(problem(format!("no {what} is given"), cure));
        };
        if secret.expose().trim() != secret.expose() {
            let cure = "Remove it: a file or variable often ends with a line break.";
            return Err(problem(format!("there is white space around the {what}"), cure));
        }
    }
    Ok("API key and API secret are given".to_owned())
}

async fn send(context: &Context, method: Method, url: &str, body: Bytes) -> Verdict<WireResponse> {
    let request = WireRequest {
        operation: "doctor",
        method,
        url: url.to_owned(),
        headers: HeaderMap::new(),
        body,
        timeout: context.global.timeout.unwrap_or(LIMIT),
    };
    let answer = context.transport()?.send(request).await;
    answer.map_err(|error| {
        let cure = if error.kind() == TransportErrorKind::Certificate {
            "Check the host name and this machine's clock. Give the authority of a proxy that decrypts TLS, or of a private \
             server, with --ca-file."
        } else {
            "Check the address, the network, and the proxy that HTTPS_PROXY names."
        };
        problem(format!("no answer: {error}"), cure)
    })
}

/// Compares this clock with the `Date` of an answer, which has whole seconds.
fn clock(headers: &HeaderMap, now: i64) -> Verdict {
    let date = headers.get("date").and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
    let since = date.and_then(|date| date.duration_since(UNIX_EPOCH).ok());
    let Some(theirs) = since.and_then(|since| i64::try_from(since.as_secs()).ok()) else {
        return Err(skipped("the answer has no date"));
    };
    let skew = now.abs_diff(theirs);
    if skew <= SKEW {
        return Ok(format!("within {} s of the server's", skew.max(1)));
    }
    let side = if now > theirs { "ahead of" } else { "behind" };
    let cure = "Synchronize this machine's clock (NTP). Webhooks whose time differs by more than 5 minutes are refused.";
    Err(problem(format!("{skew} s {side} the server's"), cure))
}

/// A call that only reads.
async fn whitelist(client: &Client) -> Verdict {
    match client.list_assets().await {
        Ok(_) => Ok("a call with the token is answered".to_owned()),
        Err(error) if error.kind() == ErrorKind::Authorization => {
            let cure = "The login succeeded, so the integration or this machine's address is most likely not whitelisted: ask \
                 the provider.";
            Err(problem(error.to_string(), cure))
        }
        Err(error) => Err(error.into()),
    }
}

/// Finds problems that the form of an address shows. Whether it is one of this machine, which is tried all the same.
fn check_form(url: &str) -> Verdict<bool> {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('@') {
        let cure = "Leave them out: the signature proves who sends.";
        return Err(problem("the address holds a user name or a password", cure));
    }
    let mut local = ["localhost", "127.", "[::1]"].into_iter();
    let is_local = local.any(|local| host.starts_with(local));
    if !is_local && !scheme.eq_ignore_ascii_case("https") {
        let message = "the address is plain http, so others can read what is sent to it";
        return Err(problem(message, "Give an https:// address."));
    }
    Ok(is_local)
}

/// What the answer to a body without a signature says about a receiver.
fn judged(status: u16) -> Verdict {
    let (what, cure) = match status {
        200..300 => (
            "the receiver takes a body without a signature",
            "Verify each delivery before you answer 2xx: anyone could announce a payment.",
        ),
        300..400 => (
            "the address redirects",
            "Subscribe with the address that it leads to.",
        ),
        404 | 405 => (
            "nothing receives POST requests there",
            "Check the path, and that the receiver's route takes POST.",
        ),
        400..500 => {
            return Ok(format!(
                "the receiver refuses a body without a signature ({status})"
            ));
        }
        _ => (
            "the receiver fails",
            "Look into its log. It should refuse a body without a signature with 400 or 401.",
        ),
    };
    Err(problem(format!("{what} ({status})"), cure))
}
