use std::path::{Path, PathBuf};

use clap::Args;
use cryptopocket::users::{IdentityDocument, NewCustomer, NewVerifiedCustomer};
use cryptopocket::{Date, IdentificationType, Personal, Secret, UserType};
use serde::Deserialize;

use super::upload::document;
use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::view::VerifiedView;

/// Create a customer whose identity you checked yourself
///
/// The file is a JSON object with `name`, `email`, `country`, `identification_type`, `identification_number`,
/// `document_front` and `face_image`, and, where there are any, `last_name`, `phone`, `user_type`, `callback_url`,
/// `document_back`, `liveness_image`, `birth_date` (YYYY-MM-DD), and `address`, `city` and `postal_code` together.
/// Pictures are paths, counted from the file's own folder, or links that the provider can open.
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
        let kyc = read(&self.file)?.assemble(folder).await?;
        let created = context
            .progress("creating the customer")
            .during(client.users().create_verified_customer(kyc))
            .await?;
        let effect = format!("customer {} was created", created.id);
        context.output.done(&VerifiedView::from(created), &effect)
    }
}

/// The parser's own words could quote what stands in the file, so only the place is told, and the name of a field.
fn read(path: &Path) -> Result<Kyc> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::input(
            format!("{}: {}", path.display(), error.kind()),
            "Give the path of a JSON file.",
        )
    })?;
    serde_json::from_str(&text).map_err(|error| {
        let said = error.to_string();
        let field = ["missing field `", "unknown field `"]
            .iter()
            .find_map(|start| Some((start, said.strip_prefix(start)?.split('`').next()?)))
            .map_or_else(
                || "cannot be read".to_owned(),
                |(start, name)| format!("{start}{name}`"),
            );
        Failure::input(
            format!("{}: line {}: {field}", path.display(), error.line()),
            "`users create-verified --help` says what the file holds.",
        )
    })
}

impl Kyc {
    async fn assemble(self, folder: &Path) -> Result<NewVerifiedCustomer> {
        let mut customer = NewCustomer::new(self.name, self.email);
        if let Some(name) = self.last_name {
            customer = customer.last_name(name);
        }
        if let Some(phone) = self.phone {
            customer = customer.phone(phone);
        }
        if let Some(kind) = self.user_type {
            customer = customer.user_type(kind);
        }
        if let Some(url) = self.callback_url {
            customer = customer.callback_url(url);
        }
        let front = document(self.document_front.reveal(), folder).await?;
        let mut identity = IdentityDocument::new(
            self.country,
            self.identification_type,
            self.identification_number,
            front,
        );
        if let Some(back) = self.document_back {
            identity = identity.back(document(back.reveal(), folder).await?);
        }
        let mut kyc = NewVerifiedCustomer::new(
            customer,
            identity,
            document(self.face_image.reveal(), folder).await?,
        );
        if let Some(capture) = self.liveness_image {
            kyc = kyc.liveness(document(capture.reveal(), folder).await?);
        }
        if let Some(day) = self.birth_date {
            kyc = kyc.birth_date(day);
        }
        match (self.address, self.city, self.postal_code) {
            (Some(address), Some(city), Some(postal_code)) => Ok(kyc.residence(address, city, postal_code)),
            (None, None, None) => Ok(kyc),
            _ => Err(Failure::input(
                "address, city and postal_code belong together",
                "Give all three of them, or none.",
            )),
        }
    }
}
