//! The modules of a crate: what each defines, imports and mentions.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility};

/// Names from the crate's root down: `crate::a::b` is `[a, b]`.
pub(super) type ModulePath = Vec<String>;

/// One `use`, flattened.
pub(super) struct Import {
    /// The name it binds; `None` for a glob.
    pub(super) name: Option<String>,
    pub(super) path: Vec<String>,
    /// Visible to other modules: passes a name on, and is no use of it.
    pub(super) passes_on: bool,
}

#[derive(Default)]
pub(super) struct Module {
    /// The file, as a path below `src`.
    pub(super) file: String,
    pub(super) defined: BTreeSet<String>,
    /// Names in the bodies of item macros, which may define any of them.
    pub(super) possible: BTreeSet<String>,
    pub(super) imports: Vec<Import>,
    /// All items but modules and imports.
    pub(super) code: TokenStream,
}

pub(super) struct Modules(pub(super) BTreeMap<ModulePath, Module>);

impl Modules {
    /// Reads the modules that `root` declares, without those for tests.
    pub(super) fn read(files: &BTreeMap<String, String>, root: &str) -> Self {
        let mut modules = Self(BTreeMap::new());
        modules.file(files, root, "", &Vec::new());
        modules
    }

    /// `folder` holds the files of the modules that `file` declares.
    fn file(&mut self, files: &BTreeMap<String, String>, file: &str, folder: &str, path: &ModulePath) {
        let parsed = syn::parse_file(&files[file]).unwrap_or_else(|error| panic!("{file}: {error}"));
        self.items(files, file, folder, path, parsed.items);
    }

    fn items(
        &mut self,
        files: &BTreeMap<String, String>,
        file: &str,
        folder: &str,
        path: &ModulePath,
        items: Vec<Item>,
    ) {
        let mut module = Module {
            file: file.to_owned(),
            ..Module::default()
        };
        let mut exported = Vec::new();
        for item in items {
            match item {
                Item::Mod(child) if !for_tests(&child.attrs) => self.child(files, file, folder, path, child),
                Item::Mod(_) => {}
                Item::Use(import) => module.import(&import),
                item => {
                    exported.extend(exported_macro(&item));
                    module.item(&item);
                }
            }
        }
        self.0.insert(path.clone(), module);
        // Exported macros are named from the root, wherever they stand.
        let root = self.0.entry(ModulePath::new()).or_default();
        for name in exported.into_iter().filter(|_| !path.is_empty()) {
            let path = ["crate".to_owned()]
                .into_iter()
                .chain(path.clone())
                .chain([name.clone()]);
            root.imports.push(Import {
                name: Some(name),
                path: path.collect(),
                passes_on: true,
            });
        }
    }

    fn child(
        &mut self,
        files: &BTreeMap<String, String>,
        file: &str,
        folder: &str,
        parent: &ModulePath,
        child: ItemMod,
    ) {
        let name = child.ident.to_string();
        let folder_of_child = format!("{folder}{name}/");
        let mut path = parent.clone();
        path.push(name.clone());
        if let Some((_, items)) = child.content {
            return self.items(files, file, &folder_of_child, &path, items);
        }
        let candidates = [format!("{folder}{name}.rs"), format!("{folder_of_child}mod.rs")];
        let found = candidates.iter().find(|candidate| files.contains_key(*candidate));
        let found = found.unwrap_or_else(|| panic!("{file}: no file for `mod {name}`"));
        self.file(files, found, &folder_of_child, &path);
    }
}

impl Module {
    fn import(&mut self, import: &ItemUse) {
        if import.leading_colon.is_none() && !for_tests(&import.attrs) {
            let passes_on = !matches!(import.vis, Visibility::Inherited);
            self.imports.extend(flatten(&import.tree, passes_on));
        }
    }

    fn item(&mut self, item: &Item) {
        let name = match item {
            Item::Const(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Fn(item) => Some(&item.sig.ident),
            Item::Macro(item) => {
                if item.ident.is_none() {
                    names_in(item.mac.tokens.clone(), &mut self.possible);
                }
                item.ident.as_ref()
            }
            Item::Static(item) => Some(&item.ident),
            Item::Struct(item) => Some(&item.ident),
            Item::Trait(item) => Some(&item.ident),
            Item::TraitAlias(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            Item::Union(item) => Some(&item.ident),
            _ => None,
        };
        self.defined.extend(name.map(ToString::to_string));
        item.to_tokens(&mut self.code);
    }
}

fn exported_macro(item: &Item) -> Option<String> {
    let Item::Macro(item) = item else { return None };
    let exported = item
        .attrs
        .iter()
        .any(|attribute| attribute.path().is_ident("macro_export"));
    item.ident.as_ref().filter(|_| exported).map(ToString::to_string)
}

/// Whether an item is compiled for tests only.
fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && only_in_tests(&attribute.meta.to_token_stream().to_string())
    })
}

/// Whether the text of an attribute's inside says so: `cfg(test)`.
pub(super) fn only_in_tests(attribute: &str) -> bool {
    let text: String = attribute.chars().filter(|c| !c.is_whitespace()).collect();
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}

/// All names that a `use` binds.
pub(super) fn flatten(tree: &UseTree, passes_on: bool) -> Vec<Import> {
    let mut imports = Vec::new();
    branch(tree, &mut Vec::new(), passes_on, &mut imports);
    imports
}

fn branch(tree: &UseTree, above: &mut Vec<String>, passes_on: bool, imports: &mut Vec<Import>) {
    let mut bind = |name: Option<String>, path: Vec<String>| {
        imports.push(Import {
            name,
            path,
            passes_on,
        });
    };
    match tree {
        UseTree::Path(path) => {
            above.push(path.ident.to_string());
            branch(&path.tree, above, passes_on, imports);
            above.pop();
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                branch(tree, above, passes_on, imports);
            }
        }
        UseTree::Glob(_) => bind(None, above.clone()),
        UseTree::Name(name) if name.ident == "self" => bind(above.last().cloned(), above.clone()),
        UseTree::Name(name) => bind(Some(name.ident.to_string()), joined(above, &name.ident)),
        UseTree::Rename(rename) if rename.ident == "self" => {
            bind(Some(rename.rename.to_string()), above.clone());
        }
        UseTree::Rename(rename) => bind(Some(rename.rename.to_string()), joined(above, &rename.ident)),
    }
}

fn joined(above: &[String], last: &syn::Ident) -> Vec<String> {
    above.iter().cloned().chain([last.to_string()]).collect()
}

fn names_in(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => {
                names.insert(name.to_string());
            }
            TokenTree::Group(group) => names_in(group.stream(), names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
