//! Every call of the API, made by the command line through a proxy: successes and refusals.

use super::emulator::Emulator;
use super::files::write_json;
use crate::spec::Document;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";
const IBAN: &str = "ES9121000418450200051332";
const PICTURE: &str = "https://files.example.com/picture.png";
/// Exit codes of the command line, as its contract has them.
const DONE: i32 = 0;
const REFUSED: i32 = 4;

/// Runs all commands; returns their number.
pub(crate) fn travel(program: &Path, emulator: &Emulator, base_url: &str) -> Result<usize, String> {
    let mut traveller = Traveller {
        program,
        emulator,
        base_url,
        commands: 0,
    };
    traveller.market()?;
    let user = traveller.customers()?;
    traveller.buy(&user)?;
    traveller.sell(&user)?;
    traveller.subscribe()?;
    Ok(traveller.commands)
}

/// Operations that the emulator received no request for.
pub(crate) fn unvisited(document: &Document, emulator: &Emulator) -> Result<Vec<String>, String> {
    let journal = emulator.client().get("/_sandbox/journal", "")?;
    let text = String::from_utf8_lossy(&journal.body);
    let visited = |id: &str| text.contains(&format!("\"{id}\""));
    let ids = document
        .operations()
        .into_iter()
        .map(|operation| operation.id().to_owned());
    Ok(ids.filter(|id| !visited(id)).collect())
}

struct Traveller<'a> {
    program: &'a Path,
    emulator: &'a Emulator,
    base_url: &'a str,
    commands: usize,
}

