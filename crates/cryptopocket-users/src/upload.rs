//! Uploading documents about a customer.

use cryptopocket_api::users::{types, upload_customer_document};
use cryptopocket_core::{Result, input};
use cryptopocket_types::{DocumentType, Extra, UserId};

use crate::{Document, Users};

impl Users {
    /// Uploads a document about a customer, such as a payslip as evidence of income.
    ///
    /// The reply is only a word of success. What else it may hold is returned.
    ///
    /// - **Idempotency.** Unsafe: a second call would store the document twice, so it is not retried once it may have
    ///   arrived. The call consumes the document; read it again to upload it again.
    /// - **Known from.** The provider's page "Upload customer document" (`documented`: types, data URI or link, answer,
    ///   codes). Its limits of size and file type are not known; [`DocumentReader`](crate::DocumentReader) has this
    ///   SDK's own.
    /// - Operation: `upload_customer_document`
    ///
    /// # Errors
    /// `InvalidInput` for an id that cannot stand in a path. From the provider: `user_not_in_integration` (403),
    /// `user_not_found` (404), `invalid_file` (422).
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_types::{DocumentType, UserId};
    /// use cryptopocket_users::{Document, Users};
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("payslip.pdf");
    /// # std::fs::write(&path, b"%PDF-1.7 payslip").unwrap();
    /// # let reply = r#"{"status":"ok"}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("upload_customer_document", reply).run(async |session| {
    /// let users = Users::new(session);
    /// let payslip = Document::from_path(path).await?;
    /// users.upload_document(&UserId::from(100_067), DocumentType::Payslip, payslip).await?;
    /// # Ok(()) });
    /// ```
    pub async fn upload_document(
        &self,
        user_id: &UserId,
        kind: DocumentType,
        document: Document,
    ) -> Result<Extra> {
        input::path_segment(user_id.path_segment())?;
        let body = types::UploadCustomerDocumentRequest {
            type_: kind,
            file: document.uri,
        };
        let reply = upload_customer_document(&self.session, user_id, &body).await?;
        Ok(reply.extra)
    }
}

#[cfg(test)]
mod tests {
    use cryptopocket_core::Effect;
    use cryptopocket_core::testing::Answer;

    use super::*;
    use crate::tests::{block_on, scripted};

    const OPERATION: &str = "upload_customer_document";

    fn document() -> Document {
        Document::from_bytes(b"%PDF-1.7".to_vec()).expect("a PDF")
    }

    #[test]
    fn document_is_sent_as_data_uri() {
        let (users, transport) = scripted(OPERATION, &[Answer::json(r#"{"status":"ok"}"#)]);
        let extra =
            block_on(users.upload_document(&UserId::from(7), DocumentType::Payslip, document())).unwrap();
        assert!(extra.is_empty());
        assert!(transport.urls(OPERATION)[0].ends_with("/customers/7/documents"));
        assert_eq!(
            transport.body(OPERATION),
            r#"{"file":"data:application/pdf;base64,JVBERi0xLjc=","type":"payslip"}"#
        );
    }

    #[test]
    fn unknown_fields_of_the_reply_are_kept() {
        let reply = r#"{"status":"ok","message":"stored","data":{"document_id":7.10}}"#;
        let (users, _) = scripted(OPERATION, &[Answer::json(reply)]);
        let extra =
            block_on(users.upload_document(&UserId::from(7), DocumentType::Payslip, document())).unwrap();
        assert_eq!(extra.get("message").unwrap().get(), r#""stored""#);
        assert_eq!(extra.get("data").unwrap().get(), r#"{"document_id":7.10}"#);
    }

    #[test]
    fn unknown_document_type_is_sent_as_given() {
        let (users, transport) = scripted(OPERATION, &[Answer::json(r#"{"status":"ok"}"#)]);
        block_on(users.upload_document(&UserId::from(7), "lottery_win".into(), document())).unwrap();
        assert!(transport.body(OPERATION).contains(r#""type":"lottery_win""#));
    }

    #[test]
    fn http_status_errors_keep_their_codes() {
        for (status, code) in [
            (403, "user_not_in_integration"),
            (404, "user_not_found"),
            (422, "invalid_file"),
        ] {
            let reply = format!(r#"{{"status":"error","error":"{code}"}}"#);
            let (users, _) = scripted(OPERATION, &[Answer::reply(status, reply)]);
            let user = UserId::from(7);
            let error = block_on(users.upload_document(&user, DocumentType::Other, document())).unwrap_err();
            assert!(
                error.has_code(code) && error.status() == Some(status),
                "{error:?}"
            );
            assert!(error.effect() != Effect::Unknown);
        }
    }

    #[test]
    fn unusable_path_id_is_refused_before_sending() {
        let (users, transport) = scripted(OPERATION, &[]);
        for id in ["", "..", "7/documents", "7?x"] {
            let user = UserId::from(id);
            assert!(
                block_on(users.upload_document(&user, DocumentType::Other, document()))
                    .unwrap_err()
                    .is_validation(),
                "{id:?}"
            );
        }
        assert_eq!(transport.calls(OPERATION), 0);
    }
}
