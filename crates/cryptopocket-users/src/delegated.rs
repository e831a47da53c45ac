//! Customers whose identity you checked yourself.

use cryptopocket_api::users::{create_customer_delegated_kyc, types};
use cryptopocket_core::{Error, Result};
use cryptopocket_types::{Date, Extra, IdentificationType, KycDecision, KycStatus, Personal, UserId};

use crate::{Document, NewCustomer, Users, identification, rules};

/// An identity document: where it was issued, its kind and number, and pictures of it.
#[derive(Debug)]
#[must_use]
pub struct IdentityDocument {
    country: String,
    kind: IdentificationType,
    number: Personal,
    front: Document,
    back: Option<Document>,
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
            kind,
            number: number.into(),
            front,
            back: None,
        }
    }

    /// A picture of the back. Passports have none.
    pub fn back(mut self, back: Document) -> Self {
        self.back = Some(back);
        self
    }
}

/// A new customer whose identity you checked: personal or company data, pictures of the identity document,
/// and a capture of the face.
///
/// It owns its pictures, and is used up by sending it.
///
/// # Examples
/// ```
/// use cryptopocket_types::IdentificationType;
/// use cryptopocket_users::{NewVerifiedCustomer, Document, IdentityDocument, NewCustomer};
///
/// # fn picture() -> Vec<u8> { b"\xff\xd8\xff\xe0 pixels".to_vec() }
/// let kind = IdentificationType::from("GOVERNMENT_ID");
/// let identity = IdentityDocument::new("ES", kind, "12345678Z", Document::from_bytes(picture())?)
///     .back(Document::from_bytes(picture())?);
/// let customer = NewCustomer::new("Ada", "ada@example.com").last_name("Lovelace");
/// let kyc = NewVerifiedCustomer::new(customer, identity, Document::from_bytes(picture())?)
///     .birth_date("1990-12-10".parse().unwrap())
///     .residence("Calle Mayor 1", "Madrid", "28013");
/// assert!(!format!("{kyc:?}").contains("12345678Z"));
/// # Ok::<(), cryptopocket_core::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct NewVerifiedCustomer {
    customer: NewCustomer,
    identity: IdentityDocument,
    face: Document,
    liveness: Option<Document>,
    birth_date: Option<Personal>,
    residence: Option<[Personal; 3]>,
}

impl NewVerifiedCustomer {
    /// This customer, proved by this document and this capture of the face.
    ///
    /// The document's country, kind and number take the place of those that the customer may have been given.
    pub fn new(customer: NewCustomer, identity: IdentityDocument, face: Document) -> Self {
        let customer = NewCustomer {
            country: None,
            identification: None,
            ..customer
        };
        Self {
            customer,
            identity,
            face,
            liveness: None,
            birth_date: None,
            residence: None,
        }
    }

    /// A second capture, which shows a living person.
    pub fn liveness(mut self, capture: Document) -> Self {
        self.liveness = Some(capture);
        self
    }

    /// Day of birth. Leave it out for a company.
    pub fn birth_date(mut self, day: Date) -> Self {
        self.birth_date = Some(Personal::from(day.to_string()));
        self
    }

    /// Street and number, city, and postal code.
    pub fn residence(
        mut self,
        address: impl Into<Personal>,
        city: impl Into<Personal>,
        postal_code: impl Into<Personal>,
    ) -> Self {
        self.residence = Some([address.into(), city.into(), postal_code.into()]);
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        self.customer.check()?;
        let IdentityDocument {
            country,
            kind,
            number,
            ..
        } = &self.identity;
        rules::country(country)?;
        identification::fits(country, self.customer.user_type.as_ref(), kind)?;
        rules::present("identification_number", number.reveal())?;
        if self
            .face
            .media_type()
            .is_some_and(|media_type| !media_type.is_image())
        {
            return Err(Error::invalid_input(
                "face_image",
                "must be a picture",
                "Give the capture itself as PNG, JPEG, WebP or HEIC.",
            ));
        }
        Ok(())
    }

