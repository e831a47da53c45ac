//! Profiles: base URL and credentials, kept in a file that only its owner can read.

use std::ffi::OsString;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use cryptopocket::Secret;
use tempfile::NamedTempFile;
use toml_edit::{DocumentMut, Item, Table, value};

use crate::failure::{Failure, Result};
use crate::file;

/// The profile to use when none is named.
pub(crate) const DEFAULT: &str = "default";

/// The path of `config.toml`, whether or not it exists.
pub(crate) fn config_file() -> Result<PathBuf> {
    let folder = config_folder(&|name| std::env::var_os(name), std::env::home_dir()).ok_or_else(|| {
        Failure::configuration(
            "this user has no configuration folder",
            "Set HOME (on Windows APPDATA), or give the settings by flags or in the environment.",
        )
    })?;
    Ok(folder.join("cryptopocket").join("config.toml"))
}

/// The platform's configuration folder: XDG, macOS or Windows.
fn config_folder(variable: &dyn Fn(&str) -> Option<OsString>, home: Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |name: &str| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    if cfg!(windows) {
        return absolute("APPDATA");
    }
    // The XDG specification says to ignore a relative path.
    absolute("XDG_CONFIG_HOME").or_else(|| {
        let home = home.filter(|home| home.is_absolute())?;
        let is_macos = cfg!(target_os = "macos");
        Some(home.join(if is_macos {
            "Library/Application Support"
        } else {
            ".config"
        }))
    })
}

/// Base URL, credentials and choices, as far as they are set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub(crate) struct Profile {
    /// Base URL of the API [default: the provider's sandbox]
    #[arg(long, global = true, value_name = "URL", env = "CRYPTOPOCKET_BASE_URL")]
    pub(crate) base_url: Option<String>,
    /// API key
    #[arg(long, global = true, value_name = "KEY", env = "CRYPTOPOCKET_API_KEY")]
    pub(crate) api_key: Option<Secret>,
    /// API secret; other users of this machine can read it from the command line, so prefer the other ways
    #[arg(long, global = true, value_name = "SECRET", env = "CRYPTOPOCKET_API_SECRET")]
    pub(crate) api_secret: Option<Secret>,
    /// File of choices, as `cryptopocket probe --out` writes it: other paths and names of the API
    #[arg(long, global = true, value_name = "PATH", env = "CRYPTOPOCKET_CHOICES")]
    pub(crate) choices: Option<PathBuf>,
}

impl Profile {
    /// Takes from `lower` what is not set.
    pub(crate) fn or(self, lower: Self) -> Self {
        Self {
            base_url: self.base_url.or(lower.base_url),
            api_key: self.api_key.or(lower.api_key),
            api_secret: self.api_secret.or(lower.api_secret),
            choices: self.choices.or(lower.choices),
        }
    }
}

/// `config.toml`. Its comments and order are kept.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    document: DocumentMut,
}

impl ConfigFile {
    /// Reads the file. A missing file counts as empty.
    pub(crate) fn read(path: PathBuf) -> Result<Self> {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => {
                let message = format!("{}: {}", path.display(), file::reason(&error));
                let cure = "Check the file and its permissions, or set XDG_CONFIG_HOME to another folder.";
                return Err(Failure::configuration(message, cure));
            }
        };
        // The parser's message would quote the line, which may hold the secret.
        let document = text.parse::<DocumentMut>().map_err(|error| {
            let line = error
                .span()
                .map_or(0, |span| text[..span.start].lines().count().max(1));
            let message = format!("{}: line {line} is not TOML", path.display());
            let cure = "Correct the line, or move the file away and run `cryptopocket login`.";
            Failure::configuration(message, cure)
        })?;
        Ok(Self { path, document })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The profile called `name`, if the file has it.
    pub(crate) fn profile(&self, name: &str) -> Result<Option<Profile>> {
        let profiles = self.document.get("profiles");
        let Some(item) = profiles.and_then(|profiles| profiles.get(name)) else {
            return Ok(None);
        };
        let table = item.as_table_like();
        let table = table.ok_or_else(|| self.wrong(name, "is not a table"))?;
        let mut profile = Profile::default();
        for (key, item) in table.iter() {
            let text = item.as_str();
            let text = text.ok_or_else(|| self.wrong(name, &format!("{key} is not a string")))?;
            match key {
                "base_url" => profile.base_url = Some(text.to_owned()),
                "api_key" => profile.api_key = Some(text.into()),
                "api_secret" => profile.api_secret = Some(text.into()),
                // Beside the configuration, unless the path is absolute.
                "choices" => profile.choices = Some(self.path.with_file_name(text)),
                _ => {
                    let what = format!("{key} is not known; base_url, api_key, api_secret, choices are");
                    return Err(self.wrong(name, &what));
                }
            }
        }
        Ok(Some(profile))
    }

