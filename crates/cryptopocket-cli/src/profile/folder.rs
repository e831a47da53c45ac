use std::ffi::OsString;
use std::path::PathBuf;

use crate::failure::{Failure, Result};

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
        Some(if cfg!(target_os = "macos") {
            home.join("Library/Application Support")
        } else {
            home.join(".config")
        })
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

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