    pub(crate) fn into_wire(self) -> types::CreateCustomerDelegatedKycRequest {
        let NewCustomer {
            name,
            email,
            last_name,
            phone,
            user_type,
            callback_url,
            ..
        } = self.customer;
        let IdentityDocument {
            country,
            kind,
            number,
            front,
            back,
        } = self.identity;
        let [address, city, postal_code] = self.residence.map_or([None, None, None], |lines| lines.map(Some));
        types::CreateCustomerDelegatedKycRequest {
            name,
            email,
            last_name,
            phone,
            country,
            identification_type: kind,
            identification_number: number,
            user_type,
            callback_url,
            birth_date: self.birth_date,
            address,
            city,
            postal_code,
            document_front: front.into_wire(),
            document_back: back.map(Document::into_wire),
            face_image: self.face.into_wire(),
            liveness_image: self.liveness.map(Document::into_wire),
        }
    }
}

/// A new customer, with the state of the check that you made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedCustomer {
    /// The provider's id of the customer, for payments.
    pub id: UserId,
    /// A second id of the customer.
    pub uuid: Option<String>,
    /// State of the check, when the answer tells. Ask with [`Users::kyc`] while it is pending.
    pub kyc_status: Option<KycStatus>,
    /// What else came, with its exact text.
    pub extra: Extra,
}

impl VerifiedCustomer {
    pub(crate) fn from_wire(wire: types::VerifiedCustomer) -> Self {
        let types::VerifiedCustomer {
            id,
            uuid,
            kyc_status,
            extra,
            ..
        } = wire;
        Self {
            id,
            uuid,
            kyc_status,
            extra,
        }
    }

    /// What the status means: approved, rejected, or still pending, as every unknown and missing status is.
    pub fn decision(&self) -> KycDecision {
        self.kyc_status
            .as_ref()
            .map_or(KycDecision::Pending, KycStatus::decision)
    }
}

impl Users {
    /// Creates a customer whose identity you checked, with the pictures that prove it, in one request.
    ///
    /// The pictures travel as base64 inside one JSON body, so the request is a third larger than they are. The SDK
    /// zeroes its buffers after use.
    ///
    /// **Idempotency.** Unsafe: not repeated once it may have arrived. When
    /// [`is_outcome_unknown`](Error::is_outcome_unknown) says so, look with [`Users::find_customer`] by e-mail address before
    /// creating again. The pictures are gone then; read them anew.
    ///
    /// **Known from.** The provider's page "Create customer with delegated KYC" (`documented`: purpose, and that
    /// personal or company data, pictures of the identity document and biometric captures are sent); every field and
    /// the answer are ours (`assumed`).
    ///
    /// Operation: `create_customer_delegated_kyc`
    ///
    /// # Errors
    ///
    /// Before anything is sent, `InvalidInput`: as [`Users::create_customer`], an empty identification number, or a face that
    /// is no picture. From the provider, the codes known of its sister calls: `user_already_exists`,
    /// `email_not_allowed`, `invalid_file`, and refused fields.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::{IdentificationType, KycDecision};
    /// use cryptopocket_users::{NewVerifiedCustomer, Document, IdentityDocument, NewCustomer, Users};
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> cryptopocket_core::Result<()> {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let (passport, face) = (folder.path().join("p.jpg"), folder.path().join("f.jpg"));
    /// # for file in [&passport, &face] { std::fs::write(file, b"\xff\xd8\xff\xe0 pixels").unwrap(); }
    /// # let reply = r#"{"status":"ok","data":{"id":"100067","kyc_status":"valid"}}"#;
    /// # let session = ScriptedSession::new().always("create_customer_delegated_kyc", reply).session;
    /// let users = Users::new(session);
    /// let passport = Document::from_path(passport).await?;
    /// let identity = IdentityDocument::new("ES", IdentificationType::Passport, "XDA123456", passport);
    /// let ada = NewCustomer::new("Ada", "ada@example.com").last_name("Lovelace");
    /// let kyc = NewVerifiedCustomer::new(ada, identity, Document::from_path(face).await?);
    /// let created = users.create_verified_customer(kyc).await?;
    /// assert_eq!(created.decision(), KycDecision::Approved);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn create_verified_customer(&self, kyc: NewVerifiedCustomer) -> Result<VerifiedCustomer> {
        kyc.check()?;
        let reply = create_customer_delegated_kyc(&self.session, &kyc.into_wire()).await?;
        Ok(VerifiedCustomer::from_wire(reply))
    }
}

#[cfg(test)]
mod tests;
