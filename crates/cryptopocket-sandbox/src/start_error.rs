//! Errors of the start of an emulator.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::Path;

const ANOTHER: &str = "name another file; one that does not exist is made";

/// Why an emulator did not start, or why its state file cannot be written any more.
#[derive(Debug, thiserror::Error)]
#[error("{rule}; {cure}")]
pub struct StartError {
    /// The method of [`Builder`](crate::Builder) whose argument is the cause: `address`, `state_file` or `trust_pem`.
    pub setting: &'static str,
    /// The rule that the setting breaks.
    pub rule: String,
    /// The remedy.
    pub cure: &'static str,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StartError {
    fn new(setting: &'static str, rule: impl Into<String>, cure: &'static str) -> Self {
        Self {
            setting,
            rule: rule.into(),
            cure,
            source: None,
        }
    }

    fn because(self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let source = Some(cause.into());
        Self { source, ..self }
    }

    pub(crate) fn address(address: SocketAddr, cause: io::Error) -> Self {
        let (reason, cure) = match cause.kind() {
            ErrorKind::AddrInUse => (
                "another program listens there",
                "choose another port; 0 takes a free one",
            ),
            ErrorKind::AddrNotAvailable => (
                "it is no address of this machine",
                "choose an address that this machine has, such as 127.0.0.1",
            ),
            ErrorKind::PermissionDenied => (
                "this user may not listen there",
                "choose a port above 1023; 0 takes a free one",
            ),
            _ => (&*cause.to_string(), "choose another address or port"),
        };
        let rule = format!("cannot listen on {address}: {reason}");
        Self::new("address", rule, cure).because(cause)
    }

    /// The records in the state file cannot be restored.
    pub(crate) fn records(rule: String, cure: Option<&'static str>) -> Self {
        Self::new("state_file", rule, cure.unwrap_or(ANOTHER))
    }

    /// The same error with the name of the state file.
    pub(crate) fn of_file(self, path: &Path) -> Self {
        let rule = format!("cannot use the state file {}: {}", path.display(), self.rule);
        Self { rule, ..self }
    }

    pub(crate) fn certificate() -> Self {
        Self::new(
            "trust_pem",
            "a certificate authority to trust is not valid PEM",
            "give the whole text of a PEM file; each certificate begins with -----BEGIN CERTIFICATE-----",
        )
    }
}

/// The state file cannot be used.
impl<E: Into<redb::Error>> From<E> for StartError {
    fn from(error: E) -> Self {
        let error = error.into();
        let (rule, cure) = match &error {
            redb::Error::DatabaseAlreadyOpen => {
                ("another emulator has it open", "give each a file of its own")
            }
            redb::Error::Io(disk) => match disk.kind() {
                ErrorKind::NotFound => (
                    "its folder does not exist",
                    "make the folder first, or name a file in another",
                ),
                ErrorKind::IsADirectory => (
                    "it is a folder",
                    "name a file in it; it is made where there is none",
                ),
                ErrorKind::PermissionDenied => (
                    "this user may not read and write it",
                    "let this user do so, or name another file",
                ),
                ErrorKind::InvalidData => ("it is no state file of an emulator", ANOTHER),
                _ => (&*format!("the disk says: {error}"), "name a file on another disk"),
            },
            _ => (&*format!("it is damaged: {error}"), ANOTHER),
        };
        Self::new("state_file", rule, cure).because(error)
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
