//! Help, completions and `help-tree`.

use serde_json::Value;

use crate::program::Program;

#[test]
fn help_tree_is_as_agreed() {
    insta::assert_snapshot!(Program::new().words("help-tree").stdout);
}

fn paths(tree: &Value, found: &mut Vec<String>) {
    found.push(tree["command"].as_str().unwrap().to_owned());
    for command in tree["commands"].as_array().unwrap() {
        paths(command, found);
    }
}

#[test]
fn every_command_explains_itself_in_both_lengths() {
    let program = Program::new();
    let mut all = Vec::new();
    paths(&program.words("help-tree --json").json(), &mut all);
    assert!(all.len() > 30, "{all:?}");
    for path in all {
        let words = path.trim_start_matches("cryptopocket");
        for flag in ["-h", "--help"] {
            let run = program.words(&format!("{words} {flag}"));
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{path}");
            assert!(run.stdout.contains("Usage: cryptopocket"), "{path}");
        }
    }
}

#[test]
fn help_names_the_variables_without_their_values() {
    let run = Program::new().words("payments get --help");
    assert!(
        run.stdout.contains("[env: CRYPTOPOCKET_API_SECRET]"),
        "{}",
        run.stdout
    );
}

#[test]
fn completions_are_there_for_every_shell() {
    let program = Program::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = program.words(&format!("completions {shell}"));
        assert_eq!(run.code, 0);
        assert!(
            run.stdout.contains("payments") && run.stdout.contains("external-id"),
            "{shell}"
        );
    }
}
