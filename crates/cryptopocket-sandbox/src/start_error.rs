//! Why an emulator did not start, and what to do.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

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
/// assert_eq!(error.state_file(), Some(path.as_path()));
/// assert!(error.rule().ends_with("it is no state file of an emulator"));
/// assert!(error.cure().starts_with("name another file"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct StartError(pub(crate) Cause);

#[derive(Debug)]
pub(crate) enum Cause {
    Address(SocketAddr, io::Error),
    StateFile(PathBuf, Broken),
    Certificate,
}

impl StartError {
    /// The state file, if it is the cause.
    pub fn state_file(&self) -> Option<&Path> {
        match &self.0 {
            Cause::StateFile(path, _) => Some(path),
            Cause::Address(..) | Cause::Certificate => None,
        }
    }

    /// The method of [`Builder`](crate::Builder) whose argument is the cause: `address`, `state_file` or `trust_pem`.
    pub fn setting(&self) -> &'static str {
        match &self.0 {
            Cause::Address(..) => "address",
            Cause::StateFile(..) => "state_file",
            Cause::Certificate => "trust_pem",
        }
    }

    /// What is wrong.
    pub fn rule(&self) -> String {
        self.rule_and_cure().0
    }

    /// What to do.
    pub fn cure(&self) -> &'static str {
        self.rule_and_cure().1
    }

    fn rule_and_cure(&self) -> (String, &'static str) {
        match &self.0 {
            Cause::Address(address, cause) => {
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
                (format!("cannot listen on {address}: {reason}"), cure)
            }
            Cause::StateFile(path, broken) => {
                let (rule, cure) = broken.rule_and_cure();
                let path = path.display();
                (format!("cannot use the state file {path}: {rule}"), cure)
            }
            Cause::Certificate => (
                "a certificate authority to trust is not valid PEM".to_owned(),
                "give the whole text of a PEM file; each certificate begins with -----BEGIN CERTIFICATE-----",
            ),
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rule, cure) = self.rule_and_cure();
        write!(f, "{rule}; {cure}")
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Cause::Address(_, cause) => Some(cause),
            Cause::StateFile(_, broken) => Some(broken),
            Cause::Certificate => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::{Cause, StartError};
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
            let text = StartError(Cause::Address(address, kind.into())).to_string();
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
            let text = StartError(Cause::StateFile("state".into(), broken)).to_string();
            assert!(text.contains(told), "{text}");
        }
    }
}
