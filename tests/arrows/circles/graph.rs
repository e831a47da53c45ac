//! Which file of a crate uses which.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::modules::{ModulePath, Modules};
use super::names::Target;
use super::references::References;

/// From a file to the files it uses, with the paths it writes for them.
#[derive(Default)]
pub(super) struct Graph {
    edges: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

impl Graph {
    /// The graph of the modules that `root` declares, from texts by path below `src`.
    pub(super) fn of(files: &BTreeMap<String, String>, root: &str) -> Self {
        let modules = Modules::read(files, root);
        let mut graph = Self::default();
        for (path, module) in &modules.0 {
            let references = References::of(&module.code);
            let used = module.imports.iter().filter(|import| !import.passes_on);
            let used = used.chain(&references.imports).map(|import| &import.path);
            for reference in used.chain(&references.paths) {
                graph.add(&modules, path, &module.file, reference);
            }
        }
        graph
    }

    /// An imported module is not used yet: the paths that begin with its name are the uses.
    fn add(&mut self, modules: &Modules, from: &ModulePath, file: &str, reference: &[String]) {
        for target in modules.resolve(from, reference) {
            if let Target::Item(target) = target
                && target != file
            {
                let edges = self.edges.entry(file.to_owned()).or_default();
                edges.entry(target).or_default().insert(reference.join("::"));
            }
        }
    }

    /// The files that `file` uses.
    #[cfg(test)]
    pub(super) fn used_by(&self, file: &str) -> Vec<&str> {
        let used = self.edges.get(file);
        used.into_iter()
            .flat_map(|edges| edges.keys().map(String::as_str))
            .collect()
    }

    /// Sets of more than `limit` files each of which reaches all others.
    pub(super) fn circles(&self, limit: usize) -> Vec<BTreeSet<String>> {
        self.circles_without(None)
            .into_iter()
            .filter(|files| files.len() > limit)
            .collect()
    }

    fn circles_without(&self, cut: Option<(&str, &str)>) -> Vec<BTreeSet<String>> {
        let reached: BTreeMap<_, _> = self
            .edges
            .keys()
            .map(|file| (file.as_str(), self.reached_from(file, cut)))
            .collect();
        let mut circles = BTreeSet::new();
        for (file, targets) in &reached {
            let back = |other: &&&str| reached.get(**other).is_some_and(|files| files.contains(file));
            let circle: BTreeSet<_> = targets
                .iter()
                .filter(back)
                .map(|other| (*other).to_owned())
                .collect();
            circles.insert(circle);
        }
        circles.into_iter().collect()
    }

    fn reached_from<'a>(&'a self, start: &'a str, cut: Option<(&str, &str)>) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut waiting = vec![start];
        while let Some(file) = waiting.pop() {
            for target in self.edges.get(file).into_iter().flat_map(BTreeMap::keys) {
                if cut != Some((file, target)) && reached.insert(target.as_str()) {
                    waiting.push(target);
                }
            }
        }
        reached
    }

    /// The files and edges of a circle, the edge first whose cut helps most.
    pub(super) fn explain(&self, circle: &BTreeSet<String>) -> String {
        let mut edges: Vec<_> = self
            .edges
            .iter()
            .filter(|(from, _)| circle.contains(*from))
            .flat_map(|(from, targets)| targets.iter().map(move |(to, paths)| (from, to, paths)))
            .filter(|(_, to, _)| circle.contains(*to))
            .map(|(from, to, paths)| (self.largest_without(circle, from, to), from, to, paths))
            .collect();
        edges.sort_by_key(|(remaining, _, _, paths)| (*remaining, paths.len()));
        let mut text = format!("  {} files: {}\n", circle.len(), joined(circle));
        for (remaining, from, to, paths) in edges {
            let _ = writeln!(
                text,
                "    {from} -> {to} by {} (without it: {remaining} files)",
                joined(paths)
            );
        }
        text +=
            "  Move what both ends of an edge need to a file that uses neither, or pass it as an argument.\n";
        text
    }

    /// How many files the circle has once an edge is cut.
    fn largest_without(&self, circle: &BTreeSet<String>, from: &str, to: &str) -> usize {
        self.circles_without(Some((from, to)))
            .iter()
            .filter(|rest| rest.is_subset(circle))
            .map(BTreeSet::len)
            .max()
            .unwrap_or(0)
    }
}

fn joined(words: &BTreeSet<String>) -> String {
    words.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