    /// The names of all profiles.
    pub(crate) fn names(&self) -> Vec<&str> {
        let profiles = self.document.get("profiles").and_then(Item::as_table_like);
        profiles
            .map(|table| table.iter().map(|(name, _)| name).collect())
            .unwrap_or_default()
    }

    /// Adds or replaces a profile.
    pub(crate) fn set(&mut self, name: &str, profile: &Profile) -> Result<()> {
        let profiles = self.document.entry("profiles").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let Some(profiles) = profiles.as_table_like_mut() else {
            let message = format!("{}: `profiles` is not a table", self.path.display());
            let cure = "Move the file away and run `cryptopocket login` again.";
            return Err(Failure::configuration(message, cure));
        };
        let entry = profiles.entry(name).or_insert_with(|| Item::Table(Table::new()));
        let Some(entry) = entry.as_table_like_mut() else {
            return Err(self.wrong(name, "is not a table"));
        };
        let fields = [
            ("base_url", profile.base_url.as_deref()),
            ("api_key", profile.api_key.as_ref().map(Secret::expose)),
            ("api_secret", profile.api_secret.as_ref().map(Secret::expose)),
        ];
        for (key, text) in fields {
            match text {
                Some(text) => entry.insert(key, value(text)),
                None => entry.remove(key),
            };
        }
        Ok(())
    }

    /// Replaces the file atomically. Only its owner can read the new one.
    pub(crate) fn write(&self) -> Result<()> {
        self.replace().map_err(|error| {
            let message = format!("{}: {}", self.path.display(), error.kind());
            Failure::configuration(message, "Check that the configuration folder can be written to.")
        })
    }

    fn replace(&self) -> std::io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        // A symbolic link is kept: the file that it leads to is replaced.
        let target = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        // A new file, since others may hold the old one open. `tempfile` creates it for its owner alone.
        let mut draft = NamedTempFile::new_in(target.parent().unwrap_or(folder))?;
        draft.write_all(self.document.to_string().as_bytes())?;
        draft.as_file().sync_all()?;
        draft.persist(&target)?;
        Ok(())
    }

    fn wrong(&self, profile: &str, what: &str) -> Failure {
        let message = format!("{}: profile {profile}: {what}", self.path.display());
        Failure::configuration(message, "Correct the file, or run `cryptopocket login`.")
    }

    /// Whether other users of this machine can read the file. On Windows, only the owner can read the configuration folder.
    pub(crate) fn is_exposed(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::metadata(&self.path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
        }
        #[cfg(not(unix))]
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(url: &str) -> Profile {
        Profile {
            base_url: Some(url.to_owned()),
            api_key: Some("k".into()),
            api_secret: Some("s3cr3t".into()),
            choices: None,
        }
    }

    #[test]
    fn profile_is_read_back_and_comments_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/config.toml");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(
            &path,
            "# mine\n[profiles.prod]\nbase_url = \"https://a.example/api\" # there\n",
        )
        .unwrap();
        let mut file = ConfigFile::read(path.clone()).unwrap();
        file.set("default", &profile("https://b.example/api")).unwrap();
        file.write().unwrap();

        let file = ConfigFile::read(path.clone()).unwrap();
        assert_eq!(file.names(), ["prod", "default"]);
        assert_eq!(
            file.profile("default").unwrap(),
            Some(profile("https://b.example/api"))
        );
        assert_eq!(file.profile("none").unwrap(), None);
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains("# mine") && text.contains("# there"), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn written_file_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let mut file = ConfigFile::read(path.clone()).unwrap();
        assert!(file.is_exposed());
        file.set("default", &profile("https://b.example/api")).unwrap();
        file.write().unwrap();
        assert!(!file.is_exposed());
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "no draft is left behind"
        );
    }

    #[test]
    fn broken_file_is_refused_without_its_contents() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "[profiles.default]\napi_secret = \"s3cr3t\n").unwrap();
        let error = ConfigFile::read(path.clone()).unwrap_err();
        assert!(
            !error.to_string().contains("s3cr3t") && error.to_string().contains("line 2"),
            "{error}"
        );

        fs::write(&path, "[profiles.default]\napi_secert = \"s3cr3t\"\n").unwrap();
        let error = ConfigFile::read(path).unwrap().profile("default").unwrap_err();
        assert!(
            !error.to_string().contains("s3cr3t") && error.to_string().contains("api_secert"),
            "{error}"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn absolute_xdg_folder_comes_first() {
        let home = || Some(PathBuf::from("/home/ana"));
        let with = |text: &'static str| move |_: &str| Some(OsString::from(text));
        assert_eq!(
            config_folder(&with("/etc/mine"), home()),
            Some("/etc/mine".into())
        );
        assert_eq!(
            config_folder(&with("mine"), home()),
            Some("/home/ana/.config".into())
        );
        assert_eq!(config_folder(&|_| None, home()), Some("/home/ana/.config".into()));
        assert_eq!(config_folder(&|_| None, None), None);
    }
}
