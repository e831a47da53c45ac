//! Calls of any path.

use std::path::PathBuf;

use crate::prelude::*;
use clap::Args;
use cryptopocket::reading::{FromJson as _, Page, Surprises};
use cryptopocket::{Idempotency, Method, RawJson, RawReply};
use serde_json::value::RawValue;

const INPUT: &str = "--input: give the path of a file that holds one JSON value; `-` is stdin.";

/// Call any path of the API, also one that this version does not know
///
/// Prints the reply as it came. Without --idempotent, the call is sent again only if it is certain that nothing was sent,
/// and most failures leave its outcome unknown (exit code 6).
#[derive(Debug, Args)]
pub(crate) struct Api {
    /// HTTP method, such as GET
    #[arg(value_name = "METHOD", value_parser = method)]
    method: Method,
    /// Path below the base URL, such as /payments, without a query
    #[arg(value_name = "PATH")]
    path: String,
    /// Text parameter: of the query for GET and HEAD and beside --input, otherwise of the body
    #[arg(short = 'f', long, value_name = "KEY=VALUE", value_parser = text_field)]
    field: Vec<Field>,
    /// The same for JSON values: true, false, null, a number or another value, or @FILE for a file's text
    #[arg(short = 'F', long, value_name = "KEY=JSON|@FILE", value_parser = json_field)]
    json_field: Vec<Field>,
    /// Send the body as a form
    #[arg(long, conflicts_with = "input")]
    form: bool,
    /// File with the JSON body; `-` is stdin
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Fetch page 1, 2 and so on until the end, and print one reply a page; GET only
    #[arg(long)]
    paginate: bool,
    /// Declare that a second call does no harm: transient failures are retried
    #[arg(long)]
    idempotent: bool,
}

type Field = (String, RawJson);

fn method(text: &str) -> Result<Method, String> {
    let method = text.to_ascii_uppercase().parse();
    method.map_err(|_| "must be an HTTP method, such as GET or POST".to_owned())
}

fn text_field(text: &str) -> Result<Field, String> {
    let (name, value) = text.split_once('=').ok_or("must be KEY=VALUE")?;
    named(name, RawJson::encode(value))
}

fn json_field(text: &str) -> Result<Field, String> {
    let (name, value) = text.split_once('=').ok_or("must be KEY=JSON or KEY=@FILE")?;
    let Some(path) = value.strip_prefix('@') else {
        return named(name, serde_json::from_str(value));
    };
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {}", file::reason(&error)))?;
    named(name, RawJson::encode(&text))
}

/// The parser's message could quote the value.
fn named(name: &str, value: Result<RawJson, serde_json::Error>) -> Result<Field, String> {
    if name.is_empty() {
        return Err("the key is empty".to_owned());
    }
    let value = value.map_err(|_| "the value is no JSON; -f takes it as text")?;
    Ok((name.to_owned(), value))
}

impl Api {
    pub(crate) async fn run(mut self, context: &mut Context) -> Result<()> {
        let mut fields = std::mem::take(&mut self.field);
        fields.append(&mut self.json_field);
        let reads = matches!(self.method, Method::GET | Method::HEAD);
        if self.paginate && self.method != Method::GET {
            return Err(Failure::usage("--paginate goes with GET only", "Leave it out."));
        }
        let read = |path| {
            let value = serde_json::from_slice(&file::input("--input", path, INPUT)?);
            value.map_err(|_| Failure::input("the input is not one JSON value", INPUT))
        };
        let input: Option<Box<RawValue>> = self.input.as_deref().map(read).transpose()?;
        if self.path.contains('?') {
            let cure = "Give each parameter with -f KEY=VALUE.";
            return Err(Failure::usage("the path holds a query", cure));
        }
        if !self.path.starts_with('/') {
            let cure = "Give it below the base URL, such as /payments.";
            return Err(Failure::usage("the path does not begin with /", cure));
        }
        // A name may stand twice.
        let body = fields.iter().fold(Object::default(), |body, (name, value)| {
            body.with(name.clone(), value)
        });
        let client = context.client()?;
        let name = format!("{} {}", self.method, self.path);
        let class = match (self.idempotent, reads) {
            (false, _) => Idempotency::Unsafe,
            (true, true) => Idempotency::Safe,
            (true, false) => Idempotency::Keyed,
        };
        let mut previous: Option<RawReply> = None;
        for page in 1_u32.. {
            let mut request = client.session().raw(self.method.clone(), &self.path);
            request = match &input {
                Some(body) => request.json(body),
                None if reads || fields.is_empty() => request,
                None if self.form => request.form(&body),
                None => request.json(&body),
            };
            if reads || input.is_some() {
                for (name, value) in &fields {
                    request = request.query(name, value);
                }
            }
            if self.paginate {
                request = request.query("page", &page);
            }
            let reply = context.act(&name, request.idempotency(class).send()).await?;
            if previous.is_some_and(|previous| previous.body() == reply.body()) {
                return Err(incomplete(page));
            }
            self.print(context, reply.body())?;
            if !self.paginate || is_last(reply.body(), page)? {
                break;
            }
            previous = Some(reply);
        }
        Ok(())
    }

    /// Prints the body as it came. With `--json` it becomes one JSON value on one line.
    fn print(&self, context: &mut Context, body: &[u8]) -> Result<()> {
        let text = String::from_utf8_lossy(body);
        let mut after = context.output.after("the call was answered");
        let output = if self.idempotent {
            &mut context.output
        } else {
            &mut after
        };
        if !output.is_json() {
            output.line(text.trim_end_matches(['\r', '\n']))
        } else if body.is_empty() {
            output.json(&())
        } else if serde_json::from_str::<&RawValue>(&text).is_ok() {
            // JSON has line breaks between values only.
            output.line(text.trim().replace(['\r', '\n'], " "))
        } else {
            output.json(&text)
        }
    }
}

/// Whether no page follows: the reply says so, or its list is empty or absent.
fn is_last(body: &[u8], page: u32) -> Result<bool> {
    let text = String::from_utf8_lossy(body);
    let Ok(found) = Page::<RawJson>::from_json(&text, &mut Surprises::new()) else {
        return Ok(true);
    };
    match (found.current, found.last) {
        (Some(current), _) if current != page => Err(incomplete(page)),
        (_, Some(last)) => Ok(page >= last),
        _ => Ok(found.rows.is_empty()),
    }
}

fn incomplete(page: u32) -> Failure {
    Failure::check(
        "list_not_whole",
        format!("the provider did not give page {page}, so the list may not be whole"),
        "Leave --paginate out, and give the parameters of the page with -f.",
    )
}
