//! Documents about customers: uploads, and customers whose identity the caller checked.

use std::path::{Path, PathBuf};

use clap::Args;
use cryptopocket::users::{Document, IdentityDocument, NewCustomer, NewVerifiedCustomer};
use cryptopocket::{Client, Date, DocumentType, IdentificationType, Personal, Secret, UserId, UserType};
use serde::Deserialize;

use crate::prelude::*;
use crate::suggest::warn_if_unknown;

/// Upload a document about a customer
#[derive(Debug, Args)]
pub(crate) struct Upload {
    /// The customer
    #[arg(value_name = "ID")]
    user: UserId,
    /// Kind of document, such as `payslip` or `bank_statement`
    #[arg(long, value_name = "TYPE")]
    r#type: DocumentType,
    /// The document: a file, or a link that the provider can open
    #[arg(long, value_name = "PATH|URL")]
    file: String,
}

impl Upload {
    pub(super) async fn run(self, client: &Client, context: &mut Context) -> Result<()> {
        warn_if_unknown("--type", &self.r#type, DocumentType::ALL);
        let document = document("--file", &self.file, Path::new("")).await?;
        let users = client.users();
        let call = users.upload_document(&self.user, self.r#type.clone(), document);
        let extra = context.act("upload_customer_document", call).await?;
        let effect = format!("the document of customer {} was uploaded", self.user);
        let receipt = object! { "user_id": self.user.to_string(), "type": self.r#type, "uploaded": true };
        let mut output = context.output.after(&*effect);
        output.said(&receipt.extra(&extra), clean(&effect))
    }
}

const CURE: &str = "Give the path of a file, or a link that begins with https://.";
/// No path is longer, and every picture in base64 is.
const LONGEST_PATH: usize = 4096;

/// The document at a link or a path, which `name` gives. A relative path begins at `folder`.
async fn document(name: &str, place: &str, folder: &Path) -> Result<Document> {
    let scheme = place
        .split_once("://")
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    if matches!(scheme.as_deref(), Some("http" | "https")) {
        return Ok(Document::from_url(place)?);
    }
    let start = place.trim_start().get(..5);
    let is_data = start.is_some_and(|start| start.eq_ignore_ascii_case("data:"));
    if scheme.is_some() || is_data || place.len() > LONGEST_PATH {
        // It may be the document itself, or hold a password, so it is not repeated.
        let message = format!("{name} is neither a path nor a link that begins with http:// or https://");
        return Err(Failure::input(message, CURE));
    }
    let path = folder.join(place);
    file::must_exist(&path, CURE)?;
    // The SDK's error names no path.
    let document = Document::from_path(&path).await;
    document.map_err(|error| Failure::from(error).about(&path.display().to_string()))
}

/// Create a customer whose identity you checked yourself
///
/// The file is a JSON object with `name`, `email`, `country`, `identification_type`, `identification_number`,
/// `document_front` and `face_image`. Optional are `last_name`, `phone`, `user_type`, `callback_url`, `document_back`,
/// `liveness_image`, `birth_date` (YYYY-MM-DD), and `address`, `city` and `postal_code` together. Pictures are paths,
/// relative to the file's folder, or links that the provider can open.
#[derive(Debug, Args)]
pub(crate) struct CreateVerified {
    /// The JSON file
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kyc {
    name: Personal,
    email: Personal,
    last_name: Option<Personal>,
    phone: Option<Personal>,
    user_type: Option<UserType>,
    callback_url: Option<Secret>,
    country: String,
    identification_type: IdentificationType,
    identification_number: Personal,
    document_front: Personal,
    document_back: Option<Personal>,
    face_image: Personal,
    liveness_image: Option<Personal>,
    birth_date: Option<Date>,
    address: Option<Personal>,
    city: Option<Personal>,
    postal_code: Option<Personal>,
}

impl CreateVerified {
    pub(super) async fn run(self, client: &Client, context: &mut Context) -> Result<()> {
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let customer = read(&self.file)?.assemble(folder).await?;
        let call = client.users().create_verified_customer(customer);
        let created = context.act("create_customer_delegated_kyc", call).await?;
        let effect = format!("customer {} was created", created.id);
        let mut output = context.output.after(effect);
        output.one(&view::verified(&created), view::VERIFIED_CUSTOMER)
    }
}

/// The error names the line and the field alone: the parser's message could quote a value.
fn read(path: &Path) -> Result<Kyc> {
    let bytes = file::input("--file", path, "--file: give the path of a JSON file.")?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let text = error.to_string();
        let named = |start: &str| {
            let name = text.strip_prefix(start)?.split('`').next()?;
            Some(format!("{start}{name}`"))
        };
        let field = named("missing field `").or_else(|| named("unknown field `"));
        let field = field.unwrap_or_else(|| "cannot be read".to_owned());
        let message = format!("{}: line {}: {field}", path.display(), error.line());
        Failure::input(
            message,
            "`users create-verified --help` lists the fields of the file.",
        )
    })
}

impl Kyc {
    async fn assemble(self, folder: &Path) -> Result<NewVerifiedCustomer> {
        let mut customer = NewCustomer::new(self.name, self.email);
        (customer.last_name, customer.phone) = (self.last_name, self.phone);
        (customer.user_type, customer.callback_url) = (self.user_type, self.callback_url);
        let front = document("document_front", self.document_front.reveal(), folder).await?;
        let (kind, number) = (self.identification_type, self.identification_number);
        let mut identity = IdentityDocument::new(self.country, kind, number, front);
        identity.back = optional("document_back", self.document_back, folder).await?;
        let face = document("face_image", self.face_image.reveal(), folder).await?;
        let mut verified = NewVerifiedCustomer::new(customer, identity, face);
        verified.liveness = optional("liveness_image", self.liveness_image, folder).await?;
        if let Some(day) = self.birth_date {
            verified = verified.birth_date(day);
        }
        match (self.address, self.city, self.postal_code) {
            (Some(address), Some(city), Some(code)) => Ok(verified.residence(address, city, code)),
            (None, None, None) => Ok(verified),
            _ => {
                let message = "address, city and postal_code belong together";
                Err(Failure::input(message, "Give all three of them, or none."))
            }
        }
    }
}

async fn optional(name: &str, place: Option<Personal>, folder: &Path) -> Result<Option<Document>> {
    match place {
        Some(place) => document(name, place.reveal(), folder).await.map(Some),
        None => Ok(None),
    }
}
