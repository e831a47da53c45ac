//! Customers whose identity you have checked yourself.

use cryptopocket_api::users::{create_customer_delegated_kyc, types};
use cryptopocket_core::{Error, Result, input};
use cryptopocket_types::{
    Date, Field, IdentificationType, KycDecision, KycStatus, Personal, UserId, setters,
};
use serde::{Deserialize, Serialize};

use crate::{Document, Identification, NewCustomer, Users};

/// An identity document: its country, kind and number, and pictures of it.
///
/// Neither `Clone` nor `Serialize`, as [`Document`].
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub struct IdentityDocument {
    /// Country that issued it, as an ISO 3166-1 alpha-2 code.
    pub country: String,
    /// Kind and number.
    pub identification: Identification,
    /// Picture of the front.
    pub front: Document,
    /// Picture of the back.
    pub back: Option<Document>,
}

impl IdentityDocument {
    /// A document of this country (ISO 3166-1 alpha-2), kind and number, with a picture of its front.
    pub fn new(
        country: impl Into<String>,
        kind: IdentificationType,
        number: impl Into<Personal>,
        front: Document,
    ) -> Self {
        Self {
            country: country.into(),
            identification: Identification::new(kind, number),
            front,
            back: None,
        }
    }

    setters! {
        /// Adds a picture of the back. Passports have none.
        back = |back: Document| Some(back);
    }
}

/// The address of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Residence {
    /// Street and number.
    pub address: Personal,
    /// City.
    pub city: Personal,
    /// Postal code.
    pub postal_code: Personal,
}

/// A customer to create whose identity you have checked: data, pictures of the identity document, a capture of the
/// face.
///
/// It owns its pictures, and the call consumes it. Neither `Clone` nor `Serialize`, as [`Document`].
///
/// # Examples
/// ```
/// use cryptopocket_types::IdentificationType;
/// use cryptopocket_users::{Document, IdentityDocument, NewCustomer, NewVerifiedCustomer};
///
/// # let [front, back, face] = [(); 3].map(|()| b"\xff\xd8\xff\xe0 pixels".to_vec());
/// let kind = IdentificationType::from("GOVERNMENT_ID");
/// let identity = IdentityDocument::new("ES", kind, "12345678Z", Document::from_bytes(front)?)
///     .back(Document::from_bytes(back)?);
/// let ada = NewCustomer::new("Ada", "ada@example.com").last_name("Lovelace");
/// let verified = NewVerifiedCustomer::new(ada, identity, Document::from_bytes(face)?)
///     .birth_date("1990-12-10".parse()?)
///     .residence("Calle Mayor 1", "Madrid", "28013");
/// assert_eq!(verified.face.media_type(), Some("image/jpeg"));
/// assert!(!format!("{verified:?}").contains("12345678Z"), "Debug hides the number");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub struct NewVerifiedCustomer {
    /// The customer. Country and identification are those of [`identity`](Self::identity).
    pub customer: NewCustomer,
    /// The identity document.
    pub identity: IdentityDocument,
    /// Capture of the face.
    pub face: Document,
    /// Second capture, which shows a living person.
    pub liveness: Option<Document>,
    /// Day of birth, written `YYYY-MM-DD`.
    pub birth_date: Option<Personal>,
    /// Address.
    pub residence: Option<Residence>,
}

impl NewVerifiedCustomer {
    /// A customer proved by this document and this capture of the face.
    ///
    /// The document's country, kind and number replace those of `customer`.
    pub fn new(customer: NewCustomer, identity: IdentityDocument, face: Document) -> Self {
        Self {
            customer,
            identity,
            face,
            liveness: None,
            birth_date: None,
            residence: None,
        }
    }

    setters! {
        /// Adds a second capture, which shows a living person.
        liveness = |capture: Document| Some(capture);
        /// Sets the day of birth. Leave it out for a company.
        birth_date = |day: Date| Some(Personal::from(day.to_string()));
        /// Sets street and number, city, and postal code.
        residence = |address: impl Into<Personal>, city: impl Into<Personal>, postal_code: impl Into<Personal>| {
            Some(Residence { address: address.into(), city: city.into(), postal_code: postal_code.into() })
        };
    }
}

