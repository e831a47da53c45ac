//! Errors of the start of an emulator.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::Path;

const ANOTHER: &str = "name another file; one that does not exist is made";

/// Why an emulator did not start, or why its state file cannot be written any more.
#[derive(Debug, thiserror::Error)]
#[error("{rule}; {cure}")]
pub struct StartError {
    setting: &'static str,
    pub(crate) rule: String,
    pub(crate) cure: &'static str,
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

    /// The records in the state file cannot be restored.
    pub(crate) fn records(rule: String, cure: Option<&'static str>) -> Self {
        Self {
            setting: "state_file",
            rule,
            cure: cure.unwrap_or(ANOTHER),
            source: None,
        }
    }

    /// The same error with the name of the state file.
    pub(crate) fn of_file(self, path: &Path) -> Self {
        Self {
            rule: format!("cannot use the state file {}: {}", path.display(), self.rule),
            ..self
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

/// The state file cannot be used.
impl<E: Into<redb::Error>> From<E> for StartError {
    fn from(error: E) -> Self {
        let error = error.into();
        let kind = match &error {
            redb::Error::Io(disk) => Some(disk.kind()),
            _ => None,
        };
        let (rule, cure) = match kind {
            None if matches!(error, redb::Error::DatabaseAlreadyOpen) => {
                ("another emulator has it open", "give each a file of its own")
            }
            None => ("it is damaged: ", ANOTHER),
            Some(io::ErrorKind::NotFound) => (
                "its folder does not exist",
                "make the folder first, or name a file in another",
            ),
            Some(io::ErrorKind::IsADirectory) => (
                "it is a folder",
                "name a file in it; it is made where there is none",
            ),
            Some(io::ErrorKind::PermissionDenied) => (
                "this user may not read and write it",
                "let this user do so, or name another file",
            ),
            Some(io::ErrorKind::InvalidData) => ("it is no state file of an emulator", ANOTHER),
            Some(_) => ("the disk says: ", "name a file on another disk"),
        };
        let detail = rule.ends_with(": ").then(|| error.to_string());
        Self {
            setting: "state_file",
            rule: format!("{rule}{}", detail.unwrap_or_default()),
            cure,
            source: Some(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::StartError;

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
            let broken = StartError::from(redb::Error::Io(kind.into()));
            let text = broken.of_file("state".as_ref()).to_string();
            assert!(text.contains(told), "{text}");
        }
    }
}