impl Traveller<'_> {
    /// Runs a command that has to end with this exit code; returns the first line of its output. A `~` is a space.
    fn run(&mut self, expected: i32, command: &str) -> Result<Value, String> {
        self.commands += 1;
        let output = Command::new(self.program)
            .args(["--json", "--no-retry"])
            .args(command.split_whitespace().map(|word| word.replace('~', " ")))
            .env("CRYPTOPOCKET_BASE_URL", self.base_url)
            .env("CRYPTOPOCKET_API_KEY", self.emulator.told("api_key"))
            .env("CRYPTOPOCKET_API_SECRET", self.emulator.told("api_secret"))
            .output()
            .map_err(|e| format!("{}: {e}", self.program.display()))?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.code() != Some(expected) {
            let errors = String::from_utf8_lossy(&output.stderr);
            return Err(format!(
                "`{command}` ended with {}:\n{printed}{errors}",
                output.status
            ));
        }
        let first = printed
            .lines()
            .next()
            .and_then(|line| serde_json::from_str(line).ok());
        Ok(first.unwrap_or_default())
    }

    fn done(&mut self, command: &str) -> Result<Value, String> {
        self.run(DONE, command)
    }

    fn refused(&mut self, command: &str) -> Result<(), String> {
        self.run(REFUSED, command).map(drop)
    }

    /// Acts as a bank, a customer or a chain.
    fn control(&self, path: &str, body: &Value) -> Result<(), String> {
        let answer = self
            .emulator
            .client()
            .post(&format!("/_sandbox/{path}"), None, body)?;
        if answer.status >= 400 {
            return Err(format!(
                "{path}: {} {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            ));
        }
        Ok(())
    }

    fn market(&mut self) -> Result<(), String> {
        self.done("assets")?;
        self.done("price --symbol USDC --chain polygon")?;
        self.refused("price --symbol LUNA --chain terra")?;
        self.done("payment-methods")?;
        self.done("payment-methods --fiat CLP")?;
        self.done("quote buy --amount 99.95 --symbol USDC --payment-type transfer")?;
        self.done("quote sell --amount 20.5 --symbol USDC --chain polygon")?;
        Ok(())
    }

    fn customers(&mut self) -> Result<String, String> {
        let create = "users create --name Ana --email ana+approved@example.com";
        let user = text(&self.done(create)?, "id")?;
        self.refused(create)?;
        let full = "users create --name Lucía --email lucia@example.com --last-name Ejemplo --phone +34600000000 \
                    --country ES --identification-type GOVERNMENT_ID --identification-number 00000000T \
                    --user-type individual --callback-url https://shop.example.com/kyc";
        let unverified = text(&self.done(full)?, "id")?;
        self.refused(&order(&unverified, "card", "25"))?;
        self.done("users create-company --company-name Ejemplo~SL --email sl@example.com")?;
        self.done(&format!(
            "users create-verified --file {}",
            self.checked_person()?
        ))?;
        self.done(&format!("users kyc {user}"))?;
        self.refused("users kyc 999999")?;
        self.done(&format!("users enhanced-link {user}"))?;
        self.done(&format!(
            "users upload {user} --type payslip --file https://files.example.com/may.pdf"
        ))?;
        self.refused("users upload 999999 --type other --file https://files.example.com/x")?;
        self.done("users find --email ana+approved@example.com")?;
        self.refused("users find --email nobody@example.com")?;
        self.done("users list")?;
        Ok(user)
    }

    /// A file for `users create-verified`.
    fn checked_person(&self) -> Result<String, String> {
        let person = json!({
            "name": "Mateo", "last_name": "Ejemplo", "email": "mateo@example.com", "country": "ES",
            "identification_type": "GOVERNMENT_ID", "identification_number": "00000000T", "birth_date": "1990-01-31",
            "address": "Calle de la Prueba 1", "city": "Madrid", "postal_code": "28001",
            "document_front": PICTURE, "document_back": PICTURE, "face_image": PICTURE,
        });
        let folder = self.program.parent().unwrap_or(Path::new("."));
        let file = folder.join("conformance-person.json");
        write_json(&file, &person)?;
        Ok(file.display().to_string().replace(' ', "~"))
    }

    fn buy(&mut self, user: &str) -> Result<(), String> {
        let made = self.done(&order(user, "transfer", "240"))?;
        let (id, next) = (text(&made, "payment_id")?, &made["next"]);
        let credit = json!({"amount": "240.00", "concept": text(next, "concept")?, "payer_name": "Ana"});
        self.control("bank/credits", &credit)?;
        self.done("bank accounts")?;
        let iban = text(next, "iban")?;
        let credit = text(&self.done(&format!("bank transactions {iban}"))?, "id")?;
        let pair = format!("bank reconcile --payment {id} --transaction {credit}");
        self.done(&pair)?;
        // With `--force` the provider refuses, not the command line, which reads payment and credit first.
        self.refused(&format!("{pair} --force"))?;
        self.done(&format!("payments get {id}"))?;
        for kind in ["card", "psd2", "paypal"] {
            let id = text(&self.done(&order(user, kind, "25"))?, "payment_id")?;
            self.control(&format!("payments/{id}/pay"), &json!({"holder": "Ana"}))?;
            self.done(&format!("payments get {id}"))?;
        }
        self.done(&format!(
            "payments create --user {user} --amount 95000 --fiat CLP --coin USDC --wallet {WALLET} --payment-type KHIPU"
        ))?;
        self.done(&format!(
            "payments guided --user {user} --amount 25 --coin USDC --chain polygon"
        ))?;
        self.refused("payments get A1b2C3d4E5f6G7h8I9j0K1l2M")?;
        self.refused(&order(user, "card", "1"))?;
        self.done("payments list --from 2020-01-01 --to 2099-12-31")?;
        self.done("payments list --status coins_sent")?;
        self.done("payments recover --external-id order-transfer-240")?;
        Ok(())
    }

    fn sell(&mut self, user: &str) -> Result<(), String> {
        let sale = format!("offramp create --user {user} --amount 20.5 --symbol USDC");
        let made = self.done(&format!("{sale} --chain polygon --iban {IBAN}"))?;
        let id = text(&made, "id").or_else(|_| text(&made, "offramp_id"))?;
        self.done(&format!("{sale} --bank-name Banco~de~Prueba"))?;
        self.done(&format!("offramp get {id}"))?;
        self.control(&format!("offramps/{id}/deposit"), &json!({}))?;
        self.done(&format!("offramp get {id}"))?;
        self.refused("offramp get 999999")?;
        self.done("offramp list")?;
        Ok(())
    }

    fn subscribe(&mut self) -> Result<(), String> {
        // Port 9 of this machine discards.
        for command in ["subscribe", "update"] {
            self.done(&format!(
                "webhooks {command} --type PAY_IN --url http://127.0.0.1:9/hook"
            ))?;
        }
        Ok(())
    }
}

fn order(user: &str, kind: &str, amount: &str) -> String {
    format!(
        "payments create --user {user} --amount {amount} --coin USDC --chain polygon --wallet {WALLET} \
         --payment-type {kind} --external-id order-{kind}-{amount} --callback-url https://shop.example.com/back"
    )
}

/// A field of a command's output, as text.
fn text(printed: &Value, name: &str) -> Result<String, String> {
    match printed.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        _ => Err(format!("no `{name}` in {printed}")),
    }
}
