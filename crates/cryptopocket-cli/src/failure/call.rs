//! Failures of calls to the provider.

use cryptopocket::time::{Clock as _, SystemClock};
use cryptopocket::{Effect, Error, ErrorKind, Sent};

use super::advice::{self, advice};
use super::{Exit, Failure, Wait};

impl Failure {
    /// A signal ended the program while a call of `operation` was on its way.
    pub(crate) fn stopped(operation: &str) -> Self {
        let hint = advice::text("unknown", operation).unwrap_or_default();
        let message = format!("{operation}: stopped before its answer came; the outcome is unknown");
        let mut failure = Self::new(Exit::Unknown, ErrorKind::Interrupted.as_str(), message, hint);
        failure.request = Some(provider_name(operation));
        failure.sent = Sent::Maybe.as_str();
        failure.lost_at = Some(SystemClock.now());
        failure
    }

    /// The same for a payment that has no reference to find it by.
    pub(crate) fn without_reference(mut self) -> Self {
        if self.kind == ErrorKind::Interrupted.as_str() {
            let hint = advice::text("unknown_without_reference", "create_payment");
            hint.unwrap_or_default().clone_into(&mut self.hint);
        }
        self
    }

    /// The failure of a call. A raw one gets the given name: an operation, or method and path.
    pub(crate) fn of_call(error: Error, name: &str) -> Self {
        let mut failure = Self::from(error);
        if let Some(rest) = failure.message.strip_prefix("raw: ") {
            failure.message = format!("{name}: {rest}");
            failure.request = Some(provider_name(name));
            // Only `api` has the option, and it names a call by method and path.
            if failure.exit == Exit::Unknown && name.contains('/') {
                let advice = " If the call only reads, --idempotent says so.";
                failure.hint.push_str(advice);
            }
        }
        failure
    }

    /// The end of a wait that polls `operation`, whose `known` states this version knows.
    pub(crate) fn of_wait<S: AsRef<str>>(error: Error, operation: &str, known: &[S]) -> Self {
        let last = std::error::Error::source(&error).map(ToString::to_string);
        let mut failure = Self::from(error);
        failure.request.get_or_insert_with(|| provider_name(operation));
        let Some(wait) = failure.wait.clone() else {
            return failure;
        };
        if let Some(last) = last {
            failure.message.push_str("; the last poll failed: ");
            failure.message.push_str(&last);
        }
        if wait.polls > 0 && failure.sent == Sent::No.as_str() {
            // Only a state proves that a poll was answered.
            let is_answered = wait.last_state.is_some();
            let sent = if is_answered { Sent::Yes } else { Sent::Maybe };
            failure.sent = sent.as_str();
        }
        let is_new = |state: &str| known.iter().all(|known| known.as_ref() != state);
        if wait.last_state.as_deref().is_some_and(is_new) {
            let new = "; this version does not know that state";
            failure.message.push_str(new);
            advice::UNKNOWN_STATE.clone_into(&mut failure.hint);
        }
        failure
    }
}

/// The exit code that tells a script what it may do next.
///
/// A call that only reads has no effect to be unsure of. If it was sent and no answer could be understood, the code is
/// still 6, because 5 would say that nothing was sent.
fn exit_of(error: &Error) -> Exit {
    match error.kind() {
        ErrorKind::InvalidInput => Exit::Usage,
        ErrorKind::Configuration => Exit::Configuration,
        ErrorKind::WaitTimeout => Exit::WaitedTooLong,
        ErrorKind::Conflict => Exit::CheckFailed,
        // Before the kinds below: a refusal that may have moved money is no refusal to a script.
        _ if error.effect().may_be_done() => Exit::Unknown,
        // Another server than the provider answers the login: the base URL is wrong.
        ErrorKind::UnexpectedReply if is_login(error) => Exit::Configuration,
        ErrorKind::Authorization => Exit::Configuration,
        ErrorKind::Refused | ErrorKind::Validation | ErrorKind::RateLimited | ErrorKind::ServerError => {
            Exit::Refused
        }
        _ if error.sent() == Sent::No => Exit::NotSent,
        _ => Exit::Unknown,
    }
}

/// Whether the login failed, for a call or by itself.
fn is_login(error: &Error) -> bool {
    error.is_during_login() || error.operation() == Some("authenticate")
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (kind, hint) = (error.kind().as_str(), advice(&error));
        let mut failure = Self::new(exit_of(&error), kind, error.to_string(), hint);
        failure.code = error.code().map(|code| code.as_str().to_owned());
        failure.status = error.status();
        failure.sent = error.sent().as_str();
        failure.request = error.operation().map(provider_name);
        failure.fields = error.field_errors().to_vec();
        failure.verification_url = error.verification_url().map(|url| url.expose().to_owned());
        failure.provider_message = error.provider_message().map(str::to_owned);
        let last_state = error.last_state().map(str::to_owned);
        failure.lost_at = (error.effect() == Effect::Unknown).then(|| SystemClock.now());
        failure.wait = error.polls().map(|polls| Wait { last_state, polls });
        failure
    }
}

/// `create_payment` → `createPayment`, as the provider spells its calls. Method and path of another call stay as they are.
pub(super) fn provider_name(operation: &str) -> String {
    if operation.contains('/') {
        return operation.to_owned();
    }
    // The provider turns the word round in the names of its calls.
    let operation = operation.replace("offramp", "rampoff");
    let mut words = operation.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        name.push_str(&first.to_uppercase());
        name.push_str(rest);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_the_names_of_the_provider() {
        assert_eq!(provider_name("create_payment"), "createPayment");
        assert_eq!(
            provider_name("create_customer_delegated_kyc"),
            "createCustomerDelegatedKyc"
        );
        assert_eq!(provider_name("authenticate"), "authenticate");
        assert_eq!(provider_name("get_offramp"), "getRampoff");
    }

    #[test]
    fn kind_of_error_decides_exit_code() {
        assert_eq!(
            Failure::from(Error::invalid_input("a", "b", "c")).exit,
            Exit::Usage
        );
        assert_eq!(
            Failure::from(Error::configuration("a", "b")).exit,
            Exit::Configuration
        );
        assert_eq!(Failure::from(Error::conflict("a", "b")).exit, Exit::CheckFailed);
    }
}
