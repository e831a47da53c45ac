//! Errors of the start of an emulator.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

use crate::store::Broken;

/// Why an emulator did not start.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("notes.txt");
/// # std::fs::write(&path, "milk, bread")?;
/// use cryptopocket_sandbox::Sandbox;
///
/// let error = Sandbox::builder().state_file(&path).start().await.unwrap_err();
/// assert_eq!(error.setting(), "state_file");
/// assert!(error.rule().ends_with("it is no state file of an emulator"));
/// assert!(error.cure().starts_with("name another file"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{rule}; {cure}")]
pub struct StartError {
    setting: &'static str,
    rule: String,
    cure: &'static str,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StartError {
    pub(crate) fn address(address: SocketAddr, cause: io::Error) -> Self {
        let system = cause.to_string();
        let (reason, cure) = match cause.kind() {
            io::ErrorKind::AddrInUse => (
                "another program listens there",
                "choose another port; 0 takes a free one",
            ),
            io::ErrorKind::AddrNotAvailable => (
                "it is no address of this machine",
                "choose an address that this machine has, such as 127.0.0.1",
            ),
            io::ErrorKind::PermissionDenied => (
                "this user may not listen there",
                "choose a port above 1023; 0 takes a free one",
            ),
            _ => (system.as_str(), "choose another address or port"),
        };
        Self {
            setting: "address",
            rule: format!("cannot listen on {address}: {reason}"),
            cure,
            source: Some(cause.into()),
        }
    }

    pub(crate) fn state_file(path: &Path, broken: Broken) -> Self {
        Self {
            setting: "state_file",
            rule: format!("cannot use the state file {}: {}", path.display(), broken.rule),
            cure: broken.cure,
            source: broken.source.map(|error| error as _),
        }
    }

    pub(crate) fn certificate() -> Self {
        Self {
            setting: "trust_pem",
            rule: "a certificate authority to trust is not valid PEM".to_owned(),
            cure: "give the whole text of a PEM file; each certificate begins with -----BEGIN CERTIFICATE-----",
            source: None,
        }
    }

    /// The method of [`Builder`](crate::Builder) whose argument is the cause: `address`, `state_file` or `trust_pem`.
    pub const fn setting(&self) -> &'static str {
        self.setting
    }

    /// The rule that the setting breaks.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// The remedy.
    pub const fn cure(&self) -> &'static str {
        self.cure
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::StartError;
    use crate::store::Broken;

    #[test]
    fn each_cause_has_its_cure() {
        let address = "127.0.0.1:80".parse().unwrap();
        for (kind, told) in [
            (
                io::ErrorKind::AddrInUse,
                "another program listens there; choose another port",
            ),
            (
                io::ErrorKind::AddrNotAvailable,
                "it is no address of this machine; choose an address",
            ),
            (
                io::ErrorKind::PermissionDenied,
                "this user may not listen there; choose a port above 1023",
            ),
        ] {
            let text = StartError::address(address, kind.into()).to_string();
            assert!(text.contains(told), "{text}");
        }
        for (kind, told) in [
            (
                io::ErrorKind::NotFound,
                "its folder does not exist; make the folder first",
            ),
            (io::ErrorKind::IsADirectory, "it is a folder; name a file"),
            (
                io::ErrorKind::PermissionDenied,
                "this user may not read and write it; ",
            ),
            (io::ErrorKind::StorageFull, "the disk says: "),
        ] {
            let broken = Broken::from(redb::Error::Io(kind.into()));
            let text = StartError::state_file("state".as_ref(), broken).to_string();
            assert!(text.contains(told), "{text}");
        }
    }
}
