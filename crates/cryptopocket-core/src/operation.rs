use cryptopocket_types::evidence::Evidence;

/// What happens when one and the same call reaches the provider twice.
///
/// The class decides which failures are repeated; see [`Operation`].
///
/// # Examples
///
/// ```
/// # use cryptopocket_core::testing::{Answer, ScriptedSession};
/// # let answers = [Answer::lost(), Answer::lost(), Answer::json(r#"{"status":"ok"}"#)];
/// # ScriptedSession::new().then("raw", answers).run(async |session| {
/// use cryptopocket_core::{Idempotency, Method};
///
/// // The answer of the first attempt is lost.
/// let post = || session.raw(Method::POST, "/vouchers");
/// let error = post().send().await.unwrap_err();
/// assert_eq!(error.attempts(), 1, "a second voucher might be made");
/// // A promise of the caller: writing twice has the effect of writing once.
/// assert!(post().idempotency(Idempotency::Keyed).send().await?.says_success());
/// # Ok(())
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// It only reads. Repeated after every passing failure.
    Safe,
    /// It writes, and writing twice has the effect of writing once. Repeated like [`Idempotency::Safe`].
    Keyed,
    /// A second call would act a second time: it moves money or creates a customer. Repeated only when it is
    /// certain that nothing was sent, or when the token was refused before the call could act.
    Unsafe,
}

/// Which part of a success reply is the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Envelope {
    /// The value of `data`; other fields of the envelope are merged into it when it is an object.
    Data,
    /// Rows, in `data` or in one of the shapes that frameworks give a list; see
    /// [`Page`](cryptopocket_types::reading::Page).
    List,
    /// The whole object, because something beside `data` matters, such as `pagination`.
    Whole,
}

/// What is known of one call of the API, without its types.
///
/// The table of all operations is generated into the low-level client crate. `core` reads the class and the
/// envelope from it; nothing here depends on a particular operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operation {
    /// The operation's id in the OpenAPI document, such as `create_payment`.
    pub id: &'static str,
    /// The provider's documentation page.
    pub page: &'static str,
    /// HTTP method in capitals.
    pub method: &'static str,
    /// Path template below the base URL, such as `/payment/{payment_id}`.
    pub path: &'static str,
    /// The tag, which is also the Cargo feature.
    pub tag: &'static str,
    /// What a second call would do.
    pub idempotency: Idempotency,
    /// Which part of the reply is the answer.
    pub envelope: Envelope,
    /// How far the operation is known.
    pub evidence: Evidence,
    /// Where it is known from.
    pub source: &'static str,
    /// Whether the call carries the session's token.
    pub auth: bool,
    /// Codes that prove that the call was refused and nothing was done. Any other code leaves that open.
    pub refusals: &'static [&'static str],
}

/// The one operation that `core` calls itself.
pub(crate) static AUTHENTICATE: Operation = Operation {
    id: "authenticate",
    page: "Authentication",
    method: "POST",
    path: "/authenticate",
    tag: "common",
    idempotency: Idempotency::Safe,
    envelope: Envelope::Whole,
    evidence: Evidence::Guide,
    source: "Authentication",
    auth: false,
    refusals: &[],
};

impl Idempotency {
    /// Whether a request that may have arrived may be sent again.
    pub fn is_repeatable(self) -> bool {
        matches!(self, Self::Safe | Self::Keyed)
    }
}

/// The tag of the calls that the SDK does not know.
pub(crate) const RAW: &str = "raw";

impl Operation {
    /// Whether the SDK knows nothing of the call, so that its caller reads the reply.
    pub(crate) fn is_raw(&self) -> bool {
        self.tag == RAW
    }
}