cryptopocket_types::reply! {
    /// A customer that the provider has created, with the status of your identity check.
    pub struct VerifiedCustomer: types::VerifiedCustomer {
        /// The provider's id of the customer. Payments need it.
        #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
        pub id: UserId,
        /// A second id of the customer.
        pub uuid: Field<String>,
        /// Status of the check, if the reply has one.
        ///
        /// Wait with [`Users::wait_kyc`] while it is pending.
        pub kyc_status: Field<KycStatus>,
    }
}

impl VerifiedCustomer {
    /// The decision: approved, rejected or pending. An unknown or missing status is pending.
    pub fn decision(&self) -> KycDecision {
        self.kyc_status
            .value()
            .map_or(KycDecision::Pending, KycStatus::decision)
    }
}

impl Users {
    /// Creates a customer whose identity you have checked, with the pictures that prove it.
    ///
    /// The pictures are sent as base64 in one JSON body, so the request is a third larger than the pictures. The SDK
    /// zeroes its buffers after use.
    ///
    /// - **Idempotency, cancellation.** Unsafe, as [`Users::create_customer`]. The call has consumed the pictures; read
    ///   them again.
    /// - **Known from.** The provider's page "Create customer with delegated KYC" (`documented`: purpose, and that
    ///   personal or company data, pictures of the identity document and biometric captures are sent); every field and
    ///   the answer are ours (`assumed`).
    /// - Operation: `create_customer_delegated_kyc`
    ///
    /// # Errors
    /// Before anything is sent, `InvalidInput`: as [`Users::create_customer`], an empty identification number, or a
    /// face that is no picture. From the provider, the codes known of its sister calls: `user_already_exists`,
    /// `email_not_allowed`, `invalid_file`, and refused fields.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_types::{IdentificationType, KycDecision};
    /// use cryptopocket_users::{NewVerifiedCustomer, Document, IdentityDocument, NewCustomer, Users};
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let (passport, face) = (folder.path().join("p.jpg"), folder.path().join("f.jpg"));
    /// # for file in [&passport, &face] { std::fs::write(file, b"\xff\xd8\xff\xe0 pixels").unwrap(); }
    /// # let reply = r#"{"status":"ok","data":{"id":"100067","kyc_status":"valid"}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("create_customer_delegated_kyc", reply).run(async |session| {
    /// let users = Users::new(session);
    /// let passport = Document::from_path(passport).await?;
    /// let identity = IdentityDocument::new("ES", IdentificationType::Passport, "XDA123456", passport);
    /// let ada = NewCustomer::new("Ada", "ada@example.com").last_name("Lovelace");
    /// let verified = NewVerifiedCustomer::new(ada, identity, Document::from_path(face).await?);
    /// let created = users.create_verified_customer(verified).await?;
    /// assert_eq!(created.decision(), KycDecision::Approved);
    /// # Ok(()) });
    /// ```
    pub async fn create_verified_customer(&self, verified: NewVerifiedCustomer) -> Result<VerifiedCustomer> {
        let (mut customer, identity) = (verified.customer, verified.identity);
        // Cleared before the check, so that a country that does not count cannot refuse the customer.
        (customer.country, customer.identification) = (None, None);
        customer.check()?;
        input::country(&identity.country)?;
        let identification = identity.identification;
        identification.check(Some(&identity.country), customer.user_type.as_ref())?;
        let media_type = verified.face.media_type();
        if media_type.is_some_and(|media_type| !media_type.starts_with("image/")) {
            return Err(Error::invalid_input(
                "face_image",
                "must be a picture",
                "Give the capture itself as PNG, JPEG, WebP or HEIC.",
            ));
        }
        let (address, city, postal_code) = match verified.residence {
            Some(it) => (Some(it.address), Some(it.city), Some(it.postal_code)),
            None => (None, None, None),
        };
        let body = types::CreateCustomerDelegatedKycRequest {
            name: customer.name,
            email: customer.email,
            last_name: customer.last_name,
            phone: customer.phone,
            country: identity.country,
            identification_type: identification.kind,
            identification_number: identification.number,
            user_type: customer.user_type,
            callback_url: customer.callback_url,
            birth_date: verified.birth_date,
            address,
            city,
            postal_code,
            document_front: identity.front.uri,
            document_back: identity.back.map(|back| back.uri),
            face_image: verified.face.uri,
            liveness_image: verified.liveness.map(|liveness| liveness.uri),
        };
        let reply = create_customer_delegated_kyc(&self.session, &body).await?;
        Ok(VerifiedCustomer::from_wire(reply))
    }
}

#[cfg(test)]
mod tests;
