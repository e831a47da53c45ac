//! Where a path leads: the file that defines the item, past all re-exports.

use std::collections::BTreeSet;

use super::modules::{ModulePath, Modules};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Module(ModulePath),
    /// The file that defines an item.
    Item(String),
}

/// Names under way, so that imports in a circle end.
type Open = BTreeSet<(ModulePath, String)>;

impl Modules {
    /// Everything that `path`, written in the module `from`, can stand for. Empty for paths into other crates.
    pub(super) fn resolve(&self, from: &ModulePath, path: &[String]) -> BTreeSet<Target> {
        self.walk(from, path, &mut Open::new())
    }

    fn walk(&self, from: &ModulePath, path: &[String], open: &mut Open) -> BTreeSet<Target> {
        let mut rest = path.iter();
        let mut base = from.clone();
        let mut targets = BTreeSet::new();
        for segment in rest.by_ref() {
            match segment.as_str() {
                "crate" => base.clear(),
                "self" => {}
                "super" => {
                    base.pop();
                }
                name => {
                    // A name that follows a keyword must be in that module; the first may be a crate's.
                    let keyword = path[0] != *name;
                    targets = self.look_up(&base, name, open);
                    if targets.is_empty() && keyword {
                        targets = self.itself(&base);
                    }
                    break;
                }
            }
            targets = BTreeSet::from([Target::Module(base.clone())]);
        }
        for segment in rest {
            // A function may have the name of a module; a path goes on from the module only.
            if targets.iter().any(|target| matches!(target, Target::Module(_))) {
                targets.retain(|target| matches!(target, Target::Module(_)));
            }
            let step = |target| match target {
                Target::Module(module) => {
                    let inside = self.look_up(&module, segment, open);
                    if inside.is_empty() {
                        self.itself(&module)
                    } else {
                        inside
                    }
                }
                item @ Target::Item(_) => BTreeSet::from([item]),
            };
            targets = targets.into_iter().flat_map(step).collect();
        }
        targets
    }

    /// What `name` stands for in `module`: a child, an item, an import, or what a macro may have defined.
    fn look_up(&self, module: &ModulePath, name: &str, open: &mut Open) -> BTreeSet<Target> {
        let mut found = BTreeSet::new();
        let Some(scope) = self.0.get(module) else {
            return found;
        };
        if !open.insert((module.clone(), name.to_owned())) {
            return found;
        }
        let child: ModulePath = module.iter().cloned().chain([name.to_owned()]).collect();
        if self.0.contains_key(&child) {
            found.insert(Target::Module(child));
        }
        if scope.defined.contains(name) {
            found.insert(Target::Item(scope.file.clone()));
        }
        for import in &scope.imports {
            // `use serde::serde` is not looked up by way of itself.
            if import.name.as_deref() == Some(name) {
                found.extend(self.walk(module, &import.path, open));
            }
        }
        if found.is_empty() {
            for import in scope.imports.iter().filter(|import| import.name.is_none()) {
                for target in self.walk(module, &import.path, open) {
                    if let Target::Module(module) = target {
                        found.extend(self.look_up(&module, name, open));
                    }
                }
            }
        }
        if found.is_empty() && scope.possible.contains(name) {
            found.insert(Target::Item(scope.file.clone()));
        }
        open.remove(&(module.clone(), name.to_owned()));
        found
    }

    /// For a name that the module must have in a way that is not seen, such as by a macro.
    fn itself(&self, module: &ModulePath) -> BTreeSet<Target> {
        let scope = self.0.get(module).map(|scope| scope.file.clone());
        scope.into_iter().map(Target::Item).collect()
    }
}
