//! schemathesis: generated requests, valid and invalid, alone and along the links of the specification.

use super::Options;
use super::copy::{Judge, prepare};
use super::emulator::Emulator;
use super::seed::{Seeded, plant};
use crate::spec::{self, Document};
use crate::workspace::{self, read, write, write_json};
use regex::Regex;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A run with fewer cases proves nothing.
const FEWEST_CASES: u64 = 5_000;
/// Duration of the run along links with two integrations.
const STATEFUL_SECONDS: u64 = 40;

pub(super) fn run(root: &Path, program: &Path, options: &Options) -> Result<String, String> {
    let folder = root.join("target/conformance/schemathesis");
    let judge = installed(root, &folder)?;
    let emulator = Emulator::start(program, 0)?;
    let seeded = plant(&emulator)?;
    furnish(root, &folder, &emulator, &seeded)?;
    let (seed, examples) = (options.seed, options.examples);
    let mut cases = 0;
    for (settings, phases) in [
        (
            "login.toml",
            format!("examples,coverage,fuzzing,stateful --max-examples {examples}"),
        ),
        // Without a time limit this phase ends after one pass over the links.
        ("peers.toml", format!("stateful --max-time {STATEFUL_SECONDS}")),
    ] {
        let flags = format!(
            "--config-file {settings} run openapi.json --no-color --checks all --mode all --url {} --seed {seed} \
             --phases {phases}",
            emulator.told("base_url")
        );
        let output = Command::new(&judge)
            .current_dir(&folder)
            .env("PYTHONPATH", &folder)
            .env("CRYPTOPOCKET_API_KEY", emulator.told("api_key"))
            .env("CRYPTOPOCKET_API_SECRET", emulator.told("api_secret"))
            .args(flags.split(' '))
            .output()
            .map_err(|e| format!("schemathesis: {e}"))?;
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        write(&folder.join(format!("{settings}.txt")), said.as_bytes())?;
        if !output.status.success() {
            return Err(format!("{said}\nschemathesis found a failure"));
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

pub(super) fn generated(said: &str) -> Option<u64> {
    let pattern = Regex::new(r"(?m)^\s+(\d[\d,]*) generated\b").ok()?;
    pattern.captures(said)?[1].replace(',', "").parse().ok()
}

/// Installs what `requirements.txt` pins, once; returns the program's path.
fn installed(root: &Path, folder: &Path) -> Result<PathBuf, String> {
    let (pins, venv) = (root.join("xtask/judges/requirements.txt"), folder.join("venv"));
    workspace::installed(folder, &pins, || {
        let mut python = Command::new("python3");
        python.args(["-m", "venv", "--clear"]).arg(&venv);
        let needs = |e| format!("Python 3.11 or newer with venv is needed: {e}");
        workspace::output(&mut python).map_err(needs)?;
        let mut pip = Command::new(venv.join("bin/pip"));
        pip.args(["install", "--quiet", "--no-deps", "--requirement"])
            .arg(&pins);
        workspace::output(&mut pip).map(drop)
    })?;
    Ok(venv.join("bin/schemathesis"))
}

fn furnish(root: &Path, folder: &Path, emulator: &Emulator, seeded: &Seeded) -> Result<(), String> {
    let judges = root.join("xtask/judges");
    write(&folder.join("hooks.py"), read(&judges.join("hooks.py"))?)?;
    for name in ["login.toml", "peers.toml"] {
        let settings = read(&judges.join("schemathesis.toml"))? + "\n" + &read(&judges.join(name))?;
        let settings = settings + &dictionaries(seeded);
        write(&folder.join(name), &settings)?;
    }
    let peer =
        |name: &str, token: &str| json!({"name": name, "fixedHeaders": [{"name": "auth", "value": token}]});
    let peers = json!({"auth": [peer("one", &seeded.token), peer("two", &seeded.stranger)]});
    write_json(&folder.join("peers.json"), &peers)?;
    let document = Document::read(&root.join(workspace::SPEC))?;
    let rules = spec::read_yaml(&judges.join("rules.yaml"))?;
    let mut prepared = prepare(&document, &rules, Judge::Schemathesis);
    let login = "/paths/~1authenticate/post/requestBody/content/application~1json/examples/credentials/value";
    if let Some(sample) = prepared.pointer_mut(login) {
        *sample = json!({"api_key": emulator.told("api_key"), "api_secret": emulator.told("api_secret")});
    }
    write_json(&folder.join("openapi.json"), &prepared)
}

/// The ids of the seeded objects, as settings. Customers are numbers in requests.
fn dictionaries(seeded: &Seeded) -> String {
    let lists = [
        ("users", format!("[{}]", seeded.users.join(", "))),
        ("payments", format!("{:?}", seeded.payments)),
        ("offramps", format!("{:?}", seeded.offramps)),
        ("transactions", format!("{:?}", seeded.transactions)),
        ("ibans", format!("{:?}", seeded.ibans)),
    ];
    let sections = lists.map(|(name, ids)| format!("\n[dictionaries.{name}]\nvalues = {ids}\n"));
    sections.concat()
}
