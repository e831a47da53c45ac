//! schemathesis: generated requests, valid and not, alone and along the links of the specification.

use super::copy::{Judge, prepare};
use super::emulator::Emulator;
use super::files::{self, install, write, write_json};
use super::options::Options;
use super::seed::{Seeded, plant};
use crate::spec::{self, Document};
use crate::workspace;
use regex::Regex;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Fewer cases than this are no judgement.
const FEWEST_CASES: u64 = 5_000;
/// How long links are followed with two integrations.
const STATEFUL_SECONDS: u64 = 40;

pub(super) fn run(root: &Path, program: &Path, options: &Options) -> Result<String, String> {
    let folder = files::folder(root)?.join("schemathesis");
    let judge = installed(root, &folder)?;
    let emulator = Emulator::start(program)?;
    let seeded = plant(&emulator)?;
    furnish(root, &folder, &emulator, &seeded)?;
    let mut cases = 0;
    for (settings, flags) in runs(options) {
        let output = Command::new(&judge)
            .current_dir(&folder)
            .env("PYTHONPATH", &folder)
            .env("CRYPTOPOCKET_API_KEY", emulator.told("api_key"))
            .env("CRYPTOPOCKET_API_SECRET", emulator.told("api_secret"))
            .args([
                "--config-file",
                settings,
                "run",
                "openapi.json",
                "--no-color",
                "--checks",
                "all",
                "--mode",
                "all",
            ])
            .args([
                "--url",
                emulator.told("base_url"),
                "--seed",
                &options.seed.to_string(),
            ])
            .args(flags)
            .output()
            .map_err(|e| format!("schemathesis: {e}"))?;
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        write(&folder.join(format!("{settings}.txt")), said.as_bytes())?;
        if !output.status.success() {
            return Err(format!("{said}\nschemathesis found something"));
        }
        let told = generated(&said);
        cases += told.ok_or_else(|| format!("{said}\nschemathesis did not say how many cases it made"))?;
    }
    if cases < FEWEST_CASES {
        return Err(format!(
            "only {cases} cases, and {FEWEST_CASES} are wanted: raise --examples"
        ));
    }
    Ok(format!("{cases} cases, no failure"))
}

/// The settings of each run, and what else it is told.
fn runs(options: &Options) -> [(&'static str, Vec<String>); 2] {
    let flags = |phases: &str, bound: &str, value: String| {
        vec!["--phases".to_owned(), phases.to_owned(), bound.to_owned(), value]
    };
    let all = "examples,coverage,fuzzing,stateful";
    [
        (
            "login.toml",
            flags(all, "--max-examples", options.examples.to_string()),
        ),
        // Without a limit of time this phase ends after one pass over the links.
        (
            "peers.toml",
            flags("stateful", "--max-time", STATEFUL_SECONDS.to_string()),
        ),
    ]
}

/// How many cases the closing summary names.
pub(super) fn generated(said: &str) -> Option<u64> {
    let pattern = Regex::new(r"(?m)^\s+(\d[\d,]*) generated\b").ok()?;
    pattern
        .captures(said)?
        .get(1)?
        .as_str()
        .replace(',', "")
        .parse()
        .ok()
}

/// Installs what `requirements.txt` pins, once; says where the program is.
fn installed(root: &Path, folder: &Path) -> Result<PathBuf, String> {
    let pins = root.join("xtask/judges/requirements.txt");
    let wanted = std::fs::read_to_string(&pins).map_err(|e| format!("{}: {e}", pins.display()))?;
    let (venv, done) = (folder.join("venv"), folder.join("installed.txt"));
    if std::fs::read_to_string(&done).is_ok_and(|there| there == wanted) {
        return Ok(venv.join("bin/schemathesis"));
    }
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    println!("installing schemathesis below {}", folder.display());
    install(
        Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv),
        "Python 3.11 or newer with venv is needed",
    )?;
    install(
        Command::new(venv.join("bin/pip"))
            .args(["install", "--quiet", "--no-deps", "--requirement"])
            .arg(&pins),
        "pip",
    )?;
    write(&done, &wanted)?;
    Ok(venv.join("bin/schemathesis"))
}

/// Lays out what it is given.
fn furnish(root: &Path, folder: &Path, emulator: &Emulator, seeded: &Seeded) -> Result<(), String> {
    let judges = root.join("xtask/judges");
    let read = |name: &str| {
        let path = judges.join(name);
        std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))
    };
    write(&folder.join("hooks.py"), &read("hooks.py")?)?;
    for name in ["login.toml", "peers.toml"] {
        let settings = read("schemathesis.toml")? + "\n" + &read(name)? + &dictionaries(seeded);
        write(&folder.join(name), &settings)?;
    }
    let peer =
        |name: &str, token: &str| json!({"name": name, "fixedHeaders": [{"name": "auth", "value": token}]});
    let peers = json!({"auth": [peer("one", &seeded.token), peer("two", &seeded.stranger)]});
    write_json(&folder.join("peers.json"), &peers)?;
    let document = Document::read(&root.join(workspace::SPEC))?;
    let rules = spec::read_yaml(&judges.join("rules.yaml"))?;
    let mut copy = prepare(&document, &rules, Judge::Schemathesis);
    let login = "/paths/~1authenticate/post/requestBody/content/application~1json/examples/credentials/value";
    if let Some(sample) = copy.pointer_mut(login) {
        *sample = json!({"api_key": emulator.told("api_key"), "api_secret": emulator.told("api_secret")});
    }
    write_json(&folder.join("openapi.json"), &Value::clone(&copy))
}

/// The ids of what was made, as settings. Customers are numbers in requests.
fn dictionaries(seeded: &Seeded) -> String {
    let quoted = |ids: &[String]| ids.iter().map(|id| format!("{id:?}")).collect();
    let lists: [(&str, Vec<String>); 5] = [
        ("users", seeded.users.clone()),
        ("payments", quoted(&seeded.payments)),
        ("offramps", quoted(&seeded.offramps)),
        ("transactions", quoted(&seeded.transactions)),
        ("ibans", quoted(&seeded.ibans)),
    ];
    let sections =
        lists.map(|(name, ids)| format!("\n[dictionaries.{name}]\nvalues = [{}]\n", ids.join(", ")));
    sections.concat()
}
