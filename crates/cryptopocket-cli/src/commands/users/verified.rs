use std::path::{Path, PathBuf};

use clap::Args;
use cryptopocket::users::{Document, IdentityDocument, NewCustomer, NewVerifiedCustomer};
use cryptopocket::{Date, IdentificationType, Personal, Secret, UserType};
use serde::Deserialize;

use super::upload::document;
use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::file;
use crate::view::VerifiedView;

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
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let customer = read(&self.file)?.assemble(folder).await?;
        let call = client.users().create_verified_customer(customer);
        let created = context
            .act("creating the customer", "create_customer_delegated_kyc", call)
            .await?;
        let effect = format!("customer {} was created", created.id);
        context.output.done(&VerifiedView(created), &effect)
    }
}

/// The error names the line and the field alone: the parser's message could quote a value.
fn read(path: &Path) -> Result<Kyc> {
    let bytes = file::input(path, "--file: give the path of a JSON file.")?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let text = error.to_string();
        let named = |start: &str| {
            let name = text.strip_prefix(start)?.split('`').next()?;
            Some(format!("{start}{name}`"))
        };
        let field = named("missing field `").or_else(|| named("unknown field `"));
        let field = field.unwrap_or_else(|| "cannot be read".to_owned());
        Failure::input(
            format!("{}: line {}: {field}", path.display(), error.line()),
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
            _ => Err(Failure::input(
                "address, city and postal_code belong together",
                "Give all three of them, or none.",
            )),
        }
    }
}

async fn optional(name: &str, place: Option<Personal>, folder: &Path) -> Result<Option<Document>> {
    match place {
        Some(place) => document(name, place.reveal(), folder).await.map(Some),
        None => Ok(None),
    }
}
