use std::path::Path;

use clap::Args;
use cryptopocket::users::Document;
use cryptopocket::{DocumentType, UserId};
use serde::Serialize;

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::file;
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

#[derive(Serialize)]
struct Receipt {
    user_id: String,
    r#type: DocumentType,
    uploaded: bool,
}

impl Upload {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        warn_if_unknown("--type", &self.r#type, DocumentType::ALL);
        let client = context.client()?;
        let document = document("--file", &self.file, Path::new("")).await?;
        let call = client
            .users()
            .upload_document(&self.user, self.r#type.clone(), document);
        context
            .act("uploading the document", "upload_customer_document", call)
            .await?;
        let effect = format!("the document of customer {} was uploaded", self.user);
        let receipt = Receipt {
            user_id: self.user.to_string(),
            r#type: self.r#type,
            uploaded: true,
        };
        context.output.effect(&receipt, &effect)
    }
}

const CURE: &str = "Give the path of a file, or a link that begins with https://.";
/// No path is longer, and every picture in base64 is.
const LONGEST_PATH: usize = 4096;

/// The document at a link or a path, which `name` gives. A relative path begins at `folder`.
pub(super) async fn document(name: &str, place: &str, folder: &Path) -> Result<Document> {
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
